#!/usr/bin/env python3
"""Prints what the line itself costs. Usage: line.py <git-factory> <templates> <python with the demo's tools>

Own time of a run = wall time minus model time minus gate time, as the record tells it, for the
"products" feature with scripted answers; gates' outcomes on the base are known from a first run.
"""
import json, os, shutil, statistics, subprocess, sys, tempfile, time

program, templates, python = (os.path.abspath(p) for p in sys.argv[1:4])
REQUEST = "Add GET /products returning a static list of three products as JSON."
ROUNDS = 5


def sh(argv, cwd, env, **more):
    return subprocess.run(argv, cwd=cwd, env=env, check=True, capture_output=True, text=True, **more).stdout


def world(extra_files):
    top = tempfile.mkdtemp(prefix="git-factory-bench-")
    work = os.path.join(top, "work")
    shutil.copytree(os.path.join(templates, "demo/app"), work)
    for number in range(extra_files):
        folder = os.path.join(work, "data", f"{number // 200:03}")
        os.makedirs(folder, exist_ok=True)
        with open(os.path.join(folder, f"{number}.txt"), "w") as file:
            file.write(f"file {number}\n")
    env = {"PATH": os.path.dirname(program) + ":" + os.environ["PATH"], "HOME": top, "GIT_CONFIG_GLOBAL": "/dev/null",
           "GIT_FACTORY_DATA": templates, "LC_ALL": "C"}
    for argv in (["init", "-q", "-b", "main"], ["config", "user.name", "B"], ["config", "user.email", "b@example.com"],
                 ["config", "factory.python", python], ["config", "gc.auto", "0"], ["add", "-A"], ["commit", "-qm", "base"],
                 ["init", "-q", "--bare", "../origin.git"], ["remote", "add", "origin", "../origin.git"],
                 ["push", "-q", "origin", "main"]):
        sh(["git", *argv], work, env)
    sh([program, "init"], work, env)
    sh(["git", "add", "-A"], work, env)
    sh(["git", "commit", "-qm", "prepare"], work, env)
    return top, work, env


def size(work, env):
    sh(["git", "gc", "-q", "--prune=now"], work, env)
    counts = dict(line.split(": ") for line in sh(["git", "count-objects", "-v"], work, env).splitlines())
    return int(counts["in-pack"]), int(counts["size-pack"])


def one(work, env, slug):
    start = time.monotonic()
    out = sh([program, "--json", "feature", "--again", "--slug", slug, "--model", "scripted/products", REQUEST], work, env)
    wall = (time.monotonic() - start) * 1000
    acts = {}
    for line in out.splitlines():
        event = json.loads(line)
        if event.get("kind") == "act.end":
            fields = event["fields"]
            acts[fields["act"]] = acts.get(fields["act"], 0) + fields["ms"]
    run = json.loads(sh([program, "log", "-n", "1", "--json"], work, env))["metrics"]
    return wall - run["model_ms"] - run["gates_ms"], wall, acts


def line_cost(name, extra_files):
    top, work, env = world(extra_files)
    empty = size(work, env)
    one(work, env, "cold")  # makes the worktree and learns the gates' outcomes
    before = size(work, env)
    runs = [one(work, env, f"warm-{number}") for number in range(ROUNDS)]
    after = size(work, env)
    acts = {key: statistics.median(run[2].get(key, 0) for run in runs) for key in runs[0][2]}
    pushes = bare_pushes(work, env)
    own = statistics.median(run[0] for run in runs)
    places = bare_worktrees(work, env)
    print(f"{name:24} own time {own:6.0f} ms (of {statistics.median(run[1] for run in runs):6.0f} ms wall)  " +
          ", ".join(f"{key} {value:.0f}" for key, value in acts.items()))
    print(f"{'':24} the first run adds {before[0] - empty[0]} objects, {before[1] - empty[1]} KiB after git gc; "
          f"one more of the same request {(after[0] - before[0]) / ROUNDS:.0f} objects, {(after[1] - before[1]) / ROUNDS:.1f} KiB")
    print(f"{'':24} beside it: three commits and pushes by git alone {pushes:.0f} ms, ratio {own / pushes:.2f}")
    print(f"{'':24} beside it: git worktree add and git status {places:.0f} ms, ratio {own / places:.2f}")
    shutil.rmtree(top)
    return own


def peak(argv, work, env):
    # Measured by time(1): a child of this program would be told to have held this program's memory.
    if not os.path.exists("/usr/bin/time"):
        return "peak not measured: the package 'time' is not installed"
    memory = subprocess.run(["/usr/bin/time", "-f", "%M", *argv], cwd=work, env=env, check=True, text=True,
                            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE).stderr
    return f"{memory.split()[-1]} KiB peak"


def start_up():
    top, work, env = world(0)
    for argv in ([program, "-h"], ["git", "log", "-1"]):
        times = []
        for _ in range(20):
            start = time.monotonic()
            subprocess.run(argv, cwd=work, env=env, stdout=subprocess.DEVNULL, check=True)
            times.append((time.monotonic() - start) * 1000)
        print(f"{' '.join([os.path.basename(argv[0]), *argv[1:]]):24} {statistics.median(times):6.1f} ms, {peak(argv, work, env)}")
    shutil.rmtree(top)


def bare_pushes(work, env):
    """What three pushes by git alone cost in this repository: a run makes as many."""
    times = []
    for number in range(ROUNDS):
        start = time.monotonic()
        for ref in ("heads/yard", "factory/yard", "notes/yard"):
            commit = sh(["git", "commit-tree", "HEAD^{tree}", "-m", f"{ref} {number}"], work, env).strip()
            sh(["git", "push", "-q", "origin", f"{commit}:refs/{ref}-{number}"], work, env)
        times.append((time.monotonic() - start) * 1000)
    return statistics.median(times)


def bare_worktrees(work, env):
    """What a worktree and a look at what has changed cost git alone: what may grow with the tree."""
    times = []
    for number in range(ROUNDS):
        place = os.path.join(os.path.dirname(work), f"place-{number}")
        start = time.monotonic()
        sh(["git", "worktree", "add", "-q", "--detach", place], work, env)
        sh(["git", "status", "--porcelain"], place, env)
        times.append((time.monotonic() - start) * 1000)
        sh(["git", "worktree", "remove", "--force", place], work, env)
    return statistics.median(times)


start_up()
small = line_cost("demo repository", 0)
large = line_cost("50,000 files more", 50000)
print(f"ratio large / small      {large / small:.2f}")
