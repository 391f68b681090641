// What a stage finds goes to whom it concerns: a revision of the spec, and a finding that is not
// the builder's.
#include "e2e/factory.h"

namespace gf::test {
namespace {

using WaysBackTest = FactoryTest;

TEST_F(WaysBackTest, WhatTheBuilderMissesInTheSpecRevisesIt) {
  make_shop();
  Ran ran =
      feature("catalogue", "Add GET /catalogue returning a static list of three products as JSON.");
  ASSERT_EQ(ran.exit_code, 0) << ran.err << ran.out;
  std::string shown = factory({"show", "catalogue"}).out;
  EXPECT_NE(shown.find("the spec was revised: AC1 changed"), std::string::npos) << shown;
  EXPECT_EQ(shown.find("AC2 changed"), std::string::npos);
  EXPECT_NE(factory({"show", "catalogue:build:1"}).out.find("-> plan"), std::string::npos);
  Ran told = run({"git", "grep", "-qF", "## Revisions", "refs/factory/pulls"},
                 repo_.folder() / "origin.git", environment());
  EXPECT_EQ(told.exit_code, 0) << "the pull request tells it";
  Ran replayed = factory({"replay", "catalogue"});
  EXPECT_EQ(replayed.exit_code, 0) << replayed.out << replayed.err;
}

TEST_F(WaysBackTest, AFindingThatIsNotTheBuildersGoesToTheTests) {
  make_shop();
  Ran ran = feature("menu", "Add GET /menu returning a static list of three products as JSON.");
  ASSERT_EQ(ran.exit_code, 0) << ran.err << ran.out;
  std::string built = factory({"show", "menu:build:2"}).out;
  EXPECT_NE(built.find("finding 1 is not build's but test's"), std::string::npos) << built;
  std::string told = factory({"show", "menu:test:2"}).out;
  EXPECT_NE(told.find("passed"), std::string::npos) << told;
  Ran replayed = factory({"replay", "menu"});
  EXPECT_EQ(replayed.exit_code, 0) << replayed.out << replayed.err;
}

}  // namespace
}  // namespace gf::test
