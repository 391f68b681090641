#!/usr/bin/env python3
"""What every command says when it is asked for something that it cannot do.

Usage: errors.py <git-factory> <sources>

Runs a table of wrong calls and compares each command's messages with tests/golden/errors/<command>.txt
(GF_UPDATE_GOLDEN=1 writes them). Of each call has to hold: it fails, as a usage error (129) or an error (128), never as a
bug; what is wrong is one line, what to do is another; nothing is on standard output; and what is wrong names no key of the
configuration, unless the call did or the case is about one that is configured.
"""

import os
import pathlib
import re
import subprocess
import sys
import tempfile

PLAN = "Add a /health endpoint that returns {\"status\":\"ok\"}."
NOWHERE = "/no/such/file"

# (where, words after "git factory"). Where: "none" is no repository, "unborn" one without a commit, "bare" one without a
# work tree, "shop" one with a run that was planned, no remote and no model.
CASES = [
    *[(where, words) for where in ("none", "unborn", "bare") for words in (["feature", "x"], ["init"])],
    *[("none", [command]) for command in (
        "log", "show", "metrics", "report", "retro", "sync", "export", "replay", "resume", "abort", "answer", "models",
        "trust", "verify", "env", "gc", "rework", "validate", "test", "review")],
    *[("none", words) for words in (["pr", "list"], ["query", "select 1"], ["why", "a:1"], ["hooks", "list"],
                                    ["spec", "show", "@"], ["batch", "-"], ["plan", "x"])],
    ("shop", ["featur"]), ("shop", ["--frob"]), ("shop", ["help", "nothing-of-this-name"]),
    ("shop", ["feature"]), ("shop", ["feature", "  "]), ("shop", ["feature", "x"]),
    ("shop", ["feature", "-F", NOWHERE]), ("shop", ["feature", "-F", "a", "x"]),
    ("shop", ["feature", "--slug", "../x", "y"]), ("shop", ["feature", "--base", "nowhere", "x"]),
    ("shop", ["feature", "--at", "nowhere", "x"]), ("shop", ["feature", "--model", "nonsense", "x"]),
    ("shop", ["feature", "--model", "nowhere/x", "--no-pr", "x"]),
    ("shop", ["feature", "--model", "anthropic/claude-sonnet-4-5", "--no-pr", "x"]),
    ("shop", ["feature", "--model", "ollama/x", "--no-pr", "x"]),
    ("shop", ["feature", "--model", "scripted/nothing", "--no-pr", "x"]),
    ("shop", ["feature", "--model", "openai/nobody-knows-its-price", "--budget", "1", "--no-pr", "x"]),
    ("shop", ["feature", "--no-pr", "x"]), ("shop", ["feature", "--budget", "abc", "x"]),
    ("shop", ["feature", "--batch-budget", "abc", "x"]), ("shop", ["feature", "--batch", "A B", "x"]),
    ("shop", ["feature", "--spec", NOWHERE, "x"]), ("shop", ["feature", "--spec", "a", "x"]),
    ("shop", ["feature", "--model", "scripted/vague", "make it faster"]),
    ("shop", ["plan"]), ("shop", ["plan", "--budget", "-1", "x"]), ("shop", ["plan", "--model", "x", "y"]),
    ("shop", ["batch"]), ("shop", ["batch", NOWHERE]), ("shop", ["batch", "--resume"]),
    ("shop", ["batch", "--resume=nothing"]), ("shop", ["batch", "-j", "0", "a"]), ("shop", ["batch", "--name", "A B", "a"]),
    ("shop", ["batch", "--budget", "abc", "a"]), ("shop", ["batch", "empty"]),
    ("shop", ["resume"]), ("shop", ["resume", "nothing"]), ("shop", ["resume", "health"]),
    ("shop", ["resume", "--budget", "abc"]), ("shop", ["abort"]), ("shop", ["abort", "nothing"]),
    ("shop", ["answer"]), ("shop", ["answer", "nothing"]), ("shop", ["answer", "--answer", "x"]),
    ("shop", ["answer", "--budget", "abc"]), ("shop", ["rework"]), ("shop", ["rework", "#9"]),
    ("shop", ["show", "nothing"]), ("shop", ["show", "@:nothing"]), ("shop", ["show", "@:plan:9"]),
    ("shop", ["show", "#9"]), ("shop", ["log", "--stage", "bogus"]), ("shop", ["log", "--outcome", "bogus"]),
    ("shop", ["log", "-n", "x"]),
    ("shop", ["why"]), ("shop", ["why", "a"]), ("shop", ["why", "nowhere:1"]), ("shop", ["why", "a:999"]),
    ("shop", ["why", "a:1", "--", "x"]), ("shop", ["why", "../a:1"]), ("shop", ["why", "a:1", "nowhere"]),
    ("shop", ["query"]), ("shop", ["query", "selec 1"]), ("shop", ["query", "delete from runs"]),
    ("shop", ["query", "select 1; select 2"]), ("shop", ["query", "select * from nothing"]), ("shop", ["query", " "]),
    ("shop", ["metrics", "--by", "bogus"]), ("shop", ["metrics", "--csv", "--md"]),
    ("shop", ["report", "nothing"]), ("shop", ["report", "-o", "a/report.html"]),
    ("shop", ["report", "-o", "full"]), ("shop", ["report", "-o", "."]), ("shop", ["report", "-o", "nowhere/report.html"]),
    ("shop", ["retro", "--frob"]),
    ("shop", ["export", "nothing"]), ("shop", ["export", "--otlp", "localhost:4318"]),
    ("shop", ["export", "--otlp", "http://127.0.0.1:9"]),
    ("shop", ["replay", "nothing"]), ("shop", ["replay", "--all", "@"]), ("shop", ["replay", "--gates", "bogus"]),
    ("shop", ["sync"]), ("shop", ["sync", "nowhere"]),
    ("shop", ["verify", "nowhere"]), ("shop", ["verify", "--frob"]), ("shop", ["attest", "nowhere"]),
    ("shop", ["validate", "nowhere"]), ("shop", ["validate", "main..nowhere"]), ("shop", ["validate"]),
    ("shop", ["validate", "--base", "nowhere"]), ("shop", ["validate", "--staged", "main"]),
    ("shop", ["test", "--spec", NOWHERE]), ("shop", ["test", "--base", "main", "main..main"]),
    ("shop", ["review", "main..main"]), ("shop", ["review", "--budget", "abc"]), ("shop", ["review", "--model", "x"]),
    ("shop", ["spec"]), ("shop", ["spec", "show", NOWHERE]), ("shop", ["spec", "lint", NOWHERE]), ("shop", ["spec", "lint", "a"]),
    ("shop", ["models", "check"]), ("shop", ["models", "check", "nonsense", "--frob"]),
    ("shop", ["pr"]), ("shop", ["pr", "show", "9"]), ("shop", ["pr", "diff", "9"]), ("shop", ["pr", "checkout", "9"]),
    ("shop", ["pr", "merge", "9"]), ("shop", ["pr", "close", "9"]), ("shop", ["pr", "comment", "9", "x"]),
    ("shop", ["pr", "list", "--state", "bogus"]), ("shop", ["pr", "merge", "--way", "bogus", "1"]),
    ("shop", ["hooks"]), ("shop", ["hooks", "install", "bogus"]), ("shop", ["hook", "bogus"]),
    ("shop", ["init", "--share", "bogus"]), ("shop", ["init", "--hooks", "--no-hooks"]), ("shop", ["trust"]),
    ("shop", ["demo", "--frob"]), ("shop", ["doctor", "--frob"]), ("shop", ["env", "--frob"]), ("shop", ["gc", "--frob"]),
    ("shop", ["-C", NOWHERE, "log"]),
]
# What is a message and no error: they ask, or they tell that the answer is no.
NO_ERROR = {("shop", "trust")}


