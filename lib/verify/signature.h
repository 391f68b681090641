// Is the verdict signed, and by whom? For this room's .cc files.
#pragma once

#include <variant>

#include "verify/evidence.h"

namespace gf::verify {

struct Signed {
  std::string by;  ///< the principal, or the fingerprint when there is none
};

/// Looks at review.sig as the policy asks: it has to be about this very verdict, good by git's own
/// judgement, and by an allowed signer.
Result<std::variant<Signed, Refusal>> judge_signature(const git::Repo& repo,
                                                      const git::Program& git, const Policy& policy,
                                                      const Approval& approval);

/// The same for gates that somebody says were green on `tree`: `text` is what signed_gates() gave.
Result<std::variant<Signed, Refusal>> judge_gates_signature(const git::Repo& repo,
                                                            const git::Program& git,
                                                            const Policy& policy,
                                                            const std::string& text,
                                                            const Oid& tree, const Oid& gates);

}  // namespace gf::verify
