// What gates of some folders are started in, and how that is prepared again.
#pragma once

#include <functional>

#include "base/ids.h"
#include "base/result.h"
#include "env/environment.h"
#include "record/facts.h"

namespace gf::line {

/// An environment in the slot, and the tree that it was prepared for.
struct Room {
  env::Ready ready;
  /// Prepares it for another tree, which lies in the slot. Empty: it is as it is, in a replay.
  std::function<Result<env::Ready>(const record::TreeFacts& tree)> prepare = {};
  Oid tree = {};
};

}  // namespace gf::line
