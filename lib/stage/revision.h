// A spec that is revised because a later stage found that it lacks something: what changed, and
// whether it is what was asked for.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "record/json.h"
#include "record/spec.h"
#include "stage/stage.h"

namespace gf::stage {

/// One part of a spec that is not what it was.
struct SpecChange {
  enum class How { kAdded, kChanged, kRemoved };
  std::string what;  ///< "AC2", "A1", "constraint 1", "touchpoints", "intent"
  How how = How::kChanged;
  record::Json before, after;  ///< null where there is none
};

/// Part by part, in the order of the spec: criteria and assumptions by id, other lists by their
/// items, the rest by its name. The request is never revised and not looked at.
std::vector<SpecChange> spec_changes(const record::Spec& before, const record::Spec& after);

/// What was changed or taken away although no reason is about it, a line each. Something new may
/// always come: an assumption, a criterion, a path. Reasons that name no part allow all of them.
std::vector<std::string> unasked_changes(const std::vector<SpecChange>& changes,
                                         const std::vector<Finding>& reasons);

/// "AC2 changed: ... -> ...", a line each, for people and for the stages that go on.
std::vector<std::string> lines_of_changes(const std::vector<SpecChange>& changes);
/// For the record: {"by", "reasons", "changes": [{"what", "how", "before", "after"}]}.
record::Json to_json(const Revision& revision, const std::vector<SpecChange>& changes);

/// The lines of lines_of_changes() again, from what a step's output holds of that; none, where it was
/// no revision.
std::vector<std::string> lines_of_revision(const record::Json& output);

}  // namespace gf::stage
