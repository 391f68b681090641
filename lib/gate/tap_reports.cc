// TAP, as ava and tape write it, and as everybody else does.
#include <algorithm>

#include "base/text.h"
#include "gate/javascript_reports.h"
#include "gate/javascript_results.h"

namespace gf::gate {
namespace {

using record::GateOutcome;
using record::TestResult;
using record::TestStatus;

/// "# pass  6": of the whole run, where "# pass" alone is a test of that name.
bool is_sum(std::string_view line) {
  for (std::string_view word : {"# tests ", "# pass ", "# fail ", "# skip ", "# todo "}) {
    std::string_view number = trim(line.substr(std::min(line.size(), word.size())));
    if (line.starts_with(word) && !number.empty() &&
        std::all_of(number.begin(), number.end(), is_digit))
      return true;
  }
  return false;
}

/// The block below a failed line, without where it failed and the trace; `at` is behind it then.
std::string detail_at(const std::vector<std::string>& all, size_t& at) {
  std::string text;
  if (at + 1 >= all.size() || trim(all[at + 1]) != "---") return text;
  bool trace = false;
  for (at += 2; at < all.size() && trim(all[at]) != "..."; ++at) {
    std::string_view row = trim(all[at]);
    bool inside = all[at].starts_with("      ");
    trace = (trace && inside) || row.starts_with("stack:");
    if (!trace && !row.starts_with("at:")) text += (text.empty() ? "" : "\n") + std::string(row);
  }
  return text;
}

/// The comments below a failed line, where there is no block: "#   Failed test 'x'", "#   at a.t".
std::string comments_at(const std::vector<std::string>& all, size_t& at) {
  std::string text;
  for (; at + 1 < all.size() && all[at + 1].starts_with("#"); ++at) {
    std::string_view row = trim(std::string_view(all[at + 1]).substr(1));
    if (row.starts_with("Subtest: ")) break;
    text += (text.empty() ? "" : "\n") + std::string(row);
  }
  return text;
}

/// "file:///w/b.test.js:2", as ava names what it could not load: "b.test.js"; empty: it is none.
std::string file_unloaded(std::string_view name, const Scrubber& scrub) {
  constexpr std::string_view kScheme = "file://";
  if (!name.starts_with(kScheme)) return {};
  name.remove_prefix(kScheme.size());
  return scrub.path(name.substr(0, name.rfind(':')));
}

/// Of what failed whose own word it is that something is not as it should be?
bool is_asserted(const std::string& detail) {
  bool thrown = detail.find("Error thrown in test") != std::string::npos;
  return !thrown && (detail.find("name: AssertionError") != std::string::npos ||
                     detail.starts_with("operator:"));
}

/// "1..4": how many there are, in front of them or behind.
bool is_plan(std::string_view line) {
  return line.starts_with("1..") && line.size() > 3 && is_digit(line[3]);
}

/// One "ok" or "not ok" line.
struct TapLine {
  bool bad = false;
  std::string_view said, number;
};
std::optional<TapLine> tap_line(std::string_view line) {
  bool bad = line.starts_with("not ok ");
  if (!bad && !line.starts_with("ok ")) return std::nullopt;
  std::string_view rest = line.substr(bad ? 7 : 3);
  size_t digits = 0;
  while (digits < rest.size() && is_digit(rest[digits])) ++digits;
  std::string_view number = rest.substr(0, digits);
  rest = trim(rest.substr(digits));
  if (rest.starts_with("- ")) rest.remove_prefix(2);
  return TapLine{bad, rest, number};
}

bool is_set_aside(std::string_view said) {
  std::string words = lower(said);
  return words.find("# skip") != std::string::npos || words.find("# todo") != std::string::npos;
}

/// Is it tape's? A test is a heading ("# name") there, and what stands below are its assertions,
/// none with the dash that others write; ava's headings are said again by the line below.
bool is_tape(const std::vector<std::string>& all) {
  bool headed = false, any = false;
  if (all.empty() || !all[0].starts_with("TAP version")) return false;
  for (const std::string& line : all) {
    if (line.starts_with("# Subtest: ")) return false;
    bool heading = line.starts_with("# ") && !is_sum(line);
    if (heading && !any) headed = true;
    auto parsed = tap_line(line);
    if (!parsed) continue;
    if (!headed || parsed->number.empty() ||
        line.find(" - ") == line.find(parsed->number) + parsed->number.size())
      return false;
    any = true;
  }
  return headed && (any || std::none_of(all.begin(), all.end(), is_plan));
}

/// The tests of tape, each as its assertions did together: the first that failed says why.
class TapeTests {
 public:
  TapeTests(const Scrubber& scrub, GateOutcome& outcome) : scrub_(scrub), outcome_(outcome) {}

