// What Java of a slot is built with: the jars that its build names, in a store of ours.
#pragma once

#include "base/result.h"
#include "env/environment.h"

namespace gf::env {

/// Sees that what the order's gates of Maven and Gradle need is there: their own goals are run once
/// with a network and without a test, where factory.install allows it. That resolves just what they
/// start; Maven's own go-offline knows nothing of what surefire takes for its tests, and stops at
/// modules that are built on each other. What the user's own local repository has is copied from
/// there. Gates are offline afterwards. Asked again only where the build files have changed. Does
/// nothing where no gate of the order starts Maven or Gradle. What could not be fetched is told
/// (Order::say), and is the tool's to explain when a gate asks for it.
Result<void> lay_jars(const Order& order, Ready& ready);

}  // namespace gf::env
