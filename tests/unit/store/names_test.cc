// What the record's names and messages mean, to whoever reads them.
#include <gmock/gmock.h>

#include "store/summary.h"
#include "unit/store/record.h"

namespace gf::store::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

constexpr const char* kOne = "20261121T083059Z-00000001";
constexpr const char* kTwo = "20261121T083059Z-00000002";

std::vector<std::string> named_in(const std::string& message) {
  std::vector<std::string> ids;
  for (const RunId& id : runs_named_in(message)) ids.push_back(id.str());
  return ids;
}

TEST(Names, ARefSaysWhoseItIsAndWhatItHolds) {
  auto own = record_ref("refs/factory/ledger/2026-11");
  ASSERT_TRUE(own.has_value());
  EXPECT_EQ(own->remote, "");
  EXPECT_TRUE(own->is("ledger", "2026-11"));
  auto fetched = record_ref("refs/factory/remotes/team/eu/inbox/" + std::string(kOne));
  ASSERT_TRUE(fetched.has_value());
  EXPECT_EQ(fetched->remote, "team/eu");
  EXPECT_TRUE(fetched->is("inbox", kOne));
}

TEST(Names, ARefThatHoldsNoRecordsIsNone) {
  for (const char* ref :
       {"refs/factory/pulls", "refs/factory/remotes/origin/pulls", "refs/factory/remotes/origin",
        "refs/factory/ledger", "refs/factory/x/ledger/2026-11", "refs/heads/ledger/2026-11",
        "refs/notes/factory/trace", "refs/factory//2026-11", "refs/factory/", ""}) {
    EXPECT_FALSE(record_ref(ref).has_value()) << ref;
  }
}

TEST(Names, OnlyAMonthIsAMonth) {
  EXPECT_TRUE(is_month("2026-11"));
  for (const char* name : {"2026-13", "2026-1", "2026_11", "2026-111", "abcd-11", ""})
    EXPECT_FALSE(is_month(name)) << name;
}

TEST(RunsNamedIn, ATrailersKeyIsTakenInEitherCaseAsGitTakesIt) {
  EXPECT_THAT(named_in(std::string("x\n\nfactory-run: ") + kOne), ElementsAre(kOne));
  EXPECT_THAT(named_in(std::string("squash\n\n    Factory-Run:") + kOne + "  \n"),
              ElementsAre(kOne));
}

TEST(RunsNamedIn, EachIsNamedOnceAndInOrder) {
  std::string one = std::string("Factory-Run: ") + kOne + "\n";
  std::string two = std::string("Factory-Run: ") + kTwo + "\n";
  EXPECT_THAT(named_in("x\n\n" + two + one + two), ElementsAre(kTwo, kOne));
  EXPECT_THAT(named_in("x\n\nFactory-Run: ../../etc/passwd\nNo-Factory-Run: " + one), IsEmpty());
}

TEST(RunsNamedIn, AMessageMadeToKeepUsBusyDoesNot) {
  std::string many = "x\n\n";
  for (int i = 0; i < 2000; ++i) many += fmt::format("Factory-Run: 20260101T000000Z-{:08x}\n", i);
  EXPECT_THAT(runs_named_in(many), SizeIs(20));
}

TEST(Trailers, OnlyTheLastParagraphHasThem) {
  auto found =
      trailers_in("factory: x\n\nFactory-Tree: forged\n\nFactory-Run: a\nFactory-Run: b\n");
  EXPECT_THAT(found, ElementsAre(std::pair<const std::string, std::string>("Run", "b")));
  // A blank line may hold blanks; a title has no trailers, however it looks.
  EXPECT_EQ(trailers_in("x\n\nFactory-A: 1\n \t\nFactory-B: 2").count("A"), 0u);
  EXPECT_THAT(trailers_in("Factory-Run: a\n"), IsEmpty());
  EXPECT_THAT(trailers_in(""), IsEmpty());
}

TEST_F(StoreTest, NoTextOfARunReachesItsCommitUnredacted) {
  const std::string secret = "ghp_0123456789abcdefghijklmnopqrstuvwxyz";
  git::Repo repo = open_repo();
  Store store = open_store(repo);
  record::RunRecord run = new_run(repo, 1);
  for (std::string* text : {&run.slug, &run.title, &run.base_name, &run.branch, &run.patch_id,
                            &run.pull_request, &run.failed_stage, &run.reason, &run.author}) {
    *text = "see " + secret;
  }
  run.policy = {{"batch", secret}};
  run.status = record::RunStatus::kFailed;
  ActiveRun active = store.begin(run).value();

  ASSERT_DONE(store.seal(active, run));

  std::string message = git("log -1 --format=%B refs/factory/ledger/" + run.id.month());
  EXPECT_THAT(message, HasSubstr("Factory-Batch: "));
  EXPECT_THAT(message, Not(HasSubstr(secret)));
}

TEST_F(StoreTest, AParcelIsMadeOfTheRunsOwnCommit) {
  git::Repo repo = open_repo();
  Store store = open_store(repo);
  record::RunRecord first = deliver(repo, store, 1);
  clock_.advance(Milliseconds(1000));
  record::RunRecord liar = new_run(repo, 2, "liar");
  liar.title = "Factory-Run: " + first.id.str();
  liar.status = record::RunStatus::kFailed;
  ActiveRun active = store.begin(liar).value();
  ASSERT_DONE(store.seal(active, liar));

  ASSERT_GIVES(auto parcel, store.inbox_parcel(first.id, false));

  ASSERT_THAT(parcel, SizeIs(1));
  EXPECT_THAT(git("log -1 --format=%s " + parcel[0].second.hex()), HasSubstr(first.id.str()));
}

}  // namespace
}  // namespace gf::store::test
