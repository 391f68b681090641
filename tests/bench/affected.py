#!/usr/bin/env python3
"""What targeted verification runs of a suite, and what it misses.

    affected.py <affected_bench> [<project>...] [--count 50] [--seconds 300] [--jobs 2]
                [--seed 16] [--python python3] [--folder <somewhere>] [--verbose]

Takes released projects (PROJECTS below; by their own clients, as tests/field does), puts one small
fault at a time into their sources (those of gate/mutants.h, spread over all files by a fixed
seed), runs the project's whole suite, and holds what fails against what would have been chosen for
that change. A fault that no test notices, or that a compiler refuses, is no change that counts:
faults are put in until --count were noticed or --seconds are over. Prints a line a project; exits 1
where something was missed. Python projects need pytest in --python.
"""
import argparse
import json
import os
import pathlib
import queue
import random
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import xml.etree.ElementTree

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "field"))
import distributions  # noqa: E402
import registries  # noqa: E402


class Refused(Exception):
    """The suite could not run: what was put in is no code, or never ends."""


class ByFile:
    """A selection is of files with tests; the first word of a test is its file."""
    SUFFIX, NO_SOURCE = "", ()

    @staticmethod
    def is_chosen(test, chosen):
        return test[0] in chosen

    def is_source(self, path):
        return path.suffix == self.SUFFIX and not path.name.endswith(self.NO_SOURCE)


class Python(ByFile):
    """Tests by their file, their class and their name."""
    SUFFIX = ".py"

    def __init__(self, options, row):
        self.options, self.path = options, row.get("path", ".")

    def run(self, folder, seconds):
        with tempfile.TemporaryDirectory() as scratch:
            report = pathlib.Path(scratch) / "report.xml"
            start([self.options.python, "-B", "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:randomly",
                   "--continue-on-collection-errors", "-o", "junit_family=xunit1", f"--junitxml={report}"],
                  folder, seconds, PYTHONPATH=str(folder / self.path))
            if not report.exists():
                return {}  # conftest.py could not be loaded: every test fails
            results = {}
            for case in xml.etree.ElementTree.parse(report).iter("testcase"):
                bad = case.find("failure") is not None or case.find("error") is not None
                name = (case.get("file"), case.get("classname"), case.get("name"))
                if name[0] is not None:  # else a file that could not be collected: its tests are not there
                    results[name] = (not bad and results.get(name, (True,))[0], float(case.get("time")))
            return results


class Go:
    """Tests by their file and their name; a selection is of packages."""

    def __init__(self, options, row):
        self.files = {}

    def run(self, folder, seconds):
        module = re.search(r"^module (\S+)", (folder / "go.mod").read_text(), re.M)[1]
        out = start(["go", "test", "-json", "./..."], folder, seconds).splitlines()
        events = [json.loads(line) for line in out if line.startswith("{")]
        if any(event["Action"] == "build-fail" or event.get("FailedBuild") for event in events):
            raise Refused
        results = {}
        for event in events:
            if "Test" in event and "/" not in event["Test"] and event["Action"] in ("pass", "fail", "skip"):
                place = event["Package"].removeprefix(module).strip("/")
                path = self.file_of(folder, place, event["Test"])
                results[(path, event["Test"])] = (event["Action"] != "fail", event["Elapsed"])
        return results

    def file_of(self, folder, place, test):
        if place not in self.files:
            self.files[place] = {
                name: path.relative_to(folder).as_posix()
                for path in sorted((folder / place).glob("*_test.go"))
                for name in re.findall(r"^func (\w+)\(", path.read_text(), re.M)}
        return self.files[place][test]

    @staticmethod
    def is_chosen(test, chosen):
        return os.path.dirname(test[0]) in {os.path.dirname(path) for path in chosen}

    @staticmethod
    def is_source(path):
        return path.suffix == ".go" and not path.name.endswith("_test.go")


