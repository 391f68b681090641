// Requests and gate outcomes, one of the record and one of its replay.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/text.h"
#include "line/wishes.h"
#include "replay/compare.h"

namespace gf::replay {
namespace {

using record::GateOutcome;
using Role = record::Message::Role;

void drift(StepComparison& into, std::string text) {
  if (std::find(into.drift.begin(), into.drift.end(), text) == into.drift.end())
    into.drift.push_back(std::move(text));
}

/// Where two texts part, with a little of what is around.
std::string parting(const std::string& then, const std::string& now) {
  size_t at = 0;
  while (at < then.size() && at < now.size() && then[at] == now[at]) ++at;
  size_t from = at > 20 ? at - 20 : 0;
  auto around = [&](const std::string& text) {
    std::string part = to_utf8(clipped(text.substr(std::min(from, text.size())), 60));
    return printable(replace_all(part, "\n", "\\n"));
  };
  return fmt::format("differs at byte {}: recorded '{}', replayed '{}'", at, around(then),
                     around(now));
}

/// What is the same in every request of a stage and holds no data: a change of it is drift.
void compare_forms(const record::ModelRequest& then, const record::ModelRequest& now,
                   const std::string& stage, StepComparison& into) {
  if (!(then.schema == now.schema))
    drift(into, fmt::format("the schema of {}'s answer has changed since", stage));
  if (then.temperature != now.temperature)
    drift(into, fmt::format("the temperature of {} has changed since", stage));
  if (then.max_output_tokens != now.max_output_tokens)
    drift(into, fmt::format("the limit on {}'s answer has changed since", stage));
  std::vector<record::Json> a, b;
  for (const record::ToolSpec& tool : then.tools) a.push_back(record::to_json(tool));
  for (const record::ToolSpec& tool : now.tools) b.push_back(record::to_json(tool));
  if (!(record::Json::array(a) == record::Json::array(b)))
    drift(into, fmt::format("the tools of {} have changed since", stage));
}

/// One message that is not the same on both sides: changed by what shipped since, or edited?
void compare_message(const Sides& sides, const record::StageRecord& then,
                     const record::StageRecord& now, std::string_view prompt_file, size_t index,
                     bool leading, const record::Exchange& a, const record::Exchange& b,
                     StepComparison& into) {
  const record::Message& old_message = a.request.messages[index];
  const record::Message& new_message = b.request.messages[index];
  // A change of what the program says by itself comes with a new version or new rules.
  bool newer_rules = line::wishes_of(sides.recorded.run).rules < line::kNewestRules;
  bool same_program = sides.recorded.run.tool_version == sides.replayed.run.tool_version;
  std::string which = fmt::format("exchange {}", a.seq);
  std::string what = fmt::format("message {} ({})", index + 1, record::name_of(old_message.role));
  if (leading && then.prompt.is_zero()) {
    return drift(into, fmt::format("the prompt of {} is not today's (the record does not say "
                                   "which template made it)",
                                   then.stage));
  }
  if (leading && then.prompt != now.prompt) {
    return drift(into, fmt::format("the prompt '{}' has changed since ({} -> {})", prompt_file,
                                   then.prompt.short_hex(), now.prompt.short_hex()));
  }
  bool answered = old_message.role == Role::kAssistant || new_message.role == Role::kAssistant;
  // Tools of older rules answered in other words, whatever the program called itself.
  bool older = newer_rules && old_message.role == Role::kTool && new_message.role == Role::kTool;
  if (older) {
    return drift(into,
                 fmt::format("the tools of {} answer in other words than they did", then.stage));
  }
  if (!answered && newer_rules)
    return drift(into,
                 fmt::format("{} was asked in other words by the rules of that day", then.stage));
  if (!answered && !same_program) {
    return drift(into, fmt::format("git-factory {} asks {} in other words than {} did",
                                   sides.replayed.run.tool_version, then.stage,
                                   sides.recorded.run.tool_version));
  }
  if (old_message.role == Role::kTool)
    what = fmt::format("message {} (answer of the tool '{}')", index + 1, old_message.tool_name);
  std::string text =
      old_message.content != new_message.content
          ? parting(old_message.content, new_message.content)
          : parting(record::to_json(old_message).dump(), record::to_json(new_message).dump());
  into.differences.push_back({"exchange", which, what + " " + text});
}

std::string summary_of(const GateOutcome& outcome) {
  std::string text(record::name_of(outcome.status));
  if (outcome.exit_code >= 0) text += fmt::format(" (exit {})", outcome.exit_code);
  return text;
}

std::string first_finding(const GateOutcome& then, const GateOutcome& now) {
  auto text_of = [](const record::Finding& finding) {
    return fmt::format("{}:{} {} {}", finding.path, finding.line, finding.rule, finding.message);
  };
  size_t most = std::max(then.findings.size(), now.findings.size());
  // Older records hold the first two hundred only: those are what can be held against the replay's.
  if (then.findings_total > static_cast<int>(then.findings.size())) most = then.findings.size();
  for (size_t i = 0; i < most; ++i) {
    std::string a = i < then.findings.size() ? text_of(then.findings[i]) : "";
    std::string b = i < now.findings.size() ? text_of(now.findings[i]) : "";
    if (a == b) continue;
    return fmt::format("recorded finding {}, replayed {}", a.empty() ? "none" : "'" + a + "'",
                       b.empty() ? "none" : "'" + b + "'");
  }
  if (then.findings_total != now.findings_total) {
    return fmt::format("recorded {} findings, replayed {}", then.findings_total,
                       now.findings_total);
  }
  return {};
}

std::string first_test(const GateOutcome& then, const GateOutcome& now) {
  auto by_id = [](const GateOutcome& outcome) {
    std::map<std::string, std::string> all;
    for (const record::TestResult& test : outcome.tests) {
      std::string status(record::name_of(test.status));
      if (!test.cause.empty()) status += " (" + test.cause + ")";
      all[test.id] = status;
    }
    return all;
  };
  auto old_tests = by_id(then), new_tests = by_id(now);
  for (const auto& [id, status] : old_tests) {
    auto found = new_tests.find(id);
    std::string here = found == new_tests.end() ? "not run" : found->second;
    if (here != status) return fmt::format("'{}' recorded as {}, replayed as {}", id, status, here);
  }
  for (const auto& [id, status] : new_tests) {
    if (!old_tests.contains(id)) return fmt::format("'{}' is not recorded; here {}", id, status);
  }
  return {};
}

std::string first_coverage(const GateOutcome& then, const GateOutcome& now) {
  for (const auto& [path, lines] : then.coverage) {
    auto found = now.coverage.find(path);
    if (found == now.coverage.end()) return fmt::format("coverage of '{}' is recorded only", path);
    if (found->second.executed != lines.executed || found->second.missing != lines.missing)
      return fmt::format("'{}' is covered by other lines than recorded", path);
  }
  if (now.coverage.size() != then.coverage.size()) return "more files are covered than recorded";
  return {};
}

}  // namespace

void compare_gates(const GateOutcome& then, const GateOutcome& now, StepComparison& into) {
  bool other_version = then.tool_version != now.tool_version && !now.tool_version.empty();
  std::string versions =
      fmt::format("'{}' recorded, '{}' here", then.tool_version, now.tool_version);
  std::string text;
  if (then.status != now.status || then.exit_code != now.exit_code) {
    text = fmt::format("recorded as {}, replayed as {}", summary_of(then), summary_of(now));
    std::string why = first_test(then, now);
    if (why.empty()) why = first_finding(then, now);
    if (why.empty()) why = now.reason;
    if (!why.empty()) text += ": " + why;
  }
  if (text.empty()) text = first_test(then, now);
  if (text.empty()) text = first_finding(then, now);
  const record::GateCounts &a = then.counts, &b = now.counts;
  if (text.empty() && (a.passed != b.passed || a.failed != b.failed || a.errors != b.errors ||
                       a.skipped != b.skipped)) {
    text = fmt::format(
        "recorded with {} passed, {} failed, {} errors, {} skipped; replayed with "
        "{}, {}, {}, {}",
        a.passed, a.failed, a.errors, a.skipped, b.passed, b.failed, b.errors, b.skipped);
  }
  if (text.empty()) text = first_coverage(then, now);
  if (text.empty() && then.fixed != now.fixed) {
    text = fmt::format("recorded to make the tree {}, replayed {}", then.fixed.short_hex(),
                       now.fixed.short_hex());
  }
  if (text.empty()) {
    if (other_version) drift(into, fmt::format("the version of {}: {}", then.gate, versions));
    return;
  }
  if (other_version) text += fmt::format(" (other version: {})", versions);
  into.differences.push_back({"gate", then.gate, clipped(text, 600)});
}

void compare_requests(const Sides& sides, const record::StageRecord& then,
                      const record::StageRecord& now, std::string_view prompt_file,
                      StepComparison& into) {
  for (const record::Exchange& b : sides.replayed.exchanges) {
    if (b.request.stage != now.stage || b.request.attempt != now.attempt) continue;
    auto a = std::find_if(sides.recorded.exchanges.begin(), sides.recorded.exchanges.end(),
                          [&](const record::Exchange& one) { return one.seq == b.seq; });
    if (a == sides.recorded.exchanges.end()) continue;
    ++into.exchanges;
    compare_forms(a->request, b.request, then.stage, into);
    const auto &old_ones = a->request.messages, &new_ones = b.request.messages;
    if (old_ones.size() != new_ones.size()) {
      into.differences.push_back({"exchange", fmt::format("exchange {}", a->seq),
                                  fmt::format("recorded with {} messages, replayed with {}",
                                              old_ones.size(), new_ones.size())});
      return;
    }
    bool leading = true;
    for (size_t i = 0; i < old_ones.size(); ++i) {
      leading = leading && old_ones[i].role != Role::kAssistant && old_ones[i].role != Role::kTool;
      if (record::to_json(old_ones[i]) == record::to_json(new_ones[i])) continue;
      size_t known = into.differences.size();
      compare_message(sides, then, now, prompt_file, i, leading, *a, b, into);
      // Later turns repeat it: one is enough.
      if (into.differences.size() > known) return;
    }
  }
}

}  // namespace gf::replay
