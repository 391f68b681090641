#include "gate/silenced.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <span>

#include "base/source_parts.h"
#include "base/text.h"
#include "gate/language.h"

namespace gf::gate {
namespace {

constexpr size_t kCustom = 5;           ///< lines of the base that make it the custom
constexpr size_t kLooked = 400;         ///< files of the base that are looked at for that
constexpr size_t kLongFile = 1u << 20;  ///< bytes: no source that a person wrote

/// How a silencer is written, in small letters and without blanks, and its name for people.
struct Silencer {
  std::string_view written, name;
};
/// What a language's comments, and what its code, silence by.
struct Silencers {
  std::vector<std::string_view> endings;
  std::vector<Silencer> comments, code;
};

const std::vector<Silencers>& all_silencers() {
  static const std::vector<Silencers> rows = {
      {{".py", ".pyi"},
       {{"#type:ignore", "# type: ignore"},
        {"#noqa", "# noqa"},
        {"#ruff:noqa", "# ruff: noqa"},
        {"#flake8:noqa", "# flake8: noqa"},
        {"#mypy:ignore-errors", "# mypy: ignore-errors"},
        {"#pyright:ignore", "# pyright: ignore"},
        {"#pylint:disable", "# pylint: disable"},
        {"#pragma:nocover", "# pragma: no cover"},
        {"#nosec", "# nosec"}},
       {}},
      {{".js", ".jsx", ".mjs", ".cjs", ".ts", ".tsx", ".mts", ".cts"},
       {{"eslint-disable", "eslint-disable"},
        {"oxlint-disable", "oxlint-disable"},
        {"biome-ignore", "biome-ignore"},
        {"@ts-ignore", "@ts-ignore"},
        {"@ts-nocheck", "@ts-nocheck"},
        {"@ts-expect-error", "@ts-expect-error"},
        {"istanbulignore", "istanbul ignore"},
        {"c8ignore", "c8 ignore"},
        {"v8ignore", "v8 ignore"}},
       {{"as any", "as any"}}},
      {{".go"}, {{"//nolint", "//nolint"}, {"#nosec", "#nosec"}}, {}},
      {{".rs"},
       {},
       {{"#[allow(", "#[allow]"},
        {"#![allow(", "#![allow]"},
        {"#[coverage(off", "#[coverage(off)]"}}},
      {{".c", ".h", ".cc", ".cpp", ".cxx", ".hh", ".hpp"},
       {{"nolint", "NOLINT"}, {"gcovr_excl", "GCOVR_EXCL"}, {"lcov_excl", "LCOV_EXCL"}},
       {{"#pragma gcc diagnostic ignored", "#pragma GCC diagnostic ignored"},
        {"#pragma clang diagnostic ignored", "#pragma clang diagnostic ignored"}}},
      {{".java", ".kt"},
       {{"nopmd", "NOPMD"}, {"nosonar", "NOSONAR"}},
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

std::string without_blanks(std::string_view text) {
  std::string kept;
  for (char c : lower(text)) {
    if (c != ' ' && c != '\t') kept += c;
  }
  return kept;
}

std::string silencer_in(const SourceLine& line, const Silencers& known) {
  if (!line.comment.empty()) {
    std::string said = without_blanks(line.comment);
    for (const Silencer& one : known.comments) {
      if (said.find(one.written) != std::string::npos) return std::string(one.name);
    }
  }
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
                                         const std::map<std::string, std::vector<int>>& added) {
  std::vector<record::Finding> findings;
  std::set<std::string> asked, before;
  for (const auto& [path, numbers] : added) {
    std::optional<std::string> text = tree.read(path);
    std::vector<std::string> silencers = silencers_in(path, text.value_or(""));
    std::vector<std::string> source = lines(text.value_or(""));
    std::vector<std::string> known;  // the base's lines are read where there is something to tell
    for (int number : numbers) {
      auto at = static_cast<size_t>(number) - 1;
      if (at >= silencers.size() || silencers[at].empty()) continue;
      if (known.empty()) known = lines(base.read(path).value_or(""));
      for (const std::string& line : known) before.emplace(trim(line));
      asked.insert(silencers[at]);
      findings.push_back({path, number, std::string(kSilenced),
                          fmt::format("'{}' silences what checks this: {}", silencers[at],
                                      clipped(std::string(trim(source[at])), 100)),
                          "error"});
    }
  }
  if (findings.empty()) return findings;
  std::set<std::string> customs = customs_in(base, asked);
  std::erase_if(findings, [&](const record::Finding& one) {
    std::string line(
        trim(lines(tree.read(one.path).value_or(""))[static_cast<size_t>(one.line) - 1]));
    size_t quote = one.message.find('\'', 1);
    return before.contains(line) || customs.contains(one.message.substr(1, quote - 1));
  });
  return findings;
}

}  // namespace gf::gate
