// aider, which tells what it counted in a sentence for people.
//
// Checked on 2026-11-21 with aider-chat 0.86.2 (PyPI).
#include "base/text.h"
#include "model/presets/parts.h"
#include "model/prices.h"
#include "record/sums.h"

namespace gf::model {
namespace {

std::vector<std::string> aider_argv(const CliCall& call) {
  return {call.program,
          "--model",
          call.model,
          "--message-file",
          call.prompt_file,
          "--yes-always",
          "--no-stream",
          "--no-pretty",
          "--no-auto-commits",
          "--no-gitignore",
          "--no-show-release-notes",
          "--no-check-update",
          "--no-analytics",
          "--no-detect-urls",
          "--no-suggest-shell-commands"};
}

/// "1.2k" -> 1200.
std::optional<int64_t> rounded_count(std::string text) {
  int64_t unit = 1;
  if (text.ends_with("k")) unit = 1000;
  if (text.ends_with("M")) unit = 1'000'000;
  if (unit > 1) text.pop_back();
  auto pico = pico_dollars(replace_all(text, ",", ""));  // exact decimals
  if (!pico || *pico > int64_t{1} << 40 << 20) return std::nullopt;
  return *pico / (1'000'000'000'000 / unit);
}

/// "Tokens: 4.1k sent, 1.2k cache hit, 300 received. Cost: $0.02 message, $0.05 session."
void take_aider_line(const std::string& line, CliReport& report) {
  std::vector<std::string> words = split(line, ' ');
  for (size_t i = 1; i < words.size(); ++i) {
    std::string word = words[i];
    while (word.ends_with(",") || word.ends_with(".")) word.pop_back();
    std::string before = words[i - 1];
    if (word == "sent")
      report.usage.input_total =
          record::capped_sum(report.usage.input_total, rounded_count(before));
    if (word == "received")
      report.usage.output_total =
          record::capped_sum(report.usage.output_total, rounded_count(before));
    if (word == "message" && before.starts_with("$")) {
      auto cost = pico_dollars(before.substr(1));
      add_price(report, cost);
    }
  }
  report.usage.source = "estimated";
}

CliReport aider_read(const std::string& out, const std::string& err, const std::string&) {
  CliReport report;
  std::string complaint;
  for (const std::string& line : lines(out + "\n" + err)) {
    if (line.starts_with("Tokens: ")) take_aider_line(line, report);
    if (line.starts_with("litellm.") || line.find("API key") != std::string::npos) complaint = line;
  }
  report.text = clipped_middle(to_utf8(out), 8000);
  // It ends with 0 also when the model could not be asked; then nothing was counted.
  if (!report.usage.input_total)
    fail(report, by_words(complaint), complaint.empty() ? "it counted no tokens" : complaint);
  return report;
}

}  // namespace

const Preset kAider = {
    "aider",
    false,
    false,
    {"OPENAI_API_KEY", "ANTHROPIC_API_KEY"},
    {".aider.conf.yml", ".aider.model.settings.yml", ".aider.model.metadata.json", ".env"},
    aider_argv,
    aider_read,
    no_table};

}  // namespace gf::model
