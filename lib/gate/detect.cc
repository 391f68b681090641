// Which gates a tree shows to have (INTEGRATIONS G.2).
#include "gate/detect.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"

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

bool has_line(const TreeFacts& tree, const std::string& path, std::string_view wanted) {
  for (const std::string& line : lines(tree.read(path).value_or(""))) {
    if (trim(line) == wanted) return true;
  }
  return false;
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
  if (has_line(tree, "setup.cfg", "[mypy]")) return "[mypy] in setup.cfg";
  return std::nullopt;
}

std::optional<std::string> why_pytest(const TreeFacts& tree) {
  if (has_table(project(tree), "tool.pytest")) return "[tool.pytest] in pyproject.toml";
  if (tree.has_path("pytest.ini")) return "pytest.ini";
  if (has_line(tree, "setup.cfg", "[tool:pytest]")) return "[tool:pytest] in setup.cfg";
  if (has_line(tree, "tox.ini", "[pytest]")) return "[pytest] in tox.ini";
  for (const char* folder : {"tests", "test"}) {
    for (const std::string& path : tree.paths(folder, 2000)) {
      std::string name = path.substr(path.rfind('/') + 1);
      if (name.starts_with("test_") && name.ends_with(".py"))
        return fmt::format("tests in {}/", folder);
    }
  }
  return std::nullopt;
}

/// The strings of `source = ["a", "b"]` (one line or several) in [tool.coverage.run].
std::vector<std::string> coverage_sources(const std::string& toml) {
  bool in_table = false, in_list = false;
  std::vector<std::string> found;
  for (const std::string& line : lines(toml)) {
    std::string_view text = trim(line);
    if (!in_list && text.starts_with("[")) in_table = text == "[tool.coverage.run]";
    if (!in_table) continue;
    if (!in_list) {
      size_t equals = text.find('=');
      if (equals == std::string_view::npos || trim(text.substr(0, equals)) != "source") continue;
      text.remove_prefix(equals + 1);
      in_list = true;
    }
    char quote = 0;
    size_t open = 0;
    for (size_t i = 0; i < text.size() && in_list; ++i) {
      if (quote != 0 && text[i] == quote) {
        found.emplace_back(text.substr(open, i - open));
        quote = 0;
      } else if (quote == 0 && (text[i] == '"' || text[i] == '\'')) {
        quote = text[i];
        open = i + 1;
      } else if (quote == 0 && text[i] == '#') {
        break;
      } else if (quote == 0 && text[i] == ']') {
        in_list = false;
      }
    }
  }
  return found;
}

/// The folders whose coverage counts: what [tool.coverage.run] says, else packages at the top, or
/// below src/; else everything.
std::vector<std::string> packages(const TreeFacts& tree) {
  std::vector<std::string> found = coverage_sources(project(tree));
  if (!found.empty()) return found;
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

/// Whether mypy's configuration says itself what to check; a path on the command line would win.
bool mypy_knows_its_files(const TreeFacts& tree) {
  for (const char* path : {"mypy.ini", ".mypy.ini", "setup.cfg", "pyproject.toml"}) {
    bool in_table = false;
    for (const std::string& line : lines(tree.read(path).value_or(""))) {
      std::string_view text = trim(line);
      if (text.starts_with("[")) in_table = text == "[mypy]" || text == "[tool.mypy]";
      std::string_view key = trim(text.substr(0, text.find('=')));
      bool names = key == "files" || key == "packages" || key == "modules";
      if (in_table && names && text.find('=') != std::string_view::npos) return true;
    }
  }
  return false;
}

}  // namespace

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
    std::vector<std::string> words = {"--output", "json", "--cache-dir", "{cache}/mypy"};
    if (!mypy_knows_its_files(tree)) words.emplace_back(".");
    gates.push_back({"mypy",
                     "validate",
                     plus(runner(tree, python, "mypy"), words),
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

}  // namespace gf::gate
