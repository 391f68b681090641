// A request that was made before: named before anything is spent on it once more.
#pragma once

#include <string>

#include "base/result.h"
#include "session/context.h"

namespace gf::line {

/// An Error (kUser) when this very request was delivered on that base, waits with questions or goes
/// on already; it names the run and what to do. Runs that failed, were rejected, planned or ended
/// by a person are no reason. `request`: redacted, as the record has it.
Result<void> check_not_asked_before(const session::Context& context, const std::string& request,
                                    const std::string& base_name);

}  // namespace gf::line
