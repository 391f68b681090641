// `gh` as the carrier: what it prints is read, and a real one asks what we would have asked.
#include "forge/gh.h"

#include <gmock/gmock.h>

#include "support/acting_server.h"
#include "support/assertions.h"
#include "support/real_gh.h"
#include "unit/forge/place.h"

namespace gf::forge {
namespace {

using test::FakeGitHub;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(AnswerOfGhTest, HeadAndBodyAreToldApart) {
  struct Case {
    const char* out;
    long status;
    const char *type, *body;
  };
  const Case cases[] = {
      {"HTTP/2.0 200 OK\nContent-Type: application/json\r\nEtag: \"a\"\r\n\r\n{\"a\":1}", 200,
       "application/json", "{\"a\":1}"},
      {"HTTP/1.1 422 Unprocessable Entity\nContent-Type: a/b; x=y:z\r\n\r\n{}", 422, "a/b; x=y:z",
       "{}"},
      {"HTTP/1.1 204 No Content\n\r\n", 204, "", ""},
      {"HTTP/1.1 200 OK\nno colon\r\n\r\nHTTP/1.1 500 x\n\r\n", 200, "", "HTTP/1.1 500 x\n\r\n"},
  };
  for (const Case& one : cases) {
    auto answer = answer_of_gh(one.out);
    ASSERT_TRUE(answer) << one.out;
    EXPECT_EQ(answer->status, one.status) << one.out;
    EXPECT_EQ(answer->header("content-type"), one.type) << one.out;
    EXPECT_EQ(answer->body, one.body) << one.out;
  }
  for (const char* none : {"", "{}", "HTTP/1.1 200 OK", "HTTP/1.1 200 OK\n", "HTTP/1.1 OK\n\r\n",
                           "HTTP/1.1 200 OK\nA: b\r\n", "HTTP/ \n\n", "gh: x (HTTP 404)\n\n"})
    EXPECT_FALSE(answer_of_gh(none)) << none;
}

TEST(AnswerOfGhTest, WhatItComplainsOfSaysWhatHelps) {
  struct Case {
    int exit_code;
    const char* err;
    Fault fault;
    const char *message, *detail;
  };
  const Case cases[] = {
      {4, "To get started with GitHub CLI, please run:  gh auth login", Fault::kConfiguration,
       "nobody is logged in", ""},
      {1, "error connecting to api.github.com\ncheck your internet connection", Fault::kTransient,
       "error connecting", "unreached"},
      {1, "Post \"https://x\": dial unix /s: connect: connection refused", Fault::kTransient,
       "dial unix", "unreached"},
      {1, "Post \"https://x\": EOF", Fault::kTransient, "EOF", ""},
      {1, "x509: certificate signed by unknown authority", Fault::kConfiguration, "not trust", ""},
      {1, "unknown flag: --include", Fault::kConfiguration, "cannot ask", ""},
  };
  for (const Case& one : cases) {
    Error error = failure_of_gh(one.exit_code, one.err);
    EXPECT_EQ(error.fault, one.fault) << one.err;
    EXPECT_THAT(error.message, HasSubstr(one.message));
    EXPECT_EQ(error.message.find('\n'), std::string::npos);
    EXPECT_EQ(error.detail, one.detail) << one.err;
    EXPECT_FALSE(error.hint.empty());
  }
}

class GhTest : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!test::has_gh()) GTEST_SKIP() << "there is no gh here";
  }
  Environment environment(const std::map<std::string, std::string>& more = {}) {
    Environment all = here_.repo().environment();
    for (const auto& [name, value] : gh_.environment()) all[name] = value;
    for (const auto& [name, value] : more) all[name] = value;
    return all;
  }
  Result<Chosen> chosen(const Settings& settings, const std::string& url,
                        const std::map<std::string, std::string>& more = {}) {
    here_.repo().git_status({"remote", "remove", "origin"});
    here_.repo().git({"remote", "add", "origin", url});
    return choose_forge(here_.place(settings, environment(more), "origin"));
  }

  FakeGitHub server_;
  TestPlace here_;
  test::RealGh gh_{server_};
};

