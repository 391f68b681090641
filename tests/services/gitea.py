#!/usr/bin/env python3
"""Runs the tests named RealGitea* beside a real Gitea server on the loopback address.

Usage: gitea.py SERVICES_FOLDER TEST_PROGRAM...

SERVICES_FOLDER/gitea holds the program `gitea` and its `source` (gitea.sh makes both); exit 77 where it does not. The
server keeps everything in a temporary folder and is ended by its process id.
"""

import json
import os
import subprocess
import sys
import tempfile
import urllib.request

from beside import free_port, ready

SETTINGS = """\
RUN_MODE = prod
WORK_PATH = {place}
I_AM_BEING_UNSAFE_RUNNING_AS_ROOT = true
[server]
HTTP_ADDR = 127.0.0.1
HTTP_PORT = {port}
ROOT_URL = http://127.0.0.1:{port}/
DISABLE_SSH = true
OFFLINE_MODE = true
STATIC_ROOT_PATH = {source}
[database]
DB_TYPE = sqlite3
PATH = {place}/gitea.db
[security]
INSTALL_LOCK = true
SECRET_KEY = only-for-a-test
[repository]
ROOT = {place}/repositories
[log]
LEVEL = Warn
MODE = file
ROOT_PATH = {place}/log
[indexer]
ISSUE_INDEXER_TYPE = db
[actions]
ENABLED = false
"""
OWNER, READER, WRITER = "ada", "bob", "cyd"


def main() -> int:
    folder, *tests = (os.path.abspath(path) for path in sys.argv[1:])
    program, source = os.path.join(folder, "gitea", "gitea"), os.path.join(folder, "gitea", "source")
    if not os.access(program, os.X_OK):
        print(f"skipped: there is no {program}; tests/services/gitea.sh builds it")
        return 77
    with tempfile.TemporaryDirectory() as place:
        port = free_port()
        settings = os.path.join(place, "app.ini")
        with open(settings, "w") as file:
            file.write(SETTINGS.format(place=place, port=port, source=source))
        environment = {"PATH": os.environ["PATH"], "HOME": place, "GITEA_WORK_DIR": place, "USER": "root"}

        def gitea(*words: str) -> str:
            return subprocess.run([program, "-c", settings, *words], env=environment, check=True, text=True,
                                  stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout

        gitea("migrate")
        tokens = {}
        for person, rights in ((OWNER, ["--admin"]), (READER, []), (WRITER, [])):
            gitea("admin", "user", "create", "--username", person, "--random-password", "--email", f"{person}@example.org",
                  "--must-change-password=false", *rights)
            tokens[person] = gitea("admin", "user", "generate-access-token", "--username", person, "--scopes", "all",
                                   "--raw").split()[-1]
        url = f"http://127.0.0.1:{port}"
        server = subprocess.Popen([program, "-c", settings, "web"], env=environment, stdout=subprocess.DEVNULL,
                                  stderr=subprocess.DEVNULL)
        try:
            if not ready(url + "/api/v1/version", server):
                print("the server did not start")
                return 1
            body = json.dumps({"name": "shop", "default_branch": "main", "auto_init": True}).encode()
            request = urllib.request.Request(url + "/api/v1/user/repos", body,
                                             {"Authorization": f"token {tokens[OWNER]}", "Content-Type": "application/json"})
            urllib.request.urlopen(request, timeout=30).close()
            test_environment = dict(os.environ, GF_GITEA_URL=url, GF_GITEA_TOKEN=tokens[OWNER], GF_GITEA_READER_TOKEN=tokens[READER],
                                    GF_GITEA_WRITER_TOKEN=tokens[WRITER],
                                    GF_GITEA_REPOSITORY=f"{OWNER}/shop")
            failed = 0
            for test in tests:
                ran = subprocess.run([test, "--gtest_filter=RealGitea*"], env=test_environment, text=True, stdout=subprocess.PIPE,
                                     stderr=subprocess.STDOUT)
                print(ran.stdout)
                # What is skipped there was not asked.
                failed |= ran.returncode or int("SKIPPED" in ran.stdout or "Running 0 tests" in ran.stdout)
            return failed
        finally:
            server.terminate()
            server.wait(timeout=60)


if __name__ == "__main__":
    sys.exit(main())
