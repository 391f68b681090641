#!/usr/bin/env python3
"""Prints what the record costs at 1,000, 10,000 and 100,000 finished runs, as a Markdown table.

Usage: scale.py <git-factory> <record_bench> [--sizes 1000,10000] [--folder DIR] [--gc N] [--json FILE]

Repositories are made by make_record.py (and found again in --folder). Times are of whole
processes, started fresh, on a warm disk cache: on the clock, and of processor. Beside each stands what
plain git does on the same repository at the same moment, since only the ratio is worth anything on
another machine. Sizes up
to --gc (default 10,000) are measured repacked; repacking 100,000 runs takes long.
"""
import argparse, glob, json, os, shutil, statistics, subprocess, sys, tempfile, time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import make_record

parser = argparse.ArgumentParser()
parser.add_argument("program")
parser.add_argument("record_bench")
parser.add_argument("--sizes", default="1000,10000,100000")
parser.add_argument("--folder", default="scale-bench")
parser.add_argument("--gc", type=int, default=10000)
parser.add_argument("--json")
asked = parser.parse_args()
PROGRAM, RECORD = os.path.abspath(asked.program), os.path.abspath(asked.record_bench)
TOP = os.path.abspath(asked.folder)
os.makedirs(TOP, exist_ok=True)
ENV = {"PATH": os.path.dirname(PROGRAM) + ":" + os.environ["PATH"], "HOME": TOP, "GIT_CONFIG_GLOBAL": "/dev/null",
       "GIT_CONFIG_NOSYSTEM": "1", "LC_ALL": "C", "TZ": "UTC", "GIT_PAGER": "cat",
       "GIT_FACTORY_DATA": os.environ.get("GIT_FACTORY_DATA", "")}
if not ENV["GIT_FACTORY_DATA"]:
    del ENV["GIT_FACTORY_DATA"]


def sh(argv, cwd):
    ran = subprocess.run(argv, cwd=cwd, env=ENV, capture_output=True, text=True)
    if ran.returncode != 0:
        sys.exit(f"{' '.join(argv)}: {ran.stderr[-600:]}")
    return ran.stdout


def clocked_once(argv, cwd):
    """Milliseconds on the clock, and of processor."""
    with tempfile.TemporaryFile() as said:
        start = time.monotonic()
        child = subprocess.Popen(argv, cwd=cwd, env=ENV, stdout=subprocess.DEVNULL, stderr=said)
        _, status, used = os.wait4(child.pid, 0)
        wall = (time.monotonic() - start) * 1000
        child.returncode = status
        if status != 0:
            said.seek(0)
            sys.exit(f"{' '.join(argv)}: {said.read()[-600:]}")
    return wall, (used.ru_utime + used.ru_stime) * 1000


def clocked(argv, cwd, rounds=7, before=None):
    """The quickest of some rounds by the clock, and the median of processor; on a machine that others use, the second is
    the steadier one. A first round that took long is the only one, else it does not count."""
    times = []
    for number in range(rounds + 1):
        if before:
            before()
        took = clocked_once(argv, cwd)
        if number == 0 and took[0] > 3000:
            return took
        if number > 0:
            times.append(took)
    return min(wall for wall, _ in times), statistics.median(cpu for _, cpu in times)


def find(runs):
    """The repository of that many runs: made, or made before."""
    place = os.path.join(TOP, str(runs))
    made_file = os.path.join(place, "told.json")
    if not os.path.exists(made_file):
        shutil.rmtree(place, ignore_errors=True)
        os.makedirs(place)
        start = time.monotonic()
        made = make_record.make(os.path.join(place, "repo"), runs)
        made["made_s"] = round(time.monotonic() - start)
        with open(made_file, "w") as file:
            json.dump(made, file)
    with open(made_file) as file:
        return os.path.join(place, "repo"), json.load(file)


def copy_of(repo, name):
    """A clone that has everything already: packs are shared, they never change."""
    place = os.path.join(os.path.dirname(repo), name)
    shutil.rmtree(place, ignore_errors=True)
    packs = os.path.join(".git", "objects", "pack")
    shutil.copytree(repo, place, ignore=lambda folder, names: ["pack"] if folder.endswith("objects") else [])
    os.makedirs(os.path.join(place, packs), exist_ok=True)
    for pack in glob.glob(os.path.join(repo, packs, "*")):
        os.link(pack, os.path.join(place, packs, os.path.basename(pack)))
    return place


def drop_index(repo):
    for path in glob.glob(os.path.join(repo, ".git", "factory", "*")):
        if os.path.isfile(path) and "index" in os.path.basename(path):
            os.remove(path)


def recorded(repo, runs, processes=1):
    """Tells of processes that failed, too: that is a row of the table."""
    ran = subprocess.run([RECORD, repo, str(runs), str(processes)], cwd=repo, env=ENV, capture_output=True, text=True)
    sys.stderr.write(ran.stderr)
    return json.loads(ran.stdout)


