// Where settings come from, in which order, and what a tracked file is not believed.
#include "session/config.h"

#include <gmock/gmock.h>

#include "base/text.h"
#include "git/repo.h"
#include "support/assertions.h"
#include "support/repo.h"
#include "support/runner.h"

namespace gf::session {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

/// One key set in several places at once: the strongest is taken away first, and the next speaks.
class ConfigTest : public ::testing::Test {
 protected:
  void SetUp() override {
    environment_ = place_.environment();
    environment_["GIT_CONFIG_GLOBAL"] = place_.path() + "/../global";
    place_.write("../global", "");
  }
  void globally(const std::string& text) const { place_.write("../global", text); }
  void tracked(const std::string& text) {
    place_.write(".gitfactory", text);
    place_.commit("configure");
    auto id = Oid::parse(trim(place_.git("rev-parse HEAD^{tree}")));
    tree_ = id.value();
  }
  void trust() const {
    place_.git({"config", "--add", "factory.trusted",
                std::string(trim(place_.git("rev-parse HEAD:.gitfactory")))});
  }
  git::Program program() const {
    return git::Program(test::plain_runner(environment_), place_.path());
  }
  Result<Config> load(const Config::Settings& options = {}, bool without_tracked = false) const {
    git::Repo repo = std::move(git::Repo::open(place_.path())).value();
    return Config::load(repo, program(), tree_, options, without_tracked);
  }
  std::string base(const Config::Settings& options = {}) const {
    auto config = load(options);
    EXPECT_DONE(config);
    return config.ok() ? config->get("factory.base", "built in") : "";
  }