class World:
    def __init__(self, program: str, sources: str, folder: str):
        self.program, self.folder = program, folder
        home = os.path.join(folder, "home")
        os.makedirs(home)
        with open(os.path.join(home, ".gitconfig"), "w") as file:
            file.write("[user]\n\tname = Ada\n\temail = ada@example.com\n[init]\n\tdefaultBranch = main\n")
        self.environment = {
            "HOME": home, "XDG_CACHE_HOME": os.path.join(folder, "cache"), "GIT_CONFIG_NOSYSTEM": "1", "LC_ALL": "C", "TZ": "UTC",
            "PATH": os.path.dirname(os.path.abspath(program)) + ":/usr/bin:/bin", "OLLAMA_HOST": "127.0.0.1:9",
            "GIT_FACTORY_DATA": os.path.join(sources, "templates"), "GIT_AUTHOR_DATE": "2026-01-01T00:00:00Z",
            "GIT_COMMITTER_DATE": "2026-01-01T00:00:00Z", "OPENAI_API_KEY": "nobodys"}
        os.makedirs(self.path("none"))
        self.git("init", "-q", self.path("unborn"))
        self.git("init", "-q", "--bare", self.path("bare"))
        self.git("init", "-q", self.path("shop"))
        for name, text in (("a", "one\n"), ("empty", "")):
            pathlib.Path(self.path("shop"), name).write_text(text)
        os.symlink("/dev/full", os.path.join(self.path("shop"), "full"))
        self.git("-C", self.path("shop"), "add", "-A")
        self.git("-C", self.path("shop"), "commit", "-qm", "one")

    def path(self, name: str) -> str:
        return os.path.join(self.folder, name)

    def git(self, *words: str) -> None:
        subprocess.run(["git", *words], check=True, env=self.environment, cwd=self.folder, capture_output=True)

    def ask(self, where: str, words: list[str]) -> subprocess.CompletedProcess:
        return subprocess.run([self.program, *words], cwd=self.path(where), env=self.environment, stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, timeout=120)

    def scrubbed(self, text: str) -> str:
        text = text.replace(os.path.realpath(self.folder), "<folder>").replace(self.folder, "<folder>")
        text = re.sub(r"\d{8}T\d{6}Z-[0-9a-f]{8}", "<run>", text)
        text = re.sub(r"\b[0-9a-f]{10}\b|\b[0-9a-f]{40}\b", "<commit>", text)
        text = re.sub(r"\b(?=[0-9a-f]*\d)[0-9a-f]{8}\b", "<run8>", text)
        return re.sub(r"\b\d+(\.\d+)? m?s\b", "<time>", text)


