#!/usr/bin/env python3
"""git-factory on real projects that nobody here wrote. Usage: run.py <git-factory> [<project>...]

    --folder=<folder>   where everything is put (default: a folder of the machine's temporary ones)
    --again             with the checkouts and environments of the last time in that folder

Needs the network (pip's own client), git, Python 3.11 or newer and a C compiler. README.md says
what is tried and what came of it.
"""

import json
import pathlib
import subprocess
import sys
import tempfile
import time
import tomllib
import venv

import distributions
from world import HERE, World, write_row

TOOLS = HERE / "requirements.txt"


def lay_tools(folder):
    """The managers, in an environment of their own."""
    tools = folder / "tools"
    if not (tools / "made").exists():
        venv.create(tools, with_pip=True)
        subprocess.run([tools / "bin/python", "-m", "pip", "install", "-q", "-r", TOOLS], check=True)
        (tools / "made").touch()
    return tools


class Trial:
    """Everything that is tried with one project; `notes` holds what did not come out as it should."""

    def __init__(self, world):
        self.world, self.row = world, world.row
        self.notes, self.found = [], {"name": self.row["name"]}

    def note(self, text):
        self.notes.append(text)
        print(f"    {text}", flush=True)

    def expect(self, holds, text):
        if not holds:
            self.note(text)

    def all(self):
        world = self.world
        if not world.known:
            self.begin()
        self.prepare()
        before = world.place()
        self.right()
        for variant in ("wrong", "broken"):
            self.refused(variant)
        after = world.place()
        changed = sorted(k for k in before.keys() | after.keys() if before.get(k) != after.get(k))
        self.expect(not changed, f"the user's place has changed: {changed[:5]}, {len(changed)} in all")
        self.found["untouched"] = not changed

    def begin(self):
        """What the developer does without us, and how long it takes."""
        world = self.world
        world.unpack()
        seconds, where = world.set_up()
        world.own_tests(where)  # once for what a first run leaves: bytecode, caches
        status, counts, own = world.own_tests(where)
        self.found.update(setup_s=seconds, own_exit=status, own=counts, own_s=own)

    def factory(self, *words, log="log"):
        return self.world.run([self.world.program, *words], log=log)

    def prepare(self):
        """`init` finds what the project's documentation says."""
        world = self.world
        status, _, seconds = self.factory("init", "--no-hooks")
        self.found["init_s"] = seconds
        if status != 0:
            raise RuntimeError("init: see log")
        world.git("add", "-A")
        world.git("commit", "--allow-empty", "-qm", "Prepare")
        world.git("push", "-q", "origin", "main")
        out = self.factory("--json", "init", "--dry-run")[1]
        shown = self.factory("init", "--dry-run")[1]
        gates = [line.split()[1] for line in shown.splitlines() if line.startswith("gate:")]
        self.found["gates"] = gates
        wanted = self.row["gates"]
        self.expect(set(wanted) == set(gates), f"init found {gates}, documented are {wanted} ({self.row['said']})")
        write_row(self.row, world.folder / "row.json")

    def feature(self, variant, slug):
        """One run; what it came to, with the seconds until the model was first asked."""
        world = self.world
        log = world.folder / f"asked-{slug}"
        log.unlink(missing_ok=True)
        answerer = [sys.executable, HERE / "answerer.py", world.folder / "row.json", variant, log]
        command = " ".join(f'"{word}"' for word in answerer)
        began = time.time()
        status, out, seconds = world.run(
            ["git", "-c", "factory.provider.field.kind=command", "-c",
             f"factory.provider.field.command={command}", "-c", "factory.retries=0", "factory",
             "--json", "feature", "--slug", slug, "--model", "field/" + self.row["name"],
             self.row["request"]],
            log="log-" + slug,
        )
        asked = float(log.read_text().split()[0]) - began if log.exists() else None
        run = json.loads(self.factory("log", "-n", "1", "--json")[1] or "{}")
        return {"exit": status, "seconds": seconds, "first_token_s": asked, "run": run, "events": out}

    def right(self):
        done = self.feature("right", "right")
        self.found.update(right=done["exit"], cold_s=done["first_token_s"], right_s=done["seconds"])
        self.expect(done["exit"] == 0, f"the right change: exit {done['exit']}: {last_words(done['events'])}")

    def refused(self, variant):
        done = self.feature(variant, variant)
        stage = done["run"].get("failed_stage", "")
        self.found[variant] = f"exit {done['exit']} {last_words(done['events'])}"
        if variant == "wrong":
            self.found["warm_s"] = done["first_token_s"]


def last_words(events):
    """The last event of a run, for people."""
    rows = [json.loads(line) for line in events.splitlines() if line.startswith("{")]
    return json.dumps(rows[-1]) if rows else "no event"


def main(words):
    names = [word for word in words if not word.startswith("--")]
    if not names:
        print(__doc__)
        return 2
    program = pathlib.Path(names.pop(0)).resolve()
    given = [word.partition("=")[2] for word in words if word.startswith("--folder=")]
    folder = pathlib.Path(given[0] if given else tempfile.mkdtemp(prefix="field-")).resolve()
    rows = tomllib.loads((HERE / "projects.toml").read_text())["project"]
    rows = [row for row in rows if not names or row["name"] in names]
    distributions.fetch(folder / "sdists", [f"{row['name']}=={row['version']}" for row in rows])
    tools = lay_tools(folder)
    failed = 0
    for row in rows:
        print(row["name"], flush=True)
        trial = Trial(World(folder, row, program, tools, "--again" in words))
        try:
            trial.all()
        except RuntimeError as error:
            trial.note(str(error))
        failed += bool(trial.notes)
        trial.found["notes"] = trial.notes
        (folder / f"{row['name']}.json").write_text(json.dumps(trial.found, indent=1))
        print(json.dumps(trial.found, indent=1))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
