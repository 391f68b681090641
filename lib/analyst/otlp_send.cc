#include "analyst/otlp_send.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "base/text.h"

namespace gf::analyst {
namespace {

constexpr std::string_view kTracesPath = "/v1/traces";
constexpr int kAttempts = 4;
constexpr Milliseconds kLongestWait = std::chrono::minutes(1);

/// "%41" is "A"; a sign that no two digits follow is itself.
std::string unescaped(std::string_view text) {
  std::string plain;
  for (size_t at = 0; at < text.size(); ++at) {
    unsigned value = 0;
    const char* digits = text.data() + at + 1;
    if (text[at] == '%' && at + 2 < text.size() &&
        std::from_chars(digits, digits + 2, value, 16).ptr == digits + 2) {
      plain += static_cast<char>(value);
      at += 2;
    } else {
      plain += text[at];
    }
  }
  return plain;
}

/// "name=value,other=value", as the W3C's baggage writes it. A value may be a key: it is not shown.
Result<net::Headers> headers_in(const std::string& variable, const std::string& text) {
  net::Headers headers;
  for (const std::string& pair : split(text, ',')) {
    if (trim(pair).empty()) continue;
    size_t equals = pair.find('=');
    std::string name(trim(std::string_view(pair).substr(0, equals)));
    if (equals == std::string::npos || name.empty()) {
      return Error{Fault::kConfiguration,
                   fmt::format("{} holds something that is no header", variable),
                   {},
                   "write it as name=value, several with commas between them"};
    }
    headers.emplace_back(unescaped(name),
                         unescaped(trim(std::string_view(pair).substr(equals + 1))));
  }
  return headers;
}

/// 64-bit numbers are decimal strings in OTLP/JSON, and some write them as numbers.
int64_t count_in(const record::Json& json, std::string_view name) {
  std::string text = json.get_string(name);
  int64_t number = json.get_int(name);
  if (!text.empty()) std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

bool is_busy(long status) {
  return status == 429 || status == 502 || status == 503 || status == 504;
}

/// The collector's own words, from a google.rpc.Status or as they are.
std::string words_of(const std::string& body) {
  auto json = record::Json::parse(body);
  std::string text = json.ok() ? json->get_string("message") : body;
  return printable(clipped(std::string(trim(replace_all(text, "\n", " "))), 200));
}

std::string hint_for(const Collector& collector, long status) {
  if (status == 401 || status == 403)
    return "put its key into OTEL_EXPORTER_OTLP_HEADERS, as name=value";
  if (status == 404 || status == 405)
    return fmt::format("check that '{}' is where it takes OTLP over HTTP (port 4318 by custom)",
                       net::shown(collector.url));
  if (status == 413) return "leave out --prompts, or let the collector take larger bodies";
  if (status == 415) return "name a collector that takes OTLP with JSON over HTTP";
  return "see the collector's own log";
}

Taken taken_of(const std::string& body) {
  Taken taken;
  auto json = record::Json::parse(body);
  if (!json.ok()) return taken;
  record::Json part = json->get("partialSuccess");
  taken.refused = count_in(part, "rejectedSpans");
  taken.why = printable(clipped(part.get_string("errorMessage"), 300));
  return taken;
}

}  // namespace

Result<Collector> collector_at(const std::string& endpoint, const Environment& environment) {
  bool web = endpoint.starts_with("http://") || endpoint.starts_with("https://");
  if (!web || endpoint.find("://") + 3 == endpoint.size()) {
    return Error{
        Fault::kUsage,
        fmt::format("'{}' is no address of a collector", printable(clipped(endpoint, 100))),
        {},
        "write it with its scheme, for example http://localhost:4318"};
  }
  Collector collector{endpoint, {}};
  while (collector.url.ends_with("/")) collector.url.pop_back();
  if (!collector.url.ends_with(kTracesPath)) collector.url += kTracesPath;
  for (const char* variable : {"OTEL_EXPORTER_OTLP_TRACES_HEADERS", "OTEL_EXPORTER_OTLP_HEADERS"}) {
    std::string text = environment.get(variable);
    if (text.empty()) continue;
    GF_ASSIGN(collector.headers, headers_in(variable, text));
    break;
  }
  return collector;
}

Result<Taken> send_trace(const Collector& collector, const record::Json& trace, const Clock& clock,
                         const Cancel& cancel) {
  net::Request request;
  request.url = collector.url;
  request.body = trace.dump();
  request.headers = collector.headers;
  request.headers.emplace_back("Content-Type", "application/json");
  Milliseconds pause = std::chrono::seconds(1);
  for (int attempt = 1;; ++attempt) {
    auto answer = net::send(request, cancel);
    bool unreached = !answer.ok() && answer.error().detail == net::kUnreached;
    if (!answer.ok() &&
        (answer.error().fault != Fault::kTransient || unreached || attempt == kAttempts)) {
      Error error = answer.error();
      if (unreached) error.detail.clear();  // a mark for callers, no text
      if (error.hint.empty() && error.fault != Fault::kCancelled)
        error.hint = "check that the collector runs there and takes OTLP over HTTP";
      return error;
    }
    if (answer.ok() && answer->status >= 200 && answer->status < 300) return taken_of(answer->body);
    if (answer.ok() && (!is_busy(answer->status) || attempt == kAttempts)) {
      std::string words = words_of(answer->body);
      return Error{is_busy(answer->status) ? Fault::kTransient : Fault::kUser,
                   fmt::format("'{}' answers {}{}", net::shown(collector.url), answer->status,
                               words.empty() ? "" : ": " + words),
                   {},
                   hint_for(collector, answer->status)};
    }
    Milliseconds wait = pause;
    if (answer.ok()) wait = net::retry_after(*answer, clock.now()).value_or(pause);
    GF_TRY(clock.wait(std::min(wait, kLongestWait), cancel));
    pause *= 2;
  }
}

}  // namespace gf::analyst
