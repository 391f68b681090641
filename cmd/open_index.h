// The index, opened for a command: progress and what could not be read are told on standard error.
#pragma once

#include "analyst/index.h"
#include "command.h"

namespace gf::cmd {

Result<analyst::Index> open_index(const session::Context& context, const Console& console);

}  // namespace gf::cmd
