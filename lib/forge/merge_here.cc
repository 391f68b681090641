#include "forge/merge_here.h"

#include <fmt/format.h>

#include <array>

#include "base/text.h"

namespace gf::forge {
namespace {

using Words = std::vector<std::string>;

/// What a way does, and what takes a failed try back.
struct Recipe {
  std::string_view word;
  MergeWay way;
  std::vector<Words> steps;
  Words back;
};

std::vector<Recipe> recipes(const PullRequest& pull, const Standing& standing) {
  std::string head = standing.head.hex();
  std::string merged = fmt::format("Merge pull request {} from {}", pull.url, pull.head_branch);
  std::string range = "HEAD.." + head;
  std::string body(trim(pull.body));
  return {
      {"merge",
       MergeWay::kMerge,
       {{"merge", "--no-ff", "--no-edit", "-m", merged, "-m", pull.title, head}},
       {"merge", "--abort"}},
      {"ff-only", MergeWay::kFastForward, {{"merge", "--ff-only", head}}, {}},
      {"squash",
       MergeWay::kSquash,
       {{"merge", "--squash", head},
        {"commit", "--quiet", "-m", fmt::format("{} ({})", pull.title, pull.url), "-m", body}},
       {"reset", "--merge"}},
      {"rebase", MergeWay::kRebase, {{"cherry-pick", "--ff", range}}, {"cherry-pick", "--abort"}},
  };
}

Result<void> base_is_here_and_clean(const git::Repo& repo, const git::Program& git,
                                    const PullRequest& pull) {
  GF_ASSIGN(auto shape, repo.shape());
  if (shape.detached || shape.head_branch != pull.base_branch) {
    return Error{Fault::kUser,
                 fmt::format("'{}' is not checked out here", printable(pull.base_branch)),
                 {},
                 fmt::format("'git switch {}' first", pull.base_branch)};
  }
  GF_ASSIGN(auto status, git.run({"status", "--porcelain", "--untracked-files=no"}));
  if (trim(status).empty()) return Done{};
  return Error{Fault::kUser,
               "there are changes that are not committed",
               {},
               "commit them, or put them away with 'git stash'"};
}

Error not_merged(const PullRequest& pull, const git::Answer& said, const std::string& conflicts) {
  std::string what = conflicts.empty()
                         ? std::string(trim(clipped(said.err.empty() ? said.out : said.err, 300)))
                         : "conflicts in " + conflicts;
  return {
      Fault::kUser,
      fmt::format("{} cannot be merged: {}", pull.url, replace_all(printable(what), "\n", "; ")),
      {},
      "nothing was changed; bring its branch up to date, or choose another --way"};
}

}  // namespace

std::optional<MergeWay> merge_way(std::string_view word) {
  for (const Recipe& recipe : recipes({}, {})) {
    if (recipe.word == word) return recipe.way;
  }
  return std::nullopt;
}

Result<Oid> merge_here(const git::Repo& repo, const git::Program& git, const PullRequest& pull,
                       const Standing& standing, MergeWay way) {
  if (standing.state == "merged") {
    return Error{Fault::kUser,
                 fmt::format("{} is merged already: {}", pull.url, standing.why),
                 {},
                 "see 'git factory pr list' for what is open"};
  }
  if (!repo.exists(standing.head)) {
    return Error{Fault::kUser,
                 fmt::format("the commits of {} are not in this clone", pull.url),
                 {},
                 "'git fetch' brings them"};
  }
  GF_TRY(base_is_here_and_clean(repo, git, pull));
  for (const Recipe& recipe : recipes(pull, standing)) {
    if (recipe.way != way) continue;
    for (const Words& step : recipe.steps) {
      GF_ASSIGN(auto said, git.ask(step));
      if (said.exit_code == 0) continue;
      auto conflicts = git.ask({"diff", "--name-only", "--diff-filter=U"});
      std::string files = conflicts.ok() ? join(lines(trim(conflicts->out)), ", ") : std::string();
      if (!recipe.back.empty()) (void)git.ask(recipe.back);
      return not_merged(pull, said, files);
    }
  }
  GF_ASSIGN(auto tip, repo.resolve_commit("HEAD"));
  return tip.value_or(Oid());
}

Result<std::string> checkout_here(const git::Repo& repo, const git::Program& git,
                                  const PullRequest& pull, const Standing& standing) {
  auto ref = RefName::parse("refs/heads/" + pull.head_branch);
  if (!ref.ok() || pull.head_branch.starts_with('-')) {
    return Error{Fault::kUser,
                 fmt::format("'{}' is no name of a branch", printable(pull.head_branch)),
                 {},
                 "see 'git factory pr show'; its record was written by something else"};
  }
  GF_ASSIGN(auto ours, repo.read_ref(*ref));
  Words words = {"switch", "--quiet"};
  if (ours) {
    words.push_back(pull.head_branch);
  } else if (standing.ref.starts_with("refs/remotes/")) {
    words.insert(words.end(), {"--track", "-c", pull.head_branch,
                               standing.ref.substr(std::string_view("refs/remotes/").size())});
  } else {
    words.insert(words.end(), {"--no-track", "-c", pull.head_branch, standing.head.hex()});
  }
  if (!ours && !repo.exists(standing.head)) {
    return Error{Fault::kUser,
                 fmt::format("the commits of {} are not in this clone", pull.url),
                 {},
                 "'git fetch' brings them"};
  }
  GF_TRY(git.run(words));
  return pull.head_branch;
}

Result<void> bring_here(const git::Repo& repo, const git::Program& git, const PullRequest& pull,
                        const std::optional<std::string>& remote) {
  if (!remote || pull.fetch_ref.empty() || pull.head.is_zero() || repo.exists(pull.head))
    return Done{};
  auto fetched = git.fetch(*remote, {pull.fetch_ref}, {"--quiet", "--no-tags"});
  if (fetched.ok()) return Done{};
  return fetched.error().because_of(
      fmt::format("cannot fetch {} of '{}'", pull.fetch_ref, printable(*remote)));
}

Result<Oid> start_of(const git::Repo& repo, const PullRequest& pull, const Standing& standing,
                     const std::optional<std::string>& remote) {
  std::vector<Oid> known;
  if (!pull.base.is_zero() && repo.exists(pull.base)) known.push_back(pull.base);
  // A server tells the base as it is there; this clone may not have that yet.
  for (const std::string& place :
       {"refs/remotes/" + remote.value_or("") + "/", std::string("refs/heads/")}) {
    auto ref = RefName::parse(place + pull.base_branch);
    if (!ref.ok()) continue;
    GF_ASSIGN(auto tip, repo.read_ref(*ref));
    if (tip) known.push_back(*tip);
  }
  for (const Oid& tip : known) {
    auto base = repo.merge_base(tip, standing.head);
    if (base.ok() && *base) return **base;
  }
  return Error{Fault::kUser,
               fmt::format("the base '{}' of {} is not in this clone", printable(pull.base_branch),
                           pull.url),
               {},
               "'git fetch' brings it"};
}

}  // namespace gf::forge
