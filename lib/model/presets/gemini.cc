// gemini, Google's coding program.
//
// Checked on 2026-11-21 with gemini 0.61.0 (npm @google/gemini-cli).
#include "model/dialect.h"
#include "model/presets/parts.h"
#include "record/sums.h"

namespace gf::model {
namespace {

using record::Json;
using record::ModelFailure;

// Without --skip-trust it ends with 55 in a folder that it has not seen, as every copy of ours is,
// or falls back from auto_edit to asking, which nobody answers ("Approval mode overridden to
// 'default'"; geminicli.com/docs/cli/trusted-folders, "Headless and automated environments").
// --approval-mode: default, auto_edit, yolo, plan (geminicli.com/docs/core/concepts).
std::vector<std::string> gemini_argv(const CliCall& call) {
  std::vector<std::string> words = {
      call.program,      "-m",   call.model, "--skip-trust",
      "--output-format", "json", "-p",       "Do what is asked above."};
  if (call.edits) words.insert(words.end(), {"--approval-mode", "auto_edit"});
  return words;
}

CliReport gemini_read(const std::string& out, const std::string&, const std::string&) {
  CliReport report;
  auto json = record::json_in_prose(out);
  if (!json) {
    fail(report, ModelFailure::kBadOutput, "its output is no JSON object");
    return report;
  }
  report.text = json->get_string("response");
  Json error = json->get("error");
  if (error.is_object())
    fail(report, by_words(error.get_string("message")), error.get_string("message"));
  for (const auto& [name, model] : json->get("stats").get("models").members()) {
    Json used = model.get("tokens");
    if (report.model.empty()) report.model = name;
    report.usage.input_total = record::capped_sum(report.usage.input_total, tokens(used, "prompt"));
    report.usage.cache_read = record::capped_sum(report.usage.cache_read, tokens(used, "cached"));
    // Thoughts are counted beside the candidates.
    report.usage.output_total = record::capped_sum(
        report.usage.output_total,
        record::capped_sum(tokens(used, "candidates"), tokens(used, "thoughts")));
    report.usage.reasoning = record::capped_sum(report.usage.reasoning, tokens(used, "thoughts"));
  }
  if (report.usage.input_total) report.usage.source = "reported";
  return report;
}

ModelFailure gemini_failure(int exit_code) {
  switch (exit_code) {
    case 41:
      return ModelFailure::kAuth;
    case 42:
    case 44:
    case 52:
    case 55:
      return ModelFailure::kConfig;
    case 53:
      return ModelFailure::kTruncated;
    case 130:
      return ModelFailure::kCancelled;
    default:
      return ModelFailure::kNone;
  }
}

}  // namespace

const Preset kGemini = {
    "gemini",
    false,
    true,
    {"GEMINI_API_KEY", "GOOGLE_API_KEY"},
    {".gemini/settings.json", ".gemini/oauth_creds.json", ".gemini/google_accounts.json"},
    gemini_argv,
    gemini_read,
    gemini_failure};

}  // namespace gf::model
