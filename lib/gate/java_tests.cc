// Which test a line of Java is in.
#include <algorithm>
#include <array>

#include "base/text.h"
#include "gate/java_reports.h"

namespace gf::gate {
namespace {

size_t java_indent(std::string_view line) {
  size_t at = line.find_first_not_of(" \t");
  return at == std::string_view::npos ? line.size() : at;
}

/// The word before the first bracket of what may be a method's first line; empty: it is none.
std::string method_name(std::string_view line) {
  std::string_view text = trim(line);
  size_t open = text.find('(');
  bool other = text.starts_with('@') || text.ends_with(';') || open == std::string_view::npos;
  if (other || text.substr(0, open).find_first_of("=.\"") < open) return {};
  std::string_view head = trim(text.substr(0, open));
  size_t blank = head.find_last_of(" \t>");
  if (blank == std::string_view::npos) return {};
  std::string_view first = head.substr(0, head.find(' '));
  constexpr std::array<std::string_view, 6> kOther = {"new",  "return", "throw",
                                                      "else", "}",      "case"};
  if (std::find(kOther.begin(), kOther.end(), first) != kOther.end()) return {};
  return std::string(head.substr(blank + 1));
}

/// Is the method at `lines[at]` marked as a test: `@Test`, `@ParameterizedTest`, `@TestFactory`?
bool is_marked(const std::vector<std::string>& lines, size_t at) {
  constexpr size_t kMostMarks = 12;
  for (size_t i = at; i > 0 && at - i < kMostMarks; --i) {
    std::string_view above = trim(lines[i - 1]);
    if (above.empty() || above.ends_with('}') || (above.ends_with(';') && i != at)) return false;
    if (!above.starts_with('@')) continue;
    std::string_view mark = above.substr(1, above.find_first_of("( ") - 1);
    if (mark.ends_with("Test") || mark == "TestFactory" || mark == "TestTemplate" ||
        mark == "Property")
      return true;
  }
  return false;
}

/// "Inner" of "class Inner {"; empty: the line begins no class.
std::string class_name(std::string_view line) {
  std::string_view text = trim(line);
  for (std::string_view word : {"class ", "interface ", "record ", "enum "}) {
    size_t at = text.find(word);
    bool begins = at == 0 || (at != std::string_view::npos && text[at - 1] == ' ');
    if (!begins || text.find('(') < at || text.find('"') < at || text.starts_with("*")) continue;
    std::string_view name = text.substr(at + word.size());
    return std::string(name.substr(0, name.find_first_of(" <{(")));
  }
  return {};
}

}  // namespace

std::optional<std::string> java_test_at(const std::vector<std::string>& lines, int number) {
  if (number < 1 || static_cast<size_t>(number) > lines.size()) return std::nullopt;
  size_t indent = java_indent(lines[static_cast<size_t>(number) - 1]);
  std::string method;
  std::vector<std::string> classes;
  for (auto at = static_cast<size_t>(number); at > 0; --at) {
    const std::string& line = lines[at - 1];
    bool own = at == static_cast<size_t>(number);
    if (trim(line).empty() || (!own && java_indent(line) >= indent)) continue;
    if (std::string name = class_name(line); !name.empty()) {
      if (method.empty()) return std::nullopt;
      classes.push_back(name);
      indent = java_indent(line);
      continue;
    }
    if (!method.empty()) continue;
    if (!own && trim(line) == "}") return std::nullopt;
    indent = java_indent(line);  // what a statement goes on from, or a block that it is in
    std::string name = method_name(line);
    bool test = !name.empty() && (is_marked(lines, at - 1) || name.starts_with("test"));
    if (!test) continue;
    method = name;
  }
  if (method.empty()) return std::nullopt;
  if (!classes.empty()) classes.pop_back();
  std::string id;
  for (auto one = classes.rbegin(); one != classes.rend(); ++one) id += *one + "::";
  return id + method;
}

}  // namespace gf::gate
