// Attempts to get past the door with refs, with the record itself, and with what a clone lacks.
#include "unit/verify/fooling.h"

namespace gf::verify::test {
namespace {

using ::testing::HasSubstr;

TEST_F(FoolingTest, TagsAndOtherRefsCarryCommitsToo) {
  Made made = approve("health");
  Oid edited = amended("health", [this] { repo_.write("app.py", changed_app() + "# mine\n"); });
  repo_.git({"tag", "-a", "-m", "annotated", "v1", edited.hex()});
  repo_.git({"tag", "-a", "-m", "a tag of a tag", "v2", "v1"});
  for (const char* tag : {"v1", "v2"}) {
    EXPECT_EQ(
        status_text(pushed({{Oid(), id_of(tag), std::string("refs/tags/") + tag}}, made.base)),
        "no different");
  }
  EXPECT_EQ(status_text(pushed({{Oid(), edited, "refs/for/main"}}, made.base)), "no different");
  EXPECT_EQ(status_text(pushed({{Oid(), edited, "refs/replace/" + made.head.hex()}}, made.base)),
            "no different");
  repo_.git("tag tree-tag HEAD^{tree}");
  EXPECT_EQ(status_text(pushed({{Oid(), id_of("tree-tag"), "refs/tags/tree-tag"}}, made.base)), "");
}

TEST_F(FoolingTest, ABranchThatHidesBehindAnotherRefIsStillAsked) {
  Made made = approve("health");
  Oid edited = amended("health", [this] { repo_.write("app.py", changed_app() + "# mine\n"); });
  // It is here already under another name: that says nothing about who approved it.
  EXPECT_EQ(status_text(pushed({{made.base, edited, "refs/heads/main"}}, made.base)),
            "no different");
  EXPECT_EQ(status_text(pushed(
                {{edited, edited, "refs/heads/amended"}, {made.base, edited, "refs/heads/main"}},
                made.base)),
            "no different");
}

TEST_F(FoolingTest, DeletedBranchesAreNotAskedAboutAndForcedOnesAre) {
  Made made = approve("health");
  Oid edited = amended("health", [this] { repo_.write("app.py", changed_app() + "# mine\n"); });
  EXPECT_EQ(status_text(pushed({{made.head, Oid(), "refs/heads/factory/health"}}, made.base)),
            "skipped deleted-ref");
  EXPECT_EQ(status_text(pushed({{made.head, edited, "refs/heads/factory/health"}}, made.base)),
            "no different");
  EXPECT_EQ(status_text(pushed({{edited, made.head, "refs/heads/factory/health"}}, made.base)),
            "ok exact");
  Oid gone = Oid::parse("1234567890123456789012345678901234567890").value();
  EXPECT_EQ(status_text(pushed({{gone, edited, "refs/heads/factory/health"}}, made.base)),
            "no different");
  EXPECT_EQ(status_text(pushed({{Oid(), gone, "refs/heads/factory/health"}}, made.base)),
            "unsure missing-objects");
}

TEST_F(FoolingTest, ThousandsOfRefsAreOnePush) {
  Made made = approve("health");
  Oid edited = amended("health", [this] { repo_.write("app.py", changed_app() + "# mine\n"); });
  std::vector<Question> refs;
  for (int i = 0; i < 3000; ++i)
    refs.push_back({Oid(), made.base, fmt::format("refs/heads/many/{}", i)});
  refs.push_back({Oid(), made.head, "refs/heads/factory/health"});
  refs.push_back({Oid(), edited, "refs/heads/zz"});
  EXPECT_EQ(status_text(pushed(refs, made.base)), "ok exact, no different");
}

TEST_F(FoolingTest, TheRecordOnlyGrows) {
  Made made = approve("health");
  std::string ledger = "refs/factory/ledger/" + made.id.month();
  Oid before = id_of(ledger);
  approve("second", [this] { repo_.write("b.py", "b = 1\n"); });
  Oid after = id_of(ledger);
  auto answer = [&](const Oid& from, const Oid& to, const std::string& ref) {
    return status_text(pushed({{from, to, ref}}, first_));
  };
  EXPECT_EQ(answer(before, after, ledger), "ok record");
  EXPECT_EQ(answer(Oid(), after, ledger), "ok record");
  EXPECT_EQ(answer(after, before, ledger), "no record-rewritten");
  EXPECT_EQ(answer(after, Oid(), ledger), "no record-rewritten");
  git::Repo repo = open();
  auto next = [&](const std::vector<git::PathChange>& changes) {
    Oid tree = repo.update_tree(repo.commit(after)->tree, changes).value();
    std::string commit = repo_.git({"commit-tree", "-p", after.hex(), "-m", "x", tree.hex()});
    return Oid::parse(commit.substr(0, 40)).value();
  };
  std::string folder = made.id.day() + "/" + made.id.str();
  Oid blob = repo.write_blob("{}").value();
  EXPECT_EQ(answer(after, next({{folder + "/event-1.json", blob}}), ledger), "ok record");
  EXPECT_EQ(answer(after, next({{folder + "/review.json", blob}}), ledger), "no record-rewritten");
  EXPECT_EQ(
      answer(after, next({{folder + "/gate-x.json", Oid()}, {folder + "/review.json", Oid()}}),
             ledger),
      "no record-rewritten");
  EXPECT_EQ(answer(Oid(), after, "refs/factory/active/" + made.id.str()), "no never-shared");
  Oid notes = id_of("refs/notes/factory/review");
  EXPECT_EQ(answer(notes, Oid(), "refs/notes/factory/review"), "no record-rewritten");
  EXPECT_EQ(answer(Oid(), notes, "refs/notes/factory/review"), "ok record");
}

TEST_F(FoolingTest, ASecondRecordOfARunDoesNotWin) {
  Made made = approve("health");
  Oid edited = amended("health", [this] { repo_.write("app.py", changed_app() + "# mine\n"); });
  // A whole forged record that approves the edited tree, under the same run id, in the push.
  std::string ledger = "refs/factory/ledger/" + made.id.month();
  Oid good = id_of(ledger);
  repo_.git("update-ref -d " + ledger);
  repo_.git("update-ref -d refs/notes/factory/review");
  keep({made.id, made.base, edited, id_of(edited.hex() + "^{tree}")}, "health", {});
  Oid forged = id_of(ledger);
  EXPECT_EQ(status_text(one(edited)), "ok exact")
      << "alone it is as good as the access to the record";
  repo_.git("update-ref " + ledger + " " + good.hex());
  repo_.git("update-ref -d refs/notes/factory/review");
  EXPECT_EQ(status_text(pushed({{Oid(), edited, "refs/heads/x"},
                                {Oid(), forged, "refs/factory/inbox/" + made.id.str()}},
                               made.base)),
            "no conflicting-records, ok record");
  EXPECT_EQ(
      status_text(pushed({{Oid(), edited, "refs/heads/x"}, {good, forged, ledger}}, made.base)),
      "no conflicting-records, no record-rewritten");
}

TEST_F(FoolingTest, APushedPolicyHasNoSay) {
  repo_.write(".gitfactory", "[factory]\n verify = all\n");
  Oid strict = repo_.commit("strict");
  repo_.write(".gitfactory", "[factory]\n verify = off\n");
  Oid relaxed = repo_.commit("relaxed");
  git::Repo repo = open();
  ASSERT_GIVES(policy_, policy_of(repo, program(), strict));
  EXPECT_EQ(status_text(pushed({{strict, relaxed, "refs/heads/main"}}, strict)), "no no-run");
}

TEST_F(FoolingTest, AnOldHistoryIsNotAskedAgain) {
  for (int i = 0; i < 5; ++i) {
    repo_.write("f", std::to_string(i));
    repo_.commit("human");
  }
  policy_.cover = Policy::Cover::kAll;
  Oid main = id_of("main");
  Made made = approve("health");
  EXPECT_EQ(status_text(pushed({{Oid(), made.head, "refs/heads/factory/health"}}, main)),
            "ok exact");
  EXPECT_EQ(status_text(pushed({{main, made.head, "refs/heads/main"}}, main)), "ok exact");
}

TEST_F(FoolingTest, InAPartialCloneNothingIsGuessed) {
  Made made = approve("health");
  repo_.write("other.txt", "x\n");
  repo_.commit("main moves");
  repo_.git({"cherry-pick", made.head.hex()});
  repo_.write("app.py", with(changed_app(), "return 1", "return 11"));
  repo_.git("config uploadpack.allowFilter true");
  std::string clone = repo_.path() + "/../partial";
  repo_.git({"clone", "-q", "--bare", "--filter=blob:none", "file://" + repo_.path(), clone});
  repo_.git({"-C", clone, "fetch", "-q", "origin", "refs/factory/ledger/*:refs/factory/ledger/*"});
  auto repo = git::Repo::open(clone);
  ASSERT_DONE(repo);
  git::Program git(gf::test::plain_runner(repo_.environment()), clone);
  ASSERT_GIVES(auto findings, verify_commits(*repo, git, policy_, {made.head, id_of("main")}, ""));
  for (const Finding& finding : findings) EXPECT_EQ(finding.state, State::kUnsure) << finding.text;
}

}  // namespace
}  // namespace gf::verify::test
