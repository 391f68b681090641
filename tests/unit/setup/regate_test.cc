// The gates once more on a tree that nobody has gated, and what is kept of a green answer.
#include "setup/regate.h"

#include <gmock/gmock.h>

#include "base/files.h"
#include "base/text.h"
#include "support/opened.h"

namespace gf::setup {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;
using Status = record::GateOutcome::Status;

class RegateTest : public test::OpenedTest {
 protected:
  void SetUp() override {
    place_.write("a.txt", "good\n");
    ASSERT_NO_FATAL_FAILURE(open());
    gate("check", "grep -q good a.txt");
  }
  void gate(const std::string& name, const std::string& command) {
    std::string key = "factory-gate." + name + ".";
    place_.git({"config", key + "command", command});
    place_.git({"config", key + "stage", "validate"});
    place_.git({"config", key + "report", "exit"});
  }
  Oid changed(const std::string& text) {
    place_.write("a.txt", text);
    return place_.commit("a change");
  }
  Result<Regated> regated(const Oid& commit) {
    reopen();
    return regate(*context_, Oid(), commit, RunId::make(clock_.now(), 3));
  }
  /// The answer to verify's wish, as a command makes it.
  verify::Regate wish(const session::Setup& setup) {
    auto place = verify::open_place(setup.directory, setup.environment,
                                    session::git_runner(setup.environment, cancel_));
    EXPECT_DONE(place);
    return regater(setup, *place, policy_, Oid(),
                   [this](const std::string& line) { said_.push_back(line); });
  }
  std::string note_on(const Oid& commit) {
    std::string tree = context_->repo.commit(commit).value().tree.hex();
    std::vector<std::string> words = {"notes", "--ref", verify::kGatesNotes, "show", tree};
    return place_.git_status(words) == 0 ? place_.git(words) : "";
  }

  verify::Policy policy_;
  std::vector<std::string> said_;
};

TEST_F(RegateTest, EveryGateRunsOnTheCommitsOwnTree) {
  place_.write("a.txt", "bad, and not committed\n");

  ASSERT_GIVES(auto outcome, regated(base_));

  EXPECT_EQ(outcome.red, "");
  ASSERT_THAT(outcome.outcomes, SizeIs(1));
  EXPECT_EQ(outcome.outcomes[0].status, Status::kPass);
  EXPECT_EQ(outcome.outcomes[0].tree, tree_);
  EXPECT_EQ(read_file(place_.path() + "/a.txt"), "bad, and not committed\n");
}

TEST_F(RegateTest, TheFirstRedOneEndsItAndIsNamed) {
  gate("after", "true");

  ASSERT_GIVES(auto outcome, regated(changed("bad\n")));

  EXPECT_THAT(outcome.red, HasSubstr("is not green"));
  EXPECT_EQ(outcome.outcomes.back().status, Status::kFail);
}

TEST_F(RegateTest, WithoutAGateThereIsNoGreen) {
  place_.git("config factory-gate.check.disabled true");

  auto outcome = regated(base_);

  ASSERT_FALSE(outcome.ok());
  EXPECT_EQ(outcome.error().fault, Fault::kConfiguration);
}

TEST_F(RegateTest, TheWorktreeIsGivenBack) {
  ASSERT_DONE(regated(base_));
  ASSERT_DONE(regated(changed("good too\n"))) << "and taken again";

  EXPECT_THAT(place_.git("worktree list --porcelain"), HasSubstr("locked git-factory pool, free"));
}

TEST_F(RegateTest, AGreenAnswerIsKeptOnTheTreeForOthers) {
  verify::Regate ask = wish(setup());
  ASSERT_TRUE(ask);

  ASSERT_GIVES(std::string red, ask(base_, RunId()));

  EXPECT_EQ(red, "");
  EXPECT_THAT(note_on(base_), HasSubstr("check"));
  EXPECT_THAT(said_, Contains(HasSubstr("running the gates on " + base_.short_hex())));
  EXPECT_THAT(said_, Contains(HasSubstr("all green; kept in refs/notes/factory/gates")));
}

TEST_F(RegateTest, ARedAnswerIsToldAndNotKept) {
  Oid commit = changed("bad\n");

  ASSERT_GIVES(std::string red, wish(setup())(commit, RunId()));

  EXPECT_THAT(red, HasSubstr("check is not green"));
  EXPECT_EQ(note_on(commit), "");
}

TEST_F(RegateTest, GatesOfOneCallAreNotThePolicysAndAreNotKept) {
  session::Setup own = setup();
  own.overrides = {{"Factory-Gate.check.command", "true"}};

  ASSERT_GIVES(std::string red, wish(own)(changed("bad\n"), RunId()));

  EXPECT_EQ(red, "");
  EXPECT_EQ(note_on(Oid::parse(place_.git("rev-parse HEAD").substr(0, 40)).value()), "");
}

TEST_F(RegateTest, NothingRunsWhileAPushIsReceivedNorWithoutAWorkTree) {
  variables_["GIT_QUARANTINE_PATH"] = folder_ / "quarantine";
  EXPECT_FALSE(wish(setup())) << "others made that, and nobody looked at it yet";
  variables_.erase("GIT_QUARANTINE_PATH");

  std::string bare = folder_ / "bare.git";
  place_.git({"clone", "-q", "--bare", place_.path(), bare});
  session::Setup there = setup();
  there.directory = bare;
  EXPECT_FALSE(wish(there));
}

TEST_F(RegateTest, AnAnswerThatCouldNotBeSignedIsKeptWithAWarning) {
  place_.git("config gpg.format ssh");
  place_.git({"config", "user.signingKey", folder_ / "no-such-key"});

  ASSERT_GIVES(std::string red, wish(setup())(base_, RunId()));

  EXPECT_EQ(red, "");
  EXPECT_THAT(said_, Contains(HasSubstr("warning: the result is not signed")));
  EXPECT_NE(note_on(base_), "");

  place_.git("config factory.sign true");
  EXPECT_FALSE(wish(setup())(base_, RunId()).ok()) << "who insists gets an error";
}

}  // namespace
}  // namespace gf::setup
