// Which gates judge a change, in a repository with several projects.
#include <algorithm>
#include <array>

#include "base/glob.h"
#include "gate/language.h"
#include "gate/project.h"

namespace gf::gate {
namespace {

bool judges(const Gate& gate, const std::string& folder) {
  return is_below(folder, gate.folder) &&
         std::none_of(gate.apart.begin(), gate.apart.end(),
                      [&](const std::string& apart) { return is_below(folder, apart); });
}

/// A file that tools look for in all folders above the one they work on, or that says what is
/// installed.
bool is_shared(std::string_view name) {
  constexpr std::array<std::string_view, 3> kMore = {"conftest.py", "package.json", "go.work"};
  if (std::find(kMore.begin(), kMore.end(), name) != kMore.end()) return true;
  const std::vector<std::string>& guarded = guarded_paths();
  return std::any_of(guarded.begin(), guarded.end(), [&](const std::string& pattern) {
    return pattern == name || pattern == "**/" + std::string(name);
  });
}

/// The projects that one changed path touches; "" where it lies in none.
std::vector<std::string> touched_by(const std::vector<Project>& projects, const std::string& path) {
  const Project* owner = owner_of(projects, path);
  std::string folder = owner == nullptr ? "" : owner->folder;
  std::string name = path.substr(path.rfind('/') == std::string::npos ? 0 : path.rfind('/') + 1);
  std::string place =
      path.size() == name.size() ? "" : path.substr(0, path.size() - name.size() - 1);
  bool all = place == folder && is_shared(name);
  if (owner == nullptr) all = all || is_source(path);
  std::vector<std::string> folders = {folder};
  if (!all) return folders;
  for (const Project& project : projects) {
    if (is_below(project.folder, folder)) folders.push_back(project.folder);
  }
  return folders;
}

bool share_a_language(const Project& a, const Project& b) {
  return std::any_of(a.languages.begin(), a.languages.end(), [&](const std::string& language) {
    return std::find(b.languages.begin(), b.languages.end(), language) != b.languages.end();
  });
}

/// The project around this one, of a language of its own; nothing: none is.
std::optional<std::string> around(const std::vector<Project>& projects, const Project& inner) {
  const Project* outer = nullptr;
  for (const Project& one : projects) {
    bool contains = one.folder != inner.folder && is_below(inner.folder, one.folder);
    bool closer = outer == nullptr || one.folder.size() > outer->folder.size();
    if (contains && closer && share_a_language(one, inner)) outer = &one;
  }
  if (outer != nullptr) return outer->folder;
  // What lies in no project may hold its tests; Python's lie anywhere.
  const std::vector<std::string>& own = inner.languages;
  bool python = std::find(own.begin(), own.end(), "Python") != own.end();
  bool rooted = std::any_of(projects.begin(), projects.end(),
                            [](const Project& one) { return one.folder.empty(); });
  if (rooted && !python) return std::nullopt;
  const auto& unknown = unknown_languages(inner);
  return unknown.size() < inner.languages.size() ? std::optional<std::string>("") : std::nullopt;
}

}  // namespace

std::set<std::string> touched(const std::vector<Project>& projects,
                              const std::vector<std::string>& changed) {
  std::set<std::string> all;
  for (const std::string& path : changed) {
    for (std::string& folder : touched_by(projects, path)) all.insert(std::move(folder));
  }
  return all;
}

std::set<std::string> with_dependants(const std::vector<Project>& projects,
                                      std::set<std::string> all) {
  for (bool more = true; more;) {
    more = false;
    for (const Project& project : projects) {
      bool built = std::any_of(project.needs.begin(), project.needs.end(),
                               [&](const std::string& one) { return all.contains(one); });
      if (built) more = all.insert(project.folder).second || more;
    }
  }
  return all;
}

std::set<std::string> gates_of(const std::vector<Project>& projects, const std::vector<Gate>& gates,
                               const std::set<std::string>& folders) {
  std::set<std::string> all = folders;
  std::vector<std::string> open(folders.begin(), folders.end());
  while (!open.empty()) {
    std::string folder = open.back();
    open.pop_back();
    bool tested = std::any_of(gates.begin(), gates.end(), [&](const Gate& gate) {
      return gate.stage == "test" && judges(gate, folder);
    });
    const Project* project = folder.empty() ? nullptr : owner_of(projects, folder);
    if (tested || project == nullptr) continue;
    auto outer = around(projects, *project);
    if (outer && all.insert(*outer).second) open.push_back(*outer);
  }
  std::set<std::string> names;
  for (const Gate& gate : gates) {
    bool wanted = std::any_of(all.begin(), all.end(),
                              [&](const std::string& folder) { return judges(gate, folder); });
    if (wanted) names.insert(gate.name);
  }
  return names;
}

namespace {

/// Of two languages in one folder: is the file one of `other`'s tests?
bool has_tests_of(const Gate& other, const Gate& gate, std::string_view path) {
  return other.stage == gate.stage && other.folder == gate.folder && !other.files.empty() &&
         glob_matches_any(other.files, path);
}

/// A gate that says which files it runs is asked for no others; one that does not is spared what
/// another one says.
bool is_another_languages(const Gate& gate, const std::vector<Gate>& gates, std::string_view path) {
  if (!gate.files.empty()) return !glob_matches_any(gate.files, path);
  return std::any_of(gates.begin(), gates.end(),
                     [&](const Gate& other) { return has_tests_of(other, gate, path); });
}

bool names_target(const Gate& gate, std::string_view below) {
  return std::any_of(gate.targets.begin(), gate.targets.end(),
                     [&](const std::string& target) { return pathspec_matches(target, below); });
}

/// Of two runners in one folder each takes files, and it is said which: one that names what it runs
/// is asked for that, and one that names nothing for the rest.
bool is_another_runners(const Gate& gate, const std::vector<Gate>& gates, const std::string& path) {
  std::string below = gate.folder.empty() ? path : path.substr(gate.folder.size() + 1);
  if (gate.selecting != Selecting::kFiles || names_target(gate, below)) return false;
  return std::any_of(gates.begin(), gates.end(), [&](const Gate& other) {
    bool beside = other.name != gate.name && other.stage == gate.stage &&
                  other.folder == gate.folder && other.selecting == gate.selecting &&
                  other.files == gate.files;
    bool takes_the_rest = other.targets.empty() && !gate.targets.empty();
    return beside && (names_target(other, below) || takes_the_rest);
  });
}

}  // namespace

std::vector<std::string> selected_for(const Gate& gate, const std::vector<Gate>& gates,
                                      const std::vector<std::string>& selection) {
  std::vector<std::string> own;
  for (const std::string& item : selection) {
    std::string path = item.substr(0, item.find("::"));
    bool further = std::any_of(gates.begin(), gates.end(), [&](const Gate& other) {
      return other.stage == gate.stage && other.folder.size() > gate.folder.size() &&
             is_below(path, other.folder);
    });
    bool mine = !further && is_below(path, gate.folder) &&
                !is_another_languages(gate, gates, path) && !is_another_runners(gate, gates, path);
    if (mine) own.push_back(item);
  }
  return own;
}

}  // namespace gf::gate
