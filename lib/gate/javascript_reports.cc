#include "gate/javascript_reports.h"

#include <algorithm>

#include "base/text.h"
#include "gate/javascript_results.h"
#include "record/json.h"

namespace gf::gate {
namespace {

using record::GateOutcome;
using record::Json;
using record::TestStatus;

bool has_failed_test(const std::vector<Json>& tests) {
  return std::any_of(tests.begin(), tests.end(),
                     [](const Json& test) { return test.get_string("status") == "failed"; });
}

}  // namespace

bool read_node_test(std::string_view text, const Scrubber& scrub, GateOutcome& outcome) {
  bool whole = false;
  for (const std::string& line : lines(text)) {
    auto json = Json::parse(line);
    if (!json.ok()) return false;
    if (json->get_bool("end")) whole = true;
    if (!json->has("status")) continue;
    std::string file = scrub.path(json->get_string("file"));
    std::string name = json->get_string("name"), status = json->get_string("status");
    std::string said = json->get_string("text");
    std::string id = file.empty() ? name : file + "::" + name;
    if (status == "file") {
      add_result(unloaded(file, said, scrub), outcome);
    } else if (status == "failed") {
      add_result(failed_test(id, said, file, scrub), outcome);
    } else {
      bool skipped = status == "skipped";
      add_result({id, skipped ? TestStatus::kSkipped : TestStatus::kPassed, "", ""}, outcome);
    }
  }
  return whole;
}

bool read_jest(std::string_view text, const Scrubber& scrub, GateOutcome& outcome) {
  // What else was printed may stand in front.
  size_t begin = text.find("{\"num");
  auto json = Json::parse(begin == std::string_view::npos ? text : text.substr(begin));
  if (!json.ok() || !json->has("testResults")) return false;
  std::vector<Json> suites = json->get("testResults").items();
  // They stand in the order in which they were done, which differs between runs.
  std::stable_sort(suites.begin(), suites.end(), [](const Json& one, const Json& other) {
    return one.get_string("name") < other.get_string("name");
  });
  for (const Json& suite : suites) {
    std::string file = scrub.path(suite.get_string("name"));
    std::vector<Json> tests = suite.get("assertionResults").items();
    bool failed = suite.get_string("status") == "failed";
    if (tests.empty() && failed)
      add_result(unloaded(file, suite.get_string("message"), scrub), outcome);
    // vitest: a hook that throws skips its tests, and only the file says so.
    else if (failed && !has_failed_test(tests))
      add_result({file, TestStatus::kError, "setup",
                  "it fails outside of its tests, in a hook or behind them"},
                 outcome);
    for (const Json& test : tests) {
      std::vector<std::string> names = test.get_strings("ancestorTitles");
      std::erase(names, "");
      names.push_back(test.get_string("title"));
      std::string id = file + "::" + join(names, "::"), status = test.get_string("status");
      if (status == "failed") {
        add_result(failed_test(id, join(test.get_strings("failureMessages"), "\n"), file, scrub),
                   outcome);
      } else {
        bool passed = status == "passed";
        add_result({id, passed ? TestStatus::kPassed : TestStatus::kSkipped, "", ""}, outcome);
      }
    }
  }
  return true;
}

bool read_eslint(std::string_view text, const Scrubber& scrub, GateOutcome& outcome) {
  auto json = Json::parse(trim(text));
  if (!json.ok() || !json->is_array()) return false;
  for (const Json& file : json->items()) {
    for (const Json& message : file.get("messages").items()) {
      record::Finding finding;
      finding.path = scrub.path(file.get_string("filePath"));
      finding.line = static_cast<int>(message.get_int("line"));
      finding.rule = message.get_string("ruleId");
      if (finding.rule.empty() && message.get_bool("fatal")) finding.rule = "syntax";
      finding.message = scrub(message.get_string("message"));
      finding.severity = message.get_int("severity") > 1 ? "error" : "warning";
      add_finding(outcome, std::move(finding));
    }
  }
  return true;
}

bool read_tsc(std::string_view text, const Scrubber& scrub, GateOutcome& outcome) {
  constexpr std::string_view kError = ": error TS";
  for (const std::string& line : lines(text)) {
    std::string_view row = line;
    size_t at = row.find(kError);
    if (at == std::string_view::npos && !row.starts_with(kError.substr(2))) continue;
    record::Finding finding;
    std::string_view place = at == std::string_view::npos ? "" : row.substr(0, at);
    std::string_view rest = row.substr(at == std::string_view::npos ? 6 : at + 8);
    size_t open = place.rfind('(');
    finding.path = scrub.path(place.substr(0, open));
    if (open != std::string_view::npos)
      finding.line = std::atoi(std::string(place.substr(open + 1)).c_str());
    size_t colon = rest.find(':');
    finding.rule = rest.substr(0, colon);
    finding.message = scrub(trim(rest.substr(std::min(rest.size(), colon + 1))));
    add_finding(outcome, std::move(finding));
  }
  return true;
}

}  // namespace gf::gate
