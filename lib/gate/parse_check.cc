// Does every changed file still parse?
#include <fmt/format.h>

#include <cstdlib>

#include "base/glob.h"
#include "base/text.h"
#include "gate/gate.h"
#include "gate/language.h"
#include "gate/reports.h"
#include "proc/sandbox.h"

namespace gf::gate {
namespace {

constexpr Milliseconds kParserTime{60000};

/// What `language` has a parser for, as that parser is given it.
std::string input_for(const Language& language, const std::vector<std::string>& paths) {
  std::string input;
  for (const std::string& path : paths) {
    if (glob_matches_any(language.parsed, path)) input += path + std::string(1, '\0');
  }
  return input;
}

/// Adds what one parser says. The outcome's status gets no better by it.
Result<void> parse(const Parser& parser, std::string input, const Place& place,
                   record::GateOutcome& outcome, const Cancel& cancel) {
  proc::Options options;
  options.argv = parser.argv;
  options.directory = place.worktree;
  options.environment = proc::clean_environment(place.environment);
  options.environment["LC_ALL"] = "C.UTF-8";
  options.input = std::move(input);
  options.limits.timeout = kParserTime;
  outcome.argv = parser.recorded;
  proc::Policy policy;
  policy.readable = place.readable;
  policy.readable.push_back(place.worktree);
  policy.scratch = place.scratch;
  if (place.sandbox != nullptr) outcome.sandbox = place.sandbox->name();
  GF_ASSIGN(auto ran, proc::run_in(place.sandbox, options, policy, cancel));
  outcome.duration += ran.duration;
  outcome.exit_code = ran.end == proc::End::kExited ? ran.exit_code : -1;
  Scrubber scrub(place.worktree, place.scratch, "");
  std::vector<std::string> fields = split(ran.out, '\0');
  for (size_t i = 0; i + 2 < fields.size(); i += 3) {
    add_finding(outcome, {to_utf8(fields[i]), std::atoi(fields[i + 1].c_str()), "syntax",
                          scrub(fields[i + 2]), "error"});
  }
  if (ran.end == proc::End::kCancelled) {
    outcome.status = record::GateOutcome::Status::kCancelled;
    outcome.reason = "cancelled";
  } else if (ran.end == proc::End::kTimedOut) {
    outcome.status = record::GateOutcome::Status::kTimeout;
    outcome.reason = "the parser did not end within 60 s";
  } else if (!ran.succeeded()) {
    outcome.output_tail = clipped(scrub(ran.err), 2048);
    outcome.status = record::GateOutcome::Status::kBroken;
    outcome.reason = fmt::format("the parser ended with exit {}", ran.exit_code);
  }
  return Done{};
}

}  // namespace

Result<record::GateOutcome> parse_check(const std::string& python, const Place& place,
                                        const std::vector<std::string>& paths,
                                        const Cancel& cancel) {
  using Status = record::GateOutcome::Status;
  record::GateOutcome outcome;
  outcome.gate = "parse";
  outcome.stage = "build";
  outcome.tree = place.tree;
  outcome.status = Status::kPass;
  for (const Language& language : all_languages()) {
    std::string input = input_for(language, paths);
    if (input.empty() || outcome.status != Status::kPass) continue;
    GF_TRY(parse(language.parser(python), std::move(input), place, outcome, cancel));
  }
  if (outcome.status == Status::kPass && outcome.findings_total > 0) {
    outcome.status = Status::kFail;
    outcome.reason = counted(static_cast<size_t>(outcome.findings_total), "file") + " not parsed";
  }
  return outcome;
}

}  // namespace gf::gate
