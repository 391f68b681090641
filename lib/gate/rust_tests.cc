#include "gate/rust_tests.h"

#include <fmt/format.h>

#include <charconv>

#include "base/text.h"

namespace gf::gate {
namespace {

constexpr std::string_view kLine = "(line ";

size_t indent_of(std::string_view line) {
  size_t at = line.find_first_not_of(" \t");
  return at == std::string_view::npos ? line.size() : at;
}

/// The name behind a word, "f" of "pub async fn f(a)"; empty: the line does not begin with it.
std::string_view named_behind(std::string_view line, std::string_view word) {
  std::string_view rest = trim(line);
  while (rest.starts_with("#[") && rest.find("] ") != std::string_view::npos)
    rest = trim(rest.substr(rest.find("] ") + 2));
  for (bool more = true; more;) {
    more = false;
    for (std::string_view before : {"pub ", "pub(crate) ", "async ", "const ", "unsafe "}) {
      if (!rest.starts_with(before)) continue;
      rest = trim(rest.substr(before.size()));
      more = true;
    }
  }
  if (!rest.starts_with(word) || rest.size() <= word.size() || rest[word.size()] != ' ') return {};
  rest = trim(rest.substr(word.size()));
  return rest.substr(0, rest.find_first_of("(<{ ;"));
}

bool speaks_of_a_test(std::string_view line) {
  std::string_view attribute = trim(line);
  return attribute.starts_with("#[") && attribute.find("test") != std::string_view::npos;
}

/// Is what is defined in lines[at] a test, by the attributes above it?
bool is_test(const std::vector<std::string>& lines, size_t at) {
  if (speaks_of_a_test(lines[at])) return true;
  for (; at > 0; --at) {
    std::string_view above = trim(lines[at - 1]);
    if (speaks_of_a_test(above)) return true;
    if (!above.starts_with("#") && !above.starts_with("//")) return false;
  }
  return false;
}

/// " - compile fail" and its like behind it are off.
std::string_view without_manner(std::string_view said) { return said.substr(0, said.find(" - ")); }

}  // namespace

bool holds_rust_tests(const std::string& content) {
  std::vector<std::string> all = lines(content);
  for (size_t i = 0; i < all.size(); ++i) {
    bool defines = !named_behind(all[i], "fn").empty() || !named_behind(all[i], "mod").empty();
    // `mod tests;` stands for another file.
    if (defines && all[i].find('{') != std::string::npos && is_test(all, i)) return true;
  }
  return false;
}

std::optional<std::string> rust_test_at(const std::vector<std::string>& lines, int number) {
  if (number < 1 || static_cast<size_t>(number) > lines.size()) return std::nullopt;
  std::string found;
  size_t within = std::string::npos;
  for (auto at = static_cast<size_t>(number); at > 0; --at) {
    const std::string& line = lines[at - 1];
    if (trim(line).empty()) continue;
    bool first = within == std::string::npos;
    bool outer = first || indent_of(line) < within;
    if (!outer) continue;
    within = indent_of(line);
    std::string_view function = named_behind(line, "fn"), module = named_behind(line, "mod");
    if (found.empty() && !function.empty() && is_test(lines, at - 1)) {
      found = function;
    } else if (!found.empty() && !module.empty()) {
      found = fmt::format("{}::{}", module, found);
    }
  }
  return found.empty() ? std::nullopt : std::optional<std::string>(found);
}

std::string explained_by(std::string_view said) {
  return std::string(trim(said.substr(0, said.find(kLine))));
}

int line_of_example(std::string_view said) {
  size_t at = said.find(kLine);
  int number = 0;
  if (at != std::string_view::npos)
    std::from_chars(said.data() + at + kLine.size(), said.data() + said.size(), number);
  return number;
}

std::string example_name(std::string_view said, int nth) {
  std::string about = explained_by(without_manner(said));
  std::string which = nth > 1 ? fmt::format("(doc {})", nth) : "(doc)";
  return about.empty() ? which : about + " " + which;
}

}  // namespace gf::gate
