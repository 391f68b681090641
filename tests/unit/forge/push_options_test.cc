// Merge requests that a push alone opens, beside git's own HTTP server with a hook that does what a
// GitLab does with push options.
#include "forge/push_options.h"

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>

#include "support/assertions.h"
#include "support/git_server.h"
#include "unit/forge/place.h"

namespace gf::forge {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

TEST(RequestShownTest, ItIsTheLastAddressOfThisRepositorysRequests) {
  const std::pair<const char*, const char*> cases[] = {
      {"", ""},
      {"\nView merge request for x:\n  https://h/a/b/-/merge_requests/12\n",
       "https://h/a/b/-/merge_requests/12"},
      {"https://h:3000/git/A/b/merge_requests/3/diffs#x",
       "https://h:3000/git/A/b/merge_requests/3"},
      {"To create a merge request for x, visit:\n  https://h/a/b/-/merge_requests/new?x%5By%5D=1",
       ""},
      {"https://h/a/b/-/merge_requests/1 https://h/a/b/-/merge_requests/2",
       "https://h/a/b/-/merge_requests/2"},
      // A banner that speaks of another one.
      {"https://h/a/b/-/merge_requests/4\nhttps://h/other/b/-/merge_requests/5",
       "https://h/a/b/-/merge_requests/4"},
      {"https://h/a/b/-/merge_requests/", ""},
      {"https://h/a/b/-/merge_requests/99999999999", ""},
      {"file:///a/b/-/merge_requests/1", ""},
  };
  for (const auto& [text, url] : cases) EXPECT_EQ(request_shown(text, "a/b"), url) << text;
}

TEST(RequestAtTest, ItIsTheNewestOfThatHead) {
  Oid head = Oid::parse(std::string(40, 'a')).value();
  std::string a(40, 'a'), b(40, 'b');
  EXPECT_EQ(request_at("", head), 0);
  EXPECT_EQ(
      request_at(a + "\trefs/merge-requests/3/head\n" + a + "\trefs/merge-requests/12/head\n" + b +
                     "\trefs/merge-requests/20/head\n" + a + "\trefs/heads/x\n",
                 head),
      12);
}

TEST(OptionsForTest, EachIsOneLine) {
  PullRequest pull;
  pull.title = "feat: two\nlines";
  pull.body = "why\r\n\nsplit(\"\\n\")\n\nFactory-Run: x\n";
  pull.base_branch = "main";
  pull.draft = true;
  Extras extras;
  extras.labels = {"bot", "two\nlines"};
  extras.assignees = {"ada"};
  extras.milestone = "3.0";
  EXPECT_THAT(
      options_for(pull, extras, "acme/shop"),
      ElementsAre("merge_request.create", "merge_request.target=main",
                  "merge_request.title=feat: two lines",
                  "merge_request.description=why\\n\\nsplit(\"&#92;n\")\\n\\nFactory-Run: x\\n",
                  "merge_request.target_project=acme/shop", "merge_request.draft",
                  "merge_request.label=bot", "merge_request.label=two lines",
                  "merge_request.assign=ada", "merge_request.milestone=3.0"));
  pull.body = std::string(1u << 20, 'x') + "\nFactory-Run: x\n";
  auto options = options_for(pull, {}, "");
  EXPECT_LT(options[3].size(), 65000u) << "a line of git's protocol holds no more";
  EXPECT_THAT(options[3], HasSubstr("\\nFactory-Run: x"));
}

class PushOptionsTest : public ::testing::Test {
 protected:
  PushOptionsTest() {
    std::filesystem::create_directories(folder_ / "acme");
    here_.repo().git({"clone", "-q", "--bare", ".", bare()});
    git_ = std::make_unique<test::GitServer>(folder_.path());
    here_.repo().git({"remote", "add", "origin", git_->url("acme/shop")});
  }
  [[nodiscard]] std::string bare() const { return folder_ / "acme/shop.git"; }
  Result<Chosen> choose(Settings more = {}) {
    Settings settings = {{"factory.forge", "gitlab"}};
    settings.add(more);
    return choose_forge(here_.place(settings, {}, "origin"));
  }
  std::unique_ptr<Forge> chosen(Settings more = {}) {
    auto found = choose(std::move(more));
    EXPECT_DONE(found);
    return found.ok() ? std::move(found->forge) : nullptr;
  }
  /// One commit more on the branch here.
  PullRequest committed(const std::string& text) {
    if (here_.repo().git_status({"switch", "-q", "factory/thing"}) != 0)
      here_.repo().git({"switch", "-q", "-c", "factory/thing"});
    here_.repo().write("b.txt", text);
    PullRequest wanted = here_.wanted();
    wanted.head = here_.repo().commit("feat: " + text);
    return wanted;
  }
  std::vector<record::Json> requests() {
    std::ifstream in(bare() + "/requests.json");
    std::string text((std::istreambuf_iterator<char>(in)), {});
    return text.empty() ? std::vector<record::Json>()
                        : record::Json::parse(text).value_or(record::Json()).items();
  }
  void once(const char* what) { std::ofstream(bare() + "/" + what); }
  [[nodiscard]] std::string address(int number) const {
    std::string url = git_->url("acme/shop");
    return url.substr(0, url.size() - 4) + "/-/merge_requests/" + std::to_string(number);
  }
  static constexpr const char* kBranch = "refs/heads/factory/thing";

