#!/usr/bin/env python3
"""Batches on other machines, by engines that we did not write: a real Slurm, a real sshd.

Usage: runners.py slurm|ssh|github-actions|kubernetes GIT_FACTORY [REQUESTS | CASE]

GitHub is a pretended one, which runs the job's step of the template; so is Kubernetes (kube.py).

A bare repository is the shared remote; every job clones it, claims its request there, runs the
demo's scripted answers through the whole line and sends its record home. With REQUESTS only the
first case is run, with so many, and its figures are told; with CASE only that one.
"""

import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time

import actions
import cluster
import kube
import sshd

SOURCE = pathlib.Path(__file__).resolve().parents[2]
SKIPPED = 77


class Place:
    """A shop with a shared remote, and a home that all jobs have."""

    def __init__(self, folder: pathlib.Path, program: pathlib.Path):
        self.folder, self.home = folder, folder / "home"
        self.work, self.remote = folder / "work", folder / "remote.git"
        self.home.mkdir(parents=True)
        self.variables = {
            "HOME": str(self.home),
            "XDG_CACHE_HOME": str(folder / "cache"),
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_CONFIG_GLOBAL": str(self.home / ".gitconfig"),
            "GIT_FACTORY_DATA": str(SOURCE / "templates"),
            "OLLAMA_HOST": "127.0.0.1:9",
            "PATH": f"{folder}/bin:{program.parent}:{os.environ['PATH']}",
            "LC_ALL": "C.UTF-8",
            "TZ": "UTC",
        }
        (folder / "bin").mkdir()
        self.git("config", "--global", "user.name", "Tester", at=folder)
        self.git("config", "--global", "user.email", "tester@example.com", at=folder)
        self.git("config", "--global", "factory.python", os.environ.get("GF_TEST_PYTHON", sys.executable), at=folder)
        self.git("config", "--global", "factory.mutation", "off", at=folder)
        shutil.copytree(SOURCE / "templates/demo/app", self.work)
        self.git("init", "--quiet", "--initial-branch=main", ".")
        self.git("add", ".")
        self.git("commit", "--quiet", "-m", "A small shop")
        self.git("init", "--quiet", "--bare", "--initial-branch=main", str(self.remote))
        self.git("remote", "add", "origin", str(self.remote))
        self.git("factory", "init", "--no-try", "--share=full")
        # What is asked here is of jobs and not of tools: one gate is enough.
        with open(self.work / ".gitfactory", "a") as file:
            file.write("".join(f'[factory-gate "{name}"]\n\tdisabled = true\n' for name in ("ruff", "ruff-format", "mypy")))
        self.git("factory", "trust", "--yes")
        self.git("add", ".")
        self.git("commit", "--quiet", "-m", "Prepare")
        self.git("push", "--quiet", "origin", "main")
        self.git("config", "factory.batch.pollSeconds", "1")
        for name in self.variables:
            self.git("config", "--add", "factory.batch.setup", f"export {name}='{self.variables[name]}'")

    def git(self, *words: str, at: pathlib.Path | None = None) -> str:
        ran = subprocess.run(["git", *words], cwd=at or self.work, env=self.environment(), capture_output=True, text=True)
        if ran.returncode != 0:
            raise RuntimeError(f"git {' '.join(words)}: {ran.stderr}")
        return ran.stdout

    def environment(self) -> dict[str, str]:
        return {**self.variables, **{name: os.environ[name] for name in ("SLURM_CONF",) if name in os.environ}}

    def requests(self, slugs: list[str]) -> str:
        lines = []
        for slug in slugs:
            name, _, answers = slug.partition("=")
            # In words of its own: what is on record as delivered is not made again.
            request = f'Add a /health endpoint that returns {{"status":"ok"}}, as {name} asks.'
            if answers == "faster":
                request = "Make it faster."
            lines.append(json.dumps({"request": request, "slug": name, "model": f"scripted/{answers or 'health'}"}))
        return "\n".join(lines) + "\n"

    def begin(self, *words: str, slugs: list[str] | None = None) -> subprocess.Popen:
        (self.folder / "requests").write_text(self.requests(slugs or []))
        return subprocess.Popen(
            ["git", "factory", "--json", "batch", *words], cwd=self.work, env=self.environment(), text=True,
            stdin=open(self.folder / "requests"), stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip

    def claims(self, batch: str) -> dict[str, dict]:
        refs = self.git("for-each-ref", "--format=%(refname)", f"refs/factory/claims/{batch}", at=self.remote).split()
        return {ref.rsplit("/", 1)[1]: json.loads(self.git("show", f"{ref}:claim.json", at=self.remote)) for ref in refs}

    def runs(self, batch: str) -> list[dict]:
        return [json.loads(line) for line in self.git("factory", "log", "--json", f"--batch={batch}").splitlines()]


def ended(batch: subprocess.Popen, status: int) -> dict:
    out, err = batch.communicate(timeout=3600)
    assert batch.returncode == status, f"exit {batch.returncode}, not {status}\n{out}\n{err}"
    return json.loads(out) if out else {"said": err}


def outcomes(report: dict) -> dict[str, str]:
    return {row["slug"]: row["outcome"] for row in report["requests"]}


def all_once(place: Place, engine: str, count: int) -> str:
    """Every request is delivered, by one run, and the record of all of them is here."""
    slugs = [f"health-{n}" for n in range(1, count)] + ["unclear=faster"]
    began = time.monotonic()
    report = ended(place.begin("--runner", engine, "--name=spring", "-", slugs=slugs), 1)
    wall = time.monotonic() - began
    said = outcomes(report)
    assert said.pop("unclear") == "needs-answers", report
    assert set(said.values()) == {"delivered"} and len(said) == count - 1, report
    assert not report["unknown"], report["unknown"]
    runs = place.runs("spring")
    assert sorted(run["slug"] for run in runs) == sorted(s.partition("=")[0] for s in slugs), [run["slug"] for run in runs]
    branches = place.git("for-each-ref", "--format=%(refname)", "refs/heads/factory", at=place.remote).split()
    assert len(branches) == count - 1, branches
    # A job goes behind its last word, which ends the batch.
    until("the end of the clones", lambda: not list((place.folder / "cache/git-factory/jobs").glob("*/spring/health-*")), 60)
    claims = place.claims("spring")
    assert {claim["state"] for claim in claims.values()} == {"ended"}
    # Each branch came in one push with its claim.
    assert all(claims[slug].get("together") for slug in slugs[:-1]), claims
    # Again is a look at what is there.
    again = ended(place.begin("--resume=spring"), 1)
    assert outcomes(again)["health-1"] == "delivered" and again["serial_ms"] == 0, again
    return f"{count} requests in {wall:.0f} s, {count * 3600 / wall:.0f} an hour; {len(runs)} runs, none twice, none lost"


def until(what: str, ready, seconds: int = 300):
    end = time.monotonic() + seconds
    while not (found := ready()):
        assert time.monotonic() < end, f"{what} did not come"
        time.sleep(0.1)
    return found


def jobs(slug: str) -> list[int]:
    """The processes of the job of a request."""
    found = []
    for folder in pathlib.Path("/proc").glob("[0-9]*"):
        try:
            words = (folder / "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if b"batch" in words and f"--job={slug}".encode() in words and words[0].endswith(b"git-factory"):
            found.append(int(folder.name))
    return found


def held(place: Place, batch: str, slug: str) -> dict | None:
    claim = place.claims(batch).get(slug)
    return claim if claim and claim["state"] == "held" else None


def killed(place: Place, engine: str, _: object) -> str:
    """A job that SIGKILL ends is replaced, and its request is delivered once."""
    batch = place.begin("--runner", engine, "--name=killed", "-", slugs=["dies"])
    first = until("a claim", lambda: held(place, "killed", "dies"))
    for pid in until("its process", lambda: jobs("killed/dies")):
        os.kill(pid, signal.SIGKILL)
    report = ended(batch, 0)
    claim = place.claims("killed")["dies"]
    assert claim["job"] != first["job"], "nobody took the claim over"
    assert len(place.runs("killed")) == 1
    assert outcomes(report) == {"dies": "delivered"}
    return f"job {first['job']} was killed, {claim['job']} took its claim over and delivered"


def stopped(place: Place, engine: str, _: object) -> str:
    """Ctrl-C cancels the jobs, which leave their claims; --resume goes on."""
    batch = place.begin("--runner", engine, "--name=stopped", "-", slugs=["later"])
    until("a claim", lambda: held(place, "stopped", "later"))
    batch.send_signal(signal.SIGINT)
    out, _ = batch.communicate(timeout=300)
    # git, in front of ours, ends by the signal that it was sent.
    assert batch.returncode in (130, -signal.SIGINT), batch.returncode
    assert outcomes(json.loads(out)) == {"later": "stopped"}, out
    until("the end of its job", lambda: not jobs("stopped/later"), 30)
    assert place.claims("stopped")["later"]["state"] == "released", place.claims("stopped")
    report = ended(place.begin("--resume=stopped"), 0)
    assert outcomes(report) == {"later": "delivered"}
    assert len(place.runs("stopped")) == 1
    return "Ctrl-C left no job, and --resume delivered"


def lose_an_answer(place: Place, submits: str, verb: str) -> None:
    """The program that submits does so, and fails, once; not where it is asked for something else than `verb`."""
    inner = place.folder / "bin" / submits
    hidden = place.folder / "bin/inner"
    hidden.mkdir()
    real = shutil.which(submits, path=place.variables["PATH"])
    if inner.exists():
        real = str(inner.rename(hidden / submits))
    once = f'mkdir "{hidden}/lost" 2>/dev/null && {{ "{real}" "$@" >/dev/null; exit 1; }}'
    inner.write_text(f'#!/bin/sh\ncase " $* " in *" {verb}"*) {once};; esac\nexec "{real}" "$@"\n')
    inner.chmod(0o755)


def answer_lost(place: Place, engine: str, machine) -> str:
    """A submission whose answer was lost is repeated, or found: one run."""
    if hasattr(machine, "submits"):
        lose_an_answer(place, machine.submits, getattr(machine, "verb", ""))
    else:
        machine.lose_an_answer()
    report = ended(place.begin("--runner", engine, "--name=lost", "-", slugs=["once"]), 0)
    assert outcomes(report) == {"once": "delivered"}
    assert len(place.runs("lost")) == 1
    branches = place.git("for-each-ref", "--format=%(refname)", "refs/heads/factory/once*", at=place.remote).split()
    assert branches == ["refs/heads/factory/once"], branches
    return "an answer was lost, and the request ran once"


def called_off(place: Place, engine: str, machine: actions.Cluster) -> str:
    """A person cancels a run there: no other one is started, and --resume goes on."""
    batch = place.begin("--runner", engine, "--name=off", "-", slugs=["off-later"])
    claim = until("a claim", lambda: held(place, "off", "off-later"))
    assert machine.cancel(machine.of_job(claim["job"])) == 202
    report = ended(batch, 1)
    assert outcomes(report) == {"off-later": "stopped"} and "was cancelled there" in report["requests"][0]["why"], report
    assert place.claims("off")["off-later"]["state"] == "released", place.claims("off")
    assert len([run for run in machine.runs if "off/off-later" in run["display_title"]]) == 1
    assert outcomes(ended(place.begin("--resume=off"), 0)) == {"off-later": "delivered"}
    return "a run that a person cancelled was not started again, and --resume delivered"


def not_there(place: Place, engine: str, machine: actions.Cluster) -> str:
    """Without the workflow nothing is sent anywhere."""
    place.git("config", "factory.batch.workflow", "nowhere.yml")
    said = ended(place.begin("--runner", engine, "--name=none", "-", slugs=["never"]), 128)["said"]
    place.git("config", "--unset", "factory.batch.workflow")
    assert "'acme/shop' has no workflow 'nowhere.yml' on 'main'" in said and "runners/github-actions.yml" in said, said
    assert not place.git("for-each-ref", "refs/factory/batch/none", at=place.remote)
    return "a workflow that is missing was told before anything was sent"


def credential(place: Place, engine: str, machine: actions.Cluster) -> str:
    """The template's own lines give git the token by https, and write it nowhere."""
    (job,) = machine.workflow()["jobs"].values()
    lines = job["steps"][-1]["run"].split("set -- ")[0]
    for host, name in (("github.com", "GH_TOKEN"), ("git.example", "GH_ENTERPRISE_TOKEN")):
        given = {"GITHUB_ACTOR": "ada", "GITHUB_SERVER_URL": f"https://{host}", "TOKEN": "a-token"}
        said = for_its_server_alone(place, "bash", lines, given, host)
        assert [line for line in said.splitlines() if line.endswith("TOKEN=a-token")] == [f"{name}=a-token"], said
    return "git gets the token of the environment, for its server alone"


def credential_of_a_pod(place: Place, engine: str, _: object) -> str:
    """The same for a pod's."""
    lines = (SOURCE / "templates/runners/kubernetes.sh").read_text().split("exec ")[0]
    lines = lines.replace("{{setup}}", "").replace("{{server}}", "'https://git.example'")
    for_its_server_alone(place, "sh", lines, {"GIT_TOKEN": "a-token"}, "git.example")
    return "git gets the token of the Secret, for its server alone"


def for_its_server_alone(place: Place, shell: str, lines: str, given: dict[str, str], host: str) -> str:
    """Gives the variables that a job's program has behind these lines."""
    home = place.folder / f"credential-of-{host}"
    home.mkdir()
    variables = {**place.variables, "HOME": str(home), "GIT_CONFIG_GLOBAL": str(home / ".gitconfig"), "GIT_TERMINAL_PROMPT": "0", **given}
    ask = "printf 'protocol=https\nhost=%s\n\n' \"$1\" | git credential fill"
    for each, known in ((host, True), ("elsewhere.example", False)):
        ran = subprocess.run([shell, "-e", "-c", lines + ask, "x", each], cwd=home, env=variables, capture_output=True, text=True)
        assert ("password=a-token" in ran.stdout) == known, ran
    assert "a-token" not in (home / ".gitconfig").read_text()
    return subprocess.run([shell, "-e", "-c", lines + "env"], cwd=home, env=variables, capture_output=True, text=True, check=True).stdout


def main() -> int:
    engine, program = sys.argv[1], pathlib.Path(sys.argv[2]).resolve()
    only = sys.argv[3] if len(sys.argv) > 3 else ""
    count = int(only) if only.isdigit() else 4
    door = {"slurm": cluster, "ssh": sshd, "github-actions": actions, "kubernetes": kube}[engine]
    if lacking := door.missing():
        print(f"skipped: {lacking}")
        return SKIPPED
    with tempfile.TemporaryDirectory(prefix="gf-runners-") as name:
        folder = pathlib.Path(name)
        place = Place(folder / "shop", program)
        with door.Cluster(folder / "engine") as machine:
            os.environ.update(machine.variables)
            machine.prepare(place)
            if not only or only.isdigit():
                print(all_once(place, engine, count))
            cases = {"killed": killed, "stopped": stopped, "answer_lost": answer_lost}
            if door is kube:
                cases.update(credential_of_a_pod=credential_of_a_pod)
            if door is actions:
                cases.update(called_off=called_off, not_there=not_there, credential=credential)
            for name, case in cases.items():
                if not only or name == only:
                    print(case(place, engine, machine))
    return 0


if __name__ == "__main__":
    sys.exit(main())
