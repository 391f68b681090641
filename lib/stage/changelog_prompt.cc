#include "stage/changelog_prompt.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "stage/changelog_place.h"
#include "stage/changelog_words.h"
#include "stage/changelog_write.h"

namespace gf::stage {
namespace {

constexpr size_t kExamples = 3;         ///< entries that are shown
constexpr size_t kExampleBytes = 2000;  ///< of all of them
constexpr size_t kCategoriesShown = 30;
constexpr size_t kVersionsAsked = 16;  ///< sections whose tags can matter, and some more
constexpr size_t kTagsCounted = 3;     ///< fewer than this tell nothing (changelog_place.cc)
constexpr size_t kTagsOfAVersion = 3;
constexpr size_t kHead = 12;  // lines above the newest entry

bool is_fragments(const Changelog& changelog) {
  return changelog.form == ChangelogForm::kFragments;
}

std::string quoted_list(const std::vector<std::string>& names) {
  std::vector<std::string> shown = names;
  if (shown.size() > kCategoriesShown) shown.resize(kCategoriesShown);
  return "'" + join(shown, "', '") + "'";
}

/// The newest entries with all that stands above and between them: a label that is no heading to
/// us, a blank line, a marker are what a new entry has to follow.
std::string example_of_file(const LogText& text, const LogOutline& outline) {
  for (const LogSection& section : outline.sections) {
    std::vector<LogEntry> entries;
    for (const LogArea& area : section.areas)
      entries.insert(entries.end(), area.entries.begin(), area.entries.end());
    if (entries.empty()) continue;
    std::sort(entries.begin(), entries.end(),
              [](const LogEntry& a, const LogEntry& b) { return a.first < b.first; });
    entries.resize(std::min(entries.size(), kExamples));
    size_t first = entries.front().first;
    std::string shown;
    for (size_t i = first > kHead ? first - kHead : 0; i < entries.back().end; ++i)
      shown += fmt::format("{}: {}\n", i + 1, text.lines[i]);
    return to_utf8(clipped(shown, kExampleBytes));
  }
  return {};
}

/// The heading of a section for what is not released, in the form of the newest one: its marks, its
/// brackets, its lines above and below. Empty when there is none to follow, or it is open itself.
std::string heading_to_begin(const LogText& text, const LogOutline& outline) {
  if (outline.sections.empty()) return {};
  const LogHeading& newest = outline.sections.front().heading;
  if (newest.last >= text.lines.size() || newest.words.empty() || is_open_heading(newest.words) ||
      says_unreleased(newest.words))
    return {};
  std::string words = newest.words.starts_with("[") ? "[Unreleased]" : "Unreleased";
  std::string shown;
  for (size_t i = newest.first; i <= newest.last; ++i) {
    std::string line = text.lines[i];
    size_t at = line.find(newest.words);
    if (i == newest.line && at == std::string::npos) return {};
    if (i == newest.line) {
      line.replace(at, newest.words.size(), words);
    } else if (!line.empty()) {
      line = std::string(words.size(), line.front());
    }
    shown += line + "\n";
  }
  return shown;
}

/// What BUILD is to do with a file of sections.
std::string entry_to_write(const Changelog& changelog, const record::TreeFacts& tree) {
  std::string instruction = fmt::format(
      "The changelog entry is yours: add exactly one entry to '{}', in the form of its neighbours "
      "(marker, wrapping, quoting), in the newest section that is not released. Where the newest "
      "one is released, begin a section above it, ",
      changelog.path);
  std::optional<std::string> content = tree.read(changelog.path);
  std::string heading;
  if (content && unreadable(*content).empty()) {
    LogText text = read_log(changelog.path, *content);
    heading = heading_to_begin(text, outline_of(text));
  }
  instruction += heading.empty()
                     ? "with a heading in the form of the others."
                     : "with this heading, unless what is shown below has another form for "
                       "it:\n" +
                           heading;
  return instruction + (heading.empty() ? " " : "") + "Change nothing else there.";
}

std::string example_fragment(const Changelog& changelog, const record::TreeFacts& tree) {
  constexpr size_t kLooked = 500;
  std::string shown;
  for (const std::string& path : tree.paths(changelog.path, kLooked)) {
    std::string name = lower(path.substr(path.rfind('/') + 1));
    bool real = !name.starts_with("readme") && !name.starts_with(".") &&
                !name.starts_with("template") &&
                (changelog.suffix.empty() || name.ends_with(changelog.suffix));
    std::optional<std::string> content = real ? tree.read(path) : std::nullopt;
    if (!content || trim(*content).empty()) continue;
    shown = fmt::format("{}\n{}", path, *content);  // the last name is mostly the newest
  }
  return to_utf8(clipped(shown, kExampleBytes));
}

}  // namespace

std::string example_entry(const Changelog& changelog, const record::TreeFacts& tree,
                          const ChangelogHistory& /*the newest entries do not depend on it*/) {
  if (changelog.form == ChangelogForm::kNone) return {};
  if (is_fragments(changelog)) return example_fragment(changelog, tree);
  std::optional<std::string> content = tree.read(changelog.path);
  if (!content || !unreadable(*content).empty()) return {};
  LogText text = read_log(changelog.path, *content);
  return example_of_file(text, outline_of(text));
}

std::string changelog_for_plan(const Changelog& changelog,
                               const std::vector<std::string>& categories) {
  if (changelog.form == ChangelogForm::kNone)
    return "This repository keeps no changelog that entries are written into: the entry stands in "
           "the pull request alone.\n";
  std::string text = fmt::format(
      "The entry that `changelog` asks for goes into '{}' in that file's own form; it is written "
      "and "
      "checked without a criterion, so none is about it. `changelog.entry` is one sentence for "
      "users, code between single backticks.\n",
      changelog.path);
  if (changelog.form == ChangelogForm::kFragments)
    text += "The number of the one issue that a request names becomes the fragment's by itself.\n";
  if (categories.empty()) {
    text += "Entries have no category there: `changelog.section` is \"\".\n";
  } else {
    text += fmt::format("`changelog.section` is one of its own names, word for word: {}.\n",
                        quoted_list(categories));
  }
  return text;
}

std::vector<std::string> criteria_about_entry(const Changelog& changelog,
                                              const record::Spec& spec) {
  std::vector<std::string> found;
  if (changelog.form == ChangelogForm::kNone) return found;
  std::string path = lower(changelog.path);
  for (const record::Criterion& criterion : spec.acceptance_criteria) {
    // Of other kinds the name may be that of a file which the software writes.
    if (criterion.kind != "doc" && criterion.kind != "keep") continue;
    std::string text = lower(criterion.when);
    for (const record::Observation& seen : criterion.then) text += "\n" + lower(seen.observable);
    if (text.find(path) != std::string::npos) found.push_back(criterion.id);
  }
  return found;
}

std::string changelog_for_build(const Changelog& changelog, const record::TreeFacts& tree,
                                const ChangelogHistory& history, const NewEntry& entry,
                                const WrittenEntry& written) {
  if (changelog.form == ChangelogForm::kNone)
    return "This repository keeps no changelog: there is no entry to write.\n";
  if (written.nobody) return "There is no changelog entry to write.\n";
  if (written.file) {
    return fmt::format(
        "The changelog entry in '{}' is written for you when you are done: leave "
        "it alone.\n",
        changelog.path);
  }
  std::string text =
      is_fragments(changelog)
          ? fmt::format(
                "The changelog entry is yours: add exactly one fragment to the folder '{}', "
                "in the form of its neighbours (name, wrapping, quoting).",
                changelog.path)
          : entry_to_write(changelog, tree);
  text += fmt::format(" It was not written by rule because of this: {}.\nIts words: {}\n",
                      written.left, entry.words);
  // Where entries have no category a spec may name one all the same.
  std::vector<std::string> names = changelog_categories(changelog, tree, history);
  if (!names.empty() && !entry.category.empty()) {
    text += fmt::format("Its category: {}, or what comes nearest of {}\n", entry.category,
                        quoted_list(names));
  }
  std::string example = example_entry(changelog, tree, history);
  if (!example.empty())
    text += fmt::format("The newest ones there{}:\n{}\n",
                        is_fragments(changelog) ? "" : ", with their lines' numbers", example);
  return text;
}

std::vector<std::string> telling_tags(const Changelog& changelog, const record::TreeFacts& tree,
                                      const std::vector<std::string>& tags) {
  std::vector<std::string> telling;
  if (changelog.form == ChangelogForm::kNone || is_fragments(changelog)) return telling;
  std::optional<std::string> content = tree.read(changelog.path);
  if (!content || !unreadable(*content).empty()) return telling;
  LogText text = read_log(changelog.path, *content);
  LogOutline outline = outline_of(text);
  auto known = [&](const std::string& tag) {
    return std::find(telling.begin(), telling.end(), tag) != telling.end();
  };
  for (size_t i = 0; i < std::min(outline.sections.size(), kVersionsAsked); ++i) {
    std::string version = version_of(outline.sections[i].heading.words);
    size_t of_this = 0;
    for (const std::string& tag : tags) {
      if (version.empty() || of_this == kTagsOfAVersion) break;
      if (!tag_names(tag, version) || known(tag)) continue;
      telling.push_back(tag);
      ++of_this;
    }
  }
  // How many there are counts as well.
  for (const std::string& tag : tags) {
    if (telling.size() >= kTagsCounted) break;
    if (!known(tag)) telling.push_back(tag);
  }
  return telling;
}

}  // namespace gf::stage