class Vitest(ByFile):
    """Tests by their file and their whole name."""
    SUFFIX, NO_SOURCE = ".ts", (".spec.ts", ".d.ts")

    def __init__(self, options, row):
        pass

    def run(self, folder, seconds):
        install(folder, seconds)
        with tempfile.TemporaryDirectory() as scratch:
            report = pathlib.Path(scratch) / "report.json"
            start(["npx", "vitest", "run", "--reporter=json", f"--outputFile={report}"], folder, seconds)
            if not report.exists():
                raise Refused
            results = {}
            for file in json.loads(report.read_text())["testResults"]:
                path = pathlib.Path(file["name"]).relative_to(folder.resolve()).as_posix()
                for case in file["assertionResults"]:
                    results[(path, case["fullName"])] = (case["status"] != "failed", (case.get("duration") or 0) / 1000)
            return results


class Tape(ByFile):
    """Tests by their file and their heading; each file is a program."""
    SUFFIX = ".js"

    def __init__(self, options, row):
        pass

    def run(self, folder, seconds):
        install(folder, seconds)
        results = {}
        for path in sorted(folder.glob("test/**/*.js")):
            name = path.relative_to(folder).as_posix()
            began = time.monotonic()
            out = start(["node", name], folder, seconds)
            parts = re.split(r"^# ", out.partition("\n1..")[0], flags=re.M)[1:]
            for part in (one for one in parts if re.search(r"^(not )?ok ", one, re.M)):
                test = (name, part.partition("\n")[0])
                good = not re.search(r"^not ok ", part, re.M) and "\n1.." in out
                results[test] = (good and results.get(test, (True,))[0], (time.monotonic() - began) / len(parts))
        return results


class Rust:
    """Crates of one workspace; tests by the root of what they are compiled into, without examples of the
    documentation."""

    def __init__(self, options, row):
        pass

    def run(self, folder, seconds):
        out = start(["sh", "-c", "exec cargo test -q --workspace --lib --tests --no-fail-fast --no-run 2>&1"],
                    folder, seconds, CARGO_TARGET_DIR=str(folder / "target"), CARGO_PROFILE_TEST_DEBUG="0")
        if re.search(r"^error", out, re.M):
            raise Refused
        out = start(["sh", "-c", "exec cargo test --workspace --lib --tests --no-fail-fast 2>&1"],
                    folder, seconds, CARGO_TARGET_DIR=str(folder / "target"), CARGO_PROFILE_TEST_DEBUG="0")
        results = {}
        for part in re.split(r"^ +Running ", out, flags=re.M)[1:]:
            said = re.match(r"(unittests )?(\S+) \(.*/(\w+)-\w+\)", part)
            place = said[3].replace("_", "-") if said[1] else self.member_with(folder, said[2])
            for name, how in re.findall(r"^test (\S+)(?: - should panic)? \.\.\. (ok|FAILED)$", part, re.M):
                results[(f"{place}/{said[2]}", name)] = (how == "ok", 0.0)
        return results

    @staticmethod
    def member_with(folder, path):
        return next(folder.glob(f"*/{path}")).relative_to(folder).parts[0]

    @staticmethod
    def is_chosen(test, chosen):
        return test[0] in chosen

    @staticmethod
    def is_source(path):
        return path.suffix == ".rs" and path.name != "build.rs"


def install(folder, seconds):
    """Of what is for development alone only what a test names: linters are most of it."""
    if not (folder / "node_modules").exists():
        manifest = json.loads((folder / "package.json").read_text())
        tests = "".join(path.read_text() for path in folder.rglob("*.[jt]s") if "test" in path.as_posix() or
                        "spec" in path.name)
        manifest["devDependencies"] = {name: version for name, version in manifest["devDependencies"].items()
                                       if f"'{name}'" in tests or f'"{name}"' in tests}
        (folder / "package.json").write_text(json.dumps(manifest, indent=2))
        start(["npm", "install", "--no-audit", "--no-fund", "--ignore-scripts", "--no-package-lock"],
              folder, seconds)


