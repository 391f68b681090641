#!/usr/bin/env python3
"""Runs whose system calls fail: random_faults.py <git-factory> <templates> <python> [--cases N] [--seed S] [--only CALL,...]

The demo's shop, its requests and scripted answers, its real tools, a remote on the disk. In each case one kind of call fails
in one program: in ours, or in a git that it starts, from some call on (a full disk stays full) or once. strace makes it fail
(`-e inject`), so that what returns is what the kernel returns. ENOSPC, EDQUOT, EIO and EROFS where something is written;
EMFILE and ENFILE where something is opened; ENOMEM where memory is asked for; EAGAIN where a process is begun.
A run that such a fault ends says so in a line, is not ended by a signal of its own making, and is not judged: it is there to
go on with. Calls of the first thread are those that fail: strace follows no other. `resume` (or the request anew, where nothing was on record) then has to deliver it: one commit, the
same at the remote, one request, a sealed record, nothing left active, every object whole (git fsck), the user's work tree,
index, HEAD and configuration as they were, nothing left running, at most one answer asked for again.
Prints each case that is not so, and the counts; exit 0: there was none; 77: nothing can be traced here.
"""
import argparse, collections, os, random, shutil, subprocess, sys, tempfile, time

from five_at_once import REQUESTS, run
from random_kills import Place, looked_at, run_of, warmed

FAULTS = {  # what fails, and as what
    "write": ["ENOSPC", "EIO", "EDQUOT"], "pwrite64": ["ENOSPC", "EIO"], "openat": ["EMFILE", "ENFILE", "EROFS", "EIO"],
    "fsync": ["EIO", "ENOSPC"], "fdatasync": ["EIO"], "rename": ["ENOSPC", "EIO", "EROFS"], "link": ["EIO", "EDQUOT"],
    "linkat": ["EIO"], "mkdir": ["ENOSPC", "EROFS"], "unlink": ["EIO", "EROFS"], "read": ["EIO"], "mmap": ["ENOMEM"],
    "pipe2": ["EMFILE"], "clone3": ["EAGAIN", "ENOMEM"], "clone": ["EAGAIN"], "vfork": ["EAGAIN"],
    "flock": ["EIO", "EINTR"], "fcntl": ["EIO"], "ftruncate": ["EIO", "ENOSPC"], "newfstatat": ["EIO"],
    "getdents64": ["EIO"], "epoll_create1": ["EMFILE"], "socket": ["EMFILE"], "symlink": ["ENOSPC"], "copy_file_range": ["EIO"],
}
SHIM = """#!{python} -B
# The git of a case: the one that is to fail is traced.
import os, sys
program, count = {git!r}, {count!r}
argv = [program, *sys.argv[1:]]
with open(count, "ab") as file:
    file.write(b".")
    number = file.tell()
spec = os.environ.get("GF_FAULT_GIT", "")
if spec and int(spec.split(" ", 1)[0]) == number:
    argv = ["strace", "-qq", "-o", "/dev/null", "-e", spec.split(" ", 1)[1], "--", *argv]
os.execvp(argv[0], argv)
"""


def traced(argv, inject):
    return ["strace", "-qq", "-o", "/dev/null", "-e", inject, "--", *argv]


def how_many(place, name):
    """Calls of each kind in a run that nothing happens to, of the program's own; and its git processes."""
    counts, calls = collections.Counter(), os.path.join(place.top, "calls")
    open(place.count, "wb").close()
    place.runs += 1
    run(["strace", "-qq", "-o", calls, "-e", "trace=" + ",".join(FAULTS), "--", place.program, "feature", "--again", "--slug",
         f"{name}-counted", "--model", f"acted/{name}", REQUESTS[name]], place.work, place.env)
    with open(calls, errors="replace") as file:
        for line in file:
            counts[line.split("(", 1)[0]] += 1
    return counts, os.path.getsize(place.count)


def is_said(said, ended, to_stop):
    """Whether an end that is no success is one that a person can act on; else why not."""
    if ended < 0:
        return f"ended by signal {-ended}"
    if ended in (134, 139):
        return f"crashed ({ended})"
    lines = said.strip().splitlines()
    if ended == 127 and "error while loading shared libraries" in said:
        return ""  # the loader's, before there is a program
    if "terminate called" in said or "Assertion" in said:
        return "crashed: " + lines[-1]
    if to_stop.startswith("inject=write:") and to_stop.endswith("+"):
        return ""  # it cannot say anything any more
    if ended != 0 and not any(line.startswith(("hint: ", "fatal: ", "error: ", "git-factory: ")) for line in lines):
        return f"exit {ended} without a line that says why: {lines[-2:]}"
    return ""


