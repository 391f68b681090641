// The filter of system calls: what no gate needs and what would lead out. For this room's .cc
// files.
#pragma once

#include <string>
#include <vector>

#include "proc/restraint.h"

namespace gf::proc {

/// Which sockets may be made.
enum class Sockets {
  kNone,     ///< pairs of one's own alone
  kMachine,  ///< internet and named ones; no virtual machines' (vsock) or raw packets
};

/// Refused with EPERM, or ENOSYS where a program then takes the older way: mounting and namespaces
/// of its own, modules and kernels, other processes' keys, clocks, io_uring (which goes past such
/// filters) and putting words into a terminal. Empty where the machine's calls are not known here.
std::vector<FilterStep> call_filter(Sockets sockets);

/// The same as bubblewrap reads it from a descriptor.
std::string as_bytes(const std::vector<FilterStep>& filter);

}  // namespace gf::proc
