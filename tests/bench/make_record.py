#!/usr/bin/env python3
"""Makes a repository with N finished runs. Usage: make_record.py <folder> <runs> [<months>]

Everything is written by `git fast-import`, one a month and then one pack, in the layout and the formats that the store writes
(man/git-factory-record.5): 8 stage attempts, 6 exchanges, 4 gate records and a trace a run, a chain
of metadata commits, ledger, replay and notes. Text is cut at random from this project's own sources.
Left out on purpose: stage commits (all runs build on one base), and one commit a run on the notes
refs (there is one for 200 runs), which the store would write.
"""
import datetime, hashlib, json, os, random, subprocess, sys, zlib

SOURCES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
STAGES = ["plan", "scout", "build", "validate", "build", "validate", "test", "review"]
EXCHANGES = ["plan", "scout", "build", "build", "test", "review"]
MODELS = [("openai", "gpt-x-large", 2500), ("anthropic", "claude-y", 3000), ("ollama", "qwen-z:14b", 0)]
ASKED, ANSWERED = 3000, 1000  # bytes of text in the user's message and in the answer
NOTES_A_COMMIT = 200
WHO = "Bench <bench@example.com>"


def git(folder, *words, **more):
    return subprocess.run(["git", *words], cwd=folder, check=True, capture_output=True, text=True, **more).stdout


ENCODER = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def dumped(value):
    return (ENCODER.encode(value) + "\n").encode()


def corpus():
    texts = []
    for top in ("lib", "man", "templates", "tests/unit"):
        for folder, _, names in sorted(os.walk(os.path.join(SOURCES, top))):
            for name in sorted(names):
                with open(os.path.join(folder, name), encoding="utf-8", errors="replace") as file:
                    texts.append(file.read())
    return "".join(texts)


class Stream:
    """What fast-import is told."""

    def __init__(self, folder):
        self.process = subprocess.Popen(
            ["git", "-c", "core.compression=1", "fast-import", "--quiet", "--done", "--active-branches=64"],
            cwd=folder, stdin=subprocess.PIPE)
        self.out = self.process.stdin
        self.mark = 0
        self.sample = None  # the blobs of the run at hand, for the gzip comparison

    def next_mark(self):
        self.mark += 1
        return self.mark

    def blob(self, data):
        mark = self.next_mark()
        self.out.write(b"blob\nmark :%d\ndata %d\n%s\n" % (mark, len(data), data))
        if self.sample is not None:
            self.sample.append(data)
        return mark, hashlib.sha1(b"blob %d\0" % len(data) + data).hexdigest()

    def commit(self, ref, when, message, files, start=None, merge=None, wipe=False):
        mark = self.next_mark()
        text = message.encode()
        lines = [b"commit %s\nmark :%d\ncommitter %s %d +0000\ndata %d\n%s" %
                 (ref.encode(), mark, WHO.encode(), when, len(text), text)]
        if start:
            lines.append(b"from %s" % start.encode())
        if merge:
            lines.append(b"merge :%d" % merge)
        if wipe:
            lines.append(b"deleteall")
        lines += [b"M 100644 :%d %s" % (blob, path.encode()) for path, blob in files]
        self.out.write(b"\n".join(lines) + b"\n")
        return mark

    def end(self):
        self.out.write(b"done\n")
        self.out.close()
        if self.process.wait() != 0:
            sys.exit("git fast-import failed")


def make_code(folder, runs):
    """main: a commit a delivered run. Gives (commit, tree) of each, the base first."""
    subprocess.run(["git", "init", "-q", "-b", "main", folder], check=True)
    for key, value in (("user.name", "Bench"), ("user.email", "bench@example.com"), ("gc.auto", "0")):
        git(folder, "config", key, value)
    stream = Stream(folder)
    start = 1640995200
    first, _ = stream.blob(b"# a project\n")
    stream.commit("refs/heads/main", start, "first\n", [("README.md", first)])
    for number in range(runs):
        body, _ = stream.blob(b"def feature_%d():\n    return %d\n" % (number, number))
        stream.commit("refs/heads/main", start + 60 * (number + 1), f"feat: feature {number}\n",
                      [(f"app/part_{number % 40}.py", body)])
    stream.end()
    log = git(folder, "log", "--reverse", "--format=%H %T", "main").split("\n")
    return [tuple(line.split()) for line in log if line]


