#include "store/history.h"

#include <iterator>
#include <map>
#include <set>

namespace gf::store {

Result<bool> walk_history(const git::Repo& repo, const History& history,
                          const std::function<Onward(const git::CommitInfo&)>& visit) {
  std::map<std::pair<Timestamp, Oid>, git::CommitInfo> queue;  // the newest is the last
  std::set<Oid> old, seen;
  size_t fresh = 0;  // how many in the queue are not known
  auto push = [&](const Oid& id, bool is_old) -> Result<void> {
    bool learned = is_old && old.insert(id).second;
    bool first = seen.insert(id).second;
    if (!first && !learned) return Done{};
    auto info = repo.commit(id);
    if (!info.ok()) {
      if (history.unreadable == History::Unreadable::kIsAnError) return info.error();
      return Done{};
    }
    auto [place, added] = queue.emplace(std::pair(info->committer.when, id), *info);
    if (added && !old.contains(id)) ++fresh;
    if (!added && learned) --fresh;
    return Done{};
  };
  for (const Oid& id : history.known) GF_TRY(push(id, true));
  for (const Oid& id : history.tips) GF_TRY(push(id, false));
  while (fresh > 0) {
    auto last = std::prev(queue.end());
    git::CommitInfo commit = std::move(last->second);
    queue.erase(last);
    bool is_old = old.contains(commit.id);
    Onward onward = Onward::kParents;
    if (!is_old) {
      --fresh;
      onward = visit(commit);
    }
    if (onward == Onward::kNowhere) return false;
    if (onward == Onward::kAllButTheLastParent && !commit.parents.empty())
      commit.parents.pop_back();
    for (const Oid& parent : commit.parents) GF_TRY(push(parent, is_old));
  }
  return true;
}

}  // namespace gf::store
