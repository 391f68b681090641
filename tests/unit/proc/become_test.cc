// Going on as another program: the same process, with an input of ours.
#include "proc/become.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>

#include "support/folder.h"

namespace gf::proc {
namespace {

class BecomeTest : public ::testing::Test {
 protected:
  /// A process that becomes `argv`; its exit status. What it prints goes to "out", an Error to
  /// "error".
  int become_in_a_child(const std::vector<std::string>& argv, const std::string& input) {
    pid_t child = fork();
    if (child == 0) {
      int out = open((folder_ / "out").c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
      dup2(out, STDOUT_FILENO);
      signal(SIGPIPE, SIG_IGN);
      Error error = become(argv, {{"PATH", "/usr/bin:/bin"}, {"ONLY", "this"}}, input);
      folder_.write("error", error.message);
      _exit(99);
    }
    int status = 0;
    waitpid(child, &status, 0);
    EXPECT_TRUE(WIFEXITED(status));
    return WEXITSTATUS(status);
  }
  std::string script(const std::string& text) {
    std::string path = folder_.write("hook", text);
    std::filesystem::permissions(path, std::filesystem::perms::owner_all);
    return path;
  }
  test::TempFolder folder_;
};

TEST_F(BecomeTest, InputArgumentsAndStatusAreThoseOfTheProgram) {
  std::string hook = script("#!/bin/sh\necho \"$1 $ONLY $HOME\"\ncat\nexit 5\n");
  EXPECT_EQ(become_in_a_child({hook, "one"}, "line\n"), 5);
  EXPECT_EQ(folder_.read("out"), "one this \nline\n");
}

TEST_F(BecomeTest, AnInputThatNoPipeHoldsIsThereAsAWhole) {
  std::string hook = script("#!/bin/sh\nwc -c\n");
  EXPECT_EQ(become_in_a_child({hook}, std::string(1'000'000, 'x')), 0);
  EXPECT_NE(folder_.read("out").find("1000000"), std::string::npos);
}

TEST_F(BecomeTest, AFileWithoutAFirstLineIsReadBySh) {
  EXPECT_EQ(become_in_a_child({script("echo by sh; exit 3\n")}, ""), 3);
  EXPECT_EQ(folder_.read("out"), "by sh\n");
}

TEST_F(BecomeTest, WhatWeIgnoreIsNotIgnoredThere) {
  EXPECT_EQ(become_in_a_child({script("#!/bin/sh\ngrep ^SigIgn /proc/self/status\n")}, ""), 0);
  EXPECT_EQ(folder_.read("out"), "SigIgn:\t0000000000000000\n");
}

TEST_F(BecomeTest, ItComesBackWithTheReasonOnly) {
  EXPECT_EQ(become_in_a_child({folder_ / "none"}, ""), 99);
  EXPECT_EQ(folder_.read("error"),
            "cannot run '" + (folder_ / "none") + "': No such file or directory");
}

}  // namespace
}  // namespace gf::proc
