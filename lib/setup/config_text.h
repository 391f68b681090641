// The text of the .gitfactory that init writes: settings, and comments that teach the others.
#pragma once

#include <string>

#include "setup/setup.h"

namespace gf::setup {

/// Names no path of this machine: the file is tracked.
std::string config_text(const Preparation& found);

}  // namespace gf::setup
