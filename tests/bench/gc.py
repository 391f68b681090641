#!/usr/bin/env python3
"""Prints what `git factory gc` takes for what was left over. Usage: gc.py <git-factory> <templates> [<slots>] [<runs>]

So many worktrees of the pool (default: 200), as runs that were killed leave them, of a repository of a thousand files, and
so many runs that stopped at their first question (default: 10). Beside it what git takes to remove as many worktrees.
"""
import os, shutil, subprocess, sys, tempfile, time

program, templates = (os.path.abspath(p) for p in sys.argv[1:3])
slots, runs = (int(sys.argv[i]) if len(sys.argv) > i else default for i, default in ((3, 200), (4, 10)))
top = tempfile.mkdtemp(prefix="git-factory-gc-")
work = os.path.join(top, "work")
env = {"PATH": os.path.dirname(program) + ":" + os.environ["PATH"], "HOME": top, "GIT_CONFIG_GLOBAL": "/dev/null",
       "GIT_FACTORY_DATA": templates, "LC_ALL": "C"}


def sh(*argv, status=0):
    done = subprocess.run(argv, cwd=work, env=env, capture_output=True, text=True)
    if done.returncode != status:
        sys.exit(f"{argv}: {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout


def timed(*argv):
    with tempfile.NamedTemporaryFile("r") as report:
        start = time.monotonic()
        out = sh("/usr/bin/time", "-o", report.name, "-f", "%U %S", *argv)
        return time.monotonic() - start, sum(float(part) for part in report.read().split()[-2:]), out


def bytes_of(folder):
    return sum(os.lstat(os.path.join(at, name)).st_size for at, _, names in os.walk(folder) for name in names)


os.makedirs(work)
for number in range(1000):
    folder = os.path.join(work, f"part{number // 50}")
    os.makedirs(folder, exist_ok=True)
    open(os.path.join(folder, f"{number}.txt"), "w").write(f"file {number}\n" * 20)
model = os.path.join(top, "model.sh")
open(model, "w").write("#!/bin/sh\nexit 75\n")
os.chmod(model, 0o700)
for words in (["init", "-q", "-b", "main"], ["config", "user.name", "B"], ["config", "user.email", "b@example.com"],
              ["config", "factory.model", "stops/now"], ["config", "factory.provider.stops.kind", "command"],
              ["config", "factory.provider.stops.command", model], ["config", "factory.retries", "0"],
              ["config", "factory-gate.all.command", "true"], ["add", "-A"], ["commit", "-qm", "base"]):
    sh("git", *words)
for number in range(runs):
    sh(program, "feature", "--no-pr", "--again", "--slug", f"stopped-{number}", "Add GET /x returning 204.", status=128)
pools = os.path.join(top, ".cache/git-factory/worktrees")
os.makedirs(pools, exist_ok=True)
pool = os.path.join(pools, os.listdir(pools)[0])
base = sh("git", "rev-parse", "HEAD").strip()
there = sum(name.endswith(".lock") and name[0].isdigit() for name in os.listdir(pool))
for number in range(there + 1, slots + 1):
    sh("git", "worktree", "add", "-q", "--detach", "--lock", "--reason", "git-factory run", os.path.join(pool, str(number)))
    open(os.path.join(pool, f"{number}.lock"), "w").write(f"{base} used\n")
before = bytes_of(os.path.join(top, ".cache")) + bytes_of(os.path.join(work, ".git/worktrees"))
wall, processor, _ = timed(program, "gc", "--dry-run", "--all")
print(f"gc --dry-run --all, {slots} worktrees, {runs} runs: {wall:.2f} s, {processor:.2f} s of processor")
wall, processor, out = timed(program, "gc", "--all")
after = bytes_of(os.path.join(top, ".cache")) + bytes_of(os.path.join(work, ".git/worktrees"))
print(f"gc --all: {wall:.2f} s, {processor:.2f} s of processor; {out.count('removed worktree')} worktrees removed, "
      f"{out.count('kept run')} runs kept, {(before - after) / 2**20:.1f} of {before / 2**20:.1f} MiB freed")
if len(sh("git", "for-each-ref", "refs/factory/active").splitlines()) != runs:
    sys.exit("a run that can go on is gone")
sh("git", "fsck", "--strict")
for number in range(slots):
    sh("git", "worktree", "add", "-q", "--detach", os.path.join(top, "by-git", str(number)))
start, count = time.monotonic(), os.times()
for number in range(slots):
    sh("git", "worktree", "remove", "--force", os.path.join(top, "by-git", str(number)))
spent = os.times()
print(f"git worktree remove, {slots} times: {time.monotonic() - start:.2f} s, "
      f"{spent.children_user + spent.children_system - count.children_user - count.children_system:.2f} s of processor")
shutil.rmtree(top)
