// What a run was asked to do beside its request comes back from its record.
#include "line/wishes.h"

#include <gmock/gmock.h>

namespace gf::line {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

TEST(WishesTest, ABaseThatMovedIsKeptBesideTheOneTheRunBeganWith) {
  auto oid = [](char digit) { return Oid::parse(std::string(40, digit)).value(); };
  record::RunRecord run;
  run.base = oid('a');
  EXPECT_EQ(first_base(run), oid('a'));
  EXPECT_FALSE(moved_base(run));

  keep_moved_base(run, oid('b'));
  EXPECT_EQ(first_base(run), oid('a')) << "it was seen, and the change is not there";
  EXPECT_EQ(moved_base(run), oid('b'));
  keep_new_base(run, oid('b'), oid('c'));
  keep_new_base(run, oid('b'), oid('c'));

  EXPECT_EQ(run.base, oid('b'));
  EXPECT_EQ(run.base_tree, oid('c'));
  EXPECT_EQ(first_base(run), oid('a'));
}

TEST(WishesTest, GatesThatWereLeftOutAreKeptWithTheirReason) {
  record::RunRecord run;
  keep_gates_left_out(run, {});
  EXPECT_THAT(run.policy, IsEmpty()) << "nothing to say";

  keep_gates_left_out(run, {{"mypy", "exit 2: Error: no"}, {"ty", ""}});

  EXPECT_THAT(gates_left_out(run), ElementsAre(Pair("mypy", "exit 2: Error: no"), Pair("ty", "")));
}

TEST(WishesTest, WhatIsKeptIsReadBack) {
  Wishes wishes;
  wishes.plan_only = true;
  wishes.draft = true;
  wishes.approval = Approval::kWanted;
  wishes.batch = "spring";
  wishes.options = {{"factory.build.model", "a/b"}};
  record::RunRecord run;
  run.policy["factory.retries"] = "5";

  keep(wishes, run);
  Wishes read = wishes_of(run);

  EXPECT_TRUE(read.plan_only);
  EXPECT_FALSE(read.no_pr);
  EXPECT_TRUE(read.draft);
  EXPECT_EQ(read.approval, Approval::kWanted);
  EXPECT_EQ(read.batch, "spring");
  EXPECT_THAT(read.options, ElementsAre(Pair("factory.build.model", "a/b")));
  EXPECT_EQ(read.rules, kNewestRules);
  EXPECT_EQ(run.policy["factory.retries"], "5") << "what else is there stays";
}

TEST(WishesTest, AnApprovalThatWasGivenIsNotAskedForAgain) {
  record::RunRecord run;
  Wishes wishes;
  wishes.approval = Approval::kWanted;
  keep(wishes, run);
  wishes.approval = Approval::kGiven;
  keep(wishes, run);

  EXPECT_EQ(wishes_of(run).approval, Approval::kGiven);
}

TEST(WishesTest, AGivenSpecIsKnownToHaveBeenGiven) {
  record::RunRecord run;
  EXPECT_FALSE(spec_was_given(run));
  Wishes wishes;
  wishes.spec = record::Spec();

  keep(wishes, run);

  EXPECT_TRUE(spec_was_given(run));
  EXPECT_FALSE(wishes_of(run).spec) << "the spec itself is the record's";
}

TEST(WishesTest, RulesAreThoseTheRunWasBegunWith) {
  struct Case {
    const char* text;
    Rules rules;
  };
  for (const Case& one : {Case{"1", Rules::kFirst}, Case{"2", Rules::kTestsValidated},
                          Case{"99", kNewestRules}, Case{"x", Rules::kFirst}}) {
    record::RunRecord run;
    run.policy["rules"] = one.text;
    EXPECT_EQ(wishes_of(run).rules, one.rules) << one.text;
  }
  EXPECT_EQ(wishes_of(record::RunRecord()).rules, Rules::kFirst) << "older records name none";
}

TEST(WishesTest, ARecordOfTheFirstRulesSaysNothingOfThem) {
  record::RunRecord run;
  Wishes wishes;
  wishes.rules = Rules::kFirst;

  keep(wishes, run);

  EXPECT_FALSE(run.policy.contains("rules"));
  EXPECT_THAT(wishes_of(run).options, IsEmpty());
}

}  // namespace
}  // namespace gf::line
