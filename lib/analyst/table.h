// Rows and columns, as text for people, as CSV and as JSON lines.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "db/db.h"
#include "record/json.h"

namespace gf::analyst {

struct Table {
  std::vector<std::string> names;
  std::vector<std::vector<db::Value>> rows;
  bool cut = false;  ///< there were more rows

  [[nodiscard]] bool has(std::string_view name) const;
  /// A row's cell by its column's name. A name that is not there is a slip of ours, which must not
  /// be read as 0: it is asserted.
  [[nodiscard]] const db::Value& cell(const std::vector<db::Value>& row,
                                      std::string_view name) const;
};

/// All rows of a statement, at most `at_most` of them.
Result<Table> read_table(db::Statement& statement, size_t at_most);

/// Columns side by side, numbers to the right, NULL as "-". Safe for a terminal: nothing stored
/// reaches it raw; a cell is one line and is cut at 100 characters.
std::string to_text(const Table& table);
/// RFC 4180 with a header line and "\n" at line ends; NULL is an empty cell. Control characters are
/// made visible, except tabs and newlines.
std::string to_csv(const Table& table);
/// A Markdown table; '|' in a cell is escaped.
std::string to_markdown(const Table& table);
/// One object a row, one row a line.
std::string to_json_lines(const Table& table);
record::Json to_json(const Table& table);

}  // namespace gf::analyst
