// A pattern is read into steps; a row over the text says where each step may have come to.
#include "base/glob.h"

#include <algorithm>
#include <bitset>
#include <cctype>
#include <utility>

namespace gf {
namespace {

using Set = std::bitset<256>;

struct Step {
  enum class Kind {
    kByte,   ///< this one
    kSet,    ///< one of these
    kStar,   ///< any bytes of one part
    kParts,  ///< any number of whole parts, each with its '/'
    kRest,   ///< any bytes
  };
  Kind kind;
  unsigned char byte = 0;
  Set set = {};
};

unsigned char to_byte(char c) { return static_cast<unsigned char>(c); }

/// Adds "[:digit:]" to the set; false when there is no such class.
bool add_class(std::string_view name, Set& set) {
  using Is = int (*)(int);
  constexpr std::pair<std::string_view, Is> kClasses[] = {
      {"alnum", std::isalnum}, {"alpha", std::isalpha}, {"blank", std::isblank},
      {"cntrl", std::iscntrl}, {"digit", std::isdigit}, {"graph", std::isgraph},
      {"lower", std::islower}, {"print", std::isprint}, {"punct", std::ispunct},
      {"space", std::isspace}, {"upper", std::isupper}, {"xdigit", std::isxdigit}};
  for (const auto& [known, is] : kClasses) {
    if (known != name) continue;
    for (int c = 0; c < 128; ++c) {
      if (is(c) != 0) set.set(static_cast<size_t>(c));
    }
    return true;
  }
  return false;
}

/// Reads the set that begins at pattern[at], a '['; where it ends, or `at` when it never does and
/// the '[' is one.
size_t read_set(std::string_view pattern, size_t at, Set& set) {
  size_t i = at + 1;
  bool inverted = i < pattern.size() && (pattern[i] == '!' || pattern[i] == '^');
  if (inverted) ++i;
  bool known = true;
  for (bool first = true; i < pattern.size() && (first || pattern[i] != ']'); first = false) {
    size_t end = pattern.substr(i, 2) == "[:" ? pattern.find(":]", i + 2) : std::string_view::npos;
    if (end != std::string_view::npos) {
      known = add_class(pattern.substr(i + 2, end - i - 2), set) && known;
      i = end + 2;
      continue;
    }
    auto one = [&] {
      if (pattern[i] == '\\' && i + 1 < pattern.size()) ++i;
      return to_byte(pattern[i++]);
    };
    unsigned char low = one(), high = low;
    if (i + 1 < pattern.size() && pattern[i] == '-' && pattern[i + 1] != ']') {
      ++i;
      high = one();
    }
    for (unsigned c = low; c <= high; ++c) set.set(c);
  }
  if (i >= pattern.size()) return at;
  if (inverted) set.flip();
  if (!known) set.reset();
  return i;
}

/// `parts`: '/' divides, so no set and no star holds it, and "**" is something of its own.
std::vector<Step> steps_of(std::string_view pattern, bool parts) {
  std::vector<Step> steps;
  steps.reserve(pattern.size() + 1);  // and "all that is below"
  for (size_t i = 0; i < pattern.size(); ++i) {
    char c = pattern[i];
    if (c == '*') {
      size_t end = std::min(pattern.find_first_not_of('*', i), pattern.size());
      bool whole = end - i > 1 && (i == 0 || pattern[i - 1] == '/');
      Step::Kind kind = parts ? Step::Kind::kStar : Step::Kind::kRest;
      if (parts && whole && end == pattern.size()) kind = Step::Kind::kRest;
      if (parts && whole && end < pattern.size() && pattern[end] == '/') {
        kind = Step::Kind::kParts;
        ++end;
      }
      steps.push_back({kind});
      i = end - 1;
      continue;
    }
    Step step{Step::Kind::kByte, to_byte(c)};
    if (c == '?') {
      step.kind = Step::Kind::kSet;
      step.set.set();
    } else if (c == '[') {
      if (size_t end = read_set(pattern, i, step.set); end != i) {
        step.kind = Step::Kind::kSet;
        i = end;
      }
    } else if (c == '\\' && i + 1 < pattern.size()) {
      step.byte = to_byte(pattern[++i]);
    }
    if (parts && step.kind == Step::Kind::kSet) step.set.reset(to_byte('/'));
    steps.push_back(step);
  }
  return steps;
}

using Row = std::vector<char>;  // of yes and no

/// Where the text may have been read to after `step`, given where it may have been read to before:
/// false when nowhere.
bool after(const Step& step, const Row& before, std::string_view text, Row& row) {
  bool anywhere = false;
  bool open = false;  // the step can have begun before i
  for (size_t i = 0; i < row.size(); ++i) {
    auto last = i == 0 ? 0 : to_byte(text[i - 1]);
    switch (step.kind) {
      case Step::Kind::kByte:
        row[i] = i > 0 && before[i - 1] != 0 && last == step.byte;
        break;
      case Step::Kind::kSet:
        row[i] = i > 0 && before[i - 1] != 0 && step.set.test(last);
        break;
      case Step::Kind::kStar:
        open = before[i] != 0 || (open && last != '/');
        row[i] = open;
        break;
      case Step::Kind::kParts:
        row[i] = before[i] != 0 || (open && last == '/');
        open = open || before[i] != 0;
        break;
      case Step::Kind::kRest:
        open = open || before[i] != 0;
        row[i] = open;
        break;
    }
    anywhere = anywhere || row[i] != 0;
  }
  return anywhere;
}

bool run(std::vector<Step> steps, std::string_view text) {
  // Most patterns are told apart by their first or last letters.
  size_t begin = 0, end = steps.size();
  auto fits = [](const Step& step, char c) { return step.byte == to_byte(c); };
  while (begin < end && steps[begin].kind == Step::Kind::kByte) {
    if (text.empty() || !fits(steps[begin++], text.front())) return false;
    text.remove_prefix(1);
  }
  while (begin < end && steps[end - 1].kind == Step::Kind::kByte) {
    if (text.empty() || !fits(steps[--end], text.back())) return false;
    text.remove_suffix(1);
  }
  Row row(text.size() + 1, 0), next(text.size() + 1, 0);
  row[0] = 1;
  for (size_t i = begin; i < end; ++i) {
    if (!after(steps[i], row, text, next)) return false;
    row.swap(next);
  }
  return row.back() != 0;
}

/// Does `text` end with the letters behind the pattern's last sign? They are read off the pattern
/// as it stands, so that most paths of a large tree cost one comparison and no steps.
bool has_end_of(std::string_view pattern, std::string_view text) {
  size_t sign = pattern.find_last_of("*?[]\\");
  std::string_view end = pattern.substr(sign + 1);  // npos + 1: all of it
  if (sign != std::string_view::npos && pattern[sign] == '*' && end.starts_with('/'))
    end.remove_prefix(1);  // "**/" is no part at all, too
  return text.ends_with(end);
}

/// The same of the letters before its first sign.
bool has_begin_of(std::string_view pattern, std::string_view text) {
  return text.starts_with(pattern.substr(0, pattern.find_first_of("*?[\\")));
}

/// And of those between two signs, anywhere: "**/tests/**" has nothing at either end. A '/' beside
/// a sign may stand for no part at all; where letters may be read otherwise than they stand, maybe.
bool has_middle_of(std::string_view pattern, std::string_view text) {
  if (pattern.find_first_of("[\\") != std::string_view::npos) return true;
  for (size_t at = 0; at < pattern.size();) {
    size_t end = std::min(pattern.find_first_of("*?", at), pattern.size());
    std::string_view letters = pattern.substr(at, end - at);
    at = end + 1;
    while (letters.starts_with('/')) letters.remove_prefix(1);
    while (letters.ends_with('/')) letters.remove_suffix(1);
    if (!letters.empty() && text.find(letters) == std::string_view::npos) return false;
  }
  return true;
}

bool has_wildcard(const std::vector<Step>& steps) {
  return std::any_of(steps.begin(), steps.end(),
                     [](const Step& step) { return step.kind != Step::Kind::kByte; });
}

}  // namespace

bool glob_matches(std::string_view pattern, std::string_view path) {
  if (pattern == path) return !path.empty();
  bool anchored = pattern.find('/') != std::string_view::npos;
  if (pattern.starts_with('/')) pattern.remove_prefix(1);
  bool below = pattern.ends_with('/');
  if (!below && !has_end_of(pattern, path)) return false;
  if (anchored && !has_begin_of(pattern, path)) return false;
  if (!has_middle_of(pattern, path)) return false;
  std::vector<Step> steps = steps_of(pattern, true);
  if (below) steps.push_back({Step::Kind::kRest});
  if (!anchored && has_wildcard(steps)) path.remove_prefix(path.rfind('/') + 1);
  return run(std::move(steps), path);
}

bool glob_matches_any(const std::vector<std::string>& patterns, std::string_view path) {
  return std::any_of(patterns.begin(), patterns.end(),
                     [&](const std::string& pattern) { return glob_matches(pattern, path); });
}

std::string glob_literal(std::string_view path) {
  std::string pattern;
  for (char c : path) {
    if (c == '*' || c == '?' || c == '[' || c == '\\') pattern += '\\';
    pattern += c;
  }
  return pattern;
}

bool wildcard_matches(std::string_view pattern, std::string_view text) {
  if (pattern == text) return true;
  return has_begin_of(pattern, text) && has_end_of(pattern, text) && has_middle_of(pattern, text) &&
         run(steps_of(pattern, false), text);
}

bool pathspec_matches(std::string_view pathspec, std::string_view path) {
  while (pathspec.ends_with('/')) pathspec.remove_suffix(1);
  if (pathspec.empty() || pathspec == "." || pathspec == path) return true;
  std::string below = std::string(pathspec) + "/";
  return path.starts_with(below) || wildcard_matches(pathspec, path) ||
         wildcard_matches(below + "*", path);
}

}  // namespace gf
