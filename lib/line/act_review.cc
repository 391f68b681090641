// REVIEW: a stranger finds, the tools reproduce, code decides; the verdict names the tree.
#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "line/acts.h"
#include "line/code_facts.h"
#include "line/independence.h"
#include "proc/jail.h"
#include "session/searched.h"
#include "stage/definitions.h"
#include "stage/review.h"
#include "stage/uses.h"

namespace gf::line {
namespace {

using Kind = stage::Judgement::Kind;
using stage::Shown;

constexpr size_t kFactsBytes = 4u << 10;

enum class Code { kBuilt, kBase };

/// It shows a defect when a test of it fails, and not by a mistake of its own; on the base neither
/// for want of what the run has made.
Shown shown_by(const std::vector<record::GateOutcome>& outcomes, Rules rules, Code code) {
  Shown shown = Shown::kCouldNotRun;
  for (const record::GateOutcome& outcome : outcomes) {
    for (const record::TestResult& test : outcome.tests) {
      bool not_there_yet =
          rules >= Rules::kShownWhole && code == Code::kBase && test.cause == "missing-symbol";
      bool mistake = not_there_yet || (rules >= Rules::kOwners && stage::is_own_mistake(test));
      if (test.status == record::TestStatus::kFailed && !mistake) return Shown::kReproduced;
      if (test.status == record::TestStatus::kPassed) shown = Shown::kNotReproduced;
    }
  }
  return shown;
}

Result<Shown> try_on(Parts& parts, Code code, const std::string& path, const Oid& blob) {
  const Oid& tree = code == Code::kBuilt ? parts.bench.tree() : parts.assignment.base.tree;
  GF_ASSIGN(auto with_claim,
            parts.context.repo.update_tree(tree, {{path, blob, git::EntryKind::kBlob}}));
  GF_ASSIGN(auto outcomes,
            parts.bench.visit(with_claim, [&] { return parts.bench.run("test", {path}, {}); }));
  return shown_by(outcomes, parts.assignment.wishes.rules, code);
}

/// Runs one claimed counter-example as a test: on the built tree, where it shows the defect if it
/// fails, and then on the base, which tells whether the defect is an old one.
Result<stage::Trial> try_claim(Parts& parts, const stage::Reproduction& claim) {
  stage::Trial trial;
  auto path = proc::Jail::normalise(claim.path);
  if (!path.ok() || !is_test_path(parts.assignment, *path) || parts.bench.facts().has_path(*path))
    return trial;
  GF_ASSIGN(auto blob, parts.context.repo.write_blob(claim.body));
  GF_ASSIGN(trial.built, try_on(parts, Code::kBuilt, *path, blob));
  bool ask_base = parts.assignment.wishes.rules >= Rules::kOwners &&
                  trial.built == Shown::kReproduced && !parts.bench.base_facts().has_path(*path);
  if (ask_base) {
    GF_ASSIGN(trial.base, try_on(parts, Code::kBase, *path, blob));
  }
  return trial;
}

std::string_view trial_text(const stage::Trial& trial) {
  if (trial.built == Shown::kCouldNotRun) return "it could not be run";
  if (trial.built == Shown::kNotReproduced) return "it does not fail";
  if (trial.base == Shown::kReproduced) return "it fails as claimed, and on the base as well";
  return "it fails as claimed";
}

Result<std::map<std::string, stage::Trial>> reproduce(
    Parts& parts, const std::vector<stage::Reproduction>& claims) {
  std::map<std::string, stage::Trial> tried;
  for (const stage::Reproduction& claim : claims) {
    stage::Trial& trial = tried[claim.about];
    if (trial.built == Shown::kReproduced) continue;
    GF_ASSIGN(trial, try_claim(parts, claim));
    parts.journal.tell("note",
                       fmt::format("reproduction of {}: {}", claim.about, trial_text(trial)));
  }
  return tried;
}

/// A reproduction that held is a test of the run from now on: what it shows has to be mended, and
/// may not come back.
Result<void> keep_tests(Parts& parts, const std::vector<stage::Reproduction>& shown) {
  if (parts.assignment.wishes.rules < Rules::kOwners || shown.empty()) return Done{};
  GF_ASSIGN(auto jail, proc::Jail::open(parts.bench.path()));
  for (const stage::Reproduction& one : shown) {
    GF_ASSIGN(auto path, proc::Jail::normalise(one.path));
    GF_TRY(jail.write(path, one.body));
    parts.bench.touched(path);
    parts.journal.tell("note", fmt::format("kept as a test: {}", path));
  }
  return parts.bench.take_in();
}

/// Whether builder and reviewer are one model. By the first rules what was configured counted; that
/// was wrong where a fallback answered. Then BUILD's last answer counted, though another model may
/// have written most of the change.
bool same_model(const Parts& parts, const std::string& reviewer) {
  const auto& models = parts.journal.run().models;
  Rules rules = parts.assignment.wishes.rules;
  if (rules != Rules::kFirst) {
    bool built =
        rules >= Rules::kWhoeverBuilt && reviews_own_work(parts.journal.active().exchanges());
    return built || parts.dossier.builder == reviewer;
  }
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

stage::Judgement approval(const Parts& parts, size_t hunks) {
  size_t criteria = parts.dossier.spec->acceptance_criteria.size();
  stage::Judgement judgement;
  judgement.kind = Kind::kPass;
  judgement.reason =
      fmt::format("approved: {} and {} accounted for",
                  criteria == 1 ? std::string("1 criterion") : fmt::format("{} criteria", criteria),
                  counted(hunks, "hunk"));
  return judgement;
}

/// What its hunks use and stand in, and where else the names are used that they change: as much of
/// it as the prompt has room for.
Result<void> look_around(const Parts& parts, const stage::Stage& stage, stage::Input& in) {
  session::GitSearched tree(parts.context.git, parts.bench.facts());
  const std::vector<std::string>& tests = parts.assignment.test_paths;
  GF_ASSIGN(auto without, stage.prompt(in));
  in.definitions = stage::definitions_for(tree, in.hunks, tests, room_for_definitions(without));
  stage::ShownLines shown = stage::shown_in(in.hunks);
  for (auto& [path, lines] : stage::shown_in(in.definitions))
    shown[path].insert(lines.begin(), lines.end());
  in.uses = stage::uses_of(tree, stage::names_changed(in.hunks, *in.spec, tests), shown, tests,
                           kUsesBytes);
  return Done{};
}

/// A lock file that its tool wrote is nobody's to account for, hunk by hunk.
Change without_locks(Change change, const std::vector<record::Finding>& locks) {
  std::erase_if(change.hunks, [&](const git::Hunk& hunk) {
    return std::any_of(locks.begin(), locks.end(), [&](const record::Finding& lock) {
      return lock.path == hunk.path && is_whole_lock(lock);
    });
  });
  return change;
}

}  // namespace

Result<Step> act_review(Parts& parts, const stage::Stage& stage) {
  Step step;
  step.tree_in = parts.bench.tree();
  GF_ASSIGN(auto in, question_for(parts, stage));
  GF_ASSIGN(const Change* change, parts.bench.change());
  const std::vector<record::Finding>& locks = parts.dossier.locks;
  in.hunks = hunks_to_review(parts.assignment, without_locks(*change, locks), in.tree);
  in.changed = change->paths();
  in.base_outcomes = parts.bench.base_outcomes();
  in.moves = change->moves();
  if (parts.dossier.verdict) {  // its own first round: what it has to look at again
    GF_ASSIGN(auto since,
              Change::between(parts.context.repo, parts.dossier.verdict->tree, parts.bench.tree()));
    in.since = hunks_to_review(parts.assignment, without_locks(std::move(since), locks));
  }
  in.outcomes = parts.dossier.outcomes();
  if (parts.assignment.wishes.rules >= Rules::kNotesApart)
    in.facts = gate::facts_text(code_facts(parts, *change), kFactsBytes) + locks_text(locks) +
               survivors_text(parts.dossier.faults);
  GF_TRY(look_around(parts, stage, in));
  GF_ASSIGN(auto asked, parts.dialogue.hold(stage, in, {}));
  step.output = std::move(asked.output);
  step.output.json = stage::with_numbers(step.output.json);
  GF_ASSIGN(step.judgement, stage.eval(in, step.output));
  stage.telemetry(in, step.output, step.meter);
  if (step.judgement.kind != Kind::kPass) return step;
  GF_ASSIGN(auto tried, reproduce(parts, stage::reproductions_in(step.output.json)));
  stage::Decision decision = stage::decide(in, step.output.json, tried);
  GF_ASSIGN(parts.dossier.verdict,
            verdict_of(parts, decision, asked.answered, record::content_id(in.prompt_template)));
  // Of a revision that anybody may have written it is an opinion: a verdict is a run's (P1).
  bool own = parts.assignment.cell.empty();
  if (own) parts.journal.active().put_verdict(*parts.dossier.verdict);
  step.judgement =
      decision.approved ? approval(parts, in.hunks.size()) : stage::rejected(in, decision);
  if (own) GF_TRY(keep_tests(parts, stage::held(step.output.json, tried)));
  step.output.json = decision.table;
  return step;
}

}  // namespace gf::line
