// TEST: a model writes tests from the spec, and real runners judge them, on the built tree and on
// the pristine base.
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/text.h"
#include "gate/language.h"
#include "line/acts.h"
#include "line/added_to.h"
#include "line/check.h"
#include "line/named_definitions.h"
#include "line/targeted.h"
#include "stage/test_added.h"

namespace gf::line {
namespace {

using Kind = stage::Judgement::Kind;

/// What TEST may know of the new code: names and signatures, never bodies.
Result<std::string> signatures(Parts& parts) {
  GF_ASSIGN(const Change* change, parts.bench.change());
  std::vector<std::string> sources = change->paths();
  std::erase_if(sources, [&](const std::string& path) {
    return is_test_path(parts.assignment, path) || is_changelog(parts.assignment, path);
  });
  GF_ASSIGN(auto tools, tool::Toolbox::open(parts.bench.path(), {"outline"}, {},
                                            parts.context.setup.environment));
  GF_ASSIGN(auto definitions, tools.definitions(sources, parts.context.cancel()));
  return signatures_of(*change, sources, definitions, names_of(*parts.dossier.spec));
}

/// Tests that count may be there already: in the base, or from this stage's last attempt. One that
/// passes on the base shows nothing new, though an earlier feature's carry ids like these.
bool nothing_to_write(const Parts& parts) {
  if (!parts.course.feedback("test").empty()) return false;
  bool by_owners = parts.assignment.wishes.rules >= Rules::kOwners;
  std::vector<record::TestResult> known;
  for (const record::GateOutcome& outcome : parts.bench.base_outcomes()) {
    for (const record::TestResult& test : outcome.tests) {
      if (!by_owners || test.status != record::TestStatus::kPassed) known.push_back(test);
    }
  }
  for (const record::GateOutcome& outcome : parts.dossier.tested)
    known.insert(known.end(), outcome.tests.begin(), outcome.tests.end());
  return stage::criteria_without_tests(*parts.dossier.spec, known).empty();
}

/// By the first rules TEST held the written tests to VALIDATE's gates itself, before it ran them.
Result<bool> passes_unseen_gates(Parts& parts, Step& step) {
  GF_ASSIGN(auto validated, act_validate(parts, *stage::find_stage("validate")));
  if (validated.judgement.kind == Kind::kPass) return true;
  step.judgement = std::move(validated.judgement);
  if (step.judgement.back_to == "test") {
    step.judgement.kind = Kind::kAgain;
    step.judgement.back_to.clear();
  }
  return false;
}

Result<void> judge(Parts& parts, const stage::Stage& stage, Step& step) {
  GF_ASSIGN(auto beyond, beyond_adding(parts));
  if (!beyond.empty()) {
    stage::Input in = input_for(parts, stage);
    in.beyond_adding = std::move(beyond);
    GF_ASSIGN(step.judgement, stage.eval(in, step.output));
    return Done{};
  }
  GF_ASSIGN(auto look, look_first(parts, stage, step));
  if (look.goes_back) return Done{};
  GF_ASSIGN(auto in, tests_to_judge(parts, stage));
  GF_TRY(hold_against(parts, look, in.outcomes));
  GF_ASSIGN(step.judgement, judge_tests(parts, stage, in, step.output));
  stage.telemetry(in, step.output, step.meter);
  parts.dossier.tested = std::move(in.outcomes);
  return Done{};
}

/// Functions of new tests that have passed, in the order in which they ran; parameters are left to
/// the runner, which may not take them for names.
std::vector<std::string> new_functions(const stage::Input& in) {
  std::set<std::string> known;
  for (const record::GateOutcome& outcome : in.base_outcomes) {
    for (const record::TestResult& test : outcome.tests) known.insert(test.id);
  }
  std::vector<std::string> functions;
  for (const record::GateOutcome& outcome : in.outcomes) {
    for (const record::TestResult& test : outcome.tests) {
      bool asked = test.status == record::TestStatus::kPassed && !known.contains(test.id);
      std::string function(stage::test_function(test.id));
      if (asked && known.insert(function).second) functions.push_back(std::move(function));
    }
  }
  return functions;
}

bool all_pass(const std::vector<record::GateOutcome>& outcomes) {
  return std::all_of(outcomes.begin(), outcomes.end(), [](const record::GateOutcome& outcome) {
    return outcome.status == record::GateOutcome::Status::kPass;
  });
}

Milliseconds longest_of(const std::vector<record::GateOutcome>& outcomes) {
  Milliseconds longest{0};
  for (const record::GateOutcome& outcome : outcomes) longest = std::max(longest, outcome.duration);
  return longest;
}

/// The new tests twice more: by themselves, and in the order turned round, where every runner takes
/// tests by their names. Where it takes long (a runner that can only run everything) once more is
/// told to be enough.
Result<void> repeat_new_tests(Parts& parts, const std::vector<std::string>& files,
                              stage::Input& in) {
  constexpr Milliseconds kLong{60000};
  const Assignment& given = parts.assignment;
  if (given.wishes.rules < Rules::kAgree || given.repeats < 2 || files.empty()) return Done{};
  std::vector<std::string> functions = new_functions(in);
  if (functions.empty() || !all_pass(in.outcomes)) return Done{};
  bool by_name = parts.bench.takes_test_names();
  parts.journal.tell("check.begin", by_name
                                        ? "new tests once more, by themselves and in another order"
                                        : "new tests once more");
  GF_ASSIGN(auto alone, parts.bench.repeat(files, 2));
  Milliseconds took = longest_of(alone);
  in.repeats.push_back({"by itself", std::move(alone)});
  if (given.repeats < 3) return Done{};
  if (took > kLong) {
    parts.journal.tell("note", fmt::format("new tests are not run a third time: the second took "
                                           "{} s",
                                           took.count() / 1000));
    return Done{};
  }
  if (!by_name) {
    GF_ASSIGN(auto once_more, parts.bench.repeat(files, 3));
    in.repeats.push_back({"once more", std::move(once_more)});
    return Done{};
  }
  std::reverse(functions.begin(), functions.end());
  GF_ASSIGN(auto turned, parts.bench.repeat(functions, 3));
  in.repeats.push_back({"in another order", std::move(turned)});
  return Done{};
}

/// The base's tests as the base has them, on the change; empty where the change has changed none of
/// them and has brought nothing that tests share. Files of tests that are the base's are asked;
/// where something is shared, all.
Result<std::vector<record::GateOutcome>> base_tests_on_change(Parts& parts, const Change& change) {
  std::vector<git::PathChange> back;
  std::vector<std::string> files;
  bool changed = false, shared = false;
  for (const git::Delta& delta : change.deltas) {
    if (!is_test_path(parts.assignment, delta.path)) continue;
    bool is_new = delta.kind == git::DeltaKind::kAdded;
    back.push_back({delta.path, is_new ? Oid() : delta.old_id, delta.old_kind});
    changed = changed || !is_new;
    shared = shared || (!gate::holds_tests(delta.path) && gate::is_source(delta.path));
    if (!is_new && gate::holds_tests(delta.path)) files.push_back(delta.path);
  }
  if (!changed && !shared) return std::vector<record::GateOutcome>();
  if (shared) files.clear();
  GF_ASSIGN(auto tree, parts.context.repo.update_tree(parts.bench.tree(), back));
  if (files.empty() && !shared) return std::vector<record::GateOutcome>();
  using Outcomes = std::vector<record::GateOutcome>;
  return parts.bench.visit(tree, [&]() -> Result<Outcomes> {
    parts.journal.tell("check.begin", "the base's tests as the base has them, on the change");
    auto outcomes = parts.bench.run("test", files, {});
    if (outcomes.ok()) GF_TRY(run_failures_again(parts, *outcomes));
    return outcomes;
  });
}

/// Of the added lines those that tests run, as far as that is known: of others it is told already.
std::map<std::string, std::vector<int>> lines_that_run(const stage::Input& in) {
  std::map<std::string, std::vector<int>> all = in.added_lines;
  for (const record::GateOutcome& outcome : in.outcomes) {
    for (const auto& [path, coverage] : outcome.coverage) {
      auto found = all.find(path);
      if (found == all.end()) continue;
      const std::vector<int>& ran = coverage.executed;
      std::erase_if(found->second,
                    [&](int line) { return !std::binary_search(ran.begin(), ran.end(), line); });
    }
  }
  std::erase_if(all, [](const auto& one) { return one.second.empty(); });
  return all;
}

Result<DefinedIn> defined_around(Parts& parts, const std::vector<record::Finding>& survivors) {
  DefinedIn defined;
  for (const record::Finding& one : survivors) defined[one.path];
  if (defined.empty()) return defined;
  std::vector<std::string> paths;
  for (const auto& [path, none] : defined) paths.push_back(path);
  GF_ASSIGN(auto tools, tool::Toolbox::open(parts.bench.path(), {"outline"}, {},
                                            parts.context.setup.environment));
  GF_ASSIGN(auto found, tools.definitions(paths, parts.context.cancel()));
  for (size_t i = 0; i < paths.size(); ++i) defined[paths[i]] = std::move(found[i]);
  return defined;
}

/// Small faults in what was added, once all is right without them.
Result<void> try_faults(Parts& parts, stage::Input& in) {
  const MutationTerms& terms = parts.assignment.mutation;
  parts.dossier.faults = {};
  if (in.rules < Rules::kNotSilenced || terms.how == "off" || !all_pass(in.outcomes)) return Done{};
  GF_ASSIGN(const Change* change, parts.bench.change());
  GF_ASSIGN(auto outcome,
            parts.bench.mutate(lines_that_run(in), test_files_of(parts, *change), in.outcomes));
  if (!outcome) return Done{};
  parts.dossier.faults = faults_in(*outcome);
  if (terms.how == "fail") {
    GF_ASSIGN(auto defined, defined_around(parts, parts.dossier.faults.survivors));
    in.survivors = failing_faults(parts.dossier.faults, terms.how, defined,
                                  names_of(*parts.dossier.spec), in.rules);
  }
  return Done{};
}

}  // namespace

std::vector<std::string> test_files_of(const Parts& parts, const Change& change) {
  std::vector<std::string> files;
  for (const git::Delta& delta : change.deltas) {
    bool there = delta.kind != git::DeltaKind::kDeleted;
    if (there && is_test_path(parts.assignment, delta.path) && gate::holds_tests(delta.path))
      files.push_back(delta.path);
  }
  return files;
}

Result<void> run_failures_again(Parts& parts, std::vector<record::GateOutcome>& outcomes) {
  std::set<std::string> passed_before;
  for (const record::GateOutcome& outcome : parts.bench.base_outcomes()) {
    for (const record::TestResult& test : outcome.tests) {
      if (test.status == record::TestStatus::kPassed) passed_before.insert(test.id);
    }
  }
  std::vector<std::string> flaky;
  for (record::GateOutcome& outcome : outcomes) {
    GF_ASSIGN(outcome,
              parts.bench.again(
                  std::move(outcome),
                  [&](const record::TestResult& test) { return passed_before.contains(test.id); },
                  flaky));
  }
  for (const std::string& test : flaky) {
    parts.journal.tell("warning", fmt::format("'{}' is flaky: it failed, and passed when it was "
                                              "run again; it is not held against the change",
                                              printable(test)));
  }
  return Done{};
}

Result<stage::Input> tests_to_judge(Parts& parts, const stage::Stage& stage) {
  stage::Input in = input_for(parts, stage);
  in.base_outcomes = parts.bench.base_outcomes();
  GF_ASSIGN(const Change* change, parts.bench.change());
  in.changed = change->paths();
  in.added_lines = lines_to_cover(parts.assignment, *change);
  GF_ASSIGN(in.outcomes, parts.bench.run("test", {}, {}));
  GF_TRY(run_failures_again(parts, in.outcomes));
  GF_ASSIGN(in.new_tests_on_base, new_tests_on(parts, *change, parts.assignment.base.tree));
  return in;
}

Result<stage::Judgement> judge_tests(Parts& parts, const stage::Stage& stage, stage::Input& in,
                                     const stage::Output& output) {
  GF_ASSIGN(auto judgement, stage.eval(in, output));
  if (judgement.kind != stage::Judgement::Kind::kPass) return judgement;
  GF_ASSIGN(const Change* change, parts.bench.change());
  if (in.rules >= Rules::kNotSilenced) {
    GF_ASSIGN(in.base_tests_on_change, base_tests_on_change(parts, *change));
    if (!in.base_tests_on_change.empty()) {
      GF_ASSIGN(judgement, stage.eval(in, output));
    }
    if (judgement.kind != stage::Judgement::Kind::kPass) return judgement;
    GF_ASSIGN(change, parts.bench.change());
  }
  GF_TRY(repeat_new_tests(parts, test_files_of(parts, *change), in));
  if (!in.repeats.empty()) {
    GF_ASSIGN(judgement, stage.eval(in, output));
  }
  if (judgement.kind != stage::Judgement::Kind::kPass) return judgement;
  GF_TRY(try_faults(parts, in));
  return in.survivors.empty() ? judgement : stage.eval(in, output);
}

Result<std::vector<record::GateOutcome>> new_tests_on(Parts& parts, const Change& change,
                                                      const Oid& base) {
  std::vector<git::PathChange> changes;
  std::vector<std::string> files;
  for (const git::Delta& delta : change.deltas) {
    if (!is_test_path(parts.assignment, delta.path) || delta.kind == git::DeltaKind::kDeleted)
      continue;
    changes.push_back({delta.path, delta.new_id, delta.new_kind});
    if (gate::holds_tests(delta.path)) files.push_back(delta.path);
  }
  if (files.empty()) return std::vector<record::GateOutcome>();
  GF_ASSIGN(auto lists, lists_with_tests(parts, change));
  changes.insert(changes.end(), lists.begin(), lists.end());
  GF_ASSIGN(auto tree, parts.context.repo.update_tree(base, changes));
  return parts.bench.visit(tree, [&] {
    parts.journal.tell("check.begin", "new tests on the base, where they have to fail");
    return parts.bench.run("test", files, {});
  });
}

Result<Step> act_test(Parts& parts, const stage::Stage& stage) {
  Step step;
  step.tree_in = parts.bench.tree();
  if (parts.dossier.found_by_test.is_zero()) parts.dossier.found_by_test = step.tree_in;
  if (nothing_to_write(parts)) {
    parts.journal.tell("note", "every criterion has a test already; none is written");
  } else {
    GF_ASSIGN(auto in, question_for(parts, stage));
    GF_ASSIGN(in.signatures, signatures(parts));
    tool::Scope scope = test_scope(parts.assignment, parts.dossier, parts.bench.base_outcomes(),
                                   parts.bench.base_facts());
    Check check(parts, stage.name);
    GF_ASSIGN(auto held, parts.dialogue.hold(stage, in, scope, check_for(parts, check)));
    step.output = std::move(held.output);
    GF_TRY(parts.bench.take_in());
    GF_TRY(let_fixers_work(parts));
  }
  if (parts.assignment.wishes.rules == Rules::kFirst) {
    GF_ASSIGN(bool valid, passes_unseen_gates(parts, step));
    if (!valid) return step;
  }
  GF_TRY(judge(parts, stage, step));
  return step;
}

}  // namespace gf::line
