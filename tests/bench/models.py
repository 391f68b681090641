#!/usr/bin/env python3
"""Figures of the model providers, against a server on the loopback address that answers at once.

usage: models.py <build folder>      (a release build, after: ninja ask_bench git-factory)

Prints one JSON object: the latency of a call against curl's on the same server and connection, calls
a second, memory for an answer of 10 MB, and how long a fallback takes when the first service is down.
"""

import datetime
import http.server
import json
import os
import pathlib
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import threading

ROOT = pathlib.Path(__file__).resolve().parents[2]
CALLS = 300


def sse(text, piece=1 << 16):
    """An OpenAI stream with this text in pieces."""
    out = []
    for at in range(0, len(text), piece):
        delta = {"model": "m", "choices": [{"delta": {"content": text[at : at + piece]}}]}
        out.append(f"data: {json.dumps(delta)}\n\n")
    last = {"choices": [{"delta": {}, "finish_reason": "stop"}]}
    usage = {"choices": [], "usage": {"prompt_tokens": 5, "completion_tokens": 2}}
    out += [f"data: {json.dumps(last)}\n\n", f"data: {json.dumps(usage)}\n\n", "data: [DONE]\n\n"]
    return "".join(out).encode()


def plan_answer():
    path = ROOT / "templates/demo/answers/health/plan.1.1.json"
    return json.dumps(json.loads(path.read_text())["content"])


ANSWERS = {"/small": sse("hi"), "/large": sse("x" * (10 << 20)), "/plan": sse(plan_answer())}


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        body = ANSWERS[self.path.removesuffix("/chat/completions")]
        head = f"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nContent-Length: {len(body)}\r\n\r\n"
        self.wfile.write(head.encode() + body)

    def log_message(self, *_):
        pass


def ask(build, url, calls):
    ran = subprocess.run([build / "tests/ask_bench", "openai", url, str(calls)],
                         check=True, capture_output=True, text=True)
    return json.loads(ran.stdout)


def curl(url, calls, folder):
    """Milliseconds of each call by curl, one process and one connection as ours."""
    body = folder / "body.json"
    body.write_text(json.dumps({"model": "m", "messages": [{"role": "user", "content": "hello"}]}))
    config = folder / "curl.conf"
    one = f'url = "{url}/chat/completions"\noutput = "/dev/null"\n'
    config.write_text(one * calls)
    ran = subprocess.run(["curl", "-sS", "-H", "Content-Type: application/json", "--data-binary", f"@{body}",
                          "-w", "%{time_total}\n", "-K", config],
                         check=True, capture_output=True, text=True)
    return [float(line) * 1000 for line in ran.stdout.split()]


def closed_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def fallback_ms(build, folder, url):
    """From asking a model whose service is down to asking the next, its record included."""
    work = folder / "work"
    environment = {"PATH": f"{build / 'cmd'}:{os.environ['PATH']}", "HOME": str(folder),
                   "GIT_CONFIG_NOSYSTEM": "1", "GIT_FACTORY_DATA": str(ROOT / "templates"),
                   "OLLAMA_HOST": "127.0.0.1:9"}

    def run(*argv):
        return subprocess.run(argv, cwd=work, env=environment, check=True, capture_output=True)

    shutil.copytree(ROOT / "templates/demo/app", work)
    run("git", "init", "-q", "-b", "main")
    for key, value in {"user.name": "B", "user.email": "b@example.org",
                       "factory.provider.up.kind": "openai", "factory.provider.up.url": url,
                       "factory.provider.down.kind": "openai",
                       "factory.provider.down.url": f"http://127.0.0.1:{closed_port()}"}.items():
        run("git", "config", key, value)
    run("git", "add", "-A")
    run("git", "commit", "-qm", "start")
    waits = []
    for _ in range(9):
        out = run("git", "factory", "--json", "plan", "--model", "down/m", "--model", "up/m", "Add /health.").stdout
        asked = [event["time"] for event in map(json.loads, out.splitlines()) if event.get("kind") == "ask.begin"]
        first, second = (datetime.datetime.fromisoformat(time.replace("Z", "+00:00")) for time in asked[:2])
        waits.append((second - first).total_seconds() * 1000)
    return statistics.median(waits)


def main():
    build = pathlib.Path(sys.argv[1]).resolve()
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    base = f"http://127.0.0.1:{server.server_port}"
    folder = pathlib.Path(tempfile.mkdtemp())
    try:
        ask(build, base + "/small", 20)
        ours = ask(build, base + "/small", CALLS)
        theirs = curl(base + "/small", CALLS, folder)
        large = ask(build, base + "/large", 1)
        print(json.dumps({
            "call_median_ms": round(ours["median_ms"], 3),
            "curl_median_ms": round(statistics.median(theirs), 3),
            "ratio": round(ours["median_ms"] / statistics.median(theirs), 2),
            "calls_per_second": round(ours["calls"] / ours["seconds"]),
            "answer_10mb_ms": round(large["median_ms"], 1),
            "answer_10mb_rss_mb": round((large["rss_kb"] - large["rss_before_kb"]) / 1024, 1),
            "fallback_ms": round(fallback_ms(build, folder, base + "/plan"), 1),
        }, indent=2))
    finally:
        server.shutdown()
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
