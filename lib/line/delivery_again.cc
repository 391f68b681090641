// A delivery on top of another one: what reviewers asked for, as one more commit of the same
// branch.
#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "line/assignment.h"
#include "line/bench.h"
#include "line/delivery.h"
#include "line/dossier.h"
#include "line/journal.h"
#include "line/pull_request_text.h"
#include "line/rework.h"
#include "session/context.h"

namespace gf::line {

const record::Rework* Delivery::before() const {
  return rework_before(journal_.run(), journal_.seq() + 1);
}

void Delivery::stands(const record::Rework& rework, bool replays) {
  record::RunRecord& run = journal_.run();
  dossier_.verdict->commit = rework.head;
  if (!replays) return;  // of one that goes on the last commit is known
  run.head = rework.head;
  run.tree = bench_.tree();
  run.patch_id = dossier_.verdict->patch_id;
}

/// Made once, on what was delivered before; where nothing had to change that one stays.
Result<void> Delivery::commit_again(const record::Rework& before) {
  record::RunRecord& run = journal_.run();
  if (bench_.tree() == before.tree) {
    run.head = before.head;
    return Done{};
  }
  bool made = run.head != before.head && !run.head.is_zero() && context_.repo.exists(run.head);
  if (made) return Done{};
  GF_ASSIGN(auto message, taken_message());
  std::vector<Oid> parents = {before.head};
  if (!context_.repo.exists(before.head)) parents = {bench_.base().commit};
  GF_ASSIGN(run.head, context_.git.commit_tree(bench_.tree(), parents, message));
  return Done{};
}

/// The branch here follows, where nobody works on it: under a person's hands it does not move.
Result<void> Delivery::place_again(const record::Rework& before) {
  const record::RunRecord& run = journal_.run();
  GF_ASSIGN(auto ref, RefName::parse(run.branch));
  GF_ASSIGN(auto there, context_.repo.read_ref(ref));
  if (there == run.head) return Done{};
  auto stays = [&](const std::string& why) {
    journal_.tell("note", fmt::format("'{}' {}; 'git merge --ff-only {}' brings it there",
                                      ref.short_name(), why, run.head.short_hex()));
    return Done{};
  };
  if (there && *there != before.head) return stays("has gone another way here and stays so");
  GF_ASSIGN(auto where, context_.git.run({"for-each-ref", "--format=%(worktreepath)", ref.str()}));
  if (!trim(where).empty()) return stays("is checked out and stays where it is");
  GF_ASSIGN(bool moved, context_.repo.compare_and_swap(ref, there.value_or(Oid()), run.head,
                                                       "factory: deliver " + run.id.str()));
  return moved ? Result<void>(Done{}) : stays("was moved meanwhile");
}

Error Delivery::overtaken(const std::string& said) const {
  const record::RunRecord& run = journal_.run();
  std::string branch = RefName::known(run.branch).short_name();
  return {Fault::kUser,
          fmt::format("somebody has pushed to '{}' meanwhile, and that stays: {}", branch,
                      printable(clipped(said, 200))),
          {},
          fmt::format("what was built is kept as {}; end this rework with 'git factory abort {}'",
                      run.head.short_hex(), run.id.id8())};
}

Result<void> Delivery::answer(const std::vector<Course::Contested>& contested,
                              const std::vector<record::GateOutcome>& outcomes) {
  const record::RunRecord& run = journal_.run();
  const record::Rework& rework = *before();
  Redone done;
  done.run = run.id.id8();
  if (run.head != rework.head) {
    done.commit = run.head.short_hex();
    GF_ASSIGN(auto deltas, context_.repo.diff(rework.tree, bench_.tree()));
    for (const git::Delta& delta : deltas) done.changed.push_back(delta.path);
    done.evidence = evidence_line(*dossier_.verdict, outcomes, run.id);
  }
  return journal_.act("answers", [&]() -> Result<void> {
    for (const ThreadAnswer& answer : answers_to(rework, contested, done)) {
      auto missed = forge_->answer(*opened_, answer.thread, answer.text, answer.settled);
      if (missed.ok()) {
        for (const std::string& line : *missed) journal_.tell("warning", line);
        continue;
      }
      bool later = missed.error().fault == Fault::kTransient;
      if (later || missed.error().fault == Fault::kCancelled) return missed.error();
      // The commits are there: an answer that is refused takes nothing away.
      journal_.tell("warning", "an answer was not taken: " + missed.error().message);
    }
    return Done{};
  });
}

}  // namespace gf::line
