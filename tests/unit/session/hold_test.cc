// One process has a run.
#include "session/hold.h"

#include <gmock/gmock.h>

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
                HasSubstr("goes on in process " + std::to_string(proc::this_process().pid)));
    EXPECT_THAT(second.error().hint, HasSubstr("git factory abort"));
    EXPECT_TRUE(Hold::take(*context_, RunId::make(Timestamp(), 8)).ok()) << "others are free";
    EXPECT_EQ(sweep_holds(*context_, false).value(), 0) << "it is held";
  }
  EXPECT_TRUE(Hold::take(*context_, run_).ok()) << "it was let go";
}

TEST_F(HoldTest, ABatchIsHeldByItsName) {
  ASSERT_GIVES(auto hold, Hold::take_batch(*context_, "spring"));

  auto second = Hold::take_batch(*context_, "spring");

  ASSERT_FALSE(second.ok());
  EXPECT_THAT(second.error().message, HasSubstr("batch 'spring' goes on in process "));
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
