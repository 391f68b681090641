// Which change a cell is asked about, and what it was to be. For cell*.cc.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "line/cell.h"
#include "session/config.h"

namespace gf::line {

/// A change as it was named.
struct Revision {
  session::Base base;
  Oid commit, tree;
  std::string description;
  std::vector<std::string> messages;  ///< of its commits, oldest first, merges left out
};

/// Resolves what `wish` names. `folder`: for a copy of the index. Errors (kUser, kUsage) say what
/// is not there: a name, a common ancestor. The two trees may be one.
Result<Revision> find_revision(const session::Context& context, const session::Config& config,
                               const CellWish& wish, const std::string& folder);

struct FoundSpec {
  record::Spec spec;
  SpecFrom from = SpecFrom::kNobody;
  RunId run;
};
/// The spec that the change is held against: the one given, that of the run whose commit it is, or
/// its commits' own words, a criterion each that they state, else each subject.
Result<FoundSpec> find_spec(const session::Context& context, const Revision& revision,
                            const CellWish& wish);
/// The last of these. Pure.
record::Spec spec_of_messages(const std::vector<std::string>& messages);

}  // namespace gf::line
