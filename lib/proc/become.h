// Becoming another program: for a hook that has done its own part.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "proc/process.h"

namespace gf::proc {

/// "<doing>: <what errno says>".
Error os_error(const std::string& doing);

/// Becomes the program at the path argv[0]: the same process, terminal, folder and outputs, with
/// `input` on standard input and no signal ignored. A file without a "#!" line is read by sh. Comes
/// back only with the Error that says why it could not; standard input is spent then.
Error become(const std::vector<std::string>& argv, const Environment& environment,
             const std::string& input);

}  // namespace gf::proc
