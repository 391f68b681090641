// What goes, what stays, and that both are said.
#include "upkeep/gc.h"

#include <gmock/gmock.h>

#include <filesystem>

#include "batch/job.h"
#include "batch/orders.h"
#include "git/workspace.h"
#include "session/hold.h"
#include "support/opened.h"

namespace gf::upkeep {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

class GcTest : public test::OpenedTest {
 protected:
  void SetUp() override { ASSERT_NO_FATAL_FAILURE(open()); }
  [[nodiscard]] std::string pool() const {
    return git::default_pool_dir(context_->repo, context_->setup.environment).value();
  }
  Result<git::Workspace> worktree() {
    return git::Workspace::acquire(context_->repo, context_->git, pool(),
                                   RunId::make(clock_.now(), 7), base_);
  }
  void keep_batch(const std::string& name, int hours_ago) {
    batch::Orders orders;
    orders.name = name;
    orders.base_name = "main";
    orders.base = base_;
    orders.begun = clock_.now() - std::chrono::hours(hours_ago);
    ASSERT_GIVES(orders.entries, batch::read_entries("Add paging."));
    ASSERT_DONE(batch::keep(context_->repo, {"A", "a@example.com", orders.begun, 0}, orders));
  }
  /// Its request came to a run, which has ended.
  void end_run_of(const std::string& batch) {
    record::RunRecord run = run_record(++ended_);
    run.slug = "add-paging";
    run.started = run.ended = clock_.now();
    run.policy["batch"] = batch;
    auto active = begin_run(run);
    run.status = record::RunStatus::kRejected;
    ASSERT_DONE(context_->store->seal(active, run));
  }
  std::string collect(const GcWish& wish) {
    auto items = collect_garbage(*context_, wish);
    return items.ok() ? to_text(*items, wish.dry_run) : items.error().message;
  }
  uint32_t ended_ = 100;  ///< numbers of runs
};

TEST_F(GcTest, WhereNothingLiesAroundNothingIsDone) {
  EXPECT_EQ(collect({}), "removed 0, kept 0\n");
}

TEST_F(GcTest, AFreeWorktreeGoesAndOneInUseStays) {
  { ASSERT_GIVES(auto ended, worktree()); }
  std::string path = pool() + "/1";
  EXPECT_THAT(collect({0, true}), HasSubstr("would remove worktree " + path + ": nobody has it\n"));
  EXPECT_TRUE(fs::exists(path)) << "it was only said";
  {
    ASSERT_GIVES(auto used, worktree());
    EXPECT_THAT(collect({0, false}), HasSubstr("kept worktree " + path + ": a run has it\n"));
  }
  EXPECT_THAT(collect({0, false}), HasSubstr("removed worktree " + path));
  EXPECT_FALSE(fs::exists(path));
  EXPECT_THAT(place_.git("worktree list"), testing::Not(HasSubstr(path)));
}

TEST_F(GcTest, WhatWasCommittedByHandIsNotThrownAway) {
  { ASSERT_GIVES(auto ended, worktree()); }
  std::string path = pool() + "/1";
  place_.git({"-C", path, "commit", "--allow-empty", "-q", "-m", "mine"});

  EXPECT_THAT(collect({0, false}),
              HasSubstr("kept worktree " + path + ": it holds commits that no ref leads to\n"));
}

TEST_F(GcTest, ARunThatCanGoOnIsToldAndStays) {
  auto active = begin_run(run_record());

  EXPECT_THAT(collect({0, false}), HasSubstr("kept run " + active.run().id.str()));
  EXPECT_EQ(context_->store->active_runs().value().size(), 1u);
}

TEST_F(GcTest, OrdersOfABatchGoWhenItIsLongAgoAndNothingOfItIsLeftToDo) {
  keep_batch("new", 1);
  for (const char* name : {"done", "half", "held", "open"}) keep_batch(name, 24 * 20);
  record::RunRecord run = run_record();
  run.policy["batch"] = "open";
  auto active = begin_run(run);
  for (const char* name : {"new", "done", "held"}) end_run_of(name);
  ASSERT_GIVES(auto hold, session::Hold::take_batch(*context_, "held"));

  std::string said = collect({});
  EXPECT_THAT(said, HasSubstr("kept batch new: it began not long ago\n"));
  EXPECT_THAT(said, HasSubstr("removed batch done: nothing of it is left to do\n"));
  EXPECT_THAT(said, HasSubstr("kept batch half: a request of it has not begun\n"));
  EXPECT_THAT(said, HasSubstr("kept batch held: a process goes on with it\n"));
  EXPECT_THAT(said, HasSubstr("kept batch open: a run of it can go on\n"));
  EXPECT_THAT(batch::kept_names(context_->repo).value(),
              testing::ElementsAre("half", "held", "new", "open"));
}

TEST_F(GcTest, ACloneThatAJobLeftGoesWhenNobodyUsesIt) {
  ASSERT_GIVES(auto cache, context_->setup.environment.cache_folder());
  std::string batch = batch::jobs_folder(cache) + "/0123/spring";
  for (const char* slug : {"old", "new", "used", "half"}) {
    place_.git({"clone", "-q", place_.path(), batch + "/" + slug});
    if (slug != std::string("new"))
      fs::last_write_time(batch + "/" + slug,
                          fs::file_time_type::clock::now() - std::chrono::hours(24 * 20));
  }
  fs::remove_all(batch + "/half/.git/objects");
  session::Setup setup = context_->setup;
  setup.directory = batch + "/used";
  ASSERT_GIVES(auto used, session::Context::open(setup, false));
  ASSERT_GIVES(auto hold, session::Hold::take_batch(*used, "spring"));

  std::string said = collect({14, true});
  EXPECT_THAT(said, HasSubstr("would remove job " + batch + "/old: no job works in it\n"));
  EXPECT_TRUE(fs::exists(batch + "/old"));
  said = collect({});
  EXPECT_THAT(said, HasSubstr("removed job " + batch + "/old: no job works in it\n"));
  EXPECT_THAT(said, HasSubstr("removed job " + batch + "/half: no job works in it\n"));
  EXPECT_THAT(said, HasSubstr("kept job " + batch + "/new: it was made not long ago\n"));
  EXPECT_THAT(said, HasSubstr("kept job " + batch + "/used: a job works in it\n"));
  EXPECT_FALSE(fs::exists(batch + "/old"));
  EXPECT_FALSE(fs::exists(batch + "/half"));
  EXPECT_TRUE(fs::exists(batch + "/used"));
}

TEST_F(GcTest, WithABatchGoesWhatWasFetchedOfItsClaims) {
  keep_batch("done", 24 * 20);
  end_run_of("done");
  std::string at = "refs/factory/remotes/origin/";
  for (const char* ref : {"batch/done", "claims/done/add-paging", "claims/done-too/a"})
    place_.git({"update-ref", at + ref, base_.hex()});

  EXPECT_THAT(collect({}), HasSubstr("removed batch done: "));
  EXPECT_EQ(place_.git("for-each-ref --format=%(refname) " + at),
            "refs/factory/remotes/origin/claims/done-too/a\n");
}

}  // namespace
}  // namespace gf::upkeep
