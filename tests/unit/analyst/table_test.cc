// A table's columns, by their names, and its cells for spreadsheets.
#include "analyst/table.h"

#include <gmock/gmock.h>

namespace gf::analyst {
namespace {

using ::testing::HasSubstr;

TEST(Table, ACellIsFoundByItsColumnsName) {
  Table table{{"stage", "failed"}, {{std::string("build"), int64_t{3}}}, false};

  EXPECT_EQ(table.cell(table.rows[0], "failed"), db::Value(int64_t{3}));
  EXPECT_TRUE(table.has("stage"));
  EXPECT_FALSE(table.has("faild"));
}

TEST(Table, ASlipInANameIsNotReadAsNothing) {
  Table table{{"failed"}, {{int64_t{3}}}, false};

  EXPECT_DEBUG_DEATH((void)table.cell(table.rows[0], "faild"), "no column of that name");
}

TEST(TableTest, NothingStoredReachesATerminalRaw) {
  Table table;
  table.names = {"a", "b|c"};
  table.rows = {{std::string("x\x1b[2J,\"q\"\nnew\xc2\x9b"), db::Value()}, {int64_t{12}, 0.5}};
  EXPECT_EQ(to_text(table),
            "a                     b|c\n"
            "--------------------  ---\n"
            "x\\x1b[2J,\"q\" new\\x9b    -\n"
            "12                    0.5\n");
  EXPECT_EQ(to_csv(table), "a,b|c\n\"x\\x1b[2J,\"\"q\"\"\nnew\\x9b\",\n12,0.5\n");
  EXPECT_THAT(to_markdown(table), HasSubstr("| a | b\\|c |\n|---|---:|\n"));
  std::string json = to_json_lines(table);
  EXPECT_EQ(json.find('\x1b'), std::string::npos);
  EXPECT_EQ(json.find("\xc2\x9b"), std::string::npos);
  EXPECT_THAT(json, HasSubstr("\"b|c\":null"));
}

TEST(Table, WhatASpreadsheetWouldComputeIsTextAndNumbersStayNumbers) {
  Table asked{{"request", "usd"},
              {{std::string("=HYPERLINK(\"x\",\"y\")"), -0.5},
               {std::string("@a,b"), int64_t{-1}},
               {std::string("-1"), 0.0},
               {std::string("+1"), 0.0},
               {std::string("a=b"), 0.0}},
              false};

  EXPECT_EQ(to_csv(asked),
            "request,usd\n"
            "\"'=HYPERLINK(\"\"x\"\",\"\"y\"\")\",-0.5\n"
            "\"'@a,b\",-1\n"
            "'-1,0\n'+1,0\na=b,0\n");
}

}  // namespace
}  // namespace gf::analyst
