// opencode.
//
// Checked on 2026-11-21 with opencode 1.18.33 (npm opencode-ai).
#include "model/dialect.h"
#include "model/presets/parts.h"
#include "model/prices.h"
#include "record/sums.h"

namespace gf::model {
namespace {

using record::Json;

std::vector<std::string> opencode_argv(const CliCall& call) {
  return {call.program, "run",          "--format",
          "json",       "-m",           call.model,
          "--dir",      call.directory, "Do what is asked below."};
}

CliReport opencode_read(const std::string& out, const std::string& err, const std::string&) {
  CliReport report;
  bool any = false;
  for (const Json& event : objects(out)) {
    any = true;
    std::string type = event.get_string("type");
    Json part = event.get("part");
    if (type == "text") report.text = part.get_string("text", event.get_string("text"));
    if (type == "error") {
      Json error = event.get("error");
      std::string why = error.as_string().value_or(
          error.get("data").get_string("message", error.get_string("message", "an error")));
      fail(report, by_words(why), why);
    }
    if (type != "step_finish") continue;
    Json used = part.get("tokens"), cache = used.get("cache");
    auto read = tokens(cache, "read"), written = tokens(cache, "write");
    // What a cache gave is beside the input here.
    report.usage.input_total = record::capped_sum(
        report.usage.input_total,
        record::capped_sum(tokens(used, "input"), record::capped_sum(read, written)));
    report.usage.cache_read = record::capped_sum(report.usage.cache_read, read);
    report.usage.cache_write = record::capped_sum(report.usage.cache_write, written);
    report.usage.output_total =
        record::capped_sum(report.usage.output_total,
                           record::capped_sum(tokens(used, "output"), tokens(used, "reasoning")));
    report.usage.reasoning = record::capped_sum(report.usage.reasoning, tokens(used, "reasoning"));
    Json cost = part.get("cost");
    if (cost.as_double()) add_price(report, pico_dollars(cost.dump()));
    if (report.usage.input_total) report.usage.source = "reported";
  }
  if (!any) fail(report, by_words(err), err.empty() ? "it said nothing" : err);
  return report;
}

}  // namespace

const Preset kOpencode = {"opencode",
                          false,
                          true,
                          {"OPENAI_API_KEY", "ANTHROPIC_API_KEY"},
                          {".config/opencode", ".local/share/opencode/auth.json"},
                          opencode_argv,
                          opencode_read,
                          no_table};

}  // namespace gf::model
