// Runs begun, gone on with and ended, as far as no model has to answer.
#include "line/features.h"

#include <gmock/gmock.h>

#include <filesystem>

#include "base/text.h"
#include "session/hold.h"
#include "support/opened.h"
#include "support/spec.h"

namespace gf::line {
namespace {

using record::RunStatus;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

TEST(CheckedRequestTest, BlanksAroundItAreNotPartOfIt) {
  EXPECT_EQ(checked_request(" \n Add a page.\n\nWith two paragraphs.\n").value(),
            "Add a page.\n\nWith two paragraphs.");
}

TEST(CheckedRequestTest, WhatIsNoRequestIsAnErrorThatSaysWhatToDo) {
  const std::vector<std::pair<std::string, const char*>> wrong = {
      {"", "empty"},
      {" \t\n ", "empty"},
      {std::string((64u << 10) + 1, 'x'), "64 KB is the limit"},
      {"caf\xe9", "not UTF-8"}};
  for (const auto& [text, why] : wrong) {
    auto request = checked_request(text);
    ASSERT_FALSE(request.ok()) << why;
    EXPECT_EQ(request.error().fault, Fault::kUsage);
    EXPECT_THAT(request.error().message, HasSubstr(why));
    EXPECT_NE(request.error().hint, "");
  }
  EXPECT_DONE(checked_request(std::string(64u << 10, 'x'))) << "exactly the limit";
}

class FeaturesTest : public test::OpenedTest {
 protected:
  void SetUp() override {
    place_.write("app/main.py", "customers = '/customers'\n");
    ASSERT_NO_FATAL_FAILURE(open());
    feature_.request = "Add GET /products/{id} returning one product or 404 if not found.";
    feature_.plan_only = true;
    feature_.spec = test::good_spec();
  }
  session::Setup setup() {
    session::Setup made = OpenedTest::setup();
    made.data_dir = std::string(GF_SOURCE_DIR) + "/templates";
    made.version = "1.2.3";
    made.overrides = overrides_;
    if (!clone_.empty()) made.directory = clone_;
    return made;
  }
  Result<Ended> run() { return run_feature(setup(), feature_); }
  /// A model that is there and is never asked, and a gate that passes: a run can begin.
  void equip() {
    std::string path = folder_.write("model", "#!/bin/sh\nexit 1\n");
    std::filesystem::permissions(path, std::filesystem::perms::owner_all);
    place_.git({"config", "factory.model", "own/m"});
    place_.git({"config", "factory.provider.own.kind", "command"});
    place_.git({"config", "factory.provider.own.command", path});
    place_.git({"config", "factory-gate.check.command", "true"});
    place_.git({"config", "factory-gate.check.stage", "validate"});
    place_.git({"config", "factory-gate.check.report", "exit"});
  }
  /// A run that waits for a person to approve its spec.
  RunId waiting() {
    equip();
    feature_.plan_only = false;
    feature_.no_pr = true;
    feature_.approve = true;
    auto stopped = run();
    EXPECT_FALSE(stopped.ok());
    auto runs = active();
    return runs.size() == 1 ? runs[0].id : RunId();
  }
  std::vector<store::Summary> active() { return context_->store->active_runs().value(); }

