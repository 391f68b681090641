#!/usr/bin/env python3
"""Runs that are killed at random instants: random_kills.py <git-factory> <templates> <python> [--kills N] [--seed S]
                                                         [--forges <forge_bench> [--only NAME,...]] [--cold SHARE]
                                                         [--more SHARE] [--known FOLDER]

The demo's shop and its requests, with its real tools; the model is a program that gives the demo's scripted answers after
--latency milliseconds at most and writes down what it was asked. Each run is on one of the forges: a clone and a remote for
each, the servers of the tests on the loopback address (forge_bench serve), git's own http-backend where requests come by a
push, a program that keeps what it is given in the place of a mail server. A --cold share of the runs begins with nothing
known of what gates say. What gates said of the demo's trees is asked once for all clones, and with --known for other
processes of this program too: most of a run's time is the line's own then, and the model's.
A run is killed with SIGKILL at a random instant: the program alone, with everything it started, or one process of those
alone. Then it goes on by `resume` (or anew, where nothing of it was on record yet), is killed again with the chance --more,
six times at most, and has to be delivered in the end: one commit, the same at the remote, a sealed record, nothing left
active, every object whole (git fsck), the user's work tree, index, HEAD and configuration as they were, nothing left
running, one request for it at the forge (no mail twice), and no answer asked for that was on record. An answer that was on
its way when the program died (within --window milliseconds) can only be asked for again; those are counted apart.
Prints what was found and the counts, by the stage that was going on; exit 0: nothing was lost. SIGTERM ends it, counted,
behind the run that is going on.
"""
import argparse, collections, hashlib, json, os, random, shutil, signal, subprocess, sys, tempfile, time

from five_at_once import LIMIT, REQUESTS, make, run
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../support"))
from served import Server

