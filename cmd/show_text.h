// What `show` prints, as text and as JSON. Not yet safe for a terminal: painted() makes it so.
#pragma once

#include <string>

#include "record/json.h"
#include "store/store.h"

namespace gf::cmd {

struct Shown {
  std::string text;
  record::Json json = record::Json::array();
  bool is_diff = false;
};

std::string run_text(const store::Run& run);
record::Json run_json(const store::Run& run);
/// Every message that was sent, and the answer.
std::string whole_exchange_text(const record::Exchange& exchange);
record::Json exchange_json(const record::Exchange& exchange);
/// Counts, findings, tests that did not pass, and the output as far as it was kept.
std::string gate_text(const store::Run& run, const record::GateOutcome& gate);

/// Control characters made visible; the lines of a diff in git's colours when asked for.
std::string painted(const Shown& shown, bool colour);

}  // namespace gf::cmd
