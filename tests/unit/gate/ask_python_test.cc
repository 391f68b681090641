// An interpreter is started for a question once, and again when its answer may be another one.
#include "gate/ask_python.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

#include "support/assertions.h"
#include "support/folder.h"

namespace gf::gate {
namespace {

namespace fs = std::filesystem;

/// Each start has a number of its own: equal answers are one start.
constexpr const char* kNumber = "import os\nread_too = [READ]\nprint(os.getpid())\n";

class AskPythonTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_NE(std::getenv("GF_TEST_PYTHON"), nullptr) << "set GF_TEST_PYTHON to a python";
    read_ = folder_.write("read", "one");
  }
  std::string ask(const std::string& python, const std::string& path = "/usr/bin:/bin") {
    std::string script = kNumber;
    script.replace(script.find("READ"), 4, "'" + read_ + "'");
    proc::Options options;
    options.environment = {{"PATH", path}};
    auto ran =
        ask_python({python, {"-I"}, script, {}, folder_ / "cache"}, options, nullptr, {}, cancel_);
    if (!ran.ok() || !ran->succeeded()) return ran.ok() ? ran->err : ran.error().message;
    settle();
    return ran->out;
  }
  /// As if the answers had been kept an hour later than the files of this test were written.
  void settle() const {
    std::error_code none;
    for (fs::directory_iterator at(folder_ / "cache/environments/answers", none), end;
         !none && at != end; at.increment(none))
      fs::last_write_time(at->path(), fs::file_time_type::clock::now() + std::chrono::hours(1));
  }
  test::TempFolder folder_;
  std::string read_;
  Cancel cancel_;
};

TEST_F(AskPythonTest, TheSameQuestionStartsItOnce) {
  std::string python = std::getenv("GF_TEST_PYTHON");
  // The file was written a moment ago: the first answer is none to keep.
  std::string first = ask(python), second = ask(python);
  for (int i = 0; i < 50 && first != second; ++i) {
    first = std::exchange(second, ask(python));
  }
  EXPECT_EQ(first, second);
  EXPECT_NE(ask(python, "/bin"), first) << "other variables";
}

TEST_F(AskPythonTest, WhatItReadIsLookedAtBeforeItIsBelieved) {
  std::string python = std::getenv("GF_TEST_PYTHON");
  std::string first = ask(python), second = ask(python);
  for (int i = 0; i < 50 && first != second; ++i) first = std::exchange(second, ask(python));
  ASSERT_EQ(first, second);
  folder_.write("read", "two");
  EXPECT_NE(ask(python), first);
}

TEST_F(AskPythonTest, AProgramThatChoosesAnInterpreterIsAskedEachTime) {
  std::string shim = folder_.write(
      "shim", std::string("#!/bin/sh\nexec '") + std::getenv("GF_TEST_PYTHON") + "' \"$@\"\n");
  fs::permissions(shim, fs::perms::owner_all);
  std::string first = ask(shim);
  for (int i = 0; i < 3; ++i) EXPECT_NE(ask(shim), first);
}

TEST_F(AskPythonTest, WhatFailsIsAskedAgain) {
  proc::Options options;
  options.environment = {{"PATH", "/usr/bin:/bin"}};
  PythonQuestion question{
      std::getenv("GF_TEST_PYTHON"), {"-I"}, "import sys\nsys.exit(3)\n", {}, folder_ / "cache"};
  for (int i = 0; i < 2; ++i) {
    auto ran = ask_python(question, options, nullptr, {}, cancel_);
    ASSERT_DONE(ran);
    EXPECT_EQ(ran->exit_code, 3);
  }
  EXPECT_FALSE(fs::exists(folder_ / "cache"));
}

}  // namespace
}  // namespace gf::gate