  TestPlace here_;
  test::TempFolder folder_;
  std::unique_ptr<test::GitServer> git_;
};

TEST_F(PushOptionsTest, WhoHasNoTokenOpensARequestByThePushAndIsToldWhatDoesNotGo) {
  PullRequest wanted = committed("one");
  wanted.draft = true;
  auto gitlab = chosen({{"factory.forge.label", "bot"}, {"factory.forge.reviewer", "ada"}});
  ASSERT_DONE(gitlab->ready());
  ASSERT_THAT(here_.said, SizeIs(1));
  EXPECT_THAT(here_.said[0], HasSubstr("rework, intake and pr need a token (set GITLAB_TOKEN"));
  EXPECT_THAT(requests(), IsEmpty()) << "it was asked, and nothing was sent";
  EXPECT_THAT(here_.repo().git({"ls-remote", "origin"}), Not(HasSubstr("git-factory-asks")));
  ASSERT_GIVES(auto opened, gitlab->open_with_branch(wanted, kBranch));

  ASSERT_TRUE(opened);
  EXPECT_EQ(opened->url, address(1));
  EXPECT_EQ(opened->number, 1);
  EXPECT_TRUE(opened->fresh);
  EXPECT_THAT(opened->notes, ElementsAre(HasSubstr("names no reviewers")));
  ASSERT_THAT(requests(), SizeIs(1));
  EXPECT_THAT(
      requests()[0].get_strings("options"),
      ElementsAre("merge_request.create", "merge_request.target=main",
                  "merge_request.title=feat: a thing",
                  "merge_request.description=why\\n\\nFactory-Run: " + wanted.run.str() + "\\n",
                  "merge_request.draft", "merge_request.label=bot"));
  EXPECT_FALSE(gitlab->takes_words());
  for (const Error& no :
       {gitlab->comment(*opened, "x").error(), gitlab->said_of(*opened).error(),
        gitlab->close(*opened).error(), gitlab->find(1).error(), gitlab->issues({}).error()}) {
    EXPECT_THAT(no.message, HasSubstr("needs a token for '127.0.0.1"));
    EXPECT_THAT(no.hint, HasSubstr("GITLAB_TOKEN"));
  }
}

TEST_F(PushOptionsTest, AnAnswerThatIsLostIsFoundAndNothingIsDoubled) {
  PullRequest wanted = committed("one");
  for (const char* what : {"lose", "mute"}) {
    once(what);
    ASSERT_GIVES(auto opened, chosen()->open_with_branch(wanted, kBranch));
    EXPECT_EQ(opened->url, address(1)) << what;
    // Who was killed before he read it pushes the same once more, and nothing is sent.
    ASSERT_GIVES(auto again, chosen()->open(wanted));
    EXPECT_EQ(again.url, address(1)) << what;
    EXPECT_THAT(requests(), SizeIs(1));
    // The next state of the branch goes to the same one, and leaves the words as they are.
    wanted = committed(what);
    ASSERT_GIVES(auto next, chosen()->open_with_branch(wanted, kBranch));
    EXPECT_EQ(next->url, address(1)) << what;
    EXPECT_FALSE(next->fresh);
    EXPECT_THAT(requests(), SizeIs(1));
    wanted = committed(std::string(what) + "!");
  }
}

TEST_F(PushOptionsTest, ABranchWithoutARequestIsSaidWithTwoWaysOut) {
  PullRequest wanted = committed("one");
  here_.repo().git({"push", "-q", "origin", "factory/thing"});
  auto none = chosen()->open_with_branch(wanted, kBranch);

  ASSERT_FALSE(none.ok());
  EXPECT_THAT(none.error().message, HasSubstr("shows no merge request of it"));
  EXPECT_THAT(none.error().hint, HasSubstr("merge_requests/new?merge_request%5Bsource_branch%5D="
                                           "factory%2Fthing or set GITLAB_TOKEN"));
  // Somebody has opened it by hand.
  here_.repo().git(
      {"--git-dir=" + bare(), "update-ref", "refs/merge-requests/4/head", wanted.head.hex()});
  ASSERT_GIVES(auto found, chosen()->open_with_branch(wanted, kBranch));
  EXPECT_EQ(found->url, address(4));
}

TEST_F(PushOptionsTest, CommitsOfAPersonAreNotOverwritten) {
  committed("one");
  here_.repo().git({"push", "-q", "origin", "factory/thing"});
  here_.repo().git({"reset", "-q", "--hard", "HEAD~1"});
  auto none = chosen()->open_with_branch(committed("two"), kBranch);

  ASSERT_FALSE(none.ok());
  EXPECT_THAT(none.error().message, HasSubstr("commits that are not ours"));
}

TEST_F(PushOptionsTest, WhatKeepsAPushOutIsSaidBeforeAnythingIsSpent) {
  test::run({"git", "config", "receive.advertisePushOptions", "false"}, bare(),
            here_.repo().environment());
  auto without = chosen()->ready();
  ASSERT_FALSE(without.ok());
  EXPECT_THAT(without.error().message, HasSubstr("push options"));
  test::run({"git", "config", "http.receivepack", "false"}, bare(), here_.repo().environment());
  EXPECT_FALSE(chosen()->ready().ok());
}

TEST_F(PushOptionsTest, ATokenOfGitsOwnThatIsGoodForThePushAloneIsUsedForThat) {
  here_.repo().git({"config", "credential.helper",
                    "!f() { test \"$1\" = get && echo username=x && echo password=y; }; f"});
  Place place = here_.place({{"factory.forge", "gitlab"}}, {}, "origin");
  ASSERT_GIVES(auto asked, choose_forge(place));
  EXPECT_TRUE(asked.forge->takes_words()) << "nobody has asked the API yet";
  ASSERT_GIVES(auto ready, choose_ready_forge(place));
  EXPECT_FALSE(ready.forge->takes_words());
  EXPECT_THAT(ready.why, HasSubstr("by push options without a token (127.0.0.1"));
}

TEST_F(PushOptionsTest, OnlyWhoHasNoTokenAndNamesNoOtherWayTakesIt) {
  EXPECT_THAT(choose()->why, HasSubstr("by push options without a token"));
  for (Settings other : {Settings{{"factory.forge.push", "branch"}},
                         Settings{{"factory.forge.tokenVariable", "MINE"}}}) {
    auto none = choose(other);
    ASSERT_FALSE(none.ok());
    EXPECT_THAT(none.error().message, HasSubstr("there is no token"));
  }
  ASSERT_GIVES(auto by_rest, choose_forge(here_.place({{"factory.forge", "gitlab"}},
                                                      {{"GITLAB_TOKEN", "x"}}, "origin")));
  EXPECT_TRUE(by_rest.forge->takes_words());
}

}  // namespace
}  // namespace gf::forge
