// A workflow that is started by hand, over real HTTP beside a pretended GitHub.
#include "forge/workflow.h"

#include <gmock/gmock.h>

#include "unit/forge/hub.h"

namespace gf::forge {
namespace {

using record::Json;
using test::answers;
using test::FakeGitHub;
using ::testing::HasSubstr;

constexpr const char* kFile = "batch.yml";
constexpr const char* kStart = "POST /repos/acme/shop/actions/workflows/batch.yml/dispatches";
constexpr const char* kList = "GET /repos/acme/shop/actions/workflows/batch.yml/runs";

class WorkflowTest : public ::testing::Test, protected OnHub {
 protected:
  WorkflowTest() : OnHub("github", FakeGitHub::As::kGitHub) {
    server_.add_workflow(kFile, "git-factory ${{ inputs.job }} ${{ inputs.as }}");
  }
  Result<std::unique_ptr<Workflow>> workflow(const Settings& more = {}) {
    Settings settings = {{"factory.forge", "github"},
                         {"factory.forge.api", server_.url()},
                         {"factory.forge.repository", "acme/shop"}};
    settings.add(more);
    return github_workflow(kFile,
                           here_.place(settings, {{"GH_ENTERPRISE_TOKEN", FakeGitHub::kToken}}));
  }
};

TEST_F(WorkflowTest, WhatIsStartedIsFoundByItsName) {
  ASSERT_GIVES(auto batch, workflow());
  ASSERT_DONE(batch->start({{"job", "spring/health"}, {"as", "one"}}));
  ASSERT_DONE(batch->start({{"job", "spring/orders"}, {"as", "two"}}));

  ASSERT_GIVES(auto found, batch->runs({}, {}));
  ASSERT_EQ(found.runs.size(), 2u);
  EXPECT_TRUE(found.whole);
  EXPECT_EQ(found.runs[0].title, "git-factory spring/orders two");
  EXPECT_TRUE(found.runs[1].waits);
  EXPECT_FALSE(found.runs[1].over);
  for (const char* since : {"2026-01-02T03:04:05Z", "2026-01-02T03:04:06Z"}) {
    ASSERT_GIVES(auto newer, batch->runs({}, parse_iso8601(since).value()));
    EXPECT_EQ(newer.runs.size(), std::string_view(since).ends_with("5Z") ? 2u : 0u) << since;
    EXPECT_TRUE(newer.whole);
  }
  ASSERT_DONE(batch->cancel(found.runs[1].id));
  ASSERT_GIVES(found, batch->runs({}, {}));
  EXPECT_TRUE(found.runs[1].over);
  EXPECT_EQ(found.runs[1].conclusion, "cancelled");
  EXPECT_DONE(batch->cancel(found.runs[1].id)) << "what is over stays so";
  EXPECT_EQ(server_.runs().at(0).get("inputs").dump(), R"({"as":"one","job":"spring/health"})");
}

TEST_F(WorkflowTest, WhatIsThereIsToldBeforeAnythingIsStarted) {
  struct Case {
    const char* state;
    bool off;
  };
  for (const Case& each :
       {Case{"active", false}, Case{"disabled_manually", false}, Case{"active", true}}) {
    server_.add_workflow(kFile, "x", each.state);
    if (each.off) server_.switch_actions_off();
    ASSERT_GIVES(auto batch, workflow());
    ASSERT_GIVES(auto facts, batch->look());
    EXPECT_TRUE(facts.there);
    EXPECT_EQ(facts.state, each.state);
    EXPECT_EQ(facts.actions_off, each.off);
    EXPECT_EQ(facts.branch, "main");
  }
}

TEST_F(WorkflowTest, OneThatIsMissingIsNoError) {
  server_.next("GET /repos/acme/shop/actions/workflows/", answers("404 Not Found", "{}"));
  ASSERT_GIVES(auto batch, workflow());
  ASSERT_GIVES(auto facts, batch->look());
  EXPECT_FALSE(facts.there);
}

TEST_F(WorkflowTest, AnOrdinaryTokenIsNotToldWhetherActionsAreOff) {
  server_.next("GET /repos/acme/shop/actions/permissions",
               answers("403 Forbidden", R"({"message":"Resource not accessible"})"));
  ASSERT_GIVES(auto batch, workflow());
  ASSERT_GIVES(auto facts, batch->look());
  EXPECT_TRUE(facts.there);
  EXPECT_FALSE(facts.actions_off);
}

TEST_F(WorkflowTest, AStartWhoseAnswerWasLostIsNotSentAgain) {
  for (const char* answer : {"502 Bad Gateway", ""}) {
    size_t before = server_.runs().size();
    test::Act act = answers(answer, "{}");
    if (*answer == '\0') act = [](const test::Asked&, test::Peer& peer) { peer.reset(); };
    server_.next(kStart, act, FakeGitHub::When::kAfter);
    ASSERT_GIVES(auto batch, workflow());
    auto started = batch->start({{"job", "a/b"}, {"as", "x"}});
    ASSERT_FALSE(started.ok());
    EXPECT_EQ(started.error().fault, Fault::kTransient) << started.error().message;
    EXPECT_EQ(server_.runs().size(), before + 1);
  }
}

TEST_F(WorkflowTest, NorOneThatAFailingServerNamesATimeFor) {
  server_.next(kStart, answers("503 Service Unavailable", "{}", "Retry-After: 7\r\n"),
               FakeGitHub::When::kAfter);
  ASSERT_GIVES(auto batch, workflow());
  auto started = batch->start({{"job", "a/b"}, {"as", "x"}});
  ASSERT_FALSE(started.ok());
  EXPECT_EQ(started.error().fault, Fault::kTransient);
  EXPECT_EQ(server_.runs().size(), 1u);
}

TEST_F(WorkflowTest, ALimitIsWaitedFor) {
  for (const char* status : {"429 Too Many Requests", "403 Forbidden"}) {
    size_t before = server_.runs().size();
    server_.next(kStart,
                 answers(status, R"({"message":"You have exceeded a secondary rate limit"})",
                         "Retry-After: 7\r\n"));
    ASSERT_GIVES(auto batch, workflow());
    EXPECT_DONE(batch->start({{"job", "a/b"}, {"as", "x"}}));
    EXPECT_EQ(server_.runs().size(), before + 1);
    EXPECT_THAT(here_.said.back(), HasSubstr("waiting 7 s"));
  }
}

TEST_F(WorkflowTest, ARefusalSaysWhatTheServerSaid) {
  struct Case {
    const char *status, *words;
  };
  for (const Case& each :
       {Case{"422 Unprocessable Entity", "Workflow does not have 'workflow_dispatch' trigger"},
        Case{"422 Unprocessable Entity", "Actions has been disabled for this repository."},
        Case{"403 Forbidden", "Resource not accessible by personal access token"}}) {
    server_.next(kStart, answers(each.status, Json::object({{"message", each.words}}).dump()));
    ASSERT_GIVES(auto batch, workflow());
    auto started = batch->start({{"job", "a/b"}, {"as", "x"}});
    ASSERT_FALSE(started.ok());
    EXPECT_NE(started.error().fault, Fault::kTransient) << each.words;
    EXPECT_THAT(started.error().message, HasSubstr(each.words));
  }
}

TEST_F(WorkflowTest, OneThatCannotBeStartedThereIsNamed) {
  server_.next(kStart, answers("404 Not Found", R"({"message":"Not Found"})"));
  ASSERT_GIVES(auto batch, workflow());
  auto started = batch->start({{"job", "a/b"}, {"as", "x"}});
  ASSERT_FALSE(started.ok());
  EXPECT_THAT(started.error().message, HasSubstr("starts no workflow 'batch.yml' on 'main'"));
}

TEST_F(WorkflowTest, ListsGoOnUntilItIsEnough) {
  ASSERT_GIVES(auto batch, workflow());
  for (int i = 0; i < 130; ++i)
    ASSERT_DONE(batch->start({{"job", "a/b"}, {"as", std::to_string(i)}}));
  ASSERT_GIVES(auto all, batch->runs({}, {}));
  EXPECT_EQ(all.runs.size(), 130u);
  EXPECT_TRUE(all.whole);
  ASSERT_GIVES(
      auto some,
      batch->runs([](const WorkflowRun& run) { return run.title == "git-factory a/b 120"; }, {}));
  EXPECT_EQ(some.runs.size(), 10u);
  EXPECT_FALSE(some.whole);
  size_t asked = server_.asked().size();
  ASSERT_GIVES(auto again, batch->runs({}, {}));
  EXPECT_EQ(again.runs.size(), 130u) << "what stood still is told as unchanged";
  for (size_t i = asked; i < server_.asked().size(); ++i)
    EXPECT_NE(server_.asked()[i].header("if-none-match"), "");
}

TEST_F(WorkflowTest, WhoIsNotOnGitHubIsTold) {
  Settings settings = {{"factory.forge", "auto"}};
  auto none = github_workflow(kFile, here_.place(settings, {}, "https://gitlab.com/acme/shop"));
  ASSERT_FALSE(none.ok());
  EXPECT_EQ(none.error().message, "'gitlab.com' is not on GitHub, and workflows run nowhere else");
  auto tokenless =
      github_workflow(kFile, here_.place(settings, {}, "https://github.com/acme/shop"));
  ASSERT_FALSE(tokenless.ok());
  EXPECT_THAT(tokenless.error().message, HasSubstr("there is no token for 'github.com'"));
  EXPECT_THAT(server_.calls(), ::testing::Not(::testing::Contains(std::string(kList))));
}

}  // namespace
}  // namespace gf::forge
