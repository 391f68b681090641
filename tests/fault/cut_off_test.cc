// P4: a run that is ended or hindered between any two of its writes is gone on with, and arrives
// where it would have arrived undisturbed.
#include "fault/cut_off.h"

namespace gf::test {
namespace {

TEST_F(CutOffTest, ARunThatIsKilledBetweenAnyTwoWritesGoesOn) {
  prepare("create-product");
  for (const Write& write : sample(9)) {
    restore();
    Ran killed = ask("kill:" + std::to_string(write.number));
    ASSERT_EQ(killed.exit_code, 137) << write.text << "\n" << killed.err;
    EXPECT_EQ(users_place(), place_) << write.text;
    remember_record();
    finish(write.text);
    expect_whole(write.text);
    if (HasFailure()) break;  // one case tells enough
  }
}

TEST_F(CutOffTest, ARunWhoseWritesFailFromSomeWriteOnSaysSoAndGoesOn) {
  prepare("products");
  for (const Write& write : sample(9)) {
    restore();
    Ran failed = ask("fail:" + std::to_string(write.number));
    bool only_shared = failed.exit_code == 0;
    EXPECT_TRUE(only_shared || failed.exit_code == 128) << write.text << failed.err;
    EXPECT_NE(failed.err.find("no space left on device"), std::string::npos)
        << write.text << failed.err;
    EXPECT_EQ(users_place(), place_) << write.text;
    remember_record();
    finish(write.text);
    expect_whole(write.text);
    if (HasFailure()) break;
  }
}

TEST_F(CutOffTest, EveryGoingOnGetsFurtherThoughEachIsKilledToo) {
  prepare("products");
  restore();
  // Killed after its twelfth write, again and again: no life may end without having kept something.
  // Each begins by holding what is on record in its worktree again (git/pins.h), a write a tree.
  Ran ran = ask("kill:24");
  int lives = 1;
  for (; ran.exit_code == 137 && lives < 100; ++lives) {
    remember_record();
    ran = go_on("kill:24");
  }
  EXPECT_LT(lives, 100) << ran.err;
  finish("after many lives");
  expect_whole("after many lives");
}

}  // namespace
}  // namespace gf::test
