// What a model is told by "check". Pure; for check.cc.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "record/facts.h"
#include "record/findings.h"
#include "record/gate.h"
#include "stage/finding.h"
#include "stage/test_judge.h"

namespace gf::line {

/// What a gate said, as a person would read it: new findings line by line, failed tests each with
/// its message, a formatter's in words. At most `most` lines of each gate, the cut told.
std::string check_outcome_text(const record::GateOutcome& outcome, const record::GateOutcome* base,
                               const record::LineMoves& moves, size_t most = 40);
/// The same of named tests: a coverage floor, which is of all tests, is told to say nothing of
/// them, and a gate that was red without a failed test before the change to be as it was.
std::string named_tests_text(const record::GateOutcome& outcome, const record::GateOutcome* base,
                             const record::LineMoves& moves);
/// Takes the red tests out of `outcome` that the spec lets TEST change, for they are none of
/// BUILD's; a gate that was red for nothing else passes. Says which they were, in a line; else
/// nothing.
std::string without_authorised(record::GateOutcome& outcome, const stage::Authorised& authorised);
/// Is a test red in it that was not in `base`?
bool makes_red(const record::GateOutcome& outcome, const record::GateOutcome* base);
/// Those of `named` (files, or the beginnings of ids) that had tests in `base`.
std::vector<std::string> known_of(const std::vector<std::string>& named,
                                  const std::vector<record::GateOutcome>& base);
/// What is red in `outcome` is red in `base` from now on.
void add_failures(const record::GateOutcome& outcome, record::GateOutcome& base);
/// Is there nothing new to mend in it? By rules before Rules::kSaidIsDone.
bool is_clean(const record::GateOutcome& outcome, const record::GateOutcome* base,
              const record::LineMoves& moves);
/// Would a judge hold nothing of it against the change? `base` with what is habit
/// (record/habit.h).
bool would_pass(const record::GateOutcome& outcome, const record::GateOutcome* base,
                const record::LineMoves& moves);
/// How many of the lines that a change added the tests of `outcomes` run, and which they do not.
/// Empty where nothing was measured, or no added line can run.
std::string coverage_text(const std::map<std::string, std::vector<int>>& added,
                          const std::vector<record::GateOutcome>& outcomes, int64_t floor_percent);
/// What new tests did on the code before the change: how many failed there, and the functions that
/// did not, a line each. Empty when none was run. By rules before Rules::kSaidIsDone.
std::string on_base_text(const std::vector<record::GateOutcome>& outcomes);
/// How many failed there, and the criteria that they leave unshown in the judge's words: a test
/// that passes there is none of its own fault, for it may guard.
std::string shown_on_base_text(const std::vector<record::GateOutcome>& on_base,
                               const std::vector<stage::Finding>& unshown);

/// The tests that a `check` names, and what is said of names that are none's.
struct NamedTests {
  std::vector<std::string> tests;  ///< files, or files with the rest of an id; a file once
  std::string complaints;          ///< a line each
};
/// Files of code with tests of their own (gate::holds_own_tests) that are named, or lie below a
/// folder that is, and are none of `files`: what is a test file by its contents.
std::vector<std::string> with_own_tests(const std::vector<std::string>& named,
                                        const std::vector<std::string>& files,
                                        const record::TreeFacts& tree);
/// `named`: those of `files`, ids in them, and folders, which stand for what holds tests below them
/// (gate::holds_tests). Pure.
NamedTests named_tests(const std::vector<std::string>& named,
                       const std::vector<std::string>& files);

}  // namespace gf::line
