// An answer is believed as long as what it came of lies there as it did, and not a moment longer.
#include "base/kept_answer.h"

#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <functional>

#include "base/clock.h"
#include "support/assertions.h"
#include "support/folder.h"

namespace gf {
namespace {

namespace fs = std::filesystem;
using std::chrono::hours;
using std::chrono::seconds;

class KeptAnswerTest : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_.write("packages/pytest/version.py", "9");
    folder_.write("packages/site.pth", "/src\n");
    file_ = folder_.write("python", "binary");
  }
  /// Kept as if nothing had changed for an hour, and the answer were as old as `age`.
  void keep(const KeptAnswer& kept, seconds age = seconds(0)) const {
    Timestamp later = system_clock().now() + hours(1);
    ASSERT_DONE(kept.keep(
        "pytest 9", {file_, folder_ / "packages", folder_ / "packages/site.pth", folder_ / "none"},
        later));
    // Its own time is what decides whether the files had settled.
    fs::last_write_time(folder_ / "answer", fs::file_time_type::clock::now() + hours(1) - age);
  }
  [[nodiscard]] KeptAnswer answer(const std::string& question = "who?") const {
    return {folder_ / "answer", question};
  }
  test::TempFolder folder_;
  std::string file_;
};

TEST_F(KeptAnswerTest, IsTheSameWhileNothingHasChanged) {
  EXPECT_EQ(answer().read(), std::nullopt);
  keep(answer());
  EXPECT_EQ(answer().read(), "pytest 9");
  EXPECT_EQ(answer("who else?").read(), std::nullopt) << "another question";
}

struct Change {
  const char* name;
  std::function<void(const test::TempFolder&)> make;
  bool known_still;
};

class KeptAnswerChangeTest : public KeptAnswerTest, public ::testing::WithParamInterface<Change> {};

TEST_P(KeptAnswerChangeTest, IsSeenOrIsNone) {
  keep(answer());
  GetParam().make(folder_);
  EXPECT_EQ(answer().read().has_value(), GetParam().known_still);
}

INSTANTIATE_TEST_SUITE_P(
    Changes, KeptAnswerChangeTest,
    ::testing::Values(
        Change{"PackageAdded",
               [](const test::TempFolder& in) { in.write("packages/ruff/v.py", ""); }, false},
        Change{"PackageTakenAway",
               [](const test::TempFolder& in) { fs::remove_all(in / "packages/pytest"); }, false},
        Change{"PathFileEditedInPlace",
               [](const test::TempFolder& in) { in.write("packages/site.pth", "/elsewhere\n"); },
               false},
        Change{"FileOfTheSameSize",
               [](const test::TempFolder& in) { in.write("python", "bonary"); }, false},
        Change{"FilePutInItsPlace",
               [](const test::TempFolder& in) {
                 auto time = fs::last_write_time(in / "python");
                 fs::rename(in.write("other", "bonary"), in / "python");
                 fs::last_write_time(in / "python", time);
               },
               false},
        Change{"FileThatWasNotThere", [](const test::TempFolder& in) { in.write("none", ""); },
               false},
        Change{"FileGone", [](const test::TempFolder& in) { fs::remove(in / "python"); }, false},
        Change{"NameComesAndGoes",
               [](const test::TempFolder& in) {
                 in.write("packages/note", "");
                 fs::remove(in / "packages/note");
               },
               true},
        Change{"NothingOfItsOwn", [](const test::TempFolder& in) { in.write("other", ""); }, true}),
    [](const auto& row) { return std::string(row.param.name); });

TEST_F(KeptAnswerTest, IsNoneWhereAFileHadJustChanged) {
  keep(answer(), hours(1) - seconds(1));
  EXPECT_EQ(answer().read(), std::nullopt) << "the next change may bear the same time";
}

TEST_F(KeptAnswerTest, IsNotKeptWhereAFileHasChangedSinceItWasAsked) {
  Timestamp before = system_clock().now() - hours(1);
  ASSERT_DONE(answer().keep("pytest 9", {file_}, before));
  EXPECT_FALSE(fs::exists(folder_ / "answer"));
}

TEST_F(KeptAnswerTest, WhatIsNoAnswerOfOursIsNone) {
  for (const char* content : {"", "1", "2", "garbage\nof another form"}) {
    folder_.write("answer", content);
    EXPECT_EQ(answer().read(), std::nullopt) << content;
  }
}

}  // namespace
}  // namespace gf
