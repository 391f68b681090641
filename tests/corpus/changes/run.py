"""Bad changes, and as many good ones of the same places, through the stages that judge a branch.

    run.py <git-factory> [--sample] [--language NAME] [--only WORD] [--keep]

Each table (python.toml, typescript.toml, go.toml, rust.toml) holds a small project and rows. A
row's bad change has to pass every stage before the one that it names and has to be stopped there,
for the reason that it names; its good change has to pass them all. Prints a line a row and the
table of counts; ends with 1 when a row was not as it says, and with 77 when no language's tools
are installed.
"""

import argparse
import collections
import concurrent.futures
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import tomllib

HERE = pathlib.Path(__file__).resolve().parent
TEMPLATES = HERE.parent.parent.parent / "templates"
LANGUAGES = ("python", "typescript", "go", "rust")
STAGES = ("validate", "test", "review")
SKIPPED = 77
# Reads the question, finds nothing and approves: what is asked of a review here is which facts it
# was given, and that does not hang on who answers.
REVIEWER = """#!/bin/sh
cat > /dev/null
echo '{"text": "{\\"criteria\\": [], \\"hunks\\": [], \\"constraints\\": [], \\"out_of_scope\\": [], \\"summary\\": \\"read\\"}"}'
"""


class Table:
    """A language's project and rows."""

    def __init__(self, language):
        with open(HERE / f"{language}.toml", "rb") as file:
            data = tomllib.load(file)
        self.language = language
        self.files = data["files"]
        self.config = data.get("config", {})
        self.needs = data["needs"]
        self.npm = data.get("npm", [])
        self.rows = data["change"]


class Failed(Exception):
    """A row was not as it says."""


def environment(home, factory):
    """Nothing of the caller's own git; tools as they are."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("GIT_", "FACTORY_"))}
    # cargo and Go find what they have by the real home.
    real = os.environ.get("HOME", "/")
    kept.setdefault("CARGO_HOME", f"{real}/.cargo")
    kept.setdefault("RUSTUP_HOME", f"{real}/.rustup")
    kept |= {"HOME": str(home), "XDG_CACHE_HOME": str(home / ".cache"), "LC_ALL": "C.UTF-8",
             "GIT_CONFIG_NOSYSTEM": "1", "GIT_FACTORY_DATA": str(TEMPLATES),
             "PATH": f"{pathlib.Path(factory).parent}:{kept['PATH']}"}
    return kept


class Project:
    """A repository of one language, made anew."""

    def __init__(self, table, folder, factory, python):
        self.table, self.factory = table, factory
        self.path = folder / table.language
        home = folder / f"home-{table.language}"
        for made in (self.path, home):
            made.mkdir(parents=True)
        self.env = environment(home, factory)
        reviewer = home / "reads"
        reviewer.write_text(REVIEWER)
        reviewer.chmod(0o755)
        self.git("init", "-q", "-b", "main")
        for key, value in {"user.name": "A. Person", "user.email": "a@person.example",
                           "factory.python": python, "core.hooksPath": "/dev/null",
                           "factory.provider.script.kind": "command",
                           "factory.provider.script.command": str(reviewer),
                           "factory.silence": "ask",
                           "factory.review.model": "script/reads", **table.config}.items():
            for one in value if isinstance(value, list) else [value]:
                self.git("config", "--add", key, one)
        if table.npm:
            self.install()
        self.write({path: {"text": text} for path, text in table.files.items()})
        self.git("add", "-A")
        self.git("commit", "-q", "-m", "A project")
        self.base = self.git("rev-parse", "HEAD").strip()
        self.lock = threading.Lock()

    def install(self):
        """The packages that the project's own tools are."""
        given = os.environ.get("GF_TEST_NODE_MODULES")
        if given:
            (self.path / "node_modules").symlink_to(given)
            return
        subprocess.run(["npm", "install", "--silent", "--no-audit", "--no-fund", "--no-save",
                        *self.table.npm], cwd=self.path, check=True, timeout=600)

    def git(self, *arguments):
        done = subprocess.run(["git", *arguments], cwd=self.path, env=self.env, check=True,
                              capture_output=True, text=True)
        return done.stdout

    def write(self, files, folder=None):
        for path, how in files.items():
            file = (folder or self.path) / path
            if how.get("gone"):
                file.unlink()
                continue
            file.parent.mkdir(parents=True, exist_ok=True)
            if "bytes" in how:
                file.write_bytes(bytes(range(256)) * how["bytes"])
                continue
            text = how["text"] if "text" in how else file.read_text()
            for old, new in how.get("edit", []):
                if old not in text:
                    raise Failed(f"{path} does not hold {old!r}")
                text = text.replace(old, new, 1)
            file.write_text(text + how.get("append", ""))

    def commit(self, row, which):
        """A commit of this change on the base, made beside the work tree."""
        folder = self.path.parent / f"{self.table.language}-{which}-{row['number']}"
        with self.lock:  # git's own list of worktrees is nobody's to write at once
            self.git("worktree", "add", "-q", "--detach", str(folder), self.base)
            for part in ("both", which):
                self.write(row.get(part, {}), folder)
            self.git("-C", str(folder), "add", "-A")
            self.git("-C", str(folder), "commit", "-q", "-m", row["says"])
            commit = self.git("-C", str(folder), "rev-parse", "HEAD").strip()
            self.git("worktree", "remove", "--force", str(folder))
        return commit

    def judge(self, stage, commit, row):
        """The stage's answer: its status and the JSON that it came to."""
        given = [one for key, value in row.get("config", {}).items()
                 for one in ("-c", f"{key}={value}")]
        option = ["--authorise"] if stage == "test" else []
        more = [word for name in row.get("authorises", []) for word in (*option, name)] if option else []
        done = subprocess.run(["git", *given, "factory", "--json", stage, *more,
                               f"{self.base}..{commit}"], cwd=self.path, env=self.env, timeout=600,
                              capture_output=True, text=True)
        last = done.stdout.strip().rsplit("\n", 1)[-1]
        if done.returncode not in (0, 1, 125) or not last.startswith("{"):
            raise Failed(f"{stage} ended with {done.returncode}: {done.stderr[-600:]}")
        return done.returncode, json.loads(last)


