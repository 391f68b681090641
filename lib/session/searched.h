// A tree of the repository that the digest can search (stage/digest.h).
#pragma once

#include <string>
#include <vector>

#include "git/git_program.h"
#include "session/facts.h"
#include "stage/digest.h"

namespace gf::session {

/// In the tree's objects: no worktree is needed, and what is not in the tree is not found. By git's
/// own search, or here and alike where the tree is small. What is handed in must outlive it.
class GitSearched : public stage::Searched {
 public:
  GitSearched(const git::Program& git, const GitFacts& facts) : git_(git), facts_(facts) {}
  [[nodiscard]] const record::TreeFacts& facts() const override { return facts_; }
  [[nodiscard]] std::vector<Hit> lines_with(const std::vector<std::string>& words,
                                            size_t limit) const override;

 private:
  [[nodiscard]] std::string by_git(const std::vector<std::string>& words,
                                   const std::string& tree) const;

  const git::Program& git_;
  const GitFacts& facts_;
};

}  // namespace gf::session
