#include "report/html.h"

#include <fmt/format.h>

#include <cmath>

#include "base/text.h"
#include "record/exchange.h"

namespace gf::report {

using record::Json;

std::string escaped(std::string_view text) {
  std::string safe;
  for (char c : printable(to_utf8(text))) {
    switch (c) {
      case '&':
        safe += "&amp;";
        break;
      case '<':
        safe += "&lt;";
        break;
      case '>':
        safe += "&gt;";
        break;
      case '"':
        safe += "&quot;";
        break;
      case '\'':
        safe += "&#39;";
        break;
      default:
        safe += c;
    }
  }
  return safe;
}

std::string isolated(std::string_view text) { return "<bdi>" + escaped(text) + "</bdi>"; }

std::string embedded(const Json& json) {
  // Only strings hold these, and there a backslash says the same.
  return replace_all(replace_all(json.dump(), "<", "\\u003c"), ">", "\\u003e");
}

std::string money(const Json& usd, const std::string& basis) {
  record::Cost cost;
  if (auto number = usd.as_double()) cost = {std::llround(*number * 1e12), basis};
  return record::to_text(cost) + (basis == "scripted" ? " (scripted)" : "");
}

std::string money(const Json& cost) { return money(cost.get("usd"), cost.get_string("basis")); }

std::string duration(const Json& ms) {
  auto known = ms.as_double();
  if (!known) return "–";
  double seconds = *known / 1000;
  if (seconds < 59.95) return fmt::format("{:.1f} s", seconds);
  int64_t all = std::llround(seconds);
  if (all < 3600) return fmt::format("{} min {:02} s", all / 60, all % 60);
  return fmt::format("{} h {:02} min", all / 3600, all / 60 % 60);
}

std::string rate(const Json& share) {
  if (share.get_int("of") == 0) return "–";
  return fmt::format("{:.0f}%", 100 * share.get("rate").as_double().value_or(0));
}

std::string interval(const Json& share) {
  if (share.get_int("of") == 0) return "none to count";
  return fmt::format("{} of {}, {:.0f}–{:.0f}%", share.get_int("hits"), share.get_int("of"),
                     100 * share.get("low").as_double().value_or(0),
                     100 * share.get("high").as_double().value_or(1));
}

std::string whole(int64_t number) {
  std::string digits = std::to_string(number), text;
  for (size_t i = 0; i < digits.size(); ++i) {
    if (i > 0 && (digits.size() - i) % 3 == 0 && digits[i - 1] != '-') text += "\u202f";
    text += digits[i];
  }
  return text;
}

std::string moment(const std::string& iso) {
  if (iso.size() < 16) return "–";
  std::string day = iso.substr(0, 10), hour = iso.substr(11, 5);
  return fmt::format("<time datetime=\"{}\">{} {}</time>", escaped(iso), escaped(day),
                     escaped(hour));
}

Table::Table(std::string caption, std::vector<Column> columns)
    : columns_(std::move(columns)), caption_(std::move(caption)) {}

void Table::row(const std::vector<std::string>& cells, std::string_view kind) {
  rows_ += kind.empty() ? "<tr>" : fmt::format("<tr class=\"{}\">", kind);
  for (size_t i = 0; i < cells.size(); ++i) {
    const char* number = columns_[i].number ? " class=\"n\"" : "";
    rows_ += i == 0 ? fmt::format("<th scope=\"row\"{}>{}</th>", number, cells[i])
                    : fmt::format("<td{}>{}</td>", number, cells[i]);
  }
  rows_ += "</tr>\n";
}

std::string Table::html() const {
  if (rows_.empty()) return {};
  std::string heads;
  for (const Column& column : columns_)
    heads += fmt::format("<th scope=\"col\"{}>{}</th>", column.number ? " class=\"n\"" : "",
                         column.head);
  // A box that scrolls has to be reached by the keyboard, and so has to have a name. It is no
  // region: these are landmarks, of which a page has few, each with a name of its own.
  return fmt::format(
      "<div class=\"scroll\" role=\"group\" aria-label=\"{0}\" tabindex=\"0\"><table>\n"
      "<caption>{0}</caption>\n<thead><tr>{1}</tr></thead>\n<tbody>\n{2}</tbody>\n</table></div>\n",
      escaped(caption_), heads, rows_);
}

std::string badge(const std::string& status, const std::string& word) {
  return fmt::format("<span class=\"badge s-{}\">{}</span>", slug_from(status, 20),
                     escaped(word.empty() ? status : word));
}

}  // namespace gf::report
