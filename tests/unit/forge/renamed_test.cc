// A repository that was renamed, on every server that has an address for it: each leads there in a
// way of its own.
#include <gmock/gmock.h>

#include <algorithm>
#include <mutex>

#include "forge/moves.h"
#include "support/acting_server.h"
#include "support/assertions.h"
#include "unit/forge/place.h"

namespace gf::forge {
namespace {

using record::Json;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

TEST(MovesTest, WhatIsBelowAHomeMovesWithItAndNothingElseDoes) {
  Moves moves;
  moves.watch("https://h/repos/a/b");
  EXPECT_EQ(moves.now("https://h/repos/a/b/pulls"), "https://h/repos/a/b/pulls");
  struct Case {
    const char *asked, *answered;
    bool news;
  };
  for (const Case& one : {
           Case{"https://h/repos/a/b/pulls/1", "https://h/repos/a/b/pulls/1", false},
           Case{"https://h/user", "https://h/users/1", false},
           Case{"https://h/repos/a/bee/pulls", "https://h/repositories/9/pulls", false},
           Case{"https://h/repos/a/b/pulls", "https://h/login", false},
           Case{"https://h/repos/a/b/pulls?x=1", "https://h/repositories/7/pulls?x=1", true},
           Case{"https://h/repos/a/b", "https://h/repositories/7", false},
           Case{"https://h/repos/a/b", "https://h/repositories/8", true},
       }) {
    EXPECT_EQ(moves.learn(one.asked, one.answered), one.news) << one.asked;
  }
  EXPECT_EQ(moves.now("https://h/repos/a/b/pulls?x=1"), "https://h/repositories/8/pulls?x=1");
  EXPECT_EQ(moves.now("https://h/repos/a/b"), "https://h/repositories/8");
  EXPECT_EQ(moves.now("https://h/repos/a/bee"), "https://h/repos/a/bee");
}

struct Kind {
  const char *forge, *token, *below, *old_home, *new_home, *status, *open;
  bool refuses;  ///< leads who reads alone; every other question is told that it has moved
};

class RenamedTest : public ::testing::TestWithParam<Kind> {
 protected:
  RenamedTest()
      : server_(test::Act([this](const test::Asked& asked, test::Peer& peer) {
          std::lock_guard lock(mutex_);
          asked_.push_back(asked.method + " " + asked.path);
          answer(asked, peer);
        })) {}

  void answer(const test::Asked& asked, test::Peer& peer) {
    const Kind& kind = GetParam();
    std::string old_home = std::string(kind.below) + kind.old_home;
    std::string new_home = std::string(kind.below) + kind.new_home;
    auto give = [&](const char* status, const Json& body, const std::string& more = {}) {
      peer.send(test::http_answer(status, body.dump(), more));
    };
    if (asked.path.starts_with(old_home)) {
      std::string rest = asked.path.substr(old_home.size());
      if (kind.refuses && asked.method != "GET")
        return give("405 x", Json::object({{"message",
                                            "Non GET methods are not allowed for moved "
                                            "projects"}}));
      return give(kind.status, Json::object(), "Location: " + new_home + rest + "\r\n");
    }
    std::string path = asked.path.substr(0, asked.path.find('?'));
    if (!path.starts_with(new_home)) return give("404 x", Json::object({{"message", "404 Gone"}}));
    if (path == new_home) {
      return give("200 OK", Json::object({{"full_name", "acme/store"},
                                          {"path_with_namespace", "acme/store"},
                                          {"mainbranch", Json::object()},
                                          {"id", 77}}));
    }
    bool list = path.ends_with("/comments") || path.ends_with("/notes");
    if (list && asked.method == "POST") return give("201 x", Json::object());
    if (list || path.ends_with("/issues")) {
      Json items = Json::array();
      if (path.ends_with("/issues"))
        items.push(Json::object({{"number", 4},
                                 {"iid", 4},
                                 {"id", 4},
                                 {"title", "Faster"},
                                 {"state", kind.open},
                                 {"repository_url", server_.url() + "/repos/acme/store"}}));
      bool wrapped = std::string(kind.forge) == "bitbucket";
      return give("200 OK", wrapped ? Json::object({{"values", items}}) : items);
    }
    give("200 OK", Json::object({{"number", 1}, {"iid", 1}, {"id", 1}, {"state", kind.open}}));
  }

