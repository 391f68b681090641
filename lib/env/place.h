// Where environments of ours are kept: below the cache folder, for this user alone.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"

namespace gf::env {

/// The overlay of one slot. By the slot's path: who holds the slot has the overlay too.
std::string overlay_folder(const std::string& cache, const std::string& slot);
/// An environment that was made, by what it was made from.
std::string made_folder(const std::string& cache, const std::string& key);

/// One of ours, as it lies on disk.
struct Kept {
  std::string folder;
  std::string what;  ///< "overlay" or "made"
  std::string of;    ///< the slot, or what it was made from
  uint64_t size_bytes =
      0;               ///< links are counted as links; a file that is linked elsewhere is whole
  bool whole = false;  ///< false: left half made
};
std::vector<Kept> kept_in(const std::string& cache);

/// Removes overlays whose slot is gone; `all`: every one, and the environments that were made.
/// What a running process holds stays. Returns what was removed.
std::vector<Kept> clean(const std::string& cache, bool all);

}  // namespace gf::env
