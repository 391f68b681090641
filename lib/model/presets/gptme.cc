// gptme.
//
// Checked on 2026-11-21 with gptme 0.35.1 (PyPI).
#include <fmt/format.h>

#include "model/dialect.h"
#include "model/presets/parts.h"
#include "model/prices.h"

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

CliTold gptme_read(const std::string& out, const std::string& err, const std::string&) {
  CliTold told;
  for (const Json& event : objects(out)) {
    if (event.get_string("role") != "assistant") continue;
    told.text = event.get_string("content");
    // Since 0.35; older ones count nothing. Cache counts are beside the input, as Anthropic's are.
    Json about = event.get("metadata"), used = about.get("usage");
    told.model = about.get_string("served_model", told.model);
    auto read = tokens(used, "cache_read_tokens"), written = tokens(used, "cache_creation_tokens");
    told.usage.input_total =
        sum(told.usage.input_total, sum(tokens(used, "input_tokens"), sum(read, written)));
    told.usage.cache_read = sum(told.usage.cache_read, read);
    told.usage.cache_write = sum(told.usage.cache_write, written);
    told.usage.output_total = sum(told.usage.output_total, tokens(used, "output_tokens"));
    Json cost = about.get("cost");
    if (cost.as_double()) told.pico_usd = sum(told.pico_usd, pico_dollars(cost.dump()));
  }
  if (told.usage.input_total) told.usage.source = "reported";
  if (told.text.empty()) fail(told, by_words(err), err.empty() ? "it said nothing" : err);
  return told;
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
