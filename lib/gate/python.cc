// Python: its checkers (python_tools.h), pytest where there are tests, python's own parser.
#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "gate/detect.h"
#include "gate/python_project.h"
#include "gate/python_tools.h"

namespace gf::gate {
namespace {

using record::TreeFacts;
using Words = std::vector<std::string>;

constexpr Milliseconds kTestsTime{1800000};

std::optional<std::string> why_pytest(const PythonProject& project) {
  if (project.has_table("pyproject.toml", {"tool", "pytest"}))
    return project.told_table("pyproject.toml", {"tool", "pytest"});
  if (project.tree().has_path("pytest.ini")) return "pytest.ini";
  if (project.has_table("setup.cfg", {"tool:pytest"}))
    return project.told_table("setup.cfg", {"tool:pytest"});
  if (project.has_table("tox.ini", {"pytest"})) return project.told_table("tox.ini", {"pytest"});
  for (const char* folder : {"tests", "test"}) {
    for (const std::string& path : project.tree().paths(folder, 2000)) {
      std::string name = path.substr(path.rfind('/') + 1);
      if (name.starts_with("test_") && name.ends_with(".py"))
        return fmt::format("tests in {}/", folder);
    }
  }
  if (const Evidence* evidence = project.evidence("pytest")) return told_where(*evidence);
  return std::nullopt;
}

/// Whether pytest's configuration says where the tests are; a path on the command line would win.
bool pytest_knows_its_tests(const PythonProject& project) {
  for (const char* key : {"testpaths", "python_files"}) {
    if (project.has_value("setup.cfg", {"tool:pytest"}, key)) return true;
    if (project.has_value("tox.ini", {"pytest"}, key)) return true;
    if (project.has_value("pytest.ini", {"pytest"}, key)) return true;
    for (const ConfigFile::Path& table :
         {ConfigFile::Path{"tool", "pytest"}, ConfigFile::Path{"tool", "pytest", "ini_options"}}) {
      if (project.has_value("pyproject.toml", table, key)) return true;
    }
  }
  return false;
}

/// The paths of the tree among the words of the project's own call.
Words test_targets(const PythonProject& project) {
  const Evidence* evidence = project.evidence("pytest");
  if (evidence == nullptr || pytest_knows_its_tests(project)) return {};
  Words targets = evidence->call.arguments;
  std::erase_if(targets, [&](const std::string& word) { return !project.has_target({word}); });
  return targets;
}

/// In worktrees of ours the project's manager (`uv run`) would make an empty environment: the
/// interpreter is that of the environment.
Gate pytest_gate(const PythonProject& project, const std::string& python, const std::string& why) {
  Gate gate;
  gate.name = "pytest";
  gate.stage = "test";
  gate.argv = {python,
               "-m",
               "pytest",
               "-q",
               "-o",
               "cache_dir={report}.cache",  // not without: options of the project's may be its
               "-o",
               "junit_family=xunit1",
               "--junitxml={report}",
               "--cov-branch"};
  for (const std::string& package : project.packages()) gate.argv.push_back("--cov=" + package);
  gate.argv.emplace_back("--cov-report=xml:{coverage}");
  gate.targets = test_targets(project);
  gate.report = "junit";
  gate.coverage = "cobertura";
  gate.timeout = kTestsTime;
  gate.why = why;
  return gate;
}

void detect_python(const TreeFacts& tree, const std::string& python, Detected& detected) {
  PythonProject project(tree);
  for (Gate& check : python_checks(project, python)) detected.gates.push_back(std::move(check));
  if (auto why = why_pytest(project)) detected.gates.push_back(pytest_gate(project, python, *why));
  for (std::string& note : project.notes()) detected.notes.push_back(std::move(note));
}

/// Links are not followed and pipes are not waited for: the tree is a stranger's.
constexpr const char* kParser = R"(
import ast, json, os, stat, sys
try:
    import tomllib
except ImportError:
    tomllib = None
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
            ast.parse(data, "<file>")
        elif path.endswith(b".json"):
            json.loads(data)
        elif tomllib:
            tomllib.loads(data.decode())
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        line = getattr(error, "lineno", 0) or 0
        text = getattr(error, "msg", None) or str(error) or type(error).__name__
        message = str(text).replace("\0", " ").encode("utf-8", "backslashreplace")
        out.write(path + b"\0" + str(line).encode() + b"\0" + message + b"\0")
)";

Parser parser_of(const std::string& python) {
  return {{python, "-I", "-c", kParser}, {"python3", "-I", "-c", "<parse>"}};
}

}  // namespace

Language python() {
  Language row;
  row.name = "Python";
  row.sources = {"*.py"};
  row.test_paths = {"tests/**", "test/**", "**/test_*.py", "**/*_test.py", "test_*.py"};
  row.test_helpers = {"**/conftest.py", "**/__init__.py"};
  row.settings = {"pyproject.toml", "setup.cfg",    "tox.ini",       "mypy.ini",
                  ".mypy.ini",      "**/ruff.toml", "**/.ruff.toml", "pytest.ini",
                  ".coveragerc",    ".flake8",      ".pylintrc",     "pyrightconfig.json",
                  "uv.lock",        "poetry.lock",  "Pipfile.lock",  "pdm.lock"};
  row.parsed = {"*.py", "*.json", "*.toml"};
  row.detect = detect_python;
  row.parser = parser_of;
  return row;
}

}  // namespace gf::gate