def one_case(place, name, slug, inject, of_git, sums):
    """Begins with a fault, goes on without; what is wrong, or nothing."""
    begin = ["feature", "--again", "--slug", slug, "--model", f"acted/{name}", REQUESTS[name]]
    open(place.count, "wb").close()
    env = {**place.env, "GF_FAULT_GIT": f"{of_git} {inject}"} if of_git else place.env
    argv = [place.program, *begin] if of_git else traced([place.program, *begin], inject)
    place.runs += 1
    began = time.time()
    try:
        ran = subprocess.run(argv, cwd=place.work, env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True,
                             errors="replace", timeout=120)
    except subprocess.TimeoutExpired:
        return "hangs"
    said = ran.stdout + ran.stderr
    if unsaid := is_said(said, ran.returncode, inject):
        return unsaid
    sums["ended" if ran.returncode else "went on"] += 1
    for _ in range(4):
        known = run_of(place, slug)
        if known is not None and known.get("status") == "delivered":
            break
        if known is not None and known.get("status") not in (None, "running", "interrupted", "waiting", "active"):
            return f"ended as {known.get('status')}: {said.strip().splitlines()[-3:]}"
        argv = begin if known is None else ["resume", slug]
        again = subprocess.run([place.program, *argv], cwd=place.work, env=place.env, stdin=subprocess.DEVNULL,
                               capture_output=True, text=True, errors="replace", timeout=120)
        if again.returncode != 0 and (run_of(place, slug) or {}).get("status") != "delivered":
            return f"{' '.join(argv[:2])} without a fault: {(again.stdout + again.stderr).strip().splitlines()[-3:]}"
    if wrong := place.what_is_wrong(slug):
        return wrong
    asked = collections.Counter(tuple(one[3:]) for one in place.asked(name) if one[0] >= began)
    twice = sum(times - 1 for times in asked.values())
    sums["asked again"] += twice
    return f"{twice} answers were asked for again" if twice > 1 else ""


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program"), parser.add_argument("templates"), parser.add_argument("python")
    parser.add_argument("--cases", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--latency", type=float, default=0, help="of the model, milliseconds at most")
    parser.add_argument("--only", help="names of calls, with commas")
    parser.add_argument("--seconds", type=float, default=3600, help="end after these, whatever was reached")
    options = parser.parse_args()
    options.python = options.python or os.environ.get("GF_TEST_PYTHON", "")
    can = shutil.which("strace") and subprocess.run(traced(["true"], "inject=write:error=EIO"), capture_output=True).returncode == 0
    if not can or not os.access(options.python, os.X_OK):
        sys.exit(77)
    options.program, options.templates = os.path.abspath(options.program), os.path.abspath(options.templates)
    chance, sums, wrong = random.Random(options.seed), collections.Counter(), []
    options.known = tempfile.mkdtemp(prefix="git-factory-known-")
    place, name = Place(options, "local"), "health"
    place.count = os.path.join(place.top, "gits")
    os.makedirs(place.top + "/bin")
    place.write("bin/git", SHIM.format(python=sys.executable, git=shutil.which("git"), count=place.count))
    place.env["PATH"] = place.top + "/bin:" + place.env["PATH"]
    warmed(place, name)
    shutil.rmtree(options.known)
    counts, gits = how_many(place, name)
    calls = [call for call in (options.only.split(",") if options.only else sorted(FAULTS)) if counts[call]]
    began = time.monotonic()
    for number in range(1, options.cases + 1):
        if time.monotonic() - began > options.seconds:
            break
        of_git = chance.randint(1, gits) if chance.random() < 0.3 else 0
        call = chance.choice(calls)
        error = chance.choice(FAULTS[call])
        when = chance.randint(1, 40 if of_git else counts[call])
        inject = f"inject={call}:error={error}:when={when}{chance.choice(['', '+'])}"
        sums["in a git" if of_git else "in the program"] += 1
        said = one_case(place, name, f"{name}-{number}", inject, of_git, sums)
        if said:
            wrong.append(said)
            print(f"  {number}: {inject}{f' in git {of_git}' if of_git else ''}: {said}", flush=True)
            subprocess.run([place.program, "abort", f"{name}-{number}"], cwd=place.work, env=place.env, capture_output=True)
            place.runs = place.requests()
        if number % 25 == 0:
            print(f"{number} cases, {time.monotonic() - began:.0f} s", flush=True)
    checks = collections.Counter({"cases with something wrong": len(wrong)})
    checks.update(looked_at(place))
    print(f"{sums['in a git'] + sums['in the program']} cases ({sums['in the program']} in the program, {sums['in a git']} in "
          f"a git of {gits}), {sums['ended']} ended by it, {sums['went on']} went on, {sums['asked again']} answers asked for "
          f"again; {time.monotonic() - began:.0f} s, seed {options.seed}")
    print(", ".join(f"{key}: {value}" for key, value in checks.items()))
    if not any(checks.values()):
        shutil.rmtree(place.top, ignore_errors=True)
    sys.exit(1 if any(checks.values()) else 0)


if __name__ == "__main__":
    main()
