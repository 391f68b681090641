// What hooks are given, and what people name: lines, words, variables, revisions.
#include "verify/hook_input.h"

#include "unit/verify/approved.h"
#include "verify/named.h"

namespace gf::verify::test {
namespace {

using ::testing::HasSubstr;

const std::string kOne(40, '1'), kTwo(40, '2');

std::string refused(const std::string& text) {
  auto questions = questions_in(text);
  return questions.ok() ? "" : questions.error().message;
}

TEST(HookInputTest, APrePushLineTellsWhatTheRemoteHasAndGets) {
  ASSERT_GIVES(auto questions,
               questions_in("refs/heads/a " + kOne + " refs/heads/main " + kTwo + "\n"));

  ASSERT_EQ(questions.size(), 1U);
  EXPECT_EQ(questions[0].old_id.hex(), kTwo);
  EXPECT_EQ(questions[0].new_id.hex(), kOne);
  EXPECT_EQ(questions[0].ref, "refs/heads/main");
}

TEST(HookInputTest, APreReceiveLineTellsOldAndNew) {
  ASSERT_GIVES(auto questions, questions_in("\n" + kOne + " " + kTwo + " refs/tags/v1\n  \n"));

  ASSERT_EQ(questions.size(), 1U);
  EXPECT_EQ(questions[0].old_id.hex(), kOne);
  EXPECT_EQ(questions[0].new_id.hex(), kTwo);
  EXPECT_EQ(questions[0].ref, "refs/tags/v1");
}

TEST(HookInputTest, ALocalNameWithBlanksIsCountedFromTheEnd) {
  ASSERT_GIVES(auto questions, questions_in("HEAD@{2 days ago} " + kOne + " refs/heads/x " + kTwo));

  ASSERT_EQ(questions.size(), 1U);
  EXPECT_EQ(questions[0].new_id.hex(), kOne);
  EXPECT_EQ(questions[0].ref, "refs/heads/x");
}

TEST(HookInputTest, WhatIsNoLineOfAHookIsRefused) {
  EXPECT_EQ(refused("two words\n"), "'two words' is no line of a hook");
  EXPECT_NE(refused("a b refs/heads/main\n"), "");
  EXPECT_NE(refused("refs/heads/a " + kOne + " refs/heads/a short\n"), "");
}

TEST(HookInputTest, AnUpdateHooksWordsAreAPreReceiveLine) {
  ASSERT_GIVES(auto line, line_of_update({"refs/heads/main", kOne, kTwo}));
  ASSERT_GIVES(auto questions, questions_in(line));

  EXPECT_EQ(questions[0].old_id.hex(), kOne);
  EXPECT_EQ(questions[0].ref, "refs/heads/main");
  EXPECT_FALSE(line_of_update({"refs/heads/main", kOne}).ok());
}

TEST(HookInputTest, PreCommitTellsInVariablesAndNothingOfTheRemotesValue) {
  ASSERT_GIVES(auto questions,
               questions_in(line_of_pre_commit({{"PRE_COMMIT_FROM_REF", kTwo},
                                                {"PRE_COMMIT_TO_REF", kOne},
                                                {"PRE_COMMIT_REMOTE_BRANCH", "refs/heads/main"}})));

  ASSERT_EQ(questions.size(), 1U);
  EXPECT_TRUE(questions[0].old_id.is_zero());
  EXPECT_EQ(questions[0].new_id.hex(), kOne);
  EXPECT_EQ(line_of_pre_commit({{"PRE_COMMIT_TO_REF", kOne}}), "");
}

class PlaceTest : public ApprovedTest {
 protected:
  /// A commit that lies in a folder of its own, as a pushed one does while hooks look at it.
  Oid commit_in_quarantine() {
    auto environment = repo_.environment();
    environment["GIT_OBJECT_DIRECTORY"] = folder_.path();
    environment["GIT_ALTERNATE_OBJECT_DIRECTORIES"] = repo_.path() + "/.git/objects";
    auto made = gf::test::run({"git", "commit-tree", "-m", "pushed", "HEAD^{tree}"}, repo_.path(),
                              environment);
    return Oid::parse(made.out.substr(0, 40)).value();
  }
  std::map<std::string, std::string> hooks_environment() {
    auto environment = repo_.environment();
    environment["GIT_DIR"] = repo_.path() + "/.git";
    environment["GIT_OBJECT_DIRECTORY"] = folder_.path();
    environment["GIT_ALTERNATE_OBJECT_DIRECTORIES"] = repo_.path() + "/.git/objects";
    environment["GIT_QUARANTINE_PATH"] = folder_.path();
    return environment;
  }
  Result<Place> open_at(const std::string& directory) {
    return open_place(directory, hooks_environment(), gf::test::plain_runner(repo_.environment()));
  }

