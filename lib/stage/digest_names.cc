// The names that a request speaks of, by the form of its words.
#include <algorithm>
#include <array>
#include <cctype>
#include <optional>
#include <set>

#include "base/source_text.h"
#include "base/text.h"
#include "stage/digest.h"
#include "stage/quotes.h"

namespace gf::stage {
namespace {

constexpr size_t kMaxNames = 24;      ///< more than a request is about
constexpr size_t kMaxNameBytes = 80;  ///< longer quotes are prose
constexpr size_t kLeastOfWords = 8;   ///< bytes of two words that are looked for together

bool is_word_char(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' ||
         static_cast<unsigned char>(c) >= 0x80;
}

/// Is a word of plain text a name of a program and not of a language? By its form alone.
bool looks_like_name(std::string_view word) {
  if (word.size() < 3) return false;
  if (word.find('_') != std::string_view::npos &&
      word.find_first_not_of('_') != std::string_view::npos)
    return true;
  bool inner_capital = false, lower_case = false, digit = false;
  for (size_t i = 0; i < word.size(); ++i) {
    auto c = static_cast<unsigned char>(word[i]);
    inner_capital = inner_capital || (i > 0 && std::isupper(c) != 0);
    lower_case = lower_case || std::islower(c) != 0;
    digit = digit || std::isdigit(c) != 0;
  }
  return inner_capital && (lower_case || word.size() > 3) && !digit;
}

/// Where what varies in a quoted text ends that begins at `at`: `<file>`, `{x}`, `%s`, `...`, a
/// name in quotes. `at` itself when nothing varies there.
size_t end_of_varying(std::string_view text, size_t at) {
  std::string_view rest = text.substr(at);
  if (rest.starts_with("...")) return at + 3;
  if (rest.starts_with("\u2026")) return at + std::string_view("\u2026").size();
  if (rest[0] == '%' && rest.size() > 1 && std::isalpha(static_cast<unsigned char>(rest[1])) != 0)
    return at + 2;
  constexpr std::string_view kOpen = "<{\"'", kClose = ">}\"'";
  size_t which = kOpen.find(rest[0]);
  if (which == std::string_view::npos) return at;
  if (rest[0] == '\'' && at > 0 && is_word_char(text[at - 1])) return at;
  size_t end = text.find(kClose[which], at + 1);
  return end == std::string_view::npos || end == at + 1 ? at : end + 1;
}

/// A message is seldom in the code as it is quoted. What of it does not vary may be: its pieces,
/// the words that a longer one begins with, and a mark in brackets at its head.
std::vector<std::string> plain_pieces(std::string_view text) {
  std::vector<std::string> plain(1);
  for (size_t at = 0; at < text.size();) {
    size_t end = end_of_varying(text, at);
    if (end > at) {
      plain.emplace_back();
      at = end;
    } else {
      plain.back() += text[at++];
    }
  }
  std::vector<std::string> pieces;
  if (size_t end = text.find("] "); text.starts_with("[") && end != std::string_view::npos)
    pieces.emplace_back(text.substr(0, end + 1));
  for (const std::string& one : plain) {
    size_t from = one.find_first_not_of(" :;,.()"), to = one.find_last_not_of(" :;,.(");
    if (from == std::string::npos || to < from) continue;
    std::string piece = one.substr(from, to + 1 - from);
    std::vector<std::string> words = split(piece, ' ');
    if (plain.size() > 1 && (words.size() > 1 || piece.size() > 5)) pieces.push_back(piece);
    if (!words.front().empty() && words.front()[0] == '[') words.erase(words.begin());
    if (words.size() > 2 && words[0].size() + words[1].size() >= kLeastOfWords)
      pieces.push_back(words[0] + " " + words[1]);
  }
  return pieces;
}

/// `views.py`, `setup.cfg`: what stands behind the dot says of which kind it is, and is no name.
bool names_a_file(std::string_view text) {
  if (syntax_of(text)) return true;
  std::string_view ending = text.substr(text.rfind('.') + 1);
  constexpr std::array<std::string_view, 12> kTexts = {"md",   "rst",  "txt", "toml", "cfg", "ini",
                                                       "json", "yaml", "yml", "html", "css", "xml"};
  return std::find(kTexts.begin(), kTexts.end(), ending) != kTexts.end();
}

/// The names of one request, in order and once.
class Names {
 public:
  void add(std::string_view name) {
    name = trim(name);
    while (!name.empty() && (name.back() == '.' || name.back() == ',')) name.remove_suffix(1);
    if (name.size() < 2 || name.size() > kMaxNameBytes || all_.size() >= kMaxNames) return;
    if (name.find('\n') != std::string_view::npos) return;
    if (seen_.insert(std::string(name)).second) all_.emplace_back(name);
  }
  /// What was quoted: the text itself, and the name in it when it is a call or has dots.
  void add_quoted(std::string_view text) {
    text = trim(text);
    size_t call = text.find('(');
    bool is_call = call != std::string_view::npos && call > 0 && is_word_char(text[call - 1]);
    std::string_view head = is_call ? text.substr(0, call) : text;
    add(head);
    bool words =
        std::all_of(head.begin(), head.end(), [](char c) { return is_word_char(c) || c == '.'; });
    if (words && (is_call || head.find('.') == std::string_view::npos || !names_a_file(head)))
      add(head.substr(head.rfind('.') + 1));
    if (head.find(' ') == std::string_view::npos) return;
    for (const std::string& piece : plain_pieces(head)) add(piece);
    add_words(head);
  }
  /// Text that nothing marks: what looks like a name, an option, a route or a file.
  void add_words(std::string_view text) {
    for (size_t at = 0; at < text.size();) {
      if (size_t mark = mark_at(text, at); mark > 0) {
        at += mark;
        continue;
      }
      bool begins = is_word_char(text[at]) || text[at] == '/' || text[at] == '-' || text[at] == '.';
      size_t end = at;
      while (begins && end < text.size() && mark_at(text, end) == 0 &&
             (is_word_char(text[end]) ||
              std::string_view("/-.{}<>:").find(text[end]) != std::string_view::npos))
        ++end;
      if (end > at) add_token(text.substr(at, end - at), end < text.size() && text[end] == '(');
      at = std::max(end, at + 1);
    }
  }
  [[nodiscard]] const std::vector<std::string>& all() const { return all_; }

