#include "forge/landed.h"

#include <fmt/format.h>

#include "base/text.h"

namespace gf::forge {
namespace {

struct Tip {
  std::string ref;
  Oid id;
};

/// The remote's branch of this name, then ours.
std::vector<Tip> tips_of(const git::Repo& repo, const std::string& branch,
                         const std::optional<std::string>& remote) {
  std::vector<std::string> names;
  if (remote) names.push_back(fmt::format("refs/remotes/{}/{}", *remote, branch));
  names.push_back("refs/heads/" + branch);
  std::vector<Tip> tips;
  for (const std::string& name : names) {
    auto ref = RefName::parse(name);
    if (!ref.ok()) continue;
    auto id = repo.read_ref(*ref);
    if (id.ok() && *id && repo.exists(**id)) tips.push_back({name, **id});
  }
  return tips;
}

/// The commit of `from..tip` that does what lies between these trees, if one does.
std::optional<Oid> same_change(const git::Repo& repo, const git::Program& git, const Oid& before,
                               const Oid& after, const Oid& from, const Oid& tip) {
  auto wanted = repo.patch_id(before, after);
  if (!wanted.ok()) return std::nullopt;
  auto listed = git.run({"rev-list", "--no-merges", fmt::format("--max-count={}", kLooked),
                         fmt::format("{}..{}", from.hex(), tip.hex())});
  if (!listed.ok()) return std::nullopt;
  for (const std::string& line : lines(*listed)) {
    auto id = Oid::parse(trim(line));
    if (!id.ok()) continue;
    auto commit = repo.commit(*id);
    if (!commit.ok() || commit->parents.empty()) continue;
    auto parent = repo.commit(commit->parents.front());
    if (!parent.ok()) continue;
    auto patch = repo.patch_id(parent->tree, commit->tree);
    if (patch.ok() && *patch == *wanted) return *id;
  }
  return std::nullopt;
}

/// How `tip`, the base's, has what `head` brings; empty when it has not.
std::string landed_on(const git::Repo& repo, const git::Program& git, const PullRequest& pull,
                      const Oid& head, const Oid& tip) {
  auto base = repo.merge_base(head, tip);
  if (!base.ok() || !*base) return {};
  std::string name = "'" + printable(pull.base_branch) + "'";
  auto at_base = repo.commit(**base), at_head = repo.commit(head), at_tip = repo.commit(tip);
  if (!at_base.ok() || !at_head.ok() || !at_tip.ok()) return {};
  // Where the branch has nothing of its own yet, it is an ancestor of everything.
  bool has_own = pull.base.is_zero() || head != pull.base;
  if (**base == head) return has_own ? "its commits are in " + name : "";
  if (at_base->tree == at_head->tree) return {};
  if (auto same = same_change(repo, git, at_base->tree, at_head->tree, **base, tip))
    return fmt::format("{} has the same change in {}", name, same->short_hex());
  auto unlike = repo.unlike_merge(at_base->tree, {at_head->tree, at_tip->tree}, at_tip->tree, 1);
  return unlike.ok() && unlike->empty() ? name + " has all of it" : "";
}

}  // namespace

Result<Standing> standing_of(const git::Repo& repo, const git::Program& git,
                             const PullRequest& pull, const std::optional<std::string>& remote) {
  Standing standing{pull.state, "", pull.head, ""};
  std::vector<Tip> heads = tips_of(repo, pull.head_branch, remote);
  if (!heads.empty()) {
    standing.head = heads.front().id;
    standing.ref = heads.front().ref;
  }
  if (!repo.exists(standing.head)) {
    standing.why = "its commits are not in this clone";
    return standing;
  }
  for (const Tip& tip : tips_of(repo, pull.base_branch, remote)) {
    std::string how = landed_on(repo, git, pull, standing.head, tip.id);
    if (how.empty()) continue;
    standing.state = "merged";
    standing.why = std::move(how);
    return standing;
  }
  if (standing.ref.empty() && standing.state == "open") standing.why = "its branch is gone";
  return standing;
}

}  // namespace gf::forge
