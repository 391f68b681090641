#include "stage/changelog_words.h"

#include <algorithm>
#include <array>
#include <vector>

#include "base/text.h"

namespace gf::stage {
namespace {

using namespace std::string_view_literals;

constexpr size_t kMarkerLine = 90;  // a longer line is prose

bool is_alpha(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_word(char c) { return is_digit(c) || is_alpha(c) || c == '_'; }

size_t digits(std::string_view text, size_t at) {
  size_t end = at;
  while (end < text.size() && is_digit(text[end])) ++end;
  return end - at;
}

/// Is `word` in `text` with no letter or digit beside it?
bool has_word(std::string_view text, std::string_view word) {
  for (size_t at = text.find(word); at != std::string_view::npos; at = text.find(word, at + 1)) {
    bool left = at == 0 || !is_word(text[at - 1]);
    size_t end = at + word.size();
    if (left && (end == text.size() || !is_word(text[end]))) return true;
  }
  return false;
}

std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> all;
  for (std::string& word : split(text, ' ')) {
    if (std::any_of(word.begin(), word.end(), is_word)) all.push_back(std::move(word));
  }
  return all;
}

/// "rc1", ".post2", "-beta.1", ".dev0" after the digits at `at`.
size_t suffix_length(std::string_view text, size_t at) {
  size_t end = at;
  while (end < text.size()) {
    size_t from = end;
    if (text[from] == '-' || text[from] == '.' || text[from] == '_') ++from;
    size_t letters = from;
    while (letters < text.size() && is_alpha(text[letters])) ++letters;
    std::string name = lower(text.substr(from, letters - from));
    constexpr std::array kNames = {"a"sv,     "b"sv,    "c"sv,   "rc"sv,  "alpha"sv,
                                   "beta"sv,  "post"sv, "p"sv,   "pre"sv, "dev"sv,
                                   "final"sv, "x"sv,    "git"sv, "rev"sv};
    if (std::find(kNames.begin(), kNames.end(), name) == kNames.end()) break;
    bool dotted = letters < text.size() && text[letters] == '.' && digits(text, letters + 1) > 0;
    end = letters + (dotted ? 1 : 0);
    end += digits(text, end);
  }
  return end - at;
}

/// A year, month and day at `at` with `separator` between them: its length, or 0.
size_t date_length(std::string_view text, size_t at, char separator) {
  size_t first = digits(text, at);
  if ((first != 4 && first != 2 && first != 1) || at + first >= text.size()) return 0;
  if (text[at + first] != separator) return 0;
  size_t second_at = at + first + 1;
  size_t second = digits(text, second_at);
  if (second == 0 || second > 2 || second_at + second >= text.size()) return 0;
  if (text[second_at + second] != separator) return 0;
  size_t third_at = second_at + second + 1;
  size_t third = digits(text, third_at);
  bool whole = first == 4 ? third == 1 || third == 2 : third == 4;
  return whole ? third_at + third - at : 0;
}

constexpr std::array kMonths = {"jan"sv, "feb"sv, "mar"sv, "apr"sv, "may"sv, "jun"sv,
                                "jul"sv, "aug"sv, "sep"sv, "oct"sv, "nov"sv, "dec"sv};

bool has_year(std::string_view text) {
  for (size_t i = 0; i < text.size();) {
    size_t length = digits(text, i);
    bool century = length == 4 && (text.substr(i, 2) == "20" || text.substr(i, 2) == "19");
    if (century && (i == 0 || !is_word(text[i - 1]))) return true;
    i += std::max<size_t>(length, 1);
  }
  return false;
}

bool has_month(const std::string& low) {
  for (const std::string& word : split(low, ' ')) {
    size_t from = word.find_first_not_of("(*_[-0123456789");
    if (from == std::string::npos) continue;
    for (std::string_view month : kMonths) {
      if (std::string_view(word).substr(from).starts_with(month) && word.size() - from <= 12)
        return true;
    }
  }
  return false;
}

/// "2024-XX-XX", "20XX-01-??": a date that nobody knows yet.
bool has_open_date(const std::string& low) {
  for (std::string_view mark : {"-xx"sv, "/xx"sv, "-??"sv, "/??"sv, "xxxx-"sv, "20xx"sv, "(?)"sv,
                                "0?-??"sv, "????"sv, "yyyy-mm"sv}) {
    if (low.find(mark) != std::string::npos) return true;
  }
  return low.ends_with("- ?");
}

}  // namespace

VersionPlace find_version(std::string_view words) {
  for (size_t i = 0; i < words.size();) {
    if (!is_digit(words[i])) {
      ++i;
      continue;
    }
    size_t run = digits(words, i);
    bool v = i > 0 && (words[i - 1] == 'v' || words[i - 1] == 'V');
    size_t before = v ? i - 1 : i;
    bool free = before == 0 || (!is_word(words[before - 1]) && words[before - 1] != '.' &&
                                words[before - 1] != '#');
    size_t end = i + run;
    if (size_t date = std::max(date_length(words, i, '-'), date_length(words, i, '/')); date > 0) {
      i += date;
      continue;
    }
    size_t parts = 1;
    while (end + 1 < words.size() && words[end] == '.' && digits(words, end + 1) > 0) {
      end += 1 + digits(words, end + 1);
      ++parts;
    }
    bool wild = end + 1 < words.size() && words[end] == '.' &&
                (words[end + 1] == 'x' || words[end + 1] == 'X');
    if (free && (parts > 1 || v || wild)) {
      end += suffix_length(words, end);
      if (end == words.size() || !is_word(words[end])) return {i, end - i};
    }
    i = std::max(end, i + 1);
  }
  return {};
}

bool has_version(std::string_view words) { return find_version(words).length > 0; }

bool is_version_heading(std::string_view words) {
  if (words.size() > 200) return false;
  if (VersionPlace place = find_version(words); place.length > 0) {
    return words_of(words.substr(0, place.at)).size() <= 4 &&
           words_of(words.substr(place.at + place.length)).size() <= 8;
  }
  return !version_of(words).empty() || (has_date(words) && words_of(words).size() <= 4);
}

std::string version_of(std::string_view words) {
  VersionPlace place = find_version(words);
  if (place.length > 0) return std::string(words.substr(place.at, place.length));
  // "Version 25", "25 (unreleased)": a number alone, first of all and short.
  std::string low = lower(trim(words));
  std::string_view rest = low;
  for (std::string_view lead : {"["sv, "version "sv, "release "sv, "v"sv}) {
    if (rest.starts_with(lead)) rest.remove_prefix(lead.size());
  }
  size_t run = digits(rest, 0);
  if (run == 0 || run > 4) return {};
  std::string_view tail = trim(rest.substr(run));
  bool alone = tail.empty() || tail == "]" || tail[0] == '(' || tail.starts_with("] ");
  return alone ? std::string(rest.substr(0, run)) : std::string();
}

bool has_date(std::string_view words) {
  for (size_t i = 0; i < words.size();) {
    if (!is_digit(words[i])) {
      ++i;
      continue;
    }
    bool free = i == 0 || (!is_word(words[i - 1]) && words[i - 1] != '.');
    if (free && (date_length(words, i, '-') > 0 || date_length(words, i, '/') > 0)) return true;
    size_t run = digits(words, i);
    bool compact = free && run == 8 && (words.substr(i, 2) == "20" || words.substr(i, 2) == "19");
    if (compact) return true;
    // "2024.01.02" behind a version is its date.
    if (free && i > 0 && run == 4 && date_length(words, i, '.') > 0 && find_version(words).at < i)
      return true;
    i += run;
  }
  std::string low = lower(words);
  return has_year(low) && has_month(low);
}

bool says_unreleased(std::string_view words) {
  std::string low = lower(words);
  return has_word(low, "unreleased") || low.find("not released") != std::string::npos ||
         low.find("not yet released") != std::string::npos;
}

bool has_marker(std::string_view words) {
  if (says_unreleased(words)) return true;
  std::string low = lower(words);
  for (std::string_view word :
       {"tbd"sv, "tba"sv, "in development"sv, "under development"sv, "in progress"sv,
        "to be released"sv, "next release"sv, "vnext"sv, "upcoming"sv, "pending"sv, "future"sv}) {
    if (has_word(low, word) && low.find("releases") == std::string::npos) return true;
  }
  VersionPlace place = find_version(words);
  std::string version = low.substr(place.at, place.length);
  std::string behind = low.substr(place.at + place.length);
  bool dev =
      version.find("dev") != std::string::npos || (place.length > 0 && has_word(behind, "dev"));
  return dev || has_open_date(low);
}

bool is_open_heading(std::string_view words) {
  if (words.size() > 80 || has_version(words)) return false;
  std::string name = plain_name(words);
  for (std::string_view known : {"next"sv,
                                 "main"sv,
                                 "master"sv,
                                 "main / unreleased"sv,
                                 "master / unreleased"sv,
                                 "head"sv,
                                 "pending"sv,
                                 "dev"sv,
                                 "develop"sv,
                                 "development"sv,
                                 "trunk"sv,
                                 "future"sv,
                                 "upcoming"sv,
                                 "next release"sv,
                                 "next version"sv,
                                 "vnext"sv,
                                 "tbd"sv,
                                 "tba"sv,
                                 "in development"sv,
                                 "in progress"sv,
                                 "unreleased changes"sv,
                                 "upcoming release"sv,
                                 "development version"sv,
                                 "unreleased"sv,
                                 "current master"sv}) {
    if (name == known) return true;
  }
  return says_unreleased(words) && words_of(words).size() <= 5;
}

bool is_marker_line(std::string_view line) {
  line = trim(line);
  if (line.empty() || line.size() > kMarkerLine) return false;
  std::string low = lower(line);
  for (std::string_view verb : {"was"sv, "were"sv, "has"sv, "have"sv, "is"sv, "are"sv}) {
    if (has_word(low, verb)) return false;
  }
  return says_unreleased(line) || has_word(low, "tba") || has_word(low, "tbd") ||
         low.find("in development") != std::string::npos || has_open_date(low);
}

bool is_date_line(std::string_view line) {
  line = trim(line);
  return !line.empty() && line.size() <= kMarkerLine && has_date(line);
}

bool tag_names(std::string_view tag, std::string_view version) {
  for (size_t at = tag.find(version); at != std::string_view::npos;
       at = tag.find(version, at + 1)) {
    bool left = at == 0 || (!is_digit(tag[at - 1]) && tag[at - 1] != '.');
    size_t end = at + version.size();
    if (left && (end == tag.size() || (!is_word(tag[end]) && tag[end] != '.' && tag[end] != '-')))
      return true;
  }
  return false;
}

std::string plain_name(std::string_view words) {
  std::string name = lower(trim(words));
  // A link keeps its words: "[Unreleased](https://...)", "`1.0 <https://...>`_".
  if (size_t link = name.find("]("); link != std::string::npos) name.resize(link);
  if (size_t link = name.find(" <http"); link != std::string::npos) name.resize(link);
  auto drop = [](char c) { return std::string_view("*_`[]()").find(c) != std::string_view::npos; };
  name.erase(std::remove_if(name.begin(), name.end(), drop), name.end());
  while (!name.empty() &&
         (name.back() == ':' || name.back() == '.' || name.back() == '!' || name.back() == ' '))
    name.pop_back();
  return std::string(trim(name));
}

}  // namespace gf::stage
