// PR: branch, commit, push, pull request. These are the engine's hands alone: the verdict has been
// given, so nobody is asked and nothing is judged. What the forge refuses is an Error there.
#include "stage/parts.h"

namespace gf::stage {

const Stage kPr = {"pr", Actor::kTools, 0.0, "", "", {}, nullptr, nullptr, nullptr};

}  // namespace gf::stage
