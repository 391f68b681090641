// From what was changed back along the links, and what takes the trust away.
#include "gate/affected.h"

#include <fmt/format.h>

#include <deque>
#include <limits>

#include "base/glob.h"
#include "base/text.h"
#include "gate/language.h"

namespace gf::gate {
namespace {

using record::TreeFacts;

const std::vector<std::string>& prose() {
  static const std::vector<std::string> patterns = {"*.md", "*.rst", "*.adoc", "*.txt", "LICENSE*"};
  return patterns;
}

/// Files that every test of a language may hang on, whoever imports them.
const std::vector<std::string>& shared_by_all() {
  static const std::vector<std::string> patterns = {"**/conftest.py", "**/setup.py", "*.pth",
                                                    "**/sitecustomize.py", "requirements*.txt"};
  return patterns;
}

const Language* language_of(std::string_view path) {
  for (const Language& row : all_languages()) {
    if (glob_matches_any(row.sources, path)) return &row;
  }
  return nullptr;
}

/// Why a change of `path` leaves no test out; empty: its links tell.
std::string doubt_about(const std::string& path, const std::vector<std::string>& test_paths) {
  if (glob_matches_any(shared_by_all(), path) || glob_matches_any(guarded_with_manifests(), path))
    return fmt::format("'{}' decides what every test runs on", path);
  if (const Language* row = language_of(path)) {
    bool known = row->links != nullptr;
    return known ? "" : fmt::format("what files of {} need of each other is not known", row->name);
  }
  if (glob_matches_any(prose(), path) && !glob_matches_any(test_paths, path)) return {};
  return fmt::format("'{}' is no source, and any test may read it", path);
}

void add_text(Sources& sources, const TreeFacts& tree, const std::string& path) {
  auto text = tree.read(path);
  if (!text) {
    if (tree.has_path(path)) sources.unread.insert(path);
    return;
  }
  std::string& all = sources.texts[path];
  if (all != *text) all += (all.empty() ? "" : "\n") + *text;
}

Sources sources_of(const Language& row, const TreeFacts& base, const TreeFacts& tree,
                   Linked linked) {
  Sources sources{tree, {}, {}, linked};
  for (const TreeFacts* one : {&tree, &base}) {
    for (const std::string& path : paths_matching(*one, row.sources)) add_text(sources, *one, path);
  }
  return sources;
}

/// A walk from what was changed to whoever needs it.
class Walk {
 public:
  void begin_at(const std::string& path, const std::string& why) {
    if (via_.emplace(path, why).second) waiting_.push_back(path);
  }
  void follow(const FileLinks& links) {
    std::map<std::string, std::set<std::string>> needed_by;
    for (const auto& [path, needs] : links.needs) {
      for (const std::string& need : needs) needed_by[need].insert(path);
    }
    while (!waiting_.empty()) {
      std::string at = std::move(waiting_.front());
      waiting_.pop_front();
      for (const std::string& path : needed_by[at]) begin_at(path, "needs " + at);
    }
  }
  [[nodiscard]] const std::map<std::string, std::string>& via() const { return via_; }

 private:
  std::map<std::string, std::string> via_;
  std::deque<std::string> waiting_;
};

/// Prose reaches the files that name it: tests of its examples.
void begin_at_prose(const std::string& path, const Sources& sources, Walk& walk) {
  std::string name = path.substr(folder_with_slash(path).size());
  for (const auto& [file, text] : sources.texts) {
    if (text.find(name) != std::string::npos) walk.begin_at(file, "names " + path);
  }
}

void walk_language(const Language& row, const Sources& sources,
                   const std::vector<std::string>& changed, Walk& walk) {
  bool touched = false;
  for (const std::string& path : changed) {
    bool own = glob_matches_any(row.sources, path);
    if (own) walk.begin_at(path, "changed");
    if (language_of(path) == nullptr) begin_at_prose(path, sources, walk);
    touched = touched || own;
  }
  FileLinks links = row.links(sources);
  if (touched && sources.linked == Linked::kMaybe) {
    for (const std::string& path : links.open) walk.begin_at(path, "may load anything");
    for (const std::string& path : sources.unread) walk.begin_at(path, "cannot be read");
  }
  walk.follow(links);
}

}  // namespace

std::string folder_with_slash(std::string_view path) {
  size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? "" : std::string(path.substr(0, slash + 1));
}

std::set<std::string> folders_of(const Sources& sources) {
  std::set<std::string> folders = {""};
  for (const auto& [path, text] : sources.texts) {
    for (std::string at = folder_with_slash(path); !at.empty();) {
      folders.insert(at);
      at.pop_back();
      at = folder_with_slash(at);
    }
  }
  return folders;
}

Reached reached_by(const TreeFacts& base, const TreeFacts& tree,
                   const std::vector<std::string>& changed, const std::set<std::string>& tested,
                   const std::vector<std::string>& test_paths, Linked linked) {
  Reached reached;
  std::set<std::string> candidates;
  for (const std::string& path : tested) {
    if (tree.has_path(path)) candidates.insert(path);
  }
  for (const std::string& path : changed) {
    reached.untrusted = doubt_about(path, test_paths);
    if (!reached.untrusted.empty()) return reached;
    if (glob_matches_any(test_paths, path) && holds_tests(path) && tree.has_path(path))
      candidates.insert(path);
  }
  Walk walk;
  for (const Language& row : all_languages()) {
    if (row.links != nullptr)
      walk_language(row, sources_of(row, base, tree, linked), changed, walk);
  }
  for (const std::string& path : candidates) {
    auto found = walk.via().find(path);
    if (found != walk.via().end()) reached.files.emplace(path, found->second);
    if (found == walk.via().end() && language_of(path) == nullptr)
      reached.files.emplace(path, "is no source whose links are known");
  }
  if (reached.files.empty()) reached.untrusted = "no file with tests reaches the change";
  reached.all = !candidates.empty() && reached.files.size() == candidates.size();
  if (reached.all) reached.untrusted = "every file with tests may reach the change";
  return reached;
}

}  // namespace gf::gate
