// What decides here whether a sandbox can be set up, so that the answer can be kept.
#pragma once

#include <string>

namespace gf::proc {

/// The kernel since it was started, its switches for namespaces, and this process's rights, groups
/// and namespaces, in one text without NUL: as long as it is the same, what worked works. Empty
/// where the system does not tell, which is everywhere but on Linux.
std::string sandbox_ground();

}  // namespace gf::proc
