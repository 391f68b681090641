// The stages as the engine carries them out. Judgements are the stages' own (lib/stage).
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/text.h"
#include "line/line.h"

namespace gf::line {
namespace {

using Kind = stage::Judgement::Kind;

stage::Judgement pass(std::string reason) {
  stage::Judgement judgement;
  judgement.kind = Kind::kPass;
  judgement.reason = std::move(reason);
  return judgement;
}

std::string criteria(size_t count) {
  return count == 1 ? "1 criterion" : fmt::format("{} criteria", count);
}

}  // namespace

Result<Line::Step> Line::plan(const stage::Stage& stage) {
  Step step;
  step.tree_in = base_.tree;
  if (wishes_.spec) {
    spec_ = wishes_.spec;
    spec_->request = run_.request;
    step.output.json = record::Json::object(
        {{"spec", record::to_json(*spec_)}, {"questions", record::Json::array()}});
    stage::Input in = input_for(stage);
    GF_ASSIGN(step.judgement, stage.eval(in, step.output));
    if (step.judgement.kind == Kind::kAgain) {
      // Nobody can be asked again about a spec that a person wrote.
      step.judgement.kind = Kind::kStop;
      step.judgement.reason =
          "the given spec does not compile: " + join(step.judgement.feedback, "; ");
    }
  } else {
    GF_ASSIGN(auto in, question_for(stage));
    step.asked = true;
    GF_ASSIGN(step.output, converse(stage, in, {}, nullptr));
    GF_ASSIGN(step.judgement, stage.eval(in, step.output));
    stage.telemetry(in, step.output, step.meter);
    if (step.judgement.kind == Kind::kPass) {
      record::Json json = step.output.json.get("spec");
      json.set("v", record::Spec::kVersion);
      json.set("request", run_.request);
      GF_ASSIGN(spec_, record::spec_from_json(json));
    }
  }
  if (step.judgement.kind == Kind::kPass) {
    run_.title = spec_->title;
    GF_ASSIGN(spec_id_, active_.put_spec(*spec_));
    GF_TRY(active_.put_run(run_));
  }
  return step;
}

Result<void> Line::await_approval() {
  auto wanted = run_.policy.find("approve");
  if (wanted == run_.policy.end() || wanted->second != "wanted" || rerun_ != nullptr) return Done{};
  GF_TRY(active_.save());
  bool approved = context_.setup.approve && context_.setup.approve(*spec_);
  GF_TRY(context_.cancel().check());
  if (!approved) {
    return Error{Fault::kUser,
                 "the spec waits for approval; nothing is built before",
                 {},
                 fmt::format("approve it with 'git factory resume --approve {0}', or end it with "
                             "'git factory abort {0}'",
                             run_.id.id8())};
  }
  wanted->second = "given";
  tell("note", "the spec was approved");
  GF_TRY(active_.put_run(run_));
  return active_.save();
}

Result<Line::Step> Line::scout(const stage::Stage& stage) {
  Step step;
  step.tree_in = workspace_->tree();
  GF_ASSIGN(auto in, question_for(stage));
  step.asked = true;
  GF_ASSIGN(step.output, converse(stage, in, {}, nullptr));
  GF_ASSIGN(step.judgement, stage.eval(in, step.output));
  stage.telemetry(in, step.output, step.meter);
  if (step.judgement.kind == Kind::kPass) {
    GF_ASSIGN(brief_, stage::brief_from_json(step.output.json));
  }
  return step;
}

/// The entry is the line's own work, made from the spec: the same every time, and part of the tree
/// that gates and REVIEW judge (P1).
Result<void> Line::write_changelog() {
  std::optional<stage::FileText> file = stage::with_entry(changelog_, *base_facts_, *spec_, run_.slug);
  if (!file) return Done{};
  GF_ASSIGN(auto jail, proc::Jail::open(workspace_->path()));
  GF_TRY(jail.write(file->path, file->content));
  workspace_->touched(file->path);
  return Done{};
}

Result<Line::Step> Line::build(const stage::Stage& stage) {
  Step step;
  step.tree_in = workspace_->tree();
  GF_ASSIGN(auto in, question_for(stage));
  std::vector<std::string> written;
  step.asked = true;
  GF_ASSIGN(step.output, converse(stage, in, build_scope(), &written));
  GF_ASSIGN(auto built, workspace_->snapshot());
  GF_ASSIGN(in.changed, changed_paths(step.tree_in, built));
  GF_ASSIGN(auto deltas, context_.repo.diff(step.tree_in, built));
  if (in.changed.empty() && !deltas.empty()) in.changed.push_back(deltas.front().path);
  if (!in.changed.empty()) {
    GF_ASSIGN(auto parsed, gates_->parse(in.changed));
    in.outcomes.push_back(parsed);
  }
  facts_ = std::make_unique<session::GitFacts>(context_.repo, context_.git, built);
  in.tree = facts_.get();
  GF_ASSIGN(step.judgement, stage.eval(in, step.output));
  stage.telemetry(in, step.output, step.meter);
  if (step.judgement.kind == Kind::kPass) {
    GF_TRY(write_changelog());
    GF_ASSIGN(auto tree, workspace_->snapshot());
    facts_ = std::make_unique<session::GitFacts>(context_.repo, context_.git, tree);
  }
  return step;
}

Result<Line::Step> Line::validate(const stage::Stage& stage) {
  Step step;
  step.tree_in = workspace_->tree();
  stage::Input in = input_for(stage);
  GF_ASSIGN(in.changed, changed_paths(base_.tree, step.tree_in));
  GF_ASSIGN(in.outcomes, gates_->run("validate", {}, in.changed));
  in.base_outcomes = base_outcomes_;
  GF_ASSIGN(step.judgement, stage.eval(in, step.output));
  stage.telemetry(in, step.output, step.meter);
  return step;
}

/// Runs what TEST is judged by: the lint gates (tests are code too), the whole suite on the built
/// tree, and the new tests alone on the pristine base.
Result<void> Line::judge_tests(const stage::Stage& stage, const std::vector<std::string>& written,
                               Step& step) {
  Oid built = workspace_->tree();
  stage::Input in = input_for(stage);
  in.base_outcomes = base_outcomes_;
  GF_ASSIGN(in.changed, changed_paths(base_.tree, built));
  GF_ASSIGN(auto lint, gates_->run("validate", {}, in.changed));
  const stage::Stage* validate = stage::find_stage("validate");
  stage::Input lint_in = in;
  lint_in.outcomes = lint;
  GF_ASSIGN(auto linted, validate->eval(lint_in, {}));
  if (linted.kind == Kind::kBack && linted.back_to == "test") {
    linted.kind = Kind::kAgain;
    linted.back_to.clear();
  }
  if (linted.kind != Kind::kPass) {
    step.judgement = linted;
    return Done{};
  }
  GF_ASSIGN(in.outcomes, gates_->run("test", {}, {}));
  std::vector<std::string> new_tests;
  std::vector<git::PathChange> changes;
  GF_ASSIGN(auto deltas, context_.repo.diff(base_.tree, built));
  for (const git::Delta& delta : deltas) {
    if (!is_test_path(delta.path) || delta.kind == git::DeltaKind::kDeleted) continue;
    changes.push_back({delta.path, delta.new_id, delta.new_kind});
    if (delta.path.ends_with(".py") && !delta.path.ends_with("conftest.py") &&
        !delta.path.ends_with("__init__.py")) {
      new_tests.push_back(delta.path);
    }
  }
  if (!new_tests.empty()) {
    GF_ASSIGN(auto with_tests, context_.repo.update_tree(base_.tree, changes));
    GF_TRY(workspace_->materialise(with_tests));
    tell("check.begin", "new tests on the base, where they have to fail");
    auto on_base = gates_->run("test", new_tests, {});
    GF_TRY(workspace_->materialise(built));
    if (!on_base.ok()) return on_base.error();
    in.new_tests_on_base = std::move(on_base).value();
  }
  GF_ASSIGN(in.added_lines, added_lines());
  (void)written;
  GF_ASSIGN(step.judgement, stage.eval(in, step.output));
  stage.telemetry(in, step.output, step.meter);
  outcomes_ = lint;
  outcomes_.insert(outcomes_.end(), in.outcomes.begin(), in.outcomes.end());
  return Done{};
}

Result<Line::Step> Line::test(const stage::Stage& stage) {
  Step step;
  step.tree_in = workspace_->tree();
  // Tests that count may be there already: in the base, or from this stage's last attempt.
  std::vector<record::TestResult> known;
  for (const auto* outcomes : {&base_outcomes_, &outcomes_}) {
    for (const record::GateOutcome& outcome : *outcomes) {
      known.insert(known.end(), outcome.tests.begin(), outcome.tests.end());
    }
  }
  bool nothing_to_write =
      stage::criteria_without_tests(*spec_, known).empty() && feedback_["test"].empty();
  std::vector<std::string> written;
  if (nothing_to_write) {
    tell("note", "every criterion has a test already; none is written");
  } else {
    GF_ASSIGN(auto in, question_for(stage));
    GF_ASSIGN(in.signatures, signatures());
    step.asked = true;
    GF_ASSIGN(step.output, converse(stage, in, test_scope(), &written));
    GF_ASSIGN(auto tree, workspace_->snapshot());
    facts_ = std::make_unique<session::GitFacts>(context_.repo, context_.git, tree);
  }
  GF_TRY(judge_tests(stage, written, step));
  if (step.judgement.kind == Kind::kBack) feedback_["test"].clear();
  return step;
}

/// Runs each claimed counter-example as a test on the built tree: it shows the defect if it fails
/// there by an assertion.
Result<std::map<std::string, stage::Shown>> Line::reproduce(
    const std::vector<stage::Reproduction>& claims) {
  std::map<std::string, stage::Shown> shown;
  Oid built = workspace_->tree();
  for (const stage::Reproduction& claim : claims) {
    stage::Shown& result = shown[claim.about];
    if (result == stage::Shown::kReproduced) continue;
    result = stage::Shown::kCouldNotRun;
    auto path = proc::Jail::normalise(claim.path);
    if (!path.ok() || !is_test_path(*path) || facts_->has_path(*path)) continue;
    GF_ASSIGN(auto blob, context_.repo.write_blob(claim.body));
    GF_ASSIGN(auto tree, context_.repo.update_tree(built, {{*path, blob, git::EntryKind::kBlob}}));
    GF_TRY(workspace_->materialise(tree));
    auto outcomes = gates_->run("test", {*path}, {});
    GF_TRY(workspace_->materialise(built));
    if (!outcomes.ok()) return outcomes.error();
    for (const record::GateOutcome& outcome : *outcomes) {
      for (const record::TestResult& test : outcome.tests) {
        if (test.status == record::TestStatus::kFailed) {
          result = stage::Shown::kReproduced;
        } else if (test.status == record::TestStatus::kPassed &&
                   result == stage::Shown::kCouldNotRun) {
          result = stage::Shown::kNotReproduced;
        }
      }
    }
    tell("note", fmt::format("reproduction of {}: {}", claim.about,
                             result == stage::Shown::kReproduced      ? "it fails as claimed"
                             : result == stage::Shown::kNotReproduced ? "it does not fail"
                                                                      : "it could not be run"));
  }
  return shown;
}

Result<Line::Step> Line::review(const stage::Stage& stage) {
  Step step;
  step.tree_in = workspace_->tree();
  GF_ASSIGN(auto in, question_for(stage));
  GF_ASSIGN(in.hunks, review_hunks());
  GF_ASSIGN(in.diff, context_.repo.diff_text(base_.tree, step.tree_in, 3));
  in.outcomes = outcomes_;
  in.feedback = feedback_["review"];
  step.asked = true;
  GF_ASSIGN(step.output, converse(stage, in, {}, nullptr));
  GF_ASSIGN(step.judgement, stage.eval(in, step.output));
  stage.telemetry(in, step.output, step.meter);
  if (step.judgement.kind != Kind::kPass) return step;
  GF_ASSIGN(auto shown, reproduce(stage::reproductions_in(step.output.json)));
  stage::Decision decision = stage::decide(in, step.output.json, shown);
  record::Verdict verdict;
  verdict.approved = decision.approved;
  verdict.spec = spec_id_;
  verdict.base = base_.commit;
  verdict.tree = step.tree_in;
  GF_ASSIGN(verdict.patch_id, context_.repo.patch_id(base_.tree, step.tree_in));
  if (!active_.exchanges().empty()) {
    const record::Exchange& last = active_.exchanges().back();
    verdict.reviewer =
        fmt::format("{}/{}", last.provider, last.answer ? last.answer->model : last.model_asked);
  }
  verdict.prompt = record::content_id(in.prompt_template);
  verdict.same_model_as_builder = run_.models["build"] == run_.models["review"];
  verdict.reasons = decision.reasons;
  verdict.table = decision.table;
  verdict.time = context_.clock().now();
  verdict.run = run_.id;
  verdict_ = verdict;
  GF_TRY(active_.put_verdict(verdict));
  step.output.json = decision.table;
  if (decision.approved) {
    step.judgement = pass(fmt::format("approved: {} and {} accounted for",
                                      criteria(spec_->acceptance_criteria.size()),
                                      counted(in.hunks.size(), "hunk")));
    return step;
  }
  step.judgement.feedback = decision.reasons;
  step.judgement.failure = record::FailureClass::kDeterministic;
  step.judgement.reason = "rejected: " + join(decision.reasons, "; ");
  step.judgement.kind = ++rejections_ > 1 ? Kind::kStop : Kind::kBack;
  step.judgement.back_to = "build";
  return step;
}

Result<Line::Step> Line::deliver(const stage::Stage& stage) {
  Step step;
  step.tree_in = workspace_->tree();
  if (!verdict_ || !verdict_->approved || verdict_->tree != step.tree_in) {
    return Error{Fault::kInternal, "the tree to deliver is not the one that was approved", {}, {}};
  }
  GF_ASSIGN(auto commit, delivered_commit());
  // On record before the branch is: who goes on after a cut between the two must place this very
  // commit, or the branch's name would count as taken by a stranger.
  verdict_->commit = commit;
  GF_TRY(active_.put_verdict(*verdict_));
  run_.head = commit;
  run_.tree = step.tree_in;
  run_.patch_id = verdict_->patch_id;
  GF_TRY(active_.put_run(run_));
  GF_TRY(active_.save());
  GF_TRY(sign_verdict());
  GF_ASSIGN(auto branch, place_branch(commit));
  run_.branch = branch;
  GF_TRY(active_.put_run(run_));
  if (!wishes_.no_pr) {
    GF_ASSIGN(auto forge, forge::make_forge(config_.get("factory.forge", "local"), context_.repo,
                                            context_.git, remote_, context_.clock()));
    GF_TRY(push_branch(branch, *forge));
    GF_TRY(open_pull_request(branch, *forge));
    GF_TRY(active_.put_run(run_));
  }
  step.judgement =
      pass(wishes_.no_pr ? "branch " + branch.substr(11) : "pull request " + run_.pull_request);
  (void)stage;
  return step;
}

}  // namespace gf::line
