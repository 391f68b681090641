// Where the demo's runs are cold: each gate works on each tree, and what it says is kept for the
// other tests.
#include "e2e/known.h"

#include <filesystem>

#include "e2e/factory.h"

namespace gf::test {
namespace {

using KnownTest = FactoryTest;

TEST_F(KnownTest, EachGateWorksOnTheDemoAndWhatItSaysIsKnownToTheNextRun) {
  if (is_known()) GTEST_SKIP() << "asked before, of this very program";
  make_shop(Gates::kCold);
  Ran health = feature("health", kHealth);
  ASSERT_EQ(health.exit_code, 0) << health.err;
  EXPECT_EQ(health.err.find("(known for this tree)"), std::string::npos) << health.err;
  Ran products =
      feature("products", "Add GET /products returning a static list of three products as JSON.");
  ASSERT_EQ(products.exit_code, 0) << products.err;
  EXPECT_NE(products.err.find("pytest pass, 3 passed, 0 failed (known for this tree)"),
            std::string::npos)
      << products.err;
  keep_known(gate_cache());
}

/// The time of what mypy keeps of Python's builtins somewhere below `folder`.
std::filesystem::file_time_type time_of_builtins(const std::string& folder) {
  for (const auto& file : std::filesystem::recursive_directory_iterator(folder)) {
    if (file.path().filename() == "builtins.data.json") return file.last_write_time();
  }
  ADD_FAILURE() << "nothing of mypy's in " << folder;
  return {};
}

using KnownLibrariesTest = FactoryTest;

TEST_F(KnownLibrariesTest, WhatTheTypeCheckerKeptOfThemIsReadAndNotMadeAgain) {
  make_shop(Gates::kCold);
  const auto kept = time_of_builtins(gate_cache());
  Ran health = feature("health", kHealth);
  ASSERT_EQ(health.exit_code, 0) << health.err;
  for (const auto& one : std::filesystem::directory_iterator(gate_cache())) {
    if (one.is_directory() && one.path().filename().string().starts_with("tools-")) {
      EXPECT_EQ(time_of_builtins(one.path()), kept) << one.path();
    }
  }
}

}  // namespace
}  // namespace gf::test
