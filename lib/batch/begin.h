// Where a batch's orders come from: it is begun, or taken up again.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "batch/orders.h"
#include "session/context.h"

namespace gf::batch {

/// What a batch is begun with, beside what is in its file. Texts are as they were written.
struct Wish {
  std::string name;  ///< empty: one is made
  std::optional<std::string> base;
  std::string at_once;  ///< empty: 4, or all of them where other machines run them
  bool serial_overlaps = false, no_pr = false, draft = false, again = false;
  std::string budget;  ///< empty: no cap of its own
  std::vector<std::string> models;
  std::string runner;  ///< an engine's name (engine.h); empty: this machine
  std::string share;   ///< what other machines send home: "summary" or "full"
};

/// Begins a batch: fetches the base once, so that all start from the same commit. Nothing is
/// written. An Error (kUsage) when there is one of that name already, or a run of one of the slugs
/// carries the name: what became of it would be taken for what became of the request.
Result<Orders> begin_batch(const session::Context& context, const std::vector<Entry>& entries,
                           const Wish& wish);

/// What may be asked of a batch that was begun before. All else stays as it was begun with.
struct Again {
  std::optional<std::string> name;  ///< absent: the newest
  std::string at_once, budget;      ///< empty: as before
};
/// Its orders. An Error (kUser) when there is none, which names those that there are.
Result<Orders> find_batch(const session::Context& context, const Again& again);

/// The batch of this name is another one than the caller means.
Error is_there_already(const std::string& name);

}  // namespace gf::batch
