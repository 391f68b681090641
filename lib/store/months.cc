// The monthly trees DD/<run-id>/.
#include "store/months.h"

#include "store/names.h"

namespace gf::store {

Result<Oid> tree_of_commit(const git::Repo& repo, const Oid& commit) {
  if (commit.is_zero()) return Oid();
  GF_ASSIGN(auto info, repo.commit(commit));
  return info.tree;
}

Result<std::map<std::string, Oid>> month_trees(const git::Repo& repo, const std::string& prefix) {
  std::map<std::string, Oid> trees;
  GF_ASSIGN(auto refs, repo.refs(prefix));
  for (const auto& [ref, tip] : refs) {
    GF_ASSIGN(trees[ref.str().substr(prefix.size())], tree_of_commit(repo, tip));
  }
  return trees;
}

Result<std::vector<RunId>> runs_beyond(const git::Repo& repo, const Oid& tree, const Oid& without,
                                       News news) {
  std::vector<RunId> runs;
  if (tree == without) return runs;
  std::map<std::string, Oid> known_days;
  GF_ASSIGN(auto there, repo.read_tree(without));
  for (const git::TreeEntry& day : there) known_days[day.name] = day.id;
  GF_ASSIGN(auto days, repo.read_tree(tree));
  for (const git::TreeEntry& day : days) {
    Oid known = known_days[day.name];
    if (day.kind != git::EntryKind::kTree || day.id == known) continue;
    std::map<std::string, Oid> known_runs;
    GF_ASSIGN(auto old_runs, repo.read_tree(known));
    for (const git::TreeEntry& run : old_runs) known_runs[run.name] = run.id;
    GF_ASSIGN(auto here, repo.read_tree(day.id));
    for (const git::TreeEntry& run : here) {
      auto id = RunId::parse(run.name);
      auto known_run = known_runs.find(run.name);
      bool differs = known_run != known_runs.end() && known_run->second != run.id;
      if (id.ok() && (known_run == known_runs.end() || (differs && news == News::kStates)))
        runs.push_back(*id);
    }
  }
  return runs;
}

bool is_month_ref(const std::string& name) {
  return (name.starts_with("ledger/") || name.starts_with("replay/")) && is_month(name.substr(7));
}

}  // namespace gf::store
