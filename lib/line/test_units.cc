// By definitions, indentation and brackets; nothing is parsed.
#include "line/test_units.h"

#include <algorithm>
#include <set>

#include "base/text.h"

namespace gf::line {
namespace {

constexpr size_t kHeadLines = 12;    ///< of a class before its first member, and of a long unit
constexpr size_t kWholeLines = 40;   ///< of what a test uses: longer is shown by its first lines
constexpr size_t kMostNeeded = 16;   ///< units that one test brings with it
constexpr size_t kValueLines = 400;  ///< a table longer than this is data

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || is_digit(c);
}

/// A function by its name; a class is one for its members.
bool is_test(const std::string& line, const std::string& name) {
  return lower(name).starts_with("test") && !trim(line).starts_with("class ");
}

size_t indent_of(const std::string& line) {
  size_t at = line.find_first_not_of(" \t");
  return at == std::string::npos ? line.size() : at;
}

/// "limits" of "limits: list = [": what a line sets, empty where it sets nothing. Words of a
/// language that introduce a value stand before its name.
std::string value_set_in(std::string_view line) {
  line = trim(line);
  for (std::string_view word : {"export ", "static ", "const ", "let ", "var "}) {
    if (line.starts_with(word)) line.remove_prefix(word.size());
  }
  size_t end = 0;
  while (end < line.size() && is_letter(line[end])) ++end;
  std::string_view rest = trim(line.substr(end));
  if (end == 0 || is_digit(line[0]) || rest.empty()) return {};
  bool annotated = rest.starts_with(":") && rest.find('=') != std::string_view::npos;
  bool set = (rest.starts_with("=") && !rest.starts_with("==")) || rest.starts_with(":=");
  return annotated || set ? std::string(line.substr(0, end)) : "";
}

/// To the last line of a value that begins in a line: what stands deeper, and the bracket that
/// closes it.
size_t end_of_value(const std::vector<std::string>& source, size_t first, size_t last) {
  size_t indent = indent_of(source[first]), end = first;
  for (size_t i = first + 1; i <= last && i < first + kValueLines; ++i) {
    std::string_view text = trim(source[i]);
    if (text.empty()) continue;
    size_t here = indent_of(source[i]);
    bool closes = here == indent && std::string_view(")]}").find(text[0]) != std::string_view::npos;
    if (here <= indent && !closes) break;
    end = i;
  }
  return end;
}

/// Adds what is set in lines of `within` that none of `units` holds, at their depth.
void add_values(const std::vector<std::string>& source, Span within, size_t indent,
                std::vector<TestUnit>& units) {
  std::vector<TestUnit> values;
  size_t next = 0;
  for (size_t i = within.first; i <= within.last && i < source.size(); ++i) {
    while (next < units.size() && units[next].whole.last < i) ++next;
    if (next < units.size() && units[next].whole.first <= i) {
      i = units[next].whole.last;
      continue;
    }
    if (indent_of(source[i]) != indent) continue;
    std::string name = value_set_in(source[i]);
    if (name.empty()) continue;
    size_t last = next < units.size() ? units[next].whole.first - 1 : within.last;
    TestUnit value{std::move(name), {i, end_of_value(source, i, last)}, false, 0, {}};
    i = value.whole.last;
    values.push_back(std::move(value));
  }
  units.insert(units.end(), values.begin(), values.end());
  std::sort(units.begin(), units.end(),
            [](const TestUnit& a, const TestUnit& b) { return a.whole.first < b.whole.first; });
}

void add_members_values(const std::vector<std::string>& source, TestUnit& owner) {
  if (owner.members.empty()) return;
  size_t indent = indent_of(source[owner.members.front().whole.first]);
  if (indent == 0) return;
  add_values(source, {owner.whole.first + 1, owner.whole.last}, indent, owner.members);
}

std::set<std::string> words_in(const std::vector<std::string>& source, Span span) {
  std::set<std::string> words;
  for (size_t i = span.first; i <= span.last && i < source.size(); ++i) {
    const std::string& line = source[i];
    for (size_t at = 0; at < line.size(); ++at) {
      size_t first = at;
      while (at < line.size() && is_letter(line[at])) ++at;
      if (at > first) words.insert(line.substr(first, at - first));
    }
  }
  return words;
}

/// Takes in the comment that stands right above: it says why.
void take_comments(const std::vector<std::string>& source, const Syntax& syntax,
                   std::vector<TestUnit>& units) {
  for (TestUnit& unit : units) {
    size_t indent = indent_of(source[unit.whole.first]);
    while (!syntax.comment.empty() && unit.whole.first > 0) {
      const std::string& above = source[unit.whole.first - 1];
      if (indent_of(above) != indent || !trim(above).starts_with(syntax.comment)) break;
      --unit.whole.first;
    }
    take_comments(source, syntax, unit.members);
  }
}

/// All of what is short, the first lines of what is not.
Span shown_of(const TestUnit& unit) {
  bool is_long = unit.whole.last - unit.whole.first >= kWholeLines;
  return is_long ? Span{unit.whole.first, unit.whole.first + kHeadLines} : unit.whole;
}

}  // namespace

