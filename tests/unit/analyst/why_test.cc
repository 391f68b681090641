// From a line to its run: after everything that people do to commits, and when there is no run.
#include "analyst/why.h"

#include <gmock/gmock.h>

#include <cstdlib>

#include "support/runner.h"
#include "unit/store/record.h"

namespace gf::analyst {
namespace {

using ::testing::HasSubstr;

constexpr const char* kHealth = "def health():\n    return {\"status\": \"ok\"}\n";

/// One delivered run that brought app.py, on branch factory/health; main has moved on.
class WhyTest : public store::test::StoreTest {
 protected:
  void SetUp() override {
    StoreTest::SetUp();
    git::Repo repo = open_repo();
    store::Store store = open_store(repo);
    run_ = deliver_app(repo, store, 1, "app.py", kHealth);
    git("branch -f factory/health " + run_.head.hex());
  }

  record::RunRecord deliver_app(git::Repo& repo, store::Store& store, uint32_t number,
                                const std::string& path, const std::string& text) {
    clock_.advance(Milliseconds(1000));
    store::ActiveRun active = store.begin(new_run(repo, number, path)).value();
    record::RunRecord run = active.run();
    Oid tree = repo.update_tree(run.base_tree,
                                {{path, repo.write_blob(text).value(), git::EntryKind::kBlob}})
                   .value();
    record::Spec spec;
    spec.title = run.title;
    record::Criterion criterion;
    criterion.id = "AC1";
    criterion.when = "GET /health";
    criterion.then.push_back({"status", "equals", 200});
    spec.acceptance_criteria.push_back(criterion);
    active.put_spec(spec);
    record::Exchange wrote = exchange(1, "write it");
    record::ToolCall call;
    call.name = "write_file";
    call.arguments = record::Json::object({{"path", path}, {"content", text}});
    wrote.answer->message.tool_calls.push_back(call);
    EXPECT_DONE(active.put_exchange(wrote));
    Oid commit = active.keep_tree(tree, "build 1").value();
    record::StageRecord build = stage(1, "build", tree, commit);
    build.tree_in = run.base_tree;
    EXPECT_DONE(active.put_stage(build));
    auto who = repo.identity(clock_.now()).value();
    run.head = repo.write_commit(tree, {run.base}, who, who,
                                 "feat: " + path + "\n\nFactory-Run: " + run.id.str() + "\n")
                   .value();
    run.tree = tree;
    run.branch = "refs/heads/factory/" + path;
    run.status = record::RunStatus::kDelivered;
    run.patch_id = repo.patch_id(run.base_tree, tree).value();
    record::Verdict verdict;
    verdict.approved = true;
    verdict.reviewer = "scripted/judge";
    verdict.tree = tree;
    verdict.run = run.id;
    verdict.table = record::Json::object(
        {{"hunks", record::Json::array({record::Json::object(
                       {{"id", "H1"}, {"serves", "AC1"}, {"why", "the handler"}})})}});
    active.put_verdict(verdict);
    EXPECT_DONE(store.seal(active, run));
    return run;
  }

  Result<Why> ask(const std::string& path, int line, const std::string& revision = {}) {
    return ask_in(repo_dir_, path, line, revision);
  }
  Result<Why> ask_in(const std::string& folder, const std::string& path, int line,
                     const std::string& revision = {}) {
    git::Repo repo = open_repo(folder);
    store::Store store = open_store(repo);
    const char* search = std::getenv("PATH");
    git::Program program(gf::test::plain_runner({{"PATH", search == nullptr ? "/bin" : search},
                                                 {"GIT_CONFIG_NOSYSTEM", "1"},
                                                 {"GIT_CONFIG_GLOBAL", "/dev/null"}}),
                         folder);
    return why(store, repo, program, path, line, revision);
  }

  void expect_run(Link link, const std::string& path = "app.py", int line = 2) {
    ASSERT_GIVES(auto answer, ask(path, line));
    ASSERT_TRUE(answer.run) << answer.reason;
    EXPECT_EQ(answer.run->run.id, run_.id);
    EXPECT_EQ(name_of(answer.link), name_of(link));
    EXPECT_TRUE(answer.checked);
  }

  std::string no_run(const std::string& path, int line) {
    auto answer = ask(path, line);
    EXPECT_DONE(answer);
    EXPECT_FALSE(answer->run);
    return answer->reason;
  }

