#!/usr/bin/env python3
"""Git over HTTP on the loopback address by git's own http-backend, for the repositories below a folder.

Usage: git_server.py FOLDER. Prints its port and serves until it is ended.

With --agit URL every repository takes requests by a push to refs/for/<base>, as a Gitea does: git's receive-pack asks this
same file as its proc-receive hook, which keeps refs/pull/<n>/head and tells URL/agit of it.

With --gitlab on every repository takes merge requests by push options, as a GitLab does: this file is its post-receive hook,
which writes them to the repository's requests.json, keeps refs/merge-requests/<n>/head, and prints their addresses. The empty
files mute and lose in the repository take, once, the address and the whole answer away. The files kill-before and kill-after
name a file with the id of a process, which is ended as kill -9 does, once, before a push of a branch of the factory's is done
or after it.
"""

import http.server
import json
import os
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    folder = ""

    def answer(self) -> None:
        path, _, query = self.path.partition("?")
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        environment = {**os.environ, "GIT_PROJECT_ROOT": self.folder, "GIT_HTTP_EXPORT_ALL": "1", "PATH_INFO": path,
                       "QUERY_STRING": query, "REQUEST_METHOD": self.command, "REMOTE_USER": "ada",
                       "CONTENT_TYPE": self.headers.get("Content-Type", ""), "CONTENT_LENGTH": str(len(body)),
                       "GF_SERVER": "http://" + self.headers.get("Host", ""),
                       "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding", ""),
                       "GIT_PROTOCOL": self.headers.get("Git-Protocol", "")}
        repository = Path(self.folder + path).parent
        is_push = path.endswith("/git-receive-pack")
        of_branch = is_push and b" refs/heads/factory/" in body[:4096]
        if of_branch and killed(repository / "kill-before"):
            self.close_connection = True
            return
        done = subprocess.run(["git", "http-backend"], input=body, env=environment, capture_output=True, check=False)
        if (is_push and once(repository / "lose")) or (of_branch and killed(repository / "kill-after")):
            self.close_connection = True
            return
        head, _, content = done.stdout.partition(b"\r\n\r\n")
        fields = [line.split(": ", 1) for line in head.decode().split("\r\n") if ": " in line]
        status = next((value for name, value in fields if name.lower() == "status"), "200 OK")
        self.send_response(int(status.split()[0]))
        for name, value in fields:
            if name.lower() != "status":
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST = answer

    def log_message(self, *_: object) -> None:
        pass


def once(file: Path) -> bool:
    there = file.exists()
    file.unlink(missing_ok=True)
    return there


def killed(file: Path) -> bool:
    if not file.exists():
        return False
    os.kill(int(Path(file.read_text().strip()).read_text()), signal.SIGKILL)
    return once(file)


def read_lines() -> list[str]:
    """The pkt-lines up to a flush."""
    lines = []
    while (size := int(sys.stdin.buffer.read(4), 16)) != 0:
        lines.append(sys.stdin.buffer.read(size - 4).decode().rstrip("\n"))
    return lines


def say(*lines: str) -> None:
    for line in lines:
        data = line.encode() + b"\n"
        sys.stdout.buffer.write(f"{len(data) + 4:04x}".encode() + data)
    sys.stdout.buffer.write(b"0000")
    sys.stdout.buffer.flush()


def git(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["git", *arguments], capture_output=True, text=True, check=False)


def tell(url: str, fields: dict[str, str]) -> dict[str, object]:
    request = urllib.request.Request(url + "/agit", json.dumps(fields).encode(), {"Content-Type": "application/json"})
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)


def offered(url: str, new: str, ref: str, options: dict[str, str]) -> list[str]:
    base = ref.removeprefix("refs/for/")
    if not options.get("topic"):
        return [f"ng {ref} topic-branch is not set"]
    fields = {"topic": options["topic"], "base": base}
    number = tell(url, fields)["number"]  # 0: there is none of that topic
    old = git("rev-parse", "-q", "--verify", f"refs/pull/{number}/head").stdout.strip()
    if old == new:
        return [f"ng {ref} new commit is same with old commit"]
    if old and git("merge-base", "--is-ancestor", old, new).returncode != 0 and options.get("force-push") != "true":
        return [f"ng {ref} request `force-push` push option"]
    made = tell(url, {**fields, "sha": new, "title": options.get("title", ""),
                      "description": options.get("description", "")})
    git("update-ref", f"refs/pull/{made['number']}/head", new)
    words = "Visit the existing pull request:" if old else f"Create a new pull request for '{options['topic']}':"
    print(f"\n{words}\n  {made['url']}\n", file=sys.stderr)
    return [f"ok {ref}", f"option refname refs/pull/{made['number']}/head", f"option new-oid {new}"]


def hook(url: str) -> None:
    read_lines()
    say("version=1\0push-options")
    commands = [line.split(" ", 2) for line in read_lines()]
    options = dict(line.split("=", 1) for line in read_lines() if "=" in line)
    say(*[line for _, new, ref in commands for line in offered(url, new, ref, options)])


def merge_requests() -> None:
    options = [os.environ[f"GIT_PUSH_OPTION_{n}"] for n in range(int(os.environ.get("GIT_PUSH_OPTION_COUNT", "0")))]
    folder = Path(git("rev-parse", "--absolute-git-dir").stdout.strip())
    kept = folder / "requests.json"
    requests = json.loads(kept.read_text()) if kept.exists() else []
    project = os.environ["GF_SERVER"] + "/" + "/".join(folder.parts[-2:]).removesuffix(".git")
    for _, new, ref in (line.split() for line in sys.stdin):
        branch = ref.removeprefix("refs/heads/")
        if branch == ref:
            continue
        there = next((one for one in requests if one["branch"] == branch and one["state"] == "opened"), None)
        if there is None and "merge_request.create" in options:
            there = {"number": len(requests) + 1, "branch": branch, "state": "opened", "options": options, "pushes": 0}
            requests.append(there)
        words = f"\nTo create a merge request for {branch}, visit:\n  {project}/-/merge_requests/new?merge_request%5Bx%5D=y\n"
        if there is not None:
            there["pushes"] += 1
            git("update-ref", f"refs/merge-requests/{there['number']}/head", new)
            words = f"\nView merge request for {branch}:\n  {project}/-/merge_requests/{there['number']}\n"
        if not once(folder / "mute"):
            print(words, file=sys.stderr)
    kept.write_text(json.dumps(requests))


def prepare(folder: str, how: str, url: str) -> None:
    for repository in Path(folder).rglob("*.git"):
        settings = [("http.receivepack", "true"), ("receive.advertisePushOptions", "true")]
        if how == "--agit":
            settings.append(("receive.procReceiveRefs", "refs/for"))
        for key, value in settings:
            git("-C", str(repository), "config", key, value)
        hooks = {"--agit": ("proc-receive", f"--hook {url}"), "--gitlab": ("post-receive", "--merge-requests")}
        if how:
            name, words = hooks[how]
            script = repository / "hooks" / name
            script.parent.mkdir(exist_ok=True)
            script.write_text(f"#!/bin/sh\nexec {sys.executable} -B {Path(__file__).resolve()} {words}\n")
            script.chmod(0o755)


def main() -> None:
    if sys.argv[1] == "--hook":
        return hook(sys.argv[2])
    if sys.argv[1] == "--merge-requests":
        return merge_requests()
    Handler.folder = sys.argv[1]
    how, url = sys.argv[2:4] if len(sys.argv) > 3 else ("", "")
    prepare(sys.argv[1], how, url)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    print(server.server_port, flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
