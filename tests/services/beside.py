#!/usr/bin/env python3
"""Runs services_test beside a server that we did not write, and ends the server by its process id.

Usage: beside.py (aimock | llama) SERVICES_FOLDER SERVICES_TEST
"""

import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

import judges

HERE = os.path.dirname(os.path.abspath(__file__))
PATIENCE_SECONDS = 180


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def command(which: str, folder: str, port: int, place: str) -> tuple[list[str], str]:
    """What starts the server, and the address that answers when it is ready."""
    if which == "aimock":
        judges.python(folder)  # has the program that is asked beside it
        program = os.path.join(judges.node_modules(folder), "@copilotkit", "aimock", "dist", "cli.js")
        return ["node", program, "-p", str(port), "-f", os.path.join(HERE, "aimock"), "--strict", "--validate-on-load",
                "--log-level", "warn"], "/v1/models"
    interpreter = judges.python(folder)
    model = os.path.join(place, "tiny.gguf")
    subprocess.run([interpreter, os.path.join(HERE, "tiny_model.py"), model], check=True)
    return [interpreter, os.path.join(HERE, "llama_server.py"), model, str(port)], "/health"


def ready(url: str, server: subprocess.Popen) -> bool:
    end = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < end and server.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=5) as answer:
                if answer.status == 200:
                    return True
        except (urllib.error.URLError, OSError):
            pass
        time.sleep(0.1)
    return False


def main() -> int:
    which, folder, services_test = sys.argv[1:4]
    with tempfile.TemporaryDirectory() as place:
        for _ in range(3):  # somebody may take the port in between
            port = free_port()
            argv, health = command(which, folder, port, place)
            log = open(os.path.join(place, "log"), "w+")
            environment = {**os.environ, "HOME": place, "LC_ALL": "C"}
            server = subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=log, stderr=log, env=environment, cwd=place)
            try:
                url = f"http://127.0.0.1:{port}"
                if ready(url + health, server):
                    print(f"{which} at {url}, process {server.pid}", flush=True)
                    tests = subprocess.run([services_test, f"--gtest_filter=*{which.capitalize()}.*"], stdout=subprocess.PIPE,
                                           text=True, env={**os.environ, "GF_SERVICE_URL": url,
                                                           "GF_SERVICE_PROGRAMS": os.path.join(folder, "python", "bin")})
                    print(tests.stdout)
                    if "Running 0 tests" in tests.stdout:
                        print("no test ran")
                        return 1
                    return tests.returncode
            finally:
                server.terminate()
                try:
                    server.wait(20)
                except subprocess.TimeoutExpired:
                    server.kill()
                    server.wait()
            log.seek(0)
            print(log.read()[-2000:])
    print(f"{which} did not start")
    return 1


if __name__ == "__main__":
    sys.exit(main())
