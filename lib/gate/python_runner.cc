// The program behind {runner}, as it is written beside a gate's reports.
//
// How tests come out is noted by a result class over whichever one the project has, so that nothing
// has to be installed; what is noted is written as pytest would: the same ids, causes and
// tracebacks. Coverage is measured in processes of their own with a configuration of ours, which
// keeps what the project leaves out and drops how it judges.
#include "gate/python_tests.h"

namespace gf::gate {

const char* const kPythonRunner =
    R"py("""Runs a project's tests and writes JUnit XML and Cobertura XML, with nothing installed for it.

runner.py KIND [--report FILE] [--coverage FILE] [--source PATH]... [--set NAME=VALUE]...
          -- THE RUNNER'S OWN ARGUMENTS [--only PATH[::CLASS[::METHOD]]...]
"""
import os
import subprocess
import sys
import traceback
from xml.sax.saxutils import escape, quoteattr

ROOT = os.getcwd()


class Order:
    def __init__(self, words):
        self.words, self.kind = words, words[0]
        self.report = self.coverage = ""
        self.sources, at = [], 1
        while words[at] != "--":
            name, value = words[at], words[at + 1]
            if name == "--report":
                self.report = value
            elif name == "--coverage":
                self.coverage = value
            elif name == "--source":
                self.sources.append(value)
            elif name == "--set":
                os.environ.setdefault(*value.split("=", 1))
            at += 2
        rest = words[at + 1 :]
        cut = rest.index("--only") if "--only" in rest else len(rest)
        self.arguments = rest[:cut]
        self.only = [os.path.normpath(one) for one in rest[cut + 1 :]]


def relative(path):
    path = os.path.relpath(os.path.realpath(path), os.path.realpath(ROOT))
    return path.replace(os.sep, "/")


def one_by_one(suite):
    for item in suite:
        if hasattr(item, "__iter__"):
            yield from one_by_one(item)
        else:
            yield item


def place_of(test):
    """File, class and name of a test as pytest would have them."""
    kind = type(test)
    if kind.__name__ == "_FailedTest":  # a module that could not be imported
        module = test._testMethodName.replace(".", "/")
        for folder in dict.fromkeys([ROOT, *sys.path]):
            for end in (".py", "/__init__.py"):
                path = os.path.join(folder, module + end)
                if os.path.isfile(path):
                    return relative(path), "", ""
        return module + ".py", "", ""
    if kind.__name__ == "_ErrorHolder":  # "setUpClass (tests.test_a.TestA)"
        what, _, where = test.description.partition(" (")
        name = where.rstrip(")")
        while name and name not in sys.modules:
            name = name.rpartition(".")[0]
        path = getattr(sys.modules.get(name), "__file__", None)
        return (relative(path) if path else ""), where.rstrip(")")[len(name) + 1 :], what
    path = getattr(sys.modules.get(kind.__module__), "__file__", None)
    name = getattr(test, "_testMethodName", None) or str(test)
    return (relative(path) if path else ""), kind.__qualname__, name


def chosen(test, only):
    if not only:
        return True
    path, where, name = place_of(test)
    full = "::".join([path, *[part for part in where.split(".") if part], *([name] if name else [])])
    return any(full == one or full.startswith(one + "::") or (one.startswith(path + "::") and not name)
               for one in only)


def told(error):
    """The exception's first line, and a traceback as pytest prints it."""
    kind, value, trace = error
    first = "".join(traceback.format_exception_only(kind, value)).strip()
    rows = []
    for frame in traceback.extract_tb(trace):
        if os.sep + "unittest" + os.sep in frame.filename:
            continue
        rows.append(f"{relative(frame.filename)}:{frame.lineno}: in {frame.name}")
        rows.append("    " + (frame.line or ""))
    rows += ["E   " + row for row in first.splitlines()]
    return first, "\n".join(rows)


def part_of(error):
    """In which part of a test it was raised: its body, or what is around it."""
    for frame in traceback.extract_tb(error[2]):
        if os.sep + "unittest" + os.sep in frame.filename:
            continue
        if frame.name in ("setUp", "asyncSetUp"):
            return "setup"
        return "teardown" if frame.name in ("tearDown", "asyncTearDown") else "body"
    return "body"


def noting(base):
    """`base`, a result class, that also notes what became of each test."""

