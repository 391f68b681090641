// The table at the end, and branches that do not go together.
#include "batch/report.h"

#include <gmock/gmock.h>

#include "batch/command.h"
#include "git/repo.h"
#include "support/assertions.h"
#include "support/repo.h"

namespace gf::batch {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

Row row(const std::string& slug, State state) {
  Row made;
  made.slug = slug;
  made.state = state;
  return made;
}

TEST(ReportTest, ARowARequestAndTheSumsBelow) {
  Report report;
  report.name = "spring";
  report.wall = Milliseconds(65000);
  Row done = row("health", State::kDelivered);
  done.run = RunId::make(Timestamp(Milliseconds(1790000000000)), 7);
  done.outcome = "delivered";
  done.pull_request = "#3";
  done.attempts = 8;
  done.cost = record::Cost{13'200'000'000, "provider"};
  done.wall = done.took = Milliseconds(61000);
  Row left = row("paging", State::kLeftOut);
  left.outcome = "left out";
  left.why = "what it comes after\x1b was not delivered";
  report.rows = {done, left};

  EXPECT_EQ(
      to_text(report),
      "request  outcome    pull request  attempts  dollars    wall\n"
      "health   delivered  #3                   8  $0.0132  61.0 s\n"
      "paging   left out   -                    -        -       -\n"
      "paging: what it comes after\\x1b was not delivered\n"
      "1 of 2 requests delivered, $0.0132, 65.0 s for runs of 61.0 s together (0.94 times)\n");
  EXPECT_FALSE(report.all_delivered());
  EXPECT_FALSE(report.stopped());
  EXPECT_EQ(to_json(report).get("requests").items()[0].get_string("pull_request"), "#3");
}

TEST(ReportTest, BranchesThatDoNotGoTogetherAreFoundByMergingThem) {
  test::TempRepo place;
  place.write("a.txt", "1\n2\n3\n");
  Oid base = place.commit("base");
  auto branch = [&](const std::string& file, const std::string& text) {
    place.git({"checkout", "-q", "--detach", base.hex()});
    place.write(file, text);
    return place.commit(file + text);
  };
  Report report;
  for (const char* slug : {"one", "two", "three", "on-two"})
    report.rows.push_back(row(slug, State::kDelivered));
  report.rows[0].head = branch("a.txt", "one\n2\n3\n");
  report.rows[1].head = branch("a.txt", "two\n2\n3\n");
  place.write("a.txt", "two\n2\nmore\n");
  report.rows[3].head = place.commit("on two");
  report.rows[2].head = branch("b.txt", "b\n");
  ASSERT_GIVES(auto repo, git::Repo::open(place.path()));

  find_conflicts(repo, report);

  ASSERT_EQ(report.conflicts.size(), 2u);
  EXPECT_EQ(report.conflicts[0].first, "one");
  EXPECT_EQ(report.conflicts[0].second, "two");
  EXPECT_THAT(report.conflicts[0].paths, ElementsAre("a.txt"));
  EXPECT_EQ(report.conflicts[1].second, "on-two");
  EXPECT_THAT(to_text(report), HasSubstr("'one' and 'two' conflict in a.txt\n"));
}

TEST(OrdersTest, WhatIsKeptIsWhatWasGiven) {
  test::TempRepo place;
  Oid base = place.commit("base");
  ASSERT_GIVES(auto repo, git::Repo::open(place.path()));
  Orders orders;
  orders.name = "spring";
  orders.base_name = "main";
  orders.base = base;
  orders.begun = Timestamp(Milliseconds(1790000000123));
  orders.at_once = 3;
  orders.serial_overlaps = true;
  orders.budget = "2.50";
  orders.models = {"plan=x/y"};
  orders.follows["b"] = {"a"};
  ASSERT_GIVES(orders.entries, read_entries("Add a.\n\nAdd b.\n"));

  ASSERT_DONE(keep(repo, {"A", "a@example.com", orders.begun, 0}, orders));
  ASSERT_GIVES(auto back, kept(repo, "spring"));

  ASSERT_TRUE(back);
  EXPECT_EQ(to_json(*back), to_json(orders));
  EXPECT_THAT(kept_names(repo).value(), ElementsAre("spring"));
  EXPECT_FALSE(kept(repo, "autumn").value());
  record::Json newer = to_json(orders);
  newer.set("v", 2);
  EXPECT_FALSE(orders_from_json(newer).ok());
}

TEST(CommandTest, ARunIsBegunAsAPersonWould) {
  Orders orders;
  orders.name = "spring";
  orders.base_name = "main";
  orders.budget = "2";
  Entry entry;
  entry.request = "--no option";
  entry.slug = "a";
  entry.models = {"x/y"};

  Command begun = begin_command(orders, entry, std::nullopt);
  EXPECT_THAT(begun.words,
              ElementsAre("--json", "feature", "--file=-", "--batch=spring", "--slug=a",
                          "--base=main", "--at=" + Oid().hex(), "--model=x/y", "--batch-budget=2"));
  EXPECT_EQ(begun.input, "--no option");
  EXPECT_THAT(begin_command(orders, entry, "factory/b").words,
              testing::Contains("--base=factory/b"));
  EXPECT_THAT(begin_command(orders, entry, "factory/b").words,
              testing::Not(testing::Contains(testing::StartsWith("--at"))));
  entry.base = "next";
  EXPECT_THAT(begin_command(orders, entry, "factory/b").words, testing::Contains("--base=next"));
}

}  // namespace
}  // namespace gf::batch
