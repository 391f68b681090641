"""Releases of other languages' projects: fetched by their own clients, so that the user's registries and
proxies are used, and laid out as a repository has them. Nothing of them is kept in this repository."""

import json
import os
import pathlib
import re
import shutil
import subprocess

MANIFEST = '[package]\nname = "fetch"\nversion = "0.0.0"\nedition = "2021"\n[dependencies]\n'


def run(words, where, **more):
    return subprocess.run(words, cwd=where, env=os.environ | more, check=True, text=True,
                          stdout=subprocess.PIPE).stdout


def crate(folder, name, version):
    """What cargo unpacks, as it was published: without its marks. The author's own manifest, where it stands
    for itself: the one that cargo made of it names every target, so that a new file of tests is none."""
    (folder / "src").mkdir()
    (folder / "src/lib.rs").touch()
    (folder / "Cargo.toml").write_text(f'{MANIFEST}{name} = "={version}"\n')
    home = folder / "home"
    run(["cargo", "fetch", "--quiet"], folder, CARGO_HOME=str(home))
    found = next(home.glob(f"registry/src/*/{name}-{version}"))
    own = found / "Cargo.toml.orig"
    if own.exists() and "workspace = true" not in own.read_text():
        own.rename(found / "Cargo.toml")
    for mark in (".cargo-ok", ".cargo_vcs_info.json", "Cargo.toml.orig"):
        (found / mark).unlink(missing_ok=True)
    return found


def module(folder, name, version):
    downloaded = run(["go", "mod", "download", "-json", f"{name}@{version}"], folder,
                  GOMODCACHE=str(folder / "cache"), GOFLAGS="-modcacherw")
    return pathlib.Path(json.loads(downloaded)["Dir"])


def package(folder, name, version):
    packed = run(["npm", "pack", "--silent", f"{name}@{version}"], folder).split()[-1]
    shutil.unpack_archive(folder / packed, folder)
    return folder / "package"


def sources_of_machine():
    """The Debian archives that the machine's own apt installs from, as places of source packages."""
    listing = run(["apt-get", "indextargets", "--format", "$(ORIGIN)|$(REPO_URI) $(RELEASE) $(COMPONENT)",
                   "Created-By: Packages"], None)
    found = {tuple(line.partition("|")[2].split()) for line in listing.splitlines() if line.startswith(("Debian|", "|"))}
    suites = {suite for _, suite, _ in found}
    # "bookworm-security" beside "bookworm" lists newer revisions of the same authors' archives, and may not have them.
    whole = [place for place in sorted(found) if place[1].rpartition("-")[0] not in suites]
    return "".join(f"deb-src {' '.join(place)}\n" for place in whole)


def debian(folder, name, version):
    """The author's own archive of a Debian source package: by apt, with lists of its own, so that the machine's
    stay as they are. `version` is the author's: Debian's revision of it changes."""
    (folder / "sources.list").write_text(sources_of_machine())
    (folder / "lists/partial").mkdir(parents=True)
    (folder / "cache/archives/partial").mkdir(parents=True)
    own = ["-qq", "-o", f"Dir::Etc::sourcelist={folder}/sources.list", "-o", "Dir::Etc::sourceparts=-",
           "-o", f"Dir::State::lists={folder}/lists", "-o", f"Dir::Cache={folder}/cache"]
    run(["apt-get", *own, "update"], folder)
    listed = re.findall(r"^Version: (.*)$", run(["apt-cache", *own, "showsrc", name], folder), re.M)
    of_author = [one for one in listed if one.rpartition("-")[0] == version]
    if not of_author:
        raise RuntimeError(f"{name} {version} is not among {sorted(set(listed))}")
    run(["apt-get", *own, "source", "--tar-only", "--download-only", f"{name}={of_author[-1]}"], folder)
    archive = next(folder.glob("*.orig.tar.*"))
    (folder / "unpacked").mkdir()
    shutil.unpack_archive(archive, folder / "unpacked")
    return next((folder / "unpacked").iterdir())


FETCHERS = {"crates": crate, "go": module, "npm": package, "debian": debian}


def unpack(row, target):
    """The release in `target`, which is not there yet."""
    work = target.with_name(target.name + "-fetched")
    work.mkdir(parents=True)
    found = FETCHERS[row["from"]](work, row["module"] if "module" in row else row["name"], row["version"])
    shutil.copytree(found, target)


