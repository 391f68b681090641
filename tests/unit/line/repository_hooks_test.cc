// The repository's own hooks: asked as git would ask them, and never a run's end.
#include "line/repository_hooks.h"

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>

#include "line/delivery.h"
#include "unit/line/benched.h"

namespace gf::line {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using Status = record::GateOutcome::Status;

class RepositoryHooksTest : public BenchedTest {
 protected:
  void SetUp() override {
    place_.write("a.txt", "one\n");
    place_.write("b.txt", "one\n");
    ASSERT_NO_FATAL_FAILURE(open_here());
    assignment_.wishes.rules = kNewestRules;
    // Hooks here write down that they were asked.
    assignment_.config.add("factory.sandbox", "none");
    set_check("validate", "true");
  }
  void hook(const std::string& name, const std::string& script, bool executable = true) {
    std::string path = place_.write(".git/hooks/" + name, "#!/bin/sh\n" + script + "\n");
    using std::filesystem::perms;
    std::filesystem::permissions(place_.path() + "/.git/hooks/" + name,
                                 executable ? perms::owner_all : perms::owner_read);
  }
  Result<void> begin(uint32_t number = 1) {
    record::RunRecord run = run_record(number);
    run.slug = "two";
    return bench_for(run).open();
  }
  /// VALIDATE's outcomes of a change of a.txt.
  Result<std::vector<record::GateOutcome>> change(const std::string& text) {
    write("a.txt", text);
    GF_TRY(bench_->take_in());
    GF_TRY(bench_->fix({"a.txt"}));
    return bench_->run("validate", {}, {"a.txt"});
  }
  static const record::GateOutcome* of_hook(const std::vector<record::GateOutcome>& outcomes) {
    for (const record::GateOutcome& outcome : outcomes) {
      if (outcome.gate == "hook:pre-commit") return &outcome;
    }
    return nullptr;
  }
};

TEST_F(RepositoryHooksTest, WhatAHookDoesIsAnOutcomeAndTheUsersPlaceIsAsItWas) {
  struct Case {
    const char* what;
    const char* script;
    Status status;
    const char* expected;  ///< in the first finding, or in the reason
    const char* file;      ///< a.txt afterwards
  };
  const Case kCases[] = {
      {"it says yes", "exit 0", Status::kPass, "", "two\n"},
      {"it says no with a place", "grep -q two a.txt && echo a.txt:1: no two && exit 1; exit 0",
       Status::kFail, "no two", "two\n"},
      {"it sees the change staged, and nothing else",
       "test \"$(git diff --cached --name-only)\" = a.txt || git diff --cached --quiet",
       Status::kPass, "", "two\n"},
      {"it sees the run's branch", "git symbolic-ref HEAD | grep -q factory/two", Status::kPass, "",
       "two\n"},
      {"it formats, and stages what it made", "sed -i s/two/TWO/ a.txt; git add a.txt",
       Status::kPass, "", "TWO\n"},
      {"it formats, and says no the first time",
       "grep -q two a.txt || exit 0; sed -i s/two/TWO/ a.txt; exit 1", Status::kPass, "", "TWO\n"},
      {"it rewrites a file that is none of the run's", "echo other > b.txt; echo new > c.txt",
       Status::kPass, "", "two\n"},
      {"it commits by itself", "git commit -qm mine --no-verify; git stash list; exit 0",
       Status::kPass, "", "two\n"},
      {"it wants a terminal", "exec < /dev/tty; read yes", Status::kFail, "/dev/tty", "two\n"},
      {"it has no words", "exit 3", Status::kFail, "says no", "two\n"},
  };
  uint32_t number = 10;
  for (const Case& one : kCases) {
    hook("pre-commit", one.script);
    std::string before = place_.git("for-each-ref refs/heads refs/stash") +
                         place_.git("status --porcelain") + place_.git("log --format=%H");
    ASSERT_DONE(begin(++number)) << one.what;
    auto outcomes = change("two\n");
    ASSERT_DONE(outcomes) << one.what;

    const record::GateOutcome* said = of_hook(*outcomes);
    ASSERT_NE(said, nullptr) << one.what;
    EXPECT_EQ(said->status, one.status) << one.what << ": " << said->output_tail;
    std::string message = said->findings.empty() ? said->reason : said->findings.front().message;
    EXPECT_THAT(message, HasSubstr(one.expected)) << one.what;
    EXPECT_EQ(on_disk("a.txt"), one.file) << one.what;
    EXPECT_EQ(on_disk("b.txt"), "one\n") << one.what;
    EXPECT_FALSE(std::filesystem::exists(bench_->path() + "/c.txt")) << one.what;
    EXPECT_EQ(place_.git("for-each-ref refs/heads refs/stash") + place_.git("status --porcelain") +
                  place_.git("log --format=%H"),
              before)
        << one.what;
    ASSERT_DONE(bench_->close());
  }
}

TEST_F(RepositoryHooksTest, AHookThatDoesNotWorkOnTheBaseIsLeftOutAndOneThatIsRedThereIsTold) {
  struct Case {
    const char* script;
    const char* expected;
  };
  const Case kCases[] = {
      {"no-such-program-anywhere", "going without hook:pre-commit"},
      {"kill -9 $$", "going without hook:pre-commit"},
      {"echo never on a monday; exit 1", "hook:pre-commit is red on the base already"},
  };
  uint32_t number = 30;
  for (const Case& one : kCases) {
    hook("pre-commit", one.script);
    events_.clear();
    ASSERT_DONE(begin(++number)) << one.script;
    EXPECT_THAT(heard(), Contains(HasSubstr(one.expected))) << one.script;
    ASSERT_DONE(bench_->close());
  }
}

TEST_F(RepositoryHooksTest, OneThatBreaksOverTheChangeIsAboutTheMachineAndNamesTheWayOn) {
  hook("pre-commit", "git diff --cached --quiet || no-such-program-anywhere");
  ASSERT_DONE(begin());

  auto outcomes = change("two\n");

  ASSERT_FALSE(outcomes.ok());
  EXPECT_EQ(outcomes.error().fault, Fault::kEnvironment);
  EXPECT_THAT(outcomes.error().hint, HasSubstr("factory.hooks=ignore"));
}

TEST_F(RepositoryHooksTest, NobodyIsAskedWhereGitWouldNotAskOrTheUserSaysSo) {
  auto asked = [&](uint32_t number) {
    EXPECT_DONE(begin(number));
    auto outcomes = change("two\n");
    EXPECT_DONE(outcomes);
    bool was = outcomes.ok() && of_hook(*outcomes) != nullptr;
    EXPECT_DONE(bench_->close());
    return was;
  };
  EXPECT_FALSE(asked(40)) << "there is none";
  hook("pre-commit", "exit 1", false);
  EXPECT_FALSE(asked(41)) << "it is not executable";
  EXPECT_THAT(heard(), Contains(HasSubstr("not executable")));
  hook("pre-commit", "exit 1");
  EXPECT_TRUE(asked(42));
  assignment_.config.add("factory.hooks", "ignore");
  EXPECT_FALSE(asked(43)) << "factory.hooks";
  assignment_.config.add("factory.hooks", "sometimes");
  EXPECT_FALSE(begin(44).ok());
}

TEST_F(RepositoryHooksTest, WhereItMayOnlyWarnItsNoIsToldAndNobodyJudgesByIt) {
  hook("pre-commit",
       "git diff --cached --quiet || { sed -i s/two/2/ a.txt; echo not so; exit 1; }");
  assignment_.config.add("factory.hooks", "warn");
  ASSERT_DONE(begin());

  ASSERT_GIVES(auto outcomes, change("two\n"));

  const record::GateOutcome* said = of_hook(outcomes);
  ASSERT_NE(said, nullptr);
  EXPECT_EQ(said->stage, "advice") << "VALIDATE looks at its own gates alone";
  EXPECT_EQ(said->status, Status::kFail);
  EXPECT_THAT(heard(), Contains(HasSubstr("not so")));
  EXPECT_EQ(on_disk("a.txt"), "two\n") << "who only warns mends nothing";
}

TEST_F(RepositoryHooksTest, WhatItSaidOfATreeIsOnRecordAndIsNotAskedAgain) {
  hook("pre-commit", "echo asked >> " + folder_ / "asked");
  ASSERT_DONE(begin());
  ASSERT_DONE(change("two\n"));
  ASSERT_DONE(bench_->run("validate", {}, {"a.txt"}));
  EXPECT_EQ(folder_.read("asked"), "asked\nasked\n") << "of the base, and of the change";
  ASSERT_DONE(journal_->active().save());
  ASSERT_GIVES(auto kept, context_->store->load(journal_->run().id));
  int of_hooks = 0;
  for (const record::GateOutcome& gate : kept.gates) of_hooks += gate.gate == "hook:pre-commit";
  EXPECT_EQ(of_hooks, 2);
}

/// The last stage, with an approved tree that is not the base's.
class CommitMsgTest : public RepositoryHooksTest {
 protected:
  Result<void> deliver(uint32_t number) {
    GF_TRY(begin(number));
    write("a.txt", "two\n");
    GF_TRY(bench_->take_in());
    dossier_ = {};
    dossier_.spec.emplace();
    dossier_.spec->title = "Add two";
    dossier_.spec->intent = "There is two now.";
    dossier_.verdict.emplace();
    dossier_.verdict->approved = true;
    dossier_.verdict->run = journal_->run().id;
    Delivery delivery(*context_, assignment_, *journal_, *bench_, dossier_);
    auto made = delivery.commit();
    message_.clear();
    if (made.ok()) {
      GF_ASSIGN(auto commit, context_->repo.commit(journal_->run().head));
      message_ = commit.message;
    }
    GF_TRY(bench_->close());
    return made;
  }
  [[nodiscard]] std::string subject() const { return message_.substr(0, message_.find('\n')); }

