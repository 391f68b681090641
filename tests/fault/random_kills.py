#!/usr/bin/env python3
"""Runs that are killed at random instants: random_kills.py <git-factory> <templates> <python> [--kills N] [--seed S]

The demo's shop and its requests, with its real tools; the model is a program that gives the demo's scripted answers after
some milliseconds and writes down what it was asked. A run is killed with SIGKILL at a random instant: the program alone,
with everything it started, or one process of those alone. Then it goes on by `resume` (or anew, where nothing of it was on
record yet), is killed again half of the time, and has to be delivered in the end: one commit, the same at the remote, a
sealed record, nothing left active, every object whole (git fsck), the user's work tree, index, HEAD and configuration as
they were, nothing left running, and no answer asked for that was on record. An answer that was on its way when the program
died (within --window milliseconds) can only be asked for again; those are counted apart.
Prints what was found and the counts, by the stage that was going on; exit 0: nothing was lost.
"""
import argparse, collections, hashlib, json, os, random, shutil, signal, subprocess, sys, tempfile, time

from five_at_once import REQUESTS, make, run

MODEL = '''#!{python}
import hashlib, json, os, random, sys, time
began, asked = time.time(), json.load(sys.stdin)
place = os.path.join({answers!r}, asked["model"], "{{stage}}.{{attempt}}.{{turn}}.json".format(**asked))
with open(place) as file:
    known = json.load(file)
time.sleep(random.random() * 0.08)
reply = {{"tool_calls": known["tool_calls"]}} if "tool_calls" in known else {{"json": known["content"]}}
key = hashlib.sha256(json.dumps(asked["messages"], sort_keys=True).encode()).hexdigest()[:12]
with open({log!r}, "a") as log:
    log.write(json.dumps([began, time.time(), asked["model"], asked["stage"], asked["attempt"], asked["turn"], key]) + "\\n")
print(json.dumps(reply), flush=True)
'''


def children(pid):
    """All that `pid` started and theirs, as far as they still hang below it."""
    below = collections.defaultdict(list)
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                with open(f"/proc/{name}/stat") as file:
                    below[int(file.read().rsplit(")", 1)[1].split()[1])].append(int(name))
            except (OSError, IndexError):
                pass
    found, todo = [], [pid]
    while todo:
        for child in below[todo.pop()]:
            found.append(child)
            todo.append(child)
    return found


def shoot(process, how, chance):
    """One kill; what it hit, or nothing where there was nothing to hit."""
    below = children(process.pid)
    victims = {"program": [process.pid], "all": below + [process.pid],
               "child": [chance.choice(below)] if below else []}[how]
    for pid in victims:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
    return bool(victims)


class Place:
    """One clone with its remote, and what must stay as it was."""

    def __init__(self, options):
        self.program = options.program  # not through git, which would be what is killed
        self.top = tempfile.mkdtemp(prefix="git-factory-kills-")
        self.work, self.env = make(self.top, options.program, options.templates, options.python)
        self.log = os.path.join(self.top, "asked")
        model = os.path.join(self.top, "model")
        with open(model, "w") as file:
            file.write(MODEL.format(python=sys.executable, log=self.log,
                                    answers=os.path.join(options.templates, "demo/answers")))
        os.chmod(model, 0o755)
        for key, value in (("kind", "command"), ("command", model)):
            run(["git", "config", f"factory.provider.acted.{key}", value], self.work, self.env)
        self.before = self.users()

    def users(self):
        """HEAD, index, work tree and configuration of the user."""
        told = [run(["git", *argv], self.work, self.env) for argv in
                (["symbolic-ref", "HEAD"], ["rev-parse", "main"], ["status", "--porcelain=v2", "--ignored"],
                 ["config", "--local", "--list"], ["stash", "list"])]
        return [*told[:3], "\n".join(line for line in told[3].splitlines() if not line.startswith("factory.")), told[4]]

    def asked(self, name):
        if not os.path.exists(self.log):
            return []
        with open(self.log) as file:
            return [one for one in map(json.loads, file) if one[2] == name]

    def start(self, argv):
        out = open(os.path.join(self.top, "told"), "w+")
        process = subprocess.Popen([self.program, *argv], cwd=self.work, env=self.env, stdin=subprocess.DEVNULL,
                                   stdout=out, stderr=subprocess.STDOUT, start_new_session=True)
        return process, out


def run_of(place, slug):
    for line in run(["git", "factory", "--json", "log", "-n", "20"], place.work, place.env).splitlines():
        told = json.loads(line)
        if told.get("slug") == slug:
            return told
    return None


