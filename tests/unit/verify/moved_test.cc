// The same change elsewhere: rebased, picked, squashed, merged.
#include <unistd.h>

#include "unit/verify/approved.h"

namespace gf::verify::test {
namespace {

using ::testing::HasSubstr;

class MovedTest : public ApprovedTest {
 protected:
  MovedTest() : made_(approve("health")) {}
  /// main goes on with another file, or with this content of app.py.
  void main_moves(const std::string& app = kApp) {
    repo_.git("checkout -q main");
    repo_.write("other.txt", "new\n");
    repo_.write("app.py", app);
    repo_.commit("main moves");
  }
  Made made_;
};

TEST_F(MovedTest, ACleanRebaseIsRecognised) {
  main_moves(with(kApp, "return 1", "return 11"));
  repo_.git("rebase -q main factory/health");
  Finding finding = one(id_of("HEAD"));
  EXPECT_EQ(status_text(finding), "ok rebased") << finding.text;
  EXPECT_THAT(finding.text, HasSubstr(made_.base.short_hex()));
}

TEST_F(MovedTest, TheLinesOwnMoveOntoANewerBaseAfterTheReviewHasToAddUp) {
  // The same change, once more with an entry at the end of a list.
  repo_.git("checkout -q --detach " + first_.hex());
  repo_.write("app.py", changed_app());
  repo_.write("notes.txt", "one\ntwo\nthree\nmine\n");
  repo_.commit("reviewed with an entry");
  Oid with_entry = id_of("HEAD^{tree}");
  main_moves();
  repo_.write("notes.txt", "one\ntwo\nthree\ntheirs\n");
  repo_.commit("another entry");
  struct Case {
    std::string slug, app, notes;
    Oid reviewed, first;
    std::string expected;
  };
  const std::string entries = "one\ntwo\nthree\ntheirs\n", both = entries + "mine\n";
  const Case kCases[] = {
      {"moved", changed_app(), entries, made_.tree, first_, "ok exact"},
      {"entry", changed_app(), both, with_entry, first_, "ok exact"},
      {"unsaid", changed_app(), entries, made_.tree, Oid(), "no conflicting-records"},
      {"edited", changed_app() + "# more\n", entries, made_.tree, first_, "no conflicting-records"},
      {"words", changed_app(), entries + "yours\n", with_entry, first_, "no conflicting-records"},
      {"taken", changed_app(), "one\nmine\n", with_entry, first_, "no conflicting-records"},
  };
  for (const Case& one_case : kCases) {
    repo_.git("checkout -q main");
    auto edit = [&] {
      repo_.write("app.py", one_case.app);
      repo_.write("notes.txt", one_case.notes);
    };
    Made made = approve(one_case.slug, edit, [&](Parts& parts) {
      if (!one_case.first.is_zero()) parts.run.policy["base.first"] = one_case.first.hex();
      parts.stages.back().tree_in = one_case.reviewed;
    });
    EXPECT_EQ(status_text(one(made.head)), one_case.expected) << one_case.slug;
  }
}

TEST_F(MovedTest, ACherryPickIsRecognised) {
  main_moves();
  repo_.git("cherry-pick " + made_.head.hex());
  EXPECT_EQ(status_text(one(id_of("HEAD"))), "ok rebased");
}

TEST_F(MovedTest, ASquashMergeIsRecognisedWithItsIndentedTrailer) {
  repo_.git("merge -q --squash factory/health");
  repo_.git("commit -q --no-edit");
  EXPECT_THAT(repo_.git("log -1 --format=%B"), HasSubstr("    Factory-Run: "));
  EXPECT_EQ(status_text(one(id_of("HEAD"))), "ok exact");
  repo_.git("reset -q --hard main~1");
  main_moves();
  repo_.git("merge -q --squash factory/health");
  repo_.git("commit -q --no-edit");
  EXPECT_EQ(status_text(one(id_of("HEAD"))), "ok rebased");
}

TEST_F(MovedTest, AMergeCommitThatAddsNothingIsRecognised) {
  main_moves(with(kApp, "return 1", "return 11"));
  repo_.git("merge -q --no-ff -m merged factory/health");
  Oid merge = id_of("HEAD");
  EXPECT_EQ(status_text(pushed({{id_of("main^1"), merge, "refs/heads/main"}}, id_of("main^1"))),
            "ok exact, ok clean-merge");
  policy_.cover = Policy::Cover::kAll;
  EXPECT_EQ(status_text(pushed({{id_of("main^1"), merge, "refs/heads/main"}}, id_of("main^1"))),
            "ok exact, ok clean-merge");
  repo_.write("app.py", with(with(kApp, "return 1", "return 11"), "return 4", "return 45"));
  repo_.git("add -A");
  repo_.git("commit -q --amend --no-edit");
  Finding finding = one(id_of("HEAD"));
  EXPECT_EQ(status_text(finding), "no edited-merge");
  EXPECT_THAT(finding.text, HasSubstr("app.py differs"));
}

TEST_F(MovedTest, AMergeThatFollowsARenameIsRecognised) {
  policy_.cover = Policy::Cover::kAll;
  repo_.git("checkout -q main");
  repo_.git("mv app.py service.py");
  repo_.commit("rename");
  repo_.git("merge -q --no-ff -m merged factory/health");
  EXPECT_EQ(status_text(one(id_of("HEAD"))), "ok clean-merge");
}

TEST_F(MovedTest, AMergeThatTakesOneSideOnlyIsNotClean) {
  policy_.cover = Policy::Cover::kAll;
  main_moves();
  repo_.git("merge -q -s ours --no-ff -m merged factory/health");
  EXPECT_EQ(status_text(one(id_of("HEAD"))), "no edited-merge");
}

TEST_F(MovedTest, AConflictSolvedByHandIsNotClean) {
  policy_.cover = Policy::Cover::kAll;
  main_moves(with(kApp, "return 4", "return 5"));
  EXPECT_NE(repo_.git_status({"merge", "-q", "factory/health"}), 0);
  repo_.write("app.py", with(kApp, "return 4", "return 49"));
  Oid merge = repo_.commit("merged by hand");
  EXPECT_EQ(status_text(one(merge)), "no edited-merge");
}

TEST_F(MovedTest, OctopusMergesCountWhenTheyAddNothing) {
  policy_.cover = Policy::Cover::kAll;
  approve("two", [this] { repo_.write("two.py", "two = 2\n"); });
  approve("three", [this] { repo_.write("app.py", with(kApp, "return 1", "return 11")); });
  main_moves();
  repo_.git("merge -q -m octopus factory/health factory/two factory/three");
  EXPECT_EQ(status_text(one(id_of("HEAD"))), "ok clean-merge");
  EXPECT_EQ(
      status_text(pushed({{id_of("HEAD^1"), id_of("HEAD"), "refs/heads/main"}}, id_of("HEAD^1"))),
      "ok exact, ok exact, ok exact, ok clean-merge");
  repo_.write("extra.py", "x = 1\n");
  repo_.git("add -A");
  repo_.git("commit -q --amend --no-edit");
  EXPECT_EQ(status_text(one(id_of("HEAD"))), "no edited-merge");
}

TEST_F(MovedTest, AChangeMixedWithAnotherIsNotTheApprovedOne) {
  main_moves();
  repo_.git("cherry-pick -n " + made_.head.hex());
  repo_.write("extra.py", "x = 1\n");
  Oid mixed = repo_.commit("both\n\nFactory-Run: " + made_.id.str());
  Finding finding = one(mixed);
  EXPECT_EQ(status_text(finding), "no different");
  EXPECT_THAT(finding.text, HasSubstr("extra.py"));
}

TEST_F(MovedTest, TheApprovedTreeOnAnotherBaseUndoesWhatIsThere) {
  main_moves();
  std::string commit = repo_.git({"commit-tree", "-p", "main", "-m",
                                  "feat\n\nFactory-Run: " + made_.id.str(), made_.tree.hex()});
  Finding finding = one(Oid::parse(commit.substr(0, 40)).value());
  EXPECT_EQ(status_text(finding), "no different");
  EXPECT_THAT(finding.text, HasSubstr("other.txt"));
}

TEST_F(MovedTest, TheSamePatchIdInAnotherPlaceOrWithOtherBlanksIsAnotherChange) {
  // Blanks do not count in a patch id, and in Python they are the program.
  main_moves();
  repo_.write("app.py", with(changed_app(), "    return 44", "  return 44"));
  Oid blanks = repo_.commit("feat\n\nFactory-Run: " + made_.id.str());
  git::Repo repo = open();
  EXPECT_EQ(repo.patch_id(id_of("HEAD~^{tree}"), id_of("HEAD^{tree}")).value(),
            repo.patch_id(id_of(first_.hex() + "^{tree}"), made_.tree).value());
  EXPECT_EQ(status_text(one(blanks)), "no different");
}

TEST_F(MovedTest, TheSameHunkAtAnotherOfTwoEqualPlacesIsAnotherChange) {
  std::string block = "start\n    a\n    b\n    c\nend\n";
  std::string text = block + "--\n--\n--\n--\n" + block;
  repo_.git("checkout -q main");
  repo_.write("blocks", text);
  repo_.commit("blocks");
  Made run = approve("blocks", [&] { repo_.write("blocks", with(text, "    b", "    B")); });
  repo_.write("other.txt", "moves\n");
  repo_.commit("moves");
  std::string second = text;
  second.replace(second.rfind("    b"), 5, "    B");
  repo_.write("blocks", second);
  Oid moved = repo_.commit("feat\n\nFactory-Run: " + run.id.str());
  EXPECT_EQ(status_text(one(moved)), "no different");
}

TEST_F(MovedTest, OtherLinesAroundTheChangeWereNotReviewed) {
  main_moves(with(kApp, "def e():", "def e(x):"));
  repo_.git("rebase -q main factory/health");
  Finding finding = one(id_of("HEAD"));
  EXPECT_EQ(status_text(finding), "no different") << finding.text;
}

TEST_F(MovedTest, WhatMovedIsGatedAgainWhereThePolicyAsks) {
  main_moves();
  repo_.git("cherry-pick " + made_.head.hex());
  Oid moved = id_of("HEAD");
  policy_.regate = true;
  EXPECT_EQ(status_text(one(moved)), "no needs-gates");
  EXPECT_EQ(status_text(one(made_.head)), "ok exact") << "its own tree was gated";
  std::vector<Oid> asked;
  std::string red;
  regate_ = [&](const Oid& commit, const RunId&) -> Result<std::string> {
    asked.push_back(commit);
    return red;
  };
  EXPECT_EQ(status_text(one(moved)), "ok rebased");
  EXPECT_EQ(asked, std::vector<Oid>{moved});
  red = "pytest is not green: 1 test failed";
  Finding finding = one(moved);
  EXPECT_EQ(status_text(finding), "no gates-failed");
  EXPECT_THAT(finding.text, HasSubstr("pytest is not green: 1 test failed"));
}

/// A clean cherry-pick onto a main that has moved, under a policy that wants gates there.
class RegateTest : public MovedTest {
 protected:
  RegateTest() {
    main_moves();
    repo_.git("cherry-pick " + made_.head.hex());
    moved_ = id_of("HEAD");
    tree_ = id_of("HEAD^{tree}");
    policy_.regate = true;
    policy_.gates = git::Repo::blob_id("these gates");
  }
  void note(const Oid& on, const Oid& tree, const Oid& gates, const std::string& signature = {}) {
    git::Repo repo = open();
    store::Store store = store::Store::open(repo, clock_, record::Redactor()).value();
    record::GateOutcome outcome;
    outcome.gate = "pytest";
    outcome.status = record::GateOutcome::Status::kPass;
    ASSERT_DONE(store.note_gates(on, gates_note(tree, gates, clock_.now(), {outcome}), signature));
  }
  Oid moved_, tree_;
};

TEST_F(RegateTest, WhatPassedIsRememberedAndNotRunAgain) {
  EXPECT_EQ(status_text(one(moved_)), "no needs-gates");
  note(tree_, tree_, policy_.gates);
  Finding finding = one(moved_);
  EXPECT_EQ(status_text(finding), "ok rebased");
  EXPECT_THAT(finding.text, HasSubstr("the gates were green on it"));
  regate_ = [](const Oid&, const RunId&) -> Result<std::string> {
    ADD_FAILURE() << "run again";
    return std::string();
  };
  EXPECT_EQ(status_text(one(moved_)), "ok rebased");
  EXPECT_THAT(repo_.git({"notes", "--ref=factory/gates", "show", tree_.hex()}),
              HasSubstr("\"gate\":\"pytest\""));
}

TEST_F(RegateTest, ItIsBoundToTheTreeAndToTheGatesSettings) {
  note(tree_, made_.tree, policy_.gates);
  EXPECT_EQ(status_text(one(moved_)), "no needs-gates") << "copied from another tree";
  note(made_.tree, made_.tree, policy_.gates);
  EXPECT_EQ(status_text(one(moved_)), "no needs-gates") << "another tree's";
  note(tree_, tree_, git::Repo::blob_id("no gates at all"));
  Finding finding = one(moved_);
  EXPECT_EQ(status_text(finding), "no needs-gates");
  EXPECT_THAT(finding.text, HasSubstr("with other settings"));
  for (const char* forged : {"{}", "[1]", "pass", "{\"tree\":7}", "\xff\xfe{"}) {
    repo_.write("forged", std::string(forged) + "\n");
    repo_.git({"notes", "--ref=factory/gates", "add", "-f", "-F", "forged", tree_.hex()});
    EXPECT_EQ(status_text(one(moved_)), "no needs-gates") << forged;
  }
}

TEST_F(RegateTest, ItMayComeWithThePush) {
  note(tree_, tree_, policy_.gates);
  Oid notes = id_of(kGatesNotes);
  repo_.git({"update-ref", "-d", kGatesNotes});
  repo_.git({"update-ref", "refs/notes/remotes/origin/factory/gates", notes.hex()});
  EXPECT_EQ(status_text(one(moved_)), "ok rebased") << "fetched";
  repo_.git({"update-ref", "-d", "refs/notes/remotes/origin/factory/gates"});
  Question branch{Oid(), moved_, "refs/heads/factory/x"};
  EXPECT_THAT(status_text(pushed({branch}, id_of("main~1"))), HasSubstr("no needs-gates"));
  EXPECT_THAT(status_text(pushed({branch, {Oid(), notes, kGatesNotes}}, id_of("main~1"))),
              ::testing::StartsWith("ok rebased, ok record"));
}

TEST_F(RegateTest, WhereVerdictsAreSignedThisIsToo) {
  gf::test::TempFolder folder;
  std::string key = folder / "alice";
  gf::test::run({"ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key}, repo_.path(),
                repo_.environment());
  repo_.git("config gpg.format ssh");
  repo_.git({"config", "user.signingKey", key + ".pub"});
  std::string line = "alice@example.com namespaces=\"git\" " + folder.read("alice.pub");
  repo_.git({"config", "gpg.ssh.allowedSignersFile", folder.write("allowed", line)});
  repo_.git("checkout -q " + made_.base.hex());
  Made made = approve(
      "signed", [&] { repo_.write("s.py", "s = 1\n"); }, [](Parts& parts) { parts.sign = true; });
  repo_.git("checkout -q main");
  repo_.git("cherry-pick " + made.head.hex());
  Oid moved = id_of("HEAD"), tree = id_of("HEAD^{tree}");
  policy_.signature = true;
  note(tree, tree, policy_.gates);
  Finding finding = one(moved);
  EXPECT_EQ(status_text(finding), "no needs-gates");
  EXPECT_THAT(finding.text, HasSubstr("is not signed"));
  ASSERT_GIVES(auto other, signed_gates(program(), made.tree, policy_.gates));
  note(tree, tree, policy_.gates, other);
  EXPECT_EQ(status_text(one(moved)), "no needs-gates") << "signed for another tree";
  ASSERT_GIVES(auto good, signed_gates(program(), tree, policy_.gates));
  note(tree, tree, policy_.gates, good);
  EXPECT_EQ(status_text(one(moved)), "ok rebased");
}

TEST_F(MovedTest, WithoutTheApprovedObjectsNothingIsSaid) {
  main_moves();
  repo_.git("cherry-pick " + made_.head.hex());
  repo_.git({"clone", "-q", "--single-branch", "--branch", "main", "file://" + repo_.path(),
             repo_.path() + "/../clone"});
  std::string clone = repo_.path() + "/../clone";
  repo_.git({"-C", clone, "fetch", "-q", "origin", "refs/factory/ledger/*:refs/factory/ledger/*"});
  auto repo = git::Repo::open(clone);
  ASSERT_DONE(repo);
  git::Program git(gf::test::plain_runner(repo_.environment()), clone);
  ASSERT_GIVES(auto findings, verify_commits(*repo, git, policy_, {id_of("main")}, ""));
  EXPECT_EQ(status_text(findings), "unsure missing-objects");
  EXPECT_THAT(findings[0].hint, HasSubstr("fetch"));
}

}  // namespace
}  // namespace gf::verify::test
