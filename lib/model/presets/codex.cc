// codex, OpenAI's coding program. It confines itself to the folder by a sandbox of its own.
//
// Checked on 2026-11-21 with codex 0.169.0 (npm @openai/codex).
#include "base/text.h"
#include "model/dialect.h"
#include "model/presets/parts.h"
#include "record/sums.h"

namespace gf::model {
namespace {

using record::Json;

std::vector<std::string> codex_argv(const CliCall& call) {
  std::vector<std::string> words = {call.program,
                                    "exec",
                                    "--json",
                                    "--sandbox",
                                    call.edits ? "workspace-write" : "read-only",
                                    "-m",
                                    call.model,
                                    "--ephemeral",
                                    "--ignore-user-config",
                                    "-o",
                                    call.answer_file};
  if (!call.schema_file.empty()) words.insert(words.end(), {"--output-schema", call.schema_file});
  words.push_back("-");
  return words;
}

CliReport codex_read(const std::string& out, const std::string&, const std::string& answer) {
  CliReport report;
  bool ended = false;
  std::string last_error;
  for (const Json& event : objects(out)) {
    std::string type = event.get_string("type");
    Json item = event.get("item");
    if (type == "item.completed" && item.get_string("type") == "agent_message")
      report.text = item.get_string("text");
    if (type == "turn.completed") {
      ended = true;
      Json usage = event.get("usage");
      report.usage.input_total =
          record::capped_sum(report.usage.input_total, tokens(usage, "input_tokens"));
      report.usage.cache_read =
          record::capped_sum(report.usage.cache_read, tokens(usage, "cached_input_tokens"));
      report.usage.cache_write =
          record::capped_sum(report.usage.cache_write, tokens(usage, "cache_write_input_tokens"));
      report.usage.output_total =
          record::capped_sum(report.usage.output_total, tokens(usage, "output_tokens"));
      report.usage.reasoning =
          record::capped_sum(report.usage.reasoning, tokens(usage, "reasoning_output_tokens"));
      if (report.usage.input_total) report.usage.source = "reported";
    }
    if (type == "error") last_error = event.get_string("message");
    if (type == "turn.failed") {
      std::string why = event.get("error").get_string("message", last_error);
      fail(report, by_words(why), why);
    }
  }
  // It ends with 0 when it was interrupted, and says so by leaving this out.
  if (!ended)
    fail(report, by_words(last_error),
         last_error.empty() ? "it ended without finishing its turn" : last_error);
  if (!trim(answer).empty()) report.text = answer;
  return report;
}

}  // namespace

const Preset kCodex = {
    "codex",    true,     true, {"CODEX_API_KEY", "OPENAI_API_KEY", "CODEX_HOME"}, {}, codex_argv,
    codex_read, no_table, true};

}  // namespace gf::model
