#!/usr/bin/env python3
"""git-factory on real projects that nobody here wrote. Usage: run.py <git-factory> [<project>...]

    --folder=<folder>   where everything is put (default: a folder of the machine's temporary ones)
    --again             with the checkouts and environments of the last time in that folder
    --quick             rows marked `quick`, the right and the wrong change, without the project's
                        own test command; what CI runs. Exit 77: no package index was reached

Needs the network (pip's own client), git, Python 3.11 or newer and a C compiler. README.md says
what is tried and what came of it.
"""

import json
import pathlib
import re
import subprocess
import sys
import tempfile
import time
import tomllib
import venv

import distributions
from world import HERE, World, write_row

TOOLS = HERE / "requirements.txt"
SKIPPED = 77  # as automake has it
QUICK_S = 360  # of CI's time


def lay_tools(folder, only=""):
    """The managers, in an environment of their own; `only` the one of that name."""
    tools = folder / "tools"
    pins = [pin for pin in TOOLS.read_text().split() if pin.startswith(only)]
    made = tools / ("made" + ("-" + only if only else ""))
    if not (tools / "made").exists() and not made.exists():
        venv.create(tools, with_pip=True)
        subprocess.run([tools / "bin/python", "-m", "pip", "install", "-q", *pins], check=True)
        made.touch()
    return tools


class Trial:
    """Everything that is tried with one project; `notes` holds what did not come out as it should."""

    def __init__(self, world, quick=False):
        self.world, self.row, self.quick = world, world.row, quick
        self.notes, self.found = [], {"name": self.row["name"]}

    def note(self, text):
        self.notes.append(text)
        print(f"    {text}", flush=True)

    def expect(self, holds, text, known=None):
        """`known`: what the row says of why it cannot hold yet; told, and not counted."""
        if not holds and known in self.row.get("known", {}):
            text = f"known ({self.row['known'][known]}): {text}"
            self.found.setdefault("known", []).append(text)
            print(f"    {text}", flush=True)
        elif not holds:
            self.note(text)

    def all(self):
        world = self.world
        kept = world.folder / "began.json"
        if not world.known:
            self.begin()
            kept.write_text(json.dumps(self.found))
        self.found = json.loads(kept.read_text())
        self.prepare()
        before = world.place()
        self.right()
        for variant in ("wrong",) if self.quick else ("wrong", "broken"):
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
        self.found.update(setup_s=seconds)
        if self.quick:
            return
        status, counts, own = world.own_tests(where)
        self.found.update(own_exit=status, own=counts, own_s=own)

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
        shown = self.factory("init", "--dry-run")[1]
        gates = [line.split()[1] for line in shown.splitlines() if line.startswith("gate:")]
        missing = set(self.row["gates"]) - set(gates)
        self.found["gates"] = gates
        self.expect(not missing, f"init did not find {sorted(missing)} ({self.row['said']})")
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
             f"factory.provider.field.command={command}", "-c", "factory.retries=0", "-c",
             f"factory.build.retries={self.row.get('build_retries', 0)}", "factory",
             "--json", "feature", "--slug", slug, "--model", "field/" + self.row["name"],
             self.row["request"]],
            log="log-" + slug,
        )
        asked = float(log.read_text().split()[0]) - began if log.exists() else None
        run = json.loads(self.factory("log", "-n", "1", "--json")[1] or "{}")
        return {"exit": status, "seconds": seconds, "first_token_s": asked, "run": run, "events": out}

    def right(self):
        done = self.feature("right", "right")
        events = done["events"]
        gates, counts, spent = gates_in(events)
        own = self.found.get("own", {})
        self.found.update(
            right=done["exit"], cold_s=done["first_token_s"], right_s=done["seconds"], ran=gates,
            base=counts, gate_ms=spent, made=self.world.made(),
            environment_s=next(
                (event["fields"]["ms"] / 1000 for event in events_of(events)
                 if event.get("kind") == "act.end" and event["text"] == "environment"), None),
            own_part_ms=done["run"].get("metrics", {}).get("wall_ms", 0)
            - done["run"].get("metrics", {}).get("gates_ms", 0)
            - done["run"].get("metrics", {}).get("model_ms", 0),
        )
        wanted = self.row["gates"]
        self.expect(set(gates) == set(wanted), f"ran {gates}, documented are {wanted} ({self.row['said']})")
        if own and counts:
            same = all(own[key] == counts[key] for key in ("passed", "failed"))
            self.expect(same, f"on the base: {counts}, by the project's own command: {own}", "base")
        self.expect(
            done["exit"] == 0 and done["run"].get("pull_request"),
            f"the right change: exit {done['exit']}: {last_words(events)}",
            "right",
        )

    def refused(self, variant):
        done = self.feature(variant, variant)
        stage = done["run"].get("failed_stage", "")
        wanted = "test" if variant == "wrong" else self.row["broken_stage"]
        self.found[variant] = stage
        self.expect(
            done["exit"] == 1 and stage == wanted,
            f"the {variant} change: exit {done['exit']}, stopped by '{stage}', not by '{wanted}': "
            + last_words(done["events"]),
            variant,
        )
        if variant == "wrong":
            self.found["warm_s"] = done["first_token_s"]


