// A delivery on top of another one, and doors that look at what is pushed.
#include <gmock/gmock.h>

#include <filesystem>

#include "store/names.h"
#include "store/store.h"
#include "unit/line/delivered.h"

namespace gf::line {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

/// A run that had delivered a commit which adds b.txt; reviewers want it gone again.
class DeliveryAgainTest : public DeliveryTest {
 protected:
  void SetUp() override {
    ASSERT_NO_FATAL_FAILURE(DeliveryTest::SetUp());
    ASSERT_GIVES(Oid blob, context_->repo.write_blob("b\n"));
    ASSERT_GIVES(Oid tree, context_->repo.update_tree(tree_, {{"b.txt", blob, {}}}));
    delivered_ = commit(tree, base_, "Add two");
    place_.git({"push", "-q", "origin", delivered_.hex() + ":refs/heads/factory/two"});
    rework(tree);
  }
  Oid commit(const Oid& tree, const Oid& parent, const std::string& message) {
    git::Signature who{"A", "a@example.com", clock_.now(), 0};
    return context_->repo.write_commit(tree, {parent}, who, who, message + "\n").value();
  }
  /// Somebody's own commit on what was delivered.
  Oid somebodys() { return commit(tree_, delivered_, "My own"); }
  void rework(const Oid& tree) {
    record::RunRecord& run = journal_->run();
    record::Remark remark;
    remark.id = "comment/1";
    remark.kind = "comment";
    remark.by = "ada";
    remark.text = "please take b.txt away";
    run.reworks = {{0, delivered_, tree, "A", clock_.now(), {remark}}};
    run.head = delivered_;
    run.tree = tree;
    run.branch = "refs/heads/factory/two";
    journal_->keep_run();
  }
  void point(const Oid& commit) {
    place_.git({"update-ref", "refs/heads/factory/two", commit.hex()});
  }

