// The door to SQLite, on real files: damaged, locked, read-only, restricted.
#include "db/db.h"

#include <gmock/gmock.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>

#include "support/assertions.h"
#include "support/folder.h"

namespace gf::db {
namespace {

using gf::test::TempFolder;
using ::testing::HasSubstr;

std::string first(Database& database, const std::string& sql) {
  auto statement = database.prepare(sql);
  if (!statement.ok()) return "error: " + statement.error().message;
  auto row = statement->step();
  if (!row.ok()) return "error: " + row.error().message;
  return *row ? statement->text(0) : "no row";
}

TEST(DatabaseTest, WhatIsWrittenIsThereForTheNextConnection) {
  TempFolder folder;
  {
    ASSERT_GIVES(auto database, Database::open(folder / "a.sqlite"));
    ASSERT_DONE(database.execute("CREATE TABLE t(a, b)"));
    ASSERT_GIVES(auto insert, database.prepare("INSERT INTO t VALUES(?1, ?2)"));
    ASSERT_DONE(insert.run({int64_t{7}, std::string("with \0 inside", 13)}));
    ASSERT_DONE(insert.run({2.5, Value()}));
  }
  ASSERT_GIVES(auto database, Database::open_read_only(folder / "a.sqlite"));
  ASSERT_GIVES(auto rows, database.prepare("SELECT a, b FROM t"));
  ASSERT_GIVES(bool more, rows.step());
  ASSERT_TRUE(more);
  EXPECT_EQ(rows.value(0), Value(int64_t{7}));
  EXPECT_EQ(rows.value(1), Value(std::string("with \0 inside", 13)));
  ASSERT_GIVES(more, rows.step());
  EXPECT_EQ(rows.value(0), Value(2.5));
  EXPECT_TRUE(rows.is_null(1));
  EXPECT_EQ(rows.name(1), "b");
  EXPECT_FALSE(database.execute("DELETE FROM t").ok());
}

TEST(DatabaseTest, ATransactionIsKeptWholeOrNotAtAll) {
  ASSERT_GIVES(auto database, Database::in_memory());
  ASSERT_DONE(database.execute("CREATE TABLE t(a)"));
  auto failing = database.transaction([&]() -> Result<void> {
    GF_TRY(database.execute("INSERT INTO t VALUES(1)"));
    return Error{Fault::kUser, "enough", {}, {}};
  });
  EXPECT_EQ(failing.error().message, "enough");
  EXPECT_EQ(first(database, "SELECT count(*) FROM t"), "0");
  ASSERT_DONE(database.transaction([&] { return database.execute("INSERT INTO t VALUES(1)"); }));
  EXPECT_EQ(first(database, "SELECT count(*) FROM t"), "1");
}

TEST(DatabaseTest, AWriterThatIsKilledLeavesWhatItHadCommitted) {
  TempFolder folder;
  std::string path = folder / "a.sqlite";
  pid_t child = fork();
  if (child == 0) {
    auto database = Database::open(path);
    if (!database.ok() || !database->execute("CREATE TABLE t(a); INSERT INTO t VALUES(1)").ok())
      _exit(1);
    auto half = database->execute("BEGIN IMMEDIATE; INSERT INTO t VALUES(2)");
    if (!half.ok()) _exit(1);
    kill(getpid(), SIGKILL);
  }
  int status = 0;
  waitpid(child, &status, 0);
  ASSERT_TRUE(WIFSIGNALED(status));
  ASSERT_GIVES(auto database, Database::open(path));
  EXPECT_EQ(first(database, "SELECT count(*) FROM t"), "1");
}

TEST(DatabaseTest, ADamagedFileIsToldAsSuch) {
  TempFolder folder;
  for (const std::string& content :
       {std::string("this is no database at all, and long enough to be looked at as one ......"),
        std::string("SQLite format 3\0", 16) + std::string(4000, 'x')}) {
    folder.write("bad.sqlite", content);
    auto opened = Database::open(folder / "bad.sqlite");
    ASSERT_FALSE(opened.ok());
    EXPECT_EQ(opened.error().fault, Fault::kBadData) << opened.error().message;
    EXPECT_FALSE(Database::open_read_only(folder / "bad.sqlite").ok());
  }
  auto missing = Database::open_read_only(folder / "none.sqlite");
  ASSERT_FALSE(missing.ok());
  EXPECT_EQ(missing.error().fault, Fault::kEnvironment);
  auto nowhere = Database::open(folder / "no/such/folder/a.sqlite");
  ASSERT_FALSE(nowhere.ok());
  EXPECT_EQ(nowhere.error().fault, Fault::kEnvironment);
}

TEST(DatabaseTest, ACopyInMemoryNeedsNothingButToRead) {
  TempFolder folder;
  std::string path = folder.write("odd ?#% name/x", "");
  std::filesystem::remove(path);
  {
    ASSERT_GIVES(auto database, Database::open(path));
    ASSERT_DONE(database.execute("CREATE TABLE t(a); INSERT INTO t VALUES(5)"));
  }
  ASSERT_GIVES(auto copy, Database::copy_in_memory(path));
  ASSERT_DONE(copy.execute("INSERT INTO t VALUES(6)"));
  EXPECT_EQ(first(copy, "SELECT sum(a) FROM t"), "11");
  ASSERT_GIVES(auto file, Database::open_read_only(path));
  EXPECT_EQ(first(file, "SELECT sum(a) FROM t"), "5");
}

TEST(DatabaseTest, ASumOfSomethingUnknownIsUnknown) {
  ASSERT_GIVES(auto database, Database::in_memory());
  ASSERT_DONE(database.execute("CREATE TABLE t(a); INSERT INTO t VALUES(1),(2)"));
  EXPECT_EQ(first(database, "SELECT full_sum(a) FROM t"), "3");
  EXPECT_EQ(first(database, "SELECT median(a) FROM t"), "1.5");
  EXPECT_EQ(first(database, "SELECT full_sum(a) IS NULL FROM t WHERE a > 9"), "1");
  EXPECT_EQ(first(database, "SELECT median(a) IS NULL FROM t WHERE a > 9"), "1");
  ASSERT_DONE(database.execute("INSERT INTO t VALUES(NULL)"));
  EXPECT_EQ(first(database, "SELECT full_sum(a) IS NULL FROM t"), "1");
  EXPECT_EQ(first(database, "SELECT full_sum(9223372036854775807) FROM t"), "2.76701161105643e+19");
}

class RestrictedTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_DONE(database_.execute(
        "CREATE TABLE t(a, secret); INSERT INTO t VALUES(1, 'x'); CREATE TABLE other(b);"
        "CREATE VIEW v AS SELECT a, a * 2 AS twice FROM t;"
        "CREATE VIEW hidden AS SELECT secret FROM t"));
    ASSERT_DONE(database_.restrict_to({"v"}));
  }
  Database database_ = Database::in_memory().value();
};

