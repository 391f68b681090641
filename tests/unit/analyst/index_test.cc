// The index follows the ledger, whatever happens to either.
#include <gmock/gmock.h>

#include <algorithm>

#include "unit/analyst/indexed.h"

namespace gf::analyst {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Property;
using ::testing::SizeIs;
using ::testing::StartsWith;

TEST_F(IndexTest, AnEmptyRepositoryHasAnEmptyIndex) {
  EXPECT_EQ(runs(), "0");
  EXPECT_THAT(troubles(), IsEmpty());
}

TEST_F(IndexTest, EveryRecordOfARunIsARow) {
  record::RunRecord run = add(1)[0];
  Index made = index();
  EXPECT_EQ(one(made, "SELECT run FROM runs"), run.id.str());
  EXPECT_EQ(one(made, "SELECT delivered FROM runs"), "1");
  EXPECT_EQ(one(made, "SELECT group_concat(stage) FROM stages"), "build,validate");
  EXPECT_EQ(one(made, "SELECT model FROM exchanges"), "scripted");
  EXPECT_EQ(one(made, "SELECT gate || ' ' || status FROM gates"), "ruff pass");
  EXPECT_EQ(one(made, "SELECT verdict FROM runs"), "approved");
  EXPECT_EQ(one(made, "SELECT cost_basis FROM runs"), "scripted");
  EXPECT_EQ(one(made, "SELECT has_exchanges FROM runs"), "1");
}

TEST_F(IndexTest, OnlyWhatIsNewIsRead) {
  add(3);
  EXPECT_EQ(index().changes().read, 3u);
  EXPECT_EQ(index().changes().read, 0u);
  add(1);
  EXPECT_EQ(index().changes().read, 1u);
  EXPECT_EQ(runs(), "4");
}

TEST_F(IndexTest, ManyRunsAreReadByThreadsAndNoneIsMixedUp) {
  auto made = add(40);
  forge(made[7], "run.json", "{");
  Index all = index();
  EXPECT_EQ(all.changes().read, 40u);
  for (const record::RunRecord& run : made) {
    std::string id = run.id.str();
    EXPECT_EQ(one(all, "SELECT slug FROM runs WHERE run='" + id + "'"), run.slug);
    EXPECT_EQ(one(all, "SELECT count(*) FROM stages WHERE run='" + id + "'"), "2") << id;
  }
  EXPECT_THAT(all.troubles(9).value(),
              ElementsAre(AllOf(HasSubstr(made[7].id.str()), HasSubstr("run.json"))));
}

TEST_F(IndexTest, WhatThreadsReadAheadIsTheSameAsWhatOneReads) {
  auto rows_of = [](Index& index) {
    std::vector<std::string> rows;
    for (const char* view : {"runs", "stages", "exchanges", "gates", "tests", "criteria"}) {
      auto found = index.database().prepare(std::string("SELECT * FROM ") + view).value();
      while (found.step().value()) {
        rows.emplace_back(view);
        for (int i = 0; i < found.columns(); ++i) rows.back() += "|" + found.text(i);
      }
    }
    std::sort(rows.begin(), rows.end());
    return rows;
  };
  // So few are new at a time that no thread is worth it.
  for (int i = 0; i < 15; ++i) {
    add(20);
    EXPECT_EQ(index().changes().read, 20u);
  }
  Index one_by_one = index();
  const auto expected = rows_of(one_by_one);
  // More than a batch, so that one is read while another is written.
  std::filesystem::remove(file());
  Index together = index();
  EXPECT_EQ(together.changes().read, 300u);
  EXPECT_THAT(rows_of(together), expected);
}

TEST_F(IndexTest, RewrittenHistoryIsNoticed) {
  auto made = add(2);
  EXPECT_EQ(runs(), "2");
  std::string ref = "refs/factory/ledger/" + made[0].id.month();
  git("update-ref " + ref + " " + ref + "~1");
  EXPECT_EQ(index().changes().removed, 1u);
  EXPECT_EQ(runs(), "1");
  git("update-ref -d " + ref);
  git("update-ref -d refs/factory/replay/" + made[0].id.month());
  EXPECT_EQ(runs(), "0");
  Index empty = index();
  for (const char* table : {"run_rows", "stage_rows", "exchange_rows", "gate_rows", "run_sums",
                            "stage_sums", "gate_sums", "days", "months"})
    EXPECT_EQ(one(empty, std::string("SELECT count(*) FROM ") + table), "0") << table;
}

TEST_F(IndexTest, AChangedFileOfAnOldRunIsReadAgain) {
  auto made = add(2);
  EXPECT_EQ(runs(), "2");
  forge(made[0], "stage-01-build.json",
        R"({"v":1,"seq":1,"stage":"build","attempt":1,"status":"fail","failure":"none"})");
  EXPECT_EQ(index().changes().read, 1u);
  Index now = index();
  EXPECT_EQ(one(now, "SELECT count(*) FROM stages WHERE status='fail'"), "1");
}

TEST_F(IndexTest, DroppedExchangesAreGoneAndTheRunStays) {
  auto made = add(1);
  EXPECT_EQ(runs(), "1");
  git("update-ref -d refs/factory/replay/" + made[0].id.month());
  Index now = index();
  EXPECT_EQ(one(now, "SELECT count(*) FROM exchanges"), "0");
  EXPECT_EQ(one(now, "SELECT has_exchanges FROM runs"), "0");
}

TEST_F(IndexTest, HandEditedAndNewerRecordsAreSkippedByName) {
  auto made = add(5);
  forge(made[0], "stage-01-build.json", "{\"v\":1,\"seq\":1,");
  forge(made[1], "run.json", "{\"v\":99}");
  forge(made[2], "review.json", std::string("\0\xff\x1b[31m", 7));
  forge(made[3], "gate-x.json", "[1,2]");
  forge(
      made[4], "run.json",
      "{\"v\":1,\"run\":\"" + made[0].id.str() + "\",\"status\":\"failed\",\"failure\":\"none\"}");
  EXPECT_EQ(runs(), "5");
  std::string all;
  for (const std::string& line : troubles()) all += line + "\n";
  EXPECT_THAT(all, HasSubstr("run " + made[0].id.str() + ": stage-01-build.json: "));
  EXPECT_THAT(all, HasSubstr("run record has version 99; this git-factory reads up to 1"));
  EXPECT_THAT(all, HasSubstr("review.json: "));
  EXPECT_THAT(all, HasSubstr("gate-x.json: "));
  EXPECT_THAT(all, HasSubstr("run.json is of another run, " + made[0].id.str()));
  Index now = index();
  // What the ledger's commit says is still counted.
  EXPECT_EQ(one(now, "SELECT count(*) FROM runs WHERE delivered"), "5");
  EXPECT_EQ(one(now, "SELECT sum(incomplete) FROM run_sums WHERE day<'M'"), "3");
}

TEST_F(IndexTest, FoldersThatAreNoRunsAreNamed) {
  auto made = add(1);
  forge_path(made[0], "02/20260102T030405Z-zzzzzzzz/run.json", "{}");
  forge_path(made[0], "02/-rf/run.json", "{}");
  forge_path(made[0], "02/20260103T030405Z-00000001/run.json", "{}");
  EXPECT_EQ(runs(), "1");
  EXPECT_THAT(troubles(), SizeIs(3));
}

TEST_F(IndexTest, NumbersThatDoNotFitAreNoCrash) {
  auto made = add(2);
  for (const record::RunRecord& run : made) {
    forge(run, "stage-01-build.json",
          R"({"v":1,"seq":1,"stage":"build","attempt":1,"status":"pass","failure":"none",)"
          R"("cost":{"pico_usd":9223372036854775807,"basis":"provider"},)"
          R"("usage":{"input_total":9223372036854775807}})");
  }
  EXPECT_EQ(runs(), "2");
}

TEST_F(IndexTest, APartialCloneCountsWhatTheCommitsTell) {
  auto made = add(2);
  git("config uploadpack.allowfilter true");
  gf::test::TempFolder other;
  make(other.path());
  store::test::shell(other.path(), "git fetch -q --filter=tree:0 --no-tags file://" + repo_dir_ +
                                       " 'refs/factory/ledger/*:refs/factory/ledger/*' && git "
                                       "repack -adq && rm -f .git/objects/pack/*.promisor");
  ASSERT_GIVES(auto index, Index::open(open_repo(other.path()), {}));
  EXPECT_THAT(index.troubles(9).value(), SizeIs(1));
  // With the objects it is whole.
  store::test::shell(other.path(), "git fetch -q --refetch --no-filter --no-tags file://" +
                                       repo_dir_ +
                                       " 'refs/factory/ledger/*:refs/factory/ledger/*'");
  ASSERT_GIVES(auto whole, Index::open(open_repo(other.path()), {}));
  EXPECT_EQ(one(whole, "SELECT count(*) FROM runs WHERE delivered"), "2");
  EXPECT_THAT(whole.troubles(9).value(), IsEmpty());
}

TEST_F(IndexTest, ANameIsLookedUpWithoutAWalk) {
  auto made = add(3);
  git::Repo repo = open_repo();
  store::Wanted wanted;
  wanted.name = made[1].id.id8();
  ASSERT_TRUE(look_up(repo, wanted));
  EXPECT_EQ(look_up(repo, wanted)->named, made[1].id);
  wanted.name = "health";
  EXPECT_EQ(look_up(repo, wanted)->named, made[2].id) << "the newest of that name";
  wanted.name = "nobody";
  EXPECT_EQ(look_up(repo, wanted)->named, std::nullopt);
  wanted.name = made[1].id.id8().substr(0, 7);
  EXPECT_THAT(look_up(repo, wanted)->begun, Each(Property(&RunId::id8, StartsWith(wanted.name))));
  EXPECT_THAT(look_up(repo, wanted)->begun, Contains(made[1].id));
  wanted = {};
  wanted.tree = made[0].tree;
  EXPECT_EQ(look_up(repo, wanted)->by_commit, made[0].id);
  store::Store store = open_store(repo);
  int asked = 0;
  store.look_up_with([&](const git::Repo& in, const store::Wanted& what) {
    ++asked;
    return look_up(in, what);
  });
  ASSERT_GIVES(auto found, store.find(made[1].id.id8()));
  EXPECT_EQ(found, made[1].id);
  ASSERT_GIVES(found, store.find("nobody"));
  EXPECT_EQ(found, std::nullopt);
  ASSERT_GIVES(found, store.find(made[0].head.hex()));
  EXPECT_EQ(found, made[0].id);
  EXPECT_EQ(asked, 3);
}

TEST_F(IndexTest, TheDocumentedViewsAreThereAndNothingElseIs) {
  add(1);
  Index made = index();
  ASSERT_GIVES(db::Database * reader, made.restricted());
  for (const View& view : views()) {
    std::string columns;
    for (const auto& [name, about] : view.columns) columns += (columns.empty() ? "" : ", ") + name;
    ASSERT_GIVES(auto all, reader->prepare("SELECT * FROM " + view.name));
    EXPECT_EQ(static_cast<size_t>(all.columns()), view.columns.size()) << view.name;
    ASSERT_DONE(reader->prepare("SELECT " + columns + " FROM " + view.name));
  }
  for (const char* sql : {"SELECT * FROM run_rows", "DELETE FROM runs", "SELECT * FROM meta",
                          "PRAGMA query_only=0", "ATTACH 'x' AS y"})
    EXPECT_FALSE(reader->prepare(sql).ok()) << sql;
}

}  // namespace
}  // namespace gf::analyst
