"""Reads OTLP/JSON lines with OpenTelemetry's own protobuf classes and says what is in them.

A misspelt key is lost in silence by most receivers, so parsing is strict here, and every name that
is not ours must be a constant of the semantic conventions' package. Prints one JSON object a line.
"""
import base64
import importlib
import json
import pathlib
import re
import sys

from google.protobuf import json_format
from opentelemetry.proto.trace.v1.trace_pb2 import TracesData
from opentelemetry.semconv import schemas


def conventions():
    names = set()
    root = pathlib.Path(schemas.__file__).parent
    for file in root.glob("**/attributes/*.py"):
        name = ".".join(("opentelemetry", "semconv", *file.relative_to(root).with_suffix("").parts))
        values = vars(importlib.import_module(name.removesuffix(".__init__"))).values()
        names |= {v for v in values if isinstance(v, str)}
    return names


def check_shape(value, path="$"):
    """What protobuf's reader would forgive and the protocol does not."""
    if isinstance(value, dict):
        for key, inner in value.items():
            assert "_" not in key, f"{path}.{key}: keys are lowerCamelCase"
            if key in ("traceId", "spanId", "parentSpanId"):
                digits = 32 if key == "traceId" else 16
                assert re.fullmatch(f"[0-9a-f]{{{digits}}}", inner), f"{path}.{key}: {inner}"
                assert set(inner) != {"0"}, f"{path}.{key}: all zero"
                value[key] = base64.b64encode(bytes.fromhex(inner)).decode()
            elif key in ("kind", "code"):
                assert isinstance(inner, int), f"{path}.{key}: enums are numbers"
            elif key.endswith("UnixNano") or key == "intValue":
                assert isinstance(inner, str) and re.fullmatch("-?[0-9]+", inner), f"{path}.{key}"
            check_shape(inner, f"{path}.{key}")
    elif isinstance(value, list):
        for i, inner in enumerate(value):
            check_shape(inner, f"{path}[{i}]")


def plain(value):
    kind = value.WhichOneof("value")
    if kind == "array_value":
        return [plain(v) for v in value.array_value.values]
    return getattr(value, kind)


def main():
    known = conventions()
    for line in sys.stdin.buffer.read().decode("utf-8", "strict").splitlines():
        whole = json.loads(line)
        check_shape(whole)
        data = TracesData()
        json_format.ParseDict(whole, data, ignore_unknown_fields=False)
        data = TracesData.FromString(data.SerializeToString())
        spans = []
        for resource in data.resource_spans:
            for attribute in resource.resource.attributes:
                assert attribute.key in known, attribute.key
            for scope in resource.scope_spans:
                assert scope.schema_url == resource.schema_url
                spans += scope.spans
        ids = {s.span_id for s in spans}
        assert len(ids) == len(spans), "span ids repeat"
        out = []
        for s in spans:
            names = [a.key for a in s.attributes]
            assert len(set(names)) == len(names), f"{s.name}: attributes repeat"
            strange = [n for n in names if n not in known and not n.startswith("git_factory.")]
            assert not strange, strange
            assert not s.parent_span_id or s.parent_span_id in ids, f"{s.name}: no such parent"
            assert 0 < s.start_time_unix_nano <= s.end_time_unix_nano, s.name
            above = next((p for p in spans if p.span_id == s.parent_span_id), s)
            inside = above.start_time_unix_nano <= s.start_time_unix_nano and s.end_time_unix_nano <= above.end_time_unix_nano
            assert inside, f"{s.name}: outside of {above.name}"
            parent = next((p.name for p in spans if p.span_id == s.parent_span_id), "")
            values = {a.key: plain(a.value) for a in s.attributes}
            out.append({"name": s.name, "kind": s.kind, "parent": parent, "code": s.status.code,
                        "attributes": values})
        print(json.dumps({"traces": len({s.trace_id for s in spans}), "spans": out}))


main()
