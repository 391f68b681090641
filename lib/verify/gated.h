// What is remembered of gates on trees that no run built. For this room's .cc files.
#pragma once

#include <string>

#include "verify/evidence.h"

namespace gf::verify {

struct Remembered {
  bool passed = false;
  std::string why_not;  ///< something is kept of this tree, and why it does not count
};

/// Whether these gates were green on `tree`, as far as anybody kept it, and, where the policy wants
/// signatures, signed for it.
Result<Remembered> remembered(const git::Repo& repo, const git::Program& git, const Policy& policy,
                              Records& records, const Oid& tree);

}  // namespace gf::verify
