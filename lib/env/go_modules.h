// What Go's gates of a slot are built with: in Go's own store, or fetched to one of ours.
#pragma once

#include "env/environment.h"

namespace gf::env {

/// Where the gates are held they have no network, and go fetches when it builds: that is done
/// before them. What the user's store lacks goes to one of ours, which the gates then read. Best
/// effort: what cannot be fetched is told, and the gate will say so too.
Result<void> lay_go_modules(const Order& order, Ready& ready);

}  // namespace gf::env
