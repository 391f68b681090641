// Servers that do not tell a token who may write: whoever asks must not take that for a no.
#include <gmock/gmock.h>

#include "support/acting_server.h"
#include "support/assertions.h"
#include "unit/forge/place.h"

namespace gf::forge {
namespace {

using record::Json;

struct Kind {
  const char *name, *forge, *token, *below;
  int authors;                ///< of the issues that are there: one is asked for in another way
  const char *status, *body;  ///< to every question about people
  bool access_unknown;
};

class AccessUnknownTest : public ::testing::TestWithParam<Kind> {
 protected:
  AccessUnknownTest()
      : server_(test::Act([](const test::Asked& asked, test::Peer& peer) {
          std::string path = asked.path.substr(0, asked.path.find('?'));
          bool issues = path.ends_with("/issues");
          peer.send(issues ? test::http_answer("200 OK", list())
                           : test::http_answer(GetParam().status, GetParam().body));
        })) {}
  static std::string list() {
    Json items = Json::array();
    for (int i = 1; i <= GetParam().authors; ++i) {
      std::string login = "person" + std::to_string(i);
      Json who = Json::object({{"login", login},
                               {"username", login},
                               {"display_name", login},
                               {"uuid", "{" + login + "}"},
                               {"id", i}});
      items.push(Json::object({{"number", i},
                               {"iid", i},
                               {"id", i},
                               {"title", "t"},
                               {"user", who},
                               {"author", who},
                               {"reporter", who}}));
    }
    bool wrapped = std::string(GetParam().forge) == "bitbucket";
    return (wrapped ? Json::object({{"values", items}}) : items).dump();
  }
  test::ActingServer server_;
  TestPlace here_;
};

TEST_P(AccessUnknownTest, NotToBeToldIsNoNo) {
  const Kind& kind = GetParam();
  ASSERT_GIVES(auto chosen,
               choose_forge(here_.place({{"factory.forge", kind.forge},
                                         {"factory.forge.api", server_.url() + kind.below},
                                         {"factory.forge.repository", "acme/shop"}},
                                        {{kind.token, "fake-token-of-the-tests"}})));

  ASSERT_GIVES(auto list, chosen.forge->issues({}));

  ASSERT_EQ(list.issues.size(), static_cast<size_t>(kind.authors));
  for (const Issue& issue : list.issues) {
    EXPECT_FALSE(issue.may_push) << issue.by.login;
    EXPECT_EQ(issue.access_unknown, kind.access_unknown) << issue.by.login;
  }
}

constexpr const char* kMust = R"({"message":"Must have push access to view collaborators"})";
constexpr const char* kGitHub = "GH_ENTERPRISE_TOKEN";
INSTANTIATE_TEST_SUITE_P(
    Forges, AccessUnknownTest,
    ::testing::Values(
        Kind{"GitHubOne", "github", kGitHub, "", 1, "403 Forbidden", kMust, true},
        Kind{"GitHubMany", "github", kGitHub, "", 3, "403 Forbidden", kMust, true},
        Kind{"GitHubHidden", "github", kGitHub, "", 3, "404 x", R"({"message":"Not Found"})", true},
        Kind{"GitHubHiddenOne", "github", kGitHub, "", 1, "404 x", R"({"message":"Not Found"})",
             true},
        Kind{"GitHubNobody", "github", kGitHub, "", 1, "404 x",
             R"({"message":"person1 is not a user"})", false},
        Kind{"GiteaOne", "gitea", "GITEA_TOKEN", "", 1, "403 Forbidden", kMust, true},
        Kind{"GiteaMany", "gitea", "GITEA_TOKEN", "", 3, "403 Forbidden", kMust, true},
        Kind{"GiteaNobody", "gitea", "GITEA_TOKEN", "", 2, "404 x",
             R"({"message":"The target couldn't be found."})", false},
        Kind{"GitLabOne", "gitlab", "GITLAB_TOKEN", "/api/v4", 1, "403 Forbidden",
             R"({"message":"403 Forbidden"})", true},
        Kind{"GitLabNoMember", "gitlab", "GITLAB_TOKEN", "/api/v4", 1, "404 x",
             R"({"message":"404 Not found"})", false},
        Kind{"GitLabMany", "gitlab", "GITLAB_TOKEN", "/api/v4", 3, "403 Forbidden",
             R"({"message":"403 Forbidden"})", true},
        Kind{"GitLabHidden", "gitlab", "GITLAB_TOKEN", "/api/v4", 3, "404 x",
             R"({"message":"404 Not found"})", true},
        Kind{"BitbucketOne", "bitbucket", "BITBUCKET_TOKEN", "", 1, "403 Forbidden",
             R"({"type":"error","error":{"message":"no"}})", true},
        Kind{"BitbucketMany", "bitbucket", "BITBUCKET_TOKEN", "", 3, "404 x",
             R"({"type":"error","error":{"message":"no"}})", true}),
    [](const auto& kind) { return std::string(kind.param.name); });

}  // namespace
}  // namespace gf::forge
