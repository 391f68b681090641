// A port for a server that a program of ours is about to start.
#pragma once

#include "base/result.h"

namespace gf::proc {

/// A TCP port of 127.0.0.1 that nobody listens at. It is free when it is told; who takes it long
/// after may find it taken. An Error (kEnvironment): there is none, or there are no sockets.
Result<int> loopback_port();

}  // namespace gf::proc
