// What rustfmt, clippy and `cargo test` leave.
#include "gate/rust_reports.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "base/files.h"
#include "base/text.h"
#include "gate/rust_messages.h"
#include "gate/rust_tests.h"
#include "record/json.h"

namespace gf::gate {
namespace {

using record::GateOutcome;
using record::TestResult;
using record::TestStatus;

constexpr size_t kRustMessage = 2000;
constexpr std::string_view kRunning = "     Running ", kExamples = "   Doc-tests ";
constexpr std::string_view kTest = "test ", kSays = " ... ";

/// What libtest printed for one test that failed.
struct Failure {
  std::string message, where;  ///< "src/lib.rs" of where it panicked
};

/// "thread 'a' (7) panicked at src/lib.rs:4:9:" and what follows, without numbers of threads and
/// frames: what it says first, where it was, then what the test printed.
Failure failure_in(const std::vector<std::string>& said, const Scrubber& scrub) {
  Failure failure;
  std::string printed, panicked, at;
  bool frames = false, speaks = false;
  for (const std::string& line : said) {
    size_t found = line.find("panicked at ");
    if (line.starts_with("thread '") && found != std::string::npos) {
      at = line.substr(found + 12);
      while (at.ends_with(':')) at.pop_back();
      speaks = true;
      frames = false;
    } else if (line.starts_with("stack backtrace:") || line.starts_with("note: ")) {
      frames = line.starts_with("stack");
      // "note: test did not panic as expected" is a word of its own.
      if (line.starts_with("note: test ")) panicked += line + "\n";
      speaks = false;
    } else if (!frames) {
      (speaks ? panicked : printed) += line + "\n";
    }
  }
  failure.where = scrub.path(at.substr(0, at.find(':')));
  std::string text = std::string(trim(panicked));
  if (!at.empty()) text += (text.empty() ? "" : "\n") + std::string("at ") + at;
  if (std::string_view more = trim(printed); !more.empty())
    text += (text.empty() ? "" : "\n") + std::string(more);
  failure.message = clipped(scrub(text), kRustMessage);
  return failure;
}

/// By whose word it failed: what panics in the code under test is no assertion.
std::string cause_of(const Failure& failure, const std::string& id) {
  std::string_view said = failure.message;
  bool own = !failure.where.empty() && id.starts_with(failure.where + "::");
  bool asserted = said.starts_with("assertion ") || said.starts_with("note: test did not panic");
  return own || asserted ? "assertion" : "other";
}

bool is_nextest_event(std::string_view line) {
  return line.starts_with("{\"type\":\"test\"") || line.starts_with("{\"type\":\"suite\"");
}

class CargoReader {
 public:
  CargoReader(const Scrubber& scrub, GateOutcome& outcome)
      : scrub_(scrub), outcome_(outcome), messages_(scrub) {}

  void take(const std::string& line) {
    if (is_cargo_message(line)) {
      any_ = messages_.take(line) || any_;
    } else if (is_nextest_event(line)) {
      take_event(line);
    } else if (line.starts_with(kRunning) && line.ends_with(')')) {
      begin_program(line);
    } else if (line.starts_with(kExamples)) {
      end_unit();
      unit_.examples = unit_.open = unit_.listed = true;
    } else if (unit_.open) {
      take_of_unit(line);
    }
  }

  bool end() {
    end_unit();
    for (const auto& [id, event] : events_) add_event(id, event);
    tell_uncompiled();
    return any_;
  }

 private:
  /// A program of tests, or the examples of one crate.
  struct Unit {
    bool open = false, examples = false;
    bool listed = false;    ///< it said how many tests it runs
    bool ended = true;      ///< it said what they came to
    bool failed = false;    ///< cargo says so
    std::string root;       ///< the file that its crate begins with
    std::string overflown;  ///< the test that took the program with it
    std::string died;       ///< how it ended, where not by itself
    std::string failing;    ///< the test that printed what comes now
    std::string pending;    ///< the test whose result comes in a later line
    std::vector<std::pair<std::string, TestStatus>> results;
    std::map<std::string, std::vector<std::string>> said;
  };

  /// A test's last word: where the project has it run again there are several.
  struct Event {
    TestStatus status = TestStatus::kPassed;
    std::string said;
  };

  /// nextest's, a line each: {"type": "suite"} names the program that the tests behind it are of.
  void take_event(const std::string& line) {
    auto event = record::Json::parse(line);
    if (!event.ok()) return;
    any_ = true;
    const record::Json program = event->get("nextest");
    std::string word = event->get_string("event"), name = event->get_string("name");
    if (program.is_object()) {
      std::string crate = program.get_string("crate"), target = program.get_string("test_binary");
      std::string root = messages_.root_of(crate, target, program.get_string("kind"));
      programs_[crate + "::" + target] = root.empty() ? crate + "::" + target : root;
    }
    size_t dollar = name.find('$');
    if (word == "started" || dollar == std::string::npos) return;
    std::string test = name.substr(dollar + 1);
    test.resize(std::min(test.find('#'), test.size()));  // "#2": of a second try
    Event& last = events_[programs_[name.substr(0, dollar)] + "::" + test];
    last.status = word == "ok"        ? TestStatus::kPassed
                  : word == "ignored" ? TestStatus::kSkipped
                                      : TestStatus::kFailed;
    last.said = event->get_string("stdout") + event->get_string("stderr");
  }

