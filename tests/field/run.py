#!/usr/bin/env python3
"""git-factory on real projects that nobody here wrote. Usage: run.py <git-factory> [<project>...]

    --rows=<file>       rows of this file here (default: projects.toml); other_languages.toml has
                        crates, modules of Go and packages of npm, fetched by their own clients

    --folder=<folder>   where everything is put (default: a folder of the machine's temporary ones)
    --again             with the checkouts and environments of the last time in that folder
    --figures           and what the machine's time went into; without <git-factory>: what was
                        measured in that folder, and nothing is run
    --quick             rows marked `quick`, without the project's own test command and without the
                        mistakes that its own tools and tests see; what CI runs. Exit 77: no
                        package index was reached

Needs the network (pip's own client), git, Python 3.11 or newer and a C compiler. README.md says
what is tried and what came of it.
"""

import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time
import tomllib
import venv

import distributions
import figures
import mistakes
from reading import counts_reported, last_words
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
        if world.known and "cold_s" in earlier(world):  # a clone is new only once
            self.found["cold_s"] = earlier(world)["cold_s"]
        self.prepare()
        world.others_go_on()
        before = world.place()
        self.right()
        self.found["mistakes"] = []
        for at, mistake in enumerate(self.row["mistake"]):
            if not self.quick or mistake["seen_by"] in ("criteria", "reviewer"):
                self.refused(at, mistake, anew=bool(at and self.found["made"]))
        self.untouched(before, world.place())
        if not self.quick and "from" not in self.row:
            self.found["alone"] = figures.alone(world)

    def untouched(self, before, after):
        """The user's place is as it was; and it was more than nothing that was looked at."""
        changed = sorted(k for k in before.keys() | after.keys() if before.get(k) != after.get(k))
        self.expect(not changed, f"the user's place has changed: {changed[:5]}, {len(changed)} in all")
        installed = sum("site-packages" in path for path in before)
        self.expect(
            installed > 0 or not self.row.get("environment", True),
            "the environment that the row says the user has was not among what was compared",
        )
        self.found.update(untouched=not changed, compared=len(before), installed=installed)

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
        world.catch_up()
        status, _, seconds = self.factory("init", "--no-hooks")
        self.found["init_s"] = seconds
        if status != 0:
            raise RuntimeError("init: see log")
        world.publish()
        shown = self.factory("init", "--dry-run")[1]
        gates = [line.split()[1] for line in shown.splitlines() if line.startswith("gate:")]
        missing = set(self.row["gates"]) - set(gates)
        self.found["gates"] = gates
        self.expect(not missing, f"init did not find {sorted(missing)} ({self.row['said']})")
        write_row(self.row, world.work, world.folder / "row.json")

    def feature(self, variant, slug, before=()):
        """One run; what it came to, with the seconds until the model was first asked. `before`: what starts it."""
        world = self.world
        log = world.folder / f"asked-{slug}"
        log.unlink(missing_ok=True)
        answerer = [sys.executable, HERE / "answerer.py", world.folder / "row.json", variant, log]
        command = " ".join(f'"{word}"' for word in answerer)
        began = time.time()
        status, out, seconds = world.run(
            [*before, "git", "-c", "factory.provider.field.kind=command", "-c",
             f"factory.provider.field.command={command}", "-c", "factory.retries=0", "-c",
             f"factory.build.retries={self.row.get('build_retries', 0)}", "factory",
             "--json", "feature", "--again", "--slug", slug, "--model", "field/" + self.row["name"],
             self.row["request"]],
            log="log-" + slug,
        )
        asked = float(log.read_text().split()[0]) - began if log.exists() else None
        shown = json.loads(self.factory("show", "--json", log="shown")[1] or "{}")
        run = shown.get("run", {})
        self.expect(
            run.get("base") == world.newest,
            f"{slug}: the run stands on {run.get('base')}, the remote's newest is {world.newest}",
        )
        return {"exit": status, "seconds": seconds, "first_token_s": asked, "run": run, "events": out,
                "gates": shown.get("gates", [])}

    def right(self):
        done = self.feature("right", "right")
        events = done["events"]
        gates, counts = counts_reported(events)
        own = self.found.get("own", {})
        self.found.update(
            right=done["exit"], right_s=done["seconds"], ran=gates, base=counts,
            gate_s=figures.gates_in(events), made=self.world.made(),
        )
        self.found.setdefault("cold_s", done["first_token_s"])
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

    def refused(self, at, mistake, anew):
        """The run ends at the stage that has to see the mistake, and because it was seen. `anew`: the
        environment that `init` made is taken away before, and made once more."""
        if anew:
            self.factory("env", "--clean")
            self.expect(not self.world.made(), "env --clean left an environment behind")
        offline = offline_by() if "from" in self.row and not at else ()
        self.found["offline"] = bool(offline) or self.found.get("offline", False)
        done = self.feature(str(at), f"mistake-{at}", offline)
        if anew:
            self.found["environment_s"] = figures.environment_in(done["events"])
        stage = done["run"].get("failed_stage", "")
        seen_by = mistakes.seen_by(done["run"], done["gates"], done["events"])
        wanted = mistakes.STAGES[mistake["seen_by"]]
        right = done["exit"] == 1 and stage == wanted and seen_by == mistake["seen_by"]
        self.found["mistakes"].append({"wanted": wanted, "stage": stage, "seen_by": seen_by, "right": right})
        self.found.setdefault("warm_s", done["first_token_s"])
        self.expect(
            right,
            f"mistake {at} ({mistake['what']}): exit {done['exit']}, stopped by '{stage}', seen by "
            f"'{seen_by}', not by '{wanted}', '{mistake['seen_by']}': " + last_words(done["events"]),
            mistake["seen_by"],
        )


