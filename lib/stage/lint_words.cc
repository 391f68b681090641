#include "stage/lint_words.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace gf::stage {
namespace {

constexpr std::array<std::string_view, 64> kSmallWords = {
    "the",    "and",   "that",  "this",  "with",  "for",       "from",   "into", "add",  "make",
    "each",   "every", "all",   "one",   "its",   "has",       "have",   "are",  "not",  "new",
    "should", "must",  "when",  "where", "which", "return",    "please", "also", "then", "will",
    "there",  "can",   "use",   "using", "such",  "returning", "any",    "list", "item", "returns",
    "was",    "were",  "but",   "than",  "them",  "they",      "their",  "does", "want", "like",
    "only",   "would", "could", "some",  "what",  "so",        "still",  "just", "our",  "you",
    "your",   "been",  "other", "more"};

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_name(char c) {
  return is_letter(c) || is_digit(c) || c == '_' || static_cast<unsigned char>(c) >= 0x80;
}

/// Does a quotation open at `at`? "b'x'" and "r'x'" are quotations with a letter before them.
bool opens(std::string_view text, size_t at) {
  if (text[at] == '`') return true;
  if (text[at] != '"' && text[at] != '\'') return false;
  if (at == 0 || !is_name(text[at - 1])) return true;
  return std::string_view("bfru").find(text[at - 1]) != std::string_view::npos &&
         (at == 1 || !is_name(text[at - 2]));
}

/// Where it closes; npos when it does not, and then it was none.
size_t closing(std::string_view text, size_t open) {
  for (size_t at = text.find(text[open], open + 1); at != std::string_view::npos;
       at = text.find(text[open], at + 1)) {
    bool escaped = text[at - 1] == '\\' && text[open] != '`';
    bool ends = text[open] == '`' || at + 1 == text.size() || !is_name(text[at + 1]);
    if (!escaped && ends) return at;
  }
  return std::string_view::npos;
}

/// Calls `quoted(open, close)` for each quotation that is in no other. The mark that has no end is
/// looked for once: a text of marks alone must not cost the square of its length.
template <typename Quoted>
void each_quotation(std::string_view text, Quoted quoted) {
  std::string endless;
  for (size_t i = 0; i < text.size(); ++i) {
    if (!opens(text, i) || endless.find(text[i]) != std::string::npos) continue;
    size_t end = closing(text, i);
    if (end == std::string_view::npos) {
      endless += text[i];
      continue;
    }
    quoted(i, end);
    i = end;
  }
}

std::string_view without_punctuation(std::string_view token) {
  constexpr std::string_view kMarks = ",.;:!?()[]{}\"'`";
  while (!token.empty() && kMarks.find(token.back()) != std::string_view::npos)
    token.remove_suffix(1);
  while (!token.empty() && kMarks.find(token.front()) != std::string_view::npos)
    token.remove_prefix(1);
  return token;
}

bool is_plain_word(std::string_view token) {
  return !token.empty() && is_letter(token.front()) &&
         std::all_of(token.begin(), token.end(), [](char c) { return is_letter(c) || c == '-'; });
}

std::vector<std::string> tokens_of(const std::string& text) {
  std::vector<std::string> tokens;
  std::string token;
  for (char c : text + " ") {
    if (c != ' ' && c != '\n' && c != '\t') {
      token += c;
    } else if (!token.empty()) {
      tokens.push_back(std::exchange(token, {}));
    }
  }
  return tokens;
}

}  // namespace

std::string without_quotations(const std::string& text, Backticks backticks) {
  std::string clean = text;
  each_quotation(text, [&](size_t open, size_t close) {
    if (text[open] == '`' && backticks == Backticks::kKeep) {
      std::string code = without_quotations(text.substr(open + 1, close - open - 1));
      clean.replace(open, close - open + 1, " " + code + " ");
    } else {
      std::fill(clean.begin() + static_cast<std::ptrdiff_t>(open),
                clean.begin() + static_cast<std::ptrdiff_t>(close) + 1, ' ');
    }
  });
  return clean;
}

std::vector<std::string> quotations(const std::string& text) {
  std::vector<std::string> all;
  each_quotation(text, [&](size_t open, size_t close) {
    all.push_back(text.substr(open + 1, close - open - 1));
  });
  return all;
}

std::vector<ProseWord> prose(const std::string& text) {
  std::vector<ProseWord> words;
  std::string before;
  bool after_option = false;
  for (const std::string& token : tokens_of(without_quotations(text))) {
    std::string_view bare = without_punctuation(token);
    if (is_plain_word(bare) && !after_option) {
      bool ends = std::string_view(".;!?").find(token.back()) != std::string_view::npos;
      words.push_back({lower(bare), before, ends});
    }
    after_option = token.starts_with("-") && token.find('=') == std::string::npos;
    before = lower(bare);
  }
  if (!words.empty() && words.back().word == before) words.back().last = true;
  return words;
}

std::set<std::string> significant(const std::string& text) {
  std::set<std::string> all;
  std::string word;
  for (char c : lower(text) + " ") {
    if (is_name(c) && c != '_') {
      word += c;
      continue;
    }
    bool small = std::find(kSmallWords.begin(), kSmallWords.end(), word) != kSmallWords.end();
    // Plurals and verb endings differ between a request and its criteria: the stem is enough.
    if (word.size() >= 3 && !small) all.insert(word.substr(0, 5));
    word.clear();
  }
  return all;
}

std::set<std::string> code_names(const std::string& text) {
  std::set<std::string> names;
  auto take = [&](std::string_view token) {
    token = token.substr(0, token.find_first_of("(=<"));
    while (!token.empty() && !is_name(token.back())) token.remove_suffix(1);
    if (token.size() >= 2) names.insert(lower(token));
  };
  each_quotation(text, [&](size_t open, size_t close) {
    if (text[open] != '`') return;
    for (const std::string& token : tokens_of(text.substr(open + 1, close - open - 1))) take(token);
  });
  for (const std::string& token : tokens_of(without_quotations(text))) {
    std::string_view bare = without_punctuation(token);
    bool call = token.find('(') != std::string::npos && !token.starts_with("(");
    bool name = bare.starts_with("--") || bare.starts_with("/") || call ||
                bare.find('_') != std::string_view::npos ||
                (bare.find('.') != std::string_view::npos && !is_digit(bare.front()));
    if (name) take(bare);
  }
  return names;
}

std::string criterion_outcome(const record::Criterion& criterion) {
  std::string text = criterion.when;
  for (const record::Observation& seen : criterion.then) text += " " + seen.observable;
  return text;
}

std::string criterion_text(const record::Criterion& criterion) {
  std::string text = criterion.given + " " + criterion.when;
  for (const record::Observation& seen : criterion.then)
    text += " " + seen.observable + " " + seen.expected.as_string().value_or(seen.expected.dump());
  for (const record::Json& row : criterion.cases) text += " " + row.dump();
  return text;
}

bool holds_word(std::string_view text, std::string_view word) {
  for (size_t at = text.find(word); at != std::string_view::npos; at = text.find(word, at + 1)) {
    size_t end = at + word.size();
    if ((at == 0 || !is_name(text[at - 1])) && (end == text.size() || !is_name(text[end])))
      return true;
  }
  return false;
}

}  // namespace gf::stage
