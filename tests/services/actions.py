"""A pretended GitHub that runs workflows, on the loopback address. What a run executes is the repository's own: the
workflow is read from its default branch, the step that does the job is run as GitHub runs it, on a machine (a home, a
cache) of its own. The other steps are not run: git-factory is there already."""

import json
import os
import pathlib
import re
import secrets
import shutil
import signal
import subprocess
import threading
import time
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

try:
    import yaml
except ImportError:
    yaml = None

SOURCE = pathlib.Path(__file__).resolve().parents[2]
FILE = "git-factory-batch.yml"
MACHINES = 2
# As its runner ends a step: SIGINT, SIGTERM, SIGKILL.
TO_INTERRUPT, TO_TERMINATE = 7.5, 2.5


def missing() -> str:
    """What this machine lacks for it; empty: nothing."""
    return "" if yaml else "no PyYAML for this Python (requirements.txt)"


def evaluated(text: str, contexts: dict[str, dict[str, str]]) -> str:
    """The expressions that our template has: names of contexts, and '||' between them."""

    def value(expression: str) -> str:
        for name in expression.split("||"):
            context, _, key = name.strip().partition(".")
            if found := contexts[context].get(key, ""):
                return found
        return ""

    return re.sub(r"\$\{\{\s*(.*?)\s*\}\}", lambda found: value(found[1]), text)