def offline_by():
    """What starts a program where there is no network at all; nothing where the machine does not let us."""
    words = ["unshare", "--net", *([] if os.geteuid() == 0 else ["--map-root-user"])]
    tried = subprocess.run([*words, "true"], stderr=subprocess.DEVNULL) if shutil.which("unshare") else None
    return words if tried and tried.returncode == 0 else ()


def earlier(world):
    """What was found the last time in this folder."""
    kept = world.shared / f"{world.row['name']}.json"
    return json.loads(kept.read_text()) if kept.exists() else {}


def table_row(row, found):
    """A line of README's table."""
    base = found.get("base") or {}
    cells = [
        row["name"],
        ", ".join(found.get("ran", [])) or "-",
        f"{base['passed']} / {base['failed']}" if base else "-",
        "pull request" if found.get("right") == 0 else f"exit {found.get('right')}",
        ", ".join(map(mistakes.mistake_text, found.get("mistakes", []))) or "-",
        f"{'same' if found.get('untouched') else 'changed'}, {found.get('compared', 0)} paths",
    ]
    return "| " + " | ".join(cells) + " |"


def main(words):
    names = [word for word in words if not word.startswith("--")]
    given = [word.partition("=")[2] for word in words if word.startswith("--folder=")]
    if not names and given and "--figures" in words:
        print(figures.table(pathlib.Path(given[0])))
        return 0
    if not names:
        print(__doc__)
        return 2
    program = pathlib.Path(names.pop(0)).resolve()
    folder = pathlib.Path(given[0] if given else tempfile.mkdtemp(prefix="field-")).resolve()
    asked = [word.partition("=")[2] for word in words if word.startswith("--rows=")]
    rows = tomllib.loads((HERE / (asked or ["projects.toml"])[0]).read_text())["project"]
    rows = [row for row in rows if not names or row["name"] in names]
    quick = "--quick" in words
    rows = [row for row in rows if not quick or row.get("quick")]
    began = time.monotonic()
    pins = [f"{row['name']}=={row['version']}" for row in rows if "from" not in row]
    distributions.fetch(folder / "sdists", pins)
    if pins and quick and not any((folder / "sdists").iterdir()):
        print("no source distribution of any row was found: is a package index within reach?")
        return SKIPPED
    tools = lay_tools(folder, "uv" if quick else "") if pins else folder
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
    if "--figures" in words:
        print(figures.table(folder))
    spent = time.monotonic() - began
    print(f"{len(rows)} projects, {failed} not as their rows say, {spent:.0f} s"
          + (f" (CI has {QUICK_S})" if quick and spent > QUICK_S else ""))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
