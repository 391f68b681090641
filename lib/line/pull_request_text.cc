// Made of what is on record; whatever a person or a model wrote is made fit for its cell first.
#include "line/pull_request_text.h"

#include <fmt/format.h>

#include "base/text.h"
#include "forge/said.h"
#include "stage/revision.h"
#include "stage/stage.h"

namespace gf::line {
namespace {

constexpr size_t kCellBytes = 300;

/// A table cell must stay one cell, whatever a person or a model wrote.
std::string cell(std::string_view text) {
  return replace_all(replace_all(clipped(text, kCellBytes), "\n", " "), "|", "\\|");
}

/// The tests that carry a criterion's id, and what became of them.
struct Shown {
  std::string tests = "-", outcome = "no test of its own";
};

Shown tests_of(const std::string& id, const std::vector<record::GateOutcome>& outcomes) {
  std::vector<std::string> names;
  int passed = 0;
  for (const record::GateOutcome& outcome : outcomes) {
    for (const record::TestResult& test : outcome.tests) {
      if (!stage::carries_id(test.id, id)) continue;
      names.push_back("`" + cell(test.id) + "`");
      passed += test.status == record::TestStatus::kPassed ? 1 : 0;
    }
  }
  if (names.empty()) return {};
  return {join(names, "<br>"), fmt::format("{} of {} passed", passed, names.size())};
}

std::string pointer_of(const record::Json& table, const std::string& id) {
  for (const record::Json& row : table.get("criteria").items()) {
    if (row.get_string("id") != id) continue;
    record::Json pointer = row.get("pointer");
    std::string where = pointer.get_string("test");
    if (where.empty())
      where = fmt::format("{}:{}", pointer.get_string("path"), pointer.get_int("line"));
    return fmt::format("{} (`{}`)", cell(row.get_string("verdict")), cell(where));
  }
  return "-";
}

std::string evidence_table(const Evidence& evidence) {
  std::string text = "| criterion | tests | outcome | reviewer |\n|---|---|---|---|\n";
  for (const record::Criterion& criterion : evidence.spec.acceptance_criteria) {
    Shown shown = tests_of(criterion.id, evidence.outcomes);
    text += fmt::format("| {} | {} | {} | {} |\n", cell(criterion.id), shown.tests, shown.outcome,
                        pointer_of(evidence.verdict.table, criterion.id));
  }
  return text;
}

std::string gate_table(const std::vector<record::GateOutcome>& outcomes) {
  std::string text = "| gate | outcome | tool |\n|---|---|---|\n";
  for (const record::GateOutcome& outcome : outcomes) {
    std::string passed =
        outcome.counts.passed > 0 ? fmt::format(", {} passed", outcome.counts.passed) : "";
    text += fmt::format("| {} | {}{} | {} |\n", cell(outcome.gate), record::name_of(outcome.status),
                        passed, cell(outcome.tool_version));
  }
  return text;
}

/// What was changed in the spec after PLAN, and who found that it had to be.
std::string revisions(const std::vector<record::StageRecord>& stages) {
  std::string text;
  for (const record::StageRecord& stage : stages) {
    for (const std::string& line : stage::lines_of_revision(stage.output))
      text += fmt::format("- {}\n", cell(line));
  }
  return text.empty() ? text : "\n## Revisions\n\n" + text;
}

/// "plan a, build b, build c": who answered, as often as that changed.
std::string models_of(const std::vector<record::StageRecord>& stages) {
  std::vector<std::string> all;
  for (const record::StageRecord& stage : stages) {
    if (stage.model_answered.empty()) continue;
    std::string answered = stage.stage + " " + stage.model_answered;
    if (all.empty() || all.back() != answered) all.push_back(std::move(answered));
  }
  return join(all, ", ");
}

std::string cost_and_time(const Evidence& evidence) {
  record::RunMetrics metrics = record::metrics_of(evidence.run, evidence.stages);
  return fmt::format("{}; {} tokens in, {} out; {:.1f} s; {} in {}; models: {}.\n",
                     record::to_text(metrics.cost), metrics.usage.input_total.value_or(0),
                     metrics.usage.output_total.value_or(0),
                     static_cast<double>(evidence.wall.count()) / 1000,
                     counted(static_cast<size_t>(metrics.exchanges), "exchange"),
                     counted(evidence.stages.size(), "stage attempt"),
                     evidence.verdict.reviewer.empty() ? "none" : models_of(evidence.stages));
}

}  // namespace

std::string commit_message(const record::Spec& spec, const std::string& subject, const RunId& run,
                           const std::string& signed_off_by) {
  std::string title = replace_all(trim(spec.title), "\n", " ");
  // The subject may begin otherwise, and end with a full stop; what counts is the title's end.
  std::string end = title.size() > 20 ? title.substr(title.size() - 20) : title;
  bool cut = lower(subject).find(lower(end)) == std::string::npos;
  std::string sign = signed_off_by.empty() ? "" : fmt::format("Signed-off-by: {}\n", signed_off_by);
  return fmt::format("{}\n\n{}{}\n\nFactory-Run: {}\n{}", subject, cut ? title + "\n\n" : "",
                     trim(spec.intent), run.str(), sign);
}

std::string pull_request_body(const Evidence& evidence) {
  std::string base =
      evidence.about_base.empty() ? "" : "\n## Base\n\n" + evidence.about_base + ".\n";
  if (!evidence.about_locks.empty()) base += "\n## Lock files\n\n";
  for (const std::string& line : lines(evidence.about_locks))
    base += "- " + record::in_markdown(line.substr(line.find(' ') + 1)) + "\n";
  std::string mutation = evidence.about_mutation.empty()
                             ? ""
                             : "\n## Faults that no test notices\n\n" + evidence.about_mutation;
  std::string targeted =
      evidence.about_targeted.empty() ? "" : "\nTests: " + evidence.about_targeted + ".\n";
  bool said = evidence.form.find(evidence.closes) != std::string::npos;
  std::string closes = evidence.closes.empty() || said ? "" : evidence.closes + ".\n\n";
  std::string form = evidence.form.empty() ? "" : evidence.form + "\n\n---\n\n";
  return closes + form + record::to_markdown(evidence.spec) + revisions(evidence.stages) + base +
         "\n## Evidence\n\n" + evidence_table(evidence) + "\n## Gates\n\n" +
         gate_table(evidence.outcomes) + targeted + mutation + "\n## Cost and time\n\n" +
         cost_and_time(evidence) +
         fmt::format(
             "\n- Look into it: `git factory show {0}`\n"
             "- Replay it: `git factory replay {0}`\n\nFactory-Run: {0}\n",
             evidence.run.id.str());
}

FormWords form_words(const Evidence& evidence) {
  FormWords words;
  words.what = record::in_markdown(evidence.spec.title);
  words.why = record::in_markdown(evidence.spec.intent);
  words.closes = evidence.closes;
  words.changelog = !evidence.spec.changelog.entry.empty();
  words.checked = !evidence.outcomes.empty();
  size_t shown = 0;
  for (const record::Criterion& criterion : evidence.spec.acceptance_criteria)
    shown += tests_of(criterion.id, evidence.outcomes).tests == "-" ? 0 : 1;
  for (const record::GateOutcome& outcome : evidence.outcomes)
    words.checked = words.checked && outcome.status == record::GateOutcome::Status::kPass;
  words.tests = shown > 0 && shown == evidence.spec.acceptance_criteria.size();
  std::vector<std::string> gates;
  for (const record::GateOutcome& outcome : evidence.outcomes)
    gates.push_back(fmt::format("{} {}", cell(outcome.gate), record::name_of(outcome.status)));
  words.tested = fmt::format("{} of {} criteria have tests that carry their id; gates: {}. The table of "
                             "evidence is below.",
                             shown, evidence.spec.acceptance_criteria.size(),
                             join(gates, ", "));
  return words;
}

std::string evidence_line(const record::Verdict& verdict,
                          const std::vector<record::GateOutcome>& outcomes, const RunId& run) {
  std::vector<std::string> gates;
  for (const record::GateOutcome& outcome : outcomes) {
    std::string passed =
        outcome.counts.passed > 0 ? fmt::format(" ({} passed)", outcome.counts.passed) : "";
    gates.push_back(fmt::format("{} {}{}", outcome.gate, record::name_of(outcome.status), passed));
  }
  return fmt::format(
      "Gates: {}. The whole change was reviewed again and approved by {}; `git "
      "factory show {}` has the evidence.",
      join(gates, ", "), verdict.reviewer, run.id8());
}

std::string review_comment(const std::vector<std::string>& said) {
  std::string text = std::string(forge::kReviewWords) + "\n";
  for (const std::string& one : said) text += fmt::format("- {}\n", record::in_markdown(one, "  "));
  return text;
}

}  // namespace gf::line