    class Result(base):
        def note(self, test, what, error=None, words=""):
            seen = NOTED.setdefault("::".join(place_of(test)), [place_of(test), "passed", "", ""])
            if seen[1] in ("failure", "error"):
                return
            if error is not None:
                words, text = told(error)
                part = part_of(error)
                if type(test).__name__ == "_FailedTest":
                    what, words = "error", "collection failure"
                elif part != "body" or type(test).__name__ == "_ErrorHolder":
                    what = "error"
                    where = "teardown" if part == "teardown" else "setup"
                    words = f'failed on {where} with "{words}"'
                seen[2:] = [words, text]
            else:
                seen[2] = words
            seen[1] = what

        def addSuccess(self, test):
            super().addSuccess(test)
            self.note(test, "passed")

        def addFailure(self, test, err):
            super().addFailure(test, err)
            self.note(test, "failure", err)

        def addError(self, test, err):
            super().addError(test, err)
            self.note(test, "failure", err)

        def addSkip(self, test, reason):
            super().addSkip(test, reason)
            self.note(test, "skipped", words=reason)

        def addExpectedFailure(self, test, err):
            super().addExpectedFailure(test, err)
            self.note(test, "skipped", words="expected to fail")

        def addUnexpectedSuccess(self, test):
            super().addUnexpectedSuccess(test)
            self.note(test, "failure", words="Failed: passed, and was expected to fail")

        def addSubTest(self, test, subtest, err):
            super().addSubTest(test, subtest, err)
            if err is not None:
                self.note(test, "failure", err)

    return Result


NOTED = {}


def clean(text):
    return "".join(c if c in "\n\t" or c >= " " else "?" for c in text)


def write_report(path):
    rows = ['<?xml version="1.0" encoding="utf-8"?>', "<testsuites><testsuite>"]
    for (file, where, name), what, words, text in NOTED.values():
        module = file[:-3].replace("/", ".") if file.endswith(".py") else file
        row = "<testcase"
        if file:
            row += f" file={quoteattr(file)}"
        if not name:  # the file itself
            row += f' classname="" name={quoteattr(module)}'
        else:
            row += f" classname={quoteattr('.'.join(part for part in (module, where) if part))}"
            row += f" name={quoteattr(clean(name))}"
        if what == "passed":
            rows.append(row + "/>")
        else:
            rows.append(f"{row}><{what} message={quoteattr(clean(words))}>{escape(clean(text))}</{what}></testcase>")
    rows.append("</testsuite></testsuites>")
    with open(path, "w", encoding="utf-8", errors="backslashreplace") as file:
        file.write("\n".join(rows))


def exit_code(failed):
    ran = [one for one in NOTED.values() if one[1] != "skipped"]
    return 1 if failed else (0 if ran else 5)


def run_unittest(order):
    import unittest

    class Program(unittest.TestProgram):
        def createTests(self, *arguments, **named):
            super().createTests(*arguments, **named)
            self.test = unittest.TestSuite(
                test for test in one_by_one(self.test) if chosen(test, order.only))

        def runTests(self):
            runner = unittest.TextTestRunner(
                resultclass=noting(unittest.TextTestResult), buffer=bool(self.buffer),
                verbosity=self.verbosity)
            self.result = runner.run(self.test)

    sys.path.insert(0, ROOT)
    program = Program(module=None, argv=["python -m unittest", *order.arguments], exit=False)
    return exit_code(not program.result.wasSuccessful())


def run_django(order):
    import runpy

    script = order.arguments[0]
    own = os.path.dirname(os.path.abspath(script)) if script.endswith(".py") else ROOT
    sys.path.insert(0, own)
    os.chdir(own)

