#include "gate/mutants.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "base/source_parts.h"
#include "base/text.h"

namespace gf::gate {
namespace {

constexpr size_t kMostOfALine = 4;
constexpr size_t kLongSource = 1u << 20;

/// A token between blanks, and what stands in its place.
struct Swap {
  std::string_view from, to;
};
/// With a blank on both sides, so that no pointer, generic type or arrow is one.
constexpr std::array<Swap, 14> kSwaps = {{{"<=", "<"},
                                          {">=", ">"},
                                          {"<", "<="},
                                          {">", ">="},
                                          {"===", "!=="},
                                          {"!==", "==="},
                                          {"==", "!="},
                                          {"!=", "=="},
                                          {"&&", "||"},
                                          {"||", "&&"},
                                          {"+", "-"},
                                          {"-", "+"},
                                          {"*", "+"},
                                          {"%", "+"}}};
constexpr std::array<Swap, 2> kWordSwaps = {{{"and", "or"}, {"or", "and"}}};
constexpr std::array<Swap, 4> kTruths = {
    {{"True", "False"}, {"False", "True"}, {"true", "false"}, {"false", "true"}}};

/// A line as it is, and where in it only code stands.
struct Spot {
  const std::string& line;
  const std::string& code;
  bool python;
};

struct Fault {
  std::string what, line;
};

Fault replaced(const Spot& spot, size_t at, std::string_view from, std::string_view to) {
  std::string line = spot.line;
  line.replace(at, from.size(), to);
  return {fmt::format("'{}' as '{}'", from, to), std::move(line)};
}

void add_swaps(const Spot& spot, std::vector<Fault>& faults) {
  for (const Swap& swap : kSwaps) {
    std::string spaced = fmt::format(" {} ", swap.from);
    size_t at = spot.code.find(spaced);
    // A blank or nothing to the left of it: "- 1" of a list, or a default, is no sum.
    if (at == std::string::npos || trim(spot.code.substr(0, at)).empty()) continue;
    faults.push_back(replaced(spot, at + 1, swap.from, swap.to));
  }
}

template <size_t kSize>
void add_words(const Spot& spot, const std::array<Swap, kSize>& words, std::vector<Fault>& faults) {
  for (const Swap& swap : words) {
    size_t at = find_word(spot.code, swap.from);
    if (at != std::string::npos) faults.push_back(replaced(spot, at, swap.from, swap.to));
  }
}

/// "if a:" as "if not (a):", "if (a) {" and "if a {" as "if (!(a)) {" where it is all on one line.
void add_negation(const Spot& spot, std::vector<Fault>& faults) {
  std::string_view code = spot.code;
  size_t start = code.find_first_not_of(" \t");
  if (start == std::string_view::npos) return;
  size_t word = 0;
  for (std::string_view one : {"} else if ", "else if ", "elif ", "if "}) {
    if (word == 0 && code.substr(start).starts_with(one)) word = one.size();
  }
  size_t end = spot.python ? code.find_last_of(':') : code.find_last_of('{');
  size_t from = start + word;
  if (word == 0 || end == std::string_view::npos || end <= from) return;
  if (!trim(code.substr(end + 1)).empty() && !spot.python) return;
  std::string_view condition = trim(std::string_view(spot.line).substr(from, end - from));
  // "if x := f(); x > 0 {" and "if let" are no conditions.
  bool plain = code.substr(from, end - from).find(';') == std::string_view::npos &&
               code.substr(from, end - from).find(":=") == std::string_view::npos &&
               !condition.starts_with("let ") && !condition.starts_with("const");
  if (!plain || condition.empty()) return;
  bool bracketed = condition.starts_with("(") && condition.ends_with(")") && !spot.python;
  std::string negated = spot.python ? fmt::format("not ({})", condition)
                        : bracketed ? fmt::format("(!{})", condition)
                                    : fmt::format("!({})", condition);
  faults.push_back(
      {fmt::format("'{}' negated", condition),
       spot.line.substr(0, from) + negated + (spot.python ? "" : " ") + spot.line.substr(end)});
}

/// The first whole number of the line, one more: none of a name, a fraction or a version.
void add_number(const Spot& spot, std::vector<Fault>& faults) {
  const std::string& code = spot.code;
  for (size_t at = 0; at < code.size(); ++at) {
    if (!is_digit(code[at])) continue;
    size_t end = at;
    while (end < code.size() && (in_identifier(code[end]) || code[end] == '.')) ++end;
    bool inside = at > 0 && (in_identifier(code[at - 1]) || code[at - 1] == '.');
    int64_t number = 0;
    auto read = std::from_chars(code.data() + at, code.data() + end, number);
    bool whole = read.ec == std::errc() && read.ptr == code.data() + end;
    if (!inside && whole && end - at < 10) {
      faults.push_back(replaced(spot, at, code.substr(at, end - at), std::to_string(number + 1)));
      return;
    }
    at = end;
  }
}

/// "self.items.append(x)" left out: a line that is one call and nothing else.
void add_left_out(const Spot& spot, std::vector<Fault>& faults) {
  std::string_view code = trim(std::string_view(spot.code));
  bool semicolon = code.ends_with(';');
  if (semicolon) code.remove_suffix(1);
  size_t open = code.find('(');
  if (open == std::string_view::npos || open == 0 || !code.ends_with(')')) return;
  bool name = std::all_of(code.begin(), code.begin() + static_cast<std::ptrdiff_t>(open),
                          [](char c) { return in_identifier(c) || c == '.'; });
  int depth = 0;
  bool one = true;
  for (size_t i = open; i < code.size(); ++i) {
    depth += (code[i] == '(') - (code[i] == ')');
    one = one && (depth > 0 || i + 1 == code.size());
  }
  if (!name || depth != 0 || !one || code.starts_with("super")) return;
  std::string indent = spot.line.substr(0, spot.line.find_first_not_of(" \t"));
  std::string said(trim(std::string_view(spot.line)));
  faults.push_back({fmt::format("'{}' left out", clipped(said, 60)), indent + (spot.python ? "pass"
                                                                               : semicolon ? ";"
                                                                                           : "")});
}

/// Lines that decide nothing, whatever stands in them.
bool is_idle(std::string_view code) {
  code = trim(code);
  for (std::string_view word : {"import ", "from ", "use ", "package ", "#", "@", "def ", "class ",
                                "func ", "fn ", "pub fn ", "struct ", "type ", "interface ",
                                "export type ", "async def ", "__all__", "mod ", "impl "}) {
    if (code.starts_with(word)) return true;
  }
  return code.empty();
}

std::vector<Fault> faults_of(const Spot& spot) {
  std::vector<Fault> faults;
  if (is_idle(spot.code)) return faults;
  add_swaps(spot, faults);
  if (spot.python) add_words(spot, kWordSwaps, faults);
  add_negation(spot, faults);
  add_number(spot, faults);
  add_words(spot, kTruths, faults);
  add_left_out(spot, faults);
  if (faults.size() > kMostOfALine) faults.resize(kMostOfALine);
  return faults;
}

/// Of each of these lines; none where nothing is known of the language.
std::vector<std::vector<Fault>> faults_by_line(std::string_view path, std::string_view text,
                                               const std::vector<int>& of_lines) {
  std::vector<std::vector<Fault>> by_line;
  auto syntax = syntax_of(path);
  if (!syntax || text.size() > kLongSource || text.find('\r') != std::string_view::npos)
    return by_line;
  std::vector<std::string> source = split(std::string(text), '\n');
  std::vector<SourceLine> parts = source_lines(text, *syntax);
  for (int number : of_lines) {
    auto at = static_cast<size_t>(number) - 1;
    bool there = number > 0 && at < parts.size() && at < source.size();
    by_line.push_back(there ? faults_of({source[at], parts[at].code, syntax->indented})
                            : std::vector<Fault>());
  }
  return by_line;
}

}  // namespace

std::vector<Mutant> mutants_of(std::string_view path, std::string_view text,
                               const std::vector<int>& of_lines, size_t most) {
  std::vector<Mutant> all;
  std::vector<std::vector<Fault>> by_line = faults_by_line(path, text, of_lines);
  std::vector<std::string> source = split(std::string(text), '\n');
  for (size_t round = 0; round < kMostOfALine; ++round) {
    for (size_t i = 0; i < by_line.size(); ++i) {
      if (round >= by_line[i].size()) continue;
      if (all.size() == most) return all;
      std::vector<std::string> mutated = source;
      mutated[static_cast<size_t>(of_lines[i]) - 1] = by_line[i][round].line;
      all.push_back({of_lines[i], by_line[i][round].what, join(mutated, "\n")});
    }
  }
  return all;
}

size_t count_mutants(std::string_view path, std::string_view text,
                     const std::vector<int>& of_lines) {
  size_t count = 0;
  for (const std::vector<Fault>& faults : faults_by_line(path, text, of_lines))
    count += std::min(faults.size(), kMostOfALine);
  return count;
}

}  // namespace gf::gate
