// What a JavaScript file names of other files, by its text. For affected_javascript.cc.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "gate/affected.h"

namespace gf::gate {

/// The name under which all sources below a folder (with its slash) are one need.
std::string all_below(const std::string& folder);

/// A language's files by the names under which others may ask for them. Holds a reference to the
/// sources, which have to live longer.
class NamedFiles {
 public:
  using Names = std::set<std::string>;
  using Words = std::vector<std::string>;

  explicit NamedFiles(const Sources& sources);

  /// Every folder that a source is below, with its slash; the top is "".
  [[nodiscard]] const Names& folders() const { return folders_; }
  /// Adds what a path that begins with "./" or "../" means where a file in `folder` says it. False:
  /// nothing is there.
  bool find_at(const std::string& folder, const std::string& said, Names& needs) const;
  /// Adds what any other imported name may mean in a file in `folder`: a package of this repository
  /// with all its files; else, unless a manifest says that it is installed, every file whose path
  /// ends so, for an alias may stand for the rest.
  void find(const std::string& folder, const std::string& name, Names& needs) const;

 private:
  void add(const std::string& stem, const std::string& path);
  void find_ending(const std::string& said, Names& needs) const;
  void read_package(const std::string& folder);
  [[nodiscard]] bool is_installed(const std::string& folder, const std::string& package) const;

  const Sources& sources_;
  Names folders_ = {""};
  std::map<std::string, Words> by_stem_;         ///< paths; a stem is a path without its ending
  std::map<std::string, Names> by_last_;         ///< stems, by their last part
  std::map<std::string, std::string> packages_;  ///< folder with its slash, by name
  std::map<std::string, Names> installed_;       ///< by folder of the manifest that wants them
};

/// Adds what the file at `path` needs. False: it loads what its text does not name, or what is not
/// there before something is built.
bool add_javascript_needs(const NamedFiles& files, const std::string& path, const std::string& text,
                          std::set<std::string>& needs);

}  // namespace gf::gate
