// Which runner a project's tests are for, and how it is called.
#include "gate/python_tests.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/glob.h"
#include "base/text.h"
#include "gate/arguments.h"

namespace gf::gate {
namespace {

using Words = PythonProject::Words;
using namespace std::string_view_literals;

constexpr Milliseconds kTestsTime{1800000};
constexpr size_t kPathsLookedAt = 5000;

std::optional<std::string> pytest_set_up(const PythonProject& project) {
  if (project.has_table("pyproject.toml", {"tool", "pytest"}))
    return project.table_place("pyproject.toml", {"tool", "pytest"});
  if (project.tree().has_path("pytest.ini")) return "pytest.ini";
  if (project.has_table("setup.cfg", {"tool:pytest"}))
    return project.table_place("setup.cfg", {"tool:pytest"});
  if (project.has_table("tox.ini", {"pytest"})) return project.table_place("tox.ini", {"pytest"});
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

/// The first file that holds tests by its name: in a folder tests or test, wherever that is, or
/// test_*.py beside the code at the top. Django calls a module of tests tests.py.
std::string first_test(const PythonProject& project) {
  static const std::vector<std::string> names = {
      "**/tests/test_*.py",   "**/test/test_*.py", "**/tests/**/test_*.py",
      "**/test/**/test_*.py", "tests/*_test.py",   "/test_*.py",
      "**/tests.py"};
  std::string first;
  for (const std::string& path : project.tree().paths("", kPathsLookedAt)) {
    if (!glob_matches_any(names, path)) continue;
    bool top = path.starts_with("tests/") || path.starts_with("test/");
    if (top) return path;
    if (first.empty()) first = path;
  }
  return first;
}

/// "tests in tests/", "tests in shop/tests/".
std::string folder_text(const std::string& path) {
  for (std::string_view root : {"tests/"sv, "test/"sv}) {
    if (path.starts_with(root)) return fmt::format("tests in {}", root);
  }
  size_t slash = path.rfind('/');
  if (slash == std::string::npos) return "tests at the top";
  return "tests in " + path.substr(0, slash + 1);
}

/// "manage.py", "site/manage.py"; empty: it is no Django project.
std::string manage_script(const PythonProject& project) {
  const record::TreeFacts& tree = project.tree();
  for (const std::string& path : tree.paths("", kPathsLookedAt)) {
    bool near = path == "manage.py" || glob_matches("*/manage.py", path);
    if (near && tree.read(path).value_or("").find("django") != std::string::npos) return path;
  }
  return {};
}

/// The settings that an application has for its tests, where it is no site of its own:
/// "tests/settings.py". Empty: none.
std::string settings_of_tests(const PythonProject& project) {
  static const std::vector<std::string> names = {"tests/settings.py",      "test/settings.py",
                                                 "tests/test_settings.py", "test_settings.py",
                                                 "tests/*/settings.py",    "*/tests/settings.py"};
  const record::TreeFacts& tree = project.tree();
  for (const std::string& path : tree.paths("", kPathsLookedAt)) {
    bool named = glob_matches_any(names, path);
    if (named && tree.read(path).value_or("").find("INSTALLED_APPS") != std::string::npos)
      return path;
  }
  return {};
}

/// "tests/settings.py" as Python names it.
std::string module_of(const std::string& path) {
  return replace_all(path.substr(0, path.rfind('.')), "/", ".");
}

/// "python3 {runner} <kind> ... -- <arguments> --only": what is selected stands behind.
Gate run_by_us(const PythonProject& project, const std::string& python, const std::string& kind,
               const Words& arguments) {
  Gate gate;
  gate.name = kind;
  gate.stage = "test";
  gate.argv = {python, "{runner}", kind, "--report", "{report}", "--coverage", "{coverage}"};
  for (const std::string& package : project.packages()) {
    gate.argv.emplace_back("--source");
    gate.argv.push_back(package);
  }
  gate.argv.emplace_back("--");
  gate.argv.insert(gate.argv.end(), arguments.begin(), arguments.end());
  gate.argv.emplace_back("--only");
  gate.report = "junit";
  gate.coverage = "cobertura";
  gate.timeout = kTestsTime;
  return gate;
}

/// Which settings Django reads, where the project's call says it in front.
void take_settings(const Evidence* call, Gate& gate) {
  if (call == nullptr) return;
  for (const std::string& variable : call->call.variables) {
    if (!variable.starts_with("DJANGO_SETTINGS_MODULE=")) continue;
    gate.argv.insert(gate.argv.begin() + 3, {"--set", variable});
    return;
  }
}

Gate unittest_gate(const PythonProject& project, const std::string& python, const Evidence* call,
                   const std::string& test) {
  Words arguments;
  if (call != nullptr) {
    arguments = arguments_kept(
        call->call.arguments,
        {"-v", "--verbose", "-q", "--quiet", "-f", "--failfast", "-c", "--catch"}, {});
    // "tests/*.py" was the shell's to fill in.
    bool pattern = std::any_of(arguments.begin(), arguments.end(), [](const std::string& word) {
      return word.find('*') != std::string::npos && word.find('/') != std::string::npos;
    });
    if (pattern) arguments.clear();
  }
  if (arguments.empty()) {
    std::string folder = test.substr(0, test.find('/'));
    bool below = test.find('/') != std::string::npos;
    arguments = {"discover"};
    if (below && (folder == "tests" || folder == "test" || folder == "src")) {
      arguments.insert(arguments.end(), {"-s", folder});
      if (project.tree().has_path(folder + "/__init__.py"))
        arguments.insert(arguments.end(), {"-t", "."});
    }
  }
  return run_by_us(project, python, "unittest", arguments);
}

Gate django_gate(const PythonProject& project, const std::string& python, const Evidence* call,
                 const std::string& script) {
  Words arguments = script.empty() ? Words{"-m", "django", "test"} : Words{script, "test"};
  Words given = call == nullptr
                    ? Words{}
                    : arguments_kept(call->call.arguments,
                                     {"--failfast", "--debug-sql", "--timing", "--debug-mode",
                                      "--noinput", "--no-input", "--keepdb", "--pdb"},
                                     {"--parallel", "-v", "--verbosity", "--shuffle"});
  arguments.insert(arguments.end(), given.begin(), given.end());
  arguments.emplace_back("--noinput");
  Gate gate = run_by_us(project, python, "django", arguments);
  take_settings(call, gate);
  return gate;
}

/// The paths of the tree among the words of the project's own call.
Words test_targets(const PythonProject& project, const Evidence* call) {
  if (call == nullptr || pytest_knows_its_tests(project)) return {};
  Words targets = call->call.arguments;
  std::erase_if(targets, [&](const std::string& word) { return !project.has_target({word}); });
  return targets;
}

/// In worktrees of ours the project's manager (`uv run`) would make an empty environment: the
/// interpreter is that of the environment.
Gate pytest_gate(const PythonProject& project, const std::string& python, const Evidence* call) {
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
  gate.targets = test_targets(project, call);
  gate.report = "junit";
  gate.coverage = "cobertura";
  gate.timeout = kTestsTime;
  Gate ours = without_pytest_cov(gate).value_or(gate);
  take_settings(call, ours);
  return ours.argv[3] == "--set" ? ours : gate;
}

Gate because(Gate gate, std::string why) {
  gate.why = std::move(why);
  return gate;
}

}  // namespace

std::optional<Gate> python_tests(const PythonProject& project, const std::string& python) {
  const Evidence* pytest = project.evidence("pytest");
  if (auto why = pytest_set_up(project)) return because(pytest_gate(project, python, pytest), *why);
  std::string test = first_test(project);
  if (pytest != nullptr)
    return because(pytest_gate(project, python, pytest), evidence_text(*pytest));
  std::string script = manage_script(project);
  if (const Evidence* call = project.evidence("django"))
    return because(django_gate(project, python, call, script), evidence_text(*call));
  const record::TreeFacts& tree = project.tree();
  const Evidence* unittest = project.evidence("unittest");
  if (unittest != nullptr && !tree.mentions("import pytest"))
    return because(unittest_gate(project, python, unittest, test), evidence_text(*unittest));
  // Twisted's test cases are unittest's, and wait for what they start by themselves. What trial was
  // given are modules and folders of its own kind: all tests are found instead.
  if (const Evidence* call = project.evidence("trial"); call != nullptr && !test.empty())
    return because(unittest_gate(project, python, nullptr, test), evidence_text(*call));
  if (const Evidence* call = project.evidence("nose"))
    return because(pytest_gate(project, python, call), evidence_text(*call));
  if (test.empty()) return std::nullopt;
  if (!script.empty()) return because(django_gate(project, python, nullptr, script), script);
  std::string settings = tree.mentions("import pytest") ? "" : settings_of_tests(project);
  if (!settings.empty()) {
    Gate gate = django_gate(project, python, nullptr, "");
    gate.argv.insert(gate.argv.begin() + 3,
                     {"--set", "DJANGO_SETTINGS_MODULE=" + module_of(settings)});
    return because(std::move(gate), settings + " (INSTALLED_APPS)");
  }
  std::string why = folder_text(test);
  if (tree.mentions("unittest") && !tree.mentions("pytest"))
    return because(unittest_gate(project, python, nullptr, test), why + ", made with unittest");
  return because(pytest_gate(project, python, nullptr), why);
}

std::optional<Gate> without_pytest_cov(const Gate& gate) {
  constexpr std::string_view kSource = "--cov=";
  bool pytest = gate.argv.size() > 3 && gate.argv[1] == "-m" && gate.argv[2] == "pytest";
  if (!pytest || gate.coverage.empty()) return std::nullopt;
  Gate plain = gate;
  plain.argv = {gate.argv[0], "{runner}", "pytest", "--coverage", "{coverage}"};
  Words rest = {"--"};
  for (size_t i = 3; i < gate.argv.size(); ++i) {
    const std::string& word = gate.argv[i];
    if (word.starts_with(kSource)) {
      plain.argv.insert(plain.argv.end(), {"--source", word.substr(kSource.size())});
    } else if (!word.starts_with("--cov")) {
      rest.push_back(word);
    }
  }
  if (rest.size() + 2 > gate.argv.size()) return std::nullopt;  // it measures nothing
  plain.argv.insert(plain.argv.end(), rest.begin(), rest.end());
  plain.argv.emplace_back("--only");
  return plain;
}

}  // namespace gf::gate
