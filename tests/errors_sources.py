#!/usr/bin/env python3
"""Every Error that the sources make, and whether it says what to do.

Usage: errors_sources.py <sources> [--list]

An Error is {fault, message, detail, hint}. One whose fault is the user's to mend (kUser, kUsage, kConfiguration) has to
have a hint of its own where it is made; the others (the machine, the network, damaged data, our bugs) get the hint of
their kind in cmd/console.cc where they have none. Exit status 1: some of the first kind have none; they are named.
"""

import pathlib
import re
import sys

# Answers to a model's calls of tools, not to a person; their words are part of what a replay compares.
ANSWERS = {"lib/proc/jail.cc"}
OWN = {"kUser", "kUsage", "kConfiguration"}
MADE = re.compile(r"\bError\s*\{|\breturn\s*\{\s*Fault::|\b(?:=|\?|:)\s*\{\s*Fault::")


def blanked(text: str) -> str:
    """Comments without their letters; strings stay."""
    pattern = r'"(?:\\.|[^"\\\n])*"|//[^\n]*|/\*.*?\*/'
    return re.sub(pattern, lambda m: m.group() if m.group()[0] == '"' else " " * len(m.group()), text, flags=re.S)


def parts_of(text: str, start: int) -> list[str]:
    """What stands between the brace at `start` and its end, by the commas of that depth."""
    depth, at, begun, parts, quoted = 0, start, start + 1, [], False
    while at < len(text):
        c = text[at]
        if quoted:
            if c == "\\":
                at += 1
            elif c == '"':
                quoted = False
        elif c == '"':
            quoted = True
        elif c == "'":
            at += 3 if text[at + 1] == "\\" else 2
        elif c in "{([":
            depth += 1
        elif c in "})]":
            depth -= 1
            if depth == 0:
                parts.append(text[begun:at].strip())
                return parts
        elif c == "," and depth == 1:
            parts.append(text[begun:at].strip())
            begun = at + 1
        at += 1
    return parts


def made_in(path: pathlib.Path):
    """(line, fault, message, has a hint) of each."""
    text = blanked(path.read_text())
    for match in MADE.finditer(text):
        parts = [part for part in parts_of(text, text.index("{", match.start())) if part or True]
        if parts and parts[-1] == "":
            parts.pop()
        if not parts or "Fault::" not in parts[0] and not re.fullmatch(r"[\w.>()-]+", parts[0]):
            continue
        if "Fault::" not in parts[0] and len(parts) < 2:
            continue
        faults = re.findall(r"Fault::(\w+)", parts[0]) or ["handed on"]
        hint = parts[3] if len(parts) > 3 else "{}"
        yield text.count("\n", 0, match.start()) + 1, faults, parts[1] if len(parts) > 1 else "", hint not in ("{}", '""')


def main(sources: str, listed: bool) -> int:
    root = pathlib.Path(sources)
    made, lacking, by_fault = 0, [], {}
    for path in sorted([*root.glob("lib/**/*.cc"), *root.glob("lib/**/*.h"), *root.glob("cmd/*.cc")]):
        for line, faults, message, hinted in made_in(path):
            made += 1
            for fault in faults:
                count = by_fault.setdefault(fault, [0, 0])
                count[0 if hinted else 1] += 1
            if not hinted and OWN & set(faults) and str(path.relative_to(root)) not in ANSWERS:
                lacking.append(f"{path.relative_to(root)}:{line}: {' '.join(message.split())[:100]}")
    print(f"{made} errors are made; with a hint of their own, without:")
    for fault, (hinted, without) in sorted(by_fault.items()):
        print(f"  {fault:15} {hinted:4} {without:4}")
    for place in lacking:
        print(place)
    if made < 250:
        print("fewer than there are: the reader of the sources is broken")
        return 1
    return 1 if lacking and not listed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], "--list" in sys.argv))
