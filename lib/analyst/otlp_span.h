// One span of OTLP/JSON and how its values are written. For this room's .cc files.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "record/exchange.h"
#include "record/json.h"

namespace gf::analyst::otel {

enum class SpanKind { kInternal = 1, kClient = 3 };  ///< numbers of the protocol

/// A span being made. Values that are empty are left out: an absent attribute is "not known".
class Span {
 public:
  /// `key` names the span within its run.
  Span(const std::string& run, const std::string& key, const std::string& parent_key,
       std::string name, SpanKind kind = SpanKind::kInternal);

  Span& time(Timestamp start, Timestamp end);
  Span& set(const char* name, const std::string& value);
  Span& set(const char* name, std::optional<int64_t> value);
  Span& set_double(const char* name, std::optional<double> value);
  Span& set_flag(const char* name, bool value);
  Span& set_list(const char* name, const std::vector<std::string>& values);
  Span& set(const record::Cost& cost);
  Span& ok();
  Span& failed(const std::string& type, const std::string& why);
  [[nodiscard]] record::Json json() const;

 private:
  Span& add(const char* name, record::Json value);
  record::Json json_, attributes_;
};

/// {"key": ..., "value": {"stringValue": ...}}
record::Json attribute(const char* name, record::Json value);
record::Json text_value(const std::string& text);

/// What one exchange said, in the shapes of the conventions' message schemas.
void set_messages(Span& span, const record::Exchange& exchange);

}  // namespace gf::analyst::otel
