#!/usr/bin/env python3
"""What the hooks add to an ordinary push: one new commit to a bare remote on this disk.

usage: hooks.py <folder of git-factory> [<pushes>]

Prints medians in milliseconds: no hook, a hook that runs /bin/true (what any hook costs), ours on
the client, ours on the server, both. The pushes of all kinds are made in turn, so that a machine
that is busy for a while is busy for all of them.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time

KINDS = {
    "no hook": (None, None),
    "pre-push: true": ("true", None),
    "pre-push": ("ours", None),
    "pre-receive": (None, "ours"),
    "both": ("ours", "ours"),
}


def git(folder, *words):
    subprocess.run(["git", *words], cwd=folder, check=True, capture_output=True)


def place(folder, name, kind):
    if kind == "ours":
        git(folder, "factory", "hooks", "install", name)
    elif kind == "true":
        path = os.path.join(folder, ".git", "hooks", name)
        with open(path, "w") as file:
            file.write("#!/bin/sh\nexec true\n")
        os.chmod(path, 0o755)


def main():
    program, pushes = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 15
    os.environ.update(
        PATH=os.path.abspath(program) + ":" + os.environ["PATH"],
        GIT_CONFIG_GLOBAL="/dev/null",
        GIT_CONFIG_NOSYSTEM="1",
        GIT_AUTHOR_NAME="b", GIT_AUTHOR_EMAIL="b@example.com",
        GIT_COMMITTER_NAME="b", GIT_COMMITTER_EMAIL="b@example.com",
    )
    with tempfile.TemporaryDirectory() as top:
        clones = {}
        for number, (kind, (client, server)) in enumerate(KINDS.items()):
            remote, clone = os.path.join(top, f"{number}.git"), os.path.join(top, str(number))
            git(top, "init", "-q", "--bare", "--initial-branch=main", remote)
            git(top, "init", "-q", "--initial-branch=main", clone)
            git(clone, "remote", "add", "origin", remote)
            for i in range(200):
                with open(os.path.join(clone, f"f{i}.txt"), "w") as file:
                    file.write(f"{i}\n" * 50)
            git(clone, "add", "-A")
            git(clone, "commit", "-q", "-m", "first")
            git(clone, "push", "-q", "-u", "origin", "main")
            place(clone, "pre-push", client)
            place(remote, "pre-receive", server)
            clones[kind] = clone
        times = {kind: [] for kind in KINDS}
        for i in range(pushes):
            for kind, clone in clones.items():
                with open(os.path.join(clone, "f0.txt"), "a") as file:
                    file.write(f"change {i}\n")
                git(clone, "commit", "-q", "-a", "-m", f"change {i}")
                start = time.perf_counter()
                git(clone, "push", "-q", "origin", "main")
                times[kind].append((time.perf_counter() - start) * 1000)
    plain = statistics.median(times["no hook"])
    print(f"{pushes} pushes of one commit each; load {os.getloadavg()[0]:.1f}")
    for kind, all_times in times.items():
        median = statistics.median(all_times)
        print(f"{kind:<16} {median:7.1f} ms  (best {min(all_times):6.1f})  +{median - plain:.1f}")


if __name__ == "__main__":
    main()
