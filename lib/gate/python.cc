// Python: its checkers (python_tools.h), its tests (python_tests.h), python's own parser.
#include "gate/affected.h"
#include "gate/detect.h"
#include "gate/python_project.h"
#include "gate/python_tests.h"
#include "gate/python_tools.h"

namespace gf::gate {
namespace {

using record::TreeFacts;

void detect_python(const TreeFacts& tree, const std::string& python, Detected& detected) {
  PythonProject project(tree, detected.outer_evidence, detected.inside);
  for (Gate& check : python_checks(project, python)) detected.gates.push_back(std::move(check));
  if (auto tests = python_tests(project, python)) detected.gates.push_back(std::move(*tests));
  for (std::string& note : project.notes()) detected.notes.push_back(std::move(note));
}

/// Links are not followed and pipes are not waited for: the tree is a stranger's.
/// Started after each edit, so that it loads nothing that it may do without: ast, json and tomllib
/// take three times as long as the rest of a start. compile() with PyCF_ONLY_AST is ast.parse().
constexpr const char* kParser = R"(
import os, stat, sys
from _ast import PyCF_ONLY_AST
def toml(data):
    try:
        import tomllib
    except ImportError:
        return
    tomllib.loads(data.decode())
def json(data):
    import json
    json.loads(data)
def content(path):
    handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    with open(handle, "rb") as file:
        return file.read() if stat.S_ISREG(os.fstat(file.fileno()).st_mode) else b""
out = sys.stdout.buffer
for path in sys.stdin.buffer.read().split(b"\0"):
    if not path:
        continue
    try:
        data = content(path)
    except OSError:
        continue
    try:
        if path.endswith(b".py"):
            compile(data, "<file>", "exec", PyCF_ONLY_AST, True)
        elif path.endswith(b".json"):
            json(data)
        else:
            toml(data)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        line = getattr(error, "lineno", 0) or 0
        text = getattr(error, "msg", None) or str(error) or type(error).__name__
        message = str(text).replace("\0", " ").encode("utf-8", "backslashreplace")
        out.write(path + b"\0" + str(line).encode() + b"\0" + message + b"\0")
)";

Parser parser_of(const std::string& python) {
  // -I passes PYTHONDONTWRITEBYTECODE by, and what path files of the user's import is the user's.
  return {{python, "-I", "-B", "-c", kParser}, {"python3", "-I", "-c", "<parse>"}};
}

}  // namespace

Language python() {
  Language row;
  row.name = "Python";
  row.sources = {"*.py"};
  row.test_paths = {"tests/**",  "test/**",     "**/test_*.py", "**/*_test.py",
                    "test_*.py", "**/tests/**", "**/tests.py"};
  row.test_helpers = {"**/conftest.py", "**/__init__.py"};
  row.settings = {"pyproject.toml", "setup.cfg",    "tox.ini",       "mypy.ini",
                  ".mypy.ini",      "**/ruff.toml", "**/.ruff.toml", "pytest.ini",
                  ".coveragerc",    ".flake8",      ".pylintrc",     "pyrightconfig.json",
                  "uv.lock",        "poetry.lock",  "Pipfile.lock",  "pdm.lock"};
  row.parsed = {"*.py", "*.json", "*.toml"};
  row.detect = detect_python;
  row.parser = parser_of;
  row.links = python_links;
  return row;
}

}  // namespace gf::gate