  void add_event(const std::string& id, const Event& event) {
    TestResult result{to_utf8(id), event.status, "", ""};
    if (event.status == TestStatus::kFailed) {
      Failure failure = failure_in(lines(event.said), scrub_);
      if (failure.message.empty()) failure.message = "ended before it had told how it went";
      result.cause = cause_of(failure, result.id);
      result.message = failure.message;
    }
    add(std::move(result));
  }

  void begin_program(const std::string& line) {
    end_unit();
    unit_.open = any_ = true;
    size_t bracket = line.rfind('(');
    std::string program = line.substr(bracket + 1, line.size() - bracket - 2);
    unit_.root = messages_.root_of(program);
    if (!unit_.root.empty()) return;
    std::string_view named = trim(std::string_view(line).substr(kRunning.size()));
    if (named.starts_with("unittests ")) named.remove_prefix(10);
    unit_.root = std::string(trim(named.substr(0, named.find(" ("))));
  }

  void take_of_unit(const std::string& line) {
    bool begins =
        line.starts_with("running ") && (line.ends_with(" tests") || line.ends_with(" test"));
    if (begins) {
      unit_.listed = true;
      unit_.ended = false;
      unit_.failing.clear();
    } else if (line.starts_with("test result: ")) {
      unit_.ended = true;
      unit_.failing.clear();
    } else if (line.starts_with("error: test failed, to rerun") ||
               line.starts_with("error: doctest failed, to rerun")) {
      unit_.failed = true;
    } else if (unit_.failed && line.starts_with("  process didn't exit successfully")) {
      size_t bracket = line.rfind('(');
      unit_.died = bracket == std::string::npos ? "" : line.substr(bracket);
    } else if (line.starts_with("---- ") && line.ends_with(" stdout ----")) {
      unit_.failing = line.substr(5, line.size() - 17);
    } else if (line == "failures:" || line == "successes:") {
      unit_.failing.clear();
    } else if (!unit_.failing.empty()) {
      unit_.said[unit_.failing].push_back(line);
    } else {
      take_result(line);
    }
  }

  /// "test a::b ... ok"; with one thread a test's own words may stand between name and result.
  void take_result(const std::string& line) {
    constexpr std::string_view kOver = " has overflowed its stack";
    if (size_t at = line.find(kOver); at != std::string::npos && line.find("thread '") < at) {
      size_t name = line.find("thread '") + 8;
      unit_.overflown = line.substr(name, line.find('\'', name) - name);
      return;
    }
    std::string_view rest = line;
    if (rest.starts_with(kTest) && rest.find(kSays) != std::string_view::npos) {
      size_t says = rest.find(kSays);
      unit_.pending = std::string(rest.substr(kTest.size(), says - kTest.size()));
      rest.remove_prefix(says + kSays.size());
    }
    if (unit_.pending.empty()) return;
    auto status = status_in(rest);
    if (!status) {
      unit_.said[unit_.pending].emplace_back(rest);
      return;
    }
    unit_.results.emplace_back(unit_.pending, *status);
    unit_.pending.clear();
  }

  static std::optional<TestStatus> status_in(std::string_view rest) {
    if (rest.starts_with("ignored")) return TestStatus::kSkipped;
    std::string_view word = rest.substr(0, rest.find(" <"));  // "ok <0.002s>"
    if (word.ends_with("FAILED") || word.starts_with("FAILED (")) return TestStatus::kFailed;
    if (word == "ok" || word.ends_with("ok")) return TestStatus::kPassed;
    return std::nullopt;
  }

  void add(TestResult result) {
    switch (result.status) {
      case TestStatus::kPassed:
        ++outcome_.counts.passed;
        break;
      case TestStatus::kSkipped:
        ++outcome_.counts.skipped;
        break;
      case TestStatus::kFailed:
        ++outcome_.counts.failed;
        break;
      case TestStatus::kError:
        ++outcome_.counts.errors;
        break;
    }
    outcome_.tests.push_back(std::move(result));
  }

  void add_result(const std::string& name, TestStatus status, std::string id) {
    TestResult result;
    result.id = to_utf8(id);
    result.status = status;
    if (status == TestStatus::kFailed) {
      Failure failure = failure_in(unit_.said[name], scrub_);
      result.cause = cause_of(failure, result.id);
      result.message = failure.message;
    }
    add(std::move(result));
  }

  void end_unit() {
    if (unit_.open && unit_.examples) {
      add_examples();
    } else if (unit_.open && !unit_.listed) {
      TestResult whole{unit_.root, TestStatus::kPassed, "", ""};
      if (unit_.failed) whole = {unit_.root, TestStatus::kFailed, "other", "ended " + unit_.died};
      add(std::move(whole));
    } else if (unit_.open) {
      for (const auto& [name, status] : unit_.results)
        add_result(name, status, unit_.root + "::" + name.substr(0, name.find(" - ")));
      if (!unit_.ended) add_death();
    }
    unit_ = {};
  }

