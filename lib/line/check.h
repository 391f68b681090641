// The tool "check": what VALIDATE's gates and chosen tests say of what a stage has written so far.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "line/acts.h"
#include "record/exchange.h"

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
  [[nodiscard]] std::string to_mend() const override;
  /// Did any answer say that something is wrong with the changelog entry?
  [[nodiscard]] bool entry_reported() const { return entry_reported_; }

 private:
  struct Seen;
  [[nodiscard]] record::GateOutcome forbidden_of(const Change& change) const;
  Result<Seen> look(const std::vector<std::string>& tests);
  Result<void> tell_apart(Seen& seen, const std::vector<std::string>& tests);
  Result<std::string> beyond_adding_text();
  Result<std::string> beside_gates(const Seen& seen, bool tests_were_run);
  Result<std::string> shown_on_base(const Seen& seen);
  /// What a gate said, as the run's rules tell it.
  std::string gate_text(const record::GateOutcome& outcome, const Seen& seen);

  Parts& parts_;
  bool of_tests_;
  std::vector<std::string> to_mend_;  ///< of the last answer
  bool entry_reported_ = false;
  int left_ = 8;
};

/// The tool, or null in runs by rules that did not have it: what was asked then had no such tool.
ExtraTool* check_for(const Parts& parts, Check& check);

}  // namespace gf::line
