// Runs the requests of a batch, each in a process of its own, and looks at what becomes of them.
#pragma once

#include <functional>
#include <string>

#include "batch/orders.h"
#include "batch/report.h"
#include "session/context.h"

namespace gf::batch {

/// Who hears how it goes; called by the thread that called run_batch(). Any may be empty.
struct Listener {
  std::function<void(const Orders& orders)> on_begin;
  std::function<void(size_t index, const session::Event& event)> on_event;
  std::function<void(size_t index, State state, const std::string& why)> on_state;
  std::function<void(const std::string& text)> on_note;  ///< of the batch, one line
};

/// Runs what is not delivered yet, to its end or until a stop is asked for. `program` is
/// git-factory itself. What is there already is read from the record: a delivered request is done,
/// a run that was stopped goes on, and one that ended as anything else stays as it is. A run that
/// fails, crashes or is killed changes nothing for the others, nor does one whose record cannot be
/// read: it is told as stopped. An Error means that nothing was begun: another process has the
/// batch (kUser), one of that name was begun meanwhile (kUsage), or its orders cannot be kept.
///
/// Invariants:
/// 1. All that this batch knows is in its orders and in the record of its runs: killed at any
///    moment, it goes on from there, and nothing is bought twice.
/// 2. When this returns, and when its process dies, no run of it goes on.
Result<Report> run_batch(session::Context& context, Orders orders, const std::string& program,
                         const Listener& listener);

}  // namespace gf::batch
