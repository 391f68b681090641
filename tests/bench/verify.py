#!/usr/bin/env python3
"""Times `git factory verify` beside git's own walks. Usage: verify.py <git-factory> [<most commits>]

Three histories of 1, 100 and 10,000 commits: people's commits that the default policy skips, people's
commits below a covered path (each is compared with its parent), and factory commits, each with its own
run in the ledger (each record is read, each tree compared). Beside them `git rev-list` and, on commits
signed with an SSH key, `git verify-commit` one process for all. Then an ordinary push with and without
the pre-push hook.
"""
import json, os, resource, shutil, subprocess, sys, tempfile, time

program = os.path.abspath(sys.argv[1])
MOST = int(sys.argv[2]) if len(sys.argv) > 2 else 10000
SIZES = [size for size in (1, 100, 10000) if size <= MOST]


def sh(argv, cwd, env, **more):
    return subprocess.run(argv, cwd=cwd, env=env, check=True, capture_output=True, text=True, **more).stdout


def timed(argv, cwd, env, rounds):
    """The quickest of some rounds: milliseconds on the clock and of processor, children included."""
    best = None
    for _ in range(rounds):
        start = time.monotonic()
        child = subprocess.Popen(argv, cwd=cwd, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        _, status, usage = os.wait4(child.pid, 0)
        took = ((time.monotonic() - start) * 1000, (usage.ru_utime + usage.ru_stime) * 1000)
        if status != 0:
            sys.exit(f"{argv}: status {status}")
        best = took if best is None else (min(best[0], took[0]), min(best[1], took[1]))
    return best


class Import:
    """Writes a git fast-import stream."""

    def __init__(self):
        self.parts, self.mark = [], 0

    def blob(self, text):
        self.mark += 1
        data = text.encode()
        self.parts.append(b"blob\nmark :%d\ndata %d\n%s\n" % (self.mark, len(data), data))
        return self.mark

    def commit(self, ref, message, files, start=None, number=0):
        self.mark += 1
        data = message.encode()
        who = b"B <b@example.com> %d +0000" % (1767323045 + number)
        text = b"commit %s\nmark :%d\nauthor %s\ncommitter %s\ndata %d\n%s\n" % (
            ref.encode(), self.mark, who, who, len(data), data)
        if start:
            text += b"from %s\n" % start.encode()
        for path, mark in files:
            text += b"M 100644 :%d %s\n" % (mark, path.encode())
        self.parts.append(text + b"\n")
        return self.mark

    def run(self, work, env):
        subprocess.run(["git", "fast-import", "--quiet"], cwd=work, env=env, check=True, input=b"".join(self.parts))


def world():
    top = tempfile.mkdtemp(prefix="git-factory-bench-")
    work = os.path.join(top, "work")
    env = {"PATH": os.path.dirname(program) + ":" + os.environ["PATH"], "HOME": top, "GIT_CONFIG_GLOBAL": "/dev/null",
           "LC_ALL": "C"}
    sh(["git", "init", "-q", "-b", "main", work], top, env)
    for key, value in (("user.name", "B"), ("user.email", "b@example.com"), ("gc.auto", "0")):
        sh(["git", "config", key, value], work, env)
    stream = Import()
    files = [(f"src/d{n % 20}/f{n}.py", stream.blob(f"def f{n}():\n    return {n}\n" * 20)) for n in range(400)]
    stream.commit("refs/heads/main", "base\n", files)
    stream.run(work, env)
    return top, work, env


def run_id(number):
    minute, second = divmod(number, 60)
    hour, minute = divmod(minute, 60)
    return f"20260102T{hour:02}{minute:02}{second:02}Z-{number:08x}"


def human(work, env, count):
    stream = Import()
    for number in range(count):
        blob = stream.blob(f"x = {number}\n" * 30)
        stream.commit(f"refs/heads/human-{count}", f"change {number}\n", [(f"src/d{number % 20}/f{number % 400}.py", blob)],
                      "refs/heads/main" if number == 0 else None, number)
    stream.run(work, env)


def factory(work, env, count):
    """Commits first; their records need the ids."""
    stream = Import()
    for number in range(count):
        blob = stream.blob(f"x = {number}\n" * 30)
        stream.commit(f"refs/heads/made-{count}", f"feat: {number}\n\nFactory-Run: {run_id(number)}\n",
                      [(f"src/d{number % 20}/f{number % 400}.py", blob)], "refs/heads/main" if number == 0 else None, number)
    stream.run(work, env)
    lines = sh(["git", "log", "--reverse", "--format=%H %T %P", f"main..made-{count}"], work, env).splitlines()
    base_tree = sh(["git", "rev-parse", "main^{tree}"], work, env).strip()
    stream, spec_text, tree_of = Import(), json.dumps({"v": 1, "title": "x", "request": "x"}) + "\n", {}
    spec = stream.blob(spec_text)
    spec_id = sh(["git", "hash-object", "--stdin"], work, env, input=spec_text).strip()
    for number, line in enumerate(lines):
        commit, tree, parent = line.split()
        before = tree_of.get(parent, base_tree)
        tree_of[commit] = tree
        run = run_id(number)
        common = {"v": 1, "usage": {"source": "unknown"}, "cost": {"basis": "unpriced"}, "failure": "none", "status": "pass"}
        review = {"v": 1, "verdict": "approved", "patch_id": "", "reviewer": "acted/reviewer", "reasons": [], "table": None,
                  "same_model_as_builder": False, "run": run, "spec": spec_id, "base": parent, "tree": tree, "commit": commit}
        files = {"run.json": {"v": 1, "run": run, "base": parent, "base_tree": before, "head": commit, "tree": tree,
                              "status": "delivered", "failure": "none", "models": {"build": "acted/b", "review": "acted/r"}},
                 "review.json": review,
                 "stage-01-build.json": dict(common, seq=1, stage="build", attempt=1, provider="acted", model="builder"),
                 "stage-02-review.json": dict(common, seq=2, stage="review", attempt=1, provider="acted", model="reviewer",
                                              tree_in=tree, tree_out=tree)}
        for gate, kind in (("ruff", "validate"), ("mypy", "validate"), ("pytest", "test")):
            for of in (before, tree):
                files[f"gate-{of[:10]}-{gate}-abcdef.json"] = {
                    "v": 1, "gate": gate, "stage": kind, "tree": of, "status": "pass", "exit": 0, "counts": {"passed": 40},
                    "tests": [{"id": f"tests/test_a.py::test_{n}", "status": "passed"} for n in range(40)] if gate == "pytest" else []}
        entries = [(f"02/{run}/{name}", stream.blob(json.dumps(content) + "\n")) for name, content in files.items()]
        stream.commit("refs/factory/ledger/2026-01", f"factory: delivered {run} x\n\nx\n\nFactory-Run: {run}\n",
                      entries + [(f"02/{run}/spec.json", spec)], None, number)
    stream.run(work, env)


def signed(work, env, top, count):
    key = os.path.join(top, "key")
    if not os.path.exists(key):
        sh(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key], top, env)
        with open(key + ".pub") as public, open(os.path.join(top, "allowed"), "w") as allowed:
            allowed.write("b@example.com " + public.read())
        for name, value in (("gpg.format", "ssh"), ("user.signingKey", key + ".pub"),
                            ("gpg.ssh.allowedSignersFile", os.path.join(top, "allowed"))):
            sh(["git", "config", name, value], work, env)
    tip = "main"
    ids = []
    for number in range(count):
        tip = sh(["git", "commit-tree", "-S", "-p", tip, "-m", str(number), "main^{tree}"], work, env).strip()
        ids.append(tip)
    return ids


