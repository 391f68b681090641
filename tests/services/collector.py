#!/usr/bin/env python3
"""What `git factory export --otlp` sends, before a collector made of OpenTelemetry's own parts.

Usage: collector.py SERVICES_FOLDER GIT_FACTORY, or --build for GIT_FACTORY: only the collector is built then. The collector (collector/main.go, its modules pinned by go.mod and
go.sum) is built into SERVICES_FOLDER once. It listens on loopback and prints every span that it took.
"""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

import judges

HERE = os.path.dirname(os.path.abspath(__file__))
SOURCES = os.path.join(HERE, "..", "..")
RUNS = 12

CONFIGURATION = """
receivers:
  otlp:
    protocols:
      http:
        endpoint: 127.0.0.1:{port}
exporters:
  debug:
    verbosity: detailed
    use_internal_logger: false
service:
  telemetry:
    metrics:
      level: none
  pipelines:
    traces:
      receivers: [otlp]
      exporters: [debug]
"""


def built(folder: str) -> str:
    """The collector's program; skips the test where there is no Go, or where its modules cannot be had."""
    source, program = os.path.join(HERE, "collector"), os.path.join(folder, "collector")
    newest = max(os.path.getmtime(os.path.join(source, name)) for name in os.listdir(source))
    if os.path.exists(program) and os.path.getmtime(program) > newest:
        return program
    go = shutil.which("go") or judges.skip("there is no Go to build the collector with")
    environment = {**os.environ, "GOFLAGS": "-mod=readonly", "GOTOOLCHAIN": "local", "CGO_ENABLED": "0"}
    got = subprocess.run([go, "mod", "download"], cwd=source, env=environment, capture_output=True, text=True, check=False)
    if got.returncode != 0:
        judges.skip("the collector's modules cannot be had: " + (got.stderr.strip().splitlines() or ["no word"])[-1])
    os.makedirs(folder, exist_ok=True)
    subprocess.run([go, "build", "-trimpath", "-ldflags=-s -w", "-o", program, "."], cwd=source, env=environment, check=True)
    return program


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def listening(port: int, process: subprocess.Popen) -> bool:
    for _ in range(600):
        if process.poll() is not None:
            return False
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return True
        except OSError:
            time.sleep(0.1)
    return False


def spans_of(lines: str) -> dict[str, tuple[str, str, str]]:
    """By span: trace, parent and name, as `git factory export` prints them."""
    found = {}
    for line in lines.splitlines():
        for resource in json.loads(line)["resourceSpans"]:
            for scope in resource["scopeSpans"]:
                for span in scope["spans"]:
                    found[span["spanId"]] = (span["traceId"], span.get("parentSpanId", ""), span["name"])
    return found


def spans_taken(text: str) -> dict[str, tuple[str, str, str]]:
    """The same, as the collector printed what it took."""
    found = {}
    for block in re.split(r"^Span #\d+$", text, flags=re.M)[1:]:
        value = dict(re.findall(r"^ {4}(Trace ID|Parent ID|ID|Name) *: ?(.*)$", block, flags=re.M))
        found[value["ID"]] = (value["Trace ID"], value["Parent ID"], value["Name"])
    return found


def status_of(url: str, body: dict) -> int:
    request = urllib.request.Request(url, json.dumps(body).encode(), {"Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status
    except urllib.error.HTTPError as refused:
        return refused.code


def compare(sent: dict, taken: dict) -> list[str]:
    wrong = [f"span {span} ({of[2]}) did not arrive" for span, of in sent.items() if span not in taken]
    wrong += [f"span {span} arrived as {taken[span]}, and is {of}" for span, of in sent.items() if span in taken and taken[span] != of]
    return wrong + [f"span {span} was never sent" for span in taken if span not in sent]


def main() -> int:
    folder = os.path.abspath(sys.argv[1])
    program = built(folder)
    if sys.argv[2] == "--build":
        return 0
    factory = os.path.abspath(sys.argv[2])
    with tempfile.TemporaryDirectory() as place:
        environment = {**os.environ, "HOME": place, "XDG_CACHE_HOME": os.path.join(place, "cache"), "GIT_CONFIG_NOSYSTEM": "1", "TZ": "UTC",
                       "GIT_FACTORY_DATA": os.path.join(SOURCES, "templates")}
        record, port = os.path.join(place, "record"), free_port()
        subprocess.run([sys.executable, "-B", os.path.join(SOURCES, "tests", "bench", "make_record.py"), record, str(RUNS)], check=True,
                       env=environment, stdout=subprocess.DEVNULL)
        settings, took = os.path.join(place, "collector.yaml"), os.path.join(place, "took.txt")
        with open(settings, "w") as file:
            file.write(CONFIGURATION.format(port=port))
        with open(took, "w") as out, open(os.path.join(place, "said.txt"), "w+") as said:
            process = subprocess.Popen([program, "--config", "file:" + settings], env=environment, stdout=out, stderr=said)
            try:
                if not listening(port, process):
                    said.seek(0)
                    print(said.read()[-2000:])
                    return 1
                url = f"http://127.0.0.1:{port}"
                lines = subprocess.run([factory, "export", "--all"], cwd=record, env=environment, check=True, capture_output=True, text=True).stdout
                sending = subprocess.run([factory, "export", "--all", "--otlp", url], cwd=record, env=environment, check=False, capture_output=True,
                                         text=True)
                broken = json.loads(lines.splitlines()[0])
                broken["resourceSpans"][0]["scopeSpans"][0]["spans"][0]["traceId"] = "no trace"
                asleep = status_of(url + "/v1/traces", broken)
            finally:
                process.send_signal(signal.SIGTERM)
                process.wait(60)
        with open(took) as file:
            taken = spans_taken(file.read())
    sent = spans_of(lines)
    wrong = compare(sent, taken)
    if sending.returncode != 0 or "refused" in sending.stderr:
        wrong.append(f"export --otlp: exit {sending.returncode}: {sending.stderr.strip()}")
    if asleep < 400:
        wrong.append(f"the collector takes a span whose trace is none (status {asleep}): its silence says nothing")
    if len(sent) < 5 * RUNS:
        wrong.append(f"only {len(sent)} spans of {RUNS} runs: too few to say anything")
    for line in wrong[:20]:
        print(line)
    print(f"{RUNS} runs, {len(sent)} spans sent, {len(taken)} taken, {len(wrong)} wrong; {sending.stderr.strip().replace(url, 'the collector')}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
