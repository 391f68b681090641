// Secrets that are known by the name they stand beside.
#include <algorithm>
#include <array>
#include <cmath>

#include "base/text.h"
#include "record/redact_parts.h"

namespace gf::record::redaction {
namespace {

using Words = std::vector<std::string>;

/// "X-Api-Key", "dbPassword", "DB_PASSWORD" -> words in lower case.
Words words_of(std::string_view name) {
  Words words(1);
  for (size_t i = 0; i < name.size(); ++i) {
    char c = name[i];
    bool hump = i > 0 && is_upper(c) && is_lower(name[i - 1]);
    if ((c == '_' || c == '-' || hump) && !words.back().empty()) words.emplace_back();
    if (c != '_' && c != '-') words.back() += static_cast<char>(is_upper(c) ? c + 32 : c);
  }
  if (words.back().empty()) words.pop_back();
  return words;
}

template <size_t N>
bool one_of(std::string_view word, const std::array<std::string_view, N>& list) {
  return std::find(list.begin(), list.end(), word) != list.end();
}
template <size_t N>
bool ends_in(std::string_view word, const std::array<std::string_view, N>& list) {
  return std::any_of(list.begin(), list.end(),
                     [&](std::string_view end) { return word.ends_with(end); });
}

constexpr std::array<std::string_view, 5> kPasswords = {"password", "passwd", "passphrase",
                                                        "passcode", "pwd"};
constexpr std::array<std::string_view, 6> kTelling = {"secret",     "token",       "apikey",
                                                      "credential", "credentials", "bearer"};
/// "..._key" is telling after one of these: a cache's or a table's key is not.
constexpr std::array<std::string_view, 22> kBeforeKey = {
    "api",     "private",      "secret", "access",  "account", "auth",   "encryption", "signing",
    "master",  "service",      "shared", "storage", "client",  "app",    "jwt",        "hmac",
    "session", "subscription", "deploy", "webhook", "license", "preview"};
/// A name that ends so is about a secret and none: token_type, password_file, token_count.
constexpr std::array<std::string_view, 40> kAbout = {
    "type",   "name",    "id",      "ids",      "file",      "path",     "dir",    "url",
    "uri",    "count",   "limit",   "size",     "length",    "len",      "budget", "expires",
    "expiry", "ttl",     "at",      "usage",    "kind",      "class",    "field",  "header",
    "prefix", "pattern", "version", "format",   "algorithm", "endpoint", "helper", "policy",
    "total",  "cost",    "price",   "provider", "variable",  "env",      "label",  "link"};
constexpr std::array<std::string_view, 11> kHeaders = {
    "authorization",  "proxy-authorization",
    "x-api-key",      "x-goog-api-key",
    "api-key",        "private-token",
    "x-auth-token",   "job-token",
    "x-access-token", "ocp-apim-subscription-key",
    "x-functions-key"};
constexpr std::array<std::string_view, 17> kStandIns = {
    "example",   "your-",     "your_", "your ",  "placeholder", "changeme",
    "change-me", "change_me", "dummy", "sample", "redact",      "insert",
    "replace",   "xxxx",      "****",  "...",    "environ"};

/// Shannon entropy in bits a character.
double entropy(std::string_view text) {
  std::array<int, 256> counts{};
  for (char c : text) ++counts[static_cast<unsigned char>(c)];
  double bits = 0;
  for (int count : counts) {
    if (count == 0) continue;
    double share = static_cast<double>(count) / static_cast<double>(text.size());
    bits -= share * std::log2(share);
  }
  return bits;
}

struct Mix {
  size_t lower = 0, upper = 0, digits = 0, signs = 0;
  size_t flips = 0;   ///< a capital letter right after a small one or a digit
  size_t turns = 0;   ///< neighbours of different kinds
  size_t inside = 0;  ///< groups of digits with letters right behind them
};
Mix mix_of(std::string_view value) {
  Mix mix;
  char kind_before = 0;
  for (char c : value) {
    char kind = is_lower(c) ? 'a' : is_upper(c) ? 'A' : is_digit(c) ? '0' : '-';
    mix.lower += kind == 'a' ? 1 : 0;
    mix.upper += kind == 'A' ? 1 : 0;
    mix.digits += kind == '0' ? 1 : 0;
    if (kind == '-') mix.signs += c != '-' && c != '_' && c != '.' && c != '/' && c != ':' ? 1 : 0;
    mix.flips += kind == 'A' && (kind_before == 'a' || kind_before == '0') ? 1 : 0;
    mix.turns += kind_before != 0 && kind != kind_before ? 1 : 0;
    mix.inside += kind_before == '0' && (kind == 'a' || kind == 'A') ? 1 : 0;
    kind_before = kind;
  }
  return mix;
}

/// For each letter those that follow it in words and names of code: half of all pairs make up 96%
/// of what is written.
constexpr std::array<std::string_view, 26> kFollowers = {"bcdfgiklmnprstuvwxy",
                                                         "acdeijloprstuy",
                                                         "acdehiklmnoprstuy",
                                                         "abcdefilnoprstu",
                                                         "abcdefghiklmnopqrstuvwxy",
                                                         "acdefiloprstu",
                                                         "aceghilmnorstu",
                                                         "aeiorstu",
                                                         "abcdefglmnoprstvxz",
                                                         "eu",
                                                         "aeils",
                                                         "acdefilnopstuy",
                                                         "abdeilmopstuv",
                                                         "acdefgiklnoprstuvy",
                                                         "abcdefgiklmnoprstuvwx",
                                                         "acdefhilnoprstuy",
                                                         "u",
                                                         "abcdefgiklmnoprstuvwy",
                                                         "acdefghiklmnoprstuwy",
                                                         "abcdefhilmnoprstuwy",
                                                         "abcdefgilmnoprst",
                                                         "aeiow",
                                                         "acehinors",
                                                         "acefipt",
                                                         "eimnpst",
                                                         "ei"};

char small_letter(char c) { return is_upper(c) ? static_cast<char>(c + 32) : c; }

/// Is a stretch of letters and digits a word, a name in humps, or a number?
bool is_word_like(std::string_view part) {
  Mix mix = mix_of(part);
  size_t letters = mix.lower + mix.upper;
  if (letters == 0) return part.size() <= 8;
  if (part.size() <= 3) return true;
  if (mix.digits * 4 > letters || mix.flips * 5 >= part.size() || mix.inside > 1) return false;
  if (mix.turns * 20 > part.size() * 9) return false;
  size_t pairs = 0, usual = 0;
  for (size_t i = 1; i < part.size(); ++i) {
    bool hump = is_upper(part[i]) != is_upper(part[i - 1]);
    if (is_digit(part[i]) || is_digit(part[i - 1]) || hump) continue;
    auto before = static_cast<size_t>(small_letter(part[i - 1]) - 'a');
    ++pairs;
    usual += kFollowers[before].find(small_letter(part[i])) != std::string_view::npos ? 1 : 0;
  }
  return usual * 100 >= pairs * 72;
}

/// A password as people make them up: several kinds of characters, a sign among them.
bool is_password(std::string_view value) {
  if (value.size() < 6 || value.size() > 64 || value.find(' ') != std::string_view::npos)
    return false;
  Mix mix = mix_of(value);
  int kinds = (mix.lower > 0) + (mix.upper > 0) + (mix.digits > 0) + (mix.signs > 0);
  return mix.signs > 0 ? kinds >= 3 || (kinds == 2 && mix.digits == 0 && mix.signs >= 2)
                       : kinds == 3 && value.size() >= 10;
}

/// What follows "Authorization:", shorter than a machine's.
bool is_credential(std::string_view value, bool scheme) {
  if (value.size() < 8) return false;
  Mix mix = mix_of(value);
  bool encoded = scheme && (value.back() == '=' || mix.flips >= 2);
  return encoded || (mix.lower + mix.upper > 0 && mix.digits * 10 > value.size());
}

constexpr size_t kJudged =
    256;  ///< so much of a value is looked at: "token=token=..." stays linear

const std::array<bool, 256>& stops() {
  static const std::array<bool, 256> table = [] {
    std::array<bool, 256> all{};
    for (char c : std::string_view(" \t\r\n\"'`<>,;)]}|\\"))
      all[static_cast<unsigned char>(c)] = true;
    return all;
  }();
  return table;
}

bool ends_value(std::string_view text, size_t at, char quote) {
  char c = text[at];
  if (c == '\n' || c == '\r') return true;
  if (quote != 0) return c == quote || c == '\\';
  if (c != '&') return stops()[static_cast<unsigned char>(c)];
  size_t next = at + 1;  // "&name=" goes on in an address; in a password it is a sign
  while (next < text.size() && next - at < 40 && is_word(text[next])) ++next;
  return next > at + 1 && next < text.size() && text[next] == '=';
}

size_t skip(std::string_view text, size_t at, std::string_view some) {
  while (at < text.size() && some.find(text[at]) != std::string_view::npos) ++at;
  return at;
}

/// Past `: str =` in `password: str = "..."`; else `at`. A type has no digits, and is no key.
size_t past_annotation(std::string_view text, size_t at) {
  size_t end = at, word = at;
  for (; end < text.size() && end - at < 40 && text[end] != '='; ++end) {
    bool letter = is_word(text[end]) && !is_digit(text[end]);
    if (!letter && std::string_view(" []|.,").find(text[end]) == std::string_view::npos) return at;
    if (letter) continue;
    if (looks_random(text.substr(word, end - word))) return at;
    word = end + 1;
  }
  bool scheme = false;
  for (std::string_view name : {"bearer ", "basic ", "token ", "apikey ", "digest "})
    scheme = scheme || starts_with_ignoring_case(text.substr(at, name.size()), name);
  bool assigned = end > at && end < text.size() && text[end] == '=' && text[end - 1] == ' ';
  return assigned && !scheme ? end + 1 : at;
}

/// Where the value begins, at its quote if it has one; npos: nothing is assigned.
size_t assigned_at(std::string_view text, size_t begin, size_t end) {
  constexpr size_t kNothing = std::string_view::npos;
  size_t at = skip(text, end, "\"'\\`])");
  if (at == end && begin > 0 && text[begin - 1] == '<' && at < text.size() && text[at] == '>')
    return at + 1;  // <password>...
  at = skip(text, at, " \t");
  if (at >= text.size()) return kNothing;
  if (text[at] == ',' || (at > end + 1 && (text[at] | 32) == 'v')) {
    // {"name": "TOKEN", "value": "..."}, <add key="token" value="..."/>
    size_t name = text[at] == ',' ? skip(text, at + 1, " \t\r\n\"'\\") : at;
    if (!starts_with_ignoring_case(text.substr(name, 5), "value")) return kNothing;
    at = skip(text, name + 5, "\"'\\ \t");
    if (at >= text.size() || (text[at] != ':' && text[at] != '=')) return kNothing;
    return skip(text, at + 1, " \t");
  }
  if (text[at] != '=' && text[at] != ':') {
    bool option = end - begin > 2 && text.substr(begin, 2) == "--";  // --password VALUE
    return option && at > end ? at : kNothing;
  }
  bool colon = text[at] == ':';
  // ${TOKEN:-default}
  if (colon && at + 1 < text.size() &&
      std::string_view("-+?").find(text[at + 1]) != std::string_view::npos)
    return kNothing;
  at = skip(text, skip(text, at, "=:>"), " \t");
  return colon ? skip(text, past_annotation(text, at), " \t") : at;
}

}  // namespace

Name name_kind(std::string_view name) {
  if (name.size() < 3 || name.size() > 80) return Name::kOrdinary;
  std::string small = lower(name);
  while (small.starts_with("-")) small.erase(0, 1);
  if (one_of(small, kHeaders)) return Name::kHeader;
  Words words = words_of(name);
  if (words.empty()) return Name::kOrdinary;
  if (words.size() > 1 && one_of(words.back(), kAbout)) return Name::kOrdinary;
  bool shouted = std::none_of(name.begin(), name.end(), is_lower);
  bool telling = shouted && words.size() > 1 && words.back() == "key";
  for (size_t i = 0; i < words.size(); ++i) {
    if (ends_in(words[i], kPasswords)) return Name::kPassword;
    telling = telling || ends_in(words[i], kTelling) ||
              (words[i] == "key" && i > 0 && one_of(words[i - 1], kBeforeKey)) ||
              (words[i].size() > 5 && words[i].ends_with("key") &&
               ends_in(std::string_view(words[i]).substr(0, words[i].size() - 3), kBeforeKey));
  }
  return telling ? Name::kTelling : Name::kOrdinary;
}

bool is_like_words(std::string_view value) {
  size_t unlike = 0, all = 0;
  for (size_t at = 0; at < value.size();) {
    size_t end = at;
    auto is_part = [](char c) { return is_digit(c) || is_lower(c) || is_upper(c); };
    while (end < value.size() && is_part(value[end])) ++end;
    all += end - at;
    if (end > at && !is_word_like(value.substr(at, end - at))) unlike += end - at;
    at = end + 1;
  }
  return unlike * 5 <= all * 2;
}

bool looks_random(std::string_view value) {
  constexpr size_t kShortest = 12, kShortestOfLetters = 16;
  if (value.size() < kShortest || is_object_id(value)) return false;
  if (value.find_first_of(" \t\n()") != std::string_view::npos) return false;
  Mix mix = mix_of(value);
  if (mix.lower + mix.upper == 0) return false;
  if (mix.digits == 0 && value.size() < kShortestOfLetters) return false;
  return !is_like_words(value) && entropy(value) >= 2.9;
}

bool is_placeholder(std::string_view value) {
  if (value.empty() || value.find_first_of("(<") != std::string_view::npos) return true;
  if (value.front() == '{' || value.front() == '[' || value.front() == '%') return true;
  if (value.front() == '$' && (value.size() < 2 || !is_digit(value[1]))) return true;
  if (value.find("${") != std::string_view::npos || value.find("{{") != std::string_view::npos)
    return true;
  if (value.find("://") != std::string_view::npos) return true;  // judged as an address
  std::string small = lower(value.substr(0, kJudged));
  return std::any_of(kStandIns.begin(), kStandIns.end(),
                     [&](std::string_view word) { return small.find(word) != std::string::npos; });
}

bool is_secret(Name name, std::string_view value, bool scheme) {
  if (name == Name::kOrdinary || is_object_id(value)) return false;
  value = value.substr(0, kJudged);
  bool odd = looks_random(value) || (name == Name::kPassword && is_password(value)) ||
             (name == Name::kHeader && is_credential(value, scheme));
  return odd && !is_placeholder(value);
}

std::optional<Value> value_after(std::string_view text, size_t begin, size_t end) {
  size_t at = assigned_at(text, begin, end);
  if (at == std::string_view::npos || at >= text.size()) return std::nullopt;
  auto is_quote = [&](size_t i) {
    return i < text.size() && (text[i] == '"' || text[i] == '\'' || text[i] == '`');
  };
  if (std::string_view("bruBRU").find(text[at]) != std::string_view::npos && is_quote(at + 1)) ++at;
  char quote = 0;
  if (text[at] == '\\' && is_quote(at + 1)) ++at;  // in JSON inside a text
  if (is_quote(at)) quote = text[at++];
  bool scheme = false;
  for (std::string_view word : {"bearer ", "basic ", "token ", "apikey ", "digest "}) {
    if (starts_with_ignoring_case(text.substr(at, word.size()), word)) {
      at += word.size();
      scheme = true;
    }
  }
  size_t stop = at;
  while (stop < text.size() && stop - at < kJudged && !ends_value(text, stop, quote)) ++stop;
  if (stop == at) return std::nullopt;
  return Value{at, stop, scheme};
}

}  // namespace gf::record::redaction
