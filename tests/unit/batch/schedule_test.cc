// What begins when, what is left out, and what two specs have in common.
#include "batch/schedule.h"

#include <gmock/gmock.h>

#include "support/assertions.h"

namespace gf::batch {
namespace {

using ::testing::ElementsAre;

Entry entry(const std::string& slug, int priority = 0, std::vector<std::string> after = {}) {
  Entry made;
  made.slug = slug;
  made.priority = priority;
  made.after = std::move(after);
  return made;
}

/// All that may begin now, in order.
std::vector<size_t> taken(Schedule& schedule) {
  std::vector<size_t> began;
  while (auto next = schedule.take()) began.push_back(*next);
  return began;
}

TEST(ScheduleTest, TheHighestPriorityBeginsThenWhatStandsFirst) {
  Schedule schedule({entry("a"), entry("b", 5), entry("c", -1), entry("d", 5)}, 3);

  EXPECT_THAT(taken(schedule), ElementsAre(1, 3, 0));
  schedule.put(3, State::kNotDelivered);
  EXPECT_THAT(taken(schedule), ElementsAre(2));
}

TEST(ScheduleTest, WhatComesAfterOthersWaitsForAllOfThem) {
  Schedule schedule({entry("c", 9, {"a", "b"}), entry("a"), entry("b")}, 8);

  EXPECT_THAT(taken(schedule), ElementsAre(1, 2));
  schedule.put(1, State::kDelivered);
  EXPECT_THAT(taken(schedule), ElementsAre());
  EXPECT_FALSE(schedule.over());
  schedule.put(2, State::kDelivered);
  EXPECT_THAT(taken(schedule), ElementsAre(0));
  EXPECT_THAT(schedule.before(0), ElementsAre(1, 2));
}

TEST(ScheduleTest, WhatWasNotDeliveredTakesAllBehindItAlongAndNobodyElse) {
  Schedule schedule({entry("a"), entry("b", 0, {"a"}), entry("c", 0, {"b"}), entry("d")}, 1);

  EXPECT_THAT(taken(schedule), ElementsAre(0));
  schedule.put(0, State::kNotDelivered);
  EXPECT_EQ(schedule.state(2), State::kLeftOut);
  EXPECT_THAT(taken(schedule), ElementsAre(3));
  schedule.put(3, State::kDelivered);
  EXPECT_TRUE(schedule.over());
}

TEST(ScheduleTest, AStoppedOneLeavesWhatWaitsForItWaiting) {
  Schedule schedule({entry("a"), entry("b", 0, {"a"})}, 1);

  taken(schedule);
  schedule.put(0, State::kStopped);
  EXPECT_EQ(schedule.state(1), State::kWaiting);
  EXPECT_TRUE(schedule.over());
}

TEST(ScheduleTest, WhatFollowsAnotherBeginsHoweverThatOneEnds) {
  Schedule schedule({entry("a"), entry("b"), entry("c", 0, {"b"})}, 8);

  EXPECT_TRUE(schedule.order(1, 0));
  EXPECT_FALSE(schedule.order(1, 0)) << "it does already";
  EXPECT_FALSE(schedule.order(0, 2)) << "c waits for b, and b for a";
  EXPECT_THAT(taken(schedule), ElementsAre(0));
  EXPECT_FALSE(schedule.order(0, 1)) << "it has begun";
  schedule.put(0, State::kNotDelivered);
  EXPECT_THAT(taken(schedule), ElementsAre(1));
}

TEST(ScheduleTest, ManyWaysToTheSameOneAreNoMoreThanOne) {
  std::vector<Entry> entries = {entry("a0"), entry("b0")};
  for (int i = 1; i < 60; ++i) {
    std::vector<std::string> both = {"a" + std::to_string(i - 1), "b" + std::to_string(i - 1)};
    entries.push_back(entry("a" + std::to_string(i), 0, both));
    entries.push_back(entry("b" + std::to_string(i), 0, both));
  }
  entries.push_back(entry("other"));
  Schedule schedule(entries, 1);

  EXPECT_TRUE(schedule.order(entries.size() - 1, entries.size() - 2));
}

TEST(ScheduleTest, OneThatGivesWayIsTakenAgain) {
  Schedule schedule({entry("a"), entry("b")}, 2);

  EXPECT_THAT(taken(schedule), ElementsAre(0, 1));
  schedule.put(1, State::kWaiting);
  EXPECT_TRUE(schedule.order(1, 0));
  EXPECT_THAT(taken(schedule), ElementsAre());
  schedule.put(0, State::kDelivered);
  EXPECT_THAT(taken(schedule), ElementsAre(1));
  EXPECT_EQ(schedule.running(), 1u);
}

TEST(ScheduleTest, ThereAreNeverMoreAtOnceThanRequestsAndNeverLessThanOne) {
  EXPECT_EQ(width_of("3", 8).value(), 3u);
  EXPECT_EQ(width_of("1000", 8).value(), 8u);
  for (const char* wrong : {"0", "-1", "", "two", "3x", "99999999999999999999999"})
    EXPECT_FALSE(width_of(wrong, 8).ok()) << wrong;
}

TEST(ScheduleTest, PathsThatTwoSpecsDeclareAreTold) {
  auto found = overlaps({{"b.py", "a.py"}, {}, {"c.py", "a.py", "b.py"}, {"c.py"}});

  ASSERT_EQ(found.size(), 2u);
  EXPECT_EQ(found[0].first, 0u);
  EXPECT_EQ(found[0].second, 2u);
  EXPECT_THAT(found[0].paths, ElementsAre("a.py", "b.py"));
  EXPECT_THAT(found[1].paths, ElementsAre("c.py"));
}

}  // namespace
}  // namespace gf::batch
