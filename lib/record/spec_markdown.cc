// The spec as people read it. What it holds came from strangers: none of it may become structure.
#include <fmt/format.h>

#include "base/text.h"
#include "record/spec.h"

namespace gf::record {
namespace {

/// Inline text: one line, nothing in it acts as Markdown or HTML.
std::string inline_text(std::string_view text) {
  std::string safe;
  for (char c : replace_all(trim(text), "\n", " ")) {
    if (std::string_view("\\`*_[]<>|#").find(c) != std::string_view::npos) safe += '\\';
    safe += c;
  }
  return safe;
}

/// A code span whose fence is longer than any run of backticks inside.
std::string code(std::string_view text) {
  std::string one = replace_all(replace_all(text, "\n", " "), "|", "\\|");
  size_t longest = 0, run = 0;
  for (char c : one) {
    run = c == '`' ? run + 1 : 0;
    longest = std::max(longest, run);
  }
  std::string fence(longest + 1, '`');
  std::string pad = longest > 0 ? " " : "";
  return fence + pad + one + pad + fence;
}

std::string quoted_block(std::string_view text) {
  std::string block;
  for (const std::string& line : lines(text)) block += "> " + inline_text(line) + "\n";
  return block;
}

std::string bullets(std::string_view heading, const std::vector<std::string>& items) {
  if (items.empty()) return {};
  std::string text = fmt::format("\n## {}\n\n", heading);
  for (const std::string& item : items) text += "- " + inline_text(item) + "\n";
  return text;
}

std::string criterion_text(const Criterion& criterion) {
  std::string text =
      fmt::format("\n### {} ({})\n\n", inline_text(criterion.id), inline_text(criterion.kind));
  if (!criterion.given.empty()) text += "Given " + inline_text(criterion.given) + "\n\n";
  text += "When " + inline_text(criterion.when) + "\n\n";
  text += "| then | | expected |\n|---|---|---|\n";
  for (const Observation& seen : criterion.then) {
    text += fmt::format("| {} | {} | {} |\n", inline_text(seen.observable), inline_text(seen.op),
                        code(seen.expected.dump()));
  }
  text += "\nSource: " + inline_text(criterion.source) + "\n";
  if (!criterion.authorises.empty()) {
    text += "\nMay change: " + inline_text(join(criterion.authorises, ", ")) + "\n";
  }
  return text;
}

}  // namespace

std::string to_markdown(const Spec& spec) {
  std::string text = fmt::format("# {}\n\n{}\n", inline_text(spec.title), inline_text(spec.intent));
  text += "\n## Request\n\n" + quoted_block(spec.request);
  text += "\n## Acceptance criteria\n";
  for (const Criterion& criterion : spec.acceptance_criteria) text += criterion_text(criterion);
  text += bullets("Touches", spec.touchpoints);
  text += bullets("Introduces", spec.introduces);
  text += bullets("Constraints", spec.constraints);
  text += bullets("Out of scope", spec.out_of_scope);
  std::vector<std::string> assumptions;
  for (const Assumption& assumption : spec.assumptions)
    assumptions.push_back(assumption.id + ": " + assumption.text);
  text += bullets("Assumptions", assumptions);
  if (!spec.changelog.entry.empty()) {
    text += fmt::format("\n## Changelog\n\n{}: {}\n", inline_text(spec.changelog.section),
                        inline_text(spec.changelog.entry));
  }
  return text;
}

}  // namespace gf::record
