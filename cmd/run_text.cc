#include "run_text.h"

#include <fmt/format.h>

#include "base/clock_text.h"
#include "base/text.h"
#include "line/answers.h"

namespace gf::cmd {
namespace {

using session::Event;

/// "from main at 1a2b3c4d5e, as origin has it; left out: 2 untracked paths"; empty: not told.
std::string beginning(const Event& event) {
  std::string from = start_of(event), out = flat(event.fields.get_string("left_out"));
  if (from.empty()) return out;
  return out.empty() ? "from " + from : fmt::format("from {}; {}", from, out);
}

/// " (12.0 s, 1200/34 tokens, $0.0132, small), back to build"; empty where nothing was told.
std::string what_it_took(const Event& event) {
  if (!event.fields.has("ms")) return {};
  std::string text = clock_text(static_cast<double>(event.fields.get_int("ms")) / 1000);
  int64_t in = event.fields.get_int("tokens_in"), out = event.fields.get_int("tokens_out");
  if (in + out > 0) {
    text += fmt::format(", {}/{} tokens", in, out);
    auto cost = record::cost_from_json(event.fields.get("cost"));
    if (cost.ok()) text += ", " + record::to_text(*cost);
  }
  std::string model = event.fields.get_string("model"),
              back = event.fields.get_string("goes_back_to");
  if (!model.empty()) text += ", " + flat(model);
  return fmt::format(" ({}){}", text, back.empty() ? "" : ", back to " + flat(back));
}

}  // namespace

std::string flat(std::string_view text) {
  return replace_all(replace_all(printable(text), "\n", " "), "\t", " ");
}

std::string start_of(const Event& event) { return flat(event.fields.get_string("from")); }

std::string plain_line(const Event& event) {
  constexpr int64_t kWorthALine = 1000;  ///< milliseconds of an act that went well
  std::string text = flat(event.text);
  if (event.kind == "run.begin") {
    std::string from = beginning(event);
    return fmt::format("{}{}{}  {}", text, from.empty() ? "" : "  ", from, event.run.str());
  }
  if (event.kind == "run.terms") return text;
  if (event.kind == "stage.begin") {
    return event.attempt > 1 ? fmt::format("{}, attempt {}", text, event.attempt) : text;
  }
  if (event.kind == "stage.end") return text + what_it_took(event);
  if (event.kind == "check.begin") return event.stage.empty() ? text : "  " + text;
  if (event.kind == "warning") return "warning: " + text;
  if (event.kind == "run.end") {
    // What stopped a run is said below, with a hint.
    std::string status = event.fields.get_string("status");
    // Nor is the reason told twice: the result has it.
    return status == "stopped" && text != status ? std::string() : status;
  }
  if (event.kind.ends_with(".begin") || event.kind.ends_with(".progress")) return {};
  if (event.kind == "act.end") {
    int64_t ms = event.fields.get_int("ms");
    if (ms < kWorthALine) return {};
    return fmt::format("  {}: {:.1f} s", text, static_cast<double>(ms) / 1000);
  }
  if (event.kind == "gate.end" || event.kind == "ask.end") return "  " + text;
  return fmt::format("  {}: {}", event.kind, text);
}

std::string result_text(const record::RunRecord& run) {
  using Status = record::RunStatus;
  std::string id = run.id.id8(), branch = RefName::known(run.branch).short_name();
  switch (run.status) {
    case Status::kDelivered:
      if (run.pull_request.empty()) return fmt::format("branch {}  (run {})\n", branch, id);
      return fmt::format("pull request {}  branch {}  (run {})\n", run.pull_request, branch, id);
    case Status::kPlanned:
      return fmt::format("planned: {}  (run {})\n", run.title, id);
    case Status::kReviewed:
      return fmt::format("{}  (run {})\n", run.reason, id);
    case Status::kNeedsAnswers:
      return fmt::format(
          "the request does not compile; it leaves {} open:\n{}answer with 'git factory answer "
          "{}', "
          "or each by its number with --answer \"<n>=<text>\"\n",
          counted(run.questions.size(), "question"),
          line::questions_text(run.questions, run.likeliest), id);
    default:
      return fmt::format("{} at {}: {}  (run {})\n", record::name_of(run.status), run.failed_stage,
                         run.reason, id);
  }
}

}  // namespace gf::cmd
