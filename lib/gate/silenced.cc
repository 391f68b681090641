#include "gate/silenced.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/source_parts.h"
#include "base/text.h"
#include "gate/language.h"

namespace gf::gate {
namespace {

constexpr size_t kCustom = 5;           ///< lines of the base that make it the custom
constexpr size_t kLooked = 400;         ///< files of the base that are looked at for that
constexpr size_t kLongFile = 1u << 20;  ///< bytes: no source that a person wrote

/// How a silencer is written, as its tool reads it, and its name for people.
///
/// In `written` a blank stands for any number of blanks, '+' for one at least, and '^' in front for
/// the mark that opens a comment. No letter and no digit may follow, unless it ends with '_'.
struct Silencer {
  std::string_view written, name;
  bool any_case = false;
};
/// What a language's comments, and what its code, silence by.
struct Silencers {
  std::vector<std::string_view> endings;
  std::vector<Silencer> comments, code;
};

const std::vector<Silencers>& all_silencers() {
  static const std::vector<Silencers> rows = {
      {{".py", ".pyi"},
       {{"# type: ignore", "# type: ignore"},
        {"# noqa", "# noqa", true},
        {"# ruff : noqa", "# ruff: noqa", true},
        {"# flake8 : noqa", "# flake8: noqa", true},
        {"# mypy: ignore-errors", "# mypy: ignore-errors"},
        {"# pyright: ignore", "# pyright: ignore"},
        {"# pylint : disable", "# pylint: disable"},
        {"# pragma : no cover", "# pragma: no cover", true},
        {"# nosec", "# nosec"}},
       {}},
      {{".js", ".jsx", ".mjs", ".cjs", ".ts", ".tsx", ".mts", ".cts"},
       {{"^eslint-disable", "eslint-disable"},
        {"^oxlint-disable", "oxlint-disable"},
        {"^biome-ignore", "biome-ignore"},
        {"^@ts-ignore", "@ts-ignore"},
        {"^@ts-nocheck", "@ts-nocheck"},
        {"^@ts-expect-error", "@ts-expect-error"},
        {"^istanbul+ignore+next", "istanbul ignore"},
        {"^istanbul+ignore+if", "istanbul ignore"},
        {"^istanbul+ignore+else", "istanbul ignore"},
        {"^istanbul+ignore+file", "istanbul ignore"},
        {"^c8+ignore+next", "c8 ignore"},
        {"^c8+ignore+start", "c8 ignore"},
        {"^c8+ignore+file", "c8 ignore"},
        {"^v8+ignore+next", "v8 ignore"},
        {"^v8+ignore+start", "v8 ignore"},
        {"^v8+ignore+file", "v8 ignore"},
        {"^v8+ignore+if", "v8 ignore"},
        {"^v8+ignore+else", "v8 ignore"}},
       {{"as any", "as any"}}},
      {{".go"}, {{"^nolint", "//nolint"}, {"#nosec", "#nosec"}}, {}},
      {{".rs"},
       {},
       {{"#[allow(", "#[allow]"},
        {"#![allow(", "#![allow]"},
        {"#[coverage(off", "#[coverage(off)]"}}},
      {{".c", ".h", ".cc", ".cpp", ".cxx", ".hh", ".hpp"},
       {{"NOLINT", "NOLINT"},
        {"NOLINTNEXTLINE", "NOLINT"},
        {"NOLINTBEGIN", "NOLINT"},
        {"GCOVR_EXCL_", "GCOVR_EXCL"},
        {"LCOV_EXCL_", "LCOV_EXCL"}},
       {{"#pragma gcc diagnostic ignored", "#pragma GCC diagnostic ignored"},
        {"#pragma clang diagnostic ignored", "#pragma clang diagnostic ignored"}}},
      {{".java", ".kt"},
       {{"NOPMD", "NOPMD"}, {"NOSONAR", "NOSONAR"}},
       {{"@suppresswarnings", "@SuppressWarnings"}, {"@suppress(", "@Suppress"}}}};
  return rows;
}

const Silencers* silencers_of(std::string_view path) {
  std::string ending = lower(path.substr(std::min(path.size(), path.rfind('.'))));
  for (const Silencers& row : all_silencers()) {
    if (std::find(row.endings.begin(), row.endings.end(), ending) != row.endings.end()) return &row;
  }
  return nullptr;
}

bool is_blank_byte(char c) { return c == ' ' || c == '\t'; }
bool is_letter_or_digit(char c) { return in_identifier(c) && c != '_'; }

/// Is this what opens a comment, or, for a word with '@', a line of a longer one?
bool opens_comment(std::string_view before, bool at_word) {
  before = trim(before);
  return before.ends_with("//") || before.ends_with("/*") || before.ends_with("/**") ||
         (at_word && before == "*");
}

/// Does `written` match all that it names at the front of `text`?
bool begins_as_written(std::string_view text, std::string_view written) {
  size_t at = 0;
  for (char c : written) {
    bool blanks = c == ' ' || c == '+';
    if (c == '+' && (at >= text.size() || !is_blank_byte(text[at]))) return false;
    while (blanks && at < text.size() && is_blank_byte(text[at])) ++at;
    if (!blanks && (at >= text.size() || text[at++] != c)) return false;
  }
  return written.back() == '_' || at >= text.size() || !is_letter_or_digit(text[at]);
}

bool is_said_in(std::string_view comment, const Silencer& one) {
  std::string small = one.any_case ? lower(comment) : std::string();
  std::string_view said = one.any_case ? std::string_view(small) : comment;
  std::string_view written = one.written;
  bool anchored = written.front() == '^';
  if (anchored) written.remove_prefix(1);
  for (size_t at = said.find(written.front()); at != std::string_view::npos;
       at = said.find(written.front(), at + 1)) {
    bool inner = at > 0 && in_identifier(written.front()) && in_identifier(said[at - 1]);
    bool fits = !anchored || opens_comment(said.substr(0, at), written.front() == '@');
    if (!inner && fits && begins_as_written(said.substr(at), written)) return true;
  }
  return false;
}

std::string silencer_in(const SourceLine& line, const Silencers& known) {
  if (!line.comment.empty()) {
    for (const Silencer& one : known.comments) {
      if (is_said_in(line.comment, one)) return std::string(one.name);
    }
  }
  if (known.code.empty()) return {};
  std::string code = lower(line.code);
  for (const Silencer& one : known.code) {
    if (find_word(code, one.written) != std::string::npos) return std::string(one.name);
  }
  return {};
}

/// Names of silencers that the base has often enough to make them its custom.
std::set<std::string> customs_in(const record::TreeFacts& base,
                                 const std::set<std::string>& asked) {
  std::map<std::string, size_t> counts;
  size_t looked = 0;
  for (const Language& language : all_languages()) {
    for (const std::string& path : paths_matching(base, language.sources)) {
      if (silencers_of(path) == nullptr || ++looked > kLooked) continue;
      for (const std::string& one : silencers_in(path, base.read(path).value_or("")))
        counts[one] += asked.contains(one) ? 1 : 0;
    }
  }
  std::set<std::string> customs;
  for (const auto& [name, count] : counts) {
    if (count >= kCustom) customs.insert(name);
  }
  return customs;
}

/// Lines that the base has in files of these paths, without the blanks around them.
std::set<std::string> base_lines(const record::TreeFacts& base,
                                 const std::set<std::string>& paths) {
  std::set<std::string> all;
  for (const std::string& path : paths) {
    if (silencers_of(path) == nullptr) continue;
    for (const std::string& line : lines(base.read(path).value_or(""))) all.emplace(trim(line));
  }
  return all;
}

}  // namespace

std::vector<std::string> silencers_in(std::string_view path, std::string_view text) {
  std::vector<std::string> all;
  const Silencers* known = silencers_of(path);
  auto syntax = syntax_of(path);
  if (known == nullptr || !syntax || text.size() > kLongFile) return all;
  for (const SourceLine& line : source_lines(text, *syntax))
    all.push_back(silencer_in(line, *known));
  return all;
}

std::vector<record::Finding> silenced_in(const record::TreeFacts& base,
                                         const record::TreeFacts& tree,
                                         const std::map<std::string, std::vector<int>>& added,
                                         const std::vector<std::string>& changed) {
  struct Silenced {
    std::string path, by, line;
    int number = 0;
  };
  std::vector<Silenced> found;
  std::set<std::string> asked, paths(changed.begin(), changed.end());
  for (const auto& [path, numbers] : added) {
    paths.insert(path);
    if (silencers_of(path) == nullptr) continue;
    std::string text = tree.read(path).value_or("");
    std::vector<std::string> silencers = silencers_in(path, text), source = lines(text);
    for (int number : numbers) {
      auto at = static_cast<size_t>(number) - 1;
      if (at >= silencers.size() || silencers[at].empty()) continue;
      asked.insert(silencers[at]);
      found.push_back({path, silencers[at], std::string(trim(source[at])), number});
    }
  }
  std::vector<record::Finding> findings;
  if (found.empty()) return findings;
  std::set<std::string> before = base_lines(base, paths);
  std::set<std::string> customs = customs_in(base, asked);
  for (const Silenced& one : found) {
    if (before.contains(one.line) || customs.contains(one.by)) continue;
    findings.push_back(
        {one.path, one.number, std::string(kSilenced),
         fmt::format("'{}' silences what checks this: {}", one.by, clipped(one.line, 100)),
         "error"});
  }
  return findings;
}

}  // namespace gf::gate
