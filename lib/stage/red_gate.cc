#include "stage/red_gate.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>
#include <utility>
#include <vector>

#include "base/text.h"

namespace gf::stage {
namespace {

constexpr size_t kLastLines = 6;
constexpr size_t kLineBytes = 300;

/// "158 passed in 3.21s": a digit, and a unit of time right behind it that ends a word.
bool tells_a_time(std::string_view line) {
  auto digit = [](char c) { return c >= '0' && c <= '9'; };
  for (size_t i = 1; i < line.size(); ++i) {
    bool ends = i + 1 == line.size() || line[i + 1] == ' ' || line[i + 1] == ')';
    if (line[i] == 's' && ends && (digit(line[i - 1]) || line[i - 1] == 'm')) {
      size_t at = i - 1;
      if (line[at] == 'm' && at > 0) --at;
      if (digit(line[at])) return true;
    }
  }
  return false;
}

std::string last_lines(const std::string& text) {
  std::vector<std::string> kept;
  std::vector<std::string> all = lines(text);
  for (size_t i = all.size(); i > 0 && kept.size() < kLastLines; --i) {
    std::string_view line = trim(all[i - 1]);
    if (!line.empty() && !tells_a_time(line))
      kept.push_back("    " + std::string(clipped(line, kLineBytes)));
  }
  std::reverse(kept.begin(), kept.end());
  return join(kept, "\n");
}

/// How runners say that a floor was not reached.
constexpr std::array<std::pair<const char*, const char*>, 4> kFloorWords = {
    {{"coverage", "not reached"},  // pytest-cov: "Required test coverage of 100% not reached."
     {"coverage", "less than"},    // coverage.py: "total of 65 is less than fail-under=100"
     {"coverage threshold", "not met"},  // jest: "... threshold for lines (100%) not met: 65%"
     {"coverage", "does not meet"}}};    // c8, nyc, vitest: "... does not meet global threshold"

constexpr size_t kNamed = 5;
constexpr size_t kNameBytes = 200;  ///< a parameter in a test's name may be anything

/// "a, b and 3 other files", each once and in their order.
std::string few_of(const std::vector<std::string>& all, std::string_view noun) {
  std::set<std::string> seen;
  std::vector<std::string> named;
  for (const std::string& one : all) {
    if (!one.empty() && seen.insert(one).second && named.size() < kNamed)
      named.push_back(printable(clipped(one, kNameBytes)));
  }
  std::string text = join(named, ", ");
  return seen.size() > named.size() ? text + " and " + counted(seen.size() - named.size(), noun)
                                    : text;
}

std::vector<std::string> red_tests(const record::GateOutcome& outcome) {
  std::vector<std::string> red;
  for (const record::TestResult& test : outcome.tests) {
    using Status = record::TestStatus;
    if (test.status == Status::kFailed || test.status == Status::kError) red.push_back(test.id);
  }
  return red;
}

}  // namespace

std::string files_named(const std::vector<record::Finding>& findings) {
  std::vector<std::string> paths;
  for (const record::Finding& finding : findings) paths.push_back(finding.path);
  std::string files = few_of(paths, "other file");
  return files.empty() ? files : " in " + files;
}

std::string told_of(const record::GateOutcome& outcome) {
  std::string text;
  if (!outcome.findings.empty()) {
    text += ", " + counted(outcome.findings.size(), "finding") + files_named(outcome.findings);
  }
  std::vector<std::string> red = red_tests(outcome);
  std::string tests = counted(outcome.tests.size(), "test");
  if (red.empty()) return outcome.tests.empty() ? text : text + ", " + tests;
  return text + fmt::format(", {} of {} {}: {}", red.size(), tests,
                            red.size() == 1 ? "fails" : "fail", few_of(red, "other"));
}

std::string named_by(const record::GateOutcome& outcome) {
  std::string tests = few_of(red_tests(outcome), "other");
  return files_named(outcome.findings) + (tests.empty() ? "" : ": " + tests);
}

bool is_red_without_a_test(const record::GateOutcome& outcome) {
  return outcome.status == record::GateOutcome::Status::kFail && outcome.stage == "test" &&
         outcome.counts.executed() > 0 && outcome.counts.failed + outcome.counts.errors == 0;
}

bool is_red_by_floor(const record::GateOutcome& outcome) {
  if (!is_red_without_a_test(outcome)) return false;
  std::string last = lower(last_lines(outcome.output_tail));
  for (const std::string& line : lines(last)) {
    for (const auto& [what, how] : kFloorWords) {
      size_t at = line.find(what);
      if (at != std::string::npos && line.find(how, at) != std::string::npos) return true;
    }
  }
  return false;
}

std::string red_without_a_test(const record::GateOutcome& outcome) {
  bool green = outcome.status == record::GateOutcome::Status::kPass;
  if (green || outcome.stage != "test" || outcome.counts.failed + outcome.counts.errors > 0)
    return {};
  std::string text = outcome.reason.empty() ? std::string() : ": " + outcome.reason;
  std::string last = last_lines(outcome.output_tail);
  return last.empty() ? text : text + "\n" + last;
}

}  // namespace gf::stage
