// One process has a run.
#include "session/hold.h"

#include <gmock/gmock.h>

#include "store/held.h"
#include "support/opened.h"

namespace gf::session {
namespace {

using ::testing::HasSubstr;

class HoldTest : public test::OpenedTest {
 protected:
  void SetUp() override { ASSERT_NO_FATAL_FAILURE(open()); }
  const RunId run_ = RunId::make(Timestamp(Milliseconds(1790000000000)), 7);
};

TEST_F(HoldTest, ARunThatIsHeldIsSaidAfterAMoment) {
  {
    ASSERT_GIVES(auto hold, Hold::take(*context_, run_));
    auto second = Hold::take(*context_, run_);
    ASSERT_FALSE(second.ok());
    EXPECT_THAT(second.error().message,
                HasSubstr("is running in process " + std::to_string(proc::this_process().pid)));
    EXPECT_THAT(second.error().hint, HasSubstr("git factory abort"));
    EXPECT_TRUE(Hold::take(*context_, RunId::make(Timestamp(), 8)).ok()) << "others are free";
    EXPECT_EQ(sweep_holds(*context_, false).value(), 0) << "it is held";
  }
  EXPECT_TRUE(Hold::take(*context_, run_).ok()) << "it was let go";
}

TEST_F(HoldTest, WhoOnlyLooksSeesALivingHolderAndHindersNobody) {
  EXPECT_FALSE(store::is_held(context_->repo, run_)) << "there is no lock";
  {
    ASSERT_GIVES(auto hold, Hold::take(*context_, run_));
    EXPECT_TRUE(store::is_held(context_->repo, run_));
    EXPECT_FALSE(store::is_held(context_->repo, RunId::make(Timestamp(), 8)));
  }
  EXPECT_FALSE(store::is_held(context_->repo, run_)) << "it was let go";
  place_.write(".git/factory/runs/" + run_.str() + ".held", "1234567 1\n");
  EXPECT_FALSE(store::is_held(context_->repo, run_)) << "what a killed process left";
  EXPECT_TRUE(Hold::take(*context_, run_).ok());
}

TEST_F(HoldTest, HowARunStandsIsOneWord) {
  EXPECT_EQ(store::standing_of(record::RunStatus::kRunning, true), "running");
  EXPECT_EQ(store::standing_of(record::RunStatus::kRunning, false), "waiting");
  EXPECT_EQ(store::standing_of(record::RunStatus::kFailed, false), "failed");
}

TEST_F(HoldTest, ABatchIsHeldByItsName) {
  ASSERT_GIVES(auto hold, Hold::take_batch(*context_, "spring"));

  auto second = Hold::take_batch(*context_, "spring");

  ASSERT_FALSE(second.ok());
  EXPECT_THAT(second.error().message, HasSubstr("batch 'spring' is running in process "));
  EXPECT_TRUE(Hold::take_batch(*context_, "autumn").ok());
}

TEST_F(HoldTest, WhatADeadProcessLeftHoldsNobodyAndIsSwept) {
  place_.write(".git/factory/runs/" + run_.str() + ".held", "1234567 1\n");

  EXPECT_EQ(sweep_holds(*context_, true).value(), 1);
  EXPECT_TRUE(Hold::take(*context_, run_).ok());
  place_.write(".git/factory/runs/" + run_.str() + ".held", "1234567 1\n");
  EXPECT_EQ(sweep_holds(*context_, false).value(), 1);
  EXPECT_EQ(sweep_holds(*context_, false).value(), 0);
}

}  // namespace
}  // namespace gf::session
