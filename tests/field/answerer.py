#!/usr/bin/env python3
"""A model that answers from one row of projects.toml: a `command` provider of git-factory.

    answerer.py ROW.json VARIANT LOG

ROW.json is the row; VARIANT says what BUILD writes: right, or the number of a mistake of the row's.
LOG gets a line a request: the time at which it came, stage, attempt and turn. See man 7
git-factory-models for what comes in and goes out.
"""

import json
import re
import sys
import time


def variant_of(row, variant):
    """The text that BUILD puts in the place of `old`."""
    if variant == "right":
        return row["new"]
    old, new = row["mistake"][int(variant)]["is"]
    if row["new"].count(old) != 1:
        raise SystemExit(f"mistake {variant}: its first text has to be in `new` once")
    return row["new"].replace(old, new)


def paths_of(row):
    return [row["path"]] + [one["path"] for one in row.get("also", [])]


def constraints_of(row):
    return row.get("constraints", ["No new dependency"])


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
            "constraints": constraints_of(row),
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


def claimed(row, variant):
    """What the reviewer says is wrong, with a test that is to show it; nothing, most times."""
    return row.get("doubt") if variant == "right" else row["mistake"][int(variant)].get("claim")


def review(row, variant, prompt):
    """Every hunk serves what its file is for, and everything is as it should be but what is claimed."""
    hunks = []
    for found in re.finditer(r"^(H\d+) (\S+)( \(the changelog entry)?", prompt, re.M):
        serves = "AC1"
        if found[3]:
            serves = "changelog"
        elif found[2] == row["test_path"]:
            serves = "tests"
        hunks.append({"id": found[1], "serves": [serves], "why": "is needed for it"})
    lines = row["test_text"].splitlines()
    line = next(at for at, text in enumerate(lines, 1) if "ac1" in text.lower())
    pointer = {"path": row["test_path"], "line": line}
    criteria = [{"id": "AC1", "verdict": "satisfied", "pointer": pointer, "why": "it is compared"}]
    constraints = [
        {"index": at, "verdict": "kept", "why": "nothing in it says otherwise"}
        for at in range(1, len(constraints_of(row)) + 1)
    ]
    claim = claimed(row, variant)
    if claim:
        accused = constraints[claim["constraint"] - 1] if "constraint" in claim else criteria[0]
        accused["verdict"] = "broken" if "constraint" in claim else "violated"
        accused["why"] = claim["why"]
        accused["reproduction"] = {"path": claim["path"], "body": claim["body"]}
    return {
        "criteria": criteria,
        "hunks": hunks,
        "constraints": constraints,
        "out_of_scope": [],
        "summary": "Every hunk serves what was asked.",
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
        return {"json": review(row, variant, text)}
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
