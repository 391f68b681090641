// Trees against trees: approved, rebased, squashed, merged, edited.
#include "verify/change.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/files.h"
#include "base/text.h"

namespace gf::verify {
namespace {

constexpr size_t kPathsNamed = 3;

Refusal refuse(Reason reason, std::string text, std::string hint) {
  return {State::kNo, reason, std::move(text), std::move(hint)};
}

Refusal unsure(const Change& change, const std::string& what) {
  if (change.shallow) {
    return {State::kUnsure, Reason::kShallow,
            fmt::format("history is cut here, {} cannot be compared", what),
            "complete it with 'git fetch --unshallow'"};
  }
  return {State::kUnsure, Reason::kMissingObjects,
          fmt::format("{} cannot be compared: objects are missing here", what),
          "fetch the branch that was approved, or the record with factory.share=full"};
}

std::string listed(std::vector<std::string> paths) {
  size_t more = paths.size() > kPathsNamed ? paths.size() - kPathsNamed : 0;
  if (more > 0) paths.resize(kPathsNamed);
  std::string text = join(paths, ", ");
  return more > 0 ? fmt::format("{} and {} more", text, more) : text;
}

std::string hint_for(const Approval& approval) {
  return fmt::format(
      "go back to the approved commit {}, or have this change made with 'git factory feature'",
      approval.verdict.commit.is_zero() ? approval.verdict.tree.short_hex()
                                        : approval.verdict.commit.short_hex());
}

/// The same parent, another tree: which files were touched after the review.
Result<Fitted> edited(const git::Repo& repo, const Change& change, const Approval& approval) {
  std::string text = fmt::format("the tree is {}, approved was {}", change.commit.tree.short_hex(),
                                 approval.verdict.tree.short_hex());
  if (repo.exists(approval.verdict.tree)) {
    GF_ASSIGN(auto deltas, repo.diff(approval.verdict.tree, change.commit.tree));
    std::vector<std::string> paths;
    for (const git::Delta& delta : deltas) paths.push_back(delta.path);
    text = fmt::format("not what {} approved: {} {}", approval.run.id.id8(), listed(paths),
                       paths.size() == 1 ? "differs" : "differ");
  }
  return Fitted(refuse(Reason::kDifferentChange, text, hint_for(approval)));
}

/// As git itself merges, with renames and attributes: asked only where the plain way says no. What
/// git writes on the way goes to a folder that is thrown away.
Result<bool> git_merges_so(const git::Repo& repo, const git::Program& git, const Change& change) {
  GF_ASSIGN(auto folder, TemporaryFolder::make("git-factory-verify-"));
  GF_ASSIGN(auto answer, git.ask({"merge-tree", "--write-tree", "--no-messages",
                                  change.parents[0].id.hex(), change.parents[1].id.hex()},
                                 {},
                                 {{"GIT_OBJECT_DIRECTORY", folder.path()},
                                  {"GIT_ALTERNATE_OBJECT_DIRECTORIES", repo.object_folders()},
                                  {"GIT_NO_REPLACE_OBJECTS", "1"},
                                  {"GIT_GRAFT_FILE", "/dev/null"}}));
  // A git before 2.38 does not know the option; then there is no second opinion.
  return answer.exit_code == 0 && trim(answer.out) == change.commit.tree.hex();
}

}  // namespace

Result<Fitted> fit(const git::Repo& repo, const Change& change, const Approval& approval) {
  const record::Verdict& verdict = approval.verdict;
  const git::CommitInfo& commit = change.commit;
  bool on_base = commit.parents.size() == 1 && commit.parents[0] == verdict.base;
  if (on_base && commit.tree == verdict.tree) {
    return Fitted(Fit{Reason::kExact, fmt::format("approved by {}", verdict.reviewer)});
  }
  // One more commit on what it had delivered before: all of it was reviewed as one change.
  bool on_its_own = std::any_of(
      approval.run.reworks.begin(), approval.run.reworks.end(), [&](const record::Rework& rework) {
        return commit.parents.size() == 1 && commit.parents[0] == rework.head;
      });
  if (on_its_own && commit.tree == verdict.tree) {
    return Fitted(Fit{Reason::kExact,
                      fmt::format("approved by {}, with what it stands on", verdict.reviewer)});
  }
  if (on_base) return edited(repo, change, approval);
  if (change.cut) return Fitted(unsure(change, "what it changes"));
  if (!repo.exists(verdict.base) || !repo.exists(verdict.tree))
    return Fitted(unsure({}, "what was approved"));
  GF_ASSIGN(auto base, repo.commit(verdict.base));
  if (commit.tree == verdict.tree && change.tree_before() == base.tree) {
    return Fitted(
        Fit{Reason::kSameTree,
            fmt::format("the tree that {} approved, on its base's tree", verdict.reviewer)});
  }
  GF_ASSIGN(auto unlike,
            repo.unlike_merge(base.tree, {change.tree_before(), verdict.tree}, commit.tree, 50));
  if (!unlike.empty()) {
    return Fitted(refuse(
        Reason::kDifferentChange,
        fmt::format("not the change that {} approved, moved here: {} {}", approval.run.id.id8(),
                    listed(unlike), unlike.size() == 1 ? "differs" : "differ"),
        hint_for(approval)));
  }
  GF_ASSIGN(auto approved_id, repo.patch_id(base.tree, verdict.tree));
  GF_ASSIGN(auto own_id, repo.patch_id(change.tree_before(), commit.tree));
  if (approved_id != own_id) {
    return Fitted(refuse(
        Reason::kDifferentChange,
        fmt::format("the lines around what {} approved are others here", approval.run.id.id8()),
        "run the feature again on this base, or rebase onto one that has not changed there"));
  }
  return Fitted(
      Fit{Reason::kRebased,
          fmt::format("the change that {} approved, on {} instead of {}", verdict.reviewer,
                      commit.parents.empty() ? "nothing" : commit.parents[0].short_hex(),
                      verdict.base.short_hex())});
}

Result<Fitted> fit_merge(const git::Repo& repo, const git::Program& git, const Change& change) {
  if (change.cut) return Fitted(unsure(change, "the merge"));
  std::optional<Oid> ancestor = change.parents[0].id;
  std::vector<Oid> sides;
  for (const git::CommitInfo& parent : change.parents) {
    sides.push_back(parent.tree);
    if (ancestor) {
      GF_ASSIGN(ancestor, repo.merge_base(*ancestor, parent.id));
    }
  }
  Oid base_tree;
  if (ancestor) {
    GF_ASSIGN(auto info, repo.commit(*ancestor));
    base_tree = info.tree;
  }
  GF_ASSIGN(auto unlike, repo.unlike_merge(base_tree, sides, change.commit.tree, 50));
  bool clean = unlike.empty();
  if (!clean && sides.size() == 2) {
    GF_ASSIGN(clean, git_merges_so(repo, git, change));
  }
  if (clean) return Fitted(Fit{Reason::kCleanMerge, "a merge that adds nothing of its own"});
  return Fitted(
      refuse(Reason::kEditedMerge,
             fmt::format("not what merging gives by itself: {} {}", listed(unlike),
                         unlike.size() == 1 ? "differs" : "differ"),
             "merge again without editing; have the rest made with 'git factory feature'"));
}

}  // namespace gf::verify
