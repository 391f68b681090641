// Traces to an OpenTelemetry collector, by OTLP over HTTP with JSON bodies.
#pragma once

#include <string>

#include "base/cancel.h"
#include "base/clock.h"
#include "base/environment.h"
#include "base/result.h"
#include "net/http.h"
#include "record/json.h"

namespace gf::analyst {

/// Where traces go, and what goes along.
struct Collector {
  std::string url;  ///< of the traces' own path
  net::Headers headers;
};

/// The collector at `endpoint`, which is its address ("http://localhost:4318") or the whole URL of
/// its traces (the path ends with /v1/traces). Headers are those that
/// OTEL_EXPORTER_OTLP_TRACES_HEADERS, else OTEL_EXPORTER_OTLP_HEADERS names, as OpenTelemetry's own
/// exporters have them. An Error (kUsage) for what is neither http nor https, and (kConfiguration)
/// for headers that cannot be read.
Result<Collector> collector_at(const std::string& endpoint, const Environment& environment);

/// What a collector made of a trace.
struct Taken {
  int64_t refused = 0;  ///< spans it did not want
  std::string why;      ///< its own words; may be empty, and a warning where it took all
};

/// Sends one TracesData object. A collector that is busy is asked again, four times in all, after
/// the time it names (a minute at most), else after 1, 2 and 4 s; so is one whose answer broke off,
/// which is harmless: ids follow from the run. An Error is kTransient (it does not answer, or stays
/// busy) or kUser (it takes no such thing).
Result<Taken> send_trace(const Collector& collector, const record::Json& trace, const Clock& clock,
                         const Cancel& cancel);

}  // namespace gf::analyst
