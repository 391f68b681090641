#!/usr/bin/env python3
"""What targeted verification runs of a suite, and what it misses.

    affected.py <affected_bench> <folder of a project> <its sources> [--count 50] [--python python3]

Plants one fault in each of so many functions, spread over all of them (the body becomes an
exception), runs the project's whole suite, and compares what fails with what would have been
chosen. The project is a copy; its own tests have to be green. Prints a line a project; exits 1
where something was missed.
"""
import argparse
import ast
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import xml.etree.ElementTree


def run(options, folder):
    """Results by (file, test): True where it passed or was skipped."""
    report = pathlib.Path(tempfile.mkdtemp()) / "report.xml"
    subprocess.run(
        [options.python, "-B", "-m", "pytest", "-q", "-p", "no:cacheprovider",
         "-o", "junit_family=xunit1", f"--junitxml={report}"],
        cwd=folder, env=dict(os.environ, PYTHONPATH=os.path.join(folder, options.path)),
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=options.timeout, check=False)
    results = {}
    for case in xml.etree.ElementTree.parse(report).iter("testcase"):
        bad = case.find("failure") is not None or case.find("error") is not None
        path = case.get("file") or (case.get("name") or "").replace(".", "/") + ".py"
        results[(path, case.get("classname"), case.get("name"))] = not bad
    shutil.rmtree(report.parent)
    return results


def functions(path):
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield node


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("bench")
    parser.add_argument("folder")
    parser.add_argument("sources")
    parser.add_argument("--count", type=int, default=50)
    parser.add_argument("--python", default=sys.executable)
    parser.add_argument("--path", default="src", help="what PYTHONPATH has")
    parser.add_argument("--timeout", type=int, default=600, help="seconds of one suite")
    options = parser.parse_args()
    copy = os.path.join(tempfile.mkdtemp(), "project")
    shutil.copytree(options.folder, copy)
    base = run(options, copy)
    green = {test for test, good in base.items() if good}
    tested = sorted({test[0] for test in base})
    places = [(path, node) for path in sorted(pathlib.Path(copy, options.sources).rglob("*.py"))
              for node in functions(path)]
    places = places[:: max(1, len(places) // options.count)][: options.count]
    shares, missed, noticed, whole, hung = [], 0, 0, 0, 0
    for path, node in places:
        text = path.read_text()
        lines = text.splitlines(keepends=True)
        first = node.body[0]
        indent = " " * first.col_offset
        lines[first.lineno - 1 : node.end_lineno] = [indent + "raise RuntimeError('planted')\n"]
        name = path.relative_to(copy).as_posix()
        if first.lineno == node.lineno:
            continue
        chosen = subprocess.run([options.bench, copy, *tested], input=name + "\n", text=True,
                                capture_output=True, check=True).stdout.split()
        path.write_text("".join(lines))
        try:
            after = run(options, copy)
        except subprocess.TimeoutExpired:  # which tests would have failed is not known
            hung += 1
            continue
        finally:
            path.write_text(text)
        fails = {test for test in green if not after.get(test, False)}
        every = "*" in chosen
        asked = green if every else {test for test in green if test[0] in chosen}
        whole += every
        noticed += bool(fails)
        missed += len({test for test in fails if test in after and test not in asked})
        shares.append(len(asked) / len(green))
    shutil.rmtree(os.path.dirname(copy))
    print(f"{os.path.basename(os.path.normpath(options.folder))}: {len(green)} tests in "
          f"{len(tested)} files; {len(shares)} faults, {noticed} noticed; share that ran "
          f"{100 * sum(shares) / len(shares):.0f} % (least {100 * min(shares):.0f} %), whole suite "
          f"for {whole}; missed {missed}; {hung} more never ended")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
