// Which files with tests a change can reach, by what files need of each other. Pure: asks trees.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "record/facts.h"

namespace gf::gate {

/// What counts as a link.
enum class Linked {
  kMaybe,  ///< whatever may be one
  kNamed  ///< what a text names: who loads others by name, or sets up where they are, leads nowhere
};

/// One language's files, those of a base and of a changed tree taken together.
struct Sources {
  const record::TreeFacts& tree;             ///< the changed one
  std::map<std::string, std::string> texts;  ///< by path: the text, both where they differ
  std::set<std::string> unread;              ///< too long or no text
  Linked linked = Linked::kMaybe;
};

/// What the files of Sources need of each other. Too much costs time, too little only a second
/// look: what is not certain is a link.
struct FileLinks {
  std::map<std::string, std::set<std::string>> needs;  ///< by path: paths, or names of groups
  std::set<std::string> open;  ///< files that load what their text does not name
};

/// Whose tests have to run for a change.
struct Reached {
  std::map<std::string, std::string> files;  ///< with tests, by path: the file that leads there
  std::string untrusted;  ///< why all tests have to run; empty: `files` will do, and is not empty
  bool all = false;       ///< that is why: every file with tests is among `files`
};

/// `changed`: paths, without those that no test can mean. `tested`: the files that hold the base's
/// tests, as their runner names them. `test_paths`: patterns of the files that are tests'.
Reached reached_by(const record::TreeFacts& base, const record::TreeFacts& tree,
                   const std::vector<std::string>& changed, const std::set<std::string>& tested,
                   const std::vector<std::string>& test_paths, Linked linked = Linked::kMaybe);

/// Rows (Language::links).
FileLinks python_links(const Sources& sources);
FileLinks go_links(const Sources& sources);
FileLinks javascript_links(const Sources& sources);
FileLinks rust_links(const Sources& sources);

/// "a/b/" of "a/b/c.py"; empty at the top.
std::string folder_with_slash(std::string_view path);
/// Those that hold a source, and all above them, each with its slash; the top is "".
std::set<std::string> folders_of(const Sources& sources);

}  // namespace gf::gate
