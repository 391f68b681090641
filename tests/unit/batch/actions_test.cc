// github-actions: what it is asked and what is made of its answers, beside a pretended GitHub.
#include <gmock/gmock.h>

#include "batch/engine.h"
#include "forge/workflow.h"
#include "support/assertions.h"
#include "support/clock.h"
#include "support/fake_github.h"
#include "unit/batch/shared_remote.h"

namespace gf::batch {
namespace {

using test::answers;
using test::FakeGitHub;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

constexpr const char* kFile = "git-factory-batch.yml";
constexpr const char* kStart =
    "POST /repos/acme/shop/actions/workflows/git-factory-batch.yml/dispatches";
constexpr const char* kRuns = "GET /repos/acme/shop/actions/workflows/git-factory-batch.yml/runs";

class ActionsTest : public SharedRemote {
 protected:
  void SetUp() override {
    SharedRemote::SetUp();
    server_.add_workflow(kFile, "git-factory ${{ inputs.as }} ${{ inputs.job }}");
    settings_ = {{"factory.forge", "github"},
                 {"factory.forge.api", server_.url()},
                 {"factory.forge.repository", "acme/shop"}};
    ada_ = person("ada");
    bob_ = person("bob");
  }
  std::unique_ptr<session::Context> person(const std::string& name) {
    session::Setup with = setup(name);
    with.clock = &clock_;
    with.environment["GH_ENTERPRISE_TOKEN"] = FakeGitHub::kToken;
    with.data_dir = "/share";
    return open(with);
  }
  EngineRoom room(session::Context& context) {
    return {context, settings_, "spring", "/srv/a.git", "0123", "4567"};
  }
  static Order order(const std::string& slug, const std::string& in_place_of = {}) {
    return {"spring", slug, in_place_of, 0};
  }
  static std::string id(const Submitted& done, size_t index = 0) {
    return done.ids.at(index).value_or("");
  }

  FakeGitHub server_;
  test::StandingClock clock_;
  Settings settings_;
  std::unique_ptr<session::Context> ada_, bob_;
};

TEST_F(ActionsTest, AJobIsARunWhoseNameHoldsItsId) {
  EngineRoom at = room(*ada_);
  Submitted done = actions_engine().submit(at, {order("health"), order("paging", "89ab")});

  ASSERT_TRUE(done.ids[0] && done.ids[1]) << done.why;
  EXPECT_NE(id(done, 0), id(done, 1));
  auto runs = server_.runs();
  ASSERT_EQ(runs.size(), 2u);
  EXPECT_EQ(runs[1].get_string("display_title"), "git-factory " + id(done, 1) + " spring/paging");
  record::Json inputs = runs[1].get("inputs");
  EXPECT_EQ(inputs.dump(), R"({"as":")" + id(done, 1) +
                               R"(","in-place-of":"89ab","job":"spring/paging","orders":"0123",)" +
                               R"("trusted":"4567"})");

  Looked looked = actions_engine().look(at, {id(done, 0), id(done, 1), "elsewhere"});
  EXPECT_EQ(looked.alive, (std::set<std::string>{id(done, 0), id(done, 1)}));
  EXPECT_TRUE(looked.unknown.empty());
  EXPECT_TRUE(actions_engine().lists_late());
}

