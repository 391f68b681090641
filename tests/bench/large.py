#!/usr/bin/env python3
"""Prints what a run costs in a large repository. Usage:

    large.py <git-factory> <templates> <python with the demo's tools> [--files N] [--commits N] [--pack GB] [--folder F]

The first repository is the demo's application among so many files (default: 80,000) with so many commits (100,000), the
second has a pack of so many GB (5) in few files that do not compress; both come from a fixed seed, by `git fast-import`,
and are removed again. In each the "products" feature runs with scripted answers: the first time cold, then in the pool's
worktree, with what gates say known. Beside it, in the same minutes, what git takes for what it is asked alone.

Of each: seconds by the clock, seconds of processor (of all children, too) and the most memory that one process had.
"""
import argparse, datetime, json, os, random, shutil, statistics, subprocess, sys, tempfile, time

REQUEST = "Add GET /products returning a static list of three products as JSON."
WORDS = "order item price stock route store page total value index queue token batch entry field label".split()


class World:
    """A clone with a bare remote, each made once, in a folder that goes with it."""

    def __init__(self, options, fill, more):
        self.program = os.path.abspath(options.program)
        self.top = options.again or tempfile.mkdtemp(prefix="git-factory-large-", dir=options.folder)
        self.work = os.path.join(self.top, "work")
        templates = os.path.abspath(options.templates)
        self.env = {"PATH": os.path.dirname(self.program) + ":" + os.environ["PATH"], "HOME": self.top,
                    "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_FACTORY_DATA": templates, "LC_ALL": "C"}
        if options.again:
            return
        os.makedirs(self.work)
        settings = {"user.name": "B", "user.email": "b@example.com", "gc.auto": "0", "maintenance.auto": "false",
                    "factory.python": os.path.abspath(options.python), "fastimport.unpackLimit": "0", **more}
        self.git("init", "-q", "-b", "main")
        for name, value in settings.items():
            self.git("config", name, value)
        importing = subprocess.Popen(["git", "fast-import", "--quiet"], cwd=self.work, env=self.env, stdin=subprocess.PIPE)
        fill(Stream(importing.stdin, os.path.join(templates, "demo/app")))
        importing.stdin.close()
        if importing.wait() != 0:
            sys.exit("git fast-import failed")
        self.git("reset", "-q", "--hard")
        subprocess.run([self.program, "init", "--no-try"], cwd=self.work, env=self.env, check=True, capture_output=True)
        self.git("add", "-A")
        self.git("commit", "-qm", "prepare")
        # The remote has the same objects, as a server has: nothing but what is new has to be sent.
        self.git("clone", "-q", "--bare", "--shared", self.work, "../origin.git")
        self.git("remote", "add", "origin", "../origin.git")
        self.git("fetch", "-q", "origin")

    def git(self, *words):
        done = subprocess.run(["git", *words], cwd=self.work, env=self.env, capture_output=True, text=True)
        if done.returncode != 0:
            sys.exit(f"git {words}: {done.stderr}")
        return done.stdout

    def measured(self, argv, cwd=None):
        """(seconds, seconds of processor, KiB, standard output). By time(1): a child of ours would count our memory."""
        with tempfile.NamedTemporaryFile("r", dir=self.top) as report:
            start = time.monotonic()
            done = subprocess.run(["/usr/bin/time", "-o", report.name, "-f", "%U %S %M", *argv], cwd=cwd or self.work,
                                  env=self.env, capture_output=True, text=True)
            wall = time.monotonic() - start
            if done.returncode != 0:
                sys.exit(f"{argv}: {done.returncode}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}")
            user, system, memory = report.read().split()[-3:]
        return wall, float(user) + float(system), int(memory), done.stdout


class Stream:
    """What fast-import reads."""

    def __init__(self, out, application):
        self.out, self.application, self.commits = out, application, 0

    def commit(self, message):
        self.commits += 1
        when = 1600000000 + 60 * self.commits
        self.out.write(b"commit refs/heads/main\nmark :%d\ncommitter A <a@example.com> %d +0000\ndata %d\n%s\n" %
                       (self.commits, when, len(message), message.encode()))
        if self.commits > 1:
            self.out.write(b"from :%d\n" % (self.commits - 1))

    def file(self, path, content):
        self.out.write(b"M 100644 inline %s\ndata %d\n" % (path.encode(), len(content)))
        self.out.write(content)
        self.out.write(b"\n")

    def add_application(self):
        for folder, _, names in os.walk(self.application):
            for name in sorted(names):
                path = os.path.join(folder, name)
                self.file(os.path.relpath(path, self.application), open(path, "rb").read())


def many_files(files, commits):
    def text(dice):
        line = lambda: " ".join(dice.choices(WORDS, k=8)) + f" {dice.random()}\n"
        return "".join(line() for _ in range(dice.randint(3, 12))).encode()

    def place(number):
        kind = ("txt", "c", "md")[number % 3]
        return f"data/part{number // 2000:02}/set{number // 50 % 40:02}/file{number}.{kind}"

    def fill(stream):
        dice = random.Random(17)
        stream.commit("base")
        stream.add_application()
        for number in range(files):
            stream.file(place(number), text(dice))
        for number in range(commits - 1):
            stream.commit(f"change {number}")
            stream.file(place(dice.randrange(files)), text(dice))

    return fill