  /// It ended before it had told of all its tests.
  void add_death() {
    bool known = !unit_.overflown.empty();
    std::string id = known ? unit_.root + "::" + unit_.overflown : unit_.root;
    std::string why = known ? "has overflowed its stack" : "ended before all tests were run";
    add({id, TestStatus::kFailed, "other", scrub_(why + " " + unit_.died)});
  }

  /// Examples of one crate, numbered by where they stand, as they end in any order.
  void add_examples() {
    std::map<std::pair<std::string, std::string>, std::vector<std::pair<int, size_t>>> places;
    for (size_t i = 0; i < unit_.results.size(); ++i) {
      const std::string& name = unit_.results[i].first;
      size_t dash = std::min(name.find(" - "), name.size());
      std::string_view said = std::string_view(name).substr(std::min(name.size(), dash + 3));
      places[{scrub_.path(name.substr(0, dash)), explained_by(said)}].emplace_back(
          line_of_example(said), i);
    }
    for (auto& [place, numbers] : places) {
      std::sort(numbers.begin(), numbers.end());
      for (size_t nth = 0; nth < numbers.size(); ++nth) {
        const auto& [name, status] = unit_.results[numbers[nth].second];
        add_result(name, status,
                   place.first + "::" + example_name(place.second, static_cast<int>(nth) + 1));
      }
    }
  }

  /// Each test with an error in its own lines, and each file with one for all others of its crate.
  void tell_uncompiled() {
    std::set<std::string> failed, files;
    for (const RustMessage& message : messages_.messages()) {
      if (!message.is_error) continue;
      auto text = lines(read_file(scrub_.worktree() + "/" + message.path).value_or(""));
      auto test = rust_test_at(text, message.line);
      std::string id = message.path + "::" + test.value_or("");
      if (test && failed.insert(id).second)
        add({id, TestStatus::kFailed, "missing-symbol", "does not compile: " + message.text});
      if (!files.insert(message.path).second) continue;
      add({message.path, TestStatus::kError, "compile",
           clipped(std::string(trim(message.rendered)), kRustMessage)});
    }
  }

  const Scrubber& scrub_;
  GateOutcome& outcome_;
  CargoMessages messages_;
  Unit unit_;
  std::map<std::string, std::string> programs_;  ///< roots, by nextest's names of programs
  std::map<std::string, Event> events_;          ///< by test id
  bool any_ = false;
};

}  // namespace

bool read_cargo_test(std::string_view text, const Scrubber& scrub, GateOutcome& outcome) {
  CargoReader reader(scrub, outcome);
  for (const std::string& line : lines(text)) reader.take(line);
  return reader.end();
}

bool read_cargo_json(std::string_view text, const Scrubber& scrub, GateOutcome& outcome) {
  CargoMessages messages(scrub);
  bool any = false;
  for (const std::string& line : lines(text)) {
    if (is_cargo_message(line)) any = messages.take(line) || any;
  }
  for (const RustMessage& one : messages.messages())
    add_finding(outcome,
                {one.path, one.line, one.rule, one.text, one.is_error ? "error" : "warning"});
  return any;
}

bool read_rustfmt(std::string_view text, const Scrubber& scrub, GateOutcome& outcome) {
  constexpr std::string_view kError = "error: ", kArrow = "--> ";
  std::string wrong;
  std::set<std::string> reported;
  for (const std::string& line : lines(text)) {
    std::string_view row = trim(line);
    if (line.starts_with(kError)) {
      wrong = scrub(line.substr(kError.size()));
    } else if (row.starts_with(kArrow) && !wrong.empty()) {
      GateOutcome place;
      read_text(fmt::format("{}: {}", row.substr(kArrow.size()), wrong), scrub, place);
      for (record::Finding& finding : place.findings) {
        finding.rule = "syntax";
        add_finding(outcome, std::move(finding));
      }
      wrong.clear();
    } else if (row.ends_with(".rs") && row.find(' ') == std::string_view::npos) {
      std::string path = scrub.path(row);
      if (path.starts_with("/") || !reported.insert(path).second) continue;
      add_finding(outcome, {path, 0, "format", "is not laid out as rustfmt writes it", "error"});
    }
  }
  return true;
}

std::string spoken_by_cargo(std::string_view text) {
  std::string spoken;
  for (const std::string& line : lines(text)) {
    if (is_nextest_event(line)) continue;
    if (!is_cargo_message(line)) {
      spoken += line + "\n";
      continue;
    }
    constexpr std::string_view kMessage = "{\"reason\":\"compiler-message\"";
    if (!line.starts_with(kMessage)) continue;
    auto json = record::Json::parse(line);
    if (json.ok()) spoken += json->get("message").get_string("rendered");
  }
  return spoken;
}

}  // namespace gf::gate
