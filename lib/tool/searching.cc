// grep: git's own, so that ignored files stay out; what is left out of an answer is counted.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <map>

#include "base/file_kind.h"
#include "base/glob.h"
#include "base/text.h"
#include "tool/inside.h"

namespace gf::tool {
namespace {

constexpr size_t kMaxMatches = 200;         ///< lines: more are no answer to a question
constexpr size_t kMaxPattern = 2000;        ///< bytes
constexpr size_t kMaxMatchLine = 300;       ///< bytes of a line that is shown, around the match
constexpr size_t kMinifiedLine = 5000;      ///< bytes: nobody wrote a line that long
constexpr size_t kMaxSearched = 16u << 20;  ///< bytes of git's answer that are counted
constexpr size_t kMaxFilesNamed = 10;       ///< of those whose matches are left out
constexpr Milliseconds kSearchTime{10000};

std::vector<std::string> patterns_in(const record::Json& arguments, const char* name) {
  record::Json value = arguments.get(name);
  if (value.is_string()) return {value.as_string().value_or("")};
  return arguments.get_strings(name);
}

/// "tests" and "tests/" mean all that is below, wherever people write a folder among patterns.
bool selects(const std::vector<std::string>& patterns, const std::string& path) {
  return std::any_of(patterns.begin(), patterns.end(), [&](const std::string& pattern) {
    return glob_matches(pattern, path) || pathspec_matches(pattern, path);
  });
}

struct MatchedLine {
  std::string path, text;  ///< text: "12:the line", what is too long of it cut around the match
  bool minified = false;
};

/// The part of a line that a match is in, with the rest of it counted.
std::string around_match(const std::string& line, size_t column) {
  if (line.size() <= kMaxMatchLine) return line;
  size_t from = std::min(column > kMaxMatchLine / 3 ? column - kMaxMatchLine / 3 : 0,
                         line.size() - kMaxMatchLine);
  if (column < kMaxMatchLine * 2 / 3) from = 0;
  size_t after = line.size() - from - kMaxMatchLine;
  return (from > 0 ? fmt::format("[{} bytes cut] ...", from) : "") +
         line.substr(from, kMaxMatchLine) +
         (after > 0 ? fmt::format("... [{} bytes cut]", after) : "");
}

/// One record of `git grep -n --column -z`: the path, the line's number, the column of the first
/// match in it, each with a NUL behind it, and the line.
std::optional<MatchedLine> matched_line(const std::string& line) {
  size_t path_end = line.find('\0');
  if (path_end == std::string::npos) return std::nullopt;
  size_t number_end = line.find('\0', path_end + 1);
  if (number_end == std::string::npos) return std::nullopt;
  size_t column_end = line.find('\0', number_end + 1);
  if (column_end == std::string::npos) return std::nullopt;
  size_t column = 0;
  std::from_chars(line.data() + number_end + 1, line.data() + column_end, column);
  std::string text = line.substr(column_end + 1);
  return MatchedLine{line.substr(0, path_end),
                     line.substr(path_end + 1, number_end - path_end - 1) + ":" +
                         around_match(text, column > 0 ? column - 1 : 0),
                     text.size() > kMinifiedLine};
}

using Counts = std::map<std::string, size_t>;  ///< of matches, by file

/// "12 more matches" with the files, those with most of them first.
std::string counts_text(const Counts& counts, std::string_view noun) {
  std::vector<std::pair<std::string, size_t>> files(counts.begin(), counts.end());
  std::stable_sort(files.begin(), files.end(),
                   [](const auto& a, const auto& b) { return a.second > b.second; });
  size_t all = 0;
  std::vector<std::string> named;
  for (const auto& [path, count] : files) {
    all += count;
    if (named.size() < kMaxFilesNamed)
      named.push_back(fmt::format("{} ({})", printable(path), count));
  }
  std::string more =
      files.size() > kMaxFilesNamed
          ? fmt::format(" and {}", counted(files.size() - kMaxFilesNamed, "other file"))
          : "";
  return fmt::format("{} {}{} not shown, in {}{}", all, noun, all == 1 ? "" : "es",
                     join(named, ", "), more);
}

/// What is left out of an answer.
struct LeftOut {
  Counts many;     ///< there was no room for them
  Counts by_kind;  ///< in files that no person writes
  bool cut = false;

