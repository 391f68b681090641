#include "model/presets/parts.h"

#include "base/text.h"
#include "model/dialect.h"

namespace gf::model {

using record::Json;
using record::ModelFailure;

std::vector<Json> objects(const std::string& out) {
  std::vector<Json> all;
  for (const std::string& line : lines(out)) {
    if (!trim(line).starts_with("{")) continue;
    auto json = Json::parse(line);
    if (json.ok() && json->is_object()) all.push_back(std::move(json).value());
  }
  return all;
}

void add_price(CliReport& report, std::optional<int64_t> pico_usd) {
  if (!pico_usd) return;
  record::Cost sum = record::Cost{report.pico_usd.value_or(0), ""} + record::Cost{pico_usd, ""};
  report.pico_usd = sum.pico_usd;
}

void fail(CliReport& report, ModelFailure failure, const std::string& why) {
  if (report.failure != ModelFailure::kNone) return;
  report.failure = failure;
  report.why = printable(to_utf8(clipped(replace_all(trim(why), "\n", " "), 300)));
}

ModelFailure by_words(const std::string& text) {
  std::string words = lower(text);
  auto has = [&](const char* word) { return words.find(word) != std::string::npos; };
  if (has("401") || has("unauthorized") || has("api key") || has("authentication") || has("log in"))
    return ModelFailure::kAuth;
  ModelFailure failure = failure_of(0, "", "", text);
  if (failure == ModelFailure::kOverflow) return failure;
  if (has("quota") || has("billing") || has("usage limit")) return ModelFailure::kQuota;
  if (has("429") || has("rate limit") || has("overloaded")) return ModelFailure::kRateLimited;
  return ModelFailure::kTransport;
}

ModelFailure no_table(int) { return ModelFailure::kNone; }

}  // namespace gf::model
