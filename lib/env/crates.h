// What Rust of a slot is built with: the crates that its lock file names, in cargo's own store.
#pragma once

#include "base/result.h"
#include "env/environment.h"

namespace gf::env {

/// Sees that the crates of the order's Rust projects are there, and has cargo fetch them where
/// factory.install allows it: gates are offline afterwards. Where the tree has no Cargo.lock the
/// slot gets the user's, so that the same releases are built. Does nothing where no gate of the
/// order starts cargo. What could not be fetched is told (Order::say), and is cargo's to explain
/// when a gate asks for it.
Result<void> lay_crates(const Order& order, Ready& ready);

}  // namespace gf::env