  std::string clone_;  ///< where commands run; empty: in the repository
  Feature feature_;
  session::Config::Settings overrides_;
};

TEST_F(FeaturesTest, AGivenSpecIsOnlyCheckedAndNobodyIsAsked) {
  ASSERT_GIVES(auto ended, run());

  EXPECT_EQ(ended.run.status, RunStatus::kPlanned);
  EXPECT_EQ(ended.run.title, "Product by id");
  EXPECT_EQ(ended.run.slug, "add-get-products-id-returning-one");
  EXPECT_EQ(ended.run.base, base_);
  EXPECT_EQ(ended.run.tool_version, "1.2.3");
  ASSERT_TRUE(ended.spec);
  EXPECT_EQ(ended.spec->request, feature_.request);
  ASSERT_GIVES(auto kept, context_->store->load(ended.run.id));
  EXPECT_THAT(kept.exchanges, IsEmpty());
  EXPECT_THAT(kept.stages, SizeIs(1));
}

/// A run that a batch begins at the commit that the batch was begun at, while the base has gone on.
TEST_F(FeaturesTest, InAPartialCloneTheCommitThatIsNamedIsCompletedAndNotTheTipAlone) {
  place_.write("app/main.py", "customers = '/clients'\n");
  place_.commit("second");
  place_.git("config uploadpack.allowFilter true");
  place_.git("config uploadpack.allowAnySHA1InWant true");
  clone_ = folder_ / "clone";
  place_.git({"clone", "-q", "--filter=blob:none", "file://" + place_.path(), clone_});
  for (const char* name : {"user.name", "user.email"})
    place_.git({"-C", clone_, "config", name, "someone"});
  feature_.at = base_.hex();

  ASSERT_GIVES(auto ended, run());

  EXPECT_EQ(ended.run.base, base_);
  ASSERT_GIVES(auto repo, git::Repo::open(clone_));
  ASSERT_GIVES(auto entry, repo.entry_at(tree_, "app/main.py"));
  EXPECT_EQ(repo.read_blob(entry->id).value_or("not here"), "customers = '/customers'\n");
}

TEST_F(FeaturesTest, ARunTouchesNothingOfTheUsers) {
  place_.write("app/main.py", "half done\n");
  std::string before = place_.git("status --porcelain") + place_.git("for-each-ref refs/heads");

  ASSERT_DONE(run());

  EXPECT_EQ(place_.git("status --porcelain") + place_.git("for-each-ref refs/heads"), before);
}

TEST_F(FeaturesTest, AGivenSpecThatDoesNotCompileEndsTheRunAndTheReasonIsKept) {
  feature_.spec->acceptance_criteria.clear();

  ASSERT_GIVES(auto ended, run());

  EXPECT_EQ(ended.run.status, RunStatus::kFailed);
  EXPECT_EQ(ended.run.failed_stage, "plan");
  EXPECT_THAT(ended.run.reason, HasSubstr("the given spec does not compile"));
  EXPECT_FALSE(ended.spec) << "it was to plan and did not";
}

TEST_F(FeaturesTest, NamesAreCheckedBeforeARunBegins) {
  feature_.slug = "My Feature";
  auto slug = run();
  ASSERT_FALSE(slug.ok());
  EXPECT_EQ(slug.error().fault, Fault::kUsage);
  EXPECT_THAT(slug.error().hint, HasSubstr("'my-feature'"));

  feature_.slug = "mine";
  overrides_ = {{"factory.batch", "Spring Cleaning"}};
  auto batch = run();
  ASSERT_FALSE(batch.ok());
  EXPECT_THAT(batch.error().hint, HasSubstr("'spring-cleaning'"));
  EXPECT_THAT(active(), IsEmpty());
}

TEST_F(FeaturesTest, WhatTheRunWasAskedForIsOnRecord) {
  feature_.slug = "mine";
  overrides_ = {{"factory.batch", "spring"}, {"factory.test.coverage", "70"}};

  ASSERT_GIVES(auto ended, run());

  EXPECT_EQ(ended.run.slug, "mine");
  EXPECT_EQ(ended.run.policy["batch"], "spring");
  EXPECT_EQ(ended.run.policy["factory.test.coverage"], "70");
}

TEST_F(FeaturesTest, ARunThatCouldNotBeginIsGone) {
  feature_.spec.reset();

  auto stopped = run();

  ASSERT_FALSE(stopped.ok()) << "no model is configured";
  EXPECT_THAT(active(), IsEmpty());
  EXPECT_EQ(context_->store->find("@").value(), std::nullopt);
}

TEST_F(FeaturesTest, NothingIsBuiltBeforeTheSpecIsApproved) {
  RunId id = waiting();

  ASSERT_FALSE(id.empty());
  auto again = resume_run(setup(), std::nullopt);
  ASSERT_FALSE(again.ok());
  EXPECT_THAT(again.error().message, HasSubstr("the spec waits for approval"));
  EXPECT_THAT(again.error().hint, HasSubstr("git factory abort " + id.id8()));
  ASSERT_GIVES(auto kept, context_->store->load(id));
  EXPECT_THAT(kept.stages, SizeIs(1)) << "taken again, not done again";
}

TEST_F(FeaturesTest, ARunThatIsRunningIsNoneThatWaits) {
  RunId id = waiting();
  ASSERT_FALSE(id.empty());
  EXPECT_FALSE(active()[0].held);
  ASSERT_GIVES(auto hold, session::Hold::take(*context_, id));

  auto none = resume_run(setup(), std::nullopt);
  auto again = run();

  EXPECT_TRUE(active()[0].held);
  EXPECT_TRUE(context_->store->load(id).value().held);
  ASSERT_FALSE(none.ok());
  EXPECT_THAT(none.error().message, HasSubstr("no run is waiting to go on: " + id.id8()));
  EXPECT_THAT(none.error().message, HasSubstr("is running"));
  EXPECT_THAT(none.error().hint, HasSubstr("git factory abort " + id.id8()));
  ASSERT_FALSE(again.ok());
  EXPECT_THAT(again.error().message, HasSubstr("has this request already, and is running"));
  EXPECT_THAT(again.error().hint, HasSubstr("wait for it"));
}

TEST_F(FeaturesTest, WhoIsAskedSeesTheSpecAndDecides) {
  equip();
  feature_.plan_only = false;
  feature_.no_pr = true;
  feature_.approve = true;
  std::vector<std::string> shown;
  session::Setup asking = setup();
  asking.approve = [&](const record::Spec& spec) {
    shown.push_back(spec.title);
    return false;
  };

  auto stopped = run_feature(asking, feature_);

  ASSERT_FALSE(stopped.ok());
  EXPECT_EQ(stopped.error().fault, Fault::kUser);
  EXPECT_THAT(shown, ElementsAre("Product by id"));
}

TEST_F(FeaturesTest, AbortEndsARunAndItsRecordStays) {
  RunId id = waiting();

  ASSERT_GIVES(auto ended, abort_run(setup(), id.id8()));

  EXPECT_EQ(ended.status, RunStatus::kCancelled);
  EXPECT_EQ(ended.ended, clock_.now());
  EXPECT_THAT(active(), IsEmpty());
  ASSERT_GIVES(auto kept, context_->store->load(id));
  EXPECT_EQ(kept.run.reason, "aborted");
  EXPECT_TRUE(kept.spec);
}

TEST_F(FeaturesTest, ARunIsNamedByIdDigitsOrSlugAndOneThatEndedIsToldApart) {
  RunId id = waiting();
  for (const std::string& name : {id.str(), id.id8(), std::string(active()[0].slug)}) {
    auto found = resume_run(setup(), name);
    ASSERT_FALSE(found.ok());
    EXPECT_THAT(found.error().message, HasSubstr("waits for approval")) << name;
  }
  ASSERT_DONE(abort_run(setup(), std::nullopt));

  auto ended = resume_run(setup(), id.id8());
  ASSERT_FALSE(ended.ok());
  EXPECT_THAT(ended.error().message, HasSubstr("has ended: cancelled"));
  auto strange = resume_run(setup(), "nobody");
  ASSERT_FALSE(strange.ok());
  EXPECT_THAT(strange.error().message, HasSubstr("no run 'nobody' is waiting"));
  auto none = abort_run(setup(), std::nullopt);
  ASSERT_FALSE(none.ok());
  EXPECT_THAT(none.error().message, HasSubstr("no run is waiting to go on"));
}

}  // namespace
}  // namespace gf::line
