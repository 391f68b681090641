// What building a project left in the slot, kept beside its overlay: who cleans the slot takes it
// away, and to build again what has not changed can take minutes. For this room's .cc files.
#pragma once

#include <set>
#include <string>
#include <vector>

namespace gf::env {

/// What decides what a build makes: the content of what it reads (build.h) and the commit that the
/// slot stands at, for versions that are made of it.
std::string build_key(const std::vector<std::string>& folders);

/// Files and links below the folders, as absolute paths; no .git and no caches of Python's.
std::set<std::string> files_in(const std::vector<std::string>& folders);

/// Keeps what lies below the folders now and did not `before`, in `overlay`, under `key`. Where
/// that cannot be done, or is too much (512 MB), nothing is kept: it is built again then.
void keep_build(const std::string& overlay, const std::string& key,
                const std::vector<std::string>& folders, const std::set<std::string>& before);

/// Lays it back, with its times. False: it was built of something else, or is not there.
bool lay_back_build(const std::string& overlay, const std::string& key);

/// What is kept is no longer what the overlay goes with.
void forget_build(const std::string& overlay);

}  // namespace gf::env
