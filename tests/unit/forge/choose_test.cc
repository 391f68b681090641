// Which forge it is, and with which token it is spoken to.
#include <gmock/gmock.h>

#include "support/assertions.h"
#include "unit/forge/place.h"

namespace gf::forge {
namespace {

using ::testing::HasSubstr;

class ChooseTest : public ::testing::Test {
 protected:
  Result<Chosen> chosen(const std::string& url, const Settings& settings,
                        const Environment& environment) {
    here_.repo().git_status({"remote", "remove", "origin"});
    if (!url.empty()) here_.repo().git({"remote", "add", "origin", url});
    return choose_forge(here_.place(
        settings, environment,
        url.empty() ? std::optional<std::string>() : std::optional<std::string>("origin")));
  }
  TestPlace here_;
};

TEST_F(ChooseTest, TheRemotesAddressSpeaksForItWhereThereIsAToken) {
  const Environment both = {{"GH_TOKEN", "a"}, {"GH_ENTERPRISE_TOKEN", "b"}};
  struct Case {
    const char* url;
    Environment environment;
    const char* name;
  };
  const Case cases[] = {
      {"", both, "local"},
      {"../bare.git", both, "local"},
      {"https://git.example.org/a/b", both, "local"},
      {"https://github.com/a/b", {{"GH_TOKEN", "a"}}, "github"},
      {"git@github.com:a/b.git", {{"GITHUB_TOKEN", " a\n"}}, "github"},
      {"https://github.com/a/b", {{"GH_TOKEN", " "}}, "local"},
      {"https://github.corp.example/a/b", {{"GH_ENTERPRISE_TOKEN", "b"}}, "github"},
      // What is meant for github.com goes nowhere else.
      {"https://github.corp.example/a/b", {{"GH_TOKEN", "a"}}, "local"},
      {"https://corp.ghe.com/a/b", {{"GH_TOKEN", "a"}}, "github"},
  };
  for (const Case& one : cases) {
    ASSERT_GIVES(auto found, chosen(one.url, {}, one.environment));
    EXPECT_EQ(found.forge->name(), one.name) << one.url << ": " << found.why;
  }
}

TEST_F(ChooseTest, AServerThatNobodyNamedGivesWayAndSaysWhatWouldHelp) {
  ASSERT_GIVES(auto found, chosen("https://github.com/a/b", {}, {}));

  EXPECT_EQ(found.forge->name(), "local");
  EXPECT_THAT(found.instead, HasSubstr("there is no token for 'github.com'; set GH_TOKEN"));
}

TEST_F(ChooseTest, WhatIsNamedIsMeant) {
  struct Case {
    Settings settings;
    const char *message, *hint;
  };
  const Case cases[] = {
      {{{"factory.forge", "github"}}, "there is no token for 'github.com'", "gh auth login"},
      {{{"factory.forge", "github"}, {"factory.forge.tokenVariable", "MINE"}},
       "there is no token",
       "set MINE"},
      {{{"factory.forge", "sourcehut"}}, "'sourcehut', which this version does not have", "local"},
      {{{"factory.forge", "github"}, {"factory.forge.api", "ftp://x/y"}},
       "factory.forge.api",
       "https://"},
      {{{"factory.forge", "github"}, {"factory.forge.repository", "shop"}},
       "where on github the repository is",
       "factory.forge.repository"},
      {{{"factory.forge", "github"}, {"factory.forge.maxWait", "soon"}},
       "factory.forge.maxWait",
       "86400"},
  };
  for (const Case& one : cases) {
    auto found = chosen("https://github.com/a/b", one.settings, {});
    ASSERT_FALSE(found.ok()) << one.message;
    EXPECT_THAT(found.error().message, HasSubstr(one.message));
    EXPECT_THAT(found.error().hint, HasSubstr(one.hint));
  }
  EXPECT_EQ(chosen("https://github.com/a/b", {{"factory.forge", "local"}}, {})->forge->name(),
            "local");
}

TEST_F(ChooseTest, GitsShortNamesForAddressesAreKnown) {
  here_.repo().git({"config", "url.https://github.com/.insteadOf", "gh:"});
  ASSERT_GIVES(auto found, chosen("gh:a/b", {}, {{"GH_TOKEN", "a"}}));

  EXPECT_EQ(found.forge->name(), "github");
}

TEST_F(ChooseTest, GitsCredentialHelpersAreAskedWithoutATerminal) {
  here_.repo().git({"config", "credential.https://github.com.helper",
                    "!f() { test \"$1\" = get && echo username=x && echo password=y; }; f"});
  ASSERT_GIVES(auto found, chosen("https://github.com/a/b", {}, {}));

  EXPECT_EQ(found.forge->name(), "github");
}

TEST_F(ChooseTest, TheVariableThatIsNamedCountsAlone) {
  Settings settings = {{"factory.forge", "github"}, {"factory.forge.tokenVariable", "MINE"}};
  EXPECT_FALSE(chosen("https://github.com/a/b", settings, {{"GH_TOKEN", "a"}}).ok());
  EXPECT_DONE(chosen("https://github.com/a/b", settings, {{"MINE", "a"}}));
}

TEST_F(ChooseTest, ABitbucketElsewhereIsSaidInALineBeforeItIsAskedForAnything) {
  const char* there = "https://bitbucket.corp.example/scm/a/b.git";
  ASSERT_GIVES(auto found, chosen(there, {}, {{"BITBUCKET_TOKEN", "x"}}));
  EXPECT_EQ(found.forge->name(), "local");
  EXPECT_THAT(found.instead, HasSubstr("'bitbucket.corp.example' is not Bitbucket Cloud"));
  EXPECT_THAT(found.instead, HasSubstr("git config factory.forge local"));

  auto named = chosen(there, {{"factory.forge", "bitbucket"}}, {{"BITBUCKET_TOKEN", "x"}});
  ASSERT_FALSE(named.ok());
  EXPECT_THAT(named.error().message, HasSubstr("a Bitbucket Data Center is not supported"));
  EXPECT_THAT(named.error().hint, HasSubstr("git config factory.forge local"));
  for (const char* cloud :
       {"git@bitbucket.org:a/b.git", "ssh://git@altssh.bitbucket.org:443/a/b"}) {
    ASSERT_GIVES(auto taken, chosen(cloud, {}, {{"BITBUCKET_TOKEN", "x"}}));
    EXPECT_EQ(taken.forge->name(), "bitbucket") << cloud;
  }
}

TEST_F(ChooseTest, AGitLabWithoutATokenIsAskedByThePushWhereItIsNamed) {
  for (const char* url : {"git@gitlab.com:a/b.git", "https://gitlab.corp.example/a/b"}) {
    ASSERT_GIVES(auto seen, chosen(url, {}, {}));
    EXPECT_EQ(seen.forge->name(), "local") << "requests that are here already stay in sight";
    ASSERT_GIVES(auto found, chosen(url, {{"factory.forge", "gitlab"}}, {}));
    EXPECT_EQ(found.forge->name(), "gitlab") << url;
    EXPECT_FALSE(found.only_seen);
    EXPECT_THAT(found.why, HasSubstr("by push options without a token")) << url;
  }
}

}  // namespace
}  // namespace gf::forge
