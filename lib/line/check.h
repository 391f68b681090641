// The tool "check": what VALIDATE's gates and chosen tests say of what a stage has written so far.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "line/acts.h"
#include "record/exchange.h"
#include "record/findings.h"

namespace gf::line {

/// Lets a model try before it answers, as a person at a keyboard would. The gates see what they
/// will see later: fixers have run, and what was red before is left out. Outcomes are on record and
/// known by tree, so that the very check costs nothing a second time.
///
/// 1. The stage's own files stay as the model wrote them.
/// 2. It answers a bounded number of times an attempt; then it says so.
/// 3. Nothing in an answer differs between machines or days: it becomes part of the next question.
class Check final : public ExtraTool {
 public:
  /// `stage`: whose files are tried, "build" or "test".
  Check(Parts& parts, std::string_view stage) : parts_(parts), of_tests_(stage == "test") {}

  [[nodiscard]] record::ToolSpec spec() const override;
  /// `tests` in the arguments names test files or test ids; without them only linters and type
  /// checkers are asked. An Error as in Bench::run.
  Result<std::string> answer(const record::Json& arguments) override;
  [[nodiscard]] bool found_nothing() const override { return found_nothing_; }

 private:
  struct Seen;
  Result<Seen> look(const std::vector<std::string>& tests);
  Result<std::string> beside_gates(bool tests_were_run);

  Parts& parts_;
  bool of_tests_;
  bool found_nothing_ = false;
  int left_ = 8;
};

/// The tool, or null in runs by rules that did not have it: what was asked then had no such tool.
ExtraTool* check_for(const Parts& parts, Check& check);

/// What a gate said, as a person would read it: new findings line by line, failed tests each with
/// its message, a formatter's in words. At most `most` lines of each gate, the cut told.
std::string told_outcome(const record::GateOutcome& outcome, const record::GateOutcome* base,
                         const record::LineMoves& moves, size_t most = 40);
/// The same of named tests: a coverage floor, which is of all tests, is told to say nothing of
/// them, and a gate that was red without a failed test before the change to be as it was.
std::string told_named_tests(const record::GateOutcome& outcome, const record::GateOutcome* base,
                             const record::LineMoves& moves);
/// Is there nothing new to mend in it?
bool is_clean(const record::GateOutcome& outcome, const record::GateOutcome* base,
              const record::LineMoves& moves);
/// How many of the lines that a change added the tests of `outcomes` run, and which they do not.
/// Empty where nothing was measured, or no added line can run.
std::string told_coverage(const std::map<std::string, std::vector<int>>& added,
                          const std::vector<record::GateOutcome>& outcomes, int64_t floor_percent);
/// What new tests did on the code before the change: how many failed there, and which did not, a
/// line a function. Empty when none was run.
/// Those that carry a criterion of `kept` are counted alone: they guard what is so already.
std::string told_on_base(const std::vector<record::GateOutcome>& outcomes,
                         const std::vector<std::string>& kept = {});

}  // namespace gf::line