 private:
  void add_token(std::string_view token, bool called) {
    while (!token.empty() && std::string_view(".:-").find(token.back()) != std::string_view::npos)
      token.remove_suffix(1);
    if (token.empty()) return;
    bool option = token.starts_with("--") && token.size() > 3;
    bool route = token.starts_with("/") && token.size() > 2;
    size_t dot = token.find('.');
    bool dotted = dot != std::string_view::npos && dot > 0 && dot + 1 < token.size() &&
                  std::isalpha(static_cast<unsigned char>(token[dot + 1])) != 0 &&
                  std::isalpha(static_cast<unsigned char>(token[0])) != 0;
    if (option || route || called || looks_like_name(token)) add(token);
    if (dotted) {
      add(token);
      std::string_view last = token.substr(token.rfind('.') + 1);
      bool file = token.find('/') != std::string_view::npos || syntax_of(token);
      if (looks_like_name(last) || called || (!file && last.size() > 3)) add(last);
    }
    if (route) {
      // What varies in a route is written in many ways; what stands before it is not.
      size_t varies = token.find_first_of("{<:");
      if (varies != std::string_view::npos && varies > 2) add(token.substr(0, varies - 1));
    }
  }
  std::vector<std::string> all_;
  std::set<std::string> seen_;
};

}  // namespace

std::vector<std::string> names_in(std::string_view request) {
  Names names;
  std::string plain;
  for (size_t at = 0; at < request.size();) {
    std::optional<Quoted> quoted = quoted_at(request, at);
    if (!quoted || quoted->end - at > kMaxNameBytes) {
      size_t mark = mark_at(request, at);
      plain += mark > 0 ? std::string(" ") : std::string(1, request[at]);
      at += std::max<size_t>(mark, 1);
      continue;
    }
    names.add_words(plain);
    plain.clear();
    names.add_quoted(quoted->text);
    if (request[at] == '`') {  // code: texts in it are names as well
      for (const std::string& text : texts_in(quoted->text)) names.add(text);
    }
    at = quoted->end;
  }
  names.add_words(plain);
  return names.all();
}

std::vector<std::string> with_owners(std::vector<std::string> names) {
  std::vector<std::string> owners;
  for (const std::string& name : names) {
    size_t dot = name.rfind('.');
    bool words =
        std::all_of(name.begin(), name.end(), [](char c) { return is_word_char(c) || c == '.'; });
    if (dot == std::string::npos || !words || names_a_file(name)) continue;
    std::string owner = name.substr(0, dot);
    owner = owner.substr(owner.rfind('.') + 1);
    bool type = !owner.empty() && std::isupper(static_cast<unsigned char>(owner[0])) != 0;
    if (type || looks_like_name(owner)) owners.push_back(std::move(owner));
  }
  for (std::string& owner : owners) {
    bool known = std::find(names.begin(), names.end(), owner) != names.end();
    if (!known && names.size() < kMaxNames) names.push_back(std::move(owner));
  }
  return names;
}

}  // namespace gf::stage
