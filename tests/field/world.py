"""One project of projects.toml as its developer has it: a repository, a remote, an environment."""

import hashlib
import json
import os
import pathlib
import shlex
import shutil
import subprocess
import sys
import time
import xml.etree.ElementTree

import distributions
import registries

HERE = pathlib.Path(__file__).resolve().parent
MANAGERS = ("uv", "uvx", "poetry", "hatch", "pdm")
# What a row of another language is built and tested with, and variables that say where it is.
PROGRAMS = {"crates": ("cargo", "rustc", "rustdoc", "rustfmt", "cargo-fmt", "cargo-clippy", "clippy-driver"),
            "go": ("go", "gofmt"), "npm": ("node", "npm", "npx"),
            "debian": ("mvn", "java", "javac", "cmake", "ctest", "gcc", "g++", "make")}
TOLD = ("RUSTUP_HOME", "CARGO_NET", "CARGO_REGISTR", "CARGO_HTTP", "GOPROXY", "GOSUMDB", "npm_config_", "NPM_CONFIG_")


class World:
    """A folder with `work` (the user's checkout), `origin.git`, and `theirs`: the same project for
    its own test command where the user is to have no environment. Caches are below it, too; those of
    package clients are shared by all projects."""

    def __init__(self, folder, row, program, tools, again=False):
        self.row, self.program = row, program
        self.folder = folder / "projects" / row["name"]
        self.shared = folder
        self.work, self.theirs = self.folder / "work", self.folder / "theirs"
        self.known = again and self.work.exists()
        self.newest = None  # the remote's tip, of somebody else
        if not self.known:
            shutil.rmtree(self.folder, ignore_errors=True)
            self.folder.mkdir(parents=True)
        self.lay_programs(tools)
        self.environment = self.variables()

    def lay_programs(self, tools):
        """PATH holds git-factory, the managers and one Python, and nothing else of the machine's."""
        bin_folder = self.folder / "bin"
        shutil.rmtree(bin_folder, ignore_errors=True)
        bin_folder.mkdir()
        (bin_folder / "git-factory").symlink_to(self.program)
        for name in ("python3", f"python3.{sys.version_info.minor}"):
            (bin_folder / name).symlink_to(sys._base_executable)
        kind = self.row.get("from")
        for name in PROGRAMS[kind] if kind else MANAGERS:
            found = shutil.which(name) if kind else tools / "bin" / name
            if found:
                (bin_folder / name).symlink_to(found)

    def variables(self):
        """HOME stays, for the user's own index and proxies; what is kept in it goes elsewhere."""
        kept = ("HOME", "PIP_", "UV_INDEX", "UV_DEFAULT", "SSL_", "HTTP", "http", "NO_PROXY", "REQUESTS_")
        made = {name: value for name, value in os.environ.items() if name.startswith(kept + TOLD)}
        made.update(
            PATH=f"{self.folder / 'bin'}:/usr/local/bin:/usr/bin:/bin",
            LC_ALL="C.UTF-8",
            GIT_CONFIG_GLOBAL="/dev/null",
            GIT_FACTORY_DATA=str(HERE.parents[1] / "templates"),
            XDG_CACHE_HOME=str(self.folder / "cache"),
            XDG_DATA_HOME=str(self.folder / "data"),
            XDG_STATE_HOME=str(self.folder / "state"),
            # hatch writes the first folders it sees into a file in HOME, and keeps to them.
            HATCH_DATA_DIR=str(self.folder / "data/hatch"),
            HATCH_CACHE_DIR=str(self.folder / "cache/hatch"),
            UV_CACHE_DIR=str(self.shared / "uv-cache"),
            PIP_CACHE_DIR=str(self.shared / "pip-cache"),
            OLLAMA_HOST="127.0.0.1:9",
        )
        return made

    def run(self, words, where=None, more=None, log=None):
        """(exit status, standard output, seconds); what was said on standard error goes to the log."""
        words = shlex.split(words) if isinstance(words, str) else [str(word) for word in words]
        start = time.monotonic()
        with open(self.folder / (log or "log"), "a", encoding="utf-8") as file:
            file.write("$ " + shlex.join(words) + "\n")
            file.flush()
            done = subprocess.run(
                words, cwd=where or self.work, env=self.environment | (more or {}),
                stdout=subprocess.PIPE, stderr=file, stdin=subprocess.DEVNULL, text=True, errors="replace",
            )
            file.write(done.stdout)
        return done.returncode, done.stdout, time.monotonic() - start

    def must(self, words, where=None, more=None):
        status, out, seconds = self.run(words, where, more)
        if status != 0:
            raise RuntimeError(f"{words}: exit {status}, see {self.folder / 'log'}")
        return out, seconds

    def git(self, *words):
        return self.must(["git", *words])[0]

    def unpack(self):
        if "from" in self.row:
            registries.unpack(self.row, self.work)
            for name in self.row.get("without", []):  # what a registry has and the repository has not
                shutil.rmtree(self.work / name)
            self.commit()
            return
        pin = f"{self.row['name']}=={self.row['version']}"
        found = distributions.unpack(self.shared / "sdists", pin, self.folder / "unpacked")
        if found is None:
            raise RuntimeError(f"{pin} was not fetched")
        found.rename(self.work)
        (self.work / "PKG-INFO").unlink(missing_ok=True)  # a build's, no repository has it
        self.commit()

    def commit(self):
        """One commit, the release's tag, a remote."""
        self.git("init", "-q", "-b", "main")
        self.git("config", "user.name", "Field")
        self.git("config", "user.email", "field@example.com")
        self.git("config", "gc.auto", "0")
        with open(self.work / ".git/info/exclude", "a", encoding="utf-8") as file:
            file.write("target/\nnode_modules/\n.venv/\n__pycache__/\n*.egg-info/\n*.so\nbuild/\n.coverage\nhtmlcov/\n.pytest_cache/\n")
        self.git("add", "-A")
        self.git("commit", "-qm", f"Release {self.row['version']}")
        self.git("tag", self.row.get("tag", self.row["version"]))
        self.git("init", "-q", "--bare", "../origin.git")
        self.git("remote", "add", "origin", "../origin.git")
        self.git("push", "-q", "origin", "main")

    def catch_up(self):
        """The checkout as the remote has it, where an earlier time left it behind."""
        if self.known:
            self.git("checkout", "-q", "--", ".")
            self.git("pull", "-q", "--ff-only", "origin", "main")

    def publish(self):
        """What `init` wrote, in a commit that everybody has."""
        self.git("add", "-A")
        self.git("commit", "--allow-empty", "-qm", "Prepare")
        self.git("push", "-q", "origin", "main")

    def others_go_on(self):
        """Somebody else pushes a commit that the user has not fetched, and the user has begun
        something in the very file that the run will change: a run has to stand on the first and leave
        the second where it is."""
        theirs = self.folder / "colleague"
        shutil.rmtree(theirs, ignore_errors=True)
        self.must(["git", "clone", "-q", "-b", "main", "../origin.git", theirs])
        (theirs / "COLLEAGUE").write_text(f"at {time.time_ns()}\n")
        author = ["-c", "user.name=Colleague", "-c", "user.email=colleague@example.com"]
        self.must(["git", "add", "COLLEAGUE"], theirs)
        self.must(["git", *author, "commit", "-qm", "Go on"], theirs)
        self.must(["git", "push", "-q", "origin", "main"], theirs)
        self.newest = self.must(["git", "rev-parse", "HEAD"], theirs)[0].strip()
        with open(self.work / self.row["path"], "a", encoding="utf-8") as file:
            file.write("# begun by hand, not committed\n")
        (self.work / "begun-by-hand").write_text("not added\n")

    def set_up(self):
        """The developer's own steps, where the row wants them: seconds, and where they were taken."""
        where = self.work
        if not self.row.get("environment", True):
            shutil.copytree(self.work, self.theirs, symlinks=True)
            where = self.theirs
        return sum(self.must(step, where)[1] for step in self.row["setup"]), where

    def own_tests(self, where):
        """The project's own command: exit status, what it counted, seconds."""
        report = self.folder / "own.xml"
        status, out, seconds = self.run(self.row["test"], where, {"PYTEST_ADDOPTS": f"--junitxml={report}"})
        if "from" in self.row:
            return status, registries.counts_said(self.row["from"], out), seconds
        return status, counts_in(report), seconds

    def made(self):
        """The environment that git-factory made for the project: megabytes, or nothing."""
        listing = json.loads(self.run(["git", "factory", "--json", "env"])[1] or "{}")
        sizes = [one["bytes"] for one in listing.get("made", []) if one["what"] != "overlay"]
        return {"MB": round(sum(sizes) / 1e6, 1)} if sizes else None

    def place(self):
        """Everything that is the user's, byte for byte, as one text a path: the work tree with what
        git ignores, environments outside of it, and what git keeps of the user's own."""
        seen = {}
        roots = [self.work, self.folder / "data", self.folder / "cache"]
        for root in roots:
            for path in sorted(root.rglob("*")) if root.exists() else []:
                inside = path.relative_to(self.folder)
                if inside.parts[:2] in (("work", ".git"), ("cache", "git-factory")):
                    continue  # what is the user's in .git: below
                if inside.parts[:2] == ("data", "uv"):
                    continue  # what package clients keep for themselves
                if inside.parts[:1] == ("cache",) and "virtualenvs" not in inside.parts:
                    continue
                seen[str(inside)] = state_of(path)
        for words in (["rev-parse", "HEAD"], ["symbolic-ref", "HEAD"], ["ls-files", "-s"],
                      ["status", "--porcelain"], ["stash", "list"], ["config", "--local", "-l"],
                      ["for-each-ref", "refs/heads/main", "refs/tags", "refs/stash"]):
            seen["git " + " ".join(words)] = self.git(*words)
        for name in ("config", "info", "hooks"):
            for path in sorted([self.work / ".git" / name, *(self.work / ".git" / name).rglob("*")]):
                if path.exists():
                    seen[str(path.relative_to(self.folder))] = state_of(path)
        return seen


def state_of(path):
    """Kind, mode, time and content."""
    if path.is_symlink():
        return "link " + os.readlink(path)
    about = path.stat()
    if path.is_dir():
        return f"folder {about.st_mode:o}"
    return f"{about.st_mode:o} {about.st_mtime_ns} {hashlib.sha256(path.read_bytes()).hexdigest()}"


def counts_in(report):
    """What a JUnit report counts: tests, failed, skipped; empty where there is none."""
    if not report.exists():
        return {}
    cases = list(xml.etree.ElementTree.parse(report).getroot().iter("testcase"))
    failed = sum(any(case.find(kind) is not None for kind in ("failure", "error")) for case in cases)
    skipped = sum(case.find("skipped") is not None for case in cases)
    return {"passed": len(cases) - failed - skipped, "failed": failed, "skipped": skipped}


def write_row(row, work, path):
    """What the answerer reads: the row, and behind how many lines a test is put into a file that is there."""
    entry = dict(row)
    if "test_old" in row:
        before, found, _ = (work / row["test_path"]).read_text(encoding="utf-8").partition(row["test_old"])
        entry["test_line"] = (before + found).count("\n")
    path.write_text(json.dumps(entry), encoding="utf-8")
