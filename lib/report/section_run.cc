// What the page says of one run. The waterfall is a table with a bar in each row, drawn here and
// not by a script: it is there on paper and without one.
#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "report/html.h"
#include "report/sections.h"

namespace gf::report {
namespace {

using record::Json;

/// A row's bar over the run's whole time, in thousandths of it.
class Bar {
 public:
  explicit Bar(int64_t all_ms) : all_(std::max<int64_t>(all_ms, 1)) {}

  /// Never thinner than can be seen.
  void add(const char* kind, int64_t at_ms, int64_t ms) {
    double from =
        std::clamp(1000.0 * static_cast<double>(at_ms) / static_cast<double>(all_), 0.0, 997.0);
    double wide = std::clamp(1000.0 * static_cast<double>(ms) / static_cast<double>(all_), 3.0,
                             1000.0 - from);
    rects_ +=
        fmt::format("<rect class=\"{}\" x=\"{:.1f}\" y=\"{}\" width=\"{:.1f}\" height=\"{}\"/>",
                    kind, from, kind == Of::kStage ? 0 : 3, wide, kind == Of::kStage ? 14 : 8);
  }
  [[nodiscard]] std::string html() const {
    return "<svg class=\"bar\" viewBox=\"0 0 1000 14\" preserveAspectRatio=\"none\" "
           "aria-hidden=\"true\">" +
           rects_ + "</svg>";
  }
  struct Of {
    static constexpr const char *kStage = "b-stage", *kModel = "b-model", *kGate = "b-gate",
                                *kFailed = "b-failed";
  };

