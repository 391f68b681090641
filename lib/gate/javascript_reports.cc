#include "gate/javascript_reports.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "record/json.h"

namespace gf::gate {
namespace {

using record::GateOutcome;
using record::Json;
using record::TestResult;
using record::TestStatus;

constexpr size_t kMostOfMessage = 2000;

bool holds(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

std::string_view first_row(std::string_view text) { return text.substr(0, text.find('\n')); }

/// "at double (file:///w/src/a.js:3:7)", "at /w/a.js:3:7": the file as the tree names it; empty:
/// this is no frame, or one of node itself.
std::string file_of_frame(std::string_view line, const Scrubber& scrub) {
  std::string_view row = trim(line);
  if (!row.starts_with("at ")) return {};
  size_t open = row.rfind('(');
  std::string_view place = open == std::string_view::npos ? row.substr(3) : row.substr(open + 1);
  if (place.starts_with("async ")) place.remove_prefix(6);
  constexpr std::string_view kScheme = "file://";
  if (place.starts_with(kScheme)) place.remove_prefix(kScheme.size());
  if (place.starts_with("node:") || place.starts_with("internal/")) return {};
  size_t colon = place.find(':');
  return colon == std::string_view::npos ? "" : scrub.path(place.substr(0, colon));
}

/// Is the innermost frame in the test's own file? Without a trace to tell from: yes.
bool raised_in(std::string_view text, std::string_view file, const Scrubber& scrub) {
  for (const std::string& line : lines(text)) {
    std::string place = file_of_frame(line, scrub);
    if (!place.empty()) return file.empty() || place == file;
  }
  return true;
}

/// The message without the trace below it, and without what colours it.
std::string said_in(std::string_view text, const Scrubber& scrub) {
  std::string said;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\x1b' && i + 1 < text.size() && text[i + 1] == '[') {
      while (i < text.size() && text[i] != 'm') ++i;
      continue;
    }
    said += text[i];
  }
  size_t trace = said.find("\n    at ");
  return clipped(scrub(trim(std::string_view(said).substr(0, trace))), kMostOfMessage);
}

void add_result(TestResult result, GateOutcome& outcome) {
  switch (result.status) {
    case TestStatus::kPassed:
      ++outcome.counts.passed;
      break;
    case TestStatus::kFailed:
      ++outcome.counts.failed;
      break;
    case TestStatus::kError:
      ++outcome.counts.errors;
      break;
    case TestStatus::kSkipped:
      ++outcome.counts.skipped;
      break;
  }
  outcome.tests.push_back(std::move(result));
}

TestResult failed_test(std::string id, std::string_view text, std::string_view file,
                       const Scrubber& scrub) {
  TestResult result{std::move(id), TestStatus::kFailed, "", said_in(text, scrub)};
  result.cause = javascript_cause(text, file, scrub);
  return result;
}

/// Of what a file says that could not be loaded, the line that says why: "SyntaxError: ...".
std::string why_not_loaded(std::string_view text, const Scrubber& scrub) {
  for (const std::string& line : lines(text)) {
    std::string_view row = trim(line);
    std::string_view name = row.substr(0, row.find_first_of(": "));
    if (name.ends_with("Error") && name.size() > 4) return clipped(scrub(row), kMostOfMessage);
  }
  return said_in(text, scrub);
}

/// A file of tests that could not be loaded. Where it names what is not there its tests may be
/// fine once that is: "compile".
TestResult unloaded(const std::string& file, std::string_view text, const Scrubber& scrub) {
  TestResult result{file, TestStatus::kError, "collection", why_not_loaded(text, scrub)};
  for (std::string_view missing :
       {"does not provide an export named", "Cannot find module", "ERR_MODULE_NOT_FOUND",
        "Failed to resolve import", "Does the file exist", "Cannot find package"}) {
    if (holds(text, missing)) result.cause = "compile";
  }
  return result;
}

}  // namespace

std::string javascript_cause(std::string_view text, std::string_view file, const Scrubber& scrub) {
  std::string_view row = first_row(text);
  constexpr std::array<std::string_view, 4> kAssertions = {"AssertionError", "ERR_ASSERTION",
                                                           "expect(", "JestAssertionError"};
  for (std::string_view word : kAssertions) {
    if (holds(row, word)) return "assertion";
  }
  constexpr std::array<std::string_view, 7> kMissing = {
      "is not a function",  "is not a constructor",       "is not defined",
      "Cannot find module", "does not provide an export", "Cannot read properties of undefined",
      "is not iterable"};
  for (std::string_view word : kMissing) {
    if (holds(row, word)) return raised_in(text, file, scrub) ? "missing-symbol" : "other";
  }
  return "other";
}

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
  for (const Json& suite : json->get("testResults").items()) {
    std::string file = scrub.path(suite.get_string("name"));
    std::vector<Json> tests = suite.get("assertionResults").items();
    if (tests.empty() && suite.get_string("status") == "failed")
      add_result(unloaded(file, suite.get_string("message"), scrub), outcome);
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

bool read_mocha(std::string_view text, const Scrubber& scrub, GateOutcome& outcome) {
  size_t begin = text.find("{\n");
  auto json = Json::parse(begin == std::string_view::npos ? text : text.substr(begin));
  if (!json.ok() || !json->has("tests")) return false;
  std::vector<std::string> pending;
  for (const Json& test : json->get("pending").items())
    pending.push_back(test.get_string("fullTitle"));
  for (const Json& test : json->get("tests").items()) {
    std::string file = scrub.path(test.get_string("file")), full = test.get_string("fullTitle");
    std::string title = test.get_string("title");
    std::string id = file;
    if (full.size() > title.size() + 1 && full.ends_with(title))
      id += "::" + full.substr(0, full.size() - title.size() - 1);
    id += "::" + title;
    Json error = test.get("err");
    std::string said = error.get_string("stack", error.get_string("message"));
    if (error.size() > 0) {
      add_result(failed_test(id, said, file, scrub), outcome);
    } else {
      bool skipped = std::find(pending.begin(), pending.end(), full) != pending.end();
      add_result({id, skipped ? TestStatus::kSkipped : TestStatus::kPassed, "", ""}, outcome);
    }
  }
  return true;
}

bool read_tap(std::string_view text, const Scrubber& scrub, GateOutcome& outcome) {
  bool any = false;
  std::string under;  // tape: "# name" stands over the assertions of a test
  for (const std::string& line : lines(text)) {
    if (line.starts_with("TAP version")) any = true;
    bool comment = line.starts_with("# ") && !line.starts_with("# tests") &&
                   !line.starts_with("# pass") && !line.starts_with("# fail");
    if (comment) under = line.substr(2);
    bool bad = line.starts_with("not ok ");
    if (!bad && !line.starts_with("ok ")) continue;
    std::string_view rest = std::string_view(line).substr(bad ? 7 : 3);
    while (!rest.empty() && is_digit(rest[0])) rest.remove_prefix(1);
    rest = trim(rest);
    if (rest.starts_with("- ")) rest.remove_prefix(2);
    std::string name = scrub(rest.substr(0, rest.find(" # ")));
    bool skipped = holds(lower(rest), "# skip") || holds(lower(rest), "# todo");
    // ava: "a-file › what it does".
    bool avas = name == under || holds(name, " \xE2\x80\xBA ");
    TestResult result{avas || under.empty() ? name : under + "::" + name, TestStatus::kPassed, "",
                      ""};
    if (skipped) result.status = TestStatus::kSkipped;
    if (bad && !skipped) {
      result.status = TestStatus::kFailed;
      result.cause = "other";
    }
    add_result(std::move(result), outcome);
  }
  return any;
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
