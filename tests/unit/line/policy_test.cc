// Which settings go with a run, and how a run's own take the place of a clone's.
#include "line/policy.h"

#include <gmock/gmock.h>

namespace gf::line {
namespace {

using ::testing::ElementsAre;
using ::testing::Pair;

session::Config of(const session::Config::Settings& settings) {
  session::Config config;
  for (const auto& [key, value] : settings) config.add(key, value);
  return config;
}

TEST(PolicyTest, WhatNamesAProgramAnAddressOrAPersonNeverDecides) {
  struct Case {
    const char* key;
    bool decides;
  };
  for (const Case& one :
       {Case{"factory.retries", true}, Case{"factory.build.RETRIES", true},
        Case{"factory.testPaths", true}, Case{"factory.forbid", true}, Case{"factory.model", false},
        Case{"factory.python", false}, Case{"factory.provider.a.command", false},
        Case{"factory.forge.api", false}, Case{"factory.forge.reviewer", false},
        Case{"factory.nothing", false}}) {
    EXPECT_EQ(decides(one.key), one.decides) << one.key;
  }
}

TEST(PolicyTest, ARunKeepsTheLastOfOneAndAllOfMany) {
  session::Config config = of({{"factory.retries", "1"},
                               {"factory.testPaths", "a/**"},
                               {"factory.model", "a/b"},
                               {"factory.retries", "2"},
                               {"factory.testPaths", "b/**"}});

  EXPECT_THAT(deciding(config),
              ElementsAre(Pair("factory.retries", "2"), Pair("factory.testpaths", "a/**\nb/**")));
}

TEST(PolicyTest, ARunsOwnSettingsTakeThePlaceOfThisClones) {
  session::Config config = of({{"factory.retries", "9"},
                               {"factory.forbid", "dependency"},
                               {"factory.model", "a/b"},
                               {"factory.testPaths", "here/**"}});

  take_policy(config, {{"factory.testpaths", "a/**\nb/**"}, {"factory.retries", "2"}});

  EXPECT_EQ(config.all("factory.retries"), std::vector<std::string>({"2"}));
  EXPECT_EQ(config.all("factory.testPaths"), std::vector<std::string>({"a/**", "b/**"}));
  EXPECT_EQ(config.find("factory.forbid"), std::nullopt) << "the run was begun without it";
  EXPECT_EQ(config.find("factory.model"), "a/b") << "who answers is this clone's";
}

TEST(PolicyTest, AnOlderRecordHasThreeNumbersAndLeavesTheRest) {
  session::Config config = of({{"factory.test.coverage", "10"}, {"factory.forbid", "dependency"}});

  take_policy(config, {{"coverage.floor", "80"}, {"retries", "3"}, {"a.word", "of another sort"}});

  EXPECT_EQ(config.find("factory.test.coverage"), "80");
  EXPECT_EQ(config.find("factory.retries"), "3");
  EXPECT_EQ(config.find("factory.forbid"), "dependency");
  EXPECT_EQ(config.settings().size(), 3u);
}

}  // namespace
}  // namespace gf::line