 private:
  int64_t all_;
  std::string rects_;
};

/// Said it what it had to: yes, or no of the new tests without the change?
bool is_well(const Json& gate) {
  return gate.get_string("status") == "pass" || gate.get_bool("has_to");
}

std::string bar_of(const Json& attempt, int64_t all_ms) {
  Bar bar(all_ms);
  int64_t at = attempt.get_int("at_ms");
  bar.add(Bar::Of::kStage, at, attempt.get_int("wall_ms"));
  std::vector<Json> calls = attempt.get("calls").items();
  for (const Json& call : calls) {
    std::vector<Json> pair = call.items();
    bar.add(Bar::Of::kModel, pair[0].as_int().value_or(0), pair[1].as_int().value_or(0));
  }
  // Without its exchanges it is known how long the model took, and not when.
  if (calls.empty() && attempt.get_int("model_ms") > 0)
    bar.add(Bar::Of::kModel, at, attempt.get_int("model_ms"));
  for (const Json& gate : attempt.get("gates").items()) {
    bar.add(is_well(gate) ? Bar::Of::kGate : Bar::Of::kFailed, gate.get_int("at_ms"),
            gate.get_int("wall_ms"));
  }
  return bar.html();
}

std::string result_of(const Json& attempt) {
  std::string text = badge(attempt.get_string("status"));
  if (std::string back = attempt.get_string("goes_back_to"); !back.empty())
    text += " back to " + escaped(back);
  if (attempt.get_string("status") != "pass" && !attempt.get_string("reason").empty())
    text += " " + isolated(attempt.get_string("reason"));
  return text;
}

std::string gate_result(const Json& gate) {
  if (gate.get_bool("has_to"))
    return fmt::format("{} without the change, as it has to: {}", badge("pass", "fails"),
                       isolated(gate.get_string("reason")));
  std::string text = badge(gate.get_string("status"));
  if (gate.get_int("passed") > 0) text += fmt::format(" {} passed", whole(gate.get_int("passed")));
  if (gate.get_bool("known")) text += " known for this tree";
  if (gate.get_string("status") != "pass") text += " " + isolated(gate.get_string("reason"));
  return text;
}

std::string waterfall(const Json& run) {
  Table table("Stages, attempts and gates of " + run.get_string("slug"), {{"step"},
                                                                          {"when"},
                                                                          {"from", true},
                                                                          {"time", true},
                                                                          {"dollars", true},
                                                                          {"model"},
                                                                          {"result"}});
  int64_t all = run.get_int("wall_ms");
  for (const Json& attempt : run.get("attempts").items()) {
    int64_t number = attempt.get_int("attempt");
    std::string name = escaped(attempt.get_string("stage"));
    if (number > 1) name += fmt::format(" <small>attempt {}</small>", number);
    std::string model = attempt.get_string("model");
    table.row({name, bar_of(attempt, all), duration(attempt.get("at_ms")),
               duration(attempt.get("wall_ms")), model.empty() ? "–" : money(attempt.get("cost")),
               model.empty() ? "–" : isolated(model), result_of(attempt)});
    for (const Json& gate : attempt.get("gates").items()) {
      Bar bar(all);
      bar.add(is_well(gate) ? Bar::Of::kGate : Bar::Of::kFailed, gate.get_int("at_ms"),
              gate.get_int("wall_ms"));
      table.row({isolated(gate.get_string("gate")), bar.html(), duration(gate.get("at_ms")),
                 duration(gate.get("wall_ms")), "–", "–", gate_result(gate)},
                "gate");
    }
  }
  return table.html();
}

std::string legend() {
  std::string text = "<p class=\"words legend\" aria-hidden=\"true\">";
  for (const auto& [kind, word] : {std::pair{"b-stage", "stage"},
                                   {"b-model", "waiting for the model"},
                                   {"b-gate", "gate"},
                                   {"b-failed", "gate that said no"}})
    text += fmt::format(
        "<span><svg viewBox=\"0 0 10 10\"><rect class=\"{}\" width=\"10\" height=\"10\"/></svg> "
        "{}</span> ",
        kind, word);
  return text + "</p>\n";
}

std::string criterion_text(const Json& row) {
  std::string text;
  if (!row.get_string("given").empty()) text += "given " + isolated(row.get_string("given")) + ", ";
  text += "when " + isolated(row.get_string("when")) + ", then ";
  std::vector<std::string> then;
  for (const std::string& one : row.get_strings("then"))
    then.push_back("<code>" + isolated(one) + "</code>");
  text += join(then, " and ");
  if (int64_t cases = row.get_int("cases"))
    text += fmt::format(" <small>({})</small>", counted(static_cast<size_t>(cases), "case"));
  return text;
}

std::string tests_text(const Json& row) {
  std::vector<std::string> tests;
  for (const Json& test : row.get("tests").items())
    tests.push_back(badge(test.get_string("status")) + " <code>" +
                    isolated(test.get_string("test")) + "</code>");
  return tests.empty() ? "no test of its own" : join(tests, "<br>");
}

std::string evidence(const Json& run) {
  Table table("Spec and evidence of " + run.get_string("slug"),
              {{"criterion"}, {"what is to be seen"}, {"tests"}, {"reviewer"}});
  for (const Json& row : run.get("spec").get("criteria").items()) {
    std::string judged = row.get_string("verdict").empty() ? "–" : badge(row.get_string("verdict"));
    if (!row.get_string("pointer").empty())
      judged += "<br><code>" + isolated(row.get_string("pointer")) + "</code>";
    table.row(
        {escaped(row.get_string("id")) + " <small>" + escaped(row.get_string("kind")) + "</small>",
         criterion_text(row), tests_text(row), judged});
  }
  return table.html();
}

std::string list(const char* name, const std::vector<std::string>& items) {
  std::string text;
  for (const std::string& item : items) text += "<li>" + isolated(item) + "</li>\n";
  return text.empty() ? text : fmt::format("<h4>{}</h4>\n<ul>\n{}</ul>\n", name, text);
}

std::string facts(const Json& run) {
  std::string text = badge(run.get_string("status"));
  auto add = [&](const std::string& more) { text += " · " + more; };
  add(moment(run.get_string("started")) + " UTC");
  add(money(run.get("cost")));
  add(duration(run.get("wall_ms")) + ", of it " + duration(run.get("model_ms")) +
      " for models and " + duration(run.get("gates_ms")) + " in gates");
  add(whole(run.get_int("tokens_in")) + " tokens in, " + whole(run.get_int("tokens_out")) + " out");
  if (!run.get_string("pull_request").empty())
    add("pull request " + isolated(run.get_string("pull_request")));
  if (!run.get_string("branch").empty())
    add("<code>" + isolated(run.get_string("branch")) + "</code>");
  return "<p class=\"facts\">" + text + "</p>\n";
}

std::string why_it_ended(const Json& run) {
  if (run.get_string("reason").empty()) return {};
  std::string stage = run.get_string("failed_stage");
  return "<p class=\"why\">" + (stage.empty() ? "" : "Ended in " + escaped(stage) + ": ") +
         isolated(run.get_string("reason")) + "</p>\n";
}

std::string verdict(const Json& run) {
  Json verdict = run.get("verdict");
  if (verdict.is_null()) return {};
  std::string word = verdict.get_bool("approved") ? "Approved" : "Rejected";
  return "<p>" + word + " by " + isolated(verdict.get_string("reviewer")) + ".</p>\n" +
         list("Reasons", verdict.get_strings("reasons"));
}

}  // namespace

std::string run_in_detail(const Json& run) {
  std::string id = escaped(run.get_string("id8"));
  Json spec = run.get("spec");
  std::string text = fmt::format(
      "<article id=\"run-{0}\" aria-labelledby=\"h-{0}\"><h3 id=\"h-{0}\">{1} "
      "<code>{0}</code></h3>\n",
      id, isolated(run.get_string("title")));
  text += facts(run) + why_it_ended(run);
  text +=
      "<blockquote class=\"request\">" + isolated(run.get_string("request")) + "</blockquote>\n";
  text += list("Questions", run.get_strings("questions"));
  text += waterfall(run) + legend();
  if (!spec.is_null()) {
    text += "<h4>Spec and evidence</h4>\n<p>" + isolated(spec.get_string("intent")) + "</p>\n" +
            evidence(run);
    text += list("Constraints", spec.get_strings("constraints")) +
            list("Out of scope", spec.get_strings("out_of_scope")) +
            list("Assumptions", spec.get_strings("assumptions"));
  }
  return text + verdict(run) + "</article>\n";
}

}  // namespace gf::report
