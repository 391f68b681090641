// A tree of the repository as judgements see it.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/ids.h"
#include "record/facts.h"

namespace gf::git {
class Program;
}  // namespace gf::git
namespace gf::git {
class Repo;
}  // namespace gf::git

namespace gf::session {

/// TreeFacts over one git tree. `repo` and `git` must outlive it. What cannot be read (a missing
/// object in a partial clone) counts as not there.
class GitFacts : public record::TreeFacts {
 public:
  GitFacts(const git::Repo& repo, const git::Program& git, Oid tree);
  bool has_path(std::string_view path) const override;
  std::optional<std::string> read(std::string_view path) const override;
  bool mentions(std::string_view text) const override;
  bool has_test(std::string_view id) const override;
  std::vector<std::string> paths(std::string_view folder, size_t limit) const override;

  [[nodiscard]] const Oid& tree() const { return tree_; }

  /// A file with its text: a line of it is what git grep would search.
  struct Text {
    std::string path, text;
  };
  /// All texts of a small tree, read once: searching them here takes less than starting git. Null:
  /// the tree is not small, or its attributes say which files are texts, which is for git to obey.
  [[nodiscard]] const std::vector<Text>* texts() const;

 private:
  const git::Repo& repo_;
  const git::Program& git_;
  Oid tree_;
  struct Listing {
    std::vector<std::string> paths;
    bool whole = false;  ///< there are no more
  };
  [[nodiscard]] Listing listing(std::string prefix, size_t limit) const;
  Result<std::optional<std::vector<Text>>> read_texts() const;
  mutable std::map<std::string, bool, std::less<>> mentions_;
  mutable std::map<std::string, Listing, std::less<>> listings_;  ///< by folder
  mutable std::optional<std::optional<std::vector<Text>>> texts_;
};

}  // namespace gf::session
