// What a cell came to, for people and for programs.
#include <fmt/format.h>

#include "base/text.h"
#include "line/cell.h"

namespace gf::line {
namespace {

using record::Json;

std::string_view spec_word(SpecFrom from) {
  switch (from) {
    case SpecFrom::kGiven:
      return "given";
    case SpecFrom::kRun:
      return "run";
    case SpecFrom::kMessages:
      return "messages";
    case SpecFrom::kNobody:
      break;
  }
  return "none";
}

Json gate_json(const record::GateOutcome& outcome) {
  Json json = Json::object({{"gate", outcome.gate},
                            {"stage", outcome.stage},
                            {"status", record::name_of(outcome.status)},
                            {"passed", outcome.counts.passed},
                            {"failed", outcome.counts.failed},
                            {"errors", outcome.counts.errors},
                            {"skipped", outcome.counts.skipped},
                            {"findings", outcome.findings_total},
                            {"ms", static_cast<int64_t>(outcome.duration.count())}});
  if (!outcome.reason.empty()) json.set("reason", outcome.reason);
  if (!outcome.tool_version.empty()) json.set("tool_version", outcome.tool_version);
  return json;
}

Json fact_json(const record::Finding& fact) {
  Json json = Json::object({{"kind", fact.rule}, {"path", fact.path}, {"message", fact.message}});
  if (fact.line > 0) json.set("line", fact.line);
  return json;
}

size_t count_tried(const Faults& faults) {
  return faults.survivors.size() + static_cast<size_t>(faults.noticed);
}

bool any_in(const Faults& faults) { return count_tried(faults) > 0 || !faults.not_tried.empty(); }

Json faults_json(const Faults& faults) {
  Json survivors = Json::array(), not_tried = Json::array();
  for (const record::Finding& one : faults.survivors) survivors.push(fact_json(one));
  for (const record::Finding& one : faults.not_tried) not_tried.push(fact_json(one));
  Json json = Json::object({{"noticed", faults.noticed}, {"not_noticed", survivors}});
  if (not_tried.size() > 0) json.set("not_tried", not_tried);
  return json;
}

std::string faults_text(const Faults& faults) {
  std::string text;
  if (size_t tried = count_tried(faults); tried > 0)
    text += fmt::format("  {} of {} in the changed lines noticed\n", faults.noticed,
                        counted(tried, "small fault"));
  for (const record::Finding& one : faults.survivors)
    text += fmt::format("  {}:{}: {}\n", one.path, one.line, one.message);
  for (const record::Finding& one : faults.not_tried) text += fmt::format("  {}\n", one.message);
  return text;
}

std::string gate_line(const record::GateOutcome& outcome) {
  std::string text = fmt::format("  {}: {}", outcome.gate, record::name_of(outcome.status));
  if (outcome.stage == "test" && outcome.counts.executed() > 0) {
    text += fmt::format(", {}", counted(static_cast<size_t>(outcome.counts.executed()), "test"));
  } else if (!outcome.reason.empty()) {
    text += ", " + outcome.reason;
  }
  return text + "\n";
}

std::string names_of_tests(std::string_view what, const std::vector<std::string>& tests) {
  constexpr size_t kShown = 5;
  if (tests.empty()) return {};
  std::vector<std::string> shown = tests;
  if (shown.size() > kShown) {
    shown.resize(kShown);
    shown.push_back(fmt::format("and {} more", tests.size() - kShown));
  }
  return fmt::format("  {} {}: {}\n", counted(tests.size(), "new test"), what, join(shown, ", "));
}

std::string rows_text(const Json& rows, const char* name) {
  std::string text;
  for (const Json& row : rows.items()) {
    std::string id = row.get_string("id"), verdict = row.get_string(name);
    std::string why = row.get_string("why");
    text += fmt::format("  {} {}{}\n", id, verdict, why.empty() ? "" : ": " + why);
  }
  return text;
}

}  // namespace

std::string_view name_of(Judged::Answer answer) {
  switch (answer) {
    case Judged::Answer::kYes:
      return "yes";
    case Judged::Answer::kNo:
      return "no";
    case Judged::Answer::kUnsure:
      break;
  }
  return "unsure";
}

record::Json to_json(const Judged& judged) {
  Json findings = Json::array(), gates = Json::array(), facts = Json::array();
  for (const stage::Finding& one : judged.findings)
    findings.push(
        Json::object({{"kind", stage::name_of(one.kind)}, {"path", one.path}, {"text", one.text}}));
  for (const record::GateOutcome& one : judged.outcomes) gates.push(gate_json(one));
  for (const record::Finding& one : judged.facts) facts.push(fact_json(one));
  Json json = Json::object({{"v", 1},
                            {"stage", judged.stage},
                            {"answer", name_of(judged.answer)},
                            {"reason", judged.reason},
                            {"base", judged.base.hex()},
                            {"commit", judged.commit.is_zero() ? "" : judged.commit.hex()},
                            {"tree", judged.tree.hex()},
                            {"spec", spec_word(judged.spec_from)},
                            {"findings", findings},
                            {"gates", gates}});
  if (!judged.covering.empty()) json.set("spec_run", judged.covering.str());
  if (judged.stage == "test") {
    json.set("new_tests", Json::object({{"failed_before", Json::strings(judged.added.failed)},
                                        {"not_loaded_before", Json::strings(judged.added.unloaded)},
                                        {"passed_before", Json::strings(judged.added.passed)},
                                        {"skipped", Json::strings(judged.added.skipped)}}));
  }
  if (judged.stage == "test" && any_in(judged.faults))
    json.set("mutation", faults_json(judged.faults));
  if (judged.stage != "review") return json;
  json.set("facts", facts);
  json.set("reviewer", judged.reviewer);
  json.set("table", judged.table);
  json.set("run", judged.run.str());
  json.set("cost", record::to_json(judged.cost));
  return json;
}

std::string to_text(const Judged& judged) {
  std::string text = fmt::format("{}: {}  {}\n  {}\n", judged.stage, name_of(judged.answer),
                                 judged.description, judged.reason);
  for (const stage::Finding& one : judged.findings)
    if (one.text != judged.reason) text += "  - " + replace_all(one.text, "\n", "\n    ") + "\n";
  for (const record::GateOutcome& one : judged.outcomes) text += gate_line(one);
  text += names_of_tests("that fail without the change", judged.added.failed);
  text += names_of_tests("that cannot be run without it", judged.added.unloaded);
  text += names_of_tests("that pass without it too", judged.added.passed);
  text += names_of_tests("that are skipped", judged.added.skipped);
  text += faults_text(judged.faults);
  for (const record::Finding& one : judged.facts)
    text += fmt::format("  fact: {} {}: {}\n", one.rule, one.path, one.message);
  if (judged.stage != "review") return text;
  text += rows_text(judged.table.get("criteria"), "verdict");
  if (!judged.reviewer.empty())
    text += fmt::format("  by {}, {}", judged.reviewer, record::to_text(judged.cost));
  return text + fmt::format("{}on record: git factory show {}\n",
                            judged.reviewer.empty() ? "  " : "; ", judged.run.id8());
}

}  // namespace gf::line
