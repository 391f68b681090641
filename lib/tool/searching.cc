// grep: git's own, so that ignored files stay out; what is left out of an answer is counted.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/glob.h"
#include "base/text.h"
#include "tool/inside.h"

namespace gf::tool {
namespace {

constexpr size_t kMaxMatches = 200;         ///< lines: more are no answer to a question
constexpr size_t kMaxPattern = 2000;        ///< bytes
constexpr size_t kMaxMatchLine = 300;       ///< bytes of a line that is shown
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
  std::string path, text;  ///< text: "12:the line"
};

/// One record of `git grep -n -z`: the path, a NUL, the line's number, a NUL, the line.
std::optional<MatchedLine> matched_line(const std::string& line) {
  size_t path_end = line.find('\0');
  if (path_end == std::string::npos) return std::nullopt;
  size_t number_end = line.find('\0', path_end + 1);
  if (number_end == std::string::npos) return std::nullopt;
  return MatchedLine{
      line.substr(0, path_end),
      line.substr(path_end + 1, number_end - path_end - 1) + ":" + line.substr(number_end + 1)};
}

/// The matches that are left out, by file: those with most of them first.
std::string told_left_out(const std::map<std::string, size_t>& left_out, bool cut) {
  if (left_out.empty()) return cut ? "[... and more matches than were counted]\n" : "";
  std::vector<std::pair<std::string, size_t>> files(left_out.begin(), left_out.end());
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
  return fmt::format("[... {} more {}{} not shown, in {}{}; narrow it with path, include or exclude]\n",
                     all, all == 1 ? "match" : "matches", cut ? " and others" : "", join(named, ", "), more);
}

std::string shown_matches(const std::vector<std::string>& found, const Scope& scope,
                          const std::vector<std::string>& include,
                          const std::vector<std::string>& exclude, bool cut) {
  std::string text;
  std::map<std::string, size_t> left_out;
  size_t shown = 0;
  for (const std::string& line : found) {
    auto match = matched_line(line);
    if (!match) continue;
    if (!scope.readable.empty() && !glob_matches_any(scope.readable, match->path)) continue;
    if (!include.empty() && !selects(include, match->path)) continue;
    if (selects(exclude, match->path)) continue;
    std::string told =
        printable(match->path) + ":" + clipped(to_utf8(match->text), kMaxMatchLine) + "\n";
    if (shown >= kMaxMatches || text.size() + told.size() > kMaxAnswer) {
      ++left_out[match->path];
      continue;
    }
    ++shown;
    text += told;
  }
  return text + told_left_out(left_out, cut);
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
  proc::Options options;
  options.argv = {"git",         "--literal-pathspecs",
                  "grep",        "-n",
                  "-z",          "-I",
                  "-E",          "--untracked",
                  "--no-color",  "--full-name",
                  "--no-column", "--no-heading",
                  "--no-break",  "--no-recurse-submodules"};
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
  std::string text = shown_matches(lines(outcome.out), scope, patterns_in(arguments, "include"),
                                   patterns_in(arguments, "exclude"), outcome.out_cut);
  return ToolAnswer{text.empty() ? "no match\n" : to_utf8(text), false, {}};
}

}  // namespace gf::tool
