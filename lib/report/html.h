// HTML as text: what is written as text stays text, and a table has its heads. For this room's .cc
// files.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "record/json.h"

namespace gf::report {

/// `text` as HTML shows it and nothing else, in an element or in a quoted attribute: markup is
/// escaped, bytes that are not UTF-8 are replaced, control characters made visible.
std::string escaped(std::string_view text);
/// The same in <bdi>: text from the record, which must not turn the words around it.
std::string isolated(std::string_view text);
/// JSON for a <script> of a type that is no program: nothing in it ends the element.
std::string embedded(const record::Json& json);

// --- How the page words numbers; "–" where nothing is known ---
std::string money(const record::Json& cost);  ///< {"usd", "basis"}
std::string money(const record::Json& usd, const std::string& basis);
std::string duration(const record::Json& ms);     ///< "0.4 s", "2 min 05 s", "1 h 10 min"
std::string rate(const record::Json& share);      ///< "83%"
std::string interval(const record::Json& share);  ///< "5 of 6, 44–97%"
std::string whole(int64_t number);                ///< "12 345", with narrow spaces
/// "2026-11-21 01:44" of an ISO 8601 time, as <time>.
std::string moment(const std::string& iso);

/// A table being written. Heads and cells are HTML already.
class Table {
 public:
  struct Column {
    std::string head;
    bool number = false;  ///< to the right, figures of one width
  };
  /// `caption` says what is in it, for those who do not see the heading above.
  Table(std::string caption, std::vector<Column> columns);
  /// The first cell is the row's head. `kind` is a class of the row, or nothing.
  void row(const std::vector<std::string>& cells, std::string_view kind = "");
  /// In a box of its own, which scrolls when the window is narrow; of no rows nothing.
  [[nodiscard]] std::string html() const;

 private:
  std::vector<Column> columns_;
  std::string caption_, rows_;
};

/// An outcome or a status as a word with its colour; the word alone tells it too. `word`: another
/// one than the status itself.
std::string badge(const std::string& status, const std::string& word = {});

}  // namespace gf::report