class Maker:
    def __init__(self, folder, runs, months):
        self.code = make_code(folder, runs)
        self.runs, self.stream, self.text, self.random = runs, Stream(folder), corpus(), random.Random(7)
        self.start = datetime.datetime(2024, 1, 1, tzinfo=datetime.timezone.utc)
        self.step = datetime.timedelta(days=30.4 * months) / runs
        self.folder, self.month, self.begun, self.flushed = folder, "", set(), set()
        self.shared, self.notes = {}, {"trace": [], "metrics": [], "review": [], "spec": []}
        self.ids, self.samples = [], []
        self.fan = 2 if runs >= 4096 else 1

    def words(self, size):
        at = self.random.randrange(len(self.text) - size)
        return self.text[at:at + size]

    def common(self, key, value):
        """What all runs share: a stage's system message, its tools and schema."""
        if key not in self.shared:
            self.shared[key] = self.stream.blob(dumped(value))
        return self.shared[key]

    def exchange(self, number, stage, started, provider, model, price):
        usage = {"input_total": 800 + self.random.randrange(900), "output_total": 250, "source": "reported"}
        cost = usage["input_total"] * price * 1000 + usage["output_total"] * price * 5000
        system = self.common("system " + stage, {"content": f"You are {stage}.\n" + self.text[:4000], "role": "system"})
        context = self.common("context " + stage, {"schema": {"type": "object"}, "tools": [{"name": "write_file"}]})
        asked = self.stream.blob(dumped({"content": self.words(ASKED), "role": "user"}))
        answer = self.stream.blob(dumped({"content": self.words(ANSWERED), "role": "assistant"}))
        manifest = self.stream.blob(dumped({
            "answer": {"cost": {"basis": "provider", "pico_usd": cost}, "duration_ms": 900, "finish": "stop", "model": model,
                       "provider": provider, "request_id": f"req-{self.random.getrandbits(64):016x}", "usage": usage},
            "answer_message": answer[1], "context": context[1], "duration_ms": 905, "failure": "none", "failure_text": "",
            "messages": [system[1], asked[1]], "model_asked": model, "provider": provider,
            "request": {"attempt": 1, "stage": stage, "temperature": 0.2, "turn": 1, "v": 1},
            "request_key": f"{self.random.getrandbits(160):040x}", "seq": number, "started": iso(started), "v": 1}))
        files = [("msg-" + blob[1][:16], blob[0]) for blob in (system, context, asked, answer)]
        return files + [(f"exchange-{number:04}.json", manifest[0])], usage, cost

    def gate(self, name, tree, passed):
        return (f"gate-{tree[:10]}-{name}-0a1b2c.json", self.stream.blob(dumped({
            "argv": ["<python>/bin/python", "-m", name], "counts": {"errors": 0, "failed": int(not passed), "passed": 3, "skipped": 0},
            "coverage": {}, "duration_ms": 700, "exit": 0 if passed else 1,
            "findings": [] if passed else [{"line": 3, "message": "unused import", "path": "app/x.py", "rule": "F401", "severity": "error"}],
            "findings_total": int(not passed), "gate": name, "output_tail": self.words(200), "reason": "" if passed else "exit 1: 1 finding",
            "sandbox": "none", "stage": "validate", "status": "pass" if passed else "fail", "tests": [],
            "tool_version": name + " 1.0", "tree": tree, "v": 1}))[0])

    def stage(self, number, name, attempt, started, run, tree, made):
        usage, cost, exchanges, gates, ok = made
        record = {"attempt": attempt, "commit": self.code[0][0], "cost": {"basis": "provider", "pico_usd": cost} if exchanges else
                  {"basis": "none", "pico_usd": 0}, "exchanges": exchanges, "failure": "none" if ok else "deterministic",
                  "feedback": [] if ok else ["ruff F401 app/x.py:3 unused import"], "gates": gates, "gates_ms": 700 * len(gates),
                  "model": self.model[1] if exchanges else "", "model_ms": 905 * len(exchanges), "provider": self.model[0] if exchanges else "",
                  "reason": self.words(90).replace("\n", " "), "seq": number, "stage": name, "started": iso(started),
                  "status": "pass" if ok else "fail", "telemetry": {"files_count": 2.0, "lines_count": 12.0}, "tree_in": tree,
                  "tree_out": tree, "usage": usage, "v": 1, "wall_ms": 1500}
        if not ok:
            record["goes_back_to"] = "build"
        light = {k: v for k, v in record.items() if k not in ("feedback", "gates", "telemetry", "started")}
        light["run"] = run
        line = b'{"at":"' + iso(started).encode() + b'",' + dumped(light)[1:]
        return (f"stage-{number:02}-{name}.json", self.stream.blob(dumped(record))[0]), line, record

    def begin_month(self, month):
        """fast-import looks for each name of a path among all that it was ever told, one after the other in a few
        thousand lists: a process a month keeps them short."""
        if month == self.month:
            return
        if self.month:
            self.flush(int(self.start.timestamp()))
            self.stream.end()
            git(self.folder, "update-ref", "-d", "refs/bench/active")
            self.stream, self.flushed = Stream(self.folder), set()
            self.shared.clear()
        self.month = month

    def run(self, number):
        began = self.start + self.step * number
        ended = began + datetime.timedelta(seconds=20)
        self.begin_month(f"{began:%Y-%m}")
        run = f"{began:%Y%m%dT%H%M%SZ}-{self.random.getrandbits(32):08x}"
        self.ids.append(run)
        self.model = MODELS[number % len(MODELS)]
        outcome = "delivered" if number % 5 else ("failed" if number % 10 else "rejected")
        base, (head, tree) = self.code[0], self.code[number + 1]
        slug, title = f"feature-{number}", "Feature " + self.words(40).replace("\n", " ")
        if number < 200:
            self.stream.sample = []
        spec_json = {"acceptance_criteria": [{"authorises": [], "given": "", "id": "AC1", "kind": "http", "source": "request: 'it'",
                     "then": [{"expected": 200, "observable": "status", "op": "equals"}], "when": f"GET /{slug}"}], "assumptions": [],
                     "changelog": {"entry": slug, "section": "Added"}, "constraints": ["No new dependency"], "intent": self.words(120),
                     "introduces": ["GET /" + slug], "out_of_scope": [], "request": self.words(150), "title": title,
                     "touchpoints": ["app/main.py"], "v": 1}
        spec = self.stream.blob(dumped(spec_json))
        page = self.stream.blob(f"# {title}\n\n{spec_json['intent']}\n\n## Request\n\n> {spec_json['request']}\n".encode())
        record = {"author": WHO, "base": base[0], "base_name": "main", "base_tree": base[1], "branch": "", "ended": iso(ended),
                  "failed_stage": "", "failure": "none", "models": {s: "/".join(self.model[:2]) for s in ("build", "plan", "review")},
                  "policy": {"retries": "3"}, "pull_request": "", "questions": [], "reason": "", "request": spec_json["request"],
                  "run": run, "slug": slug, "started": iso(began), "status": outcome, "title": title, "tool_version": "0.1.0", "v": 1}
        if outcome == "delivered":
            record |= {"branch": "refs/heads/factory/" + slug, "head": head, "tree": tree, "pull_request": f"#{number}",
                       "patch_id": f"{self.random.getrandbits(160):040x}"}
        else:
            record |= {"failed_stage": "review", "failure": "deterministic", "reason": self.words(60).replace("\n", " ")}

        steps, lines, files, exchange, total = [], [], [], 0, {"input_total": 0, "output_total": 0, "source": "reported"}
        money, attempts = 0, {}
        for at, name in enumerate(STAGES, 1):
            attempts[name] = attempts.get(name, 0) + 1
            when = began + datetime.timedelta(seconds=2 * at)
            new, usage, cost, mine, gates = [], {"input_total": 0, "output_total": 0, "source": "none"}, 0, [], []
            if name not in ("validate",):
                exchange += 1
                new, usage, cost = self.exchange(exchange, EXCHANGES[exchange - 1], when, *self.model)
                mine = [exchange]
            else:
                judged = f"{self.random.getrandbits(160):040x}"
                new = [self.gate("ruff", judged, at > 4), self.gate("mypy", judged, True)]
                gates = [path for path, _ in new]
            file, line, _ = self.stage(at, name, attempts[name], when, run, base[1], (usage, cost, mine, gates, at != 4))
            steps.append((name, attempts[name], when, new + [file]))
            lines.append(line)
            files += new + [file]
            total = {k: total[k] + usage[k] for k in ("input_total", "output_total")} | {"source": "reported"}
            money += cost
        metrics = {"attempts": 8, "cost": {"basis": "provider", "pico_usd": money}, "exchanges": 6, "first_try": False,
                   "gates_ms": 2800, "model_ms": 5430, "usage": total, "wall_ms": 20000}
        review = {"base": base[0], "commit": head if outcome == "delivered" else "", "patch_id": record.get("patch_id", ""),
                  "prompt": "26bd5afaaf006cdae89e810f2f062c759d1f1b8b", "reasons": [] if outcome == "delivered" else ["AC1: not shown"],
                  "reviewer": "/".join(self.model[:2]), "run": run, "same_model_as_builder": True, "spec": spec[1],
                  "table": {"hunks": [{"id": "H1", "serves": "AC1", "why": self.words(60)}]}, "time": iso(ended), "tree": tree, "v": 1,
                  "verdict": "approved" if outcome == "delivered" else "rejected"}
        if outcome != "delivered":
            del review["commit"]
        judged = self.stream.blob(dumped(review))
        trace = self.stream.blob(b"".join(dumped({"kind": "stage.end", "run": run, "stage": s, "time": iso(w), "text": self.words(120)})
                                          for s, _, w, _ in steps))
        whole = self.stream.blob(dumped(record))
        ledger_only = self.stream.blob(dumped(metrics))
        self.commits(run, began, ended, record, metrics, steps, files, dict(spec=spec[0], page=page[0], review=judged[0],
                     trace=trace[0], run=whole[0], metrics=ledger_only[0]))
        if outcome == "delivered":
            self.keep_notes(run, head, tree, ended, lines, metrics, review, page)
        if self.stream.sample is not None:
            self.samples.append(b"".join(self.stream.sample))
            self.stream.sample = None

    def commits(self, run, began, ended, record, metrics, steps, files, blobs):
        s, tip = self.stream, None
        more = [("spec.json", blobs["spec"]), ("spec.md", blobs["page"])]
        for at, (name, attempt, when, new) in enumerate(steps):
            added = new + ([("run.json", blobs["run"])] + more if at == 0 else [])
            tip = s.commit("refs/bench/active", int(when.timestamp()), f"factory: {name} {attempt}\n", added,
                           start=self.code[0][0] if at == 0 else None, wipe=at == 0)
        last = [("review.json", blobs["review"]), ("trace.jsonl", blobs["trace"])]
        tip = s.commit("refs/bench/active", int(ended.timestamp()), "factory: save\n", last)
        month, folder = f"{began:%Y-%m}", f"{began:%d}/{run}/"
        kept = dict(files + more + last + [("run.json", blobs["run"])])
        for kind in ("replay", "ledger"):
            ref, message, merge, chosen = f"refs/factory/{kind}/{month}", f"factory: exchanges of {run}\n\nFactory-Run: {run}\n", tip, kept
            if kind == "ledger":
                chosen = {p: b for p, b in kept.items() if not p.startswith(("exchange-", "msg-", "trace"))} | {"metrics.json": blobs["metrics"]}
                message, merge = ledger_message(record, metrics), None
            s.commit(ref, int(ended.timestamp()), message, [(folder + p, b) for p, b in chosen.items()], merge=merge)

    def keep_notes(self, run, head, tree, ended, lines, metrics, review, page):
        end = b'{"at":"' + iso(ended).encode() + b'",' + dumped(metrics | {"run": run, "stage": "line", "status": "delivered"})[1:]
        verdict = b'{"at":"' + iso(ended).encode() + b'",' + dumped({k: v for k, v in review.items() if k != "table"})[1:]
        sample, self.stream.sample = self.stream.sample, None  # notes say again what the ledger holds
        for ref, target, blob in (("trace", head, self.stream.blob(b"".join(lines) + end)[0]), ("spec", head, page[0]),
                                  ("metrics", head, self.stream.blob(end)[0]), ("review", head, self.stream.blob(verdict)[0])):
            self.notes[ref].append((self.fanned(target), blob))
            if ref == "review":
                self.notes[ref].append((self.fanned(tree), blob))
        self.stream.sample = sample
        if len(self.notes["trace"]) >= NOTES_A_COMMIT:
            self.flush(int(ended.timestamp()))

    def fanned(self, target):
        return f"{target[:2]}/{target[2:]}" if self.fan == 1 else f"{target[:2]}/{target[2:4]}/{target[4:]}"

    def flush(self, when):
        for ref, files in self.notes.items():
            name = "refs/notes/factory/" + ref
            if files:
                # What an earlier process began goes on.
                again = name in self.begun and name not in self.flushed
                self.stream.commit(name, when, "factory: notes\n", files, start=name + "^0" if again else None)
                self.begun.add(name)
                self.flushed.add(name)
            self.notes[ref] = []

    def make(self):
        for number in range(self.runs):
            self.run(number)
        self.flush(int((self.start + self.step * self.runs).timestamp()))
        self.stream.end()


