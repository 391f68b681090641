// Python: ruff, mypy and pytest where the tree configures them, python's own parser.
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>

#include "base/text.h"
#include "gate/config_file.h"
#include "gate/detect.h"

namespace gf::gate {
namespace {

using record::TreeFacts;
using Words = std::vector<std::string>;

constexpr Milliseconds kLinterTime{120000};
constexpr Milliseconds kTypesTime{600000};
constexpr Milliseconds kTestsTime{1800000};

/// A tree's files in which Python's tools are configured, each read once.
class Project {
 public:
  explicit Project(const TreeFacts& tree) : tree_(tree) {
    for (const char* path : {"pyproject.toml", "mypy.ini", ".mypy.ini", "setup.cfg", "tox.ini"}) {
      if (!tree.has_path(path)) continue;
      std::optional<std::string> text = tree.read(path);
      ConfigFile file;
      file.broken = "it is no text file of at most 1 MB";
      if (text) file = path == kToml ? read_toml(*text) : read_ini(*text);
      files_.emplace(path, std::move(file));
    }
  }

  [[nodiscard]] const TreeFacts& tree() const { return tree_; }
  [[nodiscard]] bool has_table(const std::string& path, const ConfigFile::Path& table) const {
    auto file = files_.find(path);
    return file != files_.end() && file->second.tables.contains(table);
  }
  [[nodiscard]] bool has_value(const std::string& path, ConfigFile::Path table,
                               const std::string& key) const {
    auto file = files_.find(path);
    table.push_back(key);
    return file != files_.end() && file->second.values.contains(table);
  }
  [[nodiscard]] Words texts(const std::string& path, const ConfigFile::Path& value) const {
    auto file = files_.find(path);
    if (file == files_.end()) return {};
    auto found = file->second.values.find(value);
    return found == file->second.values.end() ? Words{} : found->second;
  }
  [[nodiscard]] Words notes() const {
    Words notes;
    for (const auto& [path, file] : files_) {
      if (file.broken.empty()) continue;
      notes.push_back(fmt::format("'{}' cannot be read: {}", path, file.broken));
    }
    return notes;
  }

