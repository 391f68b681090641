#include "stage/conventions.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>

#include "base/text.h"

namespace gf::stage {
namespace {

using namespace std::string_view_literals;

constexpr size_t kEnough = 5;  ///< commits below which nothing is known
constexpr size_t kShortest = 50, kLongest = 100;
constexpr size_t kLeastLength = 72;  ///< characters: git's own advice; nothing shorter is cut
constexpr size_t kGuidanceOfAFile = 3, kGuidanceBytes = 200;

constexpr std::array kCommitTypes = {"feat"sv,  "feature"sv,  "fix"sv,   "docs"sv,   "doc"sv,
                                     "chore"sv, "refactor"sv, "test"sv,  "tests"sv,  "perf"sv,
                                     "ci"sv,    "build"sv,    "style"sv, "revert"sv, "deps"sv};
constexpr std::array kGuides = {"AGENTS.md"sv,
                                "CLAUDE.md"sv,
                                "CONTRIBUTING.md"sv,
                                "CONTRIBUTING.rst"sv,
                                "CONTRIBUTING.txt"sv,
                                "CONTRIBUTING"sv,
                                ".github/CONTRIBUTING.md"sv,
                                "docs/contributing.md"sv,
                                "docs/contributing.rst"sv,
                                "docs/CONTRIBUTING.md"sv,
                                ".github/copilot-instructions.md"sv,
                                ".github/pull_request_template.md"sv,
                                ".github/PULL_REQUEST_TEMPLATE.md"sv,
                                ".editorconfig"sv};

bool upper_case(char c) { return c >= 'A' && c <= 'Z'; }
bool lower_case(char c) { return c >= 'a' && c <= 'z'; }
bool digit(char c) { return c >= '0' && c <= '9'; }

/// "Add a route (#12)" -> "Add a route": the forge put the number there.
std::string_view without_number(std::string_view subject) {
  subject = trim(subject);
  size_t open = subject.rfind(" (#");
  if (open == std::string_view::npos || !subject.ends_with(")")) return subject;
  std::string_view number = subject.substr(open + 3, subject.size() - open - 4);
  bool all = !number.empty() && std::all_of(number.begin(), number.end(), digit);
  return all ? trim(subject.substr(0, open)) : subject;
}

/// Made by git, by a program or for a release: nobody worded it.
bool nobodys_words(std::string_view subject) {
  std::string low = lower(subject);
  for (std::string_view start :
       {"merge "sv, "revert "sv, "fixup!"sv, "squash!"sv, "amend!"sv, "bump "sv, "build(deps"sv,
        "chore(deps"sv, "update dependency"sv, "update pre-commit"sv, "[pre-commit.ci]"sv,
        "release "sv, "version "sv, "initial commit"sv, "prepare release"sv, "chore: release"sv,
        "chore(release"sv, "chore(main"sv}) {
    if (low.starts_with(start)) return true;
  }
  return low.find_first_not_of("v.0123456789rcabdev-") == std::string::npos;
}

struct Split {
  std::string_view prefix, words;  ///< "feat" of "feat(api)!: words"; no prefix: all are words
  bool brackets = false;
};

Split split_subject(std::string_view subject) {
  if (subject.starts_with('[')) {
    size_t close = subject.find(']');
    if (close != std::string_view::npos && close > 1 && close < 30)
      return {subject.substr(1, close - 1), trim(subject.substr(close + 1)), true};
  }
  size_t colon = subject.find(": ");
  if (colon == std::string_view::npos || colon == 0 || colon > 30) return {{}, subject, false};
  std::string_view prefix = subject.substr(0, colon);
  if (prefix.ends_with('!')) prefix.remove_suffix(1);
  if (prefix.ends_with(')')) prefix = prefix.substr(0, prefix.find('('));
  bool name = !prefix.empty() && std::all_of(prefix.begin(), prefix.end(), [](char c) {
    return lower_case(c) || upper_case(c) || digit(c) || c == '_' || c == '-' || c == '/' ||
           c == '.' || c == ',';
  });
  if (!name) return {{}, subject, false};
  return {prefix, trim(subject.substr(colon + 2)), false};
}

bool is_type(std::string_view prefix) {
  std::string low = lower(prefix);
  return std::find(kCommitTypes.begin(), kCommitTypes.end(), std::string_view(low)) !=
         kCommitTypes.end();
}

size_t characters(std::string_view text) {
  return static_cast<size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xc0) != 0x80;
  }));
}

