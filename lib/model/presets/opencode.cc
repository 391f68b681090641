// opencode.
//
// Checked on 2026-11-21 with opencode 1.18.33 (npm opencode-ai).
#include "model/dialect.h"
#include "model/presets/parts.h"
#include "model/prices.h"

namespace gf::model {
namespace {

using record::Json;

std::vector<std::string> opencode_argv(const CliCall& call) {
  return {call.program, "run",          "--format",
          "json",       "-m",           call.model,
          "--dir",      call.directory, "Do what is asked below."};
}

CliTold opencode_read(const std::string& out, const std::string& err, const std::string&) {
  CliTold told;
  bool any = false;
  for (const Json& event : objects(out)) {
    any = true;
    std::string type = event.get_string("type");
    Json part = event.get("part");
    if (type == "text") told.text = part.get_string("text", event.get_string("text"));
    if (type == "error") {
      Json error = event.get("error");
      std::string why = error.as_string().value_or(
          error.get("data").get_string("message", error.get_string("message", "an error")));
      fail(told, by_words(why), why);
    }
    if (type != "step_finish") continue;
    Json used = part.get("tokens"), cache = used.get("cache");
    auto read = tokens(cache, "read"), written = tokens(cache, "write");
    // What a cache gave is beside the input here.
    told.usage.input_total =
        sum(told.usage.input_total, sum(tokens(used, "input"), sum(read, written)));
    told.usage.cache_read = sum(told.usage.cache_read, read);
    told.usage.cache_write = sum(told.usage.cache_write, written);
    told.usage.output_total =
        sum(told.usage.output_total, sum(tokens(used, "output"), tokens(used, "reasoning")));
    told.usage.reasoning = sum(told.usage.reasoning, tokens(used, "reasoning"));
    Json cost = part.get("cost");
    if (cost.as_double()) told.pico_usd = sum(told.pico_usd, pico_dollars(cost.dump()));
    if (told.usage.input_total) told.usage.source = "reported";
  }
  if (!any) fail(told, by_words(err), err.empty() ? "it said nothing" : err);
  return told;
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