MODEL = '''#!{python}
import hashlib, json, os, random, sys, time
with open("/proc/self/stat") as file:  # since when it is there: an interpreter may need long until it is here
    ticks = int(file.read().rsplit(")", 1)[1].split()[19])
began = time.time() - (time.clock_gettime(time.CLOCK_BOOTTIME) - ticks / os.sysconf("SC_CLK_TCK"))
asked = json.load(sys.stdin)
place = os.path.join({answers!r}, asked["model"], "{{stage}}.{{attempt}}.{{turn}}.json".format(**asked))
with open(place) as file:
    known = json.load(file)
time.sleep(random.random() * {latency} / 1000)
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


SEND = """#!{python}
import os, sys
text = sys.stdin.buffer.read()
name = next(line.split(b":", 1)[1].strip(b" <>") for line in text.splitlines() if line.lower().startswith(b"message-id:"))
with open({box!r}, "ab") as box:
    os.write(box.fileno(), name + b"\\n")
"""


class Place:
    """One clone with its remote and its forge, and what must stay as it was."""

    FORGES = ["local", "GitHub", "GitLab", "Gitea", "Bitbucket", "AGit", "GitLab by push", "mail"]

    def __init__(self, options, forge):
        self.program, self.forge, self.server, self.runs = options.program, forge, None, 0  # not through git: killed instead
        self.top = tempfile.mkdtemp(prefix="git-factory-kills-")
        self.work, self.env = make(self.top, options.program, options.templates, options.python)
        self.log = os.path.join(self.top, "asked")
        self.write("model", MODEL.format(python=sys.executable, log=self.log, latency=options.latency,
                                         answers=os.path.join(options.templates, "demo/answers")))
        self.set({"factory.provider.acted.kind": "command", "factory.provider.acted.command": self.top + "/model"})
        if forge == "mail":
            self.write("send", SEND.format(python=sys.executable, box=self.top + "/box"))
            self.set({"factory.forge": "mail", "factory.mail.to": "list@example.com",
                      "sendemail.sendmailCmd": self.top + "/send"})
        elif forge == "GitLab by push":
            hub = os.path.join(self.top, "hub/acme")
            os.makedirs(hub)
            os.rename(self.top + "/shop.git", hub + "/shop.git")
            self.server = subprocess.Popen(
                [sys.executable, "-B", os.path.join(os.path.dirname(__file__), "../support/git_server.py"),
                 os.path.dirname(hub), "--gitlab", "on"], stdout=subprocess.PIPE, text=True, stderr=subprocess.DEVNULL)
            self.kept = hub + "/shop.git/requests.json"
            at = f"http://127.0.0.1:{self.server.stdout.readline().strip()}/acme/shop.git"
            self.set({"factory.forge": "gitlab", "remote.origin.url": at})
        elif forge != "local":
            self.server = Server(options.forges, forge)
            self.set(self.server.settings)
            self.env = {**self.env, **self.server.token}
            if forge == "AGit":
                self.set({"remote.origin.url": self.server.say("remote " + self.work)[0]})
        self.before, self.lengths, self.known = self.users(), {}, options.known
        self.exchange(self.known, self.outcomes())

    def outcomes(self):
        """Where this clone keeps what gates have said of trees."""
        clone = subprocess.run(["git", "hash-object", "--stdin"], input=os.path.join(self.work, ".git"), text=True,
                               capture_output=True, check=True).stdout[:16]
        return os.path.join(self.env["XDG_CACHE_HOME"], "git-factory/gates", clone, "outcomes")

    @staticmethod
    def exchange(source, to):
        """What gates have said of the demo's trees is the same in each clone, and asked once for all."""
        os.makedirs(to, exist_ok=True)
        for name in os.listdir(source):
            if name.endswith(".json") and not os.path.exists(os.path.join(to, name)):
                half = os.path.join(to, f"{name}.{os.getpid()}")
                shutil.copyfile(os.path.join(source, name), half)
                os.rename(half, os.path.join(to, name))

    def write(self, name, text):
        with open(os.path.join(self.top, name), "w") as file:
            file.write(text)
        os.chmod(os.path.join(self.top, name), 0o755)

    def set(self, settings):
        for key, value in settings.items():
            run(["git", "config", key, value], self.work, self.env)

    def requests(self):
        """How many there are at the forge."""
        if self.forge == "GitLab by push":
            with open(self.kept) as file:
                return len(json.load(file))
        if self.forge in ("local", "mail"):
            return len(json.loads(run(["git", "factory", "--json", "pr", "list", "--state", "all"], self.work, self.env)))
        return self.server.say("requests")[0]

    def what_is_wrong(self, slug):
        """Of one that is delivered: its commit, its commit there, its request."""
        branch = f"factory/{slug}"
        here = run(["git", "rev-parse", branch], self.work, self.env).strip()
        there = run(["git", "ls-remote", "origin"], self.work, self.env).splitlines()
        if self.forge != "mail" and not any(line.startswith(here) for line in there):
            return "another commit at the remote"
        if run(["git", "rev-list", "--count", f"main..{branch}"], self.work, self.env).strip() != "1":
            return "not one commit"
        if (count := self.requests()) != self.runs:
            return f"{count} requests of {self.runs} runs"
        if self.forge == "mail":
            with open(self.top + "/box") as box:
                sent = box.read().splitlines()
            if len(set(sent)) != len(sent):
                return f"a mail went out twice: {sent}"
        return ""

    def end(self):
        if isinstance(self.server, Server):
            self.server.end()
        elif self.server is not None:
            self.server.terminate()
            self.server.wait(60)

    def users(self):
        """HEAD, index, work tree and configuration of the user."""
        state = [run(["git", *argv], self.work, self.env) for argv in
                 (["symbolic-ref", "HEAD"], ["rev-parse", "main"], ["status", "--porcelain=v2", "--ignored"],
                 ["config", "--local", "--list"], ["stash", "list"])]
        return [*state[:3], "\n".join(line for line in state[3].splitlines() if not line.startswith("factory.")), state[4]]

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
        row = json.loads(line)
        if row.get("slug") == slug:
            return row
    return None


def one_run(place, name, number, length, options, chance, sums):
    """Begins, kills and goes on until it is over; what is wrong, or nothing."""
    slug = f"{name}-{number}"
    place.runs += 1
    begin = ["feature", "--again", "--slug", slug, "--model", f"acted/{name}", REQUESTS[name]]
    kills, argv, times = [], begin, 0
    while True:
        times += 1
        process, out = place.start(argv)
        again = len(kills) < 6 and sums["kills"] < options.kills and (times == 1 or chance.random() < options.more)
        if again:
            try:
                process.wait(chance.random() * (length if times == 1 else length / 2))  # half of it lies behind
            except subprocess.TimeoutExpired:
                how = chance.choice(["program", "all", "child"])
                if shoot(process, how, chance):
                    kills.append(time.time())
                    sums["kills"] += 1
                    sums[how] += 1
        try:
            ended = process.wait(LIMIT)
        except subprocess.TimeoutExpired:
            shoot(process, "all", chance)
            return f"{slug}: hangs after {len(kills)} kills"
        out.seek(0)
        said = out.read()
        run_row = run_of(place, slug)
        stage = "before" if run_row is None else (said.split("\n") and next(
            (line.split(",")[0] for line in reversed(said.splitlines()) if line.split(",")[0] in
             ("plan", "scout", "build", "validate", "test", "validate-tests", "review", "pr", "gates on the base")), "start"))
        sums["at " + stage] += ended != 0
        if ended == 0:
            break
        if run_row is not None and run_row.get("status") == "delivered":
            break  # killed after the seal
        if run_row is not None and run_row.get("status") not in (None, "running", "interrupted", "waiting", "active"):
            return f"{slug}: ended as {run_row.get('status')} after {len(kills)} kills: {said.strip().splitlines()[-2:]}"
        if times > 12:
            return f"{slug}: did not end in {times} times: {said.strip().splitlines()[-2:]}"
        argv = begin if run_row is None else ["resume", slug]
    if wrong := place.what_is_wrong(slug):
        return f"{slug}: {wrong}"
    seen = collections.defaultdict(list)
    for asked, answered, _, stage, attempt, turn, key in place.asked(name):
        if asked >= sums["began"]:
            seen[(stage, attempt, turn, key)].append((asked, answered))
    for key, times_of in seen.items():
        for asked, answered in times_of[:-1]:
            # Before the model's program was there it had to be started.
            margin = options.window / 1000
            on_its_way = any(asked - margin <= kill <= answered + margin for kill in kills)
            sums["asked again, on its way" if on_its_way else "bought twice"] += 1
            if not on_its_way:
                print(f"  {slug}: {key} was asked again; kills {[round(kill - answered, 3) for kill in kills]} s after its answer, "
                      f"load {os.getloadavg()[0]:.0f} on {os.cpu_count()} cores")
    return ""


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program"), parser.add_argument("templates"), parser.add_argument("python")
    parser.add_argument("--kills", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--window", type=float, default=300)
    parser.add_argument("--latency", type=float, default=80, help="of the model, milliseconds at most")
    parser.add_argument("--more", type=float, default=0.5, help="the share of resumed runs that are killed too")
    parser.add_argument("--cold", type=float, default=0, help="the share of runs that begin with nothing known of the gates")
    parser.add_argument("--forges", help="forge_bench, for the other forges than the local one")
    parser.add_argument("--known", help="a folder for what gates said of the demo's trees, for another process too")
    parser.add_argument("--only", help="names of forges, with commas")
    parser.add_argument("--seconds", type=float, default=3600, help="end after these, whatever was reached")
    options = parser.parse_args()
    options.python = options.python or os.environ.get("GF_TEST_PYTHON", "")
    if not os.access(options.python, os.X_OK):
        sys.exit(77)  # no Python with the demo's tools
    options.program, options.templates = os.path.abspath(options.program), os.path.abspath(options.templates)
    chance, sums, wrong = random.Random(options.seed), collections.Counter(), []
    names = options.only.split(",") if options.only else Place.FORGES if options.forges else ["local"]
    known, options.known = options.known, options.known or tempfile.mkdtemp(prefix="git-factory-known-")
    os.makedirs(options.known, exist_ok=True)
    places = [Place(options, name) for name in names]
    began, number, ended = time.monotonic(), 0, []
    signal.signal(signal.SIGTERM, lambda *_: ended.append(True))  # after the run that is going on
    try:
        while not ended and sums["kills"] < options.kills and time.monotonic() - began < options.seconds:
            number += 1
            place, name = places[number % len(places)], chance.choice(sorted(REQUESTS))
            warmed(place, name)
            place.exchange(place.outcomes(), place.known)
            if chance.random() < options.cold:
                shutil.rmtree(place.env["XDG_CACHE_HOME"], ignore_errors=True)
            sums["began"], before = time.time(), sums["kills"]
            if said := one_run(place, name, number, place.lengths[name], options, chance, sums):
                wrong.append(said)
                print(f"  {place.forge}, {said}", flush=True)
            sums["on " + place.forge] += sums["kills"] - before
            if number % 5 == 0:
                print(f"{sums['kills']} kills in {number} runs, {time.monotonic() - began:.0f} s", flush=True)
        checks = collections.Counter({"runs not delivered": len(wrong), "bought twice": sums["bought twice"]})
        for place in places:
            checks.update(looked_at(place))
    finally:
        for place in places:
            place.end()
        if not known:
            shutil.rmtree(options.known, ignore_errors=True)
    print(f"{sums['kills']} kills in {number} runs ({sums['program']} of the program, {sums['all']} of all, "
          f"{sums['child']} of one it started), {sums['asked again, on its way']} answers that were on their way; "
          f"{time.monotonic() - began:.0f} s, seed {options.seed}")
    print("stopped at: " + ", ".join(f"{key[3:]} {value}" for key, value in sorted(sums.items()) if key.startswith("at ")))
    print("kills on: " + ", ".join(f"{name} {sums['on ' + name]}" for name in names))
    print(", ".join(f"{key}: {value}" for key, value in checks.items()))
    if not any(checks.values()):
        for place in places:
            shutil.rmtree(place.top, ignore_errors=True)
    sys.exit(1 if any(checks.values()) else 0)


def warmed(place, name):
    """How long a run takes here: of each place the first once cold, then known; other requests take as long."""
    place.exchange(place.known, place.outcomes())
    for key in ("cold", "warm") if not place.lengths else ():
        start = time.monotonic()
        place.runs += 1
        run([place.program, "feature", "--again", "--slug", f"{name}-{key}", "--model", f"acted/{name}", REQUESTS[name]],
            place.work, place.env)
        place.lengths[name] = time.monotonic() - start
    place.lengths.setdefault(name, min(place.lengths.values()))


def looked_at(place):
    active = run(["git", "for-each-ref", "refs/factory/active"], place.work, place.env).split()
    fsck = subprocess.run(["git", "fsck", "--no-dangling", "--strict"], cwd=place.work, env=place.env, capture_output=True)
    left = [name for name in os.listdir("/proc") if name.isdigit() and place.top in open_command(name)
            and (place.server is None or int(name) != getattr(place.server, "process", place.server).pid)]
    return {"active refs left": len(active), "objects broken": fsck.returncode, "processes left": len(left),
            "user's place changed": int(place.users() != place.before)}


def open_command(pid):
    try:
        with open(f"/proc/{pid}/cmdline") as file:
            return file.read()
    except OSError:
        return ""


if __name__ == "__main__":
    main()
