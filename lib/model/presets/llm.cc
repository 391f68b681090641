// llm, which has no tools unless it is given some, and it is given none.
//
// Checked on 2026-11-21 with llm 0.36 (PyPI), and small enough to be asked in every run of the
// tests (tests/services).
#include "base/text.h"
#include "model/dialect.h"
#include "model/presets/parts.h"
#include "record/sums.h"

namespace gf::model {
namespace {

using record::Json;
using record::ModelFailure;

std::vector<std::string> llm_argv(const CliCall& call) {
  std::vector<std::string> words = {call.program, "-m", call.model, "--json", "--no-log"};
  if (!call.schema_file.empty()) words.insert(words.end(), {"--schema", call.schema_file});
  return words;
}

CliReport llm_read(const std::string& out, const std::string& err, const std::string&) {
  CliReport report;
  auto json = Json::parse(trim(out));
  if (!json.ok() || !json->is_array() || json->size() == 0) {
    fail(report, err.empty() ? ModelFailure::kBadOutput : by_words(err),
         err.empty() ? "its output is no JSON list" : err);
    return report;
  }
  for (const Json& round : json->items()) {
    report.text = round.get_string("response");
    std::string answered = round.get("response_json").get_string("model");
    if (report.model.empty()) report.model = round.get_string("resolved_model", answered);
    report.usage.input_total =
        record::capped_sum(report.usage.input_total, tokens(round, "input_tokens"));
    report.usage.output_total =
        record::capped_sum(report.usage.output_total, tokens(round, "output_tokens"));
  }
  if (report.usage.input_total) report.usage.source = "reported";
  return report;
}

}  // namespace

const Preset kLlm = {"llm",    true,     true, {"OPENAI_API_KEY", "LLM_USER_PATH"}, {}, llm_argv,
                     llm_read, no_table, true};

}  // namespace gf::model