  /// main gets a commit of its own, so that nothing lands on the base the run had.
  void move_main() {
    git("checkout -q main");
    shell(repo_dir_, "echo more > c.txt && git add c.txt && git commit -q -m 'main moves on'");
  }

  static std::string shell(const std::string& folder, const std::string& command) {
    return store::test::shell(folder, command);
  }

  record::RunRecord run_;
};

TEST_F(WhyTest, AMergedLineTellsCriterionTurnVerdictAndCost) {
  git("merge -q factory/health");
  ASSERT_GIVES(auto answer, ask("app.py", 2));
  ASSERT_TRUE(answer.run);
  EXPECT_EQ(answer.link, Link::kHead);
  EXPECT_EQ(answer.hunk, "H1");
  EXPECT_EQ(answer.serves, "AC1");
  ASSERT_TRUE(answer.criterion);
  EXPECT_EQ(answer.criterion->when, "GET /health");
  ASSERT_TRUE(answer.written);
  EXPECT_EQ(answer.written->stage, "build");
  EXPECT_EQ(answer.written->exchange, 1);
  EXPECT_EQ(answer.written->tool, "write_file");
  EXPECT_EQ(answer.written->model, "scripted");
  EXPECT_EQ(answer.written->cost.pico_usd, 1000);
  record::Json json = to_json(answer);
  EXPECT_EQ(json.get("run").get("verdict").get_string("reviewer"), "scripted/judge");
  EXPECT_EQ(json.get("criterion").get_string("id"), "AC1");
  EXPECT_EQ(json.get("written").get_int("exchange"), 1);
  EXPECT_TRUE(json.get_bool("from_run"));
}

TEST_F(WhyTest, ARebasedLineIsFoundByItsTrailer) {
  move_main();
  git("rebase -q main factory/health");
  expect_run(Link::kTrailer);
}

TEST_F(WhyTest, ACherryPickedLineIsFoundByItsTrailer) {
  move_main();
  git("cherry-pick -x factory/health");
  expect_run(Link::kTrailer);
}

TEST_F(WhyTest, ASquashThatIndentsTheTrailerIsFound) {
  move_main();
  shell(repo_dir_, "git merge -q --squash factory/health && git commit -q --no-edit");
  expect_run(Link::kTrailer);
}

TEST_F(WhyTest, ASquashOfTwoRunsGivesEachLineItsOwn) {
  git::Repo repo = open_repo();
  store::Store store = open_store(repo);
  record::RunRecord other = deliver_app(repo, store, 2, "other.py", "def other():\n    pass\n");
  move_main();
  shell(repo_dir_, "git merge -q --squash " + other.head.hex() + " && git commit -q -m part && " +
                       "git cherry-pick -n factory/health && git commit -q --amend -m 'both' -m "
                       "'  Factory-Run: " +
                       other.id.str() + "\n  Factory-Run: " + run_.id.str() + "'");
  expect_run(Link::kTrailer);
  ASSERT_GIVES(auto answer, ask("other.py", 1));
  ASSERT_TRUE(answer.run);
  EXPECT_EQ(answer.run->run.id, other.id);
}

TEST_F(WhyTest, WithoutATrailerTheSamePatchOnAMovedBaseIsFound) {
  move_main();
  shell(repo_dir_, "git cherry-pick -n factory/health && git commit -q -m 'health, by hand'");
  expect_run(Link::kPatch);
}

TEST_F(WhyTest, ANoteThatGitCarriedAlongIsEnough) {
  move_main();
  shell(repo_dir_,
        "git config notes.rewriteRef refs/notes/factory/trace && git checkout -q factory/health && "
        "git commit -q --amend -m 'another message' && echo more >> app.py && git commit -q -a "
        "--amend --no-edit");
  expect_run(Link::kNote);
}

TEST_F(WhyTest, ALineThatNothingNamesIsFoundByItsTextAndThatIsSaid) {
  move_main();
  shell(repo_dir_,
        "git cherry-pick -n factory/health && echo changed >> c.txt && git add c.txt && "
        "git commit -q -m 'several things'");
  expect_run(Link::kText);
  EXPECT_THAT(no_run("c.txt", 2), HasSubstr("did not come from a run"));
}

TEST_F(WhyTest, ALineSomebodyAmendedInIsNotTheRuns) {
  shell(repo_dir_,
        "git checkout -q factory/health && echo '# by hand' >> app.py && git commit -q -a --amend "
        "--no-edit");
  EXPECT_THAT(no_run("app.py", 3), HasSubstr("not in what that run delivered"));
  expect_run(Link::kTrailer);
}

TEST_F(WhyTest, AnIndentedOrMovedLineIsStillTheRuns) {
  git("merge -q factory/health");
  shell(
      repo_dir_,
      "printf 'class A:\\n    def health():\\n        return {\"status\": \"ok\"}\\n' > app.py && "
      "git commit -q -a -m 'a class around it'");
  expect_run(Link::kHead, "app.py", 3);
  EXPECT_THAT(no_run("app.py", 1), HasSubstr("did not come from a run"));
}

TEST_F(WhyTest, AFileThatWasRenamedIsFollowed) {
  git("merge -q factory/health");
  shell(repo_dir_, "git mv app.py 'neuer name \xc3\xa4.py' && git commit -q -m rename");
  expect_run(Link::kHead, "neuer name \xc3\xa4.py", 2);
}

TEST_F(WhyTest, HandWrittenAndUncommittedLinesAreSaidToBeThat) {
  git("merge -q factory/health");
  EXPECT_THAT(no_run("a.txt", 1), HasSubstr("did not come from a run"));
  shell(repo_dir_, "echo new >> a.txt");
  EXPECT_THAT(no_run("a.txt", 2), HasSubstr("not committed yet"));
  ASSERT_GIVES(auto before, ask("app.py", 1, "factory/health"));
  EXPECT_TRUE(before.run);
}

TEST_F(WhyTest, ARunWhoseRecordIsElsewhereIsNamedWithTheWayToGetIt) {
  git("merge -q factory/health");
  git("update-ref -d refs/factory/ledger/2026-01");
  git("update-ref -d refs/factory/replay/2026-01");
  ASSERT_GIVES(auto answer, ask("app.py", 2));
  EXPECT_FALSE(answer.run);
  EXPECT_THAT(answer.reason, HasSubstr(run_.id.str()));
  EXPECT_THAT(answer.hint, HasSubstr("git factory sync"));
}

TEST_F(WhyTest, WhereAShallowHistoryEndsNothingIsClaimed) {
  git("merge -q factory/health");
  shell(repo_dir_,
        "echo more > c.txt && git add c.txt && git commit -q -m more && "
        "git clone -q --depth=1 \"file://$PWD\" shallow");
  ASSERT_GIVES(auto answer, ask_in(repo_dir_ + "/shallow", "app.py", 2));
  EXPECT_FALSE(answer.run);
  EXPECT_THAT(answer.reason, HasSubstr("this shallow clone ends before the commit"));
  EXPECT_THAT(answer.hint, HasSubstr("git fetch --unshallow"));
}

TEST_F(WhyTest, WithoutExchangesTheStageIsStillTold) {
  git("merge -q factory/health");
  git("update-ref -d refs/factory/replay/2026-01");
  ASSERT_GIVES(auto answer, ask("app.py", 2));
  ASSERT_TRUE(answer.run);
  ASSERT_TRUE(answer.written);
  EXPECT_EQ(answer.written->stage, "build");
  EXPECT_EQ(answer.written->exchange, 0);
  EXPECT_EQ(answer.serves, "AC1");
}

TEST_F(WhyTest, WhatIsNoFileOrNoLineIsGitsOwnError) {
  auto line = ask("a.txt", 99);
  ASSERT_FALSE(line.ok());
  EXPECT_THAT(line.error().message, HasSubstr("a.txt has only 1 line"));
  EXPECT_FALSE(ask("nowhere.py", 1).ok());
  EXPECT_FALSE(ask("a.txt", 1, "--output=x").ok());
  EXPECT_FALSE(ask("--contents=/etc/passwd", 1).ok());
}

TEST_F(WhyTest, HostileNotesAndTrailersForgeNothing) {
  git("checkout -q main");
  shell(repo_dir_,
        "echo mine > mine.py && git add mine.py && git commit -q -m 'mine' -m "
        "'Factory-Run: " +
            run_.id.str() + "\nFactory-Run: ../../x'");
  shell(repo_dir_, "git notes --ref=factory/trace add -m '{\"run\":\"" + run_.id.str() +
                       "\"}' -m "
                       "'[[[' -m '{\"run\":7}'");
  EXPECT_THAT(no_run("mine.py", 1), HasSubstr("not in what that run delivered"));
}

}  // namespace
}  // namespace gf::analyst
