// A run whose change was put onto a newer base after its review: is the approved tree what that
// gives by itself?
#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "verify/evidence.h"

namespace gf::verify {
namespace {

/// Where the run began; git-factory-record(5).
constexpr const char* kBeganAt = "base.first";
constexpr size_t kUnlikeNamed = 3;

/// The lines that `hunks` bring to `path`, in order; nothing if any is taken away or changed.
std::optional<std::vector<std::string>> only_added(const std::vector<git::Hunk>& hunks,
                                                   const std::string& path) {
  std::vector<std::string> added;
  for (const git::Hunk& hunk : hunks) {
    if (hunk.path != path) continue;
    bool body = false;
    for (const std::string& line : lines(hunk.text)) {
      if (body && line.starts_with("-")) return std::nullopt;
      if (body && line.starts_with("+")) added.push_back(line.substr(1));
      body = body || line.starts_with("@@");
    }
  }
  // A list's blank line may lie on either side of an entry.
  std::erase_if(added, [](const std::string& line) { return trim(line).empty(); });
  return added;
}

/// The same lines, added elsewhere in the file: a changelog entry among other neighbours. Code is
/// not meant, and what reads like code is not let through.
Result<bool> same_entry(const git::Repo& repo, const Oid& base, const Oid& reviewed,
                        const Oid& onto, const Oid& tree, const std::string& path) {
  std::string name = lower(path);
  auto suffix = [&](const char* end) { return name.ends_with(end); };
  bool text = suffix(".md") || suffix(".rst") || suffix(".txt") || suffix(".adoc") ||
              name.find('.') == std::string::npos;
  if (!text) return false;
  GF_ASSIGN(auto before, repo.hunks(base, reviewed, 0));
  GF_ASSIGN(auto now, repo.hunks(onto, tree, 0));
  auto then = only_added(before, path), here = only_added(now, path);
  return then && here && !then->empty() && *then == *here;
}

}  // namespace

Result<std::optional<Refusal>> judge_move(const git::Repo& repo, const Approval& approval,
                                          const Oid& reviewed) {
  const record::Verdict& verdict = approval.verdict;
  auto kept = approval.run.policy.find(kBeganAt);
  auto first = kept == approval.run.policy.end() ? Result<Oid>(Oid()) : Oid::parse(kept->second);
  if (!first.ok() || first->is_zero()) {
    return std::optional<Refusal>(
        {State::kNo, Reason::kConflictingRecords,
         fmt::format("the verdict approves tree {}, the last review passed tree {}",
                     verdict.tree.short_hex(), reviewed.short_hex()),
         "somebody changed the record; fetch it from a place you trust"});
  }
  for (const Oid& object : {*first, verdict.base, reviewed, verdict.tree}) {
    if (repo.exists(object)) continue;
    return std::optional<Refusal>(
        {State::kUnsure, Reason::kMissingObjects,
         fmt::format("the change was put onto a newer base after its review, and {} of it is not "
                     "here to compare",
                     object.short_hex()),
         "fetch the branch's base, and the record with factory.share=full"});
  }
  GF_ASSIGN(auto base, repo.commit(*first));
  GF_ASSIGN(auto onto, repo.commit(verdict.base));
  GF_ASSIGN(auto unlike,
            repo.unlike_merge(base.tree, {onto.tree, reviewed}, verdict.tree, kUnlikeNamed));
  std::vector<std::string> edited;
  for (const std::string& path : unlike) {
    GF_ASSIGN(bool same, same_entry(repo, base.tree, reviewed, onto.tree, verdict.tree, path));
    if (!same) edited.push_back(path);
  }
  if (edited.empty()) return std::optional<Refusal>();
  return std::optional<Refusal>(
      {State::kNo, Reason::kConflictingRecords,
       fmt::format("the approved tree is not the reviewed one on a newer base: {} {}",
                   join(edited, ", "), edited.size() == 1 ? "differs" : "differ"),
       "somebody changed the record; fetch it from a place you trust"});
}

}  // namespace gf::verify