def fetched(repo):
    """One new run into a clone that had all others, beside one new commit on a branch."""
    clone = copy_of(repo, "clone")
    sh(["git", "remote", "add", "origin", "file://" + repo], clone)
    sh(["git", "config", "--add", "remote.origin.fetch", "+refs/factory/ledger/*:refs/factory/remotes/origin/ledger/*"], clone)
    sh(["git", "config", "--add", "remote.origin.fetch", "+refs/factory/replay/*:refs/factory/remotes/origin/replay/*"], clone)
    sh(["git", "config", "--add", "remote.origin.fetch", "+refs/notes/factory/*:refs/notes/remotes/origin/factory/*"], clone)
    fetch, commit, sync, nothing = [], [], [], clocked(["git", "fetch", "-q"], clone, 3)[0]
    for _ in range(4):
        sh(["git", "commit", "-q", "--allow-empty", "-m", "one more"], repo)
        commit.append(clocked_once(["git", "fetch", "-q"], clone)[0])
        recorded(repo, 1)
        fetch.append(clocked_once(["git", "fetch", "-q"], clone)[0])
        sync.append(clocked_once([PROGRAM, "sync"], clone)[0])
    return {"fetch_run_ms": statistics.median(fetch), "fetch_commit_ms": statistics.median(commit),
            "fetch_nothing_ms": nothing, "sync_ms": statistics.median(sync)}


def packed(repo):
    counts = dict(line.split(": ") for line in sh(["git", "count-objects", "-v"], repo).splitlines())
    return int(counts["size-pack"]) * 1024


def measure(runs):
    original, made = find(runs)
    repo = copy_of(original, "work")
    row = {"runs": runs, "made_s": made["made_s"], "raw": made["raw"], "gzip_each": made["gzip_each"], "gzip_all": made["gzip_all"]}
    sh(["git", "pack-refs", "--all"], repo)
    if runs <= asked.gc:
        # -F: what fast-import compressed in haste is compressed again, as gc does with loose objects.
        sh(["git", "repack", "-a", "-d", "-F", "-q"], repo)
        row["packed"] = packed(repo) / runs
    middle = made["ids"][runs // 2]
    row["git_log_ms"] = clocked(["git", "log", "-20", "main"], repo)
    row["log_ms"] = clocked([PROGRAM, "log", "-n", "20"], repo)
    row["git_show_ms"] = clocked(["git", "show", "main"], repo)
    row["show_ms"] = clocked([PROGRAM, "show", middle], repo)
    row["metrics_cold_ms"] = clocked([PROGRAM, "metrics", "--json"], repo, 3, lambda: drop_index(repo))
    row["metrics_warm_ms"] = clocked([PROGRAM, "metrics", "--json"], repo, 5)
    next_run = recorded(repo, 20)
    row["next_ms"] = next_run["run_ms"], next_run["processor_ms"]
    row["open_ms"] = recorded(repo, 1)["open_ms"]
    row["metrics_one_new_ms"] = clocked([PROGRAM, "metrics", "--json"], repo, 5, lambda: recorded(repo, 1))
    before = int(sh(["git", "rev-list", "--count", "--glob=refs/factory/ledger/*"], repo))
    one, eight = recorded(repo, 80), recorded(repo, 10, 8)
    after = int(sh(["git", "rev-list", "--count", "--glob=refs/factory/ledger/*"], repo))
    row |= {"one_wall_ms": one["wall_ms"], "eight_wall_ms": eight["wall_ms"], "eight_failed": eight["failed"], "kept": after - before}
    row |= fetched(repo)
    return row


def table(rows):
    def line(name, value):
        print("| " + name + " | " + " | ".join(value(row) for row in rows) + " |")

    def beside(ours, theirs):
        return lambda row: f"{row[ours]:.1f} / {row[theirs]:.1f} ms ({row[ours] / row[theirs]:.1f}x)"

    def both(key):
        return lambda row: f"{row[key][0]:.0f} ms, processor {row[key][1]:.0f} ms"

    def both_beside(ours, theirs):
        return lambda row: (f"{row[ours][0]:.1f} / {row[theirs][0]:.1f} ms, processor {row[ours][1]:.1f} / {row[theirs][1]:.1f} ms "
                            f"({row[ours][1] / max(row[theirs][1], 0.1):.1f}x)")

    print("| finished runs | " + " | ".join(f"{row['runs']:,}" for row in rows) + " |")
    print("|---" * (len(rows) + 1) + "|")
    line("made by fast-import", lambda row: f"{row['made_s']} s")
    line("`git factory log -n 20` / `git log -20`", both_beside("log_ms", "git_log_ms"))
    line("`git factory show` of a run in the middle / `git show`", both_beside("show_ms", "git_show_ms"))
    line("`metrics`, index cold", both("metrics_cold_ms"))
    line("`metrics`, index warm", both("metrics_warm_ms"))
    line("`metrics`, one run new", both("metrics_one_new_ms"))
    line("recording the next run (8 stages, 6 exchanges)", both("next_ms"))
    line("opening the record", lambda row: f"{row['open_ms']:.1f} ms")
    line("80 runs by eight processes / by one", beside("eight_wall_ms", "one_wall_ms"))
    line("of these 160 runs in the ledger; processes that failed", lambda row: f"{row['kept']}; {row['eight_failed']}")
    line("`git fetch` of one new run / of one commit", beside("fetch_run_ms", "fetch_commit_ms"))
    line("`git fetch` of nothing", lambda row: f"{row['fetch_nothing_ms']:.1f} ms")
    line("`git factory sync` after it", lambda row: f"{row['sync_ms']:.0f} ms")
    line("bytes a run: raw", lambda row: f"{row['raw']:,.0f}")
    line("bytes a run: each run gzipped / all in one gzip", lambda row: f"{row['gzip_each']:,.0f} / {row['gzip_all']:,.0f}")
    line("bytes a run: packed, everything in the repository", lambda row: f"{row['packed']:,.0f}" if "packed" in row else "not repacked")


rows = [measure(int(size)) for size in asked.sizes.split(",")]
if asked.json:
    with open(asked.json, "w") as file:
        json.dump(rows, file, indent=1)
table(rows)