TEST_F(ActionsTest, WhatBecameOfARunSaysWhetherAnotherOneIsWorthIt) {
  struct Case {
    const char *status, *conclusion;
    bool alive;
    const char* off;
  };
  for (const Case& each :
       {Case{"queued", "", true, ""}, Case{"in_progress", "", true, ""},
        Case{"waiting", "", true, ""}, Case{"completed", "success", false, ""},
        Case{"completed", "failure", false, ""},
        Case{"completed", "cancelled", false, "was cancelled there, or ran out of time: https://"},
        Case{"completed", "timed_out", false, "was cancelled there, or ran out of time: https://"},
        Case{"completed", "startup_failure", false, "did not begin (startup_failure): https://"},
        Case{"completed", "action_required", false, "did not begin (action_required)"},
        Case{"completed", "skipped", false, "did not begin (skipped)"}}) {
    EngineRoom at = room(*ada_);
    Submitted done = actions_engine().submit(at, {order(each.status, each.conclusion)});
    server_.change_run(server_.runs().size() - 1, each.status, each.conclusion);

    Looked looked = actions_engine().look(at, {id(done)});

    EXPECT_EQ(looked.alive.contains(id(done)), each.alive) << each.status << each.conclusion;
    EXPECT_TRUE(looked.unknown.empty());
    EXPECT_EQ(looked.called_off.contains(id(done)), *each.off != '\0') << each.conclusion;
    EXPECT_THAT(looked.called_off[id(done)], HasSubstr(each.off));
  }
}

TEST_F(ActionsTest, AStartWhoseAnswerWasLostIsFoundAndNotRepeated) {
  server_.next(kStart, answers("502 Bad Gateway", "{}"), FakeGitHub::When::kAfter);
  EngineRoom at = room(*ada_);
  Submitted done = actions_engine().submit(at, {order("health")});
  EXPECT_TRUE(done.ids[0]) << done.why;
  EXPECT_EQ(server_.runs().size(), 1u);
}

TEST_F(ActionsTest, OneThatIsListedLateIsTakenUpByTheNextSubmission) {
  server_.next(kStart, answers("502 Bad Gateway", "{}"), FakeGitHub::When::kAfter);
  for (int i = 0; i < 5; ++i)
    server_.next(kRuns, answers("200 OK", R"({"total_count":0,"workflow_runs":[]})"));
  EngineRoom at = room(*ada_);
  Submitted lost = actions_engine().submit(at, {order("health")});
  EXPECT_FALSE(lost.ids[0]);
  EXPECT_NE(lost.why, "");
  ASSERT_EQ(server_.runs().size(), 1u);
  server_.calm();

  Order again = order("health");
  again.place = 1;
  Submitted done = actions_engine().submit(at, {again});
  EXPECT_THAT(server_.runs().at(0).get_string("display_title"),
              HasSubstr(done.ids.at(0).value_or("none")));
  EXPECT_EQ(server_.runs().size(), 1u);

  // Not one that is over, and none that has another leave.
  server_.change_run(0, "completed", "failure");
  EXPECT_NE(id(actions_engine().submit(at, {order("health")})), id(done));
  actions_engine().submit(at, {order("health", "89ab")});
  EXPECT_EQ(server_.runs().size(), 3u);
}

TEST_F(ActionsTest, WhileItFailsTheRestIsLeftToTheNextSubmission) {
  for (const char* status : {"429 Too Many Requests", "503 Service Unavailable"}) {
    server_.calm();
    size_t before = server_.runs().size();
    server_.next(kStart, answers(status, "{}", "Retry-After: 3600\r\n"));
    EngineRoom at = room(*ada_);
    std::vector<Order> two = {order(fmt::format("health-{}", before)),
                              order(fmt::format("paging-{}", before))};
    Submitted done = actions_engine().submit(at, two);
    EXPECT_FALSE(done.ids[0] || done.ids[1]);
    EXPECT_TRUE(done.goes_by) << done.why;
    EXPECT_EQ(server_.runs().size(), before);
    Submitted again = actions_engine().submit(at, two);
    EXPECT_TRUE(again.ids[0] && again.ids[1]) << again.why;
  }
}

TEST_F(ActionsTest, ARefusalEndsTheSubmissionAndSaysWhatHelps) {
  server_.next(kStart,
               answers("422 Unprocessable Entity",
                       R"({"message":"Workflow does not have 'workflow_dispatch' trigger"})"));
  EngineRoom at = room(*ada_);
  Submitted done = actions_engine().submit(at, {order("health"), order("paging")});
  EXPECT_FALSE(done.ids[0] || done.ids[1]);
  EXPECT_THAT(done.why, HasSubstr("does not have 'workflow_dispatch' trigger"));
  EXPECT_FALSE(done.goes_by);
  EXPECT_TRUE(server_.runs().empty());
}

