// A table's columns, by their names.
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

}  // namespace
}  // namespace gf::analyst
