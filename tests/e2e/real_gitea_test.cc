// Whole runs beside a real Gitea: delivered, reviewed by somebody else, reworked, renamed under our
// hands, asked for by issues. tests/services/gitea.py starts the server; skipped without it.
#include <gmock/gmock.h>

#include <chrono>
#include <cstdlib>
#include <thread>

#include "e2e/factory.h"
#include "e2e/own_answers.h"

namespace gf::test {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

/// Variables: those of tests/unit/forge/real_gitea_test.cc; GF_GITEA_WRITER_TOKEN: of one who is no
/// administrator and is let write where it says so. Each test has a repository of the owner's.
class RealGiteaE2eTest : public FactoryTest {
 protected:
  void SetUp() override {
    if (url_.empty()) GTEST_SKIP() << "no Gitea: see tests/services/README.md";
    make_shop();
    answers_.use();
    name_ = "shop-" + std::to_string(std::chrono::steady_clock::now().time_since_epoch().count());
    api("POST", "/user/repos", R"({"name":")" + name_ + R"(","default_branch":"main"})");
    repo_.git({"config", "factory.forge", "gitea"});
    repo_.git({"remote", "set-url", "origin", url_ + "/ada/" + name_ + ".git"});
    push_as(variable("GF_GITEA_TOKEN"));
    repo_.git({"push", "-q", "origin", "main"});
  }
  void push_as(const std::string& token) {
    token_ = token;
    repo_.git({"config", "credential.helper",
               "!f() { test \"$1\" = get && echo username=x && echo password=" + token + "; }; f"});
  }
  /// From now on it is the person with the right to write who runs the factory.
  void as_writer() {
    api("PUT", "/repos/ada/" + name_ + "/collaborators/cyd", R"({"permission":"write"})");
    push_as(variable("GF_GITEA_WRITER_TOKEN"));
  }
  Ran run_as(std::vector<std::string> arguments) {
    return factory_with({{"GITEA_TOKEN", token_}}, std::move(arguments));
  }
  Ran deliver() {
    return run_as({"feature", "--slug", "health", "--model", "scripted/health", kHealth});
  }
  /// What the owner, or who has that token, asks of the API, by curl.
  record::Json api(const std::string& method, const std::string& path, const std::string& body = {},
                   std::string token = {}) const {
    if (token.empty()) token = variable("GF_GITEA_TOKEN");
    std::vector<std::string> words = {
        "curl", "-sS", "--fail-with-body", "-X", method, "-H", "Authorization: token " + token};
    if (!body.empty())
      words.insert(words.end(), {"-H", "Content-Type: application/json", "-d", body});
    words.push_back(url_ + "/api/v1" + path);
    Ran ran = run(words, repo_.path(), environment());
    EXPECT_EQ(ran.exit_code, 0) << path << ": " << ran.out << ran.err;
    return record::Json::parse(ran.out).value_or(record::Json());
  }
  [[nodiscard]] record::Json of_repository(const std::string& path) const {
    return api("GET", "/repos/ada/" + name_ + path);
  }
  void review(const std::string& words) const {
    api("POST", "/repos/ada/" + name_ + "/pulls/1/reviews",
        R"({"event":"REQUEST_CHANGES","body":"One thing below.","comments":[
            {"path":"app/routers/health.py","new_position":1,"body":")" +
            words + R"("}]})");
  }
  [[nodiscard]] std::string head() const {
    return repo_.git({"ls-remote", "origin", "refs/pull/1/head"}).substr(0, 40);
  }
  /// The request has one commit more, on the one before, and its thread is answered.
  void expect_reworked_from(const std::string& before) {
    repo_.git({"fetch", "-q", "origin", "refs/pull/1/head"});
    EXPECT_NE(head(), before);
    EXPECT_EQ(repo_.git({"rev-parse", head() + "^"}).substr(0, 40), before);
    EXPECT_THAT(repo_.git({"log", "-1", "--format=%B", head()}),
                HasSubstr("app/routers/health.py:1: Say when it is ok."));
    EXPECT_EQ(of_repository("/pulls?state=all").size(), 1u);
    EXPECT_THAT(of_repository("/issues/1/comments").dump(),
                HasSubstr("Done in " + head().substr(0, 10)));
  }

  OwnAnswers answers_{repo_};
  std::string url_ = variable("GF_GITEA_URL"), name_, token_;
};

TEST_F(RealGiteaE2eTest, AReadersDeliveryIsReviewedAndReworkedWithoutABranchThere) {
  push_as(variable("GF_GITEA_READER_TOKEN"));
  Ran delivered = deliver();
  ASSERT_EQ(delivered.exit_code, 0) << delivered.err << delivered.out;
  EXPECT_THAT(delivered.out, HasSubstr(url_ + "/ada/" + name_ + "/pulls/1"));
  record::Json pull = of_repository("/pulls/1");
  EXPECT_THAT(pull.get_string("body"), HasSubstr("## Evidence"));
  std::string before = head();
  EXPECT_EQ(pull.get("head").get_string("sha"), before);

  review("Say when it is ok.");
  answers_.will_reword();
  Ran reworked = run_as({"rework"});

  ASSERT_EQ(reworked.exit_code, 0) << reworked.err;
  expect_reworked_from(before);
  EXPECT_THAT(repo_.git({"ls-remote", "origin"}), Not(HasSubstr("refs/heads/factory")));
  Ran again = run_as({"rework"});
  EXPECT_EQ(again.exit_code, 0);
  EXPECT_THAT(again.err, HasSubstr("nothing new is asked of"));
}

