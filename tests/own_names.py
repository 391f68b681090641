#!/usr/bin/env python3
"""Functions that a source keeps for itself (in its unnamed namespace) under a name that a header of its room declares.

Usage: own_names.py <sources>

A release compiles a room's files together: such a function is an overload that the room's other files see, and takes
calls of theirs where an argument fits it better, without a word from the compiler. Exit status 1: there are some, which
are named, or a planted one was not noticed.
"""

import pathlib
import re
import sys

DECLARED = re.compile(r"(?!using|struct|class|enum|return|typedef|namespace)(?:template\s*<[^>]*>\s*)?"
                      r"[A-Za-z_][\w:<>*&,\s\[\]]*?[\s&*>]([a-z_]\w*)\(")
UNNAMED = re.compile(r"\nnamespace \{\n(.*?)\n\}  // namespace\n", re.S)
PLANTED = ("bool is_below(std::string_view path);\n", "\nnamespace {\n\nbool is_below(const std::string& a) {\n\n}  // namespace\n")


def functions(text: str) -> set[str]:
    """Of declarations and definitions at the margin."""
    return {found.group(1) for line in text.split("\n") if (found := DECLARED.match(line))}


def own(text: str) -> set[str]:
    return {name for part in UNNAMED.findall(text) for name in functions(part)}


def main() -> int:
    if own(PLANTED[1]) & functions(PLANTED[0]) != {"is_below"}:
        print("a planted name was not noticed")
        return 1
    root = pathlib.Path(sys.argv[1])
    rooms = [*sorted(place for place in (root / "lib").iterdir() if place.is_dir()), root / "cmd"]
    files = wrong = 0
    for room in rooms:
        declared = {name: header for header in sorted(room.rglob("*.h")) for name in functions(header.read_text())}
        for source in sorted(room.rglob("*.cc")):
            files += 1
            for name in sorted(own(source.read_text()) & declared.keys()):
                print(f"{source.relative_to(root)}: '{name}' is a name of {declared[name].relative_to(root)} too")
                wrong += 1
    print(f"{files} sources, {wrong} names of their own that are their room's")
    return 1 if wrong or not files else 0


if __name__ == "__main__":
    sys.exit(main())
