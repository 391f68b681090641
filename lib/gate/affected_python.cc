// Python's links: import statements wherever they stand, names with dots wherever they stand (mock
// and settings name modules in texts), packages above, conftest.py above.
#include <algorithm>
#include <array>

#include "base/glob.h"
#include "base/text.h"
#include "gate/affected.h"
#include "gate/language.h"

namespace gf::gate {
namespace {

constexpr std::string_view kInit = "__init__.py";

/// Whoever has one of these loads what its text does not name.
constexpr std::array<std::string_view, 8> kLoads = {
    "import_module", "__import__",   "pkgutil",  "spec_from_file_location",
    "runpy",         "entry_points", "pytester", "testdir"};
/// So does a test that starts a program, or that reads whatever lies in a folder.
constexpr std::array<std::string_view, 10> kStarts = {
    "subprocess", "os.system", "sys.executable", "create_subprocess", "os.walk", "listdir",
    "scandir",    "iterdir",   "rglob",          "glob.glob"};

template <typename Words>
bool has_any(const std::string& text, const Words& words) {
  return std::any_of(words.begin(), words.end(),
                     [&](std::string_view word) { return text.find(word) != std::string::npos; });
}

bool in_name(char c) {
  return c == '_' || c == '.' || is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         static_cast<unsigned char>(c) >= 0x80;
}

/// Names with their dots, and single bytes of what ends a statement or a list. A comment is told
/// from code only where it could end a list before its end.
std::vector<std::string> python_tokens(const std::string& text) {
  std::vector<std::string> tokens;
  for (size_t at = 0; at < text.size();) {
    size_t end = at;
    while (end < text.size() && in_name(text[end])) ++end;
    if (end > at) {
      tokens.push_back(text.substr(at, end - at));
      at = end;
      continue;
    }
    char c = text[at++];
    if (c == '\\' && at < text.size() && text[at] == '\n') {
      ++at;
    } else if (std::string_view("\n;(),*#").find(c) != std::string_view::npos) {
      tokens.emplace_back(1, c);
    }
  }
  return tokens;
}

/// Files by the names under which they may be imported.
class Modules {
 public:
  explicit Modules(const Sources& sources) : sources_(sources) {
    for (const char* settings : {"pyproject.toml", "setup.cfg", "pytest.ini", "tox.ini"})
      anywhere_ = anywhere_ ||
                  sources.tree.read(settings).value_or("").find("pythonpath") != std::string::npos;
    for (const auto& [path, text] : sources.texts)
      anywhere_ = anywhere_ ||
                  (sources.linked == Linked::kMaybe && text.find("sys.path.") != std::string::npos);
    for (const auto& [path, text] : sources.texts) add(path);
  }
  [[nodiscard]] bool has(const std::string& path) const { return sources_.texts.contains(path); }
  /// "a.b.c", and what is run on the way there.
  void find(const std::string& name, std::set<std::string>& needs) const {
    for (size_t dot = name.find('.');; dot = name.find('.', dot + 1)) {
      auto found = by_name_.find(name.substr(0, dot));
      if (found != by_name_.end()) needs.insert(found->second.begin(), found->second.end());
      if (dot == std::string::npos) return;
    }
  }
  /// The module or package at a path without its ending.
  void find_at(const std::string& path, std::set<std::string>& needs) const {
    for (const std::string& file : {path + ".py", path + "/" + std::string(kInit)}) {
      if (has(file)) needs.insert(file);
    }
  }

 private:
  void add(const std::string& path) {
    std::string stem = path.substr(0, path.size() - 3);
    if (path.ends_with("/__init__.py")) stem = path.substr(0, path.size() - kInit.size() - 1);
    for (size_t from = 0;;) {
      // A folder within a package is on no path for modules, unless somebody puts it there.
      std::string root = stem.substr(0, from);
      if (anywhere_ || !has(root + std::string(kInit))) {
        by_name_[replace_all(stem.substr(from), "/", ".")].push_back(path);
      }
      size_t slash = stem.find('/', from);
      if (slash == std::string::npos) return;
      from = slash + 1;
    }
  }