def ledger_message(record, metrics):
    rows = [("Run", record["run"]), ("Status", record["status"]), ("Verdict", "pass" if record["status"] == "delivered" else "fail"),
            ("Slug", record["slug"]), ("Title", record["title"].strip()), ("Base-Name", "main"), ("Base", record["base"]),
            ("Branch", record["branch"]), ("Head", record.get("head")), ("Tree", record.get("tree")), ("Patch-Id", record.get("patch_id")),
            ("PR", record["pull_request"]), ("Failed-Stage", record["failed_stage"]), ("Reason", record["reason"].strip()),
            ("Tokens", f"{metrics['usage']['input_total']}/{metrics['usage']['output_total']}"),
            ("Cost-Pico-Usd", metrics["cost"]["pico_usd"]), ("Cost-Basis", metrics["cost"]["basis"]), ("Wall-Ms", 20000),
            ("Model-Ms", 5430), ("Gates-Ms", 2800), ("Attempts", 8), ("Exchanges", 6), ("First-Try", "no"),
            ("Started", record["started"]), ("Ended", record["ended"]), ("Author", record["author"]), ("Schema", 1)]
    trailers = "".join(f"Factory-{key}: {value}\n" for key, value in rows if value not in (None, ""))
    return f"factory: {record['status']} {record['run']} {record['slug']}\n\n{record['title'].strip() or 'x'}\n\n{trailers}"


def iso(time):
    return f"{time:%Y-%m-%dT%H:%M:%S}.{time.microsecond // 1000:03}Z"


def make(folder, runs, months=24):
    """Makes the repository; gives the run ids, and the bytes a run of its data raw and gzipped."""
    maker = Maker(folder, runs, min(months, max(1, runs // 400)))
    maker.make()
    git(folder, "update-ref", "-d", "refs/bench/active")
    # Packs as they are, in one: nothing is looked for that could be a delta of something else.
    git(folder, "-c", "pack.window=0", "repack", "-d", "-q", "--geometric=2")
    git(folder, "reset", "-q", "--hard", "main")
    sample = maker.samples
    return {"ids": maker.ids, "raw": sum(map(len, sample)) / len(sample),
            "gzip_each": sum(len(zlib.compress(one, 6)) for one in sample) / len(sample),
            "gzip_all": len(zlib.compress(b"".join(sample), 6)) / len(sample)}


if __name__ == "__main__":
    made = make(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]) if len(sys.argv) > 3 else 24)
    del made["ids"]
    print(json.dumps(made))