 private:
  static constexpr std::string_view kToml = "pyproject.toml";
  const TreeFacts& tree_;
  std::map<std::string, ConfigFile> files_;
};

std::optional<std::string> why_ruff(const Project& project) {
  if (project.has_table("pyproject.toml", {"tool", "ruff"})) return "[tool.ruff] in pyproject.toml";
  for (const char* name : {"ruff.toml", ".ruff.toml"}) {
    if (project.tree().has_path(name)) return name;
  }
  return std::nullopt;
}

std::optional<std::string> why_mypy(const Project& project) {
  if (project.has_table("pyproject.toml", {"tool", "mypy"})) return "[tool.mypy] in pyproject.toml";
  for (const char* name : {"mypy.ini", ".mypy.ini"}) {
    if (project.tree().has_path(name)) return name;
  }
  if (project.has_table("setup.cfg", {"mypy"})) return "[mypy] in setup.cfg";
  return std::nullopt;
}

std::optional<std::string> why_pytest(const Project& project) {
  if (project.has_table("pyproject.toml", {"tool", "pytest"}))
    return "[tool.pytest] in pyproject.toml";
  if (project.tree().has_path("pytest.ini")) return "pytest.ini";
  if (project.has_table("setup.cfg", {"tool:pytest"})) return "[tool:pytest] in setup.cfg";
  if (project.has_table("tox.ini", {"pytest"})) return "[pytest] in tox.ini";
  for (const char* folder : {"tests", "test"}) {
    for (const std::string& path : project.tree().paths(folder, 2000)) {
      std::string name = path.substr(path.rfind('/') + 1);
      if (name.starts_with("test_") && name.ends_with(".py"))
        return fmt::format("tests in {}/", folder);
    }
  }
  return std::nullopt;
}

/// The folders whose coverage counts: what [tool.coverage.run] says, else packages at the top, or
/// below src/; else everything.
Words packages(const Project& project) {
  Words found = project.texts("pyproject.toml", {"tool", "coverage", "run", "source"});
  if (!found.empty()) return found;
  for (const char* root : {"", "src"}) {
    for (const std::string& path : project.tree().paths(root, 5000)) {
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
bool mypy_knows_its_files(const Project& project) {
  for (const char* key : {"files", "packages", "modules"}) {
    for (const char* path : {"mypy.ini", ".mypy.ini", "setup.cfg"}) {
      if (project.has_value(path, {"mypy"}, key)) return true;
    }
    if (project.has_value("pyproject.toml", {"tool", "mypy"}, key)) return true;
  }
  return false;
}

/// A tool's command line, by the runner that the lock file names.
Words command(const TreeFacts& tree, const std::string& python, const char* tool,
              const Words& arguments) {
  Words words = {python, "-m", tool};
  if (tree.has_path("poetry.lock")) words = {"poetry", "run", tool};
  if (tree.has_path("uv.lock")) words = {"uv", "run", "--no-sync", tool};
  words.insert(words.end(), arguments.begin(), arguments.end());
  return words;
}

Gate gate_of(std::string name, const char* stage, Words argv, const char* report, Milliseconds time,
             const std::string& why) {
  Gate gate;
  gate.name = std::move(name);
  gate.stage = stage;
  gate.argv = std::move(argv);
  gate.report = report;
  gate.timeout = time;
  gate.why = why;
  if (gate.stage == "validate") gate.files = {"*.py"};
  return gate;
}

void detect_python(const TreeFacts& tree, const std::string& python, Detected& detected) {
  Project project(tree);
  auto add = [&](Gate gate) { detected.gates.push_back(std::move(gate)); };
  if (auto why = why_ruff(project)) {
    add(gate_of("ruff", "validate",
                command(tree, python, "ruff",
                        {"check", "--output-format", "json", "--cache-dir", "{cache}/ruff", "."}),
                "ruff-json", kLinterTime, *why));
    add(gate_of(
        "ruff-format", "validate",
        command(tree, python, "ruff", {"format", "--check", "--cache-dir", "{cache}/ruff", "."}),
        "ruff-format", kLinterTime, *why));
  }
  if (auto why = why_mypy(project)) {
    Words words = {"--output", "json", "--cache-dir", "{cache}/mypy"};
    if (!mypy_knows_its_files(project)) words.emplace_back(".");
    add(gate_of("mypy", "validate", command(tree, python, "mypy", words), "mypy-json", kTypesTime,
                *why));
  }
  if (auto why = why_pytest(project)) {
    Words words = {
        "-q",          "-p", "no:cacheprovider", "-o", "junit_family=xunit1", "--junitxml={report}",
        "--cov-branch"};
    for (const std::string& package : packages(project)) words.push_back("--cov=" + package);
    words.emplace_back("--cov-report=xml:{coverage}");
    add(gate_of("pytest", "test", command(tree, python, "pytest", words), "junit", kTestsTime,
                *why));
    detected.gates.back().coverage = "cobertura";
  }
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

std::string find_python(const Settings& settings, const std::optional<std::string>& user_worktree,
                        const proc::Environment& environment) {
  std::string configured = settings.text("factory.python").value_or("");
  if (!configured.empty()) return configured;
  std::vector<std::string> candidates;
  if (user_worktree)
    candidates = {*user_worktree + "/.venv/bin/python", *user_worktree + "/venv/bin/python"};
  if (environment.contains("VIRTUAL_ENV"))
    candidates.push_back(environment.get("VIRTUAL_ENV") + "/bin/python");
  for (const std::string& candidate : candidates) {
    if (access(candidate.c_str(), X_OK) == 0) return candidate;
  }
  return proc::find_program("python3", environment).value_or("python3");
}

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
