// gptme.
//
// Checked on 2026-11-21 with gptme 0.35.1 (PyPI).
#include <fmt/format.h>

#include "model/dialect.h"
#include "model/presets/parts.h"
#include "model/prices.h"
#include "record/sums.h"

namespace gf::model {
namespace {

using record::Json;
using record::ModelFailure;

std::vector<std::string> gptme_argv(const CliCall& call) {
  return {
      call.program, "-n",           "--output-format",
      "json",       "-m",           call.model,
      "-w",         call.directory, fmt::format("Do what the file '{}' asks.", call.prompt_file)};
}

CliReport gptme_read(const std::string& out, const std::string& err, const std::string&) {
  CliReport report;
  for (const Json& event : objects(out)) {
    if (event.get_string("role") != "assistant") continue;
    report.text = event.get_string("content");
    // Since 0.35; older ones count nothing. Cache counts are beside the input, as Anthropic's are.
    Json about = event.get("metadata"), used = about.get("usage");
    report.model = about.get_string("served_model", report.model);
    auto read = tokens(used, "cache_read_tokens"), written = tokens(used, "cache_creation_tokens");
    report.usage.input_total = record::capped_sum(
        report.usage.input_total,
        record::capped_sum(tokens(used, "input_tokens"), record::capped_sum(read, written)));
    report.usage.cache_read = record::capped_sum(report.usage.cache_read, read);
    report.usage.cache_write = record::capped_sum(report.usage.cache_write, written);
    report.usage.output_total =
        record::capped_sum(report.usage.output_total, tokens(used, "output_tokens"));
    Json cost = about.get("cost");
    if (cost.as_double()) add_price(report, pico_dollars(cost.dump()));
  }
  if (report.usage.input_total) report.usage.source = "reported";
  if (report.text.empty()) fail(report, by_words(err), err.empty() ? "it said nothing" : err);
  return report;
}

ModelFailure gptme_failure(int exit_code) {
  return exit_code == 75   ? ModelFailure::kRateLimited
         : exit_code == 76 ? ModelFailure::kAuth
         : exit_code == 77 ? ModelFailure::kConfig
                           : ModelFailure::kNone;
}

}  // namespace

const Preset kGptme = {
    "gptme",           false,      false,      {"OPENAI_API_KEY", "ANTHROPIC_API_KEY"},
    {".config/gptme"}, gptme_argv, gptme_read, gptme_failure};

}  // namespace gf::model