  std::unique_ptr<Forge> forge() {
    const Kind& kind = GetParam();
    auto chosen = choose_forge(here_.place({{"factory.forge", kind.forge},
                                            {"factory.forge.api", server_.url() + kind.below},
                                            {"factory.forge.repository", "acme/shop"}},
                                           {{kind.token, "fake-token-of-the-tests"}}));
    EXPECT_DONE(chosen);
    return chosen.ok() ? std::move(chosen->forge) : nullptr;
  }
  /// How often the old address was asked, and forgets it.
  size_t asked_there() {
    std::lock_guard lock(mutex_);
    std::string old_home = std::string(GetParam().below) + GetParam().old_home;
    auto count = std::count_if(asked_.begin(), asked_.end(), [&](const std::string& call) {
      return call.find(" " + old_home) != std::string::npos;
    });
    asked_.clear();
    return static_cast<size_t>(count);
  }

  std::mutex mutex_;
  std::vector<std::string> asked_;
  test::ActingServer server_;
  TestPlace here_;
};

TEST_P(RenamedTest, WhatIsReadFirstShowsTheWayForAllThatFollows) {
  auto there = forge();
  ASSERT_GIVES(auto found, there->find(1));
  ASSERT_TRUE(found);
  EXPECT_EQ(asked_there(), 1u) << "it is led there once";

  ASSERT_DONE(there->comment(*found, "done"));
  ASSERT_GIVES(auto list, there->issues({}));

  EXPECT_EQ(asked_there(), 0u);
  EXPECT_EQ(list.issues.size(), 1u) << "they are this repository's, whatever it is called";
  EXPECT_EQ(std::count_if(here_.said.begin(), here_.said.end(),
                          [](const std::string& line) {
                            return line.starts_with("'acme/shop' is called 'acme/store' at ");
                          }),
            1);
}

TEST_P(RenamedTest, WhatIsWrittenFirstArrivesToo) {
  auto there = forge();
  PullRequest pull;
  pull.number = 1;
  pull.fresh = true;

  ASSERT_DONE(there->comment(pull, "done"));

  std::lock_guard lock(mutex_);
  std::string new_home = std::string("POST ") + GetParam().below + GetParam().new_home;
  EXPECT_THAT(asked_, Contains(StartsWith(new_home)));
  EXPECT_THAT(here_.said, Contains(HasSubstr("is called 'acme/store'")));
}

TEST_P(RenamedTest, TheDoorSaysItBeforeAnythingIsSpent) {
  auto there = forge();
  ASSERT_DONE(there->ready());
  EXPECT_THAT(here_.said, Contains(HasSubstr("git remote set-url")));
}

INSTANTIATE_TEST_SUITE_P(
    Forges, RenamedTest,
    ::testing::Values(Kind{"github", "GH_ENTERPRISE_TOKEN", "", "/repos/acme/shop",
                           "/repositories/77", "301 Moved Permanently", "open", false},
                      Kind{"gitea", "GITEA_TOKEN", "", "/repos/acme/shop", "/repos/acme/store",
                           "307 Temporary Redirect", "open", false},
                      Kind{"gitlab", "GITLAB_TOKEN", "/api/v4", "/projects/acme%2Fshop",
                           "/projects/77", "301 Moved Permanently", "opened", true},
                      Kind{"bitbucket", "BITBUCKET_TOKEN", "", "/repositories/acme/shop",
                           "/repositories/acme/store", "301 Moved Permanently", "OPEN", false}),
    [](const auto& kind) { return std::string(kind.param.forge); });

}  // namespace
}  // namespace gf::forge
