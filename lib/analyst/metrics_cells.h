// Cells of the report's tables, for the forms it is written in.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "analyst/table.h"

namespace gf::analyst {

/// Empty where the cell holds no text.
inline std::string text_of(const Table& table, const std::vector<db::Value>& row,
                           std::string_view name) {
  const auto* text = std::get_if<std::string>(&table.cell(row, name));
  return text == nullptr ? std::string() : *text;
}

/// 0 where the cell holds no number.
inline double number_of(const Table& table, const std::vector<db::Value>& row,
                        std::string_view name) {
  const db::Value& value = table.cell(row, name);
  if (const auto* whole = std::get_if<int64_t>(&value)) return static_cast<double>(*whole);
  const auto* number = std::get_if<double>(&value);
  return number == nullptr ? 0 : *number;
}

}  // namespace gf::analyst
