#include "gate/java_messages.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>

#include "base/text.h"

namespace gf::gate {
namespace {

int number_in(std::string_view text) {
  int value = 0;
  for (char c : text) {
    if (!is_digit(c) || value > 100000000) break;
    value = value * 10 + (c - '0');
  }
  return value;
}

/// "[ERROR] /w/A.java:[3,5] cannot find symbol" of Maven, "/w/A.java:3: error: no" of javac and
/// Gradle, "[ant:checkstyle] [ERROR] /w/A.java:3:5: no [Rule]", "e: file:///w/A.kt:3:5 no" and, by
/// older ones, "e: /w/A.kt: (3, 5): no" of Kotlin, "/w/A.groovy: 3: no" of Groovy.
std::optional<JavaPlace> place_in(const std::string& line, const Scrubber& scrub) {
  std::string_view rest = trim(line);
  JavaPlace place;
  place.severity = "error";
  bool marked = false;
  for (bool more = true; more;) {
    more = false;
    for (std::string_view mark :
         {"[ERROR]", "[WARNING]", "[WARN]", "[ant:checkstyle]", "e: ", "w: "}) {
      if (!rest.starts_with(mark)) continue;
      if (mark.starts_with("[WARN") || mark == "w: ") place.severity = "warning";
      rest = trim(rest.substr(mark.size()));
      marked = more = true;
    }
  }
  if (marked && rest.starts_with("file:///")) rest.remove_prefix(7);
  size_t end = std::string_view::npos;
  for (std::string_view ending : {".java:", ".kt:", ".groovy:"}) {
    if (size_t at = rest.find(ending); at != std::string_view::npos)
      end = std::min(end, at + ending.size() - 1);
  }
  if (end == std::string_view::npos || rest.substr(0, end).find(' ') < end) return std::nullopt;
  place.path = scrub.path(rest.substr(0, end));
  rest = trim(rest.substr(end + 1));
  bool bracket = rest.starts_with('[') || rest.starts_with('(');
  if (bracket) rest.remove_prefix(1);
  if (rest.empty() || !is_digit(rest[0]) || (bracket && !marked)) return std::nullopt;
  place.line = number_in(rest);
  std::string_view of_place = bracket ? "0123456789,: " : "0123456789,:";
  rest.remove_prefix(std::min(rest.find_first_not_of(of_place), rest.size()));
  if (bracket && (rest.starts_with(']') || rest.starts_with(')'))) rest.remove_prefix(1);
  if (rest.starts_with(": ")) rest.remove_prefix(2);
  rest = trim(rest);
  for (std::string_view severity : {"error: ", "warning: "}) {
    if (!rest.starts_with(severity)) continue;
    place.severity = severity.substr(0, severity.size() - 2);
    rest.remove_prefix(severity.size());
  }
  place.message = scrub(rest);
  return place;
}

}  // namespace

std::vector<JavaPlace> places_in(std::string_view text, const Scrubber& scrub) {
  std::vector<JavaPlace> all;
  std::set<std::string> reported;
  std::vector<std::string> rows = lines(text);
  for (size_t at = 0; at < rows.size(); ++at) {
    auto place = place_in(rows[at], scrub);
    if (!place) continue;
    for (size_t i = at + 1; i < rows.size() && i <= at + 5; ++i) {
      std::string_view more = trim(rows[i]);
      if (more.starts_with("[ERROR]")) more = trim(more.substr(7));
      if (more.starts_with("symbol:"))
        place->message += fmt::format(": {}", scrub(trim(more.substr(7))));
      if (place_in(rows[i], scrub)) break;
    }
    std::string key = fmt::format("{}:{}:{}", place->path, place->line, place->message);
    if (reported.insert(key).second) all.push_back(*std::move(place));
  }
  return all;
}

bool says_uncompiled(std::string_view row) {
  row = trim(row);
  if (row.starts_with("[ERROR]")) {
    return row.find("COMPILATION ERROR") != std::string_view::npos ||
           row.find("Compilation failure") != std::string_view::npos;
  }
  return row.starts_with("> Compilation failed") || row.starts_with("> Compilation error");
}

}  // namespace gf::gate
