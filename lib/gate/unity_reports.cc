#include "gate/unity_reports.h"

#include <array>
#include <cstdio>
#include <optional>

#include "base/text.h"

namespace gf::gate {
namespace {

using record::TestResult;
using record::TestStatus;

struct UnitySum {
  int tests = 0, failures = 0, ignored = 0;
  bool operator==(const UnitySum& other) const {
    return tests == other.tests && failures == other.failures && ignored == other.ignored;
  }
};

std::optional<UnitySum> unity_sum(const std::string& line) {
  UnitySum sum;
  constexpr int kNumbers = 3;
  int read = std::sscanf(line.c_str(), "%9d Tests %9d Failures %9d Ignored", &sum.tests,
                         &sum.failures, &sum.ignored);
  return read == kNumbers ? std::optional(sum) : std::nullopt;
}

/// Where the status word stands in "file:line:name:PASS" or "file:line:name:FAIL: why"; the first
/// of them, for a reason may hold such words too.
struct UnityWord {
  size_t at = std::string::npos;
  std::string_view word;
};
UnityWord unity_word(std::string_view line) {
  constexpr std::array<std::string_view, 3> kWords = {"PASS", "FAIL", "IGNORE"};
  UnityWord found;
  for (std::string_view word : kWords) {
    for (size_t at = line.find(word); at != std::string_view::npos; at = line.find(word, at + 1)) {
      size_t behind = at + word.size();
      bool whole = at > 0 && line[at - 1] == ':' && (behind == line.size() || line[behind] == ':');
      if (whole && at < found.at) found = {at, word};
      if (whole) break;
    }
  }
  return found;
}

std::optional<TestResult> unity_test(std::string_view line, const Scrubber& scrub) {
  UnityWord word = unity_word(line);
  if (word.at == std::string::npos) return std::nullopt;
  std::string_view front = line.substr(0, word.at - 1);
  size_t name_at = front.rfind(':');
  if (name_at == std::string_view::npos || name_at == 0) return std::nullopt;
  size_t line_at = front.rfind(':', name_at - 1);
  if (line_at == std::string_view::npos) return std::nullopt;
  std::string_view number = front.substr(line_at + 1, name_at - line_at - 1);
  if (number.empty() || number.find_first_not_of("0123456789") != std::string_view::npos)
    return std::nullopt;
  // What was printed before it may have had no line end.
  std::string_view file = front.substr(0, line_at);
  if (size_t space = file.find_last_of(" \t"); space != std::string_view::npos)
    file.remove_prefix(space + 1);
  TestResult result;
  std::string path = scrub.path(std::string(file)), name(front.substr(name_at + 1));
  bool inside = !path.empty() && path[0] != '/' && path[0] != '<' && !path.starts_with("../");
  result.id = to_utf8(inside ? path + "::" + name : name);
  if (word.word == "IGNORE") result.status = TestStatus::kSkipped;
  if (word.word == "FAIL") {
    result.status = TestStatus::kFailed;
    result.cause = "assertion";
    std::string_view why = line.substr(word.at + word.word.size());
    if (why.starts_with(':')) why.remove_prefix(1);
    result.message = scrub(std::string(trim(why)) + "\nat " + path + ":" + std::string(number));
  }
  return result;
}

}  // namespace

std::vector<TestResult> unity_tests(std::string_view said, const Scrubber& scrub) {
  std::vector<TestResult> tests;
  std::optional<UnitySum> summary;
  UnitySum read;
  for (const std::string& line : lines(said)) {
    if (auto sum = unity_sum(line)) {
      if (summary) return {};  // two programs
      summary = sum;
    } else if (auto test = unity_test(line, scrub)) {
      ++read.tests;
      if (test->status == TestStatus::kFailed) ++read.failures;
      if (test->status == TestStatus::kSkipped) ++read.ignored;
      tests.push_back(std::move(*test));
    }
  }
  return summary == read ? tests : std::vector<TestResult>{};
}

}  // namespace gf::gate
