#!/usr/bin/env python3
"""Git over HTTP on the loopback address by git's own http-backend, for the repositories below a folder.

Usage: git_server.py FOLDER. Prints its port and serves until it is ended.

With --agit URL every repository takes requests by a push to refs/for/<base>, as a Gitea does: git's receive-pack asks this
same file as its proc-receive hook, which keeps refs/pull/<n>/head and tells URL/agit of it.
"""

import http.server
import json
import os
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
                       "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding", ""),
                       "GIT_PROTOCOL": self.headers.get("Git-Protocol", "")}
        done = subprocess.run(["git", "http-backend"], input=body, env=environment, capture_output=True, check=False)
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


def tell(url: str, told: dict[str, str]) -> dict[str, object]:
    request = urllib.request.Request(url + "/agit", json.dumps(told).encode(), {"Content-Type": "application/json"})
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)


def offered(url: str, new: str, ref: str, options: dict[str, str]) -> list[str]:
    base = ref.removeprefix("refs/for/")
    if not options.get("topic"):
        return [f"ng {ref} topic-branch is not set"]
    told = {"topic": options["topic"], "base": base}
    number = tell(url, told)["number"]  # 0: there is none of that topic
    old = git("rev-parse", "-q", "--verify", f"refs/pull/{number}/head").stdout.strip()
    if old == new:
        return [f"ng {ref} new commit is same with old commit"]
    if old and git("merge-base", "--is-ancestor", old, new).returncode != 0 and options.get("force-push") != "true":
        return [f"ng {ref} request `force-push` push option"]
    made = tell(url, {**told, "sha": new, "title": options.get("title", ""),
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


def prepare(folder: str, url: str) -> None:
    for repository in Path(folder).rglob("*.git"):
        for key, value in (("http.receivepack", "true"), ("receive.procReceiveRefs", "refs/for"),
                           ("receive.advertisePushOptions", "true")):
            git("-C", str(repository), "config", key, value)
        if url:
            script = repository / "hooks" / "proc-receive"
            script.parent.mkdir(exist_ok=True)
            script.write_text(f"#!/bin/sh\nexec {sys.executable} -B {Path(__file__).resolve()} --hook {url}\n")
            script.chmod(0o755)


def main() -> None:
    if sys.argv[1] == "--hook":
        return hook(sys.argv[2])
    Handler.folder = sys.argv[1]
    prepare(sys.argv[1], sys.argv[3] if len(sys.argv) > 3 else "")
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    print(server.server_port, flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
