// What the engine tells while it works: one event before and one after each act.
#pragma once

#include <functional>
#include <string>

#include "base/ids.h"
#include "base/time.h"
#include "record/json.h"

namespace gf::session {

/// One line of a run's trace. `kind` is one of: run.begin, run.terms, run.end, stage.begin,
/// stage.end, ask.begin, ask.progress, ask.end, tool, check.begin (which gates follow), gate.begin,
/// gate.progress, gate.end, act.begin, act.end, warning, note.
///
/// ask.progress comes a few times a second while an answer is on its way, gate.progress at most
/// once a second while a tool runs; they say nothing that is worth keeping, and are the kinds that
/// are not part of the record.
struct Event {
  Timestamp time{};
  std::string kind;
  RunId run;
  std::string stage;  ///< empty outside a stage
  int attempt = 0;
  std::string text;     ///< for people, one line, safe for a terminal after printable()
  record::Json fields;  ///< numbers and names for programs; an object or null
};

record::Json to_json(const Event& event);
using Sink = std::function<void(const Event&)>;

}  // namespace gf::session
