#!/usr/bin/env python3
"""Runs git-factory-tutorial(7) as a reader would: every block that is to be pasted, in order, in a fresh folder.

Usage: tutorial.py <git-factory> <sources>

A block of .nf at the margin is pasted; one inside .RS is what is printed then, and each of its lines has to be among
what was printed since the block before it that showed something, but for ids, times, dates and versions.
"""

import os
import re
import subprocess
import sys
import tempfile

# What is another at each place and each time. The first that fits is taken.
CHANGES = [
    r"\d{8}T\d{6}Z-[0-9a-f]{8}",  # a run's id
    r"\d{4}-\d\d-\d\d",
    r"Python [\d.]+",
    r"\b[0-9a-f]{8,40}\b",
    r"\b[\d.]+ m?s\b",
    r"\b\d+/\d+ tokens\b",
    r"\bexchange \d+\b",
    r"(?:; which lines they run was not measured|, \d+% of \d+ added lines run)",  # with coverage.py or without
]


def plain(line: str) -> str:
    """A line of a page as it is shown."""
    line = line.removeprefix(r"\&")
    for escape, character in ((r"\-", "-"), (r"\(aq", "'"), (r"\(dq", '"'), (r"\(ga", "`"), (r"\(ti", "~"), (r"\(ha", "^")):
        line = line.replace(escape, character)
    return line.replace(r"\e", "\\")


def blocks(page: str) -> list[tuple[str, list[str]]]:
    """("pasted" or "printed", lines), in the page's order."""
    found, inside, shifted = [], False, False
    for line in page.splitlines():
        if line.startswith((".RS", ".RE")):
            shifted = line.startswith(".RS")
        elif line == ".nf":
            found.append(("printed" if shifted else "pasted", []))
            inside = True
        elif line == ".fi":
            inside = False
        elif inside:
            found[-1][1].append(plain(line))
    return found


def pattern(line: str) -> re.Pattern:
    """What a printed line has to look like, whatever is another at each place."""
    parts = re.split("(" + "|".join(CHANGES) + ")", line.strip())
    text = "".join(
        next(kind for kind in CHANGES if re.fullmatch(kind, part)) if odd else re.escape(part)
        for odd, part in ((place % 2, part) for place, part in enumerate(parts)))
    return re.compile(text.replace(r"\ ", " +"))  # columns are as wide as their widest value


def world(program: str, sources: str, folder: str) -> dict[str, str]:
    """A home with a name and nothing else, and the program first on PATH."""
    home = os.path.join(folder, "home")
    os.makedirs(home)
    with open(os.path.join(home, ".gitconfig"), "w") as file:
        file.write("[user]\n\tname = Ada\n\temail = ada@example.com\n")
    return {"HOME": home, "XDG_CACHE_HOME": os.path.join(folder, "cache"), "GIT_CONFIG_NOSYSTEM": "1", "LC_ALL": "C", "TZ": "UTC",
            "PATH": os.path.dirname(os.path.abspath(program)) + ":" + os.environ["PATH"],
            "GIT_FACTORY_DATA": os.path.join(sources, "templates"), "OLLAMA_HOST": "127.0.0.1:9", "PYTHONDONTWRITEBYTECODE": "1"}


def main(program: str, sources: str) -> int:
    with open(os.path.join(sources, "man", "git-factory-tutorial.7")) as file:
        all_blocks = blocks(file.read())
    pasted = [lines for kind, lines in all_blocks if kind == "pasted"]
    marks = [f"echo '@@@ {number}'" for number in range(len(pasted))]
    script = "set -e\nexec 2>&1\n" + "\n".join(mark + "\n" + "\n".join(lines) for mark, lines in zip(marks, pasted)) + "\n"
    with tempfile.TemporaryDirectory() as folder:
        ran = subprocess.run(["bash", "-c", script], cwd=folder, env=world(program, sources, folder), stdin=subprocess.DEVNULL,
                             stdout=subprocess.PIPE, text=True)
    said = re.split(r"^@@@ \d+\n", ran.stdout, flags=re.M)[1:]
    if ran.returncode != 0:
        print("stopped in:", *pasted[len(said) - 1], "with:", said[-1], sep="\n")
        return 1
    wrong, heard, number = 0, "", 0
    for kind, lines in all_blocks:
        if kind == "pasted":
            heard += said[number]
            number += 1
            continue
        there = [line.strip() for line in heard.splitlines()]
        lacking = [line.strip() for line in lines if not any(pattern(line).fullmatch(one) for one in there)]
        if lacking:
            print("not printed:", *lacking, "but:", heard, sep="\n")
        wrong += len(lacking)
        heard = ""
    if wrong:
        return 1
    printed = sum(len(lines) for kind, lines in all_blocks if kind == "printed")
    if len(pasted) < 10 or printed < 30:
        print(f"the page was not read: {len(pasted)} blocks, {printed} lines of output")
        return 1
    print(f"{len(pasted)} blocks did what the page says, {printed} lines of it were printed")
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:3]))