def shown(words: list[str]) -> str:
    return " ".join(word if re.fullmatch(r"[\w./:=#@%-]+", word) else "'" + word + "'" for word in words)


def faults_of(words: list[str], ran: subprocess.CompletedProcess) -> list[str]:
    """What of the promises does not hold."""
    lines = ran.stderr.splitlines()
    reports = [line for line in lines if re.match(r"(fatal|error|stopped|BUG): ", line)]
    hints = [line for line in lines if line.startswith("hint: ") and len(line) > len("hint: ")]
    found = []
    if ran.returncode not in (128, 129):
        found.append(f"exit status {ran.returncode}")
    if len(reports) != 1 or reports[0].startswith("BUG"):
        found.append(f"{len(reports)} lines of what is wrong")
    if len(hints) != 1:
        found.append(f"{len(hints)} lines of what to do")
    if ran.stdout:
        found.append("something on standard output")
    keys = re.findall(r"factory\.[\w.]+", reports[0] if reports else "")
    if [key for key in keys if not any(key in word for word in words)]:
        found.append("what is wrong names a key of the configuration")
    return found


def commands_of(world: World) -> list[str]:
    """As `git factory -h` lists them."""
    usage = world.ask("none", ["-h"]).stdout
    listed = usage[usage.rindex("SUBCOMMANDS") if "SUBCOMMANDS" in usage else 0:]
    return [match.group(1) for match in re.finditer(r"^  ([a-z]+)  +\S", listed, re.M)]


def main(program: str, sources: str) -> int:
    with tempfile.TemporaryDirectory() as folder:
        world = World(program, sources, folder)
        planned = world.ask("shop", ["plan", "--slug", "health", "--model", "scripted/health", PLAN])
        assert planned.returncode == 0, planned.stderr
        commands = commands_of(world)
        assert len(commands) > 25, commands
        cases = CASES + [("shop", [command, "--frob"]) for command in commands]
        texts: dict[str, list[str]] = {}
        bad = 0
        for where, words in dict.fromkeys((where, tuple(words)) for where, words in cases):
            words = list(words)
            ran = world.ask(where, words)
            command = next((word for word in words if word in commands), "git-factory")
            if (where, shown(words)) not in NO_ERROR:
                for fault in faults_of(words, ran):
                    bad += 1
                    print(f"[{where}] git factory {shown(words)}: {fault}\n{ran.stdout}{ran.stderr}")
            place = "" if where == "shop" else f"[{where}] "
            texts.setdefault(command, []).append(
                f"{place}$ git factory {shown(words)}\n{world.scrubbed(ran.stderr)}exit {ran.returncode}\n")
        if not os.path.islink(os.path.join(world.path("shop"), "full")):
            bad += 1
            print("report -o replaced a link")
        for command in commands:
            if command not in texts:
                bad += 1
                print(f"no wrong call of '{command}' is in the table")
    golden = pathlib.Path(sources, "tests", "golden", "errors")
    for command, parts in sorted(texts.items()):
        file, text = golden / f"{command}.txt", "\n".join(parts)
        if os.environ.get("GF_UPDATE_GOLDEN"):
            golden.mkdir(exist_ok=True)
            file.write_text(text)
        elif not file.exists() or file.read_text() != text:
            bad += 1
            print(f"{file}: is another; GF_UPDATE_GOLDEN=1 writes it\n{text}")
    print(f"{sum(len(parts) for parts in texts.values())} wrong calls of {len(texts)} commands, {bad} not as promised")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2]))
