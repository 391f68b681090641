// The environment below the overlay: one of the user's, else one of ours. For this room's .cc
// files.
#pragma once

#include "env/environment.h"
#include "env/finder.h"
#include "env/maker.h"
#include "env/manifest.h"

namespace gf::env {

/// An environment that fits; its interpreter is there. One that only may do is told of
/// (Order::say). The Error says which places were looked at, why each was passed by, and why none
/// can be made.
Result<Found> provide(const Order& order, const Manifest& manifest);

/// What factory.install allows.
Result<Network> network_of(const Settings& settings);
Result<Network> network_of(const Order& order);

}  // namespace gf::env