  test::TempRepo place_;
  std::map<std::string, std::string> environment_;
  Oid tree_;
};

TEST_F(ConfigTest, EachSourceIsBeatenByTheNextStrongerOne) {
  EXPECT_EQ(base(), "built in");
  globally("[factory]\n\tbase = global\n");
  EXPECT_EQ(base(), "global");
  tracked("[factory]\n\tbase = tracked\n");
  trust();
  EXPECT_EQ(base(), "tracked");
  place_.git({"config", "factory.base", "local"});
  EXPECT_EQ(base(), "local");
  environment_["GIT_CONFIG_COUNT"] = "1";
  environment_["GIT_CONFIG_KEY_0"] = "factory.base";
  environment_["GIT_CONFIG_VALUE_0"] = "environment";
  EXPECT_EQ(base(), "environment");
  // As `git -c factory.base=command` hands it on.
  environment_["GIT_CONFIG_PARAMETERS"] = "'factory.base'='command'";
  EXPECT_EQ(base(), "command");
  EXPECT_EQ(base({{"factory.base", "option"}}), "option");
}

TEST_F(ConfigTest, KeysAreFoundWhateverTheirCase) {
  place_.git({"config", "factory.budgetUsd", "2.5"});
  ASSERT_GIVES(auto config, load());
  EXPECT_EQ(config.get("factory.budgetusd", ""), "2.5");
  EXPECT_EQ(config.get("FACTORY.BUDGETUSD", ""), "2.5");
}

TEST_F(ConfigTest, ValuesAddUpInTheOrderOfTheirStrength) {
  globally("[factory]\n\tmodel = a/global\n");
  place_.git({"config", "--add", "factory.model", "b/first"});
  place_.git({"config", "--add", "factory.model", "b/second"});
  ASSERT_GIVES(auto config, load());
  EXPECT_THAT(config.all("factory.model"), ElementsAre("a/global", "b/first", "b/second"));
}

TEST_F(ConfigTest, AModelForAllOnTheCommandLineReplacesWhatIsSetForOneStage) {
  place_.git({"config", "factory.model", "a/a"});
  place_.git({"config", "factory.review.model", "b/b"});
  ASSERT_GIVES(auto config, load({{"factory.model", "c/c"}}));
  EXPECT_THAT(config.all("factory.model"), ElementsAre("c/c"));
  EXPECT_THAT(config.all("factory.review.model"), ElementsAre());
}

TEST_F(ConfigTest, AnUntrustedFileIsNamedAndNothingOfItIsUsed) {
  tracked("[factory]\n\tbase = evil\n");
  auto config = load();
  ASSERT_FALSE(config.ok());
  EXPECT_EQ(config.error().fault, Fault::kConfiguration);
  EXPECT_THAT(config.error().message, HasSubstr("not trusted"));
  EXPECT_THAT(config.error().hint, HasSubstr("git factory trust"));
  EXPECT_THAT(config.error().message, Not(HasSubstr("names programs")));
  ASSERT_GIVES(auto without, load({}, true));
  EXPECT_EQ(without.get("factory.base", "built in"), "built in");

  tracked("[factory-gate \"unit\"]\n\tcommand = make check\n");
  EXPECT_THAT(load().error().message, HasSubstr("names programs to run and is not trusted yet"));
}

TEST_F(ConfigTest, TrustIsBoundToTheContentAndGivenInThisCloneOnly) {
  tracked("[factory]\n\tbase = one\n");
  std::string blob(trim(place_.git("rev-parse HEAD:.gitfactory")));
  globally("[factory]\n\ttrusted = " + blob + "\n");
  EXPECT_FALSE(load().ok()) << "trust of all repositories is none";
  environment_["GIT_CONFIG_PARAMETERS"] = "'factory.trusted'='" + blob + "'";
  EXPECT_FALSE(load().ok()) << "a variable of the environment is no answer of a person";
  trust();
  EXPECT_EQ(base(), "one");
  tracked("[factory]\n\tbase = two\n");
  EXPECT_FALSE(load().ok()) << "changed content is new content";
}

TEST_F(ConfigTest, WhoNamesReceiversOfHisOwnMeansTheseAlone) {
  tracked("[factory \"mail\"]\n\tto = list@example.org\n\tcc = all@example.org\n\tsend = never\n");
  trust();
  ASSERT_GIVES(auto theirs, load());
  EXPECT_THAT(theirs.all("factory.mail.to"), ElementsAre("list@example.org"));
  globally("[factory \"mail\"]\n\tto = me@example.org\n\tsend = auto\n");
  ASSERT_GIVES(auto own, load());
  EXPECT_THAT(own.all("factory.mail.to"), ElementsAre("me@example.org"));
  EXPECT_THAT(own.all("factory.mail.cc"), ElementsAre("all@example.org"));
  EXPECT_EQ(own.get("factory.mail.send", ""), "never");
}

TEST_F(ConfigTest, AFileCannotVouchForItselfNorHoldAKeyNorReadAnotherFile) {
  globally("[factory]\n\tbase = secret\n");
  tracked("[factory]\n\ttrusted = everything\n[factory \"provider.x\"]\n\tapiKey = k\n" +
          ("[include]\n\tpath = " + place_.path() + "/../global\n"));
  trust();
  ASSERT_GIVES(auto config, load());
  for (const std::string& value : config.all("factory.trusted")) EXPECT_NE(value, "everything");
  EXPECT_FALSE(config.find("factory.provider.x.apikey"));
  // The global file is read as the global file, once, and not a second time by the include.
  EXPECT_THAT(config.all("factory.base"), ElementsAre("secret"));
}

TEST_F(ConfigTest, ALinkNamedGitfactoryIsNoConfiguration) {
  place_.write("real", "[factory]\n\tbase = linked\n");
  std::filesystem::create_symlink("real", place_.path() + "/.gitfactory");
  place_.commit("link");
  tree_ = Oid::parse(trim(place_.git("rev-parse HEAD^{tree}"))).value();
  EXPECT_EQ(base(), "built in");
}

TEST_F(ConfigTest, ATrackedFileSetsNothingThatItsRowForbids) {
  tracked(
      "[factory]\n\tretries = 5\n[remote \"origin\"]\n\tfactoryShare = full\n"
      "[http]\n\tproxy = http://evil\n[branch \"main\"]\n\tremote = evil\n");
  trust();
  ASSERT_GIVES(auto config, load());
  EXPECT_EQ(config.get("factory.retries", ""), "5");
  for (const char* foreign : {"remote.origin.factoryShare", "http.proxy", "branch.main.remote"})
    EXPECT_EQ(config.find(foreign), std::nullopt) << foreign;
}

TEST_F(ConfigTest, WhatARunBroughtAlongTakesThePlaceOfWhatIsSetHere) {
  ASSERT_GIVES(auto config, load({{"factory.retries", "1"}, {"factory.base", "main"}}));
  config.drop([](const std::string& key) { return key == "factory.retries"; });
  config.add("factory.retries", "7");
  EXPECT_THAT(config.all("factory.retries"), ElementsAre("7"));
  EXPECT_EQ(config.get("factory.base", ""), "main");
}

TEST_F(ConfigTest, AnUnsetKeyIsItsFallback) {
  ASSERT_GIVES(auto config, load());
  EXPECT_EQ(config.get("factory.base", "main"), "main");
  EXPECT_EQ(config.find("factory.base"), std::nullopt);
  EXPECT_THAT(config.all("factory.base"), ElementsAre());
}

TEST_F(ConfigTest, AFileThatGitCannotReadIsAnErrorThatSaysSo) {
  tracked("[factory\nbase = x\n");
  trust();
  auto config = load();
  ASSERT_FALSE(config.ok());
  EXPECT_EQ(config.error().fault, Fault::kConfiguration);
  EXPECT_THAT(config.error().message, HasSubstr("cannot be read"));
}

TEST_F(ConfigTest, NumbersAreWholeAndWithinTheirLimits) {
  for (const char* bad : {"", "x", "1.5", "-1", "101", "99999999999999999999", " 3", "3 "}) {
    auto config = load({{"factory.retries", bad}});
    ASSERT_DONE(config);
    auto number = config->number("factory.retries", 3, 0, 100);
    ASSERT_FALSE(number.ok()) << "'" << bad << "'";
    EXPECT_THAT(number.error().message, HasSubstr("factory.retries"));
    EXPECT_THAT(number.error().hint, HasSubstr("from 0 to 100"));
  }
  ASSERT_GIVES(auto config, load({{"factory.retries", "100"}}));
  EXPECT_EQ(config.number("factory.retries", 3, 0, 100).value(), 100);
  EXPECT_EQ(config.number("factory.other", 3, 0, 100).value(), 3);
}

TEST_F(ConfigTest, DecimalsAndFlags) {
  ASSERT_GIVES(auto config, load({{"factory.budgetUsd", "0.25"},
                                  {"factory.a", "Yes"},
                                  {"factory.b", "off"},
                                  {"factory.c", "maybe"},
                                  {"factory.d", "nan"},
                                  {"factory.e", "-1"}}));
  EXPECT_EQ(config.decimal("factory.budgetUsd").value(), 0.25);
  EXPECT_EQ(config.decimal("factory.none").value(), std::nullopt);
  EXPECT_FALSE(config.decimal("factory.d").ok());
  EXPECT_FALSE(config.decimal("factory.e").ok());
  EXPECT_TRUE(config.flag("factory.a", false).value());
  EXPECT_FALSE(config.flag("factory.b", true).value());
  EXPECT_TRUE(config.flag("factory.none", true).value());
  EXPECT_FALSE(config.flag("factory.c", true).ok());
}

}  // namespace
}  // namespace gf::session
