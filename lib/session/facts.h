// A tree of the repository as judgements see it.
#pragma once

#include <map>
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

 private:
  const git::Repo& repo_;
  const git::Program& git_;
  Oid tree_;
  mutable std::map<std::string, bool, std::less<>> mentions_;
};

}  // namespace gf::session
