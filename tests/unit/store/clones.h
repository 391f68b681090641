// Clones of one bare remote, for the tests of sync.
#pragma once

#include <gmock/gmock.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <set>

#include "store/sync.h"
#include "support/runner.h"
#include "unit/store/record.h"

namespace gf::store::test {

/// Clones of one bare remote. Each was made by itself, as after `git init` and `git remote add`.
class SyncTest : public StoreTest {
 protected:
  void SetUp() override {
    git::Repo::set_durable(false);
    shell(folders_.path(), "git init -q --bare -b main server && mkdir home");
    for (const char* name : {"ada", "bob"}) add_clone(name);
  }

  void TearDown() override { git::Repo::set_durable(true); }

  std::string add_clone(const std::string& name) {
    std::string path = folders_ / name;
    shell(folders_.path(), "mkdir " + name);
    make(path);
    shell(path, "git remote add origin '" + server() + "'");
    return path;
  }

  [[nodiscard]] std::string server() const { return folders_ / "server"; }
  [[nodiscard]] std::string clone(const std::string& name) const { return folders_ / name; }

  git::Program program(const std::string& folder) const {
    const char* search = std::getenv("PATH");
    return {gf::test::plain_runner({{"PATH", search == nullptr ? "/usr/bin:/bin" : search},
                                    {"HOME", folders_ / "home"},
                                    {"GIT_CONFIG_NOSYSTEM", "1"},
                                    {"GIT_CONFIG_GLOBAL", "/dev/null"},
                                    {"TZ", "UTC"}}),
            folder};
  }

  Result<Synced> sync_as(const std::string& name, Share share = Share::kFull, bool by_inbox = false,
                         bool push_first = false) {
    git::Repo repo = open_repo(clone(name));
    Store store = open_store(repo);
    SyncWish wish{"origin", share, Share::kFull, by_inbox, push_first};
    return sync(store, repo, program(clone(name)), system_clock(), wish);
  }

  record::RunRecord deliver_in(const std::string& name, uint32_t number) {
    git::Repo repo = open_repo(clone(name));
    Store store = open_store(repo);
    return deliver(repo, store, number);
  }

  std::vector<std::string> runs_in(const std::string& name) {
    git::Repo repo = open_repo(clone(name));
    return listed(open_store(repo));
  }

  /// The record's own refs with what they point at: equal texts are equal records.
  static std::string record_of(const std::string& folder) {
    return shell(folder,
                 "git for-each-ref --format='%(objectname) %(refname)' refs/factory/ledger "
                 "refs/factory/replay refs/notes/factory refs/factory/inbox");
  }

  /// Everybody works and sends at the same time, in a process each; then each looks once more.
  void all_at_once(const std::vector<std::string>& names, int runs) {
    std::vector<pid_t> children;
    for (size_t i = 0; i < names.size(); ++i) {
      pid_t child = ::fork();
      if (child == 0) {
        for (int j = 0; j < runs; ++j) {
          deliver_in(names[i], static_cast<uint32_t>((i + 1) * 100) + static_cast<uint32_t>(j));
          EXPECT_DONE(sync_as(names[i]));
        }
        ::_exit(HasFailure() ? 1 : 0);
      }
      children.push_back(child);
    }
    for (pid_t child : children) {
      int status = 0;
      ::waitpid(child, &status, 0);
      EXPECT_EQ(status, 0);
    }
    // The first looks brings what was left in the inbox into the months.
    ASSERT_DONE(sync_as(names[0]));
    for (const std::string& name : names) ASSERT_DONE(sync_as(name));
    std::string want = record_of(server());
    EXPECT_THAT(want, ::testing::Not(::testing::HasSubstr("inbox")));
    for (const std::string& name : names) {
      EXPECT_EQ(record_of(clone(name)), want) << name;
      std::vector<std::string> ids = runs_in(name);
      EXPECT_EQ(ids.size(), names.size() * static_cast<size_t>(runs)) << name;
      EXPECT_EQ(std::set<std::string>(ids.begin(), ids.end()).size(), ids.size()) << "doubled";
      std::string notes = shell(clone(name), "git notes --ref=factory/trace list");
      EXPECT_EQ(std::count(notes.begin(), notes.end(), '\n'), static_cast<long>(ids.size()));
      git::Repo repo = open_repo(clone(name));
      Store store = open_store(repo);
      for (const std::string& id : ids) {
        auto whole = store.load(RunId::parse(id).value());
        ASSERT_DONE(whole);
        EXPECT_TRUE(whole->has_exchanges) << id;
      }
    }
    EXPECT_THAT(shell(server(), "git fsck --strict --no-dangling"),
                ::testing::Not(::testing::HasSubstr("error")));
  }

  gf::test::TempFolder folders_;
};

}  // namespace gf::store::test