PROJECTS = {
    "boltons": dict(kind=Python, version="25.0.0", sources="boltons"),
    "gods": dict(kind=Go, version="v1.18.1", module="github.com/emirpasic/gods", sources="."),
    "entities": dict(kind=Vitest, version="6.0.1", sources="src", without=["dist"]),
    "qs": dict(kind=Tape, version="6.13.0", sources="lib", without=["dist"]),
    "crates": dict(kind=Rust, version="1", sources=".", members={
        "strsim": "0.11.1", "heck": "0.5.0", "either": "1.13.0", "semver": "1.0.26", "deunicode": "1.6.0",
        "slug": "0.1.6"}),
    "cleo": dict(kind=Python, version="2.1.0", sources="src", path="src"),
}


def start(words, folder, seconds, **variables):
    with subprocess.Popen(words, cwd=folder, env=os.environ | variables, stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL, text=True, start_new_session=True) as child:
        try:
            return child.communicate(timeout=seconds)[0]
        except subprocess.TimeoutExpired as late:
            os.killpg(child.pid, 9)
            raise Refused from late


def fetched(row, name, folder):
    """The release in a folder of its own; what is there from an earlier time is taken."""
    target = folder / f"{name}-{row['version']}"
    if target.exists():
        return target
    if row["kind"] is Python:
        pin = f"{name}=={row['version']}"
        distributions.fetch(folder / "sdists", [pin])
        distributions.unpack(folder / "sdists", pin, folder / f"{name}-unpacked").rename(target)
    elif row["kind"] is Rust:
        workspace_of(row["members"], target)
    else:
        kind = "go" if row["kind"] is Go else "npm"
        registries.unpack({"from": kind, "name": name, **row}, target)
        for other in row.get("without", []):  # what a registry has and the repository has not
            shutil.rmtree(target / other)
    for path in target.rglob("*"):  # a module's cache is for reading
        path.chmod(path.stat().st_mode | 0o200)
    return target


def workspace_of(members, target):
    """Released crates as the members of one workspace, that are built on one another where they name one."""
    for name, version in members.items():
        apart = target.with_name(f"{name}-{version}")
        registries.unpack({"from": "crates", "name": name, "version": version}, apart)
        shutil.move(apart, target / name)
        (target / name / "Cargo.lock").unlink(missing_ok=True)
    patches = "".join(f'{name} = {{ path = "{name}" }}\n' for name in members)
    names = ", ".join(f'"{name}"' for name in members)
    (target / "Cargo.toml").write_text(f"[workspace]\nresolver = \"2\"\nmembers = [{names}]\n\n"
                                       f"[patch.crates-io]\n{patches}")


