#!/usr/bin/env python3
"""Every request body that our tests make compiles against the official SDK's types.

Usage: body_types.py SERVICES_FOLDER MODEL_TEST
"""

import json
import os
import sys
import tempfile

import judges

# The SDK of Ollama is behind its server: these members are in the server's api/types.go and docs/openapi.yaml
# (truncate, shift, tool_call_id, a call's id; parameters are any JSON Schema), so they are added here by name.
OLLAMA = """
import type { ChatRequest, Message, Tool, ToolCall } from "ollama";
type Call = ToolCall & { id?: string };
type Said = Omit<Message, "tool_calls"> & { tool_call_id?: string; tool_calls?: Call[] };
type Offered = Omit<Tool, "function"> & { function: Omit<Tool["function"], "parameters"> & { parameters?: object } };
export type Body = Omit<ChatRequest, "messages" | "tools"> & { messages: Said[]; tools?: Offered[]; truncate?: boolean; shift?: boolean };
"""
OPENAI = """
import type OpenAI from "openai";
export type Body = OpenAI.Chat.ChatCompletionCreateParamsStreaming;
"""
# The newest SDK has dropped temperature, which newer models refuse and older ones take. We send what was configured and
# leave it out once a server has refused it.
ANTHROPIC = """
import type Anthropic from "@anthropic-ai/sdk";
export type Body = Anthropic.MessageCreateParamsStreaming & { temperature?: number };
"""
DIALECTS = {"ollama": OLLAMA, "openai": OPENAI, "anthropic": ANTHROPIC}

# Each must be refused: else the judge sleeps and its silence says nothing.
PLANTED = {
    "openai": [lambda b: b.pop("model"), lambda b: b.update(unknown=1), lambda b: b["messages"].append({"role": "tool", "content": "x"}),
               lambda b: b.update(stream="yes")],
    "anthropic": [lambda b: b.pop("max_tokens"), lambda b: b.update(unknown=1), lambda b: b["messages"].append({"role": "tool", "content": "x"}),
                  lambda b: b["messages"].append({"role": "user", "content": [{"type": "tool_result", "content": "x"}]})],
    "ollama": [lambda b: b.pop("model"), lambda b: b.update(unknown=1), lambda b: b["messages"].append({"role": "user"}),
               lambda b: b["options"].update(num_ctx="many")],
}


def main() -> int:
    folder, model_test = sys.argv[1:3]
    modules = judges.node_modules(folder)
    with tempfile.TemporaryDirectory() as place:
        bodies = judges.bodies(model_test, place)
        os.symlink(os.path.abspath(modules), os.path.join(place, "node_modules"))
        with open(os.path.join(place, "tsconfig.json"), "w") as file:
            json.dump({"compilerOptions": {"strict": True, "noEmit": True, "skipLibCheck": True, "module": "nodenext",
                                           "target": "es2022", "types": [], "moduleResolution": "nodenext"}, "include": ["*.ts"]}, file)
        good, bad = [], []
        for kind, types in DIALECTS.items():
            write(place, f"{kind}_types", types)
            if not bodies.get(kind):
                print(f"no body of {kind} was made")
                return 1
            for name, body in bodies[kind]:
                good.append(constant(place, kind, name, body))
            for number, plant in enumerate(PLANTED[kind]):
                wrong = json.loads(json.dumps(body))
                plant(wrong)
                bad.append(constant(place, kind, f"planted_{kind}_{number}", wrong))
        return judges.by_tsc(modules, place, good, bad, f"{len(good)} bodies of {len(DIALECTS)} dialects compiled")


def write(place: str, name: str, text: str) -> None:
    with open(os.path.join(place, f"{name}.ts"), "w") as file:
        file.write(text)


def constant(place: str, kind: str, name: str, body: dict) -> str:
    write(place, name, f'import type {{ Body }} from "./{kind}_types.js";\nexport const body: Body = {json.dumps(body, indent=1)};\n')
    return f"{name}.ts"


if __name__ == "__main__":
    sys.exit(main())
