#include "record/habit.h"

#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <string_view>

#include "base/text.h"

namespace gf::record {
namespace {

constexpr size_t kMaxBeside = 10000;  // files of a folder that are looked at

/// By the name alone: where tests are told apart otherwise, an ending says enough.
struct Kind {
  std::string_view begin, end;
  bool whole = false;  ///< the very name
  [[nodiscard]] bool has(std::string_view name) const {
    return whole ? name == end
                 : name.size() >= begin.size() + end.size() && name.starts_with(begin) &&
                       name.ends_with(end);
  }
};

Kind kind_of(std::string_view name) {
  constexpr std::array<std::string_view, 5> kMarks = {"_test", ".test", ".spec", "_spec", "Test"};
  size_t dot = std::min(name.rfind('.'), name.size());
  std::string_view stem = name.substr(0, dot);
  if (stem.starts_with("__") || dot == name.size()) return {{}, name, true};
  if (stem.starts_with("test_")) return {"test_", name.substr(dot)};
  for (std::string_view mark : kMarks) {
    if (stem.ends_with(mark)) return {{}, name.substr(dot - mark.size())};
  }
  return {{}, name.substr(dot)};
}

Kind ending_of(std::string_view name) {
  size_t dot = name.rfind('.');
  return dot == std::string_view::npos ? Kind{{}, name, true} : Kind{{}, name.substr(dot)};
}

std::string_view name_in(std::string_view path) { return path.substr(path.rfind('/') + 1); }

std::string_view folder_of(std::string_view path) {
  size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? std::string_view() : path.substr(0, slash);
}

/// Files that count, and those of them that break the rule.
class Census {
 public:
  Census(const PathsBelow& paths, const std::vector<std::string>& changed,
         const std::set<std::string_view>& breaking)
      : paths_(paths), changed_(changed.begin(), changed.end()), breaking_(breaking) {}

  /// Of the files that `folder` has itself, or `with_below` it; nothing: there are none like it.
  [[nodiscard]] std::optional<bool> most_break(std::string_view folder, const Kind& kind,
                                               bool with_below) const {
    size_t all = 0, like_it = 0;
    for (const std::string& path : paths_(folder, kMaxBeside)) {
      bool counts = (with_below || folder_of(path) == folder) && kind.has(name_in(path)) &&
                    !changed_.contains(path);
      all += counts ? 1 : 0;
      like_it += counts && breaking_.contains(path) ? 1 : 0;
    }
    if (all == 0) return std::nullopt;
    return like_it * 2 > all;
  }
  /// In the nearest folder around `path` that has files like it.
  [[nodiscard]] std::optional<bool> nearest(std::string_view path, const Kind& kind) const {
    std::string_view folder = folder_of(path);
    std::optional<bool> found = most_break(folder, kind, false);
    while (!found && !folder.empty()) {
      folder = folder_of(folder);
      found = most_break(folder, kind, true);
    }
    return found;
  }

 private:
  const PathsBelow& paths_;
  std::set<std::string_view> changed_;
  const std::set<std::string_view>& breaking_;
};

/// Of code that cannot be compiled, in the words of gates' reports: errors of rustc have a number,
/// javac's are told as one of two kinds.
bool stops_a_compiler(const Finding& finding) {
  const std::string& rule = finding.rule;
  bool numbered = finding.path.ends_with(".rs") && rule.size() == 5 && rule[0] == 'E' &&
                  std::all_of(rule.begin() + 1, rule.end(), [](char c) { return is_digit(c); });
  return numbered || rule == "compile" || rule == "missing-symbol";
}

/// Was it only not come to on the base, where a compiler stopped?
bool is_behind_a_stop(const Finding& finding, const GateOutcome& base,
                      const std::vector<std::string>& changed) {
  auto left_alone = [&](const std::string& path) {
    return !path.empty() && std::find(changed.begin(), changed.end(), path) == changed.end();
  };
  if (!left_alone(finding.path)) return false;
  const bool stops = stops_a_compiler(finding);
  return std::any_of(base.findings.begin(), base.findings.end(), [&](const Finding& known) {
    if (!stops_a_compiler(known) || !left_alone(known.path)) return false;
    return !stops || (known.rule == finding.rule && plain_message(known) == plain_message(finding));
  });
}

}  // namespace

PathsBelow paths_of(const TreeFacts& tree) {
  return [&tree](std::string_view folder, size_t limit) { return tree.paths(folder, limit); };
}

bool is_habit(const Finding& finding, const GateOutcome& base, const PathsBelow& paths,
              const std::vector<std::string>& changed, HabitOf of) {
  if (of == HabitOf::kWhereItStopped && is_behind_a_stop(finding, base, changed)) return true;
  if (finding.rule.empty()) return false;
  std::set<std::string_view> breaking;
  for (const Finding& known : base.findings) {
    if (known.rule == finding.rule) breaking.insert(known.path);
  }
  if (breaking.empty()) return false;
  Census census(paths, changed, breaking);
  std::string_view name = name_in(finding.path);
  if (of == HabitOf::kFolder)
    return census.most_break(folder_of(finding.path), ending_of(name), false).value_or(false);
  std::optional<bool> habit = census.nearest(finding.path, kind_of(name));
  if (!habit) habit = census.nearest(finding.path, ending_of(name));
  return habit.value_or(false);
}

GateOutcome with_habits(GateOutcome base, const GateOutcome& now, const LineMoves& moves,
                        const PathsBelow& paths, const std::vector<std::string>& changed,
                        HabitOf of) {
  std::vector<Finding> fresh = new_findings(base.findings, now.findings, moves);
  std::erase_if(fresh,
                [&](const Finding& one) { return !is_habit(one, base, paths, changed, of); });
  base.findings_total += static_cast<int>(fresh.size());
  base.findings.insert(base.findings.end(), fresh.begin(), fresh.end());
  return base;
}

}  // namespace gf::record
