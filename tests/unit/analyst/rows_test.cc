// A run as rows of the index: the words of its tests, once for all, and what is done when a
// statement is refused.
#include "analyst/rows.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <sys/stat.h>

#include <filesystem>

#include "analyst/index.h"
#include "analyst/table.h"
#include "unit/store/record.h"

namespace gf::analyst {
namespace {

using ::testing::HasSubstr;

class RowsTest : public store::test::StoreTest {
 protected:
  void SetUp() override { make(repo_dir_); }
  /// A sealed run whose gate ran these tests.
  void add(const std::vector<record::TestResult>& tests) {
    git::Repo repo = open_repo();
    store::Store store = open_store(repo);
    auto active = store.begin(new_run(repo, ++number_, "a-run")).value();
    record::RunRecord run = active.run();
    record::GateOutcome outcome;
    outcome.gate = "pytest";
    outcome.stage = "test";
    outcome.tree = run.base_tree;
    outcome.status = record::GateOutcome::Status::kFail;
    outcome.tests = tests;
    ASSERT_DONE(active.put_gate(outcome, ""));
    record::StageRecord made = stage(1, "test", run.base_tree, run.base);
    made.exchanges.clear();
    ASSERT_DONE(active.put_stage(made));
    run.status = record::RunStatus::kFailed;
    run.ended = run.started + Milliseconds(1000);
    ASSERT_DONE(store.seal(active, run));
  }
  std::string text(const std::string& sql) {
    auto index = Index::open(open_repo(), {});
    EXPECT_DONE(index);
    auto statement = index->database().prepare(sql);
    if (!statement.ok()) return statement.error().message;
    auto table = read_table(*statement, 100);
    return table.ok() ? to_csv(*table) : table.error().message;
  }
  std::string file() { return Index::path(open_repo()); }
  void damage(const std::string& sql) {
    auto database = db::Database::open(file());
    ASSERT_DONE(database);
    ASSERT_DONE(database->execute(sql));
  }
  uint32_t number_ = 0;
};

TEST_F(RowsTest, ATestsNameAndCauseAreWordsOfTheIndex) {
  add({{"tests/t.py::test_a", record::TestStatus::kPassed, "", ""},
       {"tests/t.py::test_b", record::TestStatus::kFailed, "assertion", "1 is not 2"}});

  EXPECT_EQ(text("SELECT test, status FROM tests ORDER BY test"),
            "test,status\ntests/t.py::test_a,passed\ntests/t.py::test_b,failed\n");
}

TEST_F(RowsTest, AWordIsKeptOnceForAllRuns) {
  add({{"tests/t.py::test_a", record::TestStatus::kPassed, "", ""}});
  add({{"tests/t.py::test_a", record::TestStatus::kFailed, "assertion", ""}});

  EXPECT_EQ(text("SELECT count(*) AS n FROM words WHERE text='tests/t.py::test_a'"), "n\n1\n");
  EXPECT_EQ(text("SELECT count(*) AS n FROM tests"), "n\n2\n");
}

TEST_F(RowsTest, TestsAreThereAgainWhenTheIndexIsMadeAnew) {
  add({{"tests/t.py::test_a", record::TestStatus::kPassed, "", ""}});
  EXPECT_EQ(text("SELECT count(*) AS n FROM tests"), "n\n1\n");

  std::filesystem::remove(file());

  EXPECT_EQ(text("SELECT test FROM tests"), "test\ntests/t.py::test_a\n");
}

TEST_F(RowsTest, AnIndexThatLostATableIsMadeAnew) {
  add({{"tests/t.py::test_a", record::TestStatus::kPassed, "", ""}});
  text("SELECT 1");
  damage("DROP TABLE words");
  add({{"tests/t.py::test_b", record::TestStatus::kPassed, "", ""}});

  EXPECT_EQ(text("SELECT count(*) AS n FROM tests"), "n\n2\n");
}

TEST_F(RowsTest, ADaysSumsAreThereWhateverLiesWhereAnotherDaysSqlLay) {
  add({{"tests/t.py::test_a", record::TestStatus::kFailed, "", ""}});
  ASSERT_THAT(text("SELECT count(*) FROM runs"), HasSubstr("1"));
  auto database = db::Database::open(file());
  ASSERT_DONE(database);
  auto found = database->prepare("SELECT day FROM run_rows");
  ASSERT_DONE(found);
  ASSERT_TRUE(found->step().value());
  const std::string day = found->text(0);
  Rows rows(*database);
  std::vector<std::string> between;
  for (size_t i = 0; i < 100; ++i) {
    ASSERT_DONE(rows.close_day(day, "state", false));
    for (const char* table : {"run_sums", "stage_sums"}) {
      auto count = fmt::format("SELECT count(*) FROM {} WHERE day NOT LIKE 'M%'", table);
      EXPECT_EQ(database->integer(count).value(), 1) << table << " " << i;
    }
    // Takes what the last round's SQL has left, so that the next one's lies elsewhere.
    between.emplace_back(150 + 37 * (i % 30), 'x');
  }
}

TEST_F(RowsTest, AQuestionInWrongSqlThrowsNothingAway) {
  add({{"tests/t.py::test_a", record::TestStatus::kPassed, "", ""}});
  text("SELECT 1");
  auto before = std::filesystem::last_write_time(file());
  auto made = [this] {
    struct stat status {};
    return ::stat(file().c_str(), &status) == 0 ? status.st_ino : 0;
  };
  auto inode = made();

  EXPECT_THAT(text("SELECT n FROM nowhere"), HasSubstr("nowhere"));

  EXPECT_EQ(made(), inode);
  EXPECT_EQ(std::filesystem::last_write_time(file()), before);
}

}  // namespace
}  // namespace gf::analyst
