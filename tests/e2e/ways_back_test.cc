// What a stage finds goes to whom it concerns: a revision of the spec, and a finding that is not
// the builder's.
#include "e2e/factory.h"

namespace gf::test {
namespace {

using WaysBackTest = FactoryTest;

constexpr const char* kProducts =
    "Add GET /products returning a static list of three products as JSON.";

TEST_F(WaysBackTest, WhatTheBuilderMissesInTheSpecRevisesIt) {
  make_shop();
  Ran ran = feature("products-revised", kProducts);
  ASSERT_EQ(ran.exit_code, 0) << ran.err << ran.out;
  std::string shown = factory({"show", "products-revised"}).out;
  EXPECT_NE(shown.find("the spec was revised: AC1 changed"), std::string::npos) << shown;
  EXPECT_EQ(shown.find("AC2 changed"), std::string::npos);
  EXPECT_NE(factory({"show", "products-revised:build:1"}).out.find("-> plan"), std::string::npos);
  Ran told = run({"git", "grep", "-qF", "## Revisions", "refs/factory/pulls"},
                 repo_.folder() / "origin.git", environment());
  EXPECT_EQ(told.exit_code, 0) << "the pull request tells it";
  Ran replayed = factory({"replay", "products-revised"});
  EXPECT_EQ(replayed.exit_code, 0) << replayed.out << replayed.err;
}

TEST_F(WaysBackTest, AFindingThatIsNotTheBuildersGoesToTheTests) {
  make_shop();
  Ran ran = feature("products-disputed", kProducts);
  ASSERT_EQ(ran.exit_code, 0) << ran.err << ran.out;
  std::string built = factory({"show", "products-disputed:build:2"}).out;
  EXPECT_NE(built.find("finding 1 is not build's but test's"), std::string::npos) << built;
  std::string told = factory({"show", "products-disputed:test:2"}).out;
  EXPECT_NE(told.find("passed"), std::string::npos) << told;
  Ran replayed = factory({"replay", "products-disputed"});
  EXPECT_EQ(replayed.exit_code, 0) << replayed.out << replayed.err;
}

}  // namespace
}  // namespace gf::test
