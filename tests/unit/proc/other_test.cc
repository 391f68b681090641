// Processes that are told apart although numbers are used again.
#include "proc/other.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

namespace gf::proc {
namespace {

TEST(OtherTest, AProcessIsKnownAgainByItsNumberAndBeginning) {
  Identity us = this_process();
  EXPECT_TRUE(is_there(us));
  EXPECT_EQ(identity_in(to_text(us) + "\n"), us);
#ifdef __linux__
  EXPECT_NE(us.began, 0u);
  us.began += 1;
  EXPECT_FALSE(is_there(us)) << "another process has the number";
  EXPECT_FALSE(ask_to_end(us));
#endif
}

TEST(OtherTest, WhatNamesNoProcessIsNone) {
  for (const char* text : {"", "12", "0 5", "1 5", "-1 5", "-7 5", "x 5", "5 x", "5 6 7", "5 -1"})
    EXPECT_FALSE(identity_in(text)) << text;
  EXPECT_FALSE(is_there({0, 0}));
  EXPECT_FALSE(ask_to_end({-1, 0}));
}

TEST(OtherTest, OneThatIsAskedToEndEnds) {
  int report[2];
  ASSERT_EQ(pipe(report), 0);
  pid_t pid = fork();
  if (pid == 0) {
    std::string text = to_text(this_process());
    (void)!write(report[1], text.data(), text.size());
    for (;;) pause();
  }
  char text[64] = {};
  ASSERT_GT(read(report[0], text, sizeof(text) - 1), 0);
  auto other = identity_in(text);
  ASSERT_TRUE(other);

  EXPECT_TRUE(ask_to_end(*other));

  int status = 0;
  EXPECT_EQ(waitpid(pid, &status, 0), pid);
  EXPECT_TRUE(WIFSIGNALED(status));
  EXPECT_FALSE(is_there(*other));
  close(report[0]);
  close(report[1]);
}

}  // namespace
}  // namespace gf::proc