TEST_F(ActionsTest, WhatCannotBeAskedIsUnknown) {
  EngineRoom at = room(*ada_);
  Submitted done = actions_engine().submit(at, {order("health")});
  for (int i = 0; i < 3; ++i) server_.next(kRuns, answers("503 Service Unavailable", "{}"));
  Looked looked = actions_engine().look(at, {id(done)});
  EXPECT_EQ(looked.unknown, std::set<std::string>{id(done)});
  EXPECT_NE(looked.why, "");
}

TEST_F(ActionsTest, OneThatWaitsLongIsTold) {
  EngineRoom at = room(*ada_);
  Submitted done = actions_engine().submit(at, {order("health")});
  EXPECT_EQ(actions_engine().look(at, {id(done)}).note, "");
  clock_.advance(Milliseconds(700000));
  EXPECT_THAT(actions_engine().look(at, {id(done)}).note,
              StartsWith("a job has waited for a machine for more than 10 minutes: https://"));
  server_.change_run(0, "in_progress");
  EXPECT_EQ(actions_engine().look(at, {id(done)}).note, "");
}

TEST_F(ActionsTest, OursAreCancelledAndNoOtherBatchs) {
  EngineRoom at = room(*ada_), of_bob = room(*bob_);
  EngineRoom summer = room(*ada_);
  summer.batch = "summer";
  std::string known = id(actions_engine().submit(at, {order("health")}));
  actions_engine().submit(at, {order("untold")});
  std::string bobs = id(actions_engine().submit(of_bob, {order("bobs")}));
  std::string other = id(actions_engine().submit(summer, {{"summer", "health", "", 0}}));

  // Also when a stop is asked for: that is when it matters.
  cancel_.request();
  ASSERT_DONE(actions_engine().cancel(at, {known, bobs}));

  auto runs = server_.runs();
  EXPECT_EQ(runs[0].get_string("conclusion"), "cancelled");
  EXPECT_EQ(runs[1].get_string("conclusion"), "cancelled") << "that nobody was told of";
  EXPECT_EQ(runs[2].get_string("status"), "queued") << bobs;
  EXPECT_EQ(runs[3].get_string("status"), "queued") << other;
  EXPECT_TRUE(actions_engine().look(at, {known}).alive.empty());
  EXPECT_EQ(actions_engine().look(at, {known, bobs}).others, std::set<std::string>{bobs});
}

TEST_F(ActionsTest, WhatAnotherPersonEndsIsGoneAndNotCalledOff) {
  EngineRoom at = room(*ada_), of_bob = room(*bob_);
  std::string adas = id(actions_engine().submit(at, {order("health")}));
  ASSERT_EQ(id(actions_engine().submit(of_bob, {order("health")})), adas) << "taken up";
  ASSERT_DONE(actions_engine().cancel(at, {}));

  EXPECT_TRUE(actions_engine().look(at, {adas}).called_off.contains(adas));
  EXPECT_TRUE(actions_engine().look(at, {adas}).cancelled.contains(adas));
  Looked bobs = actions_engine().look(of_bob, {adas});
  EXPECT_TRUE(bobs.called_off.empty() && bobs.alive.empty());
  EXPECT_EQ(bobs.over, std::set<std::string>{adas});
}

TEST_F(ActionsTest, RunsOfBeforeTheBatchAreNotLookedAt) {
  EngineRoom at = room(*ada_);
  at.begun = clock_.now() + Milliseconds(600000);
  std::string known = id(actions_engine().submit(at, {order("health")}));
  EXPECT_TRUE(actions_engine().look(at, {known}).alive.contains(known)) << "clocks may differ";
  at.begun = clock_.now() + Milliseconds(86400000);
  EXPECT_FALSE(actions_engine().look(at, {known}).alive.contains(known));
}

