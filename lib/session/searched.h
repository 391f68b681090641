// A tree of the repository that the digest can search (stage/digest.h).
#pragma once

#include <string>
#include <vector>

#include "git/git_program.h"
#include "session/facts.h"
#include "stage/digest.h"

namespace gf::session {

/// By git's own search in the tree's objects: no worktree is needed, and what is not in the tree
/// is not found. What is handed in must outlive it.
class GitSearched : public stage::Searched {
 public:
  GitSearched(const git::Program& git, const GitFacts& facts) : git_(git), facts_(facts) {}
  [[nodiscard]] const record::TreeFacts& facts() const override { return facts_; }
  [[nodiscard]] std::vector<Hit> lines_with(const std::vector<std::string>& words,
                                            size_t limit) const override;

 private:
  const git::Program& git_;
  const GitFacts& facts_;
};

}  // namespace gf::session
