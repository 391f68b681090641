// A table's columns, by their names, and its cells for spreadsheets.
#include "analyst/table.h"

#include <gmock/gmock.h>

namespace gf::analyst {
namespace {

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