def large_pack(gigabytes):
    def fill(stream):
        dice = random.Random(17)
        size, each = int(gigabytes * 2**30), 32 * 2**20
        stream.commit("base")
        stream.add_application()
        # A quarter is in the tree, as pictures or models are; the rest is what stood there before.
        for number in range(max(1, size // each)):
            stream.commit(f"part {number}")
            stream.file(f"data/part{number % max(1, size // each // 4)}.bin", dice.randbytes(each))

    return fill


def shown(name, cost, beside=None):
    wall, processor, memory = cost[:3]
    ratio = f"   {wall / beside[0]:5.2f}x the clock, {processor / max(beside[1], 0.001):5.2f}x the processor of git's" if beside else ""
    print(f"  {name:44} {wall:8.2f} s {processor:8.2f} s {memory / 1024:7.0f} MiB{ratio}", flush=True)


def median(rounds):
    return tuple(statistics.median(one[i] for one in rounds) for i in range(3))


def instant(event):
    return datetime.datetime.fromisoformat(event["time"].replace("Z", "+00:00")).timestamp()


def feature(world, slug):
    """What it took, and where its own time went: {place: seconds} without models and gates."""
    begun = time.time()
    cost = world.measured([world.program, "--json", "feature", "--again", "--slug", slug, "--model", "scripted/products", REQUEST])
    events = [json.loads(line) for line in cost[3].splitlines()]
    places, gates = {}, 0.0
    stage = "before the first stage"
    since = begun
    for event in events:
        kind, fields = event.get("kind"), event.get("fields", {})
        if kind == "gate.end":
            gates += fields.get("ms", 0) / 1000
        if kind == "act.end":
            name = f"  of which {fields['act']}"
            places[name] = places.get(name, 0) + fields["ms"] / 1000
        if kind in ("stage.begin", "stage.end"):
            places[stage] = places.get(stage, 0) + instant(event) - since - gates
            since, gates = instant(event), 0.0
            stage = event["stage"] if kind == "stage.begin" else "between and after stages"
    places[stage] = places.get(stage, 0) + begun + cost[0] - since - gates
    return cost, places


def beside(world, options):
    """git's own: a worktree, a look at it, a clone, a push."""
    rounds = {}
    for number in range(options.rounds):
        place, clone = os.path.join(world.top, f"place-{number}"), os.path.join(world.top, f"clone-{number}")

        def note(name, *argv, cwd=None):
            rounds.setdefault(name, []).append(world.measured(list(argv), cwd))

        note("git worktree add", "git", "worktree", "add", "-q", "--detach", place)
        note("git status there", "git", "status", "--porcelain", cwd=place)
        shutil.rmtree(place)
        world.git("worktree", "prune")
        note("git status in the clone", "git", "status", "--porcelain")
        note("git clone --shared", "git", "clone", "-q", "--shared", world.work, clone)
        shutil.rmtree(clone)
        commit = world.git("commit-tree", "HEAD^{tree}", "-p", "HEAD", "-m", f"yard {number}").strip()
        note("git push of one commit", "git", "push", "-q", "origin", f"{commit}:refs/heads/yard-{time.time_ns()}")
        note("git grep of a word in HEAD", "git", "grep", "-l", "products", "HEAD")
    return {name: median(all_of_it) for name, all_of_it in rounds.items()}


def tell(title, options, fill, more):
    start = time.monotonic()
    world = World(options, fill, more)
    count = dict(line.split(": ") for line in world.git("count-objects", "-v").splitlines())
    print(f"{title}: {len(world.git('ls-files').splitlines()):,} files, {world.git('rev-list', '--count', 'HEAD').strip()} commits, "
          f"packs of {int(count['size-pack']) / 2**20:.2f} GiB; ready in {time.monotonic() - start:.0f} s")
    print(f"  {'':44} {'clock':>10} {'processor':>10} {'memory':>11}")
    git = beside(world, options)
    for name, cost in git.items():
        shown(name, cost)
    cold, where_cold = feature(world, f"cold-{time.time_ns() % 10**6}")
    shown("feature, no worktree in the pool, with gates", cold)
    runs = [feature(world, f"pooled-{number}-{time.time_ns() % 10**6}") for number in range(options.rounds)]
    both = [git["git worktree add"][i] + git["git status there"][i] for i in range(2)]
    shown("feature, a pooled worktree, gates known", median([cost for cost, _ in runs]), both)
    print(f"    {'its own seconds by the clock, without gates':42} {'cold':>8} {'pooled':>8}")
    for name in dict.fromkeys([*where_cold, *(key for _, where in runs for key in where)]):
        warm = statistics.median(where.get(name, 0) for _, where in runs)
        print(f"    {name:42} {where_cold.get(name, 0):8.2f} {warm:8.2f}")
    for words in (["log", "-n", "20"], ["gc", "--dry-run"]):
        shown("git factory " + " ".join(words), world.measured([world.program, *words]))
    if world.git("status", "--porcelain"):
        sys.exit("the user's place has changed")
    shown("git factory gc --all", world.measured([world.program, "gc", "--all"]))
    if not options.keep and not options.again:
        shutil.rmtree(world.top)


parser = argparse.ArgumentParser()
for name in ("program", "templates", "python"):
    parser.add_argument(name)
parser.add_argument("--files", type=int, default=80000)
parser.add_argument("--commits", type=int, default=100000)
parser.add_argument("--pack", type=float, default=5.0)
parser.add_argument("--folder", help="where there is room for three times the pack")
parser.add_argument("--rounds", type=int, default=3)
parser.add_argument("--keep", action="store_true", help="leave the repositories")
parser.add_argument("--again", help="measure this one, that was kept, once more")
options = parser.parse_args()
if not os.path.exists("/usr/bin/time"):
    sys.exit("the package 'time' is not installed")
if options.again:
    tell("once more", options, None, {})
elif options.files > 0:
    tell("many files", options, many_files(options.files, options.commits), {})
if options.pack > 0 and not options.again:
    tell("a large pack", options, large_pack(options.pack), {"core.compression": "0"})
