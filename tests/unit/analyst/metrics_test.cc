// Sums over the record: what counts as delivered, first and clean runs, wasted, dear; and the
// unknown stays so.
#include "analyst/metrics.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <set>

#include "base/text.h"
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
  std::string basis = "provider";
  struct Gate {
    std::string name;
    record::GateOutcome::Status status;
    int64_t ms;
  };
  std::vector<Gate> gates = {};
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
      if (spent.pico) made.cost = {*spent.pico / (spent.builds + 1), spent.basis};
      made.wall = Milliseconds(10);
      EXPECT_DONE(active.put_stage(made));
    };
    put("plan", 1, true);
    for (int i = 1; i <= spent.builds; ++i) put("build", i, i == spent.builds);
    for (size_t i = 0; i < spent.gates.size(); ++i) {
      record::GateOutcome outcome =
          gate(Oid::parse(std::string(40, 'a')).value(), spent.gates[i].name);
      outcome.stage = "validate";
      outcome.status = spent.gates[i].status;
      outcome.duration = Milliseconds(spent.gates[i].ms);
      EXPECT_DONE(active.put_gate(outcome, std::to_string(i)));
    }
    run.status = spent.status;
    run.ended = run.started + Milliseconds(spent.seconds * 1000);
    if (spent.status == record::RunStatus::kDelivered) run.pull_request = "#1";
    EXPECT_DONE(store_.seal(active, run));
    return run.id.str();
  }
  std::string prometheus(const Report& report) {
    auto index = Index::open(repo_, {});
    EXPECT_DONE(index);
    auto times = gate_times(*index);
    EXPECT_DONE(times);
    return to_prometheus(report, *times);
  }
  Report report() {
    auto index = Index::open(repo_, {});
    EXPECT_DONE(index);
    auto made = collect(*index);
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
  EXPECT_FALSE(none.dearest);
  EXPECT_EQ(to_json(none).get_int("total"), 0);
}

