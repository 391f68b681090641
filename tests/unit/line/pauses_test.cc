// A service that was asked too fast is left alone by all runs, and by none for longer than said.
#include "line/pauses.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "support/folder.h"

namespace gf::line {
namespace {

constexpr Timestamp kNow{Milliseconds(1790000000000)};
constexpr Milliseconds kMost{60000};

Milliseconds ms(int64_t count) { return Milliseconds(count); }

TEST(PausesTest, WhatOneRunWasToldAllKnow) {
  test::TempFolder folder;
  Pauses mine(folder / "services"), others(folder / "services");

  mine.keep("a", kNow + ms(5000));
  mine.keep("a", kNow + ms(2000));

  EXPECT_EQ(others.left("a", kNow, kMost), ms(5000)) << "the word that reaches further stays";
  EXPECT_EQ(others.left("b", kNow, kMost), ms(0));
  EXPECT_EQ(others.left("a", kNow + ms(5000), kMost), ms(0));
}

TEST(PausesTest, NobodyWaitsForAClockThatWasSetOrForADamagedFile) {
  test::TempFolder folder;
  Pauses pauses(folder.path());

  pauses.keep("a", kNow + std::chrono::hours(24));
  EXPECT_EQ(pauses.left("a", kNow, kMost), ms(0));
  for (const auto& entry : std::filesystem::directory_iterator(folder.path())) {
    folder.write(entry.path().filename().string(), "17900\nx");
  }
  EXPECT_EQ(pauses.left("a", Timestamp(), kMost), ms(0));
  EXPECT_EQ(Pauses("").left("a", kNow, kMost), ms(0));
}

}  // namespace
}  // namespace gf::line