  gf::test::TempFolder folder_;
};

TEST_F(PlaceTest, AHookSeesWhatLiesInTheQuarantine) {
  Oid pushed = commit_in_quarantine();

  ASSERT_GIVES(auto place, open_at("."));

  EXPECT_TRUE(place.repo.exists(pushed));
  EXPECT_DONE(place.git.run({"cat-file", "-e", pushed.hex()}));
  EXPECT_TRUE(is_receiving(hooks_environment()));
}

TEST_F(PlaceTest, InAnotherFolderAHooksVariablesMeanNothing) {
  Oid pushed = commit_in_quarantine();

  ASSERT_GIVES(auto place, open_at(repo_.path()));

  EXPECT_FALSE(place.repo.exists(pushed));
  EXPECT_FALSE(place.git.run({"cat-file", "-e", pushed.hex()}).ok());
  EXPECT_FALSE(is_receiving(repo_.environment()));
}

class NamedTest : public ApprovedTest {
 protected:
  Named named(const std::string& what, const std::string& ref = {}) {
    git::Repo repo = open();
    auto named = question_named(repo, what, ref);
    EXPECT_DONE(named);
    return named.ok() ? *named : Named();
  }
  std::string refused(const std::string& what) {
    git::Repo repo = open();
    auto named = question_named(repo, what, "");
    return named.ok() ? "" : named.error().message;
  }
};

TEST_F(NamedTest, NothingIsHeadOnItsBranch) {
  EXPECT_FALSE(named("").range);
  EXPECT_EQ(named("").question.new_id, first_);
  EXPECT_EQ(named("").question.ref, "refs/heads/main");
}

TEST_F(NamedTest, EitherEndOfARangeMayBeLeftOut) {
  repo_.git("checkout -q -b topic");
  Oid second = repo_.commit("second");

  EXPECT_TRUE(named("main..").range);
  EXPECT_EQ(named("main..").question.old_id, first_);
  EXPECT_EQ(named("main..").question.new_id, second);
  EXPECT_EQ(named("main..").question.ref, "refs/heads/topic");
  EXPECT_EQ(named("..main").question.old_id, second);
  EXPECT_EQ(named("..main").question.ref, "refs/heads/main");
}

TEST_F(NamedTest, TheBranchIsTheOneThatIsSaidElseTheOneTheNameTells) {
  EXPECT_EQ(named("HEAD", "release").question.ref, "refs/heads/release");
  EXPECT_EQ(named("HEAD", "refs/tags/v1").question.ref, "refs/tags/v1");
  EXPECT_EQ(named("refs/heads/main").question.ref, "refs/heads/main");
  EXPECT_EQ(named(first_.hex()).question.ref, "");
}

TEST_F(NamedTest, WhatNamesNothingIsRefused) {
  EXPECT_EQ(refused("nope"), "there is no commit 'nope'");
  EXPECT_EQ(refused("nope..main"), "there is no commit 'nope'");
  EXPECT_EQ(refused("main...topic"), "'main...topic' is no range");
}

TEST_F(NamedTest, ThePolicyIsOursWhereTheRemoteWasNeverSeen) {
  Place place{open(), program()};
  Oid second = repo_.commit("second");
  repo_.git("update-ref refs/remotes/origin/main " + first_.hex());

  EXPECT_EQ(target_for(place, "", "origin").value(), first_);
  EXPECT_EQ(target_for(place, "", "https://example.org/x.git").value(), second);
  EXPECT_EQ(target_for(place, "", "").value(), second);
  EXPECT_EQ(target_for(place, first_.hex(), "origin").value(), first_);
  EXPECT_THAT(target_for(place, "nope", "").error().message, HasSubstr("'nope'"));
}

}  // namespace
}  // namespace gf::verify::test
