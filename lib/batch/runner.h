// Runs the requests of a batch, each in a process of its own, and looks at what becomes of them.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "batch/orders.h"
#include "batch/report.h"
#include "session/context.h"

namespace gf::batch {

/// What a batch is begun with, beside what is in its file.
struct Wish {
  std::string name;  ///< empty: one is made
  std::optional<std::string> base;
  std::string at_once;  ///< as it was written (width_of)
  bool serial_overlaps = false, no_pr = false, draft = false;
  std::string budget;
  std::vector<std::string> models;
};

/// Who hears how it goes; called by the thread that called run_batch(). Any may be empty.
struct Listener {
  std::function<void(const Orders& orders)> on_begin;
  std::function<void(size_t index, const session::Event& event)> on_event;
  std::function<void(size_t index, State state, const std::string& why)> on_state;
  std::function<void(const std::string& text)> on_note;  ///< of the batch, one line
};

/// Begins a batch: fetches the base once, so that all start from the same commit, and keeps the
/// orders. An Error (kUsage) when there is one of that name already.
Result<Orders> begin_batch(const session::Context& context, const std::vector<Entry>& entries,
                           const Wish& wish);
/// The orders of a batch that was begun before: the one of this name, or the newest.
Result<Orders> find_batch(const session::Context& context, const std::optional<std::string>& name);

/// Runs what is not delivered yet, to its end or until a stop is asked for. `program` is
/// git-factory itself. What is there already is read from the record: a delivered request is done,
/// a run that was stopped goes on, and one that ended as anything else stays as it is. A run that
/// fails, crashes or is killed changes nothing for the others. An Error means that the batch itself
/// could not go on, or that another process has it (kUser).
///
/// Invariants:
/// 1. All that this batch knows is in its orders and in the record of its runs: killed at any
///    moment, it goes on from there, and nothing is bought twice.
/// 2. When this returns, and when its process dies, no run of it goes on.
Result<Report> run_batch(session::Context& context, Orders orders, const std::string& program,
                         const Listener& listener);

}  // namespace gf::batch
