#include "stage/look_units.h"

#include <algorithm>
#include <cctype>

#include "base/text.h"
#include "stage/outlined.h"

namespace gf::stage {
namespace {

constexpr double kOfOwnTest = 0.2;  ///< what a test counts that stands in a file of code

bool is_empty_line(const std::string& line) { return trim(line).empty(); }

/// Units of definitions, classes up to their first member.
std::vector<LookUnit> defined_units(const LookFile& file) {
  struct Open {
    Span whole;
    size_t unit;
  };
  std::vector<LookUnit> units;
  std::vector<Open> open;
  for (const Outlined& found : outlined_in(file.source, file.path)) {
    while (!open.empty() && open.back().whole.last < found.whole.first) open.pop_back();
    if (!units.empty() && units.back().kind == LookUnit::Kind::kFunction &&
        found.whole.first <= units.back().span.last)
      continue;  // a function within one
    LookUnit unit;
    unit.kind = found.type ? LookUnit::Kind::kClass : LookUnit::Kind::kFunction;
    unit.span = {found.comment_from, found.whole.last};
    unit.header = found.header;
    unit.name = found.name;
    unit.part = found.part;
    if (!open.empty()) {
      unit.of_class = open.back().unit + 1;
      LookUnit& around = units[open.back().unit];
      around.span.last = std::min(around.span.last, std::max(unit.span.first, size_t{1}) - 1);
    }
    if (unit.kind == LookUnit::Kind::kClass) open.push_back({found.whole, units.size()});
    units.push_back(std::move(unit));
  }
  return units;
}

/// "LIMITS" of `LIMITS = {`, `LIMITS: dict = {` and `export const LIMITS = [` at the margin; empty
/// where nothing is given a value.
std::string assigned_name(const std::string& line) {
  std::string_view rest = line;
  for (std::string_view word : {"export ", "pub ", "static ", "const ", "let ", "var "}) {
    if (rest.starts_with(word)) rest.remove_prefix(word.size());
  }
  size_t end = 0;
  while (end < rest.size() &&
         (std::isalnum(static_cast<unsigned char>(rest[end])) != 0 || rest[end] == '_'))
    ++end;
  std::string name(rest.substr(0, end));
  rest = trim(rest.substr(end));
  bool value = (rest.starts_with("=") && !rest.starts_with("==")) ||
               (rest.starts_with(":") && rest.find('=') != std::string_view::npos);
  return value ? name : "";
}

/// What stands between them: paragraphs of a module, of a class, of a text.
std::vector<LookUnit> with_lines_between(const LookFile& file, std::vector<LookUnit> defined) {
  std::vector<LookUnit> all;
  std::vector<bool> taken(file.source.size(), false);
  for (const LookUnit& unit : defined) {
    for (size_t i = unit.span.first; i <= unit.span.last && i < taken.size(); ++i) taken[i] = true;
  }
  std::vector<LookUnit> between;
  bool any_code = false;
  for (size_t i = 0; i < file.source.size();) {
    if (taken[i] || is_empty_line(file.source[i])) {
      any_code = any_code || taken[i];
      ++i;
      continue;
    }
    size_t end = i;
    bool head = file.syntax && !any_code;
    // A file's head goes to its first definition; else a blank line ends a paragraph.
    while (end + 1 < file.source.size() && !taken[end + 1] &&
           (head || !is_empty_line(file.source[end + 1])))
      ++end;
    LookUnit unit;
    unit.kind = head ? LookUnit::Kind::kHead : LookUnit::Kind::kBetween;
    unit.span = {i, end};
    if (file.syntax && !head) unit.name = assigned_name(file.source[i]);
    while (unit.span.last > i && is_empty_line(file.source[unit.span.last])) --unit.span.last;
    between.push_back(unit);
    i = end + 1;
  }
  // Defined ones stay in front: `of_class` counts by their places.
  all = std::move(defined);
  all.insert(all.end(), between.begin(), between.end());
  return all;
}

bool in_identifier(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

}  // namespace

LookFile look_into(std::string path, const std::string& content, const std::vector<Term>& terms) {
  LookFile file;
  file.path = std::move(path);
  file.size = content.size();
  file.source = lines(to_utf8(content));
  file.syntax = syntax_of(file.path);
  file.line_worth.assign(file.source.size(), 0);
  std::vector<LookUnit> defined;
  if (file.syntax) defined = defined_units(file);
  file.units = with_lines_between(file, std::move(defined));
  std::vector<double> worth;
  for (const Term& term : terms) {
    Term here = term;
    if (!file.syntax) here.lines = 0;
    for (size_t i = 0; !file.syntax && i < file.source.size(); ++i)
      here.lines += holds_word(file.source[i], term.name) ? 1 : 0;
    worth.push_back(here.worth());
  }
  std::vector<std::vector<bool>> held(terms.size(), std::vector<bool>(file.source.size(), false));
  for (size_t i = 0; i < file.source.size(); ++i) {
    for (size_t k = 0; k < terms.size(); ++k) {
      if (!holds_word(file.source[i], terms[k].name)) continue;
      held[k][i] = true;
      file.line_worth[i] += worth[k];
    }
  }
  for (LookUnit& unit : file.units) {
    for (size_t k = 0; k < terms.size(); ++k) {
      bool here = false;
      for (size_t i = unit.span.first; i <= unit.span.last && !here; ++i) here = held[k][i];
      if (here) unit.worth += worth[k];
      if (!unit.name.empty() && unit.name == terms[k].name)
        unit.worth += terms[k].definition_worth();
    }
  }
  for (const Span& tests : own_tests_in(file.source, file.path)) {
    for (LookUnit& unit : file.units)
      unit.worth *=
          tests.first <= unit.span.first && unit.span.first <= tests.last ? kOfOwnTest : 1;
  }
  return file;
}

std::vector<UsedName> names_used(const LookFile& file, Span span) {
  std::vector<UsedName> names;
  for (size_t i = span.first; i <= span.last && i < file.source.size(); ++i) {
    const std::string& line = file.source[i];
    std::string_view plain = trim(line);
    if (file.syntax && !file.syntax->comment.empty() && plain.starts_with(file.syntax->comment))
      continue;
    for (size_t at = 0; at < line.size();) {
      size_t end = at;
      while (end < line.size() && in_identifier(line[end])) ++end;
      bool called = end > at && end < line.size() && line[end] == '(';
      bool type = end > at && std::isupper(static_cast<unsigned char>(line[at])) != 0;
      bool decorates = end > at && at > 0 && line[at - 1] == '@';
      bool as_code = called || type || decorates;
      if (end - at > 2 && !is_digit(line[at]))
        names.push_back({line.substr(at, end - at), i, as_code});
      at = std::max(end, at + 1);
    }
  }
  return names;
}

}  // namespace gf::stage
