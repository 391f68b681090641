// What keeps a run from delivering a request that is another job's by now: its branch and its claim
// move on the remote in one step, or neither does.
#pragma once

#include <string>

#include "base/environment.h"
#include "git/git_program.h"
#include "session/context.h"

namespace gf::batch {

/// Handed to the processes of a job's run: which claim their branches go with.
inline constexpr const char* kClaimVariable = "GIT_FACTORY_CLAIM";

/// Its value: the request and the claim's holder.
std::string fence_text(const std::string& batch, const std::string& slug,
                       const std::string& holder);

/// For session::Setup::guard: each push of branches writes into the claim what is sent and where.
/// An Error (kUser): the claim is another's, and nothing may be sent. Empty where the environment
/// names no claim. An Error (kUsage) for a value that names none.
Result<git::Guard> fence_of(const session::Setup& setup);

}  // namespace gf::batch
