"""A stand-in for Kubernetes: a kubectl of our own that keeps Jobs in a folder, and a thread that runs their containers'
commands as processes, each with a home of its own. It knows as much of Kubernetes as batch asks for; what a cluster takes
is said by manifests.py, which has Kubernetes' own code."""

import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import threading
import time

try:
    import yaml
except ImportError:
    yaml = None

# What the stand-in does; the folder of Jobs is its first word.
KUBECTL = '''#!/bin/sh
exec {python} -B {here} {folder} "$@"
'''


def missing() -> str:
    """What this machine lacks for it; empty: nothing."""
    return "" if yaml else "no PyYAML for this Python (requirements.txt)"


def write(path: pathlib.Path, job: dict) -> None:
    """Whoever reads it finds one state or the other."""
    made = path.with_suffix(f".{os.getpid()}.{threading.get_ident()}")
    made.write_text(json.dumps(job))
    made.rename(path)


def kubectl(folder: pathlib.Path, words: list[str]) -> int:
    verbs = [word for word in words if not word.startswith("--")]
    options = dict(word[2:].partition("=")[::2] for word in words if word.startswith("--"))
    if verbs[:2] == ["auth", "can-i"]:
        print("yes")
    elif verbs[:2] == ["get", "secret"]:
        print(f"secret/{verbs[2]}")
    elif verbs[:2] == ["get", "jobs"]:
        key, _, value = options["selector"].partition("=")
        jobs = [json.loads(path.read_text()) for path in sorted(folder.glob("*.json"))]
        print(json.dumps({"items": [job for job in jobs if job["metadata"]["labels"].get(key) == value]}))
    elif verbs == ["create"]:
        for job in yaml.safe_load_all(sys.stdin):
            if job:
                write(folder / f"{job['metadata']['name']}.json", {**job, "status": {}})
                print(f"job.batch/{job['metadata']['name']}")
    elif verbs[:2] == ["delete", "jobs"]:
        for name in verbs[2:]:
            (folder / f"{name}.delete").touch()
    else:
        print(f"error: the stand-in does not know {words}", file=sys.stderr)
        return 1
    return 0


def expanded(word: str, variables: dict[str, str]) -> str:
    """A word of a container's command, as Kubernetes hands it on."""
    return re.sub(r"\$\$|\$\(([A-Za-z_]\w*)\)", lambda found: "$" if not found[1] else variables.get(found[1], found[0]), word)


class Cluster:
    """Use with `with`."""

    submits, verb = "kubectl", "create --filename"

    def __init__(self, folder: pathlib.Path):
        self.folder, self.variables, self.ended = folder / "jobs", {}, threading.Event()
        self.folder.mkdir(parents=True)
        self.processes: dict[str, subprocess.Popen] = {}

    def prepare(self, place) -> None:
        self.place = place
        kubectl = place.folder / "bin/kubectl"
        kubectl.write_text(KUBECTL.format(python=sys.executable, here=__file__, folder=self.folder))
        kubectl.chmod(0o755)
        place.git("config", "factory.batch.image", "factory:1")
        place.git("config", "factory.batch.secret", "keys")

    def begin(self, path: pathlib.Path, job: dict) -> None:
        (container,) = job["spec"]["template"]["spec"]["containers"]
        home = path.with_suffix(".home")
        home.mkdir()
        shutil.copy(self.place.home / ".gitconfig", home)
        variables = {**self.place.variables, "GIT_TOKEN": "a-token"}
        variables.update({one["name"]: one["value"] for one in container["env"]}, HOME=str(home))
        # The setup of the tests exports a home for all; a pod's is its own.
        pod_variables = {one["name"]: one["value"] for one in container["env"]}
        script = expanded(container["command"][-1], pod_variables).replace(str(self.place.home), str(home)).replace(str(self.place.folder / "cache"), f"{home}/cache")
        self.processes[path.stem] = subprocess.Popen(
            [*container["command"][:-1], script], env=variables, cwd=home, start_new_session=True, stdin=subprocess.DEVNULL,
            stdout=open(path.with_suffix(".log"), "w"), stderr=subprocess.STDOUT,
        )  # fmt: skip
        write(path, {**job, "status": {"active": 1, "ready": 1}})

    def look(self) -> None:
        for path in self.folder.glob("*.json"):
            job, name = json.loads(path.read_text()), path.stem
            process, deleted = self.processes.get(name), path.with_suffix(".delete").exists()
            if process is None and not deleted:
                self.begin(path, job)
            elif process is not None and process.poll() is None:
                if deleted and name not in self.signalled:
                    # Of a pod each container's first process.
                    process.send_signal(signal.SIGTERM)
                    self.signalled.add(name)
            elif deleted:
                path.unlink()
            elif not job["status"].get("conditions"):
                kind = {"type": "Complete"} if process.returncode == 0 else {"type": "Failed", "reason": "BackoffLimitExceeded"}
                write(path, {**job, "status": {"conditions": [{**kind, "status": "True"}]}})

    def __enter__(self) -> "Cluster":
        self.signalled: set[str] = set()
        self.failed: Exception | None = None

        def work() -> None:
            try:
                while not self.ended.is_set():
                    self.look()
                    time.sleep(0.1)
            except Exception as error:
                self.failed = error

        self.thread = threading.Thread(target=work)
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.ended.set()
        self.thread.join()
        for process in self.processes.values():
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
        if self.failed:
            raise self.failed


if __name__ == "__main__":
    sys.exit(kubectl(pathlib.Path(sys.argv[1]), sys.argv[2:]))
