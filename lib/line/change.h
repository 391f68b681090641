// What lies between the base and a tree, asked of the repository once.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "git/repo.h"
#include "record/findings.h"

namespace gf::line {

/// The difference of two trees, in the forms that judgements need.
struct Change {
  Oid base, tree;
  std::vector<git::Delta> deltas;
  std::vector<git::Hunk> hunks;  ///< with three lines of context, as REVIEW sees them

  /// Reads both; costs in proportion to the change.
  static Result<Change> between(const git::Repo& repo, const Oid& base, const Oid& tree);
  /// Paths that are in `tree` and differ from `base`.
  [[nodiscard]] std::vector<std::string> paths() const;
  /// Numbers of the lines that `tree` has and `base` has not, ascending, by path.
  [[nodiscard]] std::map<std::string, std::vector<int>> added_lines() const;
  /// Where the base's lines are now.
  [[nodiscard]] record::LineMoves moves() const;
};

}  // namespace gf::line