  const Sources& sources_;
  bool anywhere_ = false;
  std::map<std::string, std::vector<std::string>> by_name_;
};

/// `names` taken from `module`, as a file in `folder` says it.
void add_from(const Modules& modules, const std::string& folder, const std::string& module,
              const std::vector<std::string>& names, std::set<std::string>& needs) {
  size_t dots = std::min(module.find_first_not_of('.'), module.size());
  if (dots == 0) {
    modules.find(module, needs);
    for (const std::string& name : names) modules.find(module + "." + name, needs);
    return;
  }
  std::string base = folder;
  for (size_t i = 1; i < dots && !base.empty(); ++i) {
    base.pop_back();
    base = folder_with_slash(base);
  }
  std::string inner = replace_all(module.substr(dots), ".", "/");
  if (inner.empty() && !base.empty()) modules.find_at(base.substr(0, base.size() - 1), needs);
  if (!inner.empty()) modules.find_at(base + inner, needs);
  for (const std::string& name : names)
    modules.find_at(base + inner + (inner.empty() ? "" : "/") + name, needs);
}

/// What an `import` lists: up to the end of its line, or of its brackets.
std::vector<std::string> listed_from(const std::vector<std::string>& tokens, size_t at) {
  std::vector<std::string> names;
  bool inside = at < tokens.size() && tokens[at] == "(";
  for (at += inside ? 1 : 0; at < tokens.size(); ++at) {
    const std::string& token = tokens[at];
    if (inside && token == "#") {
      while (at + 1 < tokens.size() && tokens[at + 1] != "\n") ++at;
      continue;
    }
    if (token == ")" || (!inside && (token == "\n" || token == ";"))) break;
    if (token.size() > 1 || in_name(token[0])) names.push_back(token);
  }
  return names;
}

std::set<std::string> needs_of(const Modules& modules, const std::string& path,
                               const std::string& text) {
  std::set<std::string> needs;
  std::string folder = folder_with_slash(path);
  std::vector<std::string> tokens = python_tokens(text);
  for (size_t i = 0; i < tokens.size(); ++i) {
    const std::string& token = tokens[i];
    if (token == "import" && i >= 2 && tokens[i - 2] == "from") {
      add_from(modules, folder, tokens[i - 1], listed_from(tokens, i + 1), needs);
    } else if (token == "import" || token == "pytest_plugins" || token.ends_with("importorskip")) {
      for (const std::string& name : listed_from(tokens, i + 1)) modules.find(name, needs);
    } else if (token.find('.') != std::string::npos && token[0] != '.') {
      modules.find(token, needs);
    }
  }
  // Packages around a module are run before it, and every conftest.py above a test.
  for (std::string at = folder;;) {
    for (const std::string& file : {at + std::string(kInit), at + "conftest.py"}) {
      if (modules.has(file)) needs.insert(file);
    }
    if (at.empty()) break;
    at.pop_back();
    at = folder_with_slash(at);
  }
  needs.erase(path);
  return needs;
}

}  // namespace

FileLinks python_links(const Sources& sources) {
  static const std::vector<std::string> kTests = {"tests/**",  "test/**",   "**/tests/**",
                                                  "test_*.py", "*_test.py", "**/conftest.py"};
  FileLinks links;
  Modules modules(sources);
  bool plugs = false;
  for (const char* file : {"pyproject.toml", "setup.cfg", "setup.py"})
    plugs = plugs || sources.tree.read(file).value_or("").find("pytest11") != std::string::npos;
  for (const auto& [path, text] : sources.texts) {
    links.needs[path] = needs_of(modules, path, text);
    bool test = glob_matches_any(kTests, path);
    // A plugin of pytest's that the tree is itself has its hand in every test.
    if (has_any(text, kLoads) || (test && (plugs || has_any(text, kStarts))))
      links.open.insert(path);
  }
  return links;
}

}  // namespace gf::gate