/// What was counted over the subjects.
struct SubjectCounts {
  size_t all = 0, typed = 0, areas = 0, brackets = 0, capitals = 0, lowers = 0, stops = 0,
         signed_off = 0, feat = 0, feature = 0;
  std::map<std::string, size_t> prefixes;
  std::vector<size_t> lengths;
  std::string typed_example, area_example;
};

SubjectCounts counts_of(const std::vector<CommitSeen>& commits) {
  SubjectCounts counts;
  for (const CommitSeen& commit : commits) {
    std::string_view subject = without_number(commit.subject);
    if (subject.empty() || nobodys_words(subject)) continue;
    ++counts.all;
    counts.signed_off += commit.signed_off ? 1 : 0;
    counts.stops += subject.ends_with('.') ? 1 : 0;
    counts.lengths.push_back(characters(subject));
    Split parts = split_subject(subject);
    if (!parts.prefix.empty() && !parts.brackets && is_type(parts.prefix)) {
      ++counts.typed;
      if (counts.typed_example.empty()) counts.typed_example = parts.prefix;
      counts.feat += parts.prefix == "feat" ? 1 : 0;
      counts.feature += parts.prefix == "feature" ? 1 : 0;
    } else if (!parts.prefix.empty()) {
      ++counts.areas;
      counts.brackets += parts.brackets ? 1 : 0;
      if (counts.area_example.empty()) counts.area_example = parts.prefix;
      ++counts.prefixes[std::string(parts.prefix)];
    }
    if (parts.words.empty()) continue;
    counts.capitals += upper_case(parts.words[0]) ? 1 : 0;
    counts.lowers += lower_case(parts.words[0]) ? 1 : 0;
  }
  return counts;
}

bool six_of_ten(size_t part, size_t all) { return part * 10 >= all * 6; }

void take_style(const SubjectCounts& counts, Conventions& found) {
  if (six_of_ten(counts.typed, counts.all)) {
    found.style = SubjectStyle::kConventional;
    found.feature = counts.feature > counts.feat ? "feature" : "feat";
    found.why = fmt::format("{} of {} subjects begin with a type, as '{}: ...'", counts.typed,
                            counts.all, counts.typed_example);
  } else if (six_of_ten(counts.areas, counts.all)) {
    found.style = SubjectStyle::kArea;
    found.brackets = counts.brackets * 2 > counts.areas;
    std::vector<std::pair<size_t, std::string>> ranked;
    for (const auto& [name, times] : counts.prefixes) ranked.emplace_back(times, name);
    std::stable_sort(ranked.begin(), ranked.end(),
                     [](const auto& a, const auto& b) { return a.first > b.first; });
    for (const auto& [times, name] : ranked) found.areas.push_back(name);
    found.why =
        fmt::format("{} of {} subjects begin with an area, as '{}'", counts.areas, counts.all,
                    found.brackets ? fmt::format("[{}] ...", counts.area_example)
                                   : counts.area_example + ": ...");
  } else {
    found.style = SubjectStyle::kPlain;
    found.why = fmt::format("{} of {} subjects have no prefix",
                            counts.all - counts.typed - counts.areas, counts.all);
  }
}

bool about_commits(std::string_view row) {
  std::string low = lower(row);
  for (std::string_view words :
       {"commit message"sv, "conventional commit"sv, "conventionalcommits"sv, "sign off"sv,
        "sign-off"sv, "signed-off"sv, "signoff"sv, "branch name"sv, "pull request title"sv,
        "pr title"sv, "subject line"sv}) {
    if (low.find(words) != std::string::npos) return true;
  }
  return false;
}

/// The area in use that a changed path is in: "api" for "src/api/routes.py"; else nothing.
std::string area_of(const Conventions& conventions, const std::vector<std::string>& changed) {
  for (const std::string& area : conventions.areas) {
    for (const std::string& path : changed) {
      std::vector<std::string> parts = split(lower(path), '/');
      if (!parts.empty()) parts.push_back(parts.back().substr(0, parts.back().rfind('.')));
      if (std::find(parts.begin(), parts.end(), lower(area)) != parts.end()) return area;
    }
  }
  return {};
}

/// The first letter as the repository has it; names and abbreviations stay as they are.
std::string worded(std::string_view title, bool capital) {
  std::string words(trim(title));
  if (words.empty()) return words;
  std::string_view first = std::string_view(words).substr(0, words.find(' '));
  bool plain = std::all_of(first.begin() + 1, first.end(), lower_case);
  if (!plain) return words;
  if (capital && lower_case(words[0])) words[0] = static_cast<char>(words[0] - 'a' + 'A');
  if (!capital && upper_case(words[0])) words[0] = static_cast<char>(words[0] - 'A' + 'a');
  return words;
}