std::vector<TestUnit> test_units(const std::vector<std::string>& source, const Syntax& syntax) {
  std::vector<TestUnit> units;
  for (size_t at : outlined_lines(source, syntax)) {
    auto found = definition_at(source, at, syntax);
    if (!found) continue;
    TestUnit unit{defined_name(source[at]), found->whole, false, 0, {}};
    unit.test = is_test(source[at], unit.name);
    if (units.empty() || at > units.back().whole.last) {
      units.push_back(std::move(unit));
      continue;
    }
    std::vector<TestUnit>& members = units.back().members;
    if (!members.empty() && at <= members.back().whole.last) continue;
    units.back().test = units.back().test || unit.test;
    members.push_back(std::move(unit));
  }
  for (TestUnit& unit : units) add_members_values(source, unit);
  if (!source.empty()) add_values(source, {0, source.size() - 1}, 0, units);
  take_comments(source, syntax, units);
  return units;
}

const TestUnit* unit_around(const std::vector<TestUnit>& units, size_t line) {
  auto holds = [&](const TestUnit& unit) {
    return unit.whole.first <= line && line <= unit.whole.last;
  };
  auto unit = std::find_if(units.begin(), units.end(), holds);
  if (unit == units.end()) return nullptr;
  auto member = std::find_if(unit->members.begin(), unit->members.end(), holds);
  return member == unit->members.end() ? &*unit : &*member;
}

std::vector<Span> needed_by(const std::vector<TestUnit>& units, const TestUnit* owner,
                            const TestUnit& test, const std::vector<std::string>& source) {
  std::vector<Span> needed;
  std::vector<const TestUnit*> shared;
  if (owner != nullptr) {
    size_t body = owner->members.front().whole.first;
    size_t head = std::max(body, owner->whole.first + 1) - 1;
    needed.push_back({owner->whole.first, std::min(head, owner->whole.first + kHeadLines)});
    for (const TestUnit& member : owner->members) {
      if (!member.test) shared.push_back(&member);
    }
  }
  for (const TestUnit& unit : units) {
    if (!unit.test) shared.push_back(&unit);
  }
  std::set<const TestUnit*> taken;
  std::vector<const TestUnit*> open = {&test};
  for (size_t next = 0; next < open.size() && open.size() <= kMostNeeded; ++next) {
    std::set<std::string> words = words_in(source, shown_of(*open[next]));
    if (next == 0) {
      words = words_in(source, test.whole);
      if (owner != nullptr) words.merge(words_in(source, needed.front()));
    }
    for (const TestUnit* unit : shared) {
      bool sets_up = next == 0 && lower(unit->name).starts_with("setup");
      if (!sets_up && !words.contains(unit->name)) continue;
      if (!taken.insert(unit).second || open.size() > kMostNeeded) continue;
      open.push_back(unit);
      needed.push_back(shown_of(*unit));
    }
  }
  return needed;
}

}  // namespace gf::line
