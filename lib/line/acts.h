// The stages as the line carries them out: one act a stage, one file an act. What a step is worth
// is the stage's own judgement (lib/stage); an act only does what was decided.
#pragma once

#include <array>
#include <string_view>

#include "line/assignment.h"
#include "line/bench.h"
#include "line/course.h"
#include "line/delivery.h"
#include "line/dialogue.h"
#include "line/dossier.h"
#include "line/entitlement.h"
#include "line/journal.h"
#include "line/past.h"
#include "session/context.h"
#include "stage/stage.h"

namespace gf::line {

/// What an act works with: the parts of one line.
struct Parts {
  session::Context& context;
  Past& past;
  const Assignment& assignment;
  Dossier& dossier;
  const Course& course;
  Journal& journal;
  Bench& bench;
  Dialogue& dialogue;
  Delivery& delivery;
};

Result<Step> act_plan(Parts& parts, const stage::Stage& stage);
Result<Step> act_scout(Parts& parts, const stage::Stage& stage);
Result<Step> act_build(Parts& parts, const stage::Stage& stage);
Result<Step> act_validate(Parts& parts, const stage::Stage& stage);  ///< of code, and of tests
Result<Step> act_test(Parts& parts, const stage::Stage& stage);
Result<Step> act_review(Parts& parts, const stage::Stage& stage);
Result<Step> act_deliver(Parts& parts, const stage::Stage& stage);

struct Act {
  std::string_view stage;
  Result<Step> (*perform)(Parts& parts, const stage::Stage& stage);
};
/// A row for each of stage::all_stages(), in the same order; a test holds the two together.
inline constexpr std::array<Act, 8> kActs = {{{"plan", act_plan},
                                              {"scout", act_scout},
                                              {"build", act_build},
                                              {"validate", act_validate},
                                              {"test", act_test},
                                              {"validate-tests", act_validate},
                                              {"review", act_review},
                                              {"pr", act_deliver}}};

/// Does a stage's act. A stage without one is our mistake, and an Error that says so.
Result<Step> perform(Parts& parts, const stage::Stage& stage);

// What several acts do.

/// Files that hold the tests of a change.
std::vector<std::string> test_files_of(const Parts& parts, const Change& change);
/// The changelog of `tree` with this run's entry, or why no rule writes it.
stage::WrittenEntry entry_by_rule(const Parts& parts, const record::TreeFacts& tree);
/// What the checker finds wrong with the entry that BUILD wrote, as lines of feedback.
Result<std::vector<std::string>> wrong_with_entry(Parts& parts);
/// What TEST's work is judged by at first: the suite on what lies here, and the change's tests on
/// the base.
Result<stage::Input> tests_to_judge(Parts& parts, const stage::Stage& stage);
/// What TEST's judge says of it; where that is a yes, of the new tests run again as well
/// (factory.test.repeats), which is added to `in`.
Result<stage::Judgement> judge_tests(Parts& parts, const stage::Stage& stage, stage::Input& in,
                                     const stage::Output& output);
/// The tests that `change` brings, alone on the pristine tree `base`, where they have to fail.
Result<std::vector<record::GateOutcome>> new_tests_on(Parts& parts, const Change& change,
                                                      const Oid& base);

/// All there is, of which `stage` may see a part; without what is made for its question alone.
Showing showing_for(const Parts& parts, const stage::Stage& stage);
/// The part of all there is that `stage` may see, as it finds the tree now.
stage::Input input_for(const Parts& parts, const stage::Stage& stage);
/// The same with what asking a model takes.
Result<stage::Input> question_for(const Parts& parts, const stage::Stage& stage);
/// What the step has written so far is put in the form that the gates' fixers give it, and lock
/// files are brought up to date, before any gate looks. By older rules nothing happens.
Result<void> let_fixers_work(Parts& parts);

}  // namespace gf::line
