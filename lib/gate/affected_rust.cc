// Rust's links: a package is all its files, and packages of the tree that one names need it. The
// manifests say so (what `cargo metadata --no-deps` would tell of them), so that no cargo is asked.
#include "base/text.h"
#include "gate/affected.h"
#include "gate/config_file.h"

namespace gf::gate {
namespace {

using Names = std::set<std::string>;

constexpr const char* kCargoManifest = "Cargo.toml";
/// What is of no package of the tree: whose it becomes only a build knows.
constexpr const char* kNobodys = "*nobody's";

/// Names of the group of a package's own files, and of what its programs of tests share.
std::string crate_at(const std::string& folder) { return folder + "*.rs"; }
std::string crate_tests_at(const std::string& folder) { return folder + "tests/*.rs"; }

std::string place_said(const std::string& folder, const std::string& said) {
  std::string path = folder;
  for (const std::string& part : split(said, '/')) {
    if (part.empty() || part == ".") continue;
    if (part == "..") {
      if (path.empty()) return "*outside/";
      path.pop_back();
      path = folder_with_slash(path);
    } else {
      path += part + "/";
    }
  }
  return path;
}

/// The packages of a tree, and what they need of each other.
class Packages {
 public:
  explicit Packages(const Sources& sources) {
    for (const std::string& folder : folders_of(sources)) {
      auto text = sources.tree.read(folder + kCargoManifest);
      if (text) manifests_[folder] = read_toml(*text);
    }
    for (const auto& [folder, file] : manifests_) take_names(folder, file);
  }

  /// The folder of the package that a file is of; nothing: none is.
  [[nodiscard]] const std::string* owner_of(const std::string& path) const {
    for (std::string at = folder_with_slash(path);; at = folder_with_slash(at)) {
      auto found = manifests_.find(at);
      if (found != manifests_.end() && found->second.tables.contains({"package"}))
        return &found->first;
      if (at.empty()) return nullptr;
      at.pop_back();
    }
  }

  /// A name of a dependency is enough: which table it stands in, and for which target, is not
  /// asked.
  void add_needs(FileLinks& links) const {
    for (const auto& [folder, file] : manifests_) {
      Names& needs = links.needs[crate_at(folder)];
      for (const auto& [path, texts] : file.values) {
        for (const std::string& part : path) add_named(part, needs);
        for (const std::string& text : texts) add_named(text, needs);
        if (path.back() == "path" && !texts.empty())
          needs.insert(crate_at(place_said(folder, texts.front())));
      }
      needs.erase(crate_at(folder));
    }
  }

 private:
  void take_names(const std::string& folder, const ConfigFile& file) {
    if (std::string name = file.text_at({"package", "name"}); !name.empty())
      by_name_[name].insert(folder);
    // What members take from here by a name of its own: `workspace.dependencies.low = { path }`.
    for (const auto& [path, texts] : file.values) {
      bool of_all = path.size() == 4 && path[0] == "workspace" && path[1] == "dependencies";
      if (of_all && path[3] == "path" && !texts.empty())
        by_name_[path[2]].insert(place_said(folder, texts.front()));
    }
  }
  void add_named(const std::string& name, Names& needs) const {
    auto found = by_name_.find(name);
    if (found == by_name_.end()) return;
    for (const std::string& folder : found->second) needs.insert(crate_at(folder));
  }

  std::map<std::string, ConfigFile> manifests_;  ///< by folder, with its slash
  std::map<std::string, Names> by_name_;         ///< folders
};

/// Files of other packages that a text names: `#[path = "../../x.rs"]`, `include!("../x.rs")`.
void add_quoted(const Sources& sources, const std::string& folder, const std::string& text,
                Names& needs) {
  constexpr std::string_view kEnd = ".rs\"";
  for (size_t end = text.find(kEnd); end != std::string::npos; end = text.find(kEnd, end + 1)) {
    size_t open = text.rfind('"', end);
    if (open == std::string::npos) continue;
    std::string path = place_said(folder, text.substr(open + 1, end + 2 - open));
    path.pop_back();
    if (sources.texts.contains(path)) needs.insert(path);
  }
}

}  // namespace

FileLinks rust_links(const Sources& sources) {
  FileLinks links;
  Packages packages(sources);
  packages.add_needs(links);
  for (const auto& [path, text] : sources.texts) {
    const std::string* folder = packages.owner_of(path);
    if (folder == nullptr) {
      links.needs[kNobodys].insert(path);
      continue;
    }
    std::string below = path.substr(folder->size());
    bool test = below.starts_with("tests/");
    bool apart = test || below.starts_with("examples/") || below.starts_with("benches/");
    Names& needs = links.needs[path];
    needs.insert({crate_at(*folder), kNobodys});
    add_quoted(sources, folder_with_slash(path), text, needs);
    if (!apart) links.needs[crate_at(*folder)].insert(path);
    if (test) {
      needs.insert(crate_tests_at(*folder));
      // Each file at the top is a program; what lies further in, or is another's module, is shared.
      std::string name = below.substr(6, below.size() - 9);
      bool shared = name.find('/') != std::string::npos;
      for (const auto& [other, content] : sources.texts)
        shared = shared || (other != path && other.starts_with(*folder + "tests/") &&
                            content.find("mod " + name + ";") != std::string::npos);
      if (shared) links.needs[crate_tests_at(*folder)].insert(path);
      if (text.find("process::Command") != std::string::npos) links.open.insert(path);
    }
  }
  return links;
}

}  // namespace gf::gate
