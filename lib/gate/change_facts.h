// What code can tell of a change without asking anybody: facts for who reviews it, and for rules
// that a repository sets. No fact is a fault by itself.
#pragma once

#include <array>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "record/facts.h"
#include "record/gate.h"

namespace gf::gate {

/// The kinds, in the order in which they are told. A finding's `rule` is one of them.
inline constexpr std::array<std::string_view, 11> kFactKinds = {
    "dependency",  ///< a package that a manifest did not name before
    "public-api",  ///< a public name that is gone, or whose header is another
    "schema",      ///< a file of a data base's, a message's or an interface's form
    "process",     ///< source that did not start programs before
    "network",     ///< source that did not reach out before
    "secret",      ///< an added line that looks like a key or a password
    "binary",      ///< a new or changed file that is no text, or over 1 MB
    "generated",   ///< a file that a tool made, or somebody else's
    "licence",     ///< a new file without the notice that its neighbours begin with
    "silenced",    ///< an added line that tells a checker to look away (silenced.h)
    "unnamed"      ///< a new public name that nobody who asked for the change has named
};

struct ChangedTree {
  const record::TreeFacts& base;
  const record::TreeFacts& tree;
  std::vector<std::string> paths;       ///< that differ, those that are gone too
  std::vector<std::string> test_paths;  ///< patterns of the files that are tests: no public names
  std::map<std::string, std::vector<int>> added_lines = {};  ///< in `tree`, from 1
  /// What was asked for, in whatever words; empty: it is not known, and no name is told for it.
  std::string asked = {};
};
/// By kind and path; `rule` says the kind, `message` what.
std::vector<record::Finding> change_facts(const ChangedTree& change);
/// A line each, in at most `most` bytes and a line that says how many are left out.
std::string facts_text(const std::vector<record::Finding>& facts, size_t most);

/// One rule of a repository's: facts of a kind are not wanted, in paths that match.
struct Forbidden {
  std::string kind;
  std::vector<std::string> paths;  ///< patterns (base/glob.h); none: everywhere
};
/// "network src/core/** src/model/**". An Error (kConfiguration) names a kind that is none.
Result<Forbidden> read_forbidden(std::string_view rule);
/// The facts that rules forbid, worded as what is to be mended.
std::vector<record::Finding> forbidden_in(const std::vector<record::Finding>& facts,
                                          const std::vector<Forbidden>& rules);

}  // namespace gf::gate
