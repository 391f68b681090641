#include "record/findings.h"

#include <cctype>
#include <string_view>

#include "base/text.h"

namespace gf::record {
namespace {

bool in_word(char c) { return std::isalpha(static_cast<unsigned char>(c)) != 0; }

/// Behind "(1312/1000)" or "(6 > 5)" that begins at `at`: how much of what is allowed. 0: none
/// does.
size_t behind_measure(std::string_view text, size_t at) {
  auto digits = [&](size_t from) {
    while (from < text.size() && is_digit(text[from])) ++from;
    return from;
  };
  if (text[at] != '(') return 0;
  size_t end = digits(at + 1), sign = end;
  if (end == at + 1) return 0;
  while (sign < text.size() && std::string_view(" />").find(text[sign]) != std::string_view::npos)
    ++sign;
  size_t last = digits(sign);
  bool measure = sign > end && last > sign && last < text.size() && text[last] == ')';
  return measure ? last + 1 : 0;
}

/// "Name 'x' already defined on line 12" with "line #": a line above was added, and nothing else.
/// "Too many lines in module (1312/1000)" with "(#)": it was too long already.
std::string without_numbers(std::string_view message) {
  std::string text;
  for (size_t i = 0; i < message.size();) {
    if (size_t behind = behind_measure(message, i); behind > 0) {
      text += "(#)";
      i = behind;
      continue;
    }
    size_t word = 0;
    for (std::string_view name : {"lines ", "line ", "Lines ", "Line "}) {
      bool begins = i == 0 || !in_word(message[i - 1]);
      if (begins && message.substr(i).starts_with(name)) word = name.size();
      if (word > 0) break;
    }
    size_t end = i + word;
    while (word > 0 && end < message.size() && is_digit(message[end])) ++end;
    if (word == 0 || end == i + word) {
      text += message[i++];
      continue;
    }
    text += message.substr(i, word);
    text += '#';
    i = end;
  }
  return text;
}

std::string key_of(const Finding& finding) {
  Finding plain = finding;
  plain.message = plain_message(finding);
  return plain.key();
}

}  // namespace

std::string plain_message(const Finding& finding) { return without_numbers(finding.message); }

std::optional<int> moved_line(const std::vector<LineMove>& moves, int old) {
  int shift = 0;
  for (const LineMove& move : moves) {
    if (old < move.old_start) break;
    if (old < move.old_start + move.old_count) return std::nullopt;
    shift += move.new_count - move.old_count;
  }
  return old + shift;
}

std::vector<Finding> new_findings(const std::vector<Finding>& base, const std::vector<Finding>& now,
                                  const LineMoves& moves) {
  std::map<std::string, std::map<int, int>> at;  // of each kind: how many known ones belong where
  std::map<std::string, int> anywhere;           // of each kind: how many known ones there are
  for (const Finding& finding : base) {
    std::string key = key_of(finding);
    ++anywhere[key];
    auto moved = moves.find(finding.path);
    std::optional<int> line = finding.line;
    if (moved != moves.end() && finding.line > 0) line = moved_line(moved->second, finding.line);
    if (line) ++at[key][*line];
  }
  std::vector<std::string> keys;
  std::vector<bool> known(now.size(), false);
  for (size_t i = 0; i < now.size(); ++i) {
    keys.push_back(key_of(now[i]));
    auto places = at.find(keys[i]);
    if (places == at.end()) continue;
    auto place = places->second.find(now[i].line);
    if (place == places->second.end() || place->second == 0) continue;
    --place->second;
    --anywhere[keys[i]];
    known[i] = true;
  }
  std::vector<Finding> fresh;
  for (size_t i = 0; i < now.size(); ++i) {
    if (!known[i] && anywhere[keys[i]]-- <= 0) fresh.push_back(now[i]);
  }
  return fresh;
}

}  // namespace gf::record
