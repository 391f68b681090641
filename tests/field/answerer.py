#!/usr/bin/env python3
"""A model that answers from one row of projects.toml: a `command` provider of git-factory.

    answerer.py ROW.json VARIANT LOG

ROW.json is the row; VARIANT says what BUILD writes: right, the number of a mistake of the row's, or mended-<number>.
LOG gets a line a request: the time at which it came, stage, attempt and turn. See man 7
git-factory-models for what comes in and goes out.
"""

import json
import re
import sys
import time


def edits_of(row, variant):
    """What BUILD puts in the place of each `old`; a mistake is in one of them."""
    edits = [{name: one[name] for name in ("path", "old", "new")} for one in [row, *row.get("also", [])]]
    if variant == "right":
        return edits
    old, new = row["mistake"][int(variant)]["is"]
    if sum(edit["new"].count(old) for edit in edits) != 1:
        raise SystemExit(f"mistake {variant}: its first text has to be in one `new` once")
    return [edit | {"new": edit["new"].replace(old, new)} for edit in edits]


def mending(row, number):
    """What takes the mistake out again."""
    right, wrong = row["mistake"][int(number)]["is"]
    edits = [row, *row.get("also", [])]
    path = next(edit["path"] for edit in edits if right in edit["new"])
    return call("edit_file", {"path": path, "old": wrong, "new": right})


def paths_of(row):
    return [row["path"]] + [one["path"] for one in row.get("also", [])]


def test_paths_of(row):
    return [row["test_path"]] + [one["path"] for one in row.get("test_also", [])]


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
        "test_files": test_paths_of(row),
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
        elif found[2] in test_paths_of(row):
            serves = "tests"
        hunks.append({"id": found[1], "serves": [serves], "why": "is needed for it"})
    lines = row["test_text"].splitlines()
    line = row.get("test_line", 0) + next(at for at, text in enumerate(lines, 1) if "ac1" in text.lower())
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
        "assumptions": [{"id": one["id"], "verdict": "holds", "why": "nothing in it says otherwise"}
                        for one in row.get("assumptions", [])],
        "out_of_scope": [],
        "summary": "Every hunk serves what was asked.",
    }


def changelog_call(row):
    """The entry, where the repository's form is left to BUILD."""
    wanted = row.get("changelog")
    return [call("edit_file", wanted)] if wanted and "old" in wanted else (
        [call("write_file", wanted)] if wanted else [])


def test_calls(row):
    """A file of its own, or what stands behind `test_old` in one that is there."""
    edits = [call("edit_file", one) for one in row.get("test_also", [])]
    path, text = row["test_path"], row["test_text"]
    if "test_old" in row:
        new = row["test_old"] + text
        return [call("edit_file", {"path": path, "old": row["test_old"], "new": new}), *edits]
    return [call("write_file", {"path": path, "content": text}), *edits]


def call(name, arguments):
    return {"id": f"{name}-{arguments['path']}", "name": name, "arguments": arguments}


def answer(row, variant, request, tested):
    stage, turn = request["stage"], request["turn"]
    mended = variant.startswith("mended-")  # what BUILD's first attempt does wrong its second takes out
    variant = variant.removeprefix("mended-")
    done = {"json": {"summary": "Written as the spec says.", "missing": []}}
    if stage == "plan":
        return {"json": plan(row)}
    if stage == "scout":
        return {"json": scout(row)}
    if stage == "review":
        text = "\n".join(message.get("content") or "" for message in request["messages"])
        return {"json": review(row, "right" if mended else variant, text)}
    if turn > 1:
        return done
    if stage == "build" and tested and mended:
        return {"tool_calls": [mending(row, variant)]}
    if stage == "build" and request["attempt"] > 1:  # what was written the first time is there
        again = row.get("changelog_again")
        return {"tool_calls": [call("edit_file", again)]} if again else done
    if stage == "build":
        edits = [call("edit_file", edit) for edit in edits_of(row, variant)]
        return {"tool_calls": edits + changelog_call(row)}
    if stage == "test":
        return {"tool_calls": test_calls(row)}
    raise SystemExit(f"no answer for the stage '{stage}'")


def main(row_path, variant, log):
    request = json.load(sys.stdin)
    with open(log, "a", encoding="utf-8") as file:
        file.write(f"{time.time()} {request['stage']} {request['attempt']} {request['turn']}\n")
    with open(log, encoding="utf-8") as file:
        tested = any(line.split()[1] == "test" for line in file)
    with open(row_path, encoding="utf-8") as file:
        row = json.load(file)
    answered = answer(row, variant, request, tested)
    answered["usage"] = {"input_total": 1, "output_total": 1}
    json.dump(answered, sys.stdout)


if __name__ == "__main__":
    main(*sys.argv[1:])
