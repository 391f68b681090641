#!/usr/bin/env python3
"""What a slow suite costs an attempt, with targeted verification off and on.

    slow_suite.py <git-factory> <folder> <project>... [--on=auto|always] [--rounds=2] [--tools=uv]

One feature of a row of tests/field/projects.toml or slow_suite.toml: its first attempt has the row's
first mistake, its second is right. Run with factory.targeted off and on, one after the other, in one
checkout, each on a commit of its own: what gates say of the base is asked anew. Prints each TEST
attempt's tests and seconds of its gates, the run's wall time and processor time (of git-factory and
git: what a sandbox holds is not told to who waits), and on / off. Needs the network, as the field
does (its README.md).
"""

import json
import os
import pathlib
import re
import resource
import sys
import time
import tomllib

HERE = pathlib.Path(__file__).resolve().parent
FIELD = HERE.parent / "field"
sys.path.insert(0, str(FIELD))
import distributions  # noqa: E402
import run as field  # noqa: E402
from reading import events_of, last_words, seconds_of  # noqa: E402
from world import World  # noqa: E402


def attempts_of(events):
    """Of each attempt of TEST: the tests of every start of a gate in it, their seconds, and notes."""
    attempts, begun, inside = [], {}, False
    for event in events_of(events):
        fields, kind = event.get("fields", {}), event.get("kind")
        if kind in ("stage.begin", "stage.end"):
            inside = kind == "stage.begin" and fields.get("stage", event["text"].split()[0]) == "test"
            if inside:
                attempts.append({"tests": [], "seconds": 0.0, "notes": []})
        elif kind == "note" and inside:
            attempts[-1]["notes"].append(event["text"])
        elif kind == "gate.begin":
            begun[fields["gate"]] = seconds_of(event)
        elif kind == "gate.end" and inside and fields["gate"] in begun:
            attempts[-1]["seconds"] += seconds_of(event) - begun.pop(fields["gate"])
            counts = re.findall(r"(\d+) (?:passed|failed)", event["text"].replace(",", ""))
            attempts[-1]["tests"].append(sum(map(int, counts)))
    return attempts


def processor():
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def feature(world, slug, targeted):
    """One run, with the mistake corrected at its second attempt."""
    log = world.folder / f"asked-{slug}"
    log.unlink(missing_ok=True)
    words = [sys.executable, FIELD / "answerer.py", world.folder / "row.json", "mended-0", log]
    settings = {
        "provider.field.kind": "command",
        "provider.field.command": " ".join(f'"{word}"' for word in words),
        "retries": 2,  # one for an entry of the changelog that is not taken
        "targeted": targeted,
    }
    chosen = [word for key, value in settings.items() for word in ("-c", f"factory.{key}={value}")]
    before = processor()
    status, out, seconds = world.run(
        ["git", *chosen, "factory", "--json", "feature", "--again", "--slug", slug,
         "--model", "field/" + world.row["name"], world.row["request"]], log="log-" + slug)
    found = {"exit": status, "wall": seconds, "processor": processor() - before, "load": os.getloadavg()[0],
             "attempts": attempts_of(out), "ended": last_words(out)}
    print(f"  {slug}: {json.dumps(found)}", flush=True)
    return found


def measure(world, on, rounds):
    trial = field.Trial(world)
    world.unpack()
    where = world.set_up()[1]
    status, counts, own = world.own_tests(where)
    print(f"{world.row['name']} {world.row['version']}: own command {own:.0f} s, {counts}, exit {status}")
    trial.prepare()
    found = {"off": [], on: []}
    for number in range(rounds):
        for targeted in found:
            world.others_go_on()  # a tree that no gate has seen: nothing is known of it
            found[targeted].append(feature(world, f"{targeted}-{number}", targeted))
    return found


def table(found):
    first = next(iter(found))
    for targeted, runs in found.items():
        for number, one in enumerate(runs):
            cells = [f"{' + '.join(map(str, at['tests']))} tests, {at['seconds']:.1f} s" for at in one["attempts"]]
            beside = found[first][number]
            print(f"| {targeted} | " + " | ".join(cells) + f" | {one['wall']:.0f} s, {one['processor']:.1f} s | "
                  f"{one['wall'] / beside['wall']:.2f}, {one['processor'] / beside['processor']:.2f} |")


def main(words):
    names = [word for word in words if not word.startswith("--")]
    if len(names) < 3:
        print(__doc__)
        return 2
    given = dict(word[2:].partition("=")[::2] for word in words if word.startswith("--"))
    program, folder = pathlib.Path(names[0]).resolve(), pathlib.Path(names[1]).resolve()
    rows = [row for path in (FIELD / "projects.toml", HERE / "slow_suite.toml")
            for row in tomllib.loads(path.read_text())["project"] if row["name"] in names[2:]]
    distributions.fetch(folder / "sdists", [f"{row['name']}=={row['version']}" for row in rows])
    tools = field.lay_tools(folder, given.get("tools", ""))
    failed = False
    for row in rows:
        began = time.monotonic()
        found = measure(World(folder, row, program, tools), given.get("on", "auto"), int(given.get("rounds", 2)))
        table(found)
        failed = failed or any(one["exit"] for runs in found.values() for one in runs)
        print(f"{time.monotonic() - began:.0f} s in all")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
