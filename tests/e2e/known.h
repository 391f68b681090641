// What the gates say of the demo's trees: asked once in a build folder, and known to the other
// tests.
//
// A run of the demo costs ten to twenty seconds of pytest and mypy and a second of ours, and a
// hundred tests want one only to look at its record. What these tools say is the same each time, so
// that the product's own cache (outcomes by gate, tool, environment and tree; see
// lib/line/gatekeeper.h) is filled by one test, KnownTest, whose runs are cold, and copied into
// each test's own folder. Copied, never shared: runs at once would spoil it.
#pragma once

#include <string>

namespace gf::test {

class World;

/// Where `clone`, of this world, keeps what its gates said and their tools know.
std::string cache_of_gates(const World& world, const std::string& clone);

/// Keeps what the runs of one repository have left in `cache` (session::gate_cache()), in place of
/// what was kept. Whole or not at all: others may read at the same time.
void keep_known(const std::string& cache);

/// Is there something that this very program said, of this demo and with these tools?
bool is_known();

/// Fills the cache of `clone`, of this world, which is not there yet. What tools know of libraries is
/// copied always, for they see themselves whether it still holds, and is told to be of what the
/// clone has checked out, another commit of the same demo; outcomes only where is_known().
void copy_known(const World& world, const std::string& clone, bool outcomes);

}  // namespace gf::test