TEST_F(GhTest, WhoIsLoggedInNeedsNoTokenAndTheSameIsAsked) {
  ASSERT_GIVES(auto found, chosen({}, "https://github.com/acme/shop"));
  ASSERT_DONE(found.forge->ready());
  ASSERT_GIVES(auto opened, found.forge->open(here_.wanted()));
  ASSERT_DONE(found.forge->comment(opened, "looks right"));
  ASSERT_DONE(found.forge->report(opened, {true, "approved by a/b", opened.url}));

  EXPECT_EQ(found.why, "'origin' is at github, through 'gh'");
  EXPECT_THAT(server_.comments(1), ElementsAre("looks right"));
  EXPECT_EQ(server_.statuses().size(), 1u);
  EXPECT_EQ(server_.calls().size(), 5u) << "as many as without it";
  for (const test::Asked& one : server_.asked())
    EXPECT_THAT(one.header("accept"), HasSubstr("application/vnd.github+json"));
}

TEST_F(GhTest, AVariableComesBeforeItAndWhatItDoesNotReachToo) {
  ASSERT_GIVES(auto direct,
               chosen({}, "https://github.com/acme/shop", {{"GH_TOKEN", FakeGitHub::kToken}}));
  EXPECT_EQ(direct.why, "'origin' is at github");
  // There it would ask another server than is meant; the token it would give is asked for.
  ASSERT_GIVES(auto elsewhere,
               chosen({{"factory.forge", "github"}, {"factory.forge.api", server_.url()}},
                      "https://github.com/acme/shop", {{"GH_ENTERPRISE_TOKEN", "x"}}));
  EXPECT_EQ(elsewhere.why, "factory.forge says so");
}

TEST_F(GhTest, WhatIsNamedIsMeantAndWhatLacksIsSaid) {
  auto far = chosen({{"factory.forge", "gh"}, {"factory.forge.api", "https://h/api/v3"}},
                    "https://github.com/acme/shop");
  ASSERT_FALSE(far.ok());
  EXPECT_THAT(far.error().message, HasSubstr("nobody is logged in with 'gh' at 'h'"));
  auto port = chosen({{"factory.forge", "gh"}, {"factory.forge.api", server_.url()}},
                     "https://github.com/acme/shop");
  ASSERT_FALSE(port.ok());
  EXPECT_THAT(port.error().message, HasSubstr("'gh' does not ask 'http://127.0.0.1"));

  gh_.log_out();
  auto out = chosen({{"factory.forge", "gh"}}, "https://github.com/acme/shop");
  ASSERT_FALSE(out.ok());
  EXPECT_THAT(out.error().hint, HasSubstr("gh auth login --hostname github.com"));
  ASSERT_GIVES(auto local, chosen({}, "https://github.com/acme/shop"));
  EXPECT_EQ(local.forge->name(), "local");
}

TEST_F(GhTest, ASilentServerIsNotWaitedForForEver) {
  test::ActingServer silent(
      test::Act([](const test::Asked&, test::Peer& peer) { peer.wait_until_gone(); }));
  test::TempFolder folder;
  test::UnixDoor door(folder / "door", silent.host());
  folder.write("config.yml", "http_unix_socket: " + (folder / "door") + "\n");
  net::Request request;
  request.url = "https://api.github.com/repos/acme/shop";
  request.limits.total = Milliseconds(1500);
  auto answer = carried_by_gh(environment({{"GH_CONFIG_DIR", folder.path()}, {"GH_TOKEN", "x"}}))(
      request, here_.cancel());

  ASSERT_FALSE(answer.ok());
  EXPECT_EQ(answer.error().fault, Fault::kTransient);
  EXPECT_THAT(answer.error().message, HasSubstr("in time"));
}

}  // namespace
}  // namespace gf::forge
