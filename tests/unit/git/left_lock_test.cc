// A lock is taken away when it is sure that nobody holds it, and never sooner.
#include "git/left_lock.h"

#include <gtest/gtest.h>

#include "support/folder.h"

namespace gf::git {
namespace {

namespace fs = std::filesystem;
using std::chrono::seconds;

class LeftLockTest : public ::testing::Test {
 protected:
  void lock(int nth) {
    folder_.write("ref.lock", "");
    fs::last_write_time(folder_ / "ref.lock", fs::file_time_type(seconds(nth)));
  }
  bool is_there() const { return fs::exists(folder_ / "ref.lock"); }
  bool ask(int second) { return lock_.taken_away(begin_ + seconds(second)); }

  test::TempFolder folder_;
  std::chrono::steady_clock::time_point begin_;
  LeftLock lock_{folder_ / "ref.lock", Milliseconds(10000)};
};

TEST_F(LeftLockTest, OneThatStaysIsTakenAwayAfterItsTime) {
  lock(1);
  EXPECT_FALSE(ask(0));
  EXPECT_FALSE(ask(9));
  EXPECT_TRUE(is_there());
  EXPECT_TRUE(ask(10));
  EXPECT_FALSE(is_there());
  EXPECT_FALSE(ask(30)) << "there is none";
}

TEST_F(LeftLockTest, EachOneThatComesHasItsOwnTime) {
  lock(1);
  EXPECT_FALSE(ask(0));
  lock(2);
  EXPECT_FALSE(ask(11)) << "another one, of somebody at work";
  fs::remove(folder_ / "ref.lock");
  EXPECT_FALSE(ask(12));
  lock(2);
  EXPECT_FALSE(ask(22)) << "it was gone in between";
  EXPECT_TRUE(ask(32));
}

}  // namespace
}  // namespace gf::git
