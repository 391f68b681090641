// Landlock: a process gives up what it does not need, without any right or program for it. For this
// room's .cc files.
#pragma once

#include <string>
#include <vector>

#include "base/descriptor.h"
#include "base/result.h"
#include "proc/view.h"

namespace gf::proc {

/// The version of Landlock that this kernel speaks; 0: none, or it is switched off.
int landlock_version();

struct LandlockRules {
  View view;
  bool network = false;  ///< false: no TCP either (since version 4)
};
/// A set of rules, for Restraint::ruleset. Costs one open a rule.
Result<Descriptor> make_ruleset(const LandlockRules& rules, int version);

}  // namespace gf::proc
