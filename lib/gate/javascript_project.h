// What a tree says of its JavaScript tools, each file read once. For javascript*.cc.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "gate/evidence.h"
#include "record/json.h"

namespace gf::gate {

/// Holds a reference to the tree, which has to live longer.
class JavaScriptProject {
 public:
  using Words = std::vector<std::string>;

  /// `outer_evidence`, `inside`: as in Detected.
  explicit JavaScriptProject(const record::TreeFacts& tree,
                             std::vector<Evidence> outer_evidence = {}, const Words& inside = {});

  /// Is there a package.json at all? A page's scripts alone are no project.
  [[nodiscard]] bool is_one() const { return is_one_; }
  [[nodiscard]] const record::TreeFacts& tree() const { return tree_; }
  [[nodiscard]] const record::Json& manifest() const { return manifest_; }
  /// Among its dependencies, of whatever kind.
  [[nodiscard]] bool needs(std::string_view package) const;
  /// The first call of `tool`; null: the project shows none.
  [[nodiscard]] const Evidence* evidence(std::string_view tool) const;
  /// The first of `names` that is there ("eslint.config.js"); empty: none.
  [[nodiscard]] std::string first_of(const Words& names) const;
  /// "npm", "pnpm", "yarn" or "bun", by `packageManager`, else by the lock file.
  [[nodiscard]] std::string manager() const;
  [[nodiscard]] const Words& notes() const { return notes_; }

 private:
  const record::TreeFacts& tree_;
  bool is_one_;
  record::Json manifest_;
  std::vector<Evidence> evidence_;
  Words notes_;
};

}  // namespace gf::gate
