#!/usr/bin/env python3
"""Prints what runs at once cost. Usage: batch.py <git-factory> <templates> <python with the demo's tools> [<seconds>]

N runs of the "products" feature by one `git factory batch -j N`, with a model that takes so many seconds (default: 5)
for each answer and then says what the demo's does; what gates say is known from a run before, or all would measure is
the number of processors. A batch of one, and as many as N, in the same minute: the ratio is worth something elsewhere.
"""
import json, os, shutil, subprocess, sys, tempfile

program, templates, python = (os.path.abspath(p) for p in sys.argv[1:4])
latency = float(sys.argv[4]) if len(sys.argv) > 4 else 5.0
REQUEST = "Add GET /products returning a static list of three products as JSON."
MODEL = r"""#!/bin/sh
here=$(dirname "$0")
in="$here/in.$$"
cat > "$in"
one() { sed -n "s/.*\"$1\":\"*\([a-z0-9-]*\).*/\1/p" "$in"; }
key="$(one stage).$(one attempt).$(one turn)"
rm "$in"
sleep LATENCY
cat "$here/answers/$key.json"
"""


def sh(argv, cwd, env, **more):
    done = subprocess.run(argv, cwd=cwd, env=env, capture_output=True, text=True, **more)
    if done.returncode != 0:
        sys.exit(f"{argv}: {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout


def world():
    top = tempfile.mkdtemp(prefix="git-factory-bench-")
    work = os.path.join(top, "work")
    shutil.copytree(os.path.join(templates, "demo/app"), work)
    os.makedirs(os.path.join(top, "answers"))
    folder = os.path.join(templates, "demo/answers/products")
    for name in os.listdir(folder):
        said = json.load(open(os.path.join(folder, name)))
        content = said.get("content")
        text = "" if content is None else content if isinstance(content, str) else json.dumps(content)
        answer = {"model": "acted", "text": text, "tool_calls": said.get("tool_calls", [])}
        json.dump(answer, open(os.path.join(top, "answers", name), "w"))
    model = os.path.join(top, "model.sh")
    with open(model, "w") as file:
        file.write(MODEL.replace("LATENCY", str(latency)))
    os.chmod(model, 0o700)
    env = {"PATH": os.path.dirname(program) + ":" + os.environ["PATH"], "HOME": top, "GIT_CONFIG_GLOBAL": "/dev/null",
           "GIT_FACTORY_DATA": templates, "LC_ALL": "C"}
    for argv in (["init", "-q", "-b", "main"], ["config", "user.name", "B"], ["config", "user.email", "b@example.com"],
                 ["config", "factory.python", python], ["config", "gc.auto", "0"], ["add", "-A"], ["commit", "-qm", "base"],
                 ["init", "-q", "--bare", "../origin.git"], ["remote", "add", "origin", "../origin.git"],
                 ["push", "-q", "origin", "main"], ["config", "factory.provider.acted.kind", "command"],
                 ["config", "factory.provider.acted.command", model], ["config", "factory.model", "acted/products"]):
        sh(["git", *argv], work, env)
    sh([program, "init", "--no-try"], work, env)
    sh(["git", "add", "-A"], work, env)
    sh(["git", "commit", "-qm", "prepare"], work, env)
    sh(["git", "push", "-q", "origin", "main"], work, env)
    return top, work, env


def batch(work, env, count, name):
    """(by the clock, of the runs one after the other), in ms, and the most memory that a process of it had, in KiB."""
    lines = "".join(json.dumps({"request": REQUEST, "slug": f"{name}-{i}"}) + "\n" for i in range(count))
    argv = [program, "--json", "--quiet", "batch", "--again", "-j", str(count), "--name", name, "-"]
    # time(1) asks for the memory: a child of ours would be told to have ours.
    with tempfile.NamedTemporaryFile("r") as memory:
        result = json.loads(sh(["/usr/bin/time", "-o", memory.name, "-f", "%M %U %S", *argv], work, env, input=lines))
        peak, user, system = memory.read().split()[-3:]
    if any(one["outcome"] != "delivered" for one in result["requests"]):
        sys.exit(json.dumps(result, indent=1))
    return result["wall_ms"], result["serial_ms"], int(peak), float(user) + float(system)


top, work, env = world()
batch(work, env, 1, "before")  # makes a worktree, learns what the gates say
batch(work, env, 8, "worktrees")
for count in (1, 2, 4, 8):
    wall, serial, peak, processor = batch(work, env, count, f"at-once-{count}")
    alone = wall if count == 1 else alone
    print(f"{count} at once: {wall / 1000:.1f} s, {wall / alone:.2f} times one; their runs together {serial / 1000:.1f} s; "
          f"{processor:.1f} s of processor, {peak / 1024:.0f} MiB the largest process", flush=True)
print(f"{latency:.0f} s an answer, load {os.getloadavg()[0]:.1f}")
shutil.rmtree(top)
