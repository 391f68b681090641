// Which gates a tree has: what is configured, else what its files show (INTEGRATIONS G.2).
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>

#include "base/text.h"
#include "gate/gate.h"

namespace gf::gate {
namespace {

using record::TreeFacts;

/// TOML table headers are enough here ("[tool.ruff]", "[tool.ruff.lint]"); no TOML reader is
/// needed.
bool has_table(const std::string& toml, const std::string& name) {
  for (const std::string& line : lines(toml)) {
    std::string_view text = trim(line);
    if (text == "[" + name + "]" || text.starts_with("[" + name + ".")) return true;
  }
  return false;
}

std::string project(const TreeFacts& tree) { return tree.read("pyproject.toml").value_or(""); }

std::vector<std::string> runner(const TreeFacts& tree, const std::string& python,
                                const std::string& tool) {
  if (tree.has_path("uv.lock")) return {"uv", "run", "--no-sync", tool};
  if (tree.has_path("poetry.lock")) return {"poetry", "run", tool};
  return {python, "-m", tool};
}

std::vector<std::string> plus(std::vector<std::string> words, std::vector<std::string> more) {
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

std::optional<std::string> why_ruff(const TreeFacts& tree) {
  if (has_table(project(tree), "tool.ruff")) return "[tool.ruff] in pyproject.toml";
  for (const char* name : {"ruff.toml", ".ruff.toml"}) {
    if (tree.has_path(name)) return std::string(name);
  }
  return std::nullopt;
}

std::optional<std::string> why_mypy(const TreeFacts& tree) {
  if (has_table(project(tree), "tool.mypy")) return "[tool.mypy] in pyproject.toml";
  for (const char* name : {"mypy.ini", ".mypy.ini"}) {
    if (tree.has_path(name)) return std::string(name);
  }
  if (tree.read("setup.cfg").value_or("").find("[mypy") != std::string::npos)
    return "[mypy] in setup.cfg";
  return std::nullopt;
}

std::optional<std::string> why_pytest(const TreeFacts& tree) {
  if (has_table(project(tree), "tool.pytest")) return "[tool.pytest] in pyproject.toml";
  if (tree.has_path("pytest.ini")) return "pytest.ini";
  for (const char* folder : {"tests", "test"}) {
    for (const std::string& path : tree.paths(folder, 2000)) {
      std::string name = path.substr(path.rfind('/') + 1);
      if (name.starts_with("test_") && name.ends_with(".py"))
        return fmt::format("tests in {}/", folder);
    }
  }
  return std::nullopt;
}

/// The folders whose coverage counts: packages at the top, or below src/; else everything.
std::vector<std::string> packages(const TreeFacts& tree) {
  std::vector<std::string> found;
  for (const char* root : {"", "src"}) {
    for (const std::string& path : tree.paths(root, 5000)) {
      std::string rest = *root == 0 ? path : path.substr(4);
      bool top = rest.ends_with("/__init__.py") && std::count(rest.begin(), rest.end(), '/') == 1;
      std::string name = rest.substr(0, rest.find('/'));
      if (top && !name.starts_with("test")) found.push_back(*root == 0 ? name : "src/" + name);
    }
  }
  if (found.empty()) found.emplace_back(".");
  return found;
}

std::vector<Gate> detect(const TreeFacts& tree, const std::string& python) {
  std::vector<Gate> gates;
  if (auto why = why_ruff(tree)) {
    gates.push_back({"ruff",
                     "validate",
                     plus(runner(tree, python, "ruff"),
                          {"check", "--output-format", "json", "--cache-dir", "{cache}/ruff", "."}),
                     "ruff-json",
                     "",
                     {"*.py"},
                     Milliseconds(120000),
                     {},
                     *why});
    gates.push_back({"ruff-format",
                     "validate",
                     plus(runner(tree, python, "ruff"),
                          {"format", "--check", "--cache-dir", "{cache}/ruff", "."}),
                     "ruff-format",
                     "",
                     {"*.py"},
                     Milliseconds(120000),
                     {},
                     *why});
  }
  if (auto why = why_mypy(tree)) {
    gates.push_back({"mypy",
                     "validate",
                     plus(runner(tree, python, "mypy"),
                          {"--output", "json", "--cache-dir", "{cache}/mypy", "."}),
                     "mypy-json",
                     "",
                     {"*.py"},
                     Milliseconds(600000),
                     {},
                     *why});
  }
  if (auto why = why_pytest(tree)) {
    std::vector<std::string> words = {
        "-q",          "-p", "no:cacheprovider", "-o", "junit_family=xunit1", "--junitxml={report}",
        "--cov-branch"};
    for (const std::string& package : packages(tree)) words.push_back("--cov=" + package);
    words.emplace_back("--cov-report=xml:{coverage}");
    gates.push_back({"pytest",
                     "test",
                     plus(runner(tree, python, "pytest"), words),
                     "junit",
                     "cobertura",
                     {},
                     Milliseconds(1800000),
                     {},
                     *why});
  }
  return gates;
}

std::optional<std::vector<std::string>> words_of(std::string_view text) {
  std::vector<std::string> all;
  std::string word;
  bool in_word = false;
  char quote = 0;
  for (char c : text) {
    if (quote != 0 && c == quote) {
      quote = 0;
    } else if (quote != 0) {
      word += c;
    } else if (c == '\'' || c == '"') {
      quote = c;
      in_word = true;
    } else if (c == ' ' || c == '\t') {
      if (in_word) all.push_back(std::exchange(word, {}));
      in_word = false;
    } else {
      word += c;
      in_word = true;
    }
  }
  if (in_word) all.push_back(word);
  if (quote != 0 || all.empty()) return std::nullopt;
  return all;
}

Error wrong(const std::string& key, const std::string& value, const std::string& hint) {
  return Error{Fault::kConfiguration,
               fmt::format("{} is '{}'", key, printable(clipped(value, 100))),
               {},
               hint};
}

constexpr std::string_view kReports[] = {"ruff-json", "ruff-format", "mypy-json",
                                         "junit",     "text",        "exit"};

Result<void> apply(Gate& gate, const std::string& key, const std::string& name,
                   const std::string& value, const std::string& python) {
  if (name == "command") {
    auto argv = words_of(value);
    if (!argv) return wrong(key, value, "write a program and its arguments, quotes closed");
    if (argv->front() == "python3" || argv->front() == "python") argv->front() = python;
    gate.argv = *argv;
    gate.why = "configured";
  } else if (name == "report") {
    if (std::find(std::begin(kReports), std::end(kReports), value) == std::end(kReports)) {
      return wrong(key, value, "use ruff-json, ruff-format, mypy-json, junit, text or exit");
    }
    gate.report = value;
  } else if (name == "stage") {
    if (value != "validate" && value != "test") return wrong(key, value, "use validate or test");
    gate.stage = value;
  } else if (name == "coverage") {
    if (value != "cobertura" && !value.empty()) return wrong(key, value, "use cobertura");
    gate.coverage = value;
  } else if (name == "timeout") {
    char* end = nullptr;
    double seconds = std::strtod(value.c_str(), &end);
    if (*end == 's') ++end;
    if (*end == 'm') {
      seconds *= 60;
      ++end;
    }
    if (value.empty() || *end != 0 || !(seconds > 0 && seconds < 86400))
      return wrong(key, value, "write a time such as 90s or 5m");
    gate.timeout = Milliseconds(static_cast<int64_t>(seconds * 1000));
  } else if (name == "files") {
    gate.files.push_back(value);
  } else if (name == "environment") {
    gate.environment.push_back(value);
  } else if (name != "disabled") {
    return wrong(key, value,
                 "the settings of a gate are command, report, stage, timeout, files, environment, "
                 "coverage, disabled");
  }
  return Done{};
}

}  // namespace

Result<std::vector<Gate>> gates_for(const TreeFacts& tree, const Settings& settings,
                                    const std::string& python) {
  std::vector<Gate> gates = detect(tree, python);
  std::vector<std::string> disabled;
  for (const auto& [key, value] : settings) {
    constexpr std::string_view kSection = "factory-gate.";
    size_t dot = key.rfind('.');
    if (!key.starts_with(kSection) || dot <= kSection.size()) continue;
    std::string name = key.substr(kSection.size(), dot - kSection.size());
    std::string variable = lower(key.substr(dot + 1));
    auto found = std::find_if(gates.begin(), gates.end(),
                              [&](const Gate& gate) { return gate.name == name; });
    if (found == gates.end()) {
      Gate made;
      made.name = name;
      made.report = "exit";
      found = gates.insert(gates.end(), made);
    }
    GF_TRY(apply(*found, key, variable, value, python));
    if (variable == "disabled" && value != "false") disabled.push_back(name);
  }
  std::erase_if(gates, [&](const Gate& gate) {
    return std::find(disabled.begin(), disabled.end(), gate.name) != disabled.end();
  });
  for (const Gate& gate : gates) {
    if (gate.argv.empty())
      return wrong("factory-gate." + gate.name + ".command", "", "name the program to run");
  }
  return gates;
}

std::string find_python(const Settings& settings, const std::optional<std::string>& user_worktree,
                        const proc::Environment& environment) {
  std::string configured;
  for (const auto& [key, value] : settings) {
    if (lower(key) == "factory.python") configured = value;
  }
  if (!configured.empty()) return configured;
  std::vector<std::string> candidates;
  if (user_worktree)
    candidates = {*user_worktree + "/.venv/bin/python", *user_worktree + "/venv/bin/python"};
  if (auto active = environment.find("VIRTUAL_ENV"); active != environment.end())
    candidates.push_back(active->second + "/bin/python");
  for (const std::string& candidate : candidates) {
    if (access(candidate.c_str(), X_OK) == 0) return candidate;
  }
  return proc::find_program("python3", environment).value_or("python3");
}

}  // namespace gf::gate
