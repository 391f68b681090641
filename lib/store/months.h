// The monthly trees: which runs are in them. For this room's .cc files.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "git/repo.h"

namespace gf::store {

/// The tree of a commit; the zero id has none.
Result<Oid> tree_of_commit(const git::Repo& repo, const Oid& commit);
/// Month ("2026-11") -> tree, of the refs below `prefix`.
Result<std::map<std::string, Oid>> month_trees(const git::Repo& repo, const std::string& prefix);
/// What of a month's tree is news to one who has another.
enum class News {
  kRuns,    ///< runs that it lacks
  kStates,  ///< those, and runs whose folders differ: they went on (states.h)
};
/// The runs of one month's tree that are news; equal days are not looked into.
Result<std::vector<RunId>> runs_beyond(const git::Repo& repo, const Oid& tree, const Oid& without,
                                       News news = News::kRuns);

/// "ledger/2026-11", "replay/2026-11": a remote can offer other names, and they are none of ours.
bool is_month_ref(const std::string& name);

}  // namespace gf::store