  Dossier dossier_;
  std::string message_;
};

TEST_F(CommitMsgTest, TheMessageIsWordedUntilTheHookTakesIt) {
  struct Case {
    const char* what;
    const char* script;
    const char* subject;
  };
  const Case kCases[] = {
      {"no hook has anything to say", "exit 0", "feat: Add two"},
      {"lower case", "head -1 $1 | grep -Eq '^(feat|fix): [a-z]'", "feat: add two"},
      {"no type", "head -1 $1 | grep -q '^Add'", "Add two"},
      {"it rewords", "sed -i '1s/$/ (#7)/' $1", "feat: Add two (#7)"},
      {"it sees the change staged", "test \"$(git diff --cached --name-only)\" = a.txt",
       "feat: Add two"},
      {"it throws the trailer away", "printf 'mine\\n' > $1", "mine"},
  };
  uint32_t number = 50;
  for (const Case& one : kCases) {
    hook("commit-msg", one.script);
    ASSERT_DONE(deliver(++number)) << one.what;
    EXPECT_EQ(subject(), one.subject) << one.what;
    EXPECT_THAT(message_, HasSubstr("Factory-Run: " + journal_->run().id.str())) << one.what;
  }
}

TEST_F(CommitMsgTest, WhereNoFormIsTakenTheRunWaitsWithTheHooksWordsAndWarnGoesOn) {
  hook("commit-msg", "echo 'no ticket number'; exit 1");
  auto refused = deliver(70);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().fault, Fault::kConfiguration);
  EXPECT_THAT(refused.error().message, HasSubstr("no ticket number"));
  EXPECT_THAT(refused.error().hint, HasSubstr("factory.hooks=warn factory resume"));

  assignment_.config.add("factory.hooks", "warn");
  ASSERT_DONE(deliver(71));
  EXPECT_EQ(subject(), "feat: Add two");
  EXPECT_THAT(heard(), Contains(HasSubstr("no ticket number")));
}

TEST_F(CommitMsgTest, AFormThatTheUserChoseIsTheOnlyOne) {
  hook("commit-msg", "head -1 $1 | grep -q '^Add'");
  assignment_.config.add("factory.commitStyle", "conventional");
  EXPECT_FALSE(deliver(80).ok());
}

}  // namespace
}  // namespace gf::line
