// Runs of one name share their caps, whichever process they are in.
#include "line/batch.h"

#include "asking.h"

namespace gf::line {
namespace {

using ::testing::HasSubstr;

class BatchTest : public AskerTest {};

TEST_F(BatchTest, ABatchsCapCountsWhatItsOtherRunsHaveOnRecord) {
  program("dear", "echo '{\"text\": \"yes\", \"cost_usd\": 0.02}'");
  session::Config::Settings settings = {{"factory.model", "dear/x"},
                                        {"factory.batch.budgetUsd", "0.07"}};
  auto begin = [&](uint32_t number, const std::string& batch) {
    record::RunRecord run;
    run.id = RunId::make(clock_.now(), number);
    run.base = base_;
    run.base_tree = context_->repo.commit(base_).value().tree;
    if (!batch.empty()) run.policy["batch"] = batch;
    active_.emplace(std::move(context_->store->begin(run)).value());
    return run;
  };
  // One that has ended, one that still goes on, one of another name, one of none.
  record::RunRecord ended = begin(11, "spring");
  ASSERT_DONE(asker(settings).ask(request()));
  record::StageRecord stage;
  stage.seq = 1;
  stage.stage = "build";
  stage.cost = record::Cost{20'000'000'000, "provider"};
  stage.exchanges = {1};
  ASSERT_DONE(active_->put_stage(stage));
  ended.status = record::RunStatus::kFailed;
  ended.ended = clock_.now();
  ASSERT_DONE(context_->store->seal(*active_, ended));
  for (const char* batch : {"spring", "autumn", ""}) {
    begin(*batch == '\0' ? 14 : *batch == 's' ? 12 : 13, batch);
    ASSERT_DONE(asker(settings).ask(request())) << batch;
  }
  begin(15, "spring");
  ASSERT_DONE(asker(settings).ask(request(1)));
  auto refused = asker_->ask(request(2));
  ASSERT_FALSE(refused.ok());
  EXPECT_THAT(refused.error().message,
              HasSubstr("$0.0600 spent by the batch 'spring', the next call may take $0.0200"));
  EXPECT_THAT(refused.error().hint, HasSubstr("raise factory.batch.budgetUsd"));
  settings.add("factory.batch.budgetUsd", "0.08");
  ASSERT_DONE(asker(settings).ask(request(2))) << "a higher cap goes on";
  EXPECT_FALSE(asker_->ask(request(3)).ok());
  settings.add("factory.batch.budgetUsd", "dear");
  EXPECT_FALSE(asker(settings).check({"build"}).ok()) << "a wrong cap is told before a run begins";
}

TEST_F(BatchTest, ABatchForgetsWhatIsLongAgo) {
  program("good", "echo '{\"text\": \"yes\"}'");
  session::Config::Settings settings = {{"factory.model", "good/x"},
                                        {"factory.batch.budgetCalls", "1"}};
  record::RunRecord run = active_->run();
  run.policy["batch"] = "b";
  active_->put_run(run);
  ASSERT_DONE(asker(settings).ask(request()));
  record::StageRecord stage;
  stage.seq = 1;
  stage.stage = "build";
  stage.exchanges = {1};
  ASSERT_DONE(active_->put_stage(stage));
  run.status = record::RunStatus::kFailed;
  run.ended = clock_.now();
  ASSERT_DONE(context_->store->seal(*active_, run));
  auto next = [&](uint32_t number) {
    run.id = RunId::make(clock_.now(), number);
    run.status = record::RunStatus::kRunning;
    active_.emplace(std::move(context_->store->begin(run)).value());
    return asker(settings).ask(request()).ok();
  };
  EXPECT_FALSE(next(2));
  clock_.advance(std::chrono::hours(32 * 24));
  EXPECT_TRUE(next(3));
}

/// The cap is looked at before each call, and what has not moved is not read again.
TEST_F(BatchTest, ACallOfAnotherProcessCountsFromTheMomentThatItIsOnRecord) {
  program("good", "echo '{\"text\": \"yes\"}'");
  session::Config::Settings settings = {{"factory.model", "good/x"},
                                        {"factory.batch.budgetCalls", "4"}};
  auto begin = [&](uint32_t number) {
    record::RunRecord run;
    run.id = RunId::make(clock_.now(), number);
    run.base = base_;
    run.base_tree = context_->repo.commit(base_).value().tree;
    run.policy["batch"] = "spring";
    return std::move(context_->store->begin(run)).value();
  };
  store::ActiveRun neighbour = begin(21);
  active_.emplace(begin(22));
  Asker& mine = asker(settings);
  ASSERT_DONE(mine.ask(request(1)));
  record::Exchange theirs = active_->exchanges()[0];
  ASSERT_DONE(neighbour.put_exchange(theirs));
  ASSERT_DONE(mine.ask(request(2)));
  // An older git-factory goes on with the run, and keeps no sums.
  theirs.seq = 2;
  ASSERT_DONE(neighbour.put_exchange(theirs));
  std::string ref = "refs/factory/active/" + neighbour.run().id.str();
  std::string older = place_.git({"commit-tree", "-m", "factory: save", ref + "^{tree}"});
  place_.git({"update-ref", ref, std::string(trim(older))});

  auto refused = mine.ask(request(3));

  ASSERT_FALSE(refused.ok());
  EXPECT_THAT(refused.error().message, HasSubstr("4 calls spent by the batch 'spring'"));
}

}  // namespace
}  // namespace gf::line