def words_of(judged):
    """All that an answer says, in small letters."""
    return " ".join([judged["reason"], *(one["text"] for one in judged["findings"])]).lower()


def facts_of(judged):
    return [f"{one['kind']} {one['path']} {one['message']}" for one in judged["facts"]]


def stops(project, row):
    """The bad change: stopped where and why the row says."""
    commit = project.commit(row, "bad")
    for stage in STAGES:
        status, judged = project.judge(stage, commit, row)
        if stage == "review":
            reported = [fact for fact in facts_of(judged) if row.get("told", "\0") in fact]
            if row["stop"] == "review" and not reported:
                raise Failed(f"REVIEW is not told of it: {facts_of(judged)}")
            return
        if stage == row["stop"]:
            if status != 1:
                raise Failed(f"{stage} lets it pass: {judged['reason']}")
            if row["told"].lower() not in words_of(judged):
                raise Failed(f"{stage} stops it for another reason: {words_of(judged)[:600]}")
            return
        if status != 0:
            raise Failed(f"{stage} stops it before its stage: {words_of(judged)[:600]}")


def passes(project, row):
    """The good change of the same place: no stage stops it, and no fact of the kind is told."""
    commit = project.commit(row, "good")
    for stage in STAGES[:2] if row["stop"] != "review" else STAGES:
        status, judged = project.judge(stage, commit, row)
        if stage == "review":
            reported = [fact for fact in facts_of(judged) if row["told"] in fact]
            if reported and not row.get("good_told"):
                raise Failed(f"the good change is told as one: {reported}")
        elif status != 0:
            raise Failed(f"{stage} stops the good change: {words_of(judged)[:600]}")


def tried(project, row, which):
    began = time.monotonic()
    try:
        (stops if which == "bad" else passes)(project, row)
        return None, time.monotonic() - began
    except (Failed, subprocess.SubprocessError, OSError) as problem:
        return str(problem), time.monotonic() - began


def tools_of(table):
    return [tool for tool in table.needs if shutil.which(tool) is None]


def table_of_counts(rows, failed):
    """Lines: kind of stop by language."""
    counts = collections.defaultdict(collections.Counter)
    for language, row in rows:
        counts[row["stop"]][language] += 1
    languages = sorted({language for language, _ in rows})
    head = ["stopped by", *languages, "all"]
    lines = [head]
    for stop in ("validate", "test", "review", "unseen"):
        if counts[stop]:
            lines.append([{"review": "told to REVIEW", "unseen": "REVIEW alone"}.get(stop, stop.upper()),
                          *(str(counts[stop][one]) for one in languages),
                          str(sum(counts[stop].values()))])
    text = "\n".join("  ".join(f"{cell:<16}" if i == 0 else f"{cell:>10}"
                               for i, cell in enumerate(line)) for line in lines)
    return f"{text}\n{len(rows)} bad changes and {len(rows)} good ones, {failed} not as their rows say"


def run(options):
    python = os.environ.get("GF_TEST_PYTHON", sys.executable)
    tables = [Table(one) for one in LANGUAGES if options.language in (None, one)]
    for table in tables:
        if lacking := tools_of(table):
            print(f"{table.language}: not tried, {', '.join(lacking)} is not installed")
        elif options.sample and table.npm and "GF_TEST_NODE_MODULES" not in os.environ:
            print(f"{table.language}: not tried, GF_TEST_NODE_MODULES names no packages")
            table.needs = ["\0"]
    tables = [table for table in tables if not tools_of(table)]
    folder = pathlib.Path(tempfile.mkdtemp(prefix="gf-changes-"))
    done, failed = [], 0
    try:
        for table in tables:
            project = Project(table, folder, options.factory, python)
            rows = [row | {"number": number} for number, row in enumerate(table.rows, 1)]
            rows = [row for row in rows if re.search(options.only or "", f"{row['kind']} {row['says']}")
                    and (not options.sample or row.get("sample"))]
            if rows:  # the base's outcomes are asked for once, and not by all at once
                project.judge("test", project.commit(rows[0], "good"), rows[0])
            with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
                asked = [(row, which, pool.submit(tried, project, row, which))
                         for row in rows for which in ("bad", "good")]
                for row, which, answer in asked:
                    problem, took = answer.result()
                    failed += problem is not None
                    print(f"{table.language} {row['number']:>2} {which:<4} {row['stop']:<8} "
                          f"{took:5.1f} s  {row['kind']}{': ' + problem if problem else ''}",
                          flush=True)
            done += [(table.language, row) for row in rows]
    finally:
        if options.keep:
            print(f"kept: {folder}")
        else:
            shutil.rmtree(folder, ignore_errors=True)
    if not done:
        return SKIPPED
    print(table_of_counts(done, failed))
    return 1 if failed else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("factory")
    parser.add_argument("--sample", action="store_true", help="the rows marked so: what CI runs")
    parser.add_argument("--language", choices=LANGUAGES)
    parser.add_argument("--only", help="rows whose kind or subject this expression finds")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--keep", action="store_true", help="leave the repositories for a look")
    sys.exit(run(parser.parse_args()))


if __name__ == "__main__":
    main()
