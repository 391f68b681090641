// REVIEW: a stranger finds, the tools reproduce, code decides; the verdict names the tree.
#include <fmt/format.h>

#include "base/text.h"
#include "line/acts.h"
#include "proc/jail.h"
#include "stage/review.h"

namespace gf::line {
namespace {

using Kind = stage::Judgement::Kind;
using stage::Shown;

Shown shown_by(const std::vector<record::GateOutcome>& outcomes) {
  Shown shown = Shown::kCouldNotRun;
  for (const record::GateOutcome& outcome : outcomes) {
    for (const record::TestResult& test : outcome.tests) {
      if (test.status == record::TestStatus::kFailed) return Shown::kReproduced;
      if (test.status == record::TestStatus::kPassed) shown = Shown::kNotReproduced;
    }
  }
  return shown;
}

/// Runs one claimed counter-example as a test on the built tree: it shows the defect if it fails
/// there by an assertion.
Result<Shown> try_claim(Parts& parts, const stage::Reproduction& claim) {
  auto path = proc::Jail::normalise(claim.path);
  if (!path.ok() || !is_test_path(parts.assignment, *path) || parts.bench.facts().has_path(*path))
    return Shown::kCouldNotRun;
  git::Repo& repo = parts.context.repo;
  GF_ASSIGN(auto blob, repo.write_blob(claim.body));
  GF_ASSIGN(auto tree,
            repo.update_tree(parts.bench.tree(), {{*path, blob, git::EntryKind::kBlob}}));
  GF_ASSIGN(auto outcomes,
            parts.bench.visit(tree, [&] { return parts.bench.run("test", {*path}, {}); }));
  return shown_by(outcomes);
}

Result<std::map<std::string, Shown>> reproduce(Parts& parts,
                                               const std::vector<stage::Reproduction>& claims) {
  std::map<std::string, Shown> shown;
  for (const stage::Reproduction& claim : claims) {
    Shown& result = shown.emplace(claim.about, Shown::kCouldNotRun).first->second;
    if (result == Shown::kReproduced) continue;
    GF_ASSIGN(result, try_claim(parts, claim));
    parts.journal.tell("note",
                       fmt::format("reproduction of {}: {}", claim.about,
                                   result == Shown::kReproduced      ? "it fails as claimed"
                                   : result == Shown::kNotReproduced ? "it does not fail"
                                                                     : "it could not be run"));
  }
  return shown;
}

/// Whether builder and reviewer are one model. By the first rules what was configured counted; that
/// was wrong where a fallback answered.
bool same_model(const Parts& parts, const std::string& reviewer) {
  const auto& models = parts.journal.run().models;
  if (parts.assignment.wishes.rules != Rules::kFirst) return parts.dossier.builder == reviewer;
  auto build = models.find("build"), review = models.find("review");
  return build != models.end() && review != models.end() && build->second == review->second;
}

Result<record::Verdict> verdict_of(const Parts& parts, const stage::Decision& decision,
                                   const std::string& reviewer, const Oid& prompt) {
  record::Verdict verdict;
  verdict.approved = decision.approved;
  verdict.spec = parts.dossier.spec_id;
  verdict.base = parts.bench.base().commit;
  verdict.tree = parts.bench.tree();
  GF_ASSIGN(verdict.patch_id, parts.context.repo.patch_id(parts.bench.base().tree, verdict.tree));
  verdict.reviewer = reviewer;
  verdict.prompt = prompt;
  verdict.same_model_as_builder = same_model(parts, reviewer);
  verdict.reasons = decision.reasons;
  verdict.table = decision.table;
  verdict.time = parts.context.clock().now();
  verdict.run = parts.journal.run().id;
  return verdict;
}

void conclude(const Parts& parts, const stage::Decision& decision, size_t hunks, Step& step) {
  step.output.json = decision.table;
  stage::Judgement& judgement = step.judgement;
  if (decision.approved) {
    size_t criteria = parts.dossier.spec->acceptance_criteria.size();
    judgement = stage::Judgement();
    judgement.kind = Kind::kPass;
    judgement.reason = fmt::format(
        "approved: {} and {} accounted for",
        criteria == 1 ? std::string("1 criterion") : fmt::format("{} criteria", criteria),
        counted(hunks, "hunk"));
    return;
  }
  judgement.kind = Kind::kBack;
  judgement.back_to = "build";
  judgement.failure = record::FailureClass::kDeterministic;
  judgement.feedback = decision.reasons;
  judgement.reason = "rejected: " + join(decision.reasons, "; ");
}

}  // namespace

Result<Step> act_review(Parts& parts, const stage::Stage& stage) {
  Step step;
  step.tree_in = parts.bench.tree();
  GF_ASSIGN(auto in, question_for(parts, stage));
  GF_ASSIGN(const Change* change, parts.bench.change());
  in.hunks = hunks_to_review(parts.assignment, *change);
  in.base_outcomes = parts.bench.base_outcomes();
  if (parts.dossier.verdict) {  // its own first round: what it has to look at again
    GF_ASSIGN(auto since,
              Change::between(parts.context.repo, parts.dossier.verdict->tree, parts.bench.tree()));
    in.since = hunks_to_review(parts.assignment, since);
  }
  in.outcomes = parts.dossier.outcomes();
  GF_ASSIGN(auto held, parts.dialogue.hold(stage, in, {}));
  step.output = std::move(held.output);
  GF_ASSIGN(step.judgement, stage.eval(in, step.output));
  stage.telemetry(in, step.output, step.meter);
  if (step.judgement.kind != Kind::kPass) return step;
  GF_ASSIGN(auto shown, reproduce(parts, stage::reproductions_in(step.output.json)));
  stage::Decision decision = stage::decide(in, step.output.json, shown);
  GF_ASSIGN(parts.dossier.verdict,
            verdict_of(parts, decision, held.answered, record::content_id(in.prompt_template)));
  parts.journal.active().put_verdict(*parts.dossier.verdict);
  conclude(parts, decision, in.hunks.size(), step);
  return step;
}

}  // namespace gf::line
