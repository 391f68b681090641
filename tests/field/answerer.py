#!/usr/bin/env python3
"""A model that answers from one row of projects.toml: a `command` provider of git-factory.

    answerer.py ROW.json VARIANT LOG

ROW.json is the row; VARIANT says what BUILD writes: right, wrong or broken. LOG gets a line a
request: the time at which it came, stage, attempt and turn. See man 7 git-factory-models for what
comes in and goes out.
"""

import json
import re
import sys
import time


def variant_of(row, variant):
    """The text that BUILD puts in the place of `old`."""
    if variant == "right":
        return row["new"]
    old, new = row[variant]
    if row["new"].count(old) != 1:
        raise SystemExit(f"{variant}: its first text has to be in `new` once")
    return row["new"].replace(old, new)


def paths_of(row):
    return [row["path"]] + [one["path"] for one in row.get("also", [])]


def plan(row):
    """A spec of one criterion."""
    criterion = {
        "id": "AC1",
        "kind": "call",
        "given": "",
        "when": row["when"],
        "then": [{"observable": "value", "op": "equals", "expected": row["expected"]}],
        "source": "request: '" + row["quote"] + "'",
        "authorises": [],
    }
    return {
        "spec": {
            "title": row["title"],
            "intent": row["intent"],
            "touchpoints": paths_of(row),
            "introduces": row["introduces"],
            "acceptance_criteria": [criterion],
            "constraints": ["No new dependency"],
            "out_of_scope": [],
            "assumptions": row.get("assumptions", []),
            "changelog": {"section": "Added", "entry": row["entry"]},
        },
        "questions": [],
    }


def scout(row):
    return {
        "files": paths_of(row),
        "new_files": [],
        "reuse": [],
        "conventions": ["Functions have a docstring"],
        "test_files": [row["test_path"]],
        "test_command": row["test"],
        "notes": "",
        "places": [],
        "corrections": [],
    }


def review(row, prompt):
    """Every hunk serves what its file is for."""
    hunks = []
    for found in re.finditer(r"^(H\d+) (\S+)( \(the changelog entry)?", prompt, re.M):
        serves = "AC1"
        if found[3]:
            serves = "changelog"
        elif found[2] == row["test_path"]:
            serves = "tests"
        hunks.append({"id": found[1], "serves": [serves], "why": "is needed for it"})
    lines = row["test_text"].splitlines()
    line = next(at for at, text in enumerate(lines, 1) if "def test_ac1" in text)
    return {
        "criteria": [
            {
                "id": "AC1",
                "verdict": "satisfied",
                "pointer": {"path": row["test_path"], "line": line},
                "why": "the value is compared",
            }
        ],
        "hunks": hunks,
        "constraints": [{"index": 1, "verdict": "kept", "why": "none is added"}],
        "out_of_scope": [],
        "summary": "The change does what was asked and no more.",
    }


def changelog_call(row):
    """The entry, where the repository's form is left to BUILD."""
    wanted = row.get("changelog")
    return [call("edit_file", wanted)] if wanted and "old" in wanted else (
        [call("write_file", wanted)] if wanted else [])


def call(name, arguments):
    return {"id": f"{name}-{arguments['path']}", "name": name, "arguments": arguments}


def answer(row, variant, request):
    stage, turn = request["stage"], request["turn"]
    done = {"json": {"summary": "Written as the spec says.", "missing": []}}
    if stage == "plan":
        return {"json": plan(row)}
    if stage == "scout":
        return {"json": scout(row)}
    if stage == "review":
        text = "\n".join(message.get("content") or "" for message in request["messages"])
        return {"json": review(row, text)}
    if turn > 1:
        return done
    if stage == "build" and request["attempt"] > 1:  # what was written the first time is there
        again = row.get("changelog_again")
        return {"tool_calls": [call("edit_file", again)]} if again else done
    if stage == "build":
        edit = {"path": row["path"], "old": row["old"], "new": variant_of(row, variant)}
        also = [call("edit_file", one) for one in row.get("also", [])]
        return {"tool_calls": [call("edit_file", edit)] + also + changelog_call(row)}
    if stage == "test":
        test = {"path": row["test_path"], "content": row["test_text"]}
        return {"tool_calls": [call("write_file", test)]}
    raise SystemExit(f"no answer for the stage '{stage}'")


def main(row_path, variant, log):
    request = json.load(sys.stdin)
    with open(log, "a", encoding="utf-8") as file:
        file.write(f"{time.time()} {request['stage']} {request['attempt']} {request['turn']}\n")
    with open(row_path, encoding="utf-8") as file:
        row = json.load(file)
    told = answer(row, variant, request)
    told["usage"] = {"input_total": 1, "output_total": 1}
    json.dump(told, sys.stdout)


if __name__ == "__main__":
    main(*sys.argv[1:])
