#include "gate/javascript_results.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "gate/javascript_reports.h"

namespace gf::gate {
namespace {

using record::GateOutcome;
using record::TestResult;
using record::TestStatus;

constexpr size_t kMostOfMessage = 2000;

bool tells(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

/// Without the sequences that colour it.
std::string uncoloured(std::string_view text) {
  std::string said;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\x1b' && i + 1 < text.size() && text[i + 1] == '[') {
      while (i < text.size() && text[i] != 'm') ++i;
      continue;
    }
    said += text[i];
  }
  return said;
}

/// Does the compiler of TypeScript say so ("error TS2339: ...")? Its codes from 2000 on are about
/// names and types, those below about the text itself.
bool is_of_types(std::string_view text) {
  constexpr std::string_view kSaid = "error TS";
  for (size_t at = text.find(kSaid); at != std::string_view::npos; at = text.find(kSaid, at + 1)) {
    std::string_view code = text.substr(at + kSaid.size());
    code = code.substr(0, code.find_first_not_of("0123456789"));
    if (code.size() >= 4 && (code.size() > 4 || code[0] > '1')) return true;
  }
  return false;
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

/// Of what a file says that could not be loaded, the line that says why: "SyntaxError: ...". jest's
/// own words stand behind a heading ("● Test suite failed to run").
std::string why_not_loaded(std::string_view text, const Scrubber& scrub) {
  constexpr std::string_view kHeading = "\xE2\x97\x8F ";
  std::string_view behind_heading;
  bool has_heading = false;
  std::vector<std::string> all = lines(text);
  for (const std::string& line : all) {
    std::string_view row = trim(line);
    std::string_view name = row.substr(0, row.find_first_of(": "));
    if (name.ends_with("Error") && name.size() > 4) return clipped(scrub(row), kMostOfMessage);
    if (has_heading && behind_heading.empty()) behind_heading = row;
    has_heading = has_heading || row.starts_with(kHeading);
  }
  if (!behind_heading.empty()) return clipped(scrub(behind_heading), kMostOfMessage);
  return said_in(text, scrub);
}

}  // namespace

std::string said_in(std::string_view text, const Scrubber& scrub) {
  std::string said = uncoloured(text);
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

TestResult unloaded(const std::string& file, std::string_view output, const Scrubber& scrub) {
  std::string text = uncoloured(output);
  TestResult result{file, TestStatus::kError, "collection", why_not_loaded(text, scrub)};
  if (is_of_types(text)) result.cause = "compile";
  for (std::string_view missing :
       {"does not provide an export named", "Cannot find module", "ERR_MODULE_NOT_FOUND",
        "Failed to resolve import", "Does the file exist", "Cannot find package"}) {
    if (tells(text, missing)) result.cause = "compile";
  }
  return result;
}

std::string javascript_cause(std::string_view text, std::string_view file, const Scrubber& scrub) {
  std::string_view row = first_row(text);
  constexpr std::array<std::string_view, 4> kAssertions = {"AssertionError", "ERR_ASSERTION",
                                                           "expect(", "JestAssertionError"};
  for (std::string_view word : kAssertions) {
    if (tells(row, word)) return "assertion";
  }
  // jest tells node's own without its name: "assert.strictEqual(received, expected)".
  if (row.starts_with("assert.") || row.starts_with("assert(")) return "assertion";
  constexpr std::array<std::string_view, 7> kMissing = {
      "is not a function",  "is not a constructor",       "is not defined",
      "Cannot find module", "does not provide an export", "Cannot read properties of undefined",
      "is not iterable"};
  for (std::string_view word : kMissing) {
    if (tells(row, word)) return raised_in(text, file, scrub) ? "missing-symbol" : "other";
  }
  return "other";
}

}  // namespace gf::gate