bool is_fix(std::string_view title) {
  std::string low = lower(trim(title));
  for (std::string_view start : {"fix"sv, "repair"sv, "correct "sv, "mend "sv}) {
    if (low.starts_with(start)) return true;
  }
  return false;
}

}  // namespace

Conventions conventions_of(const std::vector<CommitSeen>& commits, const record::TreeFacts& files) {
  Conventions found;
  SubjectCounts counts = counts_of(commits);
  if (counts.all >= kEnough) {
    found.known = true;
    take_style(counts, found);
    found.capital = counts.capitals >= counts.lowers;
    found.full_stop = six_of_ten(counts.stops, counts.all);
    found.signed_off = counts.signed_off * 10 >= counts.all * 9;
    std::sort(counts.lengths.begin(), counts.lengths.end());
    size_t nine_of_ten = counts.lengths[(counts.lengths.size() * 9 - 1) / 10];
    found.length = std::clamp(nine_of_ten, kShortest, kLongest);
  }
  found.guides = guides_in(files);
  for (const std::string& path : found.guides) {
    std::vector<std::string> rows = lines(files.read(path).value_or(""));
    size_t taken = 0;
    for (size_t i = 0; i < rows.size() && taken < kGuidanceOfAFile; ++i) {
      if (!about_commits(rows[i])) continue;
      found.guidance.push_back({path, i + 1, to_utf8(clipped(trim(rows[i]), kGuidanceBytes))});
      ++taken;
    }
  }
  return found;
}

std::string subject_for(const Conventions& conventions, std::string_view title,
                        const std::vector<std::string>& changed) {
  std::string plain = replace_all(trim(title), "\n", " ");
  while (plain.ends_with('.')) plain.pop_back();
  std::string subject = conventions.known ? worded(plain, conventions.capital) : plain;
  if (conventions.style == SubjectStyle::kConventional) {
    subject = fmt::format("{}: {}", is_fix(plain) ? "fix" : conventions.feature, subject);
  } else if (conventions.style == SubjectStyle::kArea) {
    std::string area = area_of(conventions, changed);
    if (!area.empty())
      subject =
          fmt::format(fmt::runtime(conventions.brackets ? "[{}] {}" : "{}: {}"), area, subject);
  }
  size_t room = std::max(conventions.length, kLeastLength);
  if (characters(subject) > room && subject.size() > room) {
    size_t cut = subject.rfind(' ', room);
    if (cut != std::string::npos && cut > room / 2) subject.resize(cut);
  }
  if (conventions.full_stop) subject += '.';
  return subject;
}

std::vector<std::string> subjects_to_try(const Conventions& conventions, std::string_view title,
                                         const std::vector<std::string>& changed) {
  std::vector<std::string> all = {subject_for(conventions, title, changed)};
  for (auto [style, capital] :
       {std::pair(SubjectStyle::kConventional, false), std::pair(SubjectStyle::kConventional, true),
        std::pair(SubjectStyle::kPlain, true)}) {
    Conventions other = conventions;
    other.known = true;
    other.style = style;
    other.capital = capital;
    other.full_stop = false;
    std::string subject = subject_for(other, title, changed);
    if (std::find(all.begin(), all.end(), subject) == all.end()) all.push_back(std::move(subject));
  }
  return all;
}

std::string to_text(const Conventions& conventions) {
  std::string text;
  if (conventions.known) {
    text = fmt::format(
        "Commits: {}; the words begin {}; nine of ten subjects have at most {} "
        "characters{}{}.\n",
        conventions.why, conventions.capital ? "with a capital" : "in lower case",
        conventions.length, conventions.full_stop ? " and end with a full stop" : "",
        conventions.signed_off ? "; commits are signed off" : "");
  }
  if (!conventions.guides.empty())
    text += "How to work here is told in " + join(conventions.guides, ", ") + ".\n";
  for (const GuidanceLine& one : conventions.guidance)
    text += fmt::format("{}:{}: {}\n", one.path, one.line, one.text);
  return text;
}

std::vector<std::string> guides_in(const record::TreeFacts& files) {
  std::vector<std::string> found;
  for (std::string_view path : kGuides) {
    if (files.has_path(path)) found.emplace_back(path);
  }
  return found;
}

}  // namespace gf::stage