  [[nodiscard]] std::string text() const {
    std::string text;
    if (!many.empty()) {
      text += fmt::format("[... {}{}; narrow it with path, include or exclude]\n",
                          cut ? "more than " : "", counts_text(many, "more match"));
    } else if (cut) {
      text += "[... and more matches than were counted]\n";
    }
    if (!by_kind.empty()) {
      text += fmt::format(
          "[... {}: generated, vendored or minified; give such a file as path to see them]\n",
          counts_text(by_kind, "match"));
    }
    return text;
  }
};

/// What a search asked for, beside the pattern.
struct Wanted {
  std::string where;
  std::vector<std::string> include, exclude;

  [[nodiscard]] bool takes(const Scope& scope, const std::string& path) const {
    if (!scope.readable.empty() && !glob_matches_any(scope.readable, path)) return false;
    if (!include.empty() && !selects(include, path)) return false;
    return !selects(exclude, path);
  }
  /// Somebody else's file, or a program's, that was not asked for by its name.
  [[nodiscard]] bool passes_over(const MatchedLine& match) const {
    if (match.path == where) return false;
    FileKind kind = kind_of_file(match.path, {});
    return match.minified || (kind != FileKind::kSource && kind != FileKind::kTest);
  }
};

std::string shown_matches(const std::vector<std::string>& found, const Scope& scope,
                          const Wanted& wanted, bool cut) {
  std::string text;
  LeftOut left_out;
  left_out.cut = cut;
  size_t shown = 0;
  for (const std::string& line : found) {
    auto match = matched_line(line);
    if (!match || !wanted.takes(scope, match->path)) continue;
    if (wanted.passes_over(*match)) {
      ++left_out.by_kind[match->path];
      continue;
    }
    std::string row = printable(match->path) + ":" + to_utf8(match->text) + "\n";
    if (shown >= kMaxMatches || text.size() + row.size() > kMaxAnswer) {
      ++left_out.many[match->path];
      continue;
    }
    ++shown;
    text += row;
  }
  return text + left_out.text();
}

/// What was searched, where that is not everything: that nothing is found says nothing of the rest.
/// How much of it would match is not told, as that would be a way to read it.
std::string searched_only(const Scope& scope) {
  if (scope.readable.empty()) return {};
  return "; searched was only what this step may read: " + join(scope.readable, ", ");
}

}  // namespace

Result<ToolAnswer> Toolbox::Impl::grep(const record::Json& arguments, const Cancel& cancel) {
  GF_ASSIGN(auto where, proc::Jail::normalise(arguments.get_string("path")));
  std::string pattern = arguments.get_string("pattern");
  if (pattern.size() > kMaxPattern || pattern.find('\0') != std::string::npos) {
    return no(
        fmt::format("error: the pattern is longer than {} bytes or holds a NUL", kMaxPattern));
  }
  GF_ASSIGN(auto kind, jail.look(where));
  if (kind == proc::Jail::Kind::kNothing)
    return no(fmt::format("error: there is no file or folder '{}'", where));
  if (kind == proc::Jail::Kind::kFile) {
    if (std::string why = unreadable(where); !why.empty()) return no(why);
  }
  proc::Options options;
  options.argv = {"git",        "--literal-pathspecs",
                  "grep",       "-n",
                  "-z",         "-I",
                  "-E",         "--untracked",
                  "--no-color", "--full-name",
                  "--column",   "--no-heading",
                  "--no-break", "--no-recurse-submodules"};
  if (arguments.get_bool("ignore_case")) options.argv.emplace_back("-i");
  options.argv.insert(options.argv.end(), {"-e", pattern, "--", where.empty() ? "." : where});
  options.directory = root;
  options.environment = environment;
  options.limits = {kSearchTime, kMaxSearched};
  GF_ASSIGN(auto outcome, proc::run(options, cancel));
  GF_TRY(cancel.check());
  if (outcome.end == proc::End::kTimedOut)
    return no("error: the search took too long; search a folder");
  if (outcome.end != proc::End::kExited || outcome.exit_code > 1)
    return no("error: " + printable(clipped(trim(outcome.err), 300)));
  std::string text =
      shown_matches(lines(outcome.out), scope,
                    {where, patterns_in(arguments, "include"), patterns_in(arguments, "exclude")},
                    outcome.out_cut);
  if (text.empty()) text = "no match" + searched_only(scope) + "\n";
  return ToolAnswer{to_utf8(text), false, {}};
}

}  // namespace gf::tool
