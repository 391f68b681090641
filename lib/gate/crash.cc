#include "gate/crash.h"

#include <fmt/format.h>

#include <csignal>
#include <vector>

#include "base/text.h"

namespace gf::gate {
namespace {

constexpr int kNotExecutable = 126, kSignalled = 128, kLastSignal = 64;
constexpr int kPytestInternal = 3, kPytestUsage = 4, kNextestNoTests = 4;
constexpr size_t kWords = 300;
constexpr std::string_view kInternal = "INTERNALERROR> ";        // of pytest
constexpr std::string_view kCannotStart = "fatal: cannot run ";  // of git, of a hook

bool has(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

/// A shell or a launcher between us and the tool tells a signal as 128 + its number.
bool ended_beneath_a_shell(int exit_code) {
  return exit_code == kNotExecutable || exit_code == kNotExecutable + 1 ||
         (exit_code > kSignalled && exit_code <= kSignalled + kLastSignal);
}

/// "ValueError: no", "pkg.errors.BadThing: no", "KeyboardInterrupt".
bool is_exception(std::string_view line) {
  std::string_view name = line.substr(0, line.find(':'));
  if (name.empty() || has(name, " ")) return false;
  for (std::string_view end : {"Error", "Exception", "Exit", "Interrupt", "Warning"}) {
    if (name.ends_with(end)) return true;
  }
  return false;
}

bool speaks_of_an_error(std::string_view line) {
  std::string text = lower(line.substr(0, kWords));
  return has(text, "error") || has(text, "failed") || has(text, "fatal") || has(text, "cause:") ||
         has(text, "panicked");
}

}  // namespace

bool is_crash(std::string_view report, const proc::Outcome& ran, int bad) {
  if (ran.exit_code == 0) return false;
  if (report == "exit") return ended_beneath_a_shell(ran.exit_code);
  // git's own words where it cannot start the file: no interpreter, another machine's program.
  if (report == "hook") return ended_beneath_a_shell(ran.exit_code) || has(ran.err, kCannotStart);
  if (report == "junit") {
    if (ran.exit_code == kPytestInternal || has(ran.out, kInternal) || has(ran.err, kInternal))
      return true;
    if (ran.exit_code == kPytestUsage) return bad == 0;
    return ran.exit_code > 1 && bad == 0;
  }
  if (report == "cargo-test" && ran.exit_code == kNextestNoTests) return false;
  if (report == "pre-commit") return ran.exit_code > 1 || bad == 0;  // 3: no environment
  // A report of these is written at the end, by who did not crash; and no test, a floor or what was
  // thrown outside of tests are told by the exit alone.
  for (std::string_view whole : {"jest-json", "mocha-json", "node-test", "ctest", "surefire"}) {
    if (report == whole) return bad == 0 && ended_beneath_a_shell(ran.exit_code);
  }
  // What it printed before it died is not all there is to find.
  if (has(ran.err, "Traceback (most recent call last):") || has(ran.err, "INTERNAL ERROR") ||
      has(ran.out, ": error: INTERNAL ERROR"))
    return true;
  if (report == "text") return ran.exit_code > 1 && bad == 0;
  return bad == 0;
}

std::string own_words(std::string_view out, std::string_view err) {
  std::string_view exception, error, last;
  std::vector<std::string> printed = lines(out);
  for (std::string& line : lines(err)) printed.push_back(std::move(line));
  for (const std::string& line : printed) {
    std::string_view text = trim(line);
    for (std::string_view mark : {kInternal, std::string_view("E   ")}) {
      if (text.starts_with(mark)) text = trim(text.substr(mark.size()));
    }
    if (text.empty()) continue;
    last = text;
    if (is_exception(text)) exception = text;
    if (speaks_of_an_error(text)) error = text;
  }
  std::string_view words = !exception.empty() ? exception : !error.empty() ? error : last;
  return std::string(printable(clipped(words, kWords)));
}

std::string signal_text(int signal) {
  if (signal == SIGKILL) {
    return fmt::format("was killed (signal {}); the machine may be short of memory", signal);
  }
  return fmt::format("ended by signal {}", signal);
}

}  // namespace gf::gate
