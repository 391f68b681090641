#include "stage/quotes.h"

#include <algorithm>
#include <array>
#include <cctype>

#include "base/text.h"

namespace gf::stage {
namespace {

struct Pair {
  std::string_view open, close;
};
/// As they are set in English, German, French, Danish, Swedish and Japanese.
constexpr std::array<Pair, 15> kPairs = {{{"`", "`"},
                                          {"\"", "\""},
                                          {"'", "'"},
                                          {"\u201c", "\u201d"},
                                          {"\u201d", "\u201d"},
                                          {"\u201e", "\u201c"},
                                          {"\u201e", "\u201d"},
                                          {"\u2018", "\u2019"},
                                          {"\u201a", "\u2018"},
                                          {"\u201a", "\u2019"},
                                          {"\u00ab", "\u00bb"},
                                          {"\u00bb", "\u00ab"},
                                          {"\u2039", "\u203a"},
                                          {"\u300c", "\u300d"},
                                          {"\u300e", "\u300f"}}};

bool is_letter_at(std::string_view text, size_t at) {
  if (at >= text.size() || mark_at(text, at) > 0) return false;
  auto c = static_cast<unsigned char>(text[at]);
  return std::isalnum(c) != 0 || c == '_' || c >= 0x80;
}

/// Does a letter end in front of `at`?
bool is_letter_before(std::string_view text, size_t at) {
  size_t first = at;
  while (first > 0 && (static_cast<unsigned char>(text[first - 1]) & 0xc0) == 0x80) --first;
  return at > 0 && is_letter_at(text, first == at ? at - 1 : first - 1);
}

bool is_escaped(std::string_view text, size_t at) { return at > 0 && text[at - 1] == '\\'; }

bool can_open(std::string_view text, size_t at, const Pair& pair) {
  size_t behind = at + pair.open.size();
  if (behind >= text.size()) return false;
  // 5" and don't open nothing; f"text" does.
  if (pair.open == "'") return !is_letter_before(text, at);
  if (pair.open != "\"") return true;
  return text[behind] != ' ' && !(at > 0 && is_digit(text[at - 1]));
}

/// Where the quote is closed that opens at `at`; npos: nowhere.
size_t closed_at(std::string_view text, size_t at, const Pair& pair) {
  bool by_letters = pair.close == "'" || pair.close == "\u2019";  // an apostrophe as well
  bool escapes = pair.open == "\"" || pair.open == "'";
  for (size_t end = text.find(pair.close, at + pair.open.size()); end != std::string_view::npos;
       end = text.find(pair.close, end + pair.close.size())) {
    if (by_letters && is_letter_at(text, end + pair.close.size())) continue;
    if (escapes && is_escaped(text, end) != is_escaped(text, at)) continue;
    return end;
  }
  return std::string_view::npos;
}

/// Without the blanks that French sets inside of quotes: plain, no-break, narrow no-break.
std::string_view trimmed(std::string_view text) {
  for (bool cut = true; cut;) {
    cut = false;
    text = trim(text);
    for (std::string_view blank : {"\u00a0", "\u202f"}) {
      if (text.starts_with(blank)) text.remove_prefix(blank.size()), cut = true;
      if (text.ends_with(blank)) text.remove_suffix(blank.size()), cut = true;
    }
  }
  return text;
}

std::string without_escapes(std::string_view text) {
  std::string plain;
  for (size_t i = 0; i < text.size(); ++i) {
    bool escapes =
        text[i] == '\\' && (i + 1 == text.size() || text[i + 1] == '"' || text[i + 1] == '\'');
    if (!escapes) plain += text[i];
  }
  return plain;
}

/// "x" of "'x'": once more in quotes of one kind or the other, and nothing beside them.
std::string_view unwrapped(std::string_view text) {
  for (const Pair& pair : kPairs) {
    if (text.size() <= pair.open.size() + pair.close.size() || !text.starts_with(pair.open) ||
        !text.ends_with(pair.close))
      continue;
    std::string_view inner =
        text.substr(pair.open.size(), text.size() - pair.open.size() - pair.close.size());
    if (inner.find(pair.open) == std::string_view::npos &&
        inner.find(pair.close) == std::string_view::npos)
      return inner;
  }
  return text;
}

}  // namespace

size_t mark_at(std::string_view text, size_t at) {
  std::string_view rest = text.substr(std::min(at, text.size()));
  if (rest.starts_with("\xe2\x80") || rest.starts_with("\xe2\x81") || rest.starts_with("\xe3\x80"))
    return std::min<size_t>(3, rest.size());
  for (std::string_view mark : {"\u00ab", "\u00bb", "\u00a0", "\u00b4", "\u00b7"}) {
    if (rest.starts_with(mark)) return mark.size();
  }
  return 0;
}

std::optional<Quoted> quoted_at(std::string_view text, size_t at) {
  std::string_view rest = text.substr(at);
  std::optional<Quoted> nearest;
  for (const Pair& pair : kPairs) {
    if (!rest.starts_with(pair.open) || !can_open(text, at, pair)) continue;
    size_t from = at + pair.open.size(), end = closed_at(text, at, pair);
    if (end == std::string_view::npos || end == from) continue;
    if (nearest && nearest->end <= end + pair.close.size()) continue;
    std::string_view inside = text.substr(from, end - from);
    bool straight = pair.open == "\"" || pair.open == "'";
    std::string plain = straight ? without_escapes(inside) : std::string(inside);
    nearest = Quoted{std::string(unwrapped(trimmed(plain))), end + pair.close.size()};
  }
  return nearest;
}

std::vector<std::string> texts_in(std::string_view code) {
  std::vector<std::string> texts;
  for (size_t at = 0; at < code.size();) {
    bool begins = code[at] == '"' || code[at] == '\'';
    std::optional<Quoted> quoted = begins ? quoted_at(code, at) : std::nullopt;
    if (quoted && quoted->text.find(' ') == std::string::npos) texts.push_back(quoted->text);
    at = quoted ? quoted->end : at + 1;
  }
  return texts;
}

}  // namespace gf::stage
