// A run as an OpenTelemetry trace, in the form of OTLP/JSON files (INTEGRATIONS D).
#pragma once

#include <string>

#include "record/json.h"
#include "store/store.h"

namespace gf::analyst {

struct OtlpWish {
  bool prompts = false;        ///< with what was asked and answered, word for word
  std::string repository_url;  ///< without credentials; empty: not told
};

/// One TracesData object, to be written as one line. Root span: the run; below it a span a stage
/// attempt; below these the model calls, tool calls, gates and acts, as far as this clone has them.
/// Ids follow from the run, so that exporting twice gives the same trace.
record::Json otlp_trace(const store::Run& run, const OtlpWish& wish);

}  // namespace gf::analyst