class Cluster:
    """Use with `with`."""

    def __init__(self, folder: pathlib.Path):
        folder.mkdir(parents=True)
        self.folder, self.variables, self.token = folder, {}, secrets.token_hex(16)
        self.lock, self.runs, self.ended = threading.Lock(), [], threading.Event()
        self.free = threading.Semaphore(MACHINES)
        self.loses = 0
        self.threads: list[threading.Thread] = []

    def prepare(self, place) -> None:
        self.place = place
        (self.folder / "acme").mkdir()
        (self.folder / "acme/shop.git").symlink_to(place.remote)
        workflows = place.work / ".github/workflows"
        workflows.mkdir(parents=True)
        shutil.copy(SOURCE / "templates/runners/github-actions.yml", workflows / FILE)
        place.git("add", ".github")
        place.git("commit", "--quiet", "-m", "A workflow for batches")
        place.git("push", "--quiet", "origin", "main")
        place.git("config", "factory.forge.api", self.url)
        place.git("config", "factory.forge.repository", "acme/shop")
        # Pull requests are kept in the repository; its workflows are asked for by name.
        place.git("config", "factory.forge", "github")
        place.variables["GH_ENTERPRISE_TOKEN"] = self.token

    def workflow(self, file: str = FILE) -> dict | None:
        shown = subprocess.run(
            ["git", f"--git-dir={self.place.remote}", "show", f"main:.github/workflows/{file}"], capture_output=True, text=True
        )
        # YAML 1.1 takes "on" for a truth.
        return {("on" if key is True else key): value for key, value in yaml.safe_load(shown.stdout).items()} if shown.returncode == 0 else None

    # --- A run ---
    def contexts(self, inputs: dict[str, str]) -> dict[str, dict[str, str]]:
        return {
            "inputs": inputs,
            "github": {"server_url": f"file://{self.folder}", "repository": "acme/shop", "token": self.token},
            "secrets": {},
            "vars": {},
        }

    def start(self, inputs: dict[str, str]) -> tuple[int, str]:
        workflow = self.workflow() or {}
        declared = workflow["on"]["workflow_dispatch"]["inputs"]
        if unknown := set(inputs) - set(declared):
            return 422, f"Unexpected inputs provided: {sorted(unknown)}"
        if lacking := [name for name, one in declared.items() if one.get("required") and not inputs.get(name)]:
            return 422, f"Required input '{lacking[0]}' not provided"
        title = evaluated(workflow["run-name"], self.contexts(inputs))
        run = {
            "id": len(self.runs) + 1, "display_title": title, "status": "queued", "conclusion": None, "inputs": inputs,
            "html_url": f"{self.url}/runs/{len(self.runs) + 1}", "created_at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        }  # fmt: skip
        self.runs.append(run)
        thread = threading.Thread(target=self.work, args=(run, workflow))
        self.threads.append(thread)
        thread.start()
        return 204, ""

    def machine(self, run: dict) -> dict[str, str]:
        home = self.folder / f"machine-{run['id']}"
        home.mkdir()
        # What is not ours in a job: which models, which Python.
        shutil.copy(self.place.home / ".gitconfig", home)
        return {
            **self.place.variables, "HOME": str(home), "GIT_CONFIG_GLOBAL": str(home / ".gitconfig"), "XDG_CACHE_HOME": str(home / "cache"),
            "GITHUB_ACTOR": "ada", "GITHUB_SERVER_URL": f"file://{self.folder}",
        }  # fmt: skip

    def work(self, run: dict, workflow: dict) -> None:
        with self.free:
            with self.lock:
                if run["conclusion"] or self.ended.is_set():
                    return
                run["status"] = "in_progress"
            (job,) = workflow["jobs"].values()
            (step,) = [one for one in job["steps"] if one.get("name") == "Job"]
            contexts = self.contexts(run["inputs"])
            own = {name: evaluated(value, contexts) for name, value in step["env"].items()}
            script = self.folder / f"step-{run['id']}.sh"
            script.write_text(step["run"])
            environment = {**self.machine(run), **own}
            # The files of a run are its own: pull requests of the tests are not GitHub's.
            subprocess.run(["git", "config", "--global", "factory.forge", "local"], env=environment, check=True)
            process = subprocess.Popen(
                ["bash", "-e", str(script)], env=environment, cwd=environment["HOME"], start_new_session=True,
                stdin=subprocess.DEVNULL, stdout=open(self.folder / f"log-{run['id']}", "w"), stderr=subprocess.STDOUT,
            )  # fmt: skip
            with self.lock:
                run["process"] = process
                self.interrupt(run)
            code = process.wait()
            try:  # what a step leaves behind is ended with its job
                os.killpg(process.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
            with self.lock:
                run["status"] = "completed"
                run["conclusion"] = "cancelled" if run.get("to_cancel") else "success" if code == 0 else "failure"

    @staticmethod
    def interrupt(run: dict) -> None:
        """Under the lock: once there is a process that is to be cancelled, and once only."""
        process = run.get("process")
        if process is None or not run.get("to_cancel") or run.get("interrupted"):
            return
        run["interrupted"] = True

        def end() -> None:
            for number, patience in ((signal.SIGINT, TO_INTERRUPT), (signal.SIGTERM, TO_TERMINATE)):
                process.send_signal(number)
                try:
                    process.wait(patience)
                    return
                except subprocess.TimeoutExpired:
                    continue
            process.kill()

        threading.Thread(target=end).start()

    def cancel(self, run: dict) -> int:
        with self.lock:
            if run["status"] == "completed":
                return 409
            run["to_cancel"] = True
            if run["status"] == "queued":
                run["status"], run["conclusion"] = "completed", "cancelled"
            self.interrupt(run)
        return 202

    # --- What tests do ---
    def lose_an_answer(self) -> None:
        self.loses = 1

    def of_job(self, job: str) -> dict:
        return next(run for run in self.runs if job in run["display_title"])

    # --- The server ---
    def answer(self, method: str, path: str, body: dict) -> tuple[int, dict]:
        root = "/repos/acme/shop"
        if method == "GET" and path == root:
            return 200, {"full_name": "acme/shop", "default_branch": "main"}
        if path == f"{root}/actions/permissions":
            return 200, {"enabled": True}
        if found := re.fullmatch(f"{root}/actions/runs/(\\d+)/cancel", path):
            return self.cancel(self.runs[int(found[1]) - 1]), {}
        if found := re.fullmatch(f"{root}/actions/workflows/([^/]+)(/runs|/dispatches)?", path):
            if self.workflow(urllib.parse.unquote(found[1])) is None:
                return 404, {"message": "Not Found"}
            if found[2] == "/dispatches" and method == "POST":
                with self.lock:
                    status, words = self.start({name: value for name, value in body["inputs"].items() if value})
                return status, {"message": words}
            if found[2] == "/runs":
                shown = [{name: value for name, value in run.items() if name != "process"} for run in reversed(self.runs)]
                return 200, {"total_count": len(shown), "workflow_runs": shown[:100]}
            return 200, {"state": "active"}
        return 404, {"message": "Not Found"}

    def __enter__(self) -> "Cluster":
        cluster = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def take(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                if self.headers.get("Authorization") != f"Bearer {cluster.token}":
                    status, answer = 401, {"message": "Bad credentials"}
                else:
                    status, answer = cluster.answer(self.command, self.path.partition("?")[0], json.loads(body or b"{}"))
                if self.command == "POST" and status == 204 and cluster.loses:
                    cluster.loses -= 1
                    status, answer = 502, {"message": "Bad gateway"}
                text = b"" if status == 204 else json.dumps(answer).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                if status != 204:
                    self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            do_GET = do_POST = take

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.ended.set()
        for run in self.runs:
            process = run.get("process")
            if process and process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
        for thread in self.threads:
            thread.join()
        self.server.shutdown()
        self.server.server_close()