def one_run(place, name, number, length, options, chance, sums):
    """Begins, kills and goes on until it is over; what is wrong, or nothing."""
    slug = f"{name}-{number}"
    place_of = os.path.join(place.top, "shop")
    begin = ["feature", "--again", "--slug", slug, "--model", f"acted/{name}", REQUESTS[name]]
    kills, argv, times = [], begin, 0
    while True:
        times += 1
        process, out = place.start(argv)
        again = len(kills) < 6 and sums["kills"] < options.kills and (times == 1 or chance.random() < 0.5)
        if again:
            try:
                process.wait(chance.random() * length)
            except subprocess.TimeoutExpired:
                how = chance.choice(["program", "all", "child"])
                if shoot(process, how, chance):
                    kills.append(time.time())
                    sums["kills"] += 1
                    sums[how] += 1
        try:
            ended = process.wait(600)
        except subprocess.TimeoutExpired:
            shoot(process, "all", chance)
            return f"{slug}: hangs after {len(kills)} kills"
        out.seek(0)
        said = out.read()
        told = run_of(place, slug)
        stage = "before" if told is None else (said.split("\n") and next(
            (line.split(",")[0] for line in reversed(said.splitlines()) if line.split(",")[0] in
             ("plan", "scout", "build", "validate", "test", "validate-tests", "review", "pr", "gates on the base")), "start"))
        sums["at " + stage] += ended != 0
        if ended == 0:
            break
        if told is not None and told.get("status") == "delivered":
            break  # killed after the seal
        if told is not None and told.get("status") not in (None, "running", "interrupted", "waiting", "active"):
            return f"{slug}: ended as {told.get('status')} after {len(kills)} kills: {said.strip().splitlines()[-2:]}"
        if times > 12:
            return f"{slug}: did not end in {times} times: {said.strip().splitlines()[-2:]}"
        argv = begin if told is None else ["resume", slug]
    branch = f"factory/{slug}"
    here = run(["git", "rev-parse", branch], place.work, place.env)
    if here != run(["git", "rev-parse", branch], place_of + ".git", place.env):
        return f"{slug}: another commit at the remote"
    if run(["git", "rev-list", "--count", f"main..{branch}"], place.work, place.env).strip() != "1":
        return f"{slug}: not one commit"
    seen = collections.defaultdict(list)
    for asked, told, _, stage, attempt, turn, key in place.asked(name):
        if asked >= sums["began"]:
            seen[(stage, attempt, turn, key)].append((asked, told))
    for key, times_of in seen.items():
        for asked, told in times_of[:-1]:
            # Before it said that it was asked the model's own interpreter had to start.
            margin = options.window / 1000
            on_its_way = any(asked - margin <= kill <= told + margin for kill in kills)
            sums["asked again, on its way" if on_its_way else "bought twice"] += 1
            if not on_its_way:
                print(f"  {slug}: {key} was asked again; kills {[round(kill - told, 3) for kill in kills]} s after its answer")
    return ""


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program"), parser.add_argument("templates"), parser.add_argument("python")
    parser.add_argument("--kills", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--window", type=float, default=300)
    parser.add_argument("--seconds", type=float, default=3600, help="end after these, whatever was reached")
    options = parser.parse_args()
    options.python = options.python or os.environ.get("GF_TEST_PYTHON", "")
    if not os.access(options.python, os.X_OK):
        sys.exit(77)  # no Python with the demo's tools
    options.program, options.templates = os.path.abspath(options.program), os.path.abspath(options.templates)
    chance, sums, wrong = random.Random(options.seed), collections.Counter(), []
    place = Place(options)
    began = time.monotonic()
    lengths, number = {}, 0
    while sums["kills"] < options.kills and time.monotonic() - began < options.seconds:
        name = chance.choice(sorted(REQUESTS))
        number += 1
        sums["began"] = time.time()
        if name not in lengths:  # cold once, so that the length is the one of the others
            for key in ("cold", "warm"):
                start = time.monotonic()
                run(["git", "factory", "feature", "--again", "--slug", f"{name}-{key}", "--model", f"acted/{name}",
                     REQUESTS[name]], place.work, place.env)
                lengths[name] = time.monotonic() - start
            sums["began"] = time.time()
        if said := one_run(place, name, number, lengths[name], options, chance, sums):
            wrong.append(said)
            print("  " + said, flush=True)
        if number % 25 == 0:
            print(f"{sums['kills']} kills in {number} runs, {time.monotonic() - began:.0f} s", flush=True)
    active = run(["git", "for-each-ref", "refs/factory/active"], place.work, place.env).split()
    fsck = subprocess.run(["git", "fsck", "--no-dangling", "--strict"], cwd=place.work, env=place.env, capture_output=True,
                          text=True)
    left = [name for name in os.listdir("/proc") if name.isdigit() and place.top in open_command(name)]
    checks = {"active refs left": len(active), "objects broken": fsck.returncode, "processes left": len(left),
              "user's place changed": int(place.users() != place.before), "runs not delivered": len(wrong),
              "bought twice": sums["bought twice"]}
    print(f"{sums['kills']} kills in {number} runs ({sums['program']} of the program, {sums['all']} of all, "
          f"{sums['child']} of one it started), {sums['asked again, on its way']} answers that were on their way; "
          f"{time.monotonic() - began:.0f} s, seed {options.seed}")
    print("stopped at: " + ", ".join(f"{key[3:]} {value}" for key, value in sorted(sums.items()) if key.startswith("at ")))
    print(", ".join(f"{key}: {value}" for key, value in checks.items()))
    if not any(checks.values()):
        shutil.rmtree(place.top, ignore_errors=True)
    sys.exit(1 if any(checks.values()) else 0)


def open_command(pid):
    try:
        with open(f"/proc/{pid}/cmdline") as file:
            return file.read()
    except OSError:
        return ""


if __name__ == "__main__":
    main()