TEST_F(ActionsTest, AStopThatIsNotToldOfAllRunsSaysSo) {
  EngineRoom at = room(*ada_);
  std::string run = R"({"id":1,"display_title":"x","status":"completed"})", all;
  for (int i = 0; i < 1000; ++i) all += (all.empty() ? "" : ",") + run;
  server_.next(kRuns, answers("200 OK", R"({"total_count":1000,"workflow_runs":[)" + all + "]}"));
  auto cancelled = actions_engine().cancel(at, {});
  ASSERT_FALSE(cancelled.ok());
  EXPECT_THAT(cancelled.error().message, HasSubstr("older ones of this batch may go on"));
}

TEST_F(ActionsTest, HintsAreOfABatch) {
  session::Setup with = setup("ada");
  with.clock = &clock_;
  auto nobody = open(with);
  auto ready = actions_engine().ready(room(*nobody));
  ASSERT_FALSE(ready.ok());
  EXPECT_THAT(ready.error().hint, StartsWith("set GH_ENTERPRISE_TOKEN"));
  EXPECT_THAT(ready.error().hint, Not(HasSubstr("factory.forge local")));
  server_.next(kStart, answers("429 Too Many Requests", "{}", "Retry-After: 3600\r\n"));
  Submitted done = actions_engine().submit(room(*ada_), {order("health")});
  EXPECT_THAT(done.why, HasSubstr("go on with 'git factory batch --resume' after"));
}

TEST_F(ActionsTest, AStopIsHeardOfWhereGitAloneHasTheToken) {
  session::Setup with = setup("ada");
  with.clock = &clock_;
  run(
      fmt::format("git -C ada config credential.helper '!f() {{ echo asked >>\"{}\"; echo "
                  "username=x; echo password={}; }}; f'",
                  folder_ / "asked", FakeGitHub::kToken));
  auto context = open(with);
  EngineRoom at = room(*context);
  ASSERT_DONE(actions_engine().ready(at));
  std::string known = id(actions_engine().submit(at, {order("health")}));
  std::string asked = folder_.read("asked");

  cancel_.request();
  ASSERT_DONE(actions_engine().cancel(at, {known}));
  EXPECT_EQ(server_.runs().at(0).get_string("conclusion"), "cancelled");
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(actions_engine().look(at, {known}).unknown.empty());
  EXPECT_EQ(folder_.read("asked"), asked) << "nobody is asked for the token anew";
}

TEST_F(ActionsTest, WhatIsLackingIsToldBeforeAnythingIsSent) {
  EngineRoom at = room(*ada_);
  EXPECT_DONE(actions_engine().ready(at));

  settings_.add("factory.batch.workflow", "other.yml");
  auto missing = actions_engine().ready(room(*ada_));
  ASSERT_FALSE(missing.ok());
  EXPECT_EQ(missing.error().message, "'acme/shop' has no workflow 'other.yml' on 'main'");
  EXPECT_EQ(missing.error().hint,
            "copy '/share/runners/github-actions.yml' to .github/workflows/other.yml, and push it "
            "to 'main'");

  server_.add_workflow("other.yml", "x", "disabled_manually");
  auto off = actions_engine().ready(room(*ada_));
  ASSERT_FALSE(off.ok());
  EXPECT_EQ(off.error().hint, "gh workflow enable other.yml");

  server_.switch_actions_off();
  auto none = actions_engine().ready(room(*ada_));
  ASSERT_FALSE(none.ok());
  EXPECT_EQ(none.error().message, "'acme/shop' has Actions switched off");
  EXPECT_TRUE(server_.runs().empty());
}

}  // namespace
}  // namespace gf::batch