def counts_of_tape(out):
    """tape's own sums are of assertions: its tests are the headings before these, and failed is one with a
    "not ok" below it."""
    body = out[:out.index("\n1..")]
    tests = [part for part in re.split(r"^# ", body, flags=re.M)[1:] if re.search(r"^(not )?ok ", part, re.M)]
    failed = sum(bool(re.search(r"^not ok ", part, re.M)) for part in tests)
    return {"passed": len(tests) - failed, "failed": failed, "skipped": 0}


def counts_of_lines(out):
    """mocha's last lines ("10 passing (9ms)"), or vitest's one ("Tests  1 failed | 72 passed (73)") with the files
    that could not be loaded, of which no test is known."""
    words = {"passing": "passed", "passed": "passed", "failing": "failed", "failed": "failed", "pending": "skipped",
             "skipped": "skipped"}
    vitest = re.search(r"^ +Tests +(.*)$", out, re.M)
    said = re.findall(r"(\d+) (passed|failed|skipped)", vitest[1]) if vitest else \
        re.findall(r"^ +(\d+) (passing|failing|pending)\b", out, re.M)
    if not said:
        return {}
    sums = dict.fromkeys(words.values(), 0) | {words[word]: int(number) for number, word in said}
    sums["failed"] += len(re.findall(r"^ \S \S+ \(0 test\)", out, re.M))
    return sums


def counts_of_ctest(out):
    """`ctest -V`: a program of Unity or GoogleTest counts as many tests as it says, and another is one."""
    sums = {"passed": 0, "failed": 0, "skipped": 0}
    for number, word in re.findall(r"^ *\d+/\d+ Test +#(\d+): .*?(Passed|Failed|Skipped|Not Run|\*\*\*\w+)", out, re.M):
        said = "\n".join(re.findall(rf"^{number}: (.*)$", out, re.M))
        unity = re.search(r"^(\d+) Tests (\d+) Failures (\d+) Ignored", said, re.M)
        googletest = re.search(r"^\[==========\] (\d+) tests? from", said, re.M)
        ran, failed, skipped = 1, int(word != "Passed"), 0
        if unity:
            ran, failed, skipped = map(int, unity.groups())
        elif googletest:
            ran, skipped = int(googletest[1]), len(re.findall(r"^\[  SKIPPED \] \S+ \(", said, re.M))
            failed = len(re.findall(r"^\[  FAILED  \] \S+ \(", said, re.M))
        sums = {"passed": sums["passed"] + ran - failed - skipped, "failed": sums["failed"] + failed,
                "skipped": sums["skipped"] + skipped}
    return sums


def counts_said(kind, out):
    """What a runner's own words count: tests passed, failed, skipped; empty where it says nothing."""
    if kind == "npm" and re.search(r"^# pass  \d+$", out, re.M):
        return counts_of_tape(out)
    if kind == "npm" and (totals := counts_of_lines(out)):
        return totals
    if kind == "go":
        verdicts = re.findall(r"^ *--- (PASS|FAIL|SKIP): ", out, re.M)
        return {"passed": verdicts.count("PASS"), "failed": verdicts.count("FAIL"), "skipped": verdicts.count("SKIP")}
    if kind == "npm":
        totals = dict(re.findall(r"^(?:#|ℹ) (pass|fail|skipped) (\d+)$", out, re.M))
        return {"passed": int(totals["pass"]), "failed": int(totals["fail"]),
                "skipped": int(totals["skipped"])} if totals else {}
    if re.search(r"^\d+% tests passed, \d+ tests failed out of \d+$", out, re.M):
        return counts_of_ctest(out)
    if kind == "debian":  # Maven's sum of each module, which names no class
        totals = re.findall(r"Tests run: (\d+), Failures: (\d+), Errors: (\d+), Skipped: (\d+)$", out, re.M)
        ran, failed, errors, skipped = [sum(map(int, column)) for column in zip(*totals)] or [0] * 4
        return {"passed": ran - failed - errors - skipped, "failed": failed + errors,
                "skipped": skipped} if totals else {}
    totals = re.findall(r"^test result: \S+ (\d+) passed; (\d+) failed; (\d+) ignored", out, re.M)
    sums = [sum(map(int, column)) for column in zip(*totals)]
    return dict(zip(("passed", "failed", "skipped"), sums)) if totals else {}
