// Rows and columns in the forms that people and programs read.
#include "analyst/table.h"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>

#include "base/text.h"

namespace gf::analyst {
namespace {

constexpr size_t kWidest = 100;

bool is_number(const db::Value& value) {
  return std::holds_alternative<int64_t>(value) || std::holds_alternative<double>(value);
}

std::string plain(const db::Value& value) {
  if (const auto* whole = std::get_if<int64_t>(&value)) return std::to_string(*whole);
  if (const auto* number = std::get_if<double>(&value)) return fmt::format("{:.6g}", *number);
  if (const auto* text = std::get_if<std::string>(&value)) return printable(*text);
  return {};
}

/// Characters, as far as a terminal shows one in one place.
size_t width(std::string_view text) {
  return static_cast<size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xc0) != 0x80;
  }));
}

std::string one_line(const db::Value& value) {
  if (std::holds_alternative<std::monostate>(value)) return "-";
  std::string text = replace_all(replace_all(plain(value), "\n", " "), "\t", " ");
  if (width(text) <= kWidest) return text;
  size_t end = 0;
  for (size_t shown = 0; end < text.size(); ++end) {
    bool starts = (static_cast<unsigned char>(text[end]) & 0xc0) != 0x80;
    if (starts && ++shown == kWidest) break;
  }
  return text.substr(0, end) + "…";
}

/// Spreadsheets compute a text that begins so, quoted or not; behind an apostrophe it is shown.
/// What people ask for and models answer is in these cells.
bool is_formula(const db::Value& value) {
  const auto* text = std::get_if<std::string>(&value);
  return text != nullptr && !text->empty() &&
         std::string_view("=+-@\t\r").find(text->front()) != std::string_view::npos;
}

std::string csv_cell(const std::string& text) {
  if (text.find_first_of(",\"\n\r") == std::string::npos) return text;
  return "\"" + replace_all(text, "\"", "\"\"") + "\"";
}

record::Json json_of(const db::Value& value) {
  if (const auto* whole = std::get_if<int64_t>(&value)) return *whole;
  if (const auto* number = std::get_if<double>(&value)) return *number;
  if (const auto* text = std::get_if<std::string>(&value)) return *text;
  return {};
}

record::Json json_of(const Table& table, const std::vector<db::Value>& row) {
  record::Json json = record::Json::object();
  for (size_t i = 0; i < row.size(); ++i) json.set(table.names[i], json_of(row[i]));
  return json;
}

}  // namespace

bool Table::has(std::string_view name) const {
  return std::find(names.begin(), names.end(), name) != names.end();
}

const db::Value& Table::cell(const std::vector<db::Value>& row, std::string_view name) const {
  static const db::Value kNothing;
  auto found = std::find(names.begin(), names.end(), name);
  assert(found != names.end() && "no column of that name");
  return found == names.end() ? kNothing : row[static_cast<size_t>(found - names.begin())];
}

Result<Table> read_table(db::Statement& statement, size_t at_most) {
  Table table;
  for (int i = 0; i < statement.columns(); ++i) table.names.push_back(statement.name(i));
  for (;;) {
    GF_ASSIGN(bool more, statement.step());
    if (!more) return table;
    if (table.rows.size() == at_most) {
      table.cut = true;
      return table;
    }
    std::vector<db::Value> row;
    for (int i = 0; i < statement.columns(); ++i) row.push_back(statement.value(i));
    table.rows.push_back(std::move(row));
  }
}

std::string to_text(const Table& table) {
  size_t columns = table.names.size();
  std::vector<std::vector<std::string>> cells;
  std::vector<size_t> widths(columns);
  std::vector<bool> right(columns, true);
  std::vector<std::string> heads;
  for (const std::string& name : table.names) heads.push_back(one_line(name));
  for (size_t i = 0; i < columns; ++i) widths[i] = width(heads[i]);
  for (const auto& row : table.rows) {
    std::vector<std::string> texts;
    for (size_t i = 0; i < columns; ++i) {
      texts.push_back(one_line(row[i]));
      widths[i] = std::max(widths[i], width(texts[i]));
      right[i] = right[i] && !std::holds_alternative<std::string>(row[i]);
    }
    cells.push_back(std::move(texts));
  }
  if (table.rows.empty()) right.assign(columns, false);
  std::string text;
  auto line = [&](const std::vector<std::string>& texts) {
    std::string made;
    for (size_t i = 0; i < columns; ++i) {
      std::string gap(widths[i] - width(texts[i]), ' ');
      if (i > 0) made += "  ";
      made += right[i] ? gap + texts[i] : texts[i] + gap;
    }
    text += made.substr(0, made.find_last_not_of(' ') + 1) + "\n";
  };
  line(heads);
  std::vector<std::string> rule;
  for (size_t wide : widths) rule.emplace_back(wide, '-');
  line(rule);
  for (const auto& texts : cells) line(texts);
  return text;
}

std::string to_csv(const Table& table) {
  std::string text;
  for (size_t i = 0; i < table.names.size(); ++i)
    text += (i == 0 ? "" : ",") + csv_cell(printable(table.names[i]));
  text += "\n";
  for (const auto& row : table.rows) {
    for (size_t i = 0; i < row.size(); ++i) {
      // A row of one empty cell would be an empty line, which readers skip.
      std::string cell = csv_cell((is_formula(row[i]) ? "'" : "") + plain(row[i]));
      if (row.size() == 1 && cell.empty()) cell = "\"\"";
      text += (i == 0 ? "" : ",") + cell;
    }
    text += "\n";
  }
  return text;
}

std::string to_markdown(const Table& table) {
  auto cell = [](const db::Value& value) { return replace_all(one_line(value), "|", "\\|"); };
  std::string head = "|", rule = "|", text;
  for (size_t i = 0; i < table.names.size(); ++i) {
    head += " " + cell(table.names[i]) + " |";
    bool numbers = !table.rows.empty();
    for (const auto& row : table.rows)
      numbers = numbers && (is_number(row[i]) || row[i].index() == 0);
    rule += numbers ? "---:|" : "---|";
  }
  for (const auto& row : table.rows) {
    text += "|";
    for (const db::Value& value : row) text += " " + cell(value) + " |";
    text += "\n";
  }
  return head + "\n" + rule + "\n" + text;
}

std::string to_json_lines(const Table& table) {
  std::string text;
  // JSON escapes the lower control characters; printable() takes the others.
  for (const auto& row : table.rows) text += printable(json_of(table, row).dump()) + "\n";
  return text;
}

record::Json to_json(const Table& table) {
  record::Json rows = record::Json::array();
  for (const auto& row : table.rows) rows.push(json_of(table, row));
  return rows;
}

}  // namespace gf::analyst
