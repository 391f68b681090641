// Lock files brought up to date: what their tools make of a tree is on record, as an outcome named
// "lock", and is never asked again of that tree.
#include "git/workspace.h"
#include "line/dossier.h"
#include "line/gatekeeper.h"
#include "session/context.h"
#include "store/store.h"

namespace gf::line {
Result<std::optional<record::GateOutcome>> Gatekeeper::relock(
    const std::function<Result<record::GateOutcome>()>& work) {
  using Found = std::optional<record::GateOutcome>;
  Found known = active_.gate(workspace_.tree(), kLockRule, "");
  if (!known && past_.replays()) {
    auto kept = past_.outcome(workspace_.tree(), kLockRule, {""});
    if (!kept || !context_.repo.exists(kept->outcome.fixed)) return Found();
    known = std::move(kept->outcome);
  }
  Milliseconds took{0};
  if (known) {
    GF_TRY(workspace_.materialise(known->fixed));
  } else {
    GF_ASSIGN(known, work());
    took = known->duration;
    spent_ += took;
  }
  GF_ASSIGN(auto name, active_.put_gate(*known, "", took));
  names_.push_back(name);
  return known;
}

}  // namespace gf::line
