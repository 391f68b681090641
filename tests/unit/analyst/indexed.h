// An index of a store's runs, and hands that change the ledger below it.
#pragma once

#include <string>
#include <vector>

#include "analyst/index.h"
#include "unit/store/record.h"

namespace gf::analyst {

class IndexTest : public store::test::StoreTest {
 protected:
  Index index() { return Index::open(open_repo(), {}).value(); }
  std::string one(Index& index, const std::string& sql) {
    auto statement = index.database().prepare(sql);
    if (!statement.ok()) return statement.error().message;
    auto row = statement->step();
    return row.ok() && *row ? statement->text(0) : "none";
  }
  std::string runs() {
    Index made = index();
    return one(made, "SELECT count(*) FROM runs");
  }
  std::vector<std::string> troubles() {
    Index made = index();
    return made.troubles(100).value();
  }
  /// Seals `count` runs, numbered on.
  std::vector<record::RunRecord> add(int count) {
    git::Repo repo = open_repo();
    store::Store store = open_store(repo);
    std::vector<record::RunRecord> made;
    for (int i = 0; i < count; ++i) made.push_back(deliver(repo, store, ++number_));
    return made;
  }
  /// Replaces one file of a sealed run in the ledger, as a hand would.
  void forge(const record::RunRecord& run, const std::string& file, const std::string& content) {
    forge_path(run, run.id.day() + "/" + run.id.str() + "/" + file, content);
  }
  void forge_path(const record::RunRecord& run, const std::string& path,
                  const std::string& content) {
    git::Repo repo = open_repo();
    auto ref = RefName::known("refs/factory/ledger/" + run.id.month());
    Oid tip = *repo.read_ref(ref).value();
    auto info = repo.commit(tip).value();
    git::PathChange change{path, repo.write_blob(content).value(), git::EntryKind::kBlob};
    Oid tree = repo.update_tree(info.tree, {change}).value();
    Oid commit = repo.write_commit(tree, {tip}, info.author, info.committer, "by hand\n").value();
    ASSERT_TRUE(repo.compare_and_swap(ref, tip, commit, "by hand").value());
  }
  std::string file() { return Index::path(open_repo()); }

  uint32_t number_ = 0;
};

}  // namespace gf::analyst
