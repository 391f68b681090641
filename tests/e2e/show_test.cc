// show: each part of a recorded run by its name.
#include "base/text.h"
#include "e2e/factory.h"

namespace gf::test {
namespace {

using ShowTest = FactoryTest;

TEST_F(ShowTest, EveryPartOfARunHasAName) {
  make_shop();
  ASSERT_EQ(feature("health", kHealth).exit_code, 0);
  auto shown = [&](std::vector<std::string> what) {
    what.insert(what.begin(), "show");
    Ran ran = factory(what);
    EXPECT_EQ(ran.exit_code, 0) << ran.err;
    return ran.out;
  };
  EXPECT_NE(shown({"health"}).find("Verdict: approved"), std::string::npos);
  EXPECT_NE(shown({"health:validate:1"}).find("gate mypy fail"), std::string::npos);
  std::string exchange = shown({"health", "--exchange", "1"});
  EXPECT_NE(exchange.find("exchange 1 plan.1 turn 1"), std::string::npos) << exchange;
  EXPECT_NE(exchange.find("--- system\n"), std::string::npos);
  EXPECT_NE(exchange.find("/health endpoint"), std::string::npos) << "what was sent";
  EXPECT_NE(exchange.find("=== answered by scripted"), std::string::npos);
  auto json = record::Json::parse(trim(shown({"health:build", "--exchanges", "--json"})));
  ASSERT_TRUE(json.ok());
  EXPECT_GT(json->size(), 1u);
  EXPECT_EQ(json->items()[0].get("request").get_string("stage"), "build");
  std::string gate = shown({"health:validate:1", "--gate=mypy"});
  EXPECT_NE(gate.find("gate mypy fail"), std::string::npos) << gate;
  EXPECT_NE(gate.find("dict-item"), std::string::npos) << gate;
  EXPECT_EQ(gate.find("gate mypy pass"), std::string::npos) << "of that attempt alone";
  EXPECT_EQ(gate.find("ruff-format"), std::string::npos);
  std::string diff = shown({"health:build:1..2"});
  EXPECT_NE(diff.find("build attempt 1..2"), std::string::npos);
  EXPECT_NE(diff.find("\n-def health() -> dict[str, int]:\n"), std::string::npos) << diff;
  EXPECT_NE(shown({"health:build:1", "--diff"}).find("\n+def health() -> dict[str, int]:\n"), std::string::npos);
  EXPECT_NE(shown({"health", "--diff"}).find("+++ b/CHANGELOG.md"), std::string::npos);
}

TEST_F(ShowTest, WhatIsNotThereIsSaid) {
  make_shop();
  ASSERT_EQ(feature("faster", "Make the products endpoint faster.").exit_code, 1);
  for (const std::vector<std::string>& what :
       std::vector<std::vector<std::string>>{{"nobody"},
                                             {"faster:build"},
                                             {"faster:plan:9"},
                                             {"faster:plan:1..2"},
                                             {"faster", "--exchange=99"},
                                             {"faster", "--gate=nope"},
                                             {"faster", "--diff"},
                                             {"#77"}}) {
    std::vector<std::string> all = {"show"};
    all.insert(all.end(), what.begin(), what.end());
    Ran ran = factory(all);
    EXPECT_EQ(ran.exit_code, 128) << what[0] << ran.out;
    EXPECT_NE(ran.err.find("hint: "), std::string::npos) << ran.err;
  }
  EXPECT_EQ(factory({"show", "faster:plan:x"}).exit_code, 129);
  EXPECT_EQ(factory({"show", "#x"}).exit_code, 129);
}

TEST_F(ShowTest, ARetrospectiveIsOfTheRecordAlone) {
  make_shop();
  ASSERT_EQ(feature("faster", "Make the products endpoint faster.").exit_code, 1);
  std::string text = factory({"retro"}).out;
  EXPECT_TRUE(text.starts_with("# Retrospective: 1 run, ")) << text;
  EXPECT_NE(text.find("the request does not compile"), std::string::npos) << text;
  EXPECT_NE(factory({"retro", "--json"}).out.find("\"markdown\":\"# Retro"), std::string::npos);
  EXPECT_EQ(factory({"retro", "--until=2 days ago"}).out, "No run has ended in that time.\n");
}

}  // namespace
}  // namespace gf::test
