// Configuration of Python's tools, and where the project runs them.
#include "gate/python_project.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"

namespace gf::gate {
namespace {

constexpr size_t kMostPaths = 5000;  // of a tree's, looked at for its packages

}  // namespace

PythonProject::PythonProject(const record::TreeFacts& tree, std::vector<Evidence> outer_evidence,
                             const Words& inside)
    : tree_(tree), evidence_(evidence_in(tree)) {
  std::erase_if(evidence_, [&](const Evidence& one) {
    return std::find(inside.begin(), inside.end(), one.call.folder) != inside.end();
  });
  for (Evidence& one : outer_evidence) evidence_.push_back(std::move(one));
  for (const char* path : {"pyproject.toml", "mypy.ini", ".mypy.ini", "setup.cfg", "tox.ini",
                           "pytest.ini", "ruff.toml", ".ruff.toml"}) {
    if (!tree.has_path(path)) continue;
    std::optional<std::string> text = tree.read(path);
    ConfigFile file;
    file.broken = "it is no text file of at most 1 MB";
    if (text) file = std::string_view(path).ends_with(".toml") ? read_toml(*text) : read_ini(*text);
    files_.emplace(path, std::move(file));
  }
}

bool PythonProject::has_table(const std::string& path, const ConfigFile::Path& table) const {
  auto file = files_.find(path);
  return file != files_.end() && file->second.tables.contains(table);
}

bool PythonProject::has_value(const std::string& path, ConfigFile::Path table,
                              const std::string& key) const {
  auto file = files_.find(path);
  table.push_back(key);
  return file != files_.end() && file->second.values.contains(table);
}

std::string PythonProject::table_place(const std::string& path,
                                       const ConfigFile::Path& table) const {
  std::string name = join(table, "."), place = path;
  size_t number = 0;
  for (const std::string& line : lines(tree_.read(path).value_or(""))) {
    ++number;
    std::string_view head = trim(line);
    if (!head.starts_with("[" + name)) continue;
    char next = head.size() > name.size() + 1 ? head[name.size() + 1] : 0;
    if (next != ']' && next != '.') continue;
    place += fmt::format(":{}", number);
    break;
  }
  return fmt::format("{} ([{}])", place, name);
}

PythonProject::Words PythonProject::texts(const std::string& path,
                                          const ConfigFile::Path& value) const {
  auto file = files_.find(path);
  if (file == files_.end()) return {};
  auto found = file->second.values.find(value);
  return found == file->second.values.end() ? Words{} : found->second;
}

PythonProject::Words PythonProject::notes() const {
  Words notes;
  for (const auto& [path, file] : files_) {
    if (!file.broken.empty())
      notes.push_back(fmt::format("'{}' cannot be read: {}", path, file.broken));
  }
  return notes;
}

const Evidence* PythonProject::evidence(std::string_view tool) const {
  const Evidence* first = nullptr;
  for (const Evidence& one : evidence_) {
    if (one.call.tool != tool) continue;
    if (has_target(one.call.arguments)) return &one;
    if (first == nullptr) first = &one;
  }
  return first;
}

bool PythonProject::has_target(const Words& arguments) const {
  return std::any_of(arguments.begin(), arguments.end(), [&](const std::string& word) {
    if (word.empty() || word.starts_with('-')) return false;
    return word == "." ||
           tree_.has_path(word.ends_with('/') ? word.substr(0, word.size() - 1) : word);
  });
}

PythonProject::Words PythonProject::packages() const {
  Words found = texts("pyproject.toml", {"tool", "coverage", "run", "source"});
  if (found.empty()) found = top_packages();
  if (found.empty()) found.emplace_back(".");
  return found;
}

PythonProject::Words PythonProject::code_folders() const {
  Words found = texts("pyproject.toml", {"tool", "coverage", "run", "source"});
  std::erase_if(found, [&](const std::string& path) { return !tree_.has_path(path); });
  return found.empty() ? top_packages() : found;
}

PythonProject::Words PythonProject::top_packages() const {
  Words found;
  for (const char* root : {"", "src"}) {
    for (const std::string& path : tree_.paths(root, kMostPaths)) {
      std::string rest = *root == 0 ? path : path.substr(4);
      bool top = rest.ends_with("/__init__.py") && std::count(rest.begin(), rest.end(), '/') == 1;
      std::string name = rest.substr(0, rest.find('/'));
      if (top && !name.starts_with("test")) found.push_back(*root == 0 ? name : "src/" + name);
    }
  }
  return found;
}

}  // namespace gf::gate