  void begin(std::string name) {
    end();
    name_ = std::move(name);
  }
  void add(const TapLine& parsed, const std::string& detail) {
    ++asserted_;
    bool aside = is_set_aside(parsed.said);
    aside_ += aside ? 1 : 0;
    if (!parsed.bad || aside || failed_) return;
    failed_ = true;
    cause_ = is_asserted(detail) ? "assertion" : "other";
    std::string said = said_in(detail, scrub_);
    message_ = scrub_(std::string(parsed.said)) + (said.empty() ? "" : "\n" + said);
  }
  void end() {
    if (asserted_ > 0) tell();
    name_.clear();
    message_.clear();
    asserted_ = aside_ = 0;
    failed_ = false;
  }
  /// The program was ended before it came to its plan: by the last test, which threw.
  void end_early() {
    if (!failed_) {
      failed_ = true;
      cause_ = "other";
      message_ = "the program ended in it";
    }
    tell();
  }

 private:
  void tell() {
    TestResult result{scrub_(name_), TestStatus::kPassed, "", ""};
    if (failed_) {
      result.status = TestStatus::kFailed;
      result.cause = cause_;
      result.message = message_;
    } else if (asserted_ > 0 && asserted_ == aside_) {
      result.status = TestStatus::kSkipped;
    }
    add_result(std::move(result), outcome_);
  }

  const Scrubber& scrub_;
  GateOutcome& outcome_;
  std::string name_, cause_, message_;
  int asserted_ = 0, aside_ = 0;
  bool failed_ = false;
};

void read_tape(const std::vector<std::string>& all, const Scrubber& scrub, GateOutcome& outcome) {
  TapeTests tests(scrub, outcome);
  bool planned = false;
  for (size_t i = 0; i < all.size(); ++i) {
    const std::string& line = all[i];
    planned = planned || is_plan(line);
    if (!planned && line.starts_with("# ")) tests.begin(line.substr(2));
    if (auto parsed = tap_line(line)) {
      std::string detail = parsed->bad ? detail_at(all, i) : "";
      tests.add(*parsed, detail);
    }
  }
  if (planned) {
    tests.end();
  } else {
    tests.end_early();
  }
}

}  // namespace

bool read_tap(std::string_view text, const Scrubber& scrub, GateOutcome& outcome) {
  bool any = false;
  constexpr std::string_view kInner = "# Subtest: ";
  std::string under;   // "# name" stands over the lines of a test
  bool inner = false;  // a line of its own sums up what stands below this name
  std::vector<std::string> all = lines(text);
  if (is_tape(all)) {
    read_tape(all, scrub, outcome);
    return true;
  }
  for (size_t i = 0; i < all.size(); ++i) {
    const std::string& line = all[i];
    if (line.starts_with("TAP version") || is_plan(line)) any = true;
    if (line.starts_with("# ") && !is_sum(line)) under = line.substr(2);
    if (line.starts_with(kInner)) under = line.substr(kInner.size());
    inner = line.starts_with(kInner) || (inner && !line.starts_with("#"));
    auto parsed = tap_line(line);
    if (!parsed) continue;
    std::string name = scrub(trim(parsed->said.substr(0, parsed->said.find("# "))));
    if (name.empty()) name = parsed->number;
    bool aside = is_set_aside(parsed->said);
    std::string file = file_unloaded(parsed->said, scrub);
    // ava: "a-file › what it does".
    bool avas = name == under || name.find(" \xE2\x80\xBA ") != std::string::npos;
    TestResult result{avas || under.empty() ? name : under + "::" + name, TestStatus::kPassed, "",
                      ""};
    std::string detail = parsed->bad ? detail_at(all, i) : "";
    if (parsed->bad && detail.empty()) detail = comments_at(all, i);
    if (inner) under.clear();
    inner = false;
    if (aside) {
      result.status = TestStatus::kSkipped;
    } else if (!file.empty()) {
      result = unloaded(file, detail, scrub);
    } else if (parsed->bad) {
      result.status = TestStatus::kFailed;
      result.cause = is_asserted(detail) ? "assertion" : "other";
      result.message = said_in(detail, scrub);
    }
    add_result(std::move(result), outcome);
  }
  return any;
}

}  // namespace gf::gate
