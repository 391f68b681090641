// A run told in lines: what a pipe gets of each event, and how a run ended.
#pragma once

#include <string>

#include "record/exchange.h"
#include "record/run.h"
#include "session/event.h"

namespace gf::cmd {

/// What a log file or a pipe gets for one event, without a line end: a stage's steps stand indented
/// below it, and its end says what it took. Empty for events that say nothing there.
std::string plain_line(const session::Event& event);

/// How a run ended, and what to do next, in a line or a few.
std::string result_text(const record::RunRecord& run);

/// A model's or a tool's words on one line: no control characters, and a tab is a space.
std::string flat(std::string_view text);

/// "main at 1a2b3c4d5e, as origin has it"; empty: not told.
std::string start_of(const session::Event& event);

}  // namespace gf::cmd