def events_of(text):
    return [json.loads(line) for line in text.splitlines() if line.startswith('{"')]


def gates_in(text):
    """Of a run's events: the gates that worked, what tests came to on the base, and what each gate
    took there in milliseconds."""
    gates, counts, spent = [], {}, {}
    for event in events_of(text):
        if event.get("kind") == "stage.begin":
            break
        fields = event.get("fields", {})
        works = fields.get("status") in ("pass", "fail") or fields.get("cached")
        if event.get("kind") != "gate.end" or not works:
            continue
        if fields["gate"] not in gates:
            gates.append(fields["gate"])
        if "ms" in fields:
            spent[fields["gate"]] = fields["ms"]
        told = re.search(r"(\d+) passed, (\d+) failed", event["text"])
        if told and not counts:  # later ones are of failures that are run again
            counts = {"passed": int(told[1]), "failed": int(told[2])}
    return gates, counts, spent


def last_words(events):
    """How a run ended, in its own words."""
    ended = [row["text"] for row in events_of(events) if row.get("kind") == "run.end"]
    return ended[-1] if ended else "no event"


def told_s(seconds):
    return "-" if seconds is None else f"{seconds:.1f}" if seconds < 10 else f"{seconds:.0f}"


def table_row(row, found):
    """A line of README's table."""
    base, made = found.get("base") or {}, found.get("made") or {}
    tests = found.get("gate_ms", {}).get("pytest")
    cells = [
        row["name"],
        ", ".join(found.get("ran", [])) or "-",
        f"{base['passed']} / {base['failed']}" if base else "-",
        "pull request" if found.get("right") == 0 else f"exit {found.get('right')}",
        f"{found.get('wrong', '-')}, {found.get('broken', '-')}",
        "same" if found.get("untouched") else "changed",
        f"{told_s(found.get('own_s'))} / {told_s(tests / 1000 if tests else None)}",
        f"{told_s(found.get('cold_s'))} / {told_s(found.get('warm_s'))}",
        f"{told_s(found.get('environment_s'))}, {made['MB']:.0f} MB" if made else "-",
    ]
    return "| " + " | ".join(cells) + " |"


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
    quick = "--quick" in words
    rows = [row for row in rows if not quick or row.get("quick")]
    began = time.monotonic()
    distributions.fetch(folder / "sdists", [f"{row['name']}=={row['version']}" for row in rows])
    if quick and not any((folder / "sdists").iterdir()):
        print("no source distribution of any row was found: is a package index within reach?")
        return SKIPPED
    tools = lay_tools(folder, "uv" if quick else "")
    failed, lines = 0, []
    for row in rows:
        print(row["name"], flush=True)
        trial = Trial(World(folder, row, program, tools, "--again" in words), quick)
        try:
            trial.all()
        except RuntimeError as error:
            trial.note(str(error))
        failed += bool(trial.notes)
        trial.found["notes"] = trial.notes
        (folder / f"{row['name']}.json").write_text(json.dumps(trial.found, indent=1))
        lines.append(table_row(row, trial.found))
        print("    " + lines[-1], flush=True)
    print("\n".join(lines))
    spent = time.monotonic() - began
    print(f"{len(rows)} projects, {failed} not as their rows say, {spent:.0f} s"
          + (f" (CI has {QUICK_S})" if quick and spent > QUICK_S else ""))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
