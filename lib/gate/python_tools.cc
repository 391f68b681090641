// One row a tool. What the project gives a tool is kept, but for what rewrites files, prints
// otherwise than its report is read, or writes beside the tree.
#include "gate/python_tools.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "gate/arguments.h"

namespace gf::gate {
namespace {

using Words = PythonProject::Words;
using namespace std::string_view_literals;

constexpr Milliseconds kLinterTime{120000};
constexpr Milliseconds kTypesTime{600000};

enum class Default {
  kNothing,   ///< without a path the tool reads its configuration
  kTree,      ///< "."
  kPackages,  ///< the folders of the project's code
};

struct Tool {
  const char* gate;      ///< its name
  const char* evidence;  ///< ToolCall::tool
  Words words;           ///< behind `python -m`
  const char* report;
  Milliseconds time;
  Default targets;     ///< where the project's call names none
  Words dropped;       ///< options of a call that are left out
  Words dropped_with;  ///< options that are left out with the word behind them
};

const std::vector<Tool>& tools() {
  static const std::vector<Tool> all = {
      {"ruff",
       "ruff check",
       {"ruff", "check", "--output-format", "json", "--cache-dir", "{cache}/ruff"},
       "ruff-json",
       kLinterTime,
       Default::kTree,
       {"--fix", "--unsafe-fixes", "--exit-non-zero-on-fix", "--fix-only", "--show-fixes", "--diff",
        "--watch", "-q", "--quiet", "-n", "--no-cache", "-e", "--exit-zero", "--add-noqa"},
       {"--output-format", "--cache-dir", "-o", "--output-file"}},
      {"ruff-format",
       "ruff format",
       {"ruff", "format", "--check", "--cache-dir", "{cache}/ruff"},
       "ruff-format",
       kLinterTime,
       Default::kTree,
       {"--check", "--diff", "-q", "--quiet", "-n", "--no-cache"},
       {"--cache-dir"}},
      {"black",
       "black",
       {"black", "--check"},
       "ruff-format",
       kLinterTime,
       Default::kTree,
       {"--check", "--diff", "-q", "--quiet", "-v", "--verbose", "--color"},
       {}},
      {"isort",
       "isort",
       {"isort", "--check-only"},
       "isort",
       kLinterTime,
       Default::kTree,
       {"--check-only", "--check", "-c", "--diff", "--df", "-q", "--quiet", "-v", "--verbose"},
       {}},
      {"flake8",
       "flake8",
       {"flake8"},
       "text",
       kLinterTime,
       Default::kNothing,
       {"--exit-zero", "--benchmark", "--statistics", "--count", "--show-source", "-q", "-v"},
       {"--output-file", "--format", "--tee"}},
      {"pylint",
       "pylint",
       {"pylint", "--output-format=text", "--score=n"},
       "text",
       kTypesTime,
       Default::kPackages,
       {"--exit-zero"},
       {"--output", "-f"}},
      {"mypy",
       "mypy",
       {"mypy", "--output", "json", "--show-traceback", "--cache-dir", "{cache}/mypy"},
       "mypy-json",
       kTypesTime,
       Default::kTree,
       {"--install-types", "--non-interactive", "--pretty", "--show-traceback", "--no-incremental",
        "--show-column-numbers", "--show-error-context", "--no-error-summary"},
       {"--output", "-O", "--cache-dir", "--junit-xml", "--html-report", "--txt-report",
        "--any-exprs-report", "--python-executable"}},
      {"pyright",
       "pyright",
       {"pyright", "--outputjson"},
       "pyright",
       kTypesTime,
       Default::kNothing,
       {"--outputjson", "--stats", "--verbose", "-w", "--watch"},
       {}},
      {"ty",
       "ty",
       {"ty", "check", "--output-format", "concise"},
       "text",
       kTypesTime,
       Default::kNothing,
       {"--watch", "-W", "--exit-zero", "-q", "--quiet"},
       {"--output-format", "--python"}},
      {"pyrefly",
       "pyrefly",
       {"pyrefly", "check", "--output-format", "json"},
       "pyrefly",
       kTypesTime,
       Default::kNothing,
       {},
       {"--output-format", "--python-interpreter"}},
      {"bandit",
       "bandit",
       {"bandit", "-q", "-f", "custom", "--msg-template",
        "{relpath}:{line}: {severity}: {msg} [{test_id}]"},
       "text",
       kLinterTime,
       Default::kPackages,
       {"-q", "--quiet", "-v", "--exit-zero"},
       {"-f", "--format", "-o", "--output", "--msg-template"}},
  };
  return all;
}

std::optional<std::string> ruff_configured(const PythonProject& project) {
  if (project.has_table("pyproject.toml", {"tool", "ruff"}))
    return project.table_place("pyproject.toml", {"tool", "ruff"});
  for (const char* name : {"ruff.toml", ".ruff.toml"}) {
    if (project.tree().has_path(name)) return name;
  }
  return std::nullopt;
}

std::optional<std::string> mypy_configured(const PythonProject& project) {
  if (project.has_table("pyproject.toml", {"tool", "mypy"}))
    return project.table_place("pyproject.toml", {"tool", "mypy"});
  for (const char* name : {"mypy.ini", ".mypy.ini"}) {
    if (project.tree().has_path(name)) return name;
  }
  if (project.has_table("setup.cfg", {"mypy"})) return project.table_place("setup.cfg", {"mypy"});
  return std::nullopt;
}

/// What configuration alone allows. That a project holds ruff's settings does not say that ruff
/// lays its code out: half of those that do use another formatter.
std::optional<std::string> configured(const PythonProject& project, std::string_view gate) {
  if (gate == "ruff") return ruff_configured(project);
  if (gate == "mypy") return mypy_configured(project);
  if (gate == "ruff-format" && project.has_table("pyproject.toml", {"tool", "ruff", "format"}))
    return project.table_place("pyproject.toml", {"tool", "ruff", "format"});
  return std::nullopt;
}

/// Whether mypy's configuration says itself what to check; a path on the command line would win.
bool mypy_knows_its_files(const PythonProject& project) {
  for (const char* key : {"files", "packages", "modules"}) {
    for (const char* path : {"mypy.ini", ".mypy.ini", "setup.cfg"}) {
      if (project.has_value(path, {"mypy"}, key)) return true;
    }
    if (project.has_value("pyproject.toml", {"tool", "mypy"}, key)) return true;
  }
  return false;
}

Words default_targets(const Tool& tool, const PythonProject& project) {
  if (tool.targets == Default::kNothing) return {};
  if (tool.gate == "mypy"sv && mypy_knows_its_files(project)) return {};
  // Of everything that lies about, mypy takes two scripts of one name for a mistake: the project's
  // own code comes first.
  if (tool.gate == "mypy"sv) {
    Words folders = project.code_folders();
    if (!folders.empty()) return folders;
  }
  if (tool.targets == Default::kTree) return {"."};
  Words targets = project.packages();
  if (tool.gate == "bandit"sv) targets.insert(targets.begin(), "-r");
  return targets;
}

/// Settings by which `ruff check` rewrites what it finds: a gate says what it thinks of the code as
/// it is.
bool ruff_mends(const PythonProject& project) {
  for (const char* key : {"fix", "fix-only"}) {
    if (project.has_value("pyproject.toml", {"tool", "ruff"}, key)) return true;
    for (const char* path : {"ruff.toml", ".ruff.toml"}) {
      if (project.has_value(path, {}, key)) return true;
    }
  }
  return false;
}

/// mypy's other ways to name what it checks.
bool names_modules(const Words& arguments) {
  return std::any_of(arguments.begin(), arguments.end(), [](const std::string& word) {
    return word == "-p" || word == "-m" || word == "--package" || word == "--module";
  });
}

}  // namespace

std::vector<Gate> python_checks(const PythonProject& project, const std::string& python) {
  std::vector<Gate> gates;
  for (const Tool& tool : tools()) {
    const Evidence* evidence = project.evidence(tool.evidence);
    std::optional<std::string> why = configured(project, tool.gate);
    if (evidence == nullptr && !why) continue;
    Gate gate;
    gate.name = tool.gate;
    gate.argv = {python, "-m"};
    gate.argv.insert(gate.argv.end(), tool.words.begin(), tool.words.end());
    Words given = evidence == nullptr
                      ? Words{}
                      : arguments_kept(evidence->call.arguments, tool.dropped, tool.dropped_with);
    gate.argv.insert(gate.argv.end(), given.begin(), given.end());
    if (gate.name == "ruff" && ruff_mends(project)) gate.argv.emplace_back("--no-fix");
    if (!project.has_target(given) && !names_modules(given)) {
      Words targets = default_targets(tool, project);
      gate.argv.insert(gate.argv.end(), targets.begin(), targets.end());
    }
    gate.report = tool.report;
    gate.timeout = tool.time;
    gate.files = {"*.py"};
    gate.why = evidence == nullptr ? *why : evidence_text(*evidence);
    gates.push_back(std::move(gate));
  }
  return gates;
}

}  // namespace gf::gate
