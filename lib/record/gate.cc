#include "record/gate.h"

#include <fmt/format.h>

#include <charconv>

#include "base/text.h"
#include "record/reader.h"

namespace gf::record {
namespace {

constexpr std::string_view kStatuses[] = {"pass", "fail", "broken", "timeout", "cancelled"};
constexpr std::string_view kTestStatuses[] = {"passed", "failed", "error", "skipped"};

/// {1,2,3,5} <-> "1-3,5": coverage of a large file stays small.
std::string to_ranges(const std::vector<int>& numbers) {
  std::string text;
  for (size_t i = 0; i < numbers.size();) {
    size_t j = i;
    while (j + 1 < numbers.size() && numbers[j + 1] == numbers[j] + 1) ++j;
    if (!text.empty()) text += ',';
    text += i == j ? fmt::format("{}", numbers[i]) : fmt::format("{}-{}", numbers[i], numbers[j]);
    i = j + 1;
  }
  return text;
}

std::vector<int> from_ranges(const std::string& text) {
  constexpr int kMaxLines = 1'000'000;
  std::vector<int> numbers;
  for (const std::string& part : split(text, ',')) {
    int first = 0;
    const char* end = part.data() + part.size();
    auto [at, code] = std::from_chars(part.data(), end, first);
    if (code != std::errc()) continue;
    int last = first;
    if (at != end && *at == '-') std::from_chars(at + 1, end, last);
    for (int n = first; n <= last && n - first < kMaxLines; ++n) numbers.push_back(n);
  }
  return numbers;
}

Json to_json(const Finding& finding) {
  Json json = Json::object({{"path", finding.path},
                            {"line", finding.line},
                            {"rule", finding.rule},
                            {"message", finding.message}});
  if (finding.severity != "error") json.set("severity", finding.severity);
  return json;
}

Json to_json(const TestResult& test) {
  Json json = Json::object({{"id", test.id}, {"status", name_of(test.status)}});
  if (!test.cause.empty()) json.set("cause", test.cause);
  if (!test.message.empty()) json.set("message", test.message);
  return json;
}

}  // namespace

std::string_view name_of(GateOutcome::Status status) {
  return kStatuses[static_cast<size_t>(status)];
}
std::string_view name_of(TestStatus status) { return kTestStatuses[static_cast<size_t>(status)]; }

Json to_json(const GateOutcome& outcome) {
  Json findings = Json::array(), tests = Json::array(), coverage = Json::object();
  for (const Finding& finding : outcome.findings) findings.push(to_json(finding));
  for (const TestResult& test : outcome.tests) tests.push(to_json(test));
  for (const auto& [path, lines] : outcome.coverage) {
    coverage.set(path, Json::object({{"executed", to_ranges(lines.executed)},
                                     {"missing", to_ranges(lines.missing)}}));
  }
  Json json = Json::object({{"v", GateOutcome::kVersion},
                            {"gate", outcome.gate},
                            {"stage", outcome.stage},
                            {"status", name_of(outcome.status)},
                            {"argv", Json::strings(outcome.argv)},
                            {"exit", outcome.exit_code},
                            {"counts", Json::object({{"passed", outcome.counts.passed},
                                                     {"failed", outcome.counts.failed},
                                                     {"errors", outcome.counts.errors},
                                                     {"skipped", outcome.counts.skipped}})},
                            {"findings", findings},
                            {"findings_total", outcome.findings_total},
                            {"tests", tests},
                            {"coverage", coverage},
                            {"duration_ms", ms(outcome.duration)},
                            {"tool_version", outcome.tool_version},
                            {"output_tail", outcome.output_tail},
                            {"sandbox", outcome.sandbox},
                            {"reason", outcome.reason}});
  set_oid(json, "tree", outcome.tree);
  return json;
}

Result<GateOutcome> gate_outcome_from_json(const Json& json) {
  Reader in(json, "gate record", GateOutcome::kVersion);
  GF_TRY(in.done());
  GateOutcome outcome;
  outcome.gate = in.text("gate");
  outcome.stage = in.text("stage");
  outcome.tree = in.oid("tree");
  auto status = enumerator<GateOutcome::Status>(kStatuses, in.text("status"));
  if (!status) in.fail("'status' is unknown");
  outcome.status = status.value_or(GateOutcome::Status::kBroken);
  outcome.argv = in.strings("argv");
  outcome.exit_code = static_cast<int>(in.integer("exit"));
  Json counts = in.object("counts");
  outcome.counts = {
      static_cast<int>(counts.get_int("passed")), static_cast<int>(counts.get_int("failed")),
      static_cast<int>(counts.get_int("errors")), static_cast<int>(counts.get_int("skipped"))};
  for (const Json& item : in.list("findings")) {
    outcome.findings.push_back({item.get_string("path"), static_cast<int>(item.get_int("line")),
                                item.get_string("rule"), item.get_string("message"),
                                item.get_string("severity", "error")});
  }
  outcome.findings_total = static_cast<int>(in.integer("findings_total"));
  for (const Json& item : in.list("tests")) {
    auto test_status = enumerator<TestStatus>(kTestStatuses, item.get_string("status"));
    if (!test_status) in.fail("a test's 'status' is unknown");
    outcome.tests.push_back({item.get_string("id"), test_status.value_or(TestStatus::kError),
                             item.get_string("cause"), item.get_string("message")});
  }
  for (const auto& [path, lines] : in.object("coverage").members()) {
    outcome.coverage[path] = {from_ranges(lines.get_string("executed")),
                              from_ranges(lines.get_string("missing"))};
  }
  outcome.duration = in.duration("duration_ms");
  outcome.tool_version = in.text("tool_version");
  outcome.output_tail = in.text("output_tail");
  outcome.sandbox = in.text("sandbox");
  outcome.reason = in.text("reason");
  GF_TRY(in.done());
  return outcome;
}

}  // namespace gf::record