TEST_F(MetricsTest, DeliveredFirstTryAndWastedAreCountedApart) {
  add({.slug = "good"});
  add({.slug = "second-try", .builds = 2});
  add({.slug = "failed", .status = record::RunStatus::kFailed, .pico = 500'000'000'000});
  add({.slug = "unclear", .status = record::RunStatus::kNeedsAnswers, .pico = 250'000'000'000});
  Report all = report();
  EXPECT_EQ(all.features.rows.size(), 4u);
  EXPECT_EQ(all.features.rows.front()[1], db::Value(std::string("good"))) << "oldest first";
  EXPECT_EQ(all.totals.delivered, 2);
  EXPECT_EQ(all.totals.first_try, 1);
  EXPECT_EQ(record::to_text(all.totals.wasted), "$0.7500");
  EXPECT_EQ(record::to_text(all.totals.delivered_cost), "$2.0000");
  EXPECT_EQ(record::to_text(all.totals.lost), "$0.3333") << "the first BUILD of second-try";
  EXPECT_THAT(
      to_markdown(all),
      HasSubstr(
          "**Success rate: 2/4 (50%, 15-85%)**, first run: 2/4 (50%, 15-85%), clean run: 1/4"));
  EXPECT_EQ(all.totals.median_to_pr, Milliseconds(10000));
}

TEST_F(MetricsTest, AFirstRunIsTheEarliestOfItsRequestThatWasToBeDelivered) {
  using enum record::RunStatus;
  struct Case {
    std::vector<std::pair<std::string, record::RunStatus>>
        runs;  ///< oldest first; one request a name
    int64_t delivered, of;
  };
  const std::vector<Case> cases = {
      {{{"a", kDelivered}}, 1, 1},
      {{{"b", kFailed}, {"b", kDelivered}}, 0, 1},
      {{{"c", kDelivered}, {"c", kFailed}}, 1, 1},
      {{{"d", kPlanned}, {"d", kDelivered}}, 1, 1},
      {{{"e", kPlanned}}, 0, 0},
      {{{"f", kCancelled}, {"g", kDelivered}, {"f", kDelivered}}, 1, 2},
  };
  int64_t delivered = 0, of = 0;
  for (const Case& one : cases) {
    for (const auto& [slug, status] : one.runs) add({.slug = slug, .status = status});
    delivered += one.delivered;
    of += one.of;
    Report all = report();
    EXPECT_EQ(all.totals.first_runs_delivered, delivered) << one.runs.front().first;
    EXPECT_EQ(all.totals.first_runs, of) << one.runs.front().first;
  }
}

TEST_F(MetricsTest, AnUnknownPriceMakesTheSumUnknownAndIsNever0) {
  add({.slug = "known"});
  add({.slug = "unknown", .pico = std::nullopt});
  Report all = report();
  EXPECT_EQ(all.totals.cost.pico_usd, std::nullopt);
  EXPECT_THAT(to_markdown(all), HasSubstr("| unknown | unpriced |"));
  EXPECT_THAT(to_markdown(all), HasSubstr("Spent: unpriced"));
  EXPECT_THAT(to_markdown(all), HasSubstr("1 run of unknown price"));
  EXPECT_THAT(prometheus(all), Not(HasSubstr("cost_usd_total{status")));
  EXPECT_THAT(prometheus(all), HasSubstr("git_factory_unpriced_runs_total 1\n"));
}

TEST_F(MetricsTest, TheDearestIsTheDearestAndOfEquallyDearTheSlowest) {
  add({.slug = "slow", .seconds = 90});
  std::string dear = add({.slug = "dear", .pico = 3'000'000'000'000, .seconds = 1});
  EXPECT_EQ(report().dearest->run, dear);
  std::string slower = add({.slug = "dear-and-slow", .pico = 3'000'000'000'000, .seconds = 2});
  EXPECT_EQ(report().dearest->run, slower);
  EXPECT_THAT(to_markdown(report()), HasSubstr("Most expensive feature: dear-and-slow"));
}

TEST_F(MetricsTest, TheDearestIsOneThatWasDeliveredAndCostSomething) {
  add({.slug = "gave-up", .status = record::RunStatus::kCancelled, .pico = 9'000'000'000'000});
  add({.slug = "free", .pico = 0});
  EXPECT_FALSE(report().dearest) << "at $0 nobody is dearer than the others";
  std::string paid = add({.slug = "paid", .pico = 1'000'000'000'000});
  EXPECT_EQ(report().dearest->run, paid);
}

TEST_F(MetricsTest, TheCostDriverIsTheStageWithMostDollarsElseTokens) {
  add({.slug = "a", .builds = 3});
  Report all = report();
  EXPECT_EQ(all.cost_driver, "build");
  EXPECT_FALSE(all.driver_by_tokens);
  EXPECT_EQ(all.fails_most, "build");
  record::Json stages = to_json(all).get("stages");
  EXPECT_EQ(stages.get("build").get_int("attempts"), 3);
  EXPECT_EQ(stages.get("build").get_int("failed"), 2);
  EXPECT_EQ(stages.get("build").get_int("repeated"), 2);
  EXPECT_EQ(stages.get("build").get_int("tokens_in"), 300);
  EXPECT_EQ(stages.get("plan").get_int("failed"), 0);
  EXPECT_THAT(to_markdown(all), HasSubstr("Fails most: build\n"));
  EXPECT_THAT(to_markdown(all), HasSubstr("Cost driver: build (most dollars)\n"));
  EXPECT_THAT(to_markdown(all), HasSubstr("Fails most: build\n"));
  add({.slug = "b", .pico = std::nullopt});
  EXPECT_TRUE(report().driver_by_tokens);
}

TEST_F(MetricsTest, WhatWasOnlyPlannedIsNoFailure) {
  add({.slug = "good"});
  add({.slug = "plan", .status = record::RunStatus::kPlanned});
  Report all = report();
  EXPECT_EQ(all.totals.runs, 1);
  EXPECT_EQ(all.totals.planned, 1);
  EXPECT_EQ(record::to_text(all.totals.wasted), "$0.0000");
  EXPECT_THAT(to_markdown(all), HasSubstr("1 run that only planned"));
}

TEST_F(MetricsTest, AWindowCountsItsDaysOnly) {
  add({.slug = "old"});
  clock_.advance(Milliseconds(48LL * 3600 * 1000));
  add({.slug = "new", .seconds = 30});
  auto index = Index::open(repo_, {});
  ASSERT_DONE(index);
  ASSERT_GIVES(auto later, collect(*index, 50, {"20260103", "99999999"}));
  EXPECT_EQ(later.totals.runs, 1);
  EXPECT_EQ(later.totals.median_to_pr, Milliseconds(30000));
  EXPECT_THAT(to_markdown(later), Not(HasSubstr("| old |")));
  ASSERT_GIVES(auto newest, collect(*index, 1));
  EXPECT_EQ(newest.totals.runs, 2);
  EXPECT_THAT(to_markdown(newest), HasSubstr("The newest 1 run; 1 more with --all"));
}

TEST_F(MetricsTest, AnyWindowAddsUpToItsRunsThoughMonthsAreReadAsOne) {
  std::vector<std::string> ids;
  for (int i = 0; i < 12; ++i) {
    ids.push_back(add({.slug = "a", .builds = 2}));
    clock_.advance(Milliseconds(9LL * 24 * 3600 * 1000));
  }
  auto index = Index::open(repo_, {});
  ASSERT_DONE(index);
  for (const char* from : {"00000000", "20251201", "20260101", "20260102", "20260131", "20260201",
                           "20260215", "20260228", "20260401"}) {
    for (const char* to : {"20251231", "20260102", "20260131", "20260201", "20260228", "20260331",
                           "20260401", "20260430", "99991231", "99999999"}) {
      int64_t in_it = std::count_if(ids.begin(), ids.end(), [&](const std::string& id) {
        return id.substr(0, 8) >= from && id.substr(0, 8) <= to;
      });
      ASSERT_GIVES(auto report, collect(*index, 0, {from, to}));
      std::string window = std::string(from) + " to " + to;
      EXPECT_EQ(report.totals.runs, in_it) << window;
      EXPECT_EQ(report.features.rows.size(), static_cast<size_t>(in_it)) << window;
      int64_t attempts = 0, by_month = 0;
      for (const auto& row : report.stages.rows) attempts += std::get<int64_t>(row[1]);
      for (const auto& row : report.months.rows) by_month += std::get<int64_t>(row[1]);
      EXPECT_EQ(attempts, 3 * in_it) << window;
      EXPECT_EQ(by_month, in_it) << window;
      EXPECT_EQ(report.dearest.has_value(), in_it > 0) << window;
    }
  }
}

TEST_F(MetricsTest, WhatWasScriptedIsLabelledInEveryGroupOfRuns) {
  add({.slug = "a", .pico = 0, .basis = "scripted"});
  add({.slug = "b", .pico = 0, .basis = "scripted"});
  add({.slug = "c", .status = record::RunStatus::kFailed});
  Report all = report();

  for (const auto& [name, table] : groups(all)) {
    if (name == "gate") continue;  // no money there
    EXPECT_TRUE(table->has("basis")) << name;
  }
  std::string outcomes = group_to_markdown(all.outcomes);
  EXPECT_THAT(outcomes, HasSubstr("| delivered | 2 | $0.0000 (scripted) | $0.0000 (scripted) |"));
  EXPECT_THAT(outcomes, HasSubstr("| failed | 1 | $1.0000 | $1.0000 |"));
  EXPECT_THAT(to_json_lines(in_dollars(all.outcomes)), HasSubstr("\"basis\":\"scripted\""));
}

TEST_F(MetricsTest, MoneyIsExactUntilItLeaves) {
  // A double has no room for these digits.
  constexpr int64_t kPico = 9'007'199'254'740'993;
  add({.slug = "dear", .pico = kPico * 2});
  Report all = report();

  EXPECT_EQ(all.stages.cell(all.stages.rows[0], "cost_pico"), db::Value(kPico));
  EXPECT_EQ(all.outcomes.cell(all.outcomes.rows[0], "cost_pico"), db::Value(kPico * 2));
  Table outward = in_dollars(all.outcomes);
  EXPECT_FALSE(outward.has("cost_pico"));
  EXPECT_TRUE(outward.has("usd_per_run"));
  EXPECT_DOUBLE_EQ(std::get<double>(outward.cell(outward.rows[0], "cost_usd")), 18014.398509481986);
}

TEST_F(MetricsTest, OnATieNobodyWins) {
  add({.slug = "a", .builds = 1});
  Report all = report();
  EXPECT_FALSE(all.cost_driver);
  EXPECT_EQ(all.cost_as_much, (std::vector<std::string>{"plan", "build"}));
  EXPECT_FALSE(all.fails_most) << "nothing failed";
  EXPECT_THAT(to_markdown(all), HasSubstr("Cost driver: none, plan, build took as many dollars\n"));
  EXPECT_THAT(to_markdown(all), Not(HasSubstr("Fail")));
  EXPECT_FALSE(to_json(all).has("cost_driver"));
  EXPECT_EQ(to_json(all).get("cost_as_much").items().size(), 2u);
  all.fail_as_often = {"build", "review"};
  EXPECT_THAT(to_markdown(all), HasSubstr("Fail equally often: build, review\n"));
}

TEST_F(MetricsTest, PrometheusGetsAHistogramOfGatesByWhatTheySaid) {
  using enum record::GateOutcome::Status;
  add({.slug = "a",
       .gates = {{"ruff", kPass, 90}, {"ruff", kPass, 4000}, {"ruff", kFail, 700'000}}});
  std::string text = prometheus(report());
  const std::string of = "git_factory_gate_duration_seconds";
  EXPECT_THAT(text, HasSubstr("# TYPE " + of + " histogram\n"));
  const std::string pass = "{gate=\"ruff\",stage=\"validate\",status=\"pass\"";
  EXPECT_THAT(text, HasSubstr(of + "_bucket" + pass + ",le=\"0.1\"} 1\n"));
  EXPECT_THAT(text, HasSubstr(of + "_bucket" + pass + ",le=\"2.5\"} 1\n"));
  EXPECT_THAT(text, HasSubstr(of + "_bucket" + pass + ",le=\"5\"} 2\n"));
  EXPECT_THAT(text, HasSubstr(of + "_bucket" + pass + ",le=\"+Inf\"} 2\n"));
  EXPECT_THAT(text, HasSubstr(of + "_sum" + pass + "} 4.09\n"));
  EXPECT_THAT(text, HasSubstr(of + "_count" + pass + "} 2\n"));
  EXPECT_THAT(text, HasSubstr("status=\"fail\",le=\"600\"} 0\n"));
  EXPECT_THAT(text, HasSubstr("status=\"fail\",le=\"+Inf\"} 1\n"));
}

TEST_F(MetricsTest, PrometheusGetsItsTextFormat) {
  add({.slug = "a", .builds = 2});
  std::string text = prometheus(report());
  EXPECT_THAT(text, HasSubstr("# TYPE git_factory_runs_total counter\n"
                              "git_factory_runs_total{status=\"delivered\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("git_factory_cost_usd_total{status=\"delivered\"} 0.999999999999\n"));
  EXPECT_THAT(text,
              HasSubstr("git_factory_stage_attempts_total{stage=\"build\",status=\"failed\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("git_factory_time_to_pr_seconds{quantile=\"0.5\"} 10\n"));
  EXPECT_THAT(text, HasSubstr("git_factory_time_to_pr_seconds_count 1\n"));
  std::set<std::string> reported;
  for (const std::string& line : lines(text)) {
    if (!line.starts_with("# TYPE ")) continue;
    EXPECT_TRUE(reported.insert(line).second) << "once: " << line;
  }
}

TEST(StatisticsTest, TheIntervalIsWilsons) {
  // R. G. Newcombe, Statistics in Medicine 17 (1998), 857-872, table I, method 3.
  EXPECT_NEAR(rate_of(81, 263).low, 0.2553, 0.0001);
  EXPECT_NEAR(rate_of(81, 263).high, 0.3662, 0.0001);
  EXPECT_NEAR(rate_of(15, 148).low, 0.0624, 0.0001);
  EXPECT_NEAR(rate_of(15, 148).high, 0.1605, 0.0001);
  EXPECT_EQ(rate_of(0, 20).low, 0);
  EXPECT_NEAR(rate_of(0, 20).high, 0.1611, 0.0001);
  EXPECT_NEAR(rate_of(1, 29).low, 0.0061, 0.0001);
  EXPECT_NEAR(rate_of(1, 29).high, 0.1718, 0.0001);
  EXPECT_EQ(rate_of(3, 3).high, 1);
  EXPECT_EQ(to_text(rate_of(0, 0)), "0/0");
  EXPECT_TRUE(apart(rate_of(1, 40), rate_of(39, 40)));
  EXPECT_FALSE(apart(rate_of(1, 2), rate_of(2, 2)));
}

TEST_F(MetricsTest, OnlyWhatWasDeliveredHasATimeToPullRequest) {
  add({.slug = "stopped", .status = record::RunStatus::kRejected, .seconds = 77});
  EXPECT_THAT(to_markdown(report()), HasSubstr("| stopped | $1.0000 | - |"));
}

TEST_F(MetricsTest, AnActiveRunCountsWhenItHasEnded) {
  auto active = store_.begin(new_run(repo_, 99, "going-on")).value();
  EXPECT_EQ(report().totals.runs, 0);
}

TEST_F(MetricsTest, ASlugCannotBreakTheTable) {
  add({.slug = "a|b\nc\x1b[2J"});
  Report made = report();
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
