#!/usr/bin/env python3
"""The changelog writer and checker on real changelogs.

    changelogs.py fetch FOLDER            source distributions of changelogs.txt, by pip's own client
    changelogs.py run FOLDER BENCH [-v]   the newest entry taken out and put in again

BENCH is the program changelog_bench (`ninja changelog_bench`). Nothing of the packages is run or
built: their archives are opened. Only names and versions are kept in this repository.

What is done with each changelog: the newest entry (of the newest section that has any: the last of
its first list, or the first where issue numbers fall) is taken out of the text and handed to the
writer as one line with its category; what comes back is compared with the file as it was, byte for
byte. A released package nearly always has a date in its newest heading, where a writer must not
write. So each file is tried twice: `as is`, and `opened`, where the date is replaced by the word
"unreleased" and the versions below are given as tags, as they were the day before the release.

  right   the same bytes
  breaks  the same but for where the lines of the entry end, none longer than its neighbours' lines
  moved   the same but for its place among the entries of the same list
  blank   the same but for blank lines, which went with the only entry of its list
  left    left to BUILD, with the reason
  wrong   anything else

Three parts are reported apart: `first` was looked at while the writer was made, `second` and `held
out` were not (tests/field/README.md).
"""

import collections
import pathlib
import re
import subprocess
import sys
import tempfile

import distributions
from newest_entry import ITEM, Taken

HERE = pathlib.Path(__file__).resolve().parent


def fetch(folder):
    distributions.fetch(folder, [wanted for _, wanted in pinned()])


def pinned():
    """(part, name==version): "first", "second" or "held out"."""
    found, held_out = [], False
    for row in (HERE / "changelogs.txt").read_text().splitlines():
        held_out = held_out or row == "# held out"
        if row.strip() and not row.startswith("#"):
            part = "held out" if held_out else ("first", "second")[len(found) % 2]
            found.append((part, row.strip()))
    return found


def opened(folder, wanted):
    """The unpacked distribution, kept for the next time."""
    target = folder / "unpacked" / wanted
    if target.exists():
        return next(target.iterdir(), None)
    return distributions.unpack(folder, wanted, target)


def bench(program, *words):
    done = subprocess.run([program, *words], capture_output=True, timeout=60)
    return done.returncode, done.stdout.decode("utf-8", "surrogateescape")


def choose(program, name, path, category):
    """As a planner would: the one of the offered names that means this category."""
    if not category:
        return ""
    _, offered = bench(program, "categories", name, path)
    fits = [
        o
        for o in offered.splitlines()
        if o.split(" / ")[-1].lower().strip("*: ") == category.lower()
    ]
    return fits[0] if len(fits) == 1 else category


def outcome_of(got, wanted, rest, taken):
    """right, breaks, moved, blank, or wrong with what differs."""
    if got == wanted:
        return "right", ""
    text, words = wanted.splitlines(), lambda lines: " ".join(" ".join(lines).split())
    theirs = [line.rstrip() for line in taken.lines[taken.first : taken.end]]
    added = collections.Counter(got.splitlines()) - collections.Counter(rest.splitlines())
    ours = [line for line in got.splitlines() if added[line] > 0 and line.strip()]
    if words(ours) != words(theirs) and words(ours).replace("`", "") == words(theirs).replace(
        "`", ""
    ):
        return "wrong", f"quoting: {ours}"
    if [line for line in got.splitlines() if line.strip()] == [
        line for line in text if line.strip()
    ]:
        return "blank" if taken.alone else "wrong", "blank lines"
    longest = max(map(len, rest.splitlines()))
    same_marks = ITEM.match(ours[0]) and ITEM.match(ours[0]).group(0) == ITEM.match(
        theirs[0]
    ).group(0)
    if (
        same_marks
        and got.split() == wanted.split()
        and max(map(len, ours + theirs)) <= max(longest, 79)
    ):
        if len(theirs) == 1 and len(theirs[0]) > 82 or len(ours) == 1 and len(ours[0]) > 82:
            return "wrong", f"wrapped or not: {ours}"
        return "breaks", ""
    if sorted(filter(str.strip, got.splitlines())) == sorted(
        filter(str.strip, text)
    ) and taken.in_list(got, ours[0]):
        return "moved", ""
    return "wrong", f"{ours} for {theirs}"


