#include "base/descriptor.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cerrno>

namespace gf {
namespace {

int opened() { return ::open("/dev/null", O_RDONLY | O_CLOEXEC); }
bool is_open(int number) { return fcntl(number, F_GETFD) >= 0; }

TEST(Descriptor, ClosesWhatItOwns) {
  int number = opened();
  { Descriptor owner(number); }
  EXPECT_FALSE(is_open(number));
  EXPECT_FALSE(Descriptor().open());
}

TEST(Descriptor, ClosesTheOldOneAtOnceWhenItIsGivenAnother) {
  int old = opened(), fresh = opened();
  Descriptor owner(old), other(fresh);
  owner = std::move(other);
  EXPECT_FALSE(is_open(old)) << "a lock it held would still be held";
  EXPECT_EQ(owner.get(), fresh);
  EXPECT_TRUE(is_open(fresh));
}

TEST(Descriptor, WhatIsReleasedIsTheCallers) {
  int number = opened();
  Descriptor owner(number);
  EXPECT_EQ(owner.release(), number);
  EXPECT_FALSE(owner.open());
  owner.close();
  EXPECT_TRUE(is_open(number));
  ::close(number);
}

TEST(Descriptor, ClosingLeavesTheReasonOfAFailure) {
  Descriptor owner(opened());
  errno = ENOSPC;
  owner.close();
  EXPECT_EQ(errno, ENOSPC);
}

}  // namespace
}  // namespace gf