    from django.test import runner as module

    # Whatever runner the project names is a DiscoverRunner: what it makes and asks is its parent's.
    suite_of, class_of = module.DiscoverRunner.build_suite, module.DiscoverRunner.get_resultclass

    def build_suite(self, *arguments, **named):
        suite = suite_of(self, *arguments, **named)
        if order.only:
            suite = self.test_suite(test for test in one_by_one(suite) if chosen(test, order.only))
        return suite

    def get_resultclass(self):
        import unittest
        return noting(class_of(self) or unittest.TextTestResult)

    module.DiscoverRunner.build_suite = build_suite
    module.DiscoverRunner.get_resultclass = get_resultclass
    failed = False
    try:
        if script == "-m":
            sys.argv = order.arguments[1:]
            runpy.run_module(order.arguments[1], run_name="__main__")
        else:
            sys.argv = [script, *order.arguments[1:]]
            runpy.run_path(os.path.join(own, os.path.basename(script)), run_name="__main__")
    except SystemExit as end:
        if end.code not in (None, 0, 1):
            raise
        failed = end.code == 1
    if failed and not any(one[1] in ("failure", "error") for one in NOTED.values()):
        return 2  # it ended for another reason, which it printed
    return exit_code(failed)


def run_pytest(order):
    import runpy

    sys.path.insert(0, ROOT)
    sys.argv = ["pytest", *order.arguments, *order.only]
    runpy.run_module("pytest", run_name="__main__", alter_sys=True)
    return 0


def settings_for(order, folder):
    """An rc file of ours: what the project measures otherwise is kept, how it judges is not."""
    import coverage

    theirs = coverage.Coverage(data_file=None)

    def option(name):
        try:
            return theirs.get_option(name) or []
        except Exception:
            return []

    rows = ["[run]", "branch = true", "parallel = true", f"data_file = {folder}/coverage.data"]
    if tuple(int(part) for part in coverage.__version__.split(".")[:2] if part.isdigit()) >= (7, 10):
        rows.append("patch = subprocess, _exit")
    for key, value in (("source", order.sources), ("omit", option("run:omit")),
                       ("plugins", option("run:plugins")),
                       ("concurrency", option("run:concurrency"))):
        if value:
            rows += [key + " ="] + ["    " + one for one in value]
    rows += ["[report]", "ignore_errors = true"]
    for key in ("exclude_lines", "exclude_also", "omit"):
        value = option("report:" + key)
        if value:
            rows += [key + " ="] + ["    " + one.replace("\n", "\n        ") for one in value]
    path = folder + "/coveragerc"
    with open(path, "w", encoding="utf-8") as file:
        file.write("\n".join(rows) + "\n")
    return path


def measured(order):
    """The same once more beneath coverage.py, and its report; None: it is not installed."""
    try:
        import coverage  # noqa: F401
        rc = settings_for(order, os.path.dirname(order.coverage))
    except Exception:
        return None
    start = [sys.executable, "-m", "coverage"]
    words = ["--inner", *order.words]
    code = subprocess.call([*start, "run", "--rcfile", rc, os.path.abspath(__file__), *words])
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    subprocess.call([*start, "combine", "--rcfile", rc], **quiet)
    subprocess.call([*start, "xml", "--rcfile", rc, "-o", order.coverage], **quiet)
    return code


def main():
    words = sys.argv[1:]
    inner = words[0] == "--inner"
    order = Order(words[1:] if inner else words)
    if order.coverage and not inner:
        code = measured(order)
        if code is not None:
            return code
    sys.path.pop(0)  # the folder of this file
    code = {"unittest": run_unittest, "django": run_django, "pytest": run_pytest}[order.kind](order)
    if order.report and order.kind != "pytest":
        write_report(order.report)
    return code


if __name__ == "__main__":
    sys.exit(main())
)py";

}  // namespace gf::gate
