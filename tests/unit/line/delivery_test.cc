// From an approved tree to a pull request, on a real repository with a real remote.
#include "line/delivery.h"

#include <gmock/gmock.h>

#include <filesystem>

#include "unit/line/delivered.h"

namespace gf::line {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;

TEST_F(DeliveryTest, TheCommitIsTheApprovedTreeOnTheBaseAndOnRecordFirst) {
  ASSERT_DONE(delivery_->commit());

  const record::RunRecord& run = journal_->run();
  ASSERT_GIVES(auto commit, context_->repo.commit(run.head));
  EXPECT_EQ(commit.tree, bench_->tree());
  EXPECT_EQ(commit.parents, std::vector<Oid>{base_});
  EXPECT_THAT(commit.message, HasSubstr("Factory-Run: " + run.id.str()));
  EXPECT_EQ(dossier_.verdict->commit, run.head);
  ASSERT_GIVES(auto kept, context_->store->load(run.id));
  EXPECT_EQ(kept.run.head, run.head);
  EXPECT_EQ(kept.verdict->commit, run.head);
  EXPECT_EQ(at("factory/two"), "") << "no branch before place()";
}

TEST_F(DeliveryTest, GoingOnFindsTheCommitThatWasMade) {
  ASSERT_DONE(delivery_->commit());
  Oid made = journal_->run().head;
  go_on();
  clock_.advance(Milliseconds(5000));

  ASSERT_DONE(delivery_->commit());

  EXPECT_EQ(journal_->run().head, made);
}

TEST_F(DeliveryTest, TheBranchIsTheSlugsOrWithTheRunsDigitsWhenThatIsTaken) {
  place_.git("branch factory/two");

  ASSERT_NO_FATAL_FAILURE(place());

  EXPECT_EQ(journal_->run().branch, "refs/heads/factory/two-00000007");
  EXPECT_EQ(at("factory/two-00000007"), journal_->run().head.hex());
  EXPECT_EQ(at("factory/two"), base_.hex()) << "what was there stays";
  EXPECT_THAT(heard(), Contains(HasSubstr("the branch name was taken")));
}

TEST_F(DeliveryTest, ANameThatTheRemoteHasIsTakenToo) {
  place_.git("update-ref refs/remotes/origin/factory/two " + base_.hex());

  ASSERT_NO_FATAL_FAILURE(place());

  EXPECT_EQ(journal_->run().branch, "refs/heads/factory/two-00000007");
}

TEST_F(DeliveryTest, PlacingAgainFindsTheBranchThatIsOurs) {
  ASSERT_NO_FATAL_FAILURE(place());
  go_on();

  ASSERT_NO_FATAL_FAILURE(place());

  EXPECT_EQ(journal_->run().branch, "refs/heads/factory/two");
  EXPECT_EQ(at("factory/two-00000007"), "");
}

TEST_F(DeliveryTest, BothNamesTakenIsAnErrorThatSaysHowToChooseAnother) {
  place_.git("branch factory/two");
  place_.git("branch factory/two-00000007");
  ASSERT_DONE(delivery_->commit());

  Result<void> placed = delivery_->place();

  ASSERT_FALSE(placed.ok());
  EXPECT_EQ(placed.error().fault, Fault::kUser);
  EXPECT_THAT(placed.error().hint, HasSubstr("--slug"));
}

TEST_F(DeliveryTest, ABranchThatIsAFolderInTheWayIsNamedInTheHint) {
  place_.git("branch factory");
  ASSERT_DONE(delivery_->commit());

  Result<void> placed = delivery_->place();

  ASSERT_FALSE(placed.ok());
  EXPECT_THAT(placed.error().hint, HasSubstr("'factory' is in the way"));
  EXPECT_THAT(placed.error().hint, HasSubstr("factory.branchPrefix"));
}

TEST_F(DeliveryTest, ThePrefixOfBranchesIsTheUsers) {
  set("factory.branchPrefix", "bot/");

  ASSERT_NO_FATAL_FAILURE(place());

  EXPECT_EQ(journal_->run().branch, "refs/heads/bot/two");
}

TEST_F(DeliveryTest, SendingPutsTheBranchAndItsRequestThere) {
  ASSERT_NO_FATAL_FAILURE(place());

  ASSERT_DONE(delivery_->send({}, ""));

  EXPECT_EQ(at("factory/two", remote_), journal_->run().head.hex());
  EXPECT_THAT(journal_->run().pull_request, HasSubstr("1"));
  EXPECT_THAT(heard(), Contains(HasSubstr("act.end push")));
  EXPECT_THAT(heard(), Contains(HasSubstr("act.end pull request")));
}

TEST_F(DeliveryTest, GoingOnAfterTheRequestOpensNoSecondOne) {
  ASSERT_NO_FATAL_FAILURE(place());
  ASSERT_DONE(delivery_->send({}, ""));
  std::string opened = journal_->run().pull_request;
  go_on();
  ASSERT_NO_FATAL_FAILURE(place());

  ASSERT_DONE(delivery_->send({}, ""));

  EXPECT_EQ(journal_->run().pull_request, opened);
}

TEST_F(DeliveryTest, ARefusedPushKeepsTheBranchHereAndSaysHowToGoOn) {
  std::string hook = folder_.write("remote.git/hooks/pre-receive",
                                   "#!/bin/sh\necho 'no pushes on Fridays' >&2\nexit 1\n");
  std::filesystem::permissions(hook, std::filesystem::perms::owner_all);
  ASSERT_NO_FATAL_FAILURE(place());

  Result<void> sent = delivery_->send({}, "");

  ASSERT_FALSE(sent.ok());
  EXPECT_THAT(sent.error().message, HasSubstr("no pushes on Fridays"));
  EXPECT_THAT(sent.error().hint, HasSubstr("git factory resume 00000007"));
  EXPECT_EQ(at("factory/two"), journal_->run().head.hex());
  EXPECT_EQ(journal_->run().pull_request, "");
}

TEST_F(DeliveryTest, AForgeThatNobodyKnowsIsAnErrorBeforeAnythingIsSent) {
  set("factory.forge", "sourcehut");
  ASSERT_NO_FATAL_FAILURE(place());

  Result<void> sent = delivery_->send({}, "");

  ASSERT_FALSE(sent.ok());
  EXPECT_THAT(sent.error().message, HasSubstr("sourcehut"));
  EXPECT_EQ(at("factory/two", remote_), "");
}

TEST_F(DeliveryTest, WithoutAKeyTheVerdictIsUnsignedAndThatIsSaid) {
  ASSERT_DONE(delivery_->sign());

  EXPECT_THAT(heard(), Contains(HasSubstr("the verdict is not signed")));
}

TEST_F(DeliveryTest, WhoWantsNoSignatureHearsNothingOfIt) {
  set("factory.sign", "no");

  ASSERT_DONE(delivery_->sign());

  EXPECT_THAT(heard(), Not(Contains(HasSubstr("sign"))));
}

TEST_F(DeliveryTest, WhoInsistsOnASignatureGetsAnErrorWhereThereIsNone) {
  set("gpg.format", "ssh");
  set("user.signingKey", folder_ / "no-such-key");
  ASSERT_DONE(delivery_->sign()) << "auto: it is told and stops nothing";
  EXPECT_THAT(heard(), Contains(HasSubstr("warning the verdict is not signed")));

  set("factory.sign", "true");

  EXPECT_FALSE(delivery_->sign().ok());
}

TEST_F(DeliveryTest, AWordThatMeansNothingIsNotTakenForAYes) {
  set("factory.sign", "perhaps");

  Result<void> made = delivery_->sign();

  ASSERT_FALSE(made.ok());
  EXPECT_EQ(made.error().fault, Fault::kConfiguration);
  EXPECT_THAT(made.error().message, HasSubstr("factory.sign"));
}

TEST_F(DeliveryTest, TheRecordLeavesOnlyWhereThatIsWished) {
  delivery_->share();
  EXPECT_THAT(heard(), Not(Contains(HasSubstr("share"))));

  set("factory.share", "full");
  assignment_.wishes.no_pr = true;
  delivery_->share();
  EXPECT_THAT(heard(), Not(Contains(HasSubstr("share"))));

  assignment_.wishes.no_pr = false;
  delivery_->share();
  EXPECT_THAT(heard(), Contains(HasSubstr("act.end share")));
}

TEST_F(DeliveryTest, ARecordThatCannotBeSentIsToldAndFailsNothing) {
  set("factory.share", "summary");
  place_.git({"remote", "set-url", "origin", folder_ / "gone.git"});

  delivery_->share();

  EXPECT_THAT(heard(), Contains(HasSubstr("warning the record was not shared")));
}

}  // namespace
}  // namespace gf::line
