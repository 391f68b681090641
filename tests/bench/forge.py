#!/usr/bin/env python3
"""How often each forge is asked, what that costs us, and the same delivery by `gh pr create` beside it.

Usage: forge.py <git-factory> <forge_bench> <templates> <python with the demo's tools> [--calls] [--only NAME]

Whole runs with scripted answers on servers of the tests (tests/support): a delivery, a look that finds nothing new, a
rework of three threads, an intake of fifty issues by five people. --calls lists each call; --only takes one server.
"""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../support"))
from served import Server  # noqa: E402

SERVERS = ["GitHub", "GitLab", "Gitea", "Bitbucket"]
REQUEST = 'Add a /health endpoint that returns {"status":"ok"}.'
WORDS = ["delivery", "look", "rework of three threads", "intake of fifty issues"]
ROUNDS = 9


def sh(argv, cwd, env):
    done = subprocess.run(argv, cwd=cwd, env=env, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        sys.exit(f"{' '.join(argv)}\n{done.stdout}{done.stderr}")
    return done


def answers(templates, place):
    """The demo's, and what BUILD says when it is sent back."""
    health = os.path.join(place, "health")
    shutil.copytree(os.path.join(templates, "demo/answers/health"), health)
    edit = {"path": "app/routers/health.py", "old": "Health of the service.",
            "new": "Health of the service: ok once it answers."}
    for name, answer in {"build.3.1": {"tool_calls": [{"id": "c", "name": "edit_file", "arguments": edit}]},
                         "build.3.2": {"content": {"summary": "Reworded it.", "missing": []}}}.items():
        with open(os.path.join(health, name + ".json"), "w") as file:
            json.dump(answer, file)
    shutil.copy(os.path.join(health, "review.1.1.json"), os.path.join(health, "review.2.1.json"))


def world(program, templates, python, top):
    work = os.path.join(top, "work")
    shutil.copytree(os.path.join(templates, "demo/app"), work)
    answers(templates, os.path.join(top, "answers"))
    env = {"PATH": os.path.dirname(program) + ":" + os.environ["PATH"], "HOME": top, "GIT_CONFIG_GLOBAL": "/dev/null",
           "GIT_FACTORY_DATA": templates, "LC_ALL": "C"}
    for argv in (["init", "-q", "-b", "main"], ["config", "user.name", "B"], ["config", "user.email", "b@example.com"],
                 ["config", "factory.python", python], ["config", "factory.mutation", "off"], ["add", "-A"],
                 ["commit", "-qm", "base"], ["init", "-q", "--bare", "../origin.git"],
                 ["remote", "add", "origin", "../origin.git"], ["push", "-q", "origin", "main"]):
        sh(["git", *argv], work, env)
    sh([program, "init", "--no-try"], work, env)
    for argv in (["add", "-A"], ["commit", "-qm", "prepare"], ["push", "-q", "origin", "main"],
                 ["config", "factory.provider.scripted.path", os.path.join(top, "answers")],
                 ["config", "factory.model", "scripted/health"]):
        sh(["git", *argv], work, env)
    return work, env


def restored(top):
    """The same paths for each server, so that what the gates say stays known."""
    for part in ("work", "origin.git"):
        there, kept = os.path.join(top, part), os.path.join(top, "kept", part)
        if os.path.exists(kept):
            shutil.rmtree(there)
            shutil.copytree(kept, there, symlinks=True)
        else:
            shutil.copytree(there, kept, symlinks=True)


def whole_runs(program, bench, name, top, work, env):
    restored(top)
    if name == "local":
        sh([program, "feature", "--slug", "health", REQUEST], work, env)
        return [[], [], [], []]
    server = Server(bench, name)
    server.say("people")
    for key, value in server.settings.items():
        sh(["git", "config", key, value], work, env)
    calls, mine = [], {**env, **server.token}
    for before, argv in (("", ["feature", "--slug", "health", REQUEST]), ("", ["rework"]), ("threads", ["rework"]),
                         ("issues", ["intake"])):
        if before:
            server.say(before)
        sh([program, *argv], work, mine)
        calls.append(server.say("calls"))
    server.end()
    return calls


def beside_gh(bench, top):
    """Push and request, as gh makes them and as we do, in turn: milliseconds by the clock, calls."""
    if shutil.which("gh") is None:
        print("there is no gh: nothing is measured beside it")
        return
    socket = os.path.join(top, "door")
    server = Server(bench, "GitHub", socket)
    home = os.path.join(top, "gh")
    os.mkdir(home)
    with open(os.path.join(home, "config.yml"), "w") as file:
        file.write(f"http_unix_socket: {socket}\n")
    with open(os.path.join(home, "hosts.yml"), "w") as file:
        file.write(f"github.com:\n    user: octo\n    oauth_token: {next(iter(server.token.values()))}\n")
    env = {"PATH": os.environ["PATH"], "HOME": top, "GIT_CONFIG_GLOBAL": "/dev/null", "GH_CONFIG_DIR": home,
           "GH_PROMPT_DISABLED": "1", "GH_NO_UPDATE_NOTIFIER": "1", "LC_ALL": "C"}
    clone = os.path.join(top, "clone")
    for argv in (["init", "-q", "--bare", "plain.git"], ["init", "-q", "-b", "main", "clone"]):
        sh(["git", *argv], top, env)
    for argv in (["config", "user.name", "B"], ["config", "user.email", "b@example.com"],
                 ["commit", "-q", "--allow-empty", "-m", "first"], ["remote", "add", "origin", "../plain.git"],
                 ["push", "-q", "origin", "main"]):
        sh(["git", *argv], clone, env)
    by_rest = [f"{key}={value}" for key, value in server.settings.items()]
    ways = {"gh": None, "ours, REST": (by_rest, {**env, **server.token}),
            "ours, through gh": (["factory.forge=gh", "factory.forge.repository=acme/shop"], env)}
    times, calls = {way: [] for way in ways}, {}
    for number in range(ROUNDS):
        for way, how in ways.items():
            branch = f"way-{list(ways).index(way)}-{number}"
            sh(["git", "switch", "-q", "-C", branch, "main"], clone, env)
            sh(["git", "commit", "-q", "--allow-empty", "-m", branch], clone, env)
            start = time.monotonic()
            if how is None:
                sh(["git", "push", "-q", "origin", branch], clone, env)
                sh(["gh", "pr", "create", "--repo", "acme/shop", "--base", "main", "--head", branch, "--title", "t",
                    "--body", "b"], clone, env)
            else:
                sh([bench, "deliver", clone, "origin", branch, *how[0]], clone, how[1])
            times[way].append((time.monotonic() - start) * 1000)
            calls[way] = server.say("calls")
    server.end()
    plain = statistics.median(times["gh"])
    print("\n| push and request | calls | ms by the clock | of gh's |\n|---|---|---|---|")
    for way, all_times in times.items():
        median = statistics.median(all_times)
        name = "git push, gh pr create" if way == "gh" else way
        print(f"| {name} | {len(calls[way])} | {median:.0f} | {median / plain:.2f}x |")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("paths", nargs=4)
    parser.add_argument("--calls", action="store_true")
    parser.add_argument("--only")
    wanted = parser.parse_args()
    program, bench, templates, python = (os.path.abspath(path) for path in wanted.paths)
    names = [wanted.only] if wanted.only else [*SERVERS, "local"]
    print(f"load {os.getloadavg()[0]:.1f}\n\n| calls | {' | '.join(WORDS)} |\n|---|{'---|' * len(WORDS)}")
    with tempfile.TemporaryDirectory(prefix="forge-bench-") as top:
        work, env = world(program, templates, python, top)
        lists = {}
        for name in names:
            lists[name] = whole_runs(program, bench, name, top, work, env)
            print(f"| {name} | {' | '.join(str(len(calls)) for calls in lists[name])} |", flush=True)
        print("\n| ms of processor a call | delivery | look at three threads | three answers | fifty issues |\n|---|---|---|---|---|")
        for name in names:
            if name == "local":
                continue
            timings = json.loads(sh([bench, "own", name], top, {**os.environ, **env}).stdout)
            cells = [timings[what] for what in ("delivery", "look at three threads", "three answers", "fifty issues")]
            print(f"| {name} | " + " | ".join(f"{one['ms_a_call']:.2f} ({one['calls']})" for one in cells) + " |", flush=True)
        beside_gh(bench, top)
    if wanted.calls:
        for name, calls in lists.items():
            for what, list_of in zip(WORDS, calls):
                print(f"\n{name}, {what}:")
                for call in list_of:
                    print(f"  {call}")


if __name__ == "__main__":
    main()