def faults_of(options, kind, folder, sources):
    """(path, line, the line with the fault), in an order that goes over all files."""
    all_of_them = []
    for path in sorted(pathlib.Path(folder, sources).rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_file() and kind.is_source(path) and not re.search(r"(^|/)(tests?|examples?|testdata)/", name):
            out = subprocess.run([options.bench, "faults", folder, name], text=True, capture_output=True, check=True)
            for line in out.stdout.splitlines():
                number, _, text = line.partition("\t")
                all_of_them.append((name, int(number), text))
    random.Random(options.seed).shuffle(all_of_them)
    return all_of_them


class Trial:
    """One project: faults are taken off one list by a few threads, each with a copy of its own."""

    def __init__(self, options, name):
        self.options, self.name, self.row = options, name, PROJECTS[name]
        self.kind = self.row["kind"](options, self.row)
        self.folder = fetched(self.row, name, options.folder)
        began = time.monotonic()
        base = self.kind.run(self.folder, options.seconds)
        self.took = time.monotonic() - began
        self.green = {test for test, (good, _) in base.items() if good}
        self.times = {test: seconds for test, (_, seconds) in base.items()}
        self.tested = sorted({test[0] for test in base})
        self.lock, self.waiting = threading.Lock(), queue.SimpleQueue()
        self.noticed, self.tried, self.refused, self.missed, self.whole = [], 0, 0, [], 0
        self.until = time.monotonic() + options.seconds

    def all(self):
        for fault in faults_of(self.options, self.kind, self.folder, self.row["sources"]):
            self.waiting.put(fault)
        workers = [threading.Thread(target=self.work) for _ in range(self.options.jobs)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()

    def work(self):
        with tempfile.TemporaryDirectory() as scratch:
            copy = pathlib.Path(scratch) / "project"
            shutil.copytree(self.folder, copy, symlinks=True)
            while time.monotonic() < self.until and len(self.noticed) < self.options.count:
                try:
                    self.take(copy, *self.waiting.get_nowait())
                except queue.Empty:
                    return

    def take(self, copy, name, number, line):
        path = copy / name
        text = path.read_text()
        lines = text.split("\n")
        lines[number - 1] = line
        path.write_text("\n".join(lines))
        try:
            chosen = subprocess.run([self.options.bench, "reached", copy, *self.tested], input=name + "\n",
                                    text=True, capture_output=True, check=True).stdout
            after = self.kind.run(copy, self.took * 4 + 20)
        except Refused:
            with self.lock:
                self.refused += 1
            return
        finally:
            path.write_text(text)
        fails = {test for test in self.green if not after.get(test, (False,))[0]}
        with self.lock:
            self.tried += 1
            if fails and len(self.noticed) < self.options.count:
                self.hold(f"{name}:{number}", fails, chosen)

    def hold(self, place, fails, chosen):
        whole = chosen.startswith("*")
        asked = {test for test in self.green if whole or self.kind.is_chosen(test, chosen.split())}
        self.whole += whole
        self.missed += [(place, test) for test in fails - asked]
        self.noticed.append((len(asked) / len(self.green), self.seconds(asked) / max(self.seconds(self.green), 1e-9)))
        if self.options.verbose:
            print(f"  {place}: {len(fails)} fail, {len(asked)} asked {chosen.strip() if whole else ''}", flush=True)

    def seconds(self, tests):
        return sum(self.times[test] for test in tests)

    def summary(self):
        def share(of):
            return (f"{100 * statistics.median(of):.0f} % (least {100 * min(of):.0f} %, "
                    f"most {100 * max(of):.0f} %, mean {100 * statistics.mean(of):.0f} %)")

        head = (f"{self.name} {self.row['version']}: {len(self.green)} tests in {len(self.tested)} files, "
                f"{self.took:.1f} s; {len(self.noticed)} changes that the suite notices, of {self.tried} tried "
                f"({self.refused} more were refused or never ended); ")
        if not self.noticed:
            return head + "nothing to tell"
        tests, clock = zip(*self.noticed)
        return head + (f"chosen of the tests: median {share(tests)}; of their time: median {share(clock)}; "
                       f"the whole suite for {self.whole}; missed {len(self.missed)}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("bench", type=os.path.abspath)
    parser.add_argument("projects", nargs="*", default=["boltons", "gods"], help=", ".join(PROJECTS))
    parser.add_argument("--count", type=int, default=50, help="changes of a project that its suite notices")
    parser.add_argument("--seconds", type=int, default=300, help="for one project")
    parser.add_argument("--seed", type=int, default=16, help="another number: other faults")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--python", default=sys.executable)
    parser.add_argument("--folder", type=pathlib.Path, help="where what was fetched is kept")
    parser.add_argument("--verbose", action="store_true")
    options = parser.parse_args()
    options.folder = (options.folder or pathlib.Path(tempfile.mkdtemp())).resolve()
    missed = 0
    for name in options.projects:
        trial = Trial(options, name)
        trial.all()
        print(trial.summary(), flush=True)
        for place, test in trial.missed:
            print(f"  missed: {place}: {'::'.join(map(str, test))}")
        missed += len(trial.missed)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