def try_one(program, name, taken, mode, scratch):
    open_it = taken.open_heading if mode == "opened" else (lambda lines: list(lines))
    wanted = "".join(open_it(taken.lines))
    rest = "".join(open_it(taken.rest))
    before = scratch / "before"
    before.write_bytes(rest.encode("utf-8", "surrogateescape"))
    tags = taken.versions[:40] if mode == "opened" else []
    category = choose(program, name, str(before), taken.category)
    status, got = bench(program, "write", name, str(before), category, taken.sentence(), *tags)
    if status == 1:
        return "left", got.strip().split(": ", 1)[-1]
    return outcome_of(got, wanted, rest, taken)


def check_one(program, name, taken, scratch):
    """The author's own entry under the checker: what it would turn back."""
    before, after = scratch / "before", scratch / "after"
    before.write_bytes("".join(taken.open_heading(taken.rest)).encode("utf-8", "surrogateescape"))
    after.write_bytes("".join(taken.open_heading(taken.lines)).encode("utf-8", "surrogateescape"))
    status, found = bench(program, "check", name, str(before), str(after), *taken.versions[:40])
    return [] if status == 0 else found.strip().splitlines()


def run(folder, program, verbose):
    figures = {}
    reasons = collections.Counter()
    without = collections.Counter()
    turned_back = collections.Counter()
    with tempfile.TemporaryDirectory() as name:
        scratch = pathlib.Path(name)
        for half, wanted in pinned():
            root = opened(folder, wanted)
            if root is None:
                without["not fetched"] += 1
                continue
            _, found = bench(program, "find", str(root))
            tool, path, why = found.splitlines()[0].split("\t")
            if tool != "0":
                without["fragments"] += 1
                if verbose:
                    print(f"{half} {wanted}: {why}")
                continue
            if not path:
                without["no changelog"] += 1
                if verbose:
                    print(f"{half} {wanted}: no changelog")
                continue
            data = (root / path).read_bytes()
            text = data.decode("utf-8", "surrogateescape")
            taken = Taken(text, path.endswith((".rst", ".txt")) or "." not in path)
            if taken.why:
                without[taken.why] += 1
                if verbose:
                    print(f"{half} {wanted} {path}: {taken.why}")
                continue
            for mode in ("as is", "opened"):
                outcome, reason = try_one(program, path, taken, mode, scratch)
                figures.setdefault((half, mode), collections.Counter())[outcome] += 1
                if mode == "opened" and outcome == "left":
                    reasons[re.sub(r"\d+|'[^']*'", "N", reason)] += 1
                if outcome == "wrong" or (verbose and mode == "opened"):
                    print(f"{half} {mode} {wanted} {path}: {outcome} {reason}")
            found = check_one(program, path, taken, scratch)
            turned_back[half + (" turned back" if found else " let through")] += 1
            for row in found if verbose else []:
                print(f"{half} check {wanted} {row}")
    for key, count in sorted(figures.items()):
        total = sum(count.values())
        print(
            f"{key[0]}, {key[1]}: {total} tried: "
            + ", ".join(
                f"{count[k]} {k}" for k in ("right", "breaks", "moved", "blank", "left", "wrong")
            )
        )
    print("authors' own entries under the checker:", dict(turned_back))
    print("not tried:", dict(without))
    for reason, count in reasons.most_common():
        print(f"  left {count}: {reason}")


def main(words):
    if len(words) == 2 and words[0] == "fetch":
        fetch(pathlib.Path(words[1]))
    elif len(words) in (3, 4) and words[0] == "run":
        run(pathlib.Path(words[1]), words[2], "-v" in words)
    else:
        print(__doc__)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
