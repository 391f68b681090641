// Where tests cut a run off: before and after every move of a ref and every push.
#pragma once

#include <string_view>

#include "base/result.h"

namespace gf::git {

/// Counts the writes of this process. With GIT_FACTORY_FAULT=kill:<n> the n-th ends it at once, as
/// kill -9 would (exit status 137); with fail:<n> it and all later ones fail, as on a full disk;
/// with list each one is told on standard error. Without the variable, and in builds without tests,
/// nothing happens. `when` is "before" or "after"; `what` names the write.
Result<void> fault_point(const char* when, std::string_view what);

}  // namespace gf::git