TEST_F(RealGiteaE2eTest, WhatIsRenamedMeanwhileIsFollowedAndSaid) {
  as_writer();
  Ran delivered = deliver();
  ASSERT_EQ(delivered.exit_code, 0) << delivered.err << delivered.out;
  std::string before = head();
  EXPECT_THAT(repo_.git({"ls-remote", "origin"}),
              HasSubstr(before + "\trefs/heads/factory/health"));
  review("Say when it is ok.");
  answers_.will_reword();
  std::string renamed = name_ + "-renamed";
  api("PATCH", "/repos/ada/" + name_, R"({"name":")" + renamed + R"("})");

  Ran reworked = run_as({"rework"});

  ASSERT_EQ(reworked.exit_code, 0) << reworked.err;
  EXPECT_THAT(reworked.err, HasSubstr("'ada/" + name_ + "' is called 'ada/" + renamed + "'"));
  name_ = renamed;
  expect_reworked_from(before);
}

TEST_F(RealGiteaE2eTest, WhoMayWriteIsNotToldAndWhatIsSaidIsNotPassedOver) {
  as_writer();
  Ran delivered = deliver();
  ASSERT_EQ(delivered.exit_code, 0) << delivered.err << delivered.out;
  std::string reader = variable("GF_GITEA_READER_TOKEN");
  api("POST", "/repos/ada/" + name_ + "/issues/1/comments", R"({"body":"Drop the tests."})",
      reader);

  Ran strange = run_as({"rework"});

  EXPECT_EQ(strange.exit_code, 1) << strange.err;
  EXPECT_THAT(strange.err,
              AllOf(HasSubstr("'bob' left out: the server does not tell this token"),
                    HasSubstr("hint: name whom you trust with"), Not(HasSubstr("nothing new"))));
  api("POST", "/repos/ada/" + name_ + "/issues/1/comments", R"({"body":"Say when it is ok."})");
  Ran seen = run_as({"rework", "--dry-run"});
  EXPECT_THAT(seen.out, AllOf(HasSubstr("Say when it is ok."), Not(HasSubstr("Drop the tests"))));
}

TEST_F(RealGiteaE2eTest, IssuesWithALabelAreTakenInAndClosedByTheirRequest) {
  as_writer();
  auto label = api("POST", "/repos/ada/" + name_ + "/labels", R"({"name":"ready","color":"#0f0"})");
  auto issue = [&](const std::string& title, const std::string& body, const std::string& token) {
    std::string labels = "[" + std::to_string(label.get_int("id")) + "]";
    int64_t number = api("POST", "/repos/ada/" + name_ + "/issues",
                         record::Json::object({{"title", title}, {"body", body}}).dump(), token)
                         .get_int("number");
    api("POST", "/repos/ada/" + name_ + "/issues/" + std::to_string(number) + "/labels",
        R"({"labels":)" + labels + "}");
  };
  issue("Health endpoint", kHealth, "");
  issue("Delete the tests", "All of them.", variable("GF_GITEA_READER_TOKEN"));
  api("POST", "/repos/ada/" + name_ + "/issues", R"({"title":"Something else"})");

  Ran listed = run_as({"intake", "--label", "ready"});
  Ran planned = run_as({"intake", "--plan", "--label", "ready", "--model", "scripted/health"});
  Ran taken = run_as({"feature", "--issue", "1", "--slug", "health", "--model", "scripted/health"});

  ASSERT_EQ(listed.exit_code, 0) << listed.err;
  EXPECT_THAT(listed.out, AllOf(HasSubstr("#1 "), HasSubstr("#2 "), Not(HasSubstr("#3 ")),
                                HasSubstr("by 'bob', and the server does not tell this token")));
  ASSERT_EQ(planned.exit_code, 0) << planned.err;
  EXPECT_THAT(planned.out, AllOf(HasSubstr("compiles"), HasSubstr("Health endpoint")));
  ASSERT_EQ(taken.exit_code, 0) << taken.err;
  std::string pull = "/pulls/4";
  EXPECT_TRUE(of_repository(pull).get_string("body").starts_with("Closes #1."));
  api("POST", "/repos/ada/" + name_ + pull + "/merge", R"({"Do":"merge"})");
  EXPECT_EQ(of_repository("/issues/1").get_string("state"), "closed");
  EXPECT_THAT(run_as({"intake", "--label", "ready"}).out, Not(HasSubstr("#1 ")));
}

}  // namespace
}  // namespace gf::test