TEST_F(RestrictedTest, TheNamedViewsCanBeReadInEveryWay) {
  EXPECT_EQ(first(database_, "SELECT twice FROM v"), "2");
  EXPECT_EQ(first(database_, "SELECT count(*) FROM V;  -- and a comment"), "1");
  EXPECT_EQ(first(database_, "WITH x AS (SELECT a FROM v) SELECT sum(x.a) FROM x, v"), "1");
  EXPECT_EQ(first(database_, "SELECT q.a FROM (SELECT a FROM v UNION SELECT 9) q ORDER BY 1"), "1");
  EXPECT_EQ(first(database_, "SELECT value FROM json_each('[4,5]') LIMIT 1"), "4");
  EXPECT_EQ(first(database_, "SELECT rank() OVER (ORDER BY a) FROM v"), "1");
}

TEST_F(RestrictedTest, NothingElseCanBeReadOrDone) {
  for (const char* sql : {"SELECT * FROM t",
                          "SELECT secret FROM hidden",
                          "SELECT * FROM other",
                          "SELECT * FROM sqlite_schema",
                          "DELETE FROM t",
                          "INSERT INTO t VALUES(1,2)",
                          "UPDATE t SET a=2",
                          "DROP TABLE t",
                          "DROP VIEW v",
                          "CREATE TABLE n(a)",
                          "CREATE TEMP TABLE n(a)",
                          "CREATE TEMP VIEW z AS SELECT * FROM t",
                          "ATTACH ':memory:' AS m",
                          "PRAGMA query_only=OFF",
                          "PRAGMA journal_mode=DELETE",
                          "VACUUM",
                          "VACUUM INTO '/tmp/never'",
                          "ANALYZE",
                          "BEGIN",
                          "SAVEPOINT a",
                          "SELECT load_extension('x')",
                          "SELECT * FROM pragma_table_info('t')",
                          "EXPLAIN DELETE FROM t",
                          "WITH x AS (SELECT 1) INSERT INTO t SELECT 1, 2"}) {
    std::string answer = first(database_, sql);
    EXPECT_THAT(answer, HasSubstr("error: ")) << sql;
  }
  EXPECT_EQ(first(database_, "SELECT 1; SELECT 2"),
            "error: there is more than one SQL "
            "statement");
  EXPECT_EQ(first(database_, " ; -- nothing"), "error: there is no SQL statement");
  EXPECT_EQ(first(database_, ""), "error: there is no SQL statement");
  EXPECT_THAT(first(database_, "SELECT nonsense FROM v"), HasSubstr("no such column"));
  EXPECT_THAT(first(database_, std::string("SELECT 1 \0 FROM v", 17)), HasSubstr("zero byte"));
}

TEST_F(RestrictedTest, AnEndlessQuestionStopsWhenItIsToldTo) {
  Cancel cancel;
  cancel.request();
  database_.stop_on(cancel);
  ASSERT_GIVES(auto endless, database_.prepare("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT "
                                               "i+1 FROM n) SELECT count(*) FROM n"));
  auto stopped = endless.step();
  ASSERT_FALSE(stopped.ok());
  EXPECT_EQ(stopped.error().fault, Fault::kCancelled);
}

}  // namespace
}  // namespace gf::db
