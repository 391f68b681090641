// Put there as a merge of trees without the changelog entry, which is written anew for the new
// tree.
#include "line/onto_newer.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "git/merge.h"
#include "session/start.h"

namespace gf::line {
namespace {

using Kind = stage::Judgement::Kind;
using Outcomes = std::vector<record::GateOutcome>;

constexpr size_t kMergedPathsNamed = 5;

/// The tip to put the change onto: as it was seen, by this run before or by the recorded one; else
/// as it is now.
Result<std::optional<session::Base>> newer_base(Parts& parts) {
  record::RunRecord& run = parts.journal.run();
  std::optional<Oid> seen = parts.past.moved_base();
  if (!seen) seen = moved_base(run);
  bool settled = parts.past.replays() || !run.head.is_zero();
  if (!seen && settled) return std::optional<session::Base>();
  if (!seen) {
    session::Ask ask = parts.assignment.remote ? session::Ask::kRemote : session::Ask::kNobody;
    GF_ASSIGN(auto newer, session::find_newer(parts.context, parts.assignment.config,
                                              parts.assignment.base, ask));
    if (!newer) return std::optional<session::Base>();
    seen = newer->commit;
  }
  keep_moved_base(run, *seen);
  parts.journal.keep_run();
  GF_TRY(parts.journal.active().save());
  GF_ASSIGN(auto info, parts.context.repo.commit(*seen));
  return std::optional<session::Base>({parts.assignment.base.name, *seen, info.tree});
}

/// The change without its changelog entry, put there, and the entry written for that tree.
Result<git::Merged> put_with_new_entry(Parts& parts, const session::Base& onto) {
  git::Repo& repo = parts.context.repo;
  std::vector<git::PathChange> without;
  GF_ASSIGN(const Change* change, parts.bench.change());
  for (const git::Delta& delta : change->deltas) {
    if (is_changelog(parts.assignment, delta.path))
      without.push_back({delta.path, delta.old_id, delta.old_kind});
  }
  GF_ASSIGN(auto bare, repo.update_tree(parts.bench.tree(), without));
  GF_ASSIGN(auto merged, git::put_onto(repo, parts.bench.base().tree, bare, onto.tree));
  if (merged.tree.is_zero()) return merged;
  session::GitFacts facts(repo, parts.context.git, merged.tree);
  stage::WrittenEntry entry = entry_by_rule(parts, facts);
  if (!entry.file) return git::Merged{Oid(), {parts.assignment.changelog.path}};
  GF_ASSIGN(auto blob, repo.write_blob(entry.file->content));
  GF_ASSIGN(merged.tree, repo.update_tree(merged.tree, {{entry.file->path, blob, {}}}));
  return merged;
}

Result<git::Merged> put(Parts& parts, const session::Base& onto) {
  GF_ASSIGN(auto merged, git::put_onto(parts.context.repo, parts.bench.base().tree,
                                       parts.bench.tree(), onto.tree));
  bool only_changelog =
      !merged.conflicts.empty() &&
      std::all_of(merged.conflicts.begin(), merged.conflicts.end(),
                  [&](const std::string& path) { return is_changelog(parts.assignment, path); });
  if (!only_changelog) return merged;
  return put_with_new_entry(parts, onto);
}

/// VALIDATE's and TEST's gates on what lies in the worktree.
Result<void> run_both(Parts& parts, const std::vector<std::string>& changed, Outcomes& validated,
                      Outcomes& tested) {
  GF_ASSIGN(validated, parts.bench.run("validate", {}, changed));
  GF_ASSIGN(tested, parts.bench.run("test", {}, {}));
  return Done{};
}

/// The new tip's own outcomes, by which the change is judged there; or why it cannot be.
Result<std::string> try_base(Parts& parts, const session::Base& onto, Outcomes& outcomes) {
  Outcomes tested;
  GF_TRY(parts.bench.visit(onto.tree, [&] { return run_both(parts, {}, outcomes, tested); }));
  outcomes.insert(outcomes.end(), tested.begin(), tested.end());
  for (const record::GateOutcome& outcome : outcomes) {
    if (outcome.status == record::GateOutcome::Status::kBroken ||
        outcome.status == record::GateOutcome::Status::kTimeout)
      return fmt::format("{} does not work on it: {}", outcome.gate, outcome.reason);
  }
  return std::string();
}

/// Judged as VALIDATE and TEST judge, on the new base; empty: both pass.
Result<std::string> try_change(Parts& parts, const session::Base& onto, const Oid& tree,
                               Outcomes& validated, Outcomes& tested) {
  Outcomes on_base;
  GF_ASSIGN(auto broken, try_base(parts, onto, on_base));
  if (!broken.empty()) return broken;
  GF_ASSIGN(auto change, Change::between(parts.context.repo, onto.tree, tree));
  session::GitFacts facts(parts.context.repo, parts.context.git, tree);
  GF_TRY(
      parts.bench.visit(tree, [&] { return run_both(parts, change.paths(), validated, tested); }));
  for (const char* name : {"validate", "test"}) {
    const stage::Stage& stage = *stage::find_stage(name);
    stage::Input in = input_for(parts, stage);
    in.tree = &facts;
    in.base_outcomes = on_base;
    if (parts.assignment.wishes.rules >= Rules::kOwners) in.moves = change.moves();
    in.changed = change.paths();
    in.outcomes = stage.name == "test" ? tested : validated;
    if (stage.name == "test") {
      in.added_lines = lines_to_cover(parts.assignment, change);
      GF_ASSIGN(in.new_tests_on_base, new_tests_on(parts, change, onto.tree));
    }
    GF_ASSIGN(auto judgement, stage.eval(in, {}));
    if (judgement.kind != Kind::kPass) return fmt::format("{}: {}", name, judgement.reason);
  }
  return std::string();
}

/// Bench, verdict and record stand on the new base from here on.
Result<void> settle(Parts& parts, const Onto& onto) {
  GF_TRY(parts.bench.move_to(onto.base, onto.tree));
  record::Verdict& verdict = *parts.dossier.verdict;
  verdict.base = onto.base.commit;
  verdict.tree = onto.tree;
  GF_ASSIGN(verdict.patch_id, parts.context.repo.patch_id(onto.base.tree, onto.tree));
  keep_new_base(parts.journal.run(), onto.base.commit, onto.base.tree);
  return Done{};
}

}  // namespace

Result<std::optional<Onto>> follow_base(Parts& parts) {
  GF_ASSIGN(auto newer, newer_base(parts));
  if (!newer) return std::optional<Onto>();
  Onto onto{*newer, Oid(), {}};
  parts.journal.tell("check.begin", fmt::format("'{}' has moved to {}: the change is put onto it",
                                                onto.base.name, onto.base.commit.short_hex()));
  GF_ASSIGN(auto merged, put(parts, onto.base));
  if (merged.tree.is_zero()) {
    std::vector<std::string> paths = merged.conflicts;
    if (paths.size() > kMergedPathsNamed) paths.resize(kMergedPathsNamed);
    onto.why = fmt::format("it meets other changes in {}{}", join(paths, ", "),
                           merged.conflicts.size() > paths.size() ? " and more" : "");
  } else {
    Outcomes validated, tested;
    GF_ASSIGN(onto.why, parts.bench.standing_on(onto.base, [&] {
      return try_change(parts, onto.base, merged.tree, validated, tested);
    }));
    if (onto.why.empty()) {
      onto.tree = merged.tree;
      GF_TRY(settle(parts, onto));
      parts.dossier.validated = std::move(validated);
      parts.dossier.tested = std::move(tested);
    }
  }
  parts.journal.tell(onto.tree.is_zero() ? "warning" : "note", to_text(onto, parts.journal.run()));
  return std::optional<Onto>(std::move(onto));
}

std::string to_text(const Onto& onto, const record::RunRecord& run) {
  std::string tip = onto.base.commit.short_hex();
  if (onto.tree.is_zero()) {
    return fmt::format(
        "{} has moved to {} since the run began at {}, and the change is not on it: {}",
        onto.base.name, tip, first_base(run).short_hex(), onto.why);
  }
  return fmt::format(
      "{} moved to {} while the run was on; the change was put onto it and the gates "
      "ran again there (it began at {})",
      onto.base.name, tip, first_base(run).short_hex());
}

}  // namespace gf::line