  Oid delivered_;
};

TEST_F(DeliveryAgainTest, ItIsOneMoreCommitOnWhatWasDeliveredAndMadeOnce) {
  ASSERT_DONE(delivery_->commit());

  Oid made = journal_->run().head;
  ASSERT_GIVES(auto commit, context_->repo.commit(made));
  EXPECT_EQ(commit.parents, std::vector<Oid>{delivered_});
  EXPECT_EQ(commit.tree, bench_->tree());
  EXPECT_THAT(commit.message, HasSubstr("please take b.txt away"));
  EXPECT_THAT(commit.message, HasSubstr("Factory-Run: " + journal_->run().id.str()));
  EXPECT_EQ(dossier_.verdict->commit, made);
  clock_.advance(Milliseconds(5000));
  ASSERT_DONE(delivery_->commit());
  EXPECT_EQ(journal_->run().head, made);
}

TEST_F(DeliveryAgainTest, WhereNothingHadToChangeTheCommitStays) {
  rework(bench_->tree());

  ASSERT_DONE(delivery_->commit());

  EXPECT_EQ(journal_->run().head, delivered_);
}

TEST_F(DeliveryAgainTest, WhatIsOnRecordStandsAndAReplayTakesItForItsOwn) {
  record::Rework rework = journal_->run().reworks[0];
  journal_->run().head = base_;

  delivery_->stands(rework, false);
  EXPECT_EQ(dossier_.verdict->commit, delivered_);
  EXPECT_EQ(journal_->run().head, base_) << "of one that goes on the last commit is known";

  delivery_->stands(rework, true);
  EXPECT_EQ(journal_->run().head, delivered_);
  EXPECT_EQ(journal_->run().tree, bench_->tree());
}

TEST_F(DeliveryAgainTest, TheBranchHereFollowsWhereNobodyWorksOnIt) {
  point(delivered_);

  ASSERT_NO_FATAL_FAILURE(place());
  EXPECT_EQ(at("factory/two"), journal_->run().head.hex());
  ASSERT_DONE(delivery_->place()) << "again it is there already";

  place_.git("update-ref -d refs/heads/factory/two");
  ASSERT_DONE(delivery_->place());
  EXPECT_EQ(at("factory/two"), journal_->run().head.hex()) << "and is made where it is gone";
  EXPECT_THAT(heard(), Not(Contains(HasSubstr("git merge"))));
}

TEST_F(DeliveryAgainTest, ABranchThatWentAnotherWayStaysAndThatIsSaid) {
  Oid theirs = somebodys();
  point(theirs);

  ASSERT_NO_FATAL_FAILURE(place());

  EXPECT_EQ(at("factory/two"), theirs.hex());
  EXPECT_THAT(heard(), Contains(HasSubstr("'factory/two' has gone another way here and stays so; "
                                          "'git merge --ff-only " +
                                          journal_->run().head.short_hex() + "'")));
}

TEST_F(DeliveryAgainTest, ABranchThatIsCheckedOutStaysUnderItsUsersHands) {
  point(delivered_);
  place_.git({"worktree", "add", "-q", folder_ / "mine", "factory/two"});

  ASSERT_NO_FATAL_FAILURE(place());

  EXPECT_EQ(at("factory/two"), delivered_.hex());
  EXPECT_THAT(heard(), Contains(HasSubstr("'factory/two' is checked out and stays where it is")));
}

TEST_F(DeliveryAgainTest, ThePushFollowsWhatWasDelivered) {
  ASSERT_NO_FATAL_FAILURE(place());

  ASSERT_DONE(delivery_->send({}, ""));

  EXPECT_EQ(at("factory/two", remote_), journal_->run().head.hex());
}

TEST_F(DeliveryAgainTest, WhatSomebodyPushedMeanwhileStaysAndNothingOfOursIsLost) {
  Oid theirs = somebodys();
  place_.git({"push", "-q", "origin", theirs.hex() + ":refs/heads/factory/two"});
  // Of a run that goes on: a fresh one sends branch and request in one trip.
  go_on();
  rework(journal_->run().reworks.at(0).tree);
  ASSERT_NO_FATAL_FAILURE(place());

  Result<void> sent = delivery_->send({}, "");

  ASSERT_FALSE(sent.ok());
  EXPECT_EQ(sent.error().fault, Fault::kUser);
  EXPECT_THAT(sent.error().message,
              HasSubstr("somebody has pushed to 'factory/two' meanwhile, and that stays"));
  EXPECT_THAT(sent.error().hint, HasSubstr(journal_->run().head.short_hex()));
  EXPECT_THAT(sent.error().hint, HasSubstr("'git factory abort 00000007'"));
  EXPECT_EQ(at("factory/two", remote_), theirs.hex());
}

TEST_F(DeliveryAgainTest, WhatWasAskedIsAnsweredWithTheCommitThatDoesIt) {
  ASSERT_NO_FATAL_FAILURE(place());
  ASSERT_DONE(delivery_->send({}, ""));

  ASSERT_DONE(delivery_->answer({}, {}));
  ASSERT_DONE(delivery_->answer({}, {})) << "as after a crash";

  ASSERT_GIVES(auto requests,
               forge::local_forge(context_->repo, context_->git, "origin", clock_)->list());
  ASSERT_EQ(requests.size(), 1u);
  ASSERT_EQ(requests[0].comments.size(), 1u) << "once";
  EXPECT_THAT(requests[0].comments[0], HasSubstr(journal_->run().head.short_hex()));
  EXPECT_THAT(requests[0].comments[0], HasSubstr("b.txt"));
  EXPECT_THAT(heard(), Not(Contains(HasSubstr("was not taken"))));
}

/// A remote that lets a push in only as its script says.
class DoorTest : public DeliveryTest {
 protected:
  void door(const std::string& script) {
    std::string hook = folder_.write("remote.git/hooks/pre-receive", "#!/bin/sh\n" + script + "\n");
    std::filesystem::permissions(hook, std::filesystem::perms::owner_all);
  }
  [[nodiscard]] std::string evidence() const {
    return std::string(trim(place_.git(
        {"--git-dir", remote_, "for-each-ref", "--format=%(refname)", store::kEvidence})));
  }
};

TEST_F(DoorTest, OneThatWantsToSeeTheRecordIsShownIt) {
  door("grep -q refs/factory/evidence/ && exit 0; echo 'refused: no-record' >&2; exit 1");
  ASSERT_NO_FATAL_FAILURE(place());

  ASSERT_DONE(delivery_->send({}, ""));

  EXPECT_EQ(at("factory/two", remote_), journal_->run().head.hex());
  EXPECT_THAT(evidence(), HasSubstr(journal_->run().id.str()));
}

TEST_F(DoorTest, OneThatWantsNoRecordIsNotSentAny) {
  ASSERT_NO_FATAL_FAILURE(place());

  ASSERT_DONE(delivery_->send({}, ""));

  EXPECT_THAT(evidence(), IsEmpty());
}

TEST_F(DoorTest, OneThatSaysNoWithTheRecordTooIsHeard) {
  door("echo 'refused: no-record' >&2; exit 1");
  ASSERT_NO_FATAL_FAILURE(place());

  Result<void> sent = delivery_->send({}, "");

  ASSERT_FALSE(sent.ok());
  EXPECT_THAT(sent.error().message, HasSubstr("refused: no-record"));
  EXPECT_THAT(sent.error().hint, HasSubstr("git factory resume 00000007"));
  EXPECT_THAT(evidence(), IsEmpty());
}

TEST_F(DoorTest, TheEvidenceIsTakenAwayOnceTheRecordIsShared) {
  door("grep -qE 'refs/factory/|0{40} refs' && exit 0; echo 'no-record' >&2; exit 1");
  set("factory.share", "full");
  ASSERT_NO_FATAL_FAILURE(place());
  ASSERT_DONE(delivery_->send({}, ""));

  delivery_->share();

  EXPECT_THAT(evidence(), IsEmpty());
  EXPECT_THAT(heard(), Not(Contains(HasSubstr("not shared"))));
}

TEST_F(DoorTest, NobodyIsAskedWhereNothingWillBeSent) {
  set("factory.forge", "sourcehut");
  EXPECT_FALSE(delivery_->check().ok());

  assignment_.wishes.plan_only = true;
  EXPECT_DONE(delivery_->check());
  assignment_.wishes.plan_only = false;
  assignment_.wishes.no_pr = true;
  EXPECT_DONE(delivery_->check());
}

TEST_F(DoorTest, WhoCannotBeReachedBeforeMayBeThereAtTheEnd) {
  set("remote.origin.url", "http://127.0.0.1:9/a/b.git");

  EXPECT_DONE(delivery_->check());
}

TEST(ShareOfTest, NothingLeavesWhereThereIsNoRemoteOrTheRunKeepsToItself) {
  struct Case {
    session::Config::Settings settings;
    bool remote, no_pr;
    store::Share share;
  };
  using enum store::Share;
  for (const Case& one : {
           Case{{}, true, false, kNone},
           Case{{{"factory.share", "full"}}, true, false, kFull},
           Case{{{"factory.share", "full"}}, false, false, kNone},
           Case{{{"factory.share", "full"}}, true, true, kNone},
           Case{{{"factory.share", "everything"}}, true, false, kNone},
           Case{{{"factory.share", "full"}, {"remote.up.factoryShare", "summary"}},
                true,
                false,
                kSummary},
           Case{{{"factory.share", "full"}, {"remote.other.factoryShare", "none"}},
                true,
                false,
                kFull},
       }) {
    Assignment assignment;
    for (const auto& [key, value] : one.settings) assignment.config.add(key, value);
    if (one.remote) assignment.remote = "up";
    assignment.wishes.no_pr = one.no_pr;
    EXPECT_EQ(share_of(assignment), one.share) << store::name_of(one.share);
  }
}

}  // namespace
}  // namespace gf::line
