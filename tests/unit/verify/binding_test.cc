// A verdict holds for the tree it approved, and for nothing else.
#include "unit/verify/approved.h"

namespace gf::verify::test {
namespace {

using ::testing::HasSubstr;
using Status = record::GateOutcome::Status;

TEST_F(ApprovedTest, TheApprovedCommitPasses) {
  Made made = approve("health");
  Finding finding = one(made.head);
  EXPECT_EQ(status_text(finding), "ok exact") << finding.text;
  EXPECT_EQ(finding.run, made.id);
  EXPECT_EQ(finding.reviewer, "acted/reviewer");
  EXPECT_TRUE(finding.warnings.empty());
}

TEST_F(ApprovedTest, AnAmendedMessageChangesNothingAndAnAmendedFileDoes) {
  Made made = approve("health");
  repo_.git("checkout -q factory/health");
  repo_.git(
      {"commit", "-q", "--amend", "-m", "feat: better words\n\nFactory-Run: " + made.id.str()});
  EXPECT_EQ(status_text(one(id_of("HEAD"))), "ok exact");
  repo_.write("app.py", changed_app() + "# mine\n");
  repo_.git("add -A");
  repo_.git("commit -q --amend --no-edit");
  Finding finding = one(id_of("HEAD"));
  EXPECT_EQ(status_text(finding), "no different");
  EXPECT_THAT(finding.text, HasSubstr("app.py differs"));
  EXPECT_THAT(finding.hint, HasSubstr(made.head.short_hex()));
}

TEST_F(ApprovedTest, ACommitOnTopIsNotCovered) {
  Made made = approve("health");
  repo_.git("checkout -q factory/health");
  repo_.write("more.py", "x = 1\n");
  Oid more = repo_.commit("just this");
  EXPECT_EQ(status_text(pushed({{Oid(), more, "refs/heads/anything"}}, made.base)),
            "ok exact, no no-run");
  EXPECT_EQ(status_text(one(more, "refs/heads/factory/health")), "no no-run");
  EXPECT_EQ(status_text(one(more, "refs/heads/mine")), "skipped not-covered");
}

TEST_F(ApprovedTest, EveryPartOfTheRecordHasToAgree) {
  auto edit = [this] { repo_.write("app.py", changed_app()); };
  int number = 0;
  auto answer = [&](const Change& change) {
    return one(approve(fmt::format("run-{}", ++number), edit, change).head);
  };
  Oid other = Oid::parse("1234567890123456789012345678901234567890").value();
  EXPECT_EQ(status_text(answer([](Parts& p) { p.verdict.approved = false; })), "no rejected");
  EXPECT_EQ(status_text(answer([](Parts& p) { p.verdict.run = RunId(); })), "no no-verdict");
  EXPECT_EQ(status_text(answer([](Parts& p) {
              p.verdict.run = RunId::parse("20250101T000000Z-00000001").value();
            })),
            "no wrong-run");
  EXPECT_EQ(status_text(answer([&](Parts& p) { p.verdict.spec = other; })), "no wrong-spec");
  EXPECT_EQ(status_text(answer([&](Parts& p) { p.verdict.base = other; })), "no wrong-base");
  EXPECT_EQ(status_text(answer([&](Parts& p) { p.run.tree = other; })), "no conflicting-records");
  EXPECT_EQ(status_text(answer([&](Parts& p) { p.stages[1].tree_in = other; })),
            "no conflicting-records");
  EXPECT_EQ(status_text(answer([](Parts& p) { p.stages[1].status = record::StageStatus::kFail; })),
            "no conflicting-records");
  EXPECT_EQ(status_text(answer([](Parts& p) { p.stages.pop_back(); })), "no no-verdict");
  EXPECT_EQ(status_text(answer([](Parts& p) { p.verdict.reviewer = "acted/somebody"; })),
            "no conflicting-records");
  EXPECT_EQ(status_text(answer([](Parts& p) { p.run.status = record::RunStatus::kRejected; })),
            "no conflicting-records");
}

TEST_F(ApprovedTest, GatesHaveToBeGreenOnThatVeryTree) {
  auto edit = [this] { repo_.write("app.py", changed_app()); };
  int number = 0;
  auto answer = [&](const Change& change) {
    return one(approve(fmt::format("run-{}", ++number), edit, change).head);
  };
  auto red = [](record::GateOutcome& gate, const char* rule) {
    gate.status = Status::kFail;
    gate.findings = {{"app.py", 1, rule, "is wrong", "error"}};
    gate.findings_total = 1;
    gate.reason = "exit 1: 1 finding";
  };
  // In parts_of(): ruff on the base, ruff on the tree, pytest on the base, pytest on the tree.
  Finding finding = answer([&](Parts& p) { red(p.gates[1], "F401"); });
  EXPECT_EQ(status_text(finding), "no red-gates");
  EXPECT_THAT(finding.text, HasSubstr("ruff"));
  EXPECT_EQ(status_text(answer([](Parts& p) { p.gates.resize(3); })), "no no-gates");
  EXPECT_EQ(status_text(answer([](Parts& p) { p.gates.clear(); })), "no no-gates");
  EXPECT_EQ(status_text(answer([](Parts& p) { p.gates[3].status = Status::kBroken; })),
            "no red-gates");
  EXPECT_EQ(status_text(answer([](Parts& p) { p.gates[3].status = Status::kTimeout; })),
            "no red-gates");
  // What was red before is not blamed on the change, and is told.
  finding = answer([&](Parts& p) {
    red(p.gates[0], "F401");
    red(p.gates[1], "F401");
  });
  EXPECT_EQ(status_text(finding), "ok exact");
  EXPECT_THAT(finding.warnings, ::testing::ElementsAre("ruff was as red on the base"));
  EXPECT_EQ(status_text(answer([&](Parts& p) {
              red(p.gates[0], "F401");
              red(p.gates[1], "E999");
            })),
            "no red-gates");
}

TEST_F(ApprovedTest, ARuleThatFilesLikeItBreakIsNoRedGateOfANewFile) {
  auto edit = [this] {
    repo_.write("app.py", changed_app());
    repo_.write("new.py", "pass\n");
  };
  auto answer = [&](const char* slug, const char* rule) {
    return one(approve(slug, edit, [&](Parts& p) {
                 record::Finding known{"old.py", 1, "CPY001", "no copyright", "error"};
                 for (size_t i : {0u, 1u}) {
                   p.gates[i].status = Status::kFail;
                   p.gates[i].findings = {known};
                 }
                 p.gates[1].findings.push_back({"new.py", 1, rule, "no copyright", "error"});
                 for (size_t i : {0u, 1u})
                   p.gates[i].findings_total = static_cast<int>(p.gates[i].findings.size());
               }).head);
  };
  repo_.write("old.py", "pass\n");
  repo_.commit("old");

  EXPECT_EQ(status_text(answer("habit", "CPY001")), "ok exact");
  EXPECT_EQ(status_text(answer("none", "F401")), "no red-gates");
}

TEST_F(ApprovedTest, TheModelThatBuiltDoesNotReview) {
  auto edit = [this] { repo_.write("app.py", changed_app()); };
  Change same = [](Parts& p) {
    p.verdict.reviewer = "acted/builder";
    p.stages[1].model_answered = "builder";
  };
  Made made = approve("one", edit, same);
  EXPECT_EQ(status_text(one(made.head)), "no same-model") << "there was another one to ask";
  policy_.same_model = Policy::SameModel::kAllow;
  EXPECT_EQ(status_text(one(made.head)), "ok exact");
  EXPECT_THAT(one(made.head).warnings,
              ::testing::ElementsAre("'acted/builder' reviewed what it had built"));
  policy_.same_model = Policy::SameModel::kAuto;
  Made alone = approve("two", edit, [&](Parts& p) {
    same(p);
    p.run.models = {{"build", "acted/builder"}, {"review", "acted/builder"}};
  });
  EXPECT_EQ(status_text(one(alone.head)), "ok exact") << "there was none";
  EXPECT_EQ(one(alone.head).warnings.size(), 1u);
  policy_.same_model = Policy::SameModel::kRefuse;
  EXPECT_EQ(status_text(one(alone.head)), "no same-model");
}

TEST_F(ApprovedTest, ANoteOfAnotherRunIsNotTakenForThisOnes) {
  Made one_run = approve("one");
  Made two = approve("two", [this] { repo_.write("b.py", "b = 1\n"); });
  std::string note = repo_.git({"notes", "--ref=factory/review", "show", two.head.hex()});
  repo_.git({"notes", "--ref=factory/review", "add", "-f", "-m", note, one_run.head.hex()});
  Finding finding = one(one_run.head);
  EXPECT_EQ(status_text(finding), "no wrong-run");
  EXPECT_THAT(finding.text, HasSubstr(two.id.str()));
}

TEST_F(ApprovedTest, AForgedNoteApprovesNothing) {
  Made made = approve("health");
  repo_.git("checkout -q factory/health");
  repo_.write("app.py", changed_app() + "# mine\n");
  Oid edited = repo_.commit("feat: more");
  std::string tree = id_of("HEAD^{tree}").hex();
  std::string note = repo_.git({"notes", "--ref=factory/review", "show", made.head.hex()});
  note = with(note, made.tree.hex(), tree);
  for (const std::string& target : {edited.hex(), tree})
    repo_.git({"notes", "--ref=factory/review", "add", "-f", "-m", note, target});
  EXPECT_EQ(status_text(one(edited, "refs/heads/factory/health")), "no different");
}

TEST_F(ApprovedTest, WithoutTrailerTheRunIsFoundByNoteByTreeOrByChange) {
  Made made = approve("health");
  repo_.git("checkout -q factory/health");
  repo_.git("commit -q --amend -m nothing-said");
  Oid amended = id_of("HEAD");
  EXPECT_EQ(status_text(one(amended, "refs/heads/factory/health")), "ok exact");
  repo_.git("update-ref -d refs/notes/factory/review");
  EXPECT_EQ(status_text(one(amended, "refs/heads/factory/health")), "ok exact");
  EXPECT_EQ(one(amended, "refs/heads/factory/health").run, made.id);
  repo_.git("checkout -q main");
  repo_.write("else.txt", "x\n");
  repo_.commit("moved on");
  repo_.git("cherry-pick " + amended.hex());
  EXPECT_EQ(status_text(one(id_of("HEAD"), "refs/heads/factory/health")), "ok rebased");
}

TEST_F(ApprovedTest, ARunWithoutRecordIsRefusedWithAWayOut) {
  Made made = approve("health");
  repo_.git("update-ref -d refs/factory/ledger/" + made.id.month());
  Finding finding = one(made.head);
  EXPECT_EQ(status_text(finding), "no no-record");
  EXPECT_THAT(finding.hint, HasSubstr("git fetch"));
  policy_.cover = Policy::Cover::kOff;
  EXPECT_EQ(status_text(one(made.head)), "skipped not-covered");
}

TEST_F(ApprovedTest, TheRecordMayComeWithThePush) {
  Made made = approve("health");
  std::string ledger = "refs/factory/ledger/" + made.id.month();
  Oid tip = id_of(ledger);
  repo_.git("update-ref -d " + ledger);
  EXPECT_EQ(
      status_text(pushed({{Oid(), made.head, "refs/heads/factory/health"}, {Oid(), tip, ledger}},
                         made.base)),
      "ok exact, ok record");
  EXPECT_EQ(status_text(pushed({{Oid(), made.head, "refs/heads/factory/health"},
                                {Oid(), tip, "refs/factory/inbox/" + made.id.str()}},
                               made.base)),
            "ok exact, ok record");
}

TEST_F(ApprovedTest, ARecordThatCannotBeReadIsNotAnApproval) {
  Made made = approve("health");
  git::Repo repo = open();
  std::string ledger = "refs/factory/ledger/" + made.id.month();
  std::string path = made.id.day() + "/" + made.id.str() + "/review.json";
  Oid tip = id_of(ledger);
  for (const char* text : {"", "{", "[]", "{\"v\":99}", "\xff\xfe", "null"}) {
    Oid blob = repo.write_blob(text).value();
    Oid tree = repo.update_tree(repo.commit(tip)->tree, {{path, blob}}).value();
    std::string commit = repo_.git({"commit-tree", "-m", "x", "-p", tip.hex(), tree.hex()});
    repo_.git({"update-ref", ledger, commit.substr(0, 40)});
    EXPECT_EQ(status_text(one(made.head)), "unsure unreadable") << text;
  }
}

}  // namespace
TEST_F(ApprovedTest, WhatARunStartedFromIsNotHeldAgainstItsBranch) {
  repo_.write("notes.txt", "a person's\n");
  repo_.commit("prepare");
  repo_.write("notes.txt", "a person's, again\n");
  Oid again = repo_.commit("prepare more");
  Made made = approve("four");
  const std::string branch = "refs/heads/factory/four";
  auto push = [&](const Oid& tip, const std::string& ref) {
    return status_text(pushed({{Oid(), tip, ref}}, first_));
  };
  EXPECT_EQ(push(made.head, branch), "skipped not-covered, skipped not-covered, ok exact");
  EXPECT_EQ(push(again, branch), "no no-run, no no-run") << "nothing approved stands on them";
  EXPECT_EQ(push(again, "refs/heads/main"), "skipped not-covered, skipped not-covered");

  // What comes behind the run's commit, or beside its base, is no base.
  repo_.git("checkout -q factory/four");
  repo_.write("notes.txt", "behind\n");
  Oid behind = repo_.commit("behind");
  EXPECT_EQ(push(behind, branch), "skipped not-covered, skipped not-covered, ok exact, no no-run");
  repo_.git({"checkout", "-q", "-b", "beside", first_.hex()});
  repo_.write("other.txt", "beside\n");
  Oid beside = repo_.commit("beside");
  EXPECT_EQ(
      status_text(pushed({{Oid(), made.head, branch}, {Oid(), beside, branch + "-2"}}, first_)),
      "skipped not-covered, skipped not-covered, ok exact, no no-run");

  // A policy that asks about them in any case is not got round.
  Policy all, by_branch, by_path;
  all.cover = Policy::Cover::kAll;
  by_branch.branches = {"factory/*"};
  by_path.paths = {"notes.txt"};
  for (const Policy& strict : {all, by_branch, by_path}) {
    policy_ = strict;
    EXPECT_EQ(push(made.head, branch), "no no-run, no no-run, ok exact");
  }
}

}  // namespace gf::verify::test
