// Sums over the record: what counts as delivered, first try, wasted, dear; and the unknown stays
// so.
#include "analyst/metrics.h"

#include <gmock/gmock.h>

#include "unit/store/record.h"

namespace gf::analyst {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

struct Spent {
  std::string slug;
  record::RunStatus status = record::RunStatus::kDelivered;
  std::optional<int64_t> pico = 1'000'000'000'000;
  int64_t seconds = 10;
  int builds = 1;  ///< attempts of BUILD
  int64_t tokens = 100;
};

class MetricsTest : public store::test::StoreTest {
 protected:
  /// A sealed run that cost this.
  std::string add(const Spent& spent) {
    clock_.advance(Milliseconds(1000));
    auto active = store_.begin(new_run(repo_, ++number_, spent.slug)).value();
    record::RunRecord run = active.run();
    int seq = 0;
    auto put = [&](const std::string& name, int attempt, bool passed) {
      record::StageRecord made = stage(++seq, name, run.base_tree, run.base);
      made.status = passed ? record::StageStatus::kPass : record::StageStatus::kFail;
      made.attempt = attempt;
      made.usage.input_total = spent.tokens;
      made.usage.output_total = 0;
      made.cost = {};
      if (spent.pico) made.cost = {*spent.pico / (spent.builds + 1), "provider"};
      made.wall = Milliseconds(10);
      EXPECT_DONE(active.put_stage(made));
    };
    put("plan", 1, true);
    for (int i = 1; i <= spent.builds; ++i) put("build", i, i == spent.builds);
    run.status = spent.status;
    run.ended = run.started + Milliseconds(spent.seconds * 1000);
    if (spent.status == record::RunStatus::kDelivered) run.pull_request = "#1";
    EXPECT_DONE(store_.seal(active, run));
    return run.id.str();
  }
  Report report() {
    auto made = collect(store_);
    EXPECT_DONE(made);
    return std::move(made).value();
  }

  git::Repo repo_ = open_made();
  store::Store store_ = open_store(repo_);
  uint32_t number_ = 0;

 private:
  git::Repo open_made() {
    make(repo_dir_);
    return open_repo();
  }
  void SetUp() override {}  // made already, for the members above
};

TEST_F(MetricsTest, OfNoRunThereIsNothingToSay) {
  Report none = report();
  EXPECT_EQ(to_markdown(none), "No run has ended yet.\n");
  EXPECT_EQ(none.cost_driver, std::nullopt);
  EXPECT_EQ(none.most_expensive, std::nullopt);
  EXPECT_EQ(to_json(none).get_int("total"), 0);
}

TEST_F(MetricsTest, DeliveredFirstTryAndWastedAreCountedApart) {
  add({.slug = "good"});
  add({.slug = "second-try", .builds = 2});
  add({.slug = "failed", .status = record::RunStatus::kFailed, .pico = 500'000'000'000});
  add({.slug = "unclear", .status = record::RunStatus::kNeedsAnswers, .pico = 250'000'000'000});
  Report all = report();
  EXPECT_EQ(all.runs.size(), 4u);
  EXPECT_EQ(all.runs.front().slug, "good") << "oldest first";
  EXPECT_EQ(all.delivered, 2);
  EXPECT_EQ(all.first_try, 1);
  EXPECT_EQ(record::to_text(all.wasted), "$0.7500");
  EXPECT_THAT(to_markdown(all), HasSubstr("**Success rate: 2/4** (50%), first try: 1/4"));
}

TEST_F(MetricsTest, AnUnknownPriceMakesTheSumUnknownAndIsNever0) {
  add({.slug = "known"});
  add({.slug = "unknown", .pico = std::nullopt});
  Report all = report();
  EXPECT_EQ(all.cost.pico_usd, std::nullopt);
  EXPECT_THAT(to_markdown(all), HasSubstr("| unknown | unpriced |"));
  EXPECT_THAT(to_markdown(all), HasSubstr("Spent: unpriced"));
}

TEST_F(MetricsTest, TheDearestIsTheDearestAndOfEquallyDearTheSlowest) {
  add({.slug = "slow", .seconds = 90});
  std::string dear = add({.slug = "dear", .pico = 3'000'000'000'000, .seconds = 1});
  EXPECT_EQ(report().most_expensive, dear);
  std::string slower = add({.slug = "dear-and-slow", .pico = 3'000'000'000'000, .seconds = 2});
  EXPECT_EQ(report().most_expensive, slower);
  EXPECT_THAT(to_markdown(report()), HasSubstr("Most expensive feature: dear-and-slow"));
}

TEST_F(MetricsTest, TheCostDriverIsTheStageWithMostTokens) {
  add({.slug = "a", .builds = 3});
  Report all = report();
  EXPECT_EQ(all.cost_driver, "build");
  EXPECT_EQ(all.stages.at("build").attempts, 3);
  EXPECT_EQ(all.stages.at("build").failed, 2);
  EXPECT_EQ(all.stages.at("build").tokens_in, 300);
  EXPECT_EQ(all.stages.at("plan").failed, 0);
}

TEST_F(MetricsTest, OnlyWhatWasDeliveredHasATimeToPullRequest) {
  add({.slug = "stopped", .status = record::RunStatus::kRejected, .seconds = 77});
  EXPECT_THAT(to_markdown(report()), HasSubstr("| stopped | $1.0000 | - |"));
}

TEST_F(MetricsTest, AnActiveRunCountsWhenItHasEnded) {
  auto active = store_.begin(new_run(repo_, 99, "going-on")).value();
  EXPECT_EQ(report().runs.size(), 0u);
}

TEST_F(MetricsTest, ASlugCannotBreakTheTable) {
  Report made;
  store::Summary run;
  run.slug = "a|b\nc\x1b[2J";
  run.id = RunId::make(clock_.now(), 1);
  made.runs.push_back(run);
  std::string text = to_markdown(made);
  EXPECT_THAT(text, HasSubstr("| a\\|b c\\x1b[2J |"));
  EXPECT_THAT(text, Not(HasSubstr("\x1b")));
}

TEST_F(MetricsTest, TheJsonSaysTheSame) {
  std::string id = add({.slug = "good"});
  record::Json json = to_json(report());
  EXPECT_EQ(json.get_int("v"), 1);
  EXPECT_EQ(json.get_int("delivered"), 1);
  EXPECT_EQ(json.get("runs").items().at(0).get_string("run"), id);
  EXPECT_EQ(json.get("runs").items().at(0).get_string("status"), "delivered");
  EXPECT_EQ(json.get_string("most_expensive"), id);
  EXPECT_EQ(json.get("stages").get("build").get_int("attempts"), 1);
  EXPECT_TRUE(record::Json::parse(json.dump()).ok());
}

}  // namespace
}  // namespace gf::analyst
