// What a stage finds goes to whom it concerns: a revision of the spec, and a finding that is not
// the builder's.
#include <algorithm>
#include <string>
#include <vector>

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
  Ran search = run({"git", "grep", "-qF", "## Revisions", "refs/factory/pulls"},
                   repo_.folder() / "origin.git", environment());
  EXPECT_EQ(search.exit_code, 0) << "the pull request tells it";
  Ran replayed = factory({"replay", "catalogue"});
  EXPECT_EQ(replayed.exit_code, 0) << replayed.out << replayed.err;
}

TEST_F(WaysBackTest, AFindingThatIsNotTheBuildersGoesToTheTests) {
  make_shop();
  Ran ran = feature("menu", "Add GET /menu returning a static list of three products as JSON.");
  ASSERT_EQ(ran.exit_code, 0) << ran.err << ran.out;
  std::string built = factory({"show", "menu:build:2"}).out;
  EXPECT_NE(built.find("finding 1 is not build's but test's"), std::string::npos) << built;
  std::string output = factory({"show", "menu:test:2"}).out;
  EXPECT_NE(output.find("passed"), std::string::npos) << output;
  Ran replayed = factory({"replay", "menu"});
  EXPECT_EQ(replayed.exit_code, 0) << replayed.out << replayed.err;
}

/// A changelog of released versions only: where an entry goes is left to BUILD, under the checker.
class EntryTest : public FactoryTest {
 protected:
  void SetUp() override {
    make_shop();
    repo_.write("CHANGELOG.md",
                "# Changes\n\n## 0.3.0 (2026-10-02)\n\n- The list.\n\n"
                "## 0.2.0 (2026-09-01)\n\n- The store.\n");
    repo_.commit("Versions only");
    repo_.git({"push", "--quiet", "origin", "main"});
    use_acted({"products"});
  }
  void answer(const std::string& key, const std::string& text, const std::string& calls = "[]") {
    auto called = record::Json::parse(calls);
    ASSERT_TRUE(called.ok());
    record::Json json = record::Json::object({{"model", "acted"}, {"text", text}});
    json.set("tool_calls", *called);
    repo_.folder().write("answers/products/" + key + ".json", json.dump());
  }
  Ran ask() {
    return factory({"feature", "--slug=products", "--model=acted/products",
                    "Add GET /products returning a static list of three products as JSON."});
  }
  void expect_reported(const std::string& words, const std::string& builds) {
    Ran search = run({"git", "grep", "-F", words, "refs/factory/pulls"},
                     repo_.folder() / "origin.git", environment());
    EXPECT_EQ(search.exit_code, 0) << "who reads the request is told: " << words;
    std::vector<std::string> all = asked();
    EXPECT_EQ(std::count_if(all.begin(), all.end(),
                            [](const auto& one) { return one.find(" test.") != one.npos; }),
              2)
        << "nothing else was asked again";
    EXPECT_EQ(factory({"show", "products:build:" + builds}).exit_code, 0);
    EXPECT_NE(
        factory({"show", "products:build:" + std::to_string(std::stoi(builds) + 1)}).exit_code, 0);
    Ran replayed = factory({"replay", "products"});
    EXPECT_EQ(replayed.exit_code, 0) << replayed.out << replayed.err;
  }
};

TEST_F(EntryTest, WhatTheCheckerSaysMayBeDisputed) {
  answer("build.2.1", R"json({"summary": "The entry is not mine.", "missing": [], "not_mine":
      [{"finding": 1, "whose": "user", "why": "versions are written down at their release"}]})json");
  Ran ran = ask();
  ASSERT_EQ(ran.exit_code, 0) << ran.err << ran.out;
  expect_reported("(disputed by BUILD: versions are written down at their release)", "2");
}

TEST_F(EntryTest, WhatACheckToldIsNotAskedForInASecondAttempt) {
  auto last = record::Json::parse(repo_.folder().read("answers/products/build.1.2.json"));
  ASSERT_TRUE(last.ok());
  answer("build.1.2", "", R"json([{"id": "c", "name": "check", "arguments": {}}])json");
  answer("build.1.3", last->get_string("text"));
  Ran ran = ask();
  ASSERT_EQ(ran.exit_code, 0) << ran.err << ran.out;
  expect_reported("no entry was added", "1");
}

}  // namespace
}  // namespace gf::test
