#include "stage/stated.h"

#include <algorithm>
#include <array>
#include <optional>

#include "base/text.h"

namespace gf::stage {
namespace {

/// "Acceptance criteria", also as a heading, in bold, with a colon.
bool begins_criteria(std::string_view line) {
  std::string name;
  for (char c : lower(trim(line))) {
    bool part = (c >= 'a' && c <= 'z') || c == ' ';
    if (part) name += c;
  }
  constexpr std::array<std::string_view, 8> kNames = {
      "acceptance criteria", "success criteria", "acceptance criterion", "definition of done",
      "done when",           "acceptance tests", "acceptance",           "criteria"};
  return std::find(kNames.begin(), kNames.end(), trim(name)) != kNames.end();
}

bool is_heading(std::string_view line) {
  line = trim(line);
  size_t marks = line.find_first_not_of('#');
  bool atx = marks != std::string_view::npos && marks > 0 && marks < 7 && line[marks] == ' ';
  bool bold = line.size() > 4 && line.starts_with("**") &&
              (line.ends_with("**") || line.ends_with("**:") || line.ends_with(":**"));
  return atx || bold;
}

/// The text of "- a", "* [x] a", "3. a"; nothing of what is no item.
std::optional<std::string> item_of(std::string_view line) {
  std::string_view text = trim(line);
  size_t digits = text.find_first_not_of("0123456789");
  bool numbered = digits != std::string_view::npos && digits > 0 && digits < 4 &&
                  (text[digits] == '.' || text[digits] == ')');
  bool dashed = !text.empty() && (text[0] == '-' || text[0] == '*' || text[0] == '+');
  if (!numbered && !dashed) return std::nullopt;
  text.remove_prefix(numbered ? digits + 1 : 1);
  if (!text.starts_with(" ")) return std::nullopt;
  text = trim(text);
  bool box = text.size() > 3 && text[0] == '[' && text[2] == ']' &&
             std::string_view(" xX").find(text[1]) != std::string_view::npos;
  if (box) text = trim(text.substr(3));
  return text.empty() ? std::nullopt : std::optional<std::string>(text);
}

/// "Tests added", "CI is green": no criterion may be about it.
bool is_the_lines_own(const std::string& item) {
  std::string text = lower(item);
  auto holds = [&](std::string_view word) { return text.find(word) != std::string::npos; };
  constexpr std::array<std::string_view, 8> kOwn = {"changelog",  "release note", "unit test",
                                                    "test cover", "tests added",  "tests pass",
                                                    "reviewed",   "news fragment"};
  bool named = std::any_of(kOwn.begin(), kOwn.end(), holds);
  bool short_test = text.size() < 40 && text.starts_with("test");
  bool ci = text.size() < 40 && (text.starts_with("ci ") || text.ends_with(" ci"));
  return named || short_test || ci;
}

}  // namespace

std::vector<std::string> stated_criteria(const std::string& request) {
  std::vector<std::string> items;
  bool inside = false, code = false;
  for (const std::string& line : lines(request)) {
    bool fence = trim(line).starts_with("```");
    if (fence) code = !code;
    if (fence || code) continue;
    if (begins_criteria(line)) {
      inside = true;
      continue;
    }
    if (is_heading(line)) inside = false;
    if (!inside || trim(line).empty()) continue;
    auto item = item_of(line);
    bool indented = line.starts_with("  ") || line.starts_with("\t");
    if (item && !indented) {
      if (items.size() == kMostStated) break;
      items.push_back(std::move(*item));
    } else if (indented && !items.empty()) {
      items.back() += " " + std::string(trim(line));  // it goes on, or has parts
    } else {
      inside = false;  // prose again
    }
  }
  std::erase_if(items, is_the_lines_own);
  return items;
}

bool is_markdown_structure(std::string_view line) {
  line = trim(line);
  if (line.find('\n') != std::string_view::npos) return false;
  bool rule = line.size() >= 3 && line.find_first_not_of("-*_= ") == std::string_view::npos;
  bool picture = line.starts_with("![") || line.starts_with("[![") || line.starts_with("<img");
  return is_heading(line) || begins_criteria(line) || rule || picture;
}

std::string stated_section(const std::string& request) {
  std::string text;
  for (const std::string& item : stated_criteria(request)) text += "- " + item + "\n";
  return text;
}

}  // namespace gf::stage
