#!/usr/bin/env python3
"""Runs at once in one clone, again and again: five_at_once.py <git-factory> <templates> <python> [--times N] [--cold N]
                                                                [--warm N] [--runs N] [--tongues]

The demo's shop and five of its requests (--runs: so many, some of them twice), with the demo's scripted answers and its
real tools (<python> has them); with --tongues also projects in Go, Rust and JavaScript in the same clone, with a request
each (tongues.py). All begin together, from the same base, in one clone with one cache; the first rounds (--cold, by default
all) begin with an empty one, so that every gate really runs and keeps what it keeps; the next (--warm) with what tools have
kept, but with no outcome, so that every gate runs again on that; in the others what gates say is known, and the record is
what is tried. Every run has to be delivered: a branch of the right name with one commit, at the remote too, a sealed record,
and nothing left of an active one.
Prints a line a round and the count; exit 0: all were.
"""
import argparse, glob, json, os, shutil, subprocess, sys, tempfile, time

import tongues

REQUESTS = {
    "health": 'Add a /health endpoint that returns {"status":"ok"}.',
    "products": "Add GET /products returning a static list of three products as JSON.",
    "product-id": "Add GET /products/{id} returning one product or 404 if not found.",
    "request-id": "Add a request-ID middleware that attaches an X-Request-ID header to every response.",
    "create-product": "Add POST /products to append a product to the in-memory list, returning 201 and the created item.",
}
LIMIT = 1800  # seconds that a run may take


def run(argv, cwd, env):
    done = subprocess.run(argv, cwd=cwd, env=env, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"{argv}: {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout


def make(top, program, templates, python, with_tongues=False):
    work, answers = os.path.join(top, "shop"), os.path.join(templates, "demo/answers")
    shutil.copytree(os.path.join(templates, "demo/app"), work)
    if with_tongues:
        answers = shutil.copytree(answers, os.path.join(top, "answers"))
        tongues.lay(work, answers)
    env = {"PATH": os.path.dirname(program) + ":" + os.environ["PATH"], "HOME": top, "GIT_CONFIG_GLOBAL": "/dev/null",
           "GIT_FACTORY_DATA": templates, "XDG_CACHE_HOME": os.path.join(top, "cache"), "LC_ALL": "C"}
    for name, usual in (("RUSTUP_HOME", ".rustup"), ("CARGO_HOME", ".cargo")):  # a toolchain is its user's, and read alone
        env[name] = os.environ.get(name, os.path.expanduser("~/" + usual))
    for argv in (["init", "-q", "-b", "main"], ["config", "user.name", "S"], ["config", "user.email", "s@example.com"],
                 ["config", "factory.python", python],
                 ["config", "factory.provider.scripted.path", answers], ["add", "-A"], ["commit", "-qm", "base"],
                 ["init", "-q", "--bare", "-b", "main", "../shop.git"], ["remote", "add", "origin", "../shop.git"],
                 ["push", "-qu", "origin", "main"]):
        run(["git", *argv], work, env)
    run([program, "init", "--no-try"], work, env)
    for argv in (["add", "-A"], ["commit", "-qm", "prepare"], ["push", "-q", "origin", "main"]):
        run(["git", *argv], work, env)
    return work, env


def what_is_wrong(work, env, slug, ended, said):
    """Of one run; empty: it is delivered."""
    if ended != 0:
        return f"exit {ended}: {said.strip().splitlines()[-1:]}"
    branch = f"factory/{slug}"
    commits = run(["git", "rev-list", "--count", f"main..{branch}"], work, env).strip()
    if commits != "1":
        return f"{branch} has {commits} commits"
    here = run(["git", "rev-parse", branch], work, env)
    if here != run(["git", "rev-parse", branch], os.path.join(os.path.dirname(work), "shop.git"), env):
        return f"{branch} is another one at the remote"
    return ""


def one_round(work, env, number, runs, requests):
    begun, names = {}, list(requests)
    for at in range(runs):
        name = names[at % len(names)]
        request, slug = requests[name], f"{name}-{number}" + (f"-{at // len(names)}" if at >= len(names) else "")
        argv = ["git", "-c", f"factory.model=scripted/{name}", "factory", "feature", "--again", "--slug", slug, request]
        log = open(os.path.join(os.path.dirname(work), f"{slug}.log"), "w+")
        process = subprocess.Popen(argv, cwd=work, env=env, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT)
        begun[slug] = (process, log)
    good = 0
    for slug, (process, log) in begun.items():
        try:
            ended = process.wait(LIMIT)
        except subprocess.TimeoutExpired:
            process.kill()
            ended = process.wait()
        log.seek(0)
        wrong = what_is_wrong(work, env, slug, ended, log.read())
        if wrong:
            print(f"  {slug}: {wrong} (see {log.name})")
        good += not wrong
    return good


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program"), parser.add_argument("templates"), parser.add_argument("python")
    parser.add_argument("--times", type=int, default=20)
    parser.add_argument("--cold", type=int)
    parser.add_argument("--runs", type=int, default=len(REQUESTS))
    parser.add_argument("--warm", type=int, default=0)
    parser.add_argument("--tongues", action="store_true")
    options = parser.parse_args()
    options.python = options.python or os.environ.get("GF_TEST_PYTHON", "")
    if not os.access(options.python, os.X_OK):
        sys.exit(77)  # no Python with the demo's tools
    program, templates = os.path.abspath(options.program), os.path.abspath(options.templates)
    top = tempfile.mkdtemp(prefix="git-factory-five-")
    work, env = make(top, program, templates, options.python, options.tongues)
    requests = {**tongues.requests(), **REQUESTS} if options.tongues else REQUESTS
    cold, good = options.times if options.cold is None else options.cold, 0
    for number in range(1, options.times + 1):
        if number <= cold:
            shutil.rmtree(env["XDG_CACHE_HOME"], ignore_errors=True)
        elif number <= cold + options.warm:
            for outcomes in glob.glob(os.path.join(env["XDG_CACHE_HOME"], "git-factory/gates/*/outcomes")):
                shutil.rmtree(outcomes)
        began = time.monotonic()
        delivered = one_round(work, env, number, options.runs, requests)
        good += delivered
        print(f"round {number}: {delivered} of {options.runs} delivered, {time.monotonic() - began:.0f} s", flush=True)
    wanted = options.times * options.runs
    rows = [json.loads(line) for line in run([program, "log", "--json"], work, env).splitlines()]
    sealed = sum(1 for one in rows if one.get("status") == "delivered")
    active = run(["git", "for-each-ref", "refs/factory/active"], work, env).splitlines()
    print(f"{good} of {wanted} delivered; {sealed} sealed as delivered, {len(active)} left active")
    whole = good == wanted and sealed == wanted and not active
    if whole:
        shutil.rmtree(top, ignore_errors=True)
    sys.exit(0 if whole else 1)


if __name__ == "__main__":
    main()