def show(what, count, took):
    wall, cpu = took
    print(f"{what:44} {count:6} commits {wall:9.1f} ms  {cpu:9.1f} ms of processor  {cpu / count:8.3f} each", flush=True)


def main():
    top, work, env = world()
    for count in SIZES:
        rounds = 15 if count == 1 else 7 if count == 100 else 3
        human(work, env, count)
        show("git rev-list", count, timed(["git", "rev-list", f"main..human-{count}"], work, env, rounds))
        show("git rev-list --objects", count, timed(["git", "rev-list", "--objects", f"main..human-{count}"], work, env, rounds))
        show("verify, not covered", count, timed([program, "verify", f"main..human-{count}"], work, env, rounds))
        sh(["git", "config", "factory.verify.path", "docs"], work, env)
        show("verify, a covered path that is not touched", count,
             timed([program, "verify", f"main..human-{count}"], work, env, rounds))
        sh(["git", "config", "--unset", "factory.verify.path"], work, env)
        factory(work, env, count)
        show("verify, every commit a run's", count, timed([program, "verify", f"main..made-{count}"], work, env, rounds))
        if count == 1:
            show("verify <commit>, a run's", 1, timed([program, "verify", "made-1"], work, env, rounds))
            show("git --version (starting a program)", 1, timed(["git", "--version"], work, env, rounds))
        if count == 1:
            ids = signed(work, env, top, 10)
            show("git verify-commit, ssh", 10, timed(["git", "verify-commit", *ids], work, env, 3))
        sh(["git", "update-ref", "-d", "refs/factory/ledger/2026-01"], work, env)
    pushes(top, work, env)
    shutil.rmtree(top)


def pushes(top, work, env):
    remote = os.path.join(top, "origin.git")
    sh(["git", "init", "-q", "--bare", remote], top, env)
    sh(["git", "remote", "add", "origin", remote], work, env)
    sh(["git", "push", "-q", "origin", "main"], work, env)
    human(work, env, 100)
    tips = sh(["git", "rev-list", "--reverse", "main..human-100"], work, env).split()

    def push_each(ids, ref):
        walls, before = [], resource.getrusage(resource.RUSAGE_CHILDREN)
        for tip in ids:
            start = time.monotonic()
            sh(["git", "push", "-q", "origin", f"{tip}:refs/heads/{ref}"], work, env)
            walls.append((time.monotonic() - start) * 1000)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        return f"{min(walls):.1f} ms ({used * 1000 / len(ids):.1f} ms of processor)"

    plain = push_each(tips[:20], "plain")
    hook = os.path.join(work, ".git/hooks/pre-push")
    with open(hook, "w") as file:
        file.write('#!/bin/sh\nexec git factory verify --push --remote="$1"\n')
    os.chmod(hook, 0o755)
    hooked = push_each(tips[:20], "hooked")
    print(f"a push of one commit: {plain} without, {hooked} with the pre-push hook")


main()
