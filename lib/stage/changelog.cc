#include "stage/changelog.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"

namespace gf::stage {
namespace {

constexpr const char* kMarkdownNames[] = {"CHANGELOG.md", "CHANGES.md",   "HISTORY.md",
                                          "NEWS.md",      "Changelog.md", "changelog.md"};
constexpr const char* kRstNames[] = {"CHANGELOG.rst", "CHANGES.rst", "HISTORY.rst", "NEWS.rst"};
constexpr const char* kFragmentFolders[] = {"newsfragments", "changelog.d", "changes.d", "news"};

bool is_unreleased(std::string_view line) {
  std::string word = lower(trim(line));
  return word.find("unreleased") != std::string::npos;
}

size_t heading_level(std::string_view line) {
  size_t level = line.find_first_not_of('#');
  bool heading = level != std::string_view::npos && level > 0 && line[level] == ' ';
  return heading ? level : 0;
}

std::string one_line(std::string_view text) {
  return join(lines(std::string(trim(replace_all(text, "\n", " ")))), " ");
}

std::string text_of(const std::vector<std::string>& all) { return join(all, "\n") + "\n"; }

/// The first line at or after `from` that begins a section of level 1..`level`, or the end.
size_t section_end(const std::vector<std::string>& all, size_t from, size_t level) {
  for (size_t i = from; i < all.size(); ++i) {
    size_t here = heading_level(all[i]);
    if (here > 0 && here <= level) return i;
  }
  return all.size();
}

/// Inserts `bullet` after the last line with text in [from, to), with a blank line kept below.
void insert_bullet(std::vector<std::string>& all, size_t from, size_t to,
                   const std::string& bullet) {
  size_t at = to;
  while (at > from && trim(all[at - 1]).empty()) --at;
  // A list directly under its heading gets the blank line that Markdown wants between them.
  bool under_heading = at == from;
  auto place = all.begin() + static_cast<std::ptrdiff_t>(at);
  if (under_heading) place = all.insert(place, "") + 1;
  place = all.insert(place, bullet) + 1;
  if (place != all.end() && !trim(*place).empty()) all.insert(place, "");
}

std::string add_to_markdown(const std::string& content, const std::string& section,
                            const std::string& entry) {
  std::vector<std::string> all = lines(content);
  std::string bullet = "- " + entry;
  if (std::find(all.begin(), all.end(), bullet) != all.end()) return content;
  auto unreleased = std::find_if(all.begin(), all.end(), [](const std::string& line) {
    return heading_level(line) == 2 && is_unreleased(line);
  });
  if (unreleased == all.end()) {
    size_t at = 0;
    while (at < all.size() && heading_level(all[at]) != 2) ++at;
    while (at > 0 && at == all.size() && trim(all[at - 1]).empty()) --at;
    std::vector<std::string> block = {"## [Unreleased]", "", "### " + section, "", bullet, ""};
    if (at > 0 && !trim(all[at - 1]).empty()) block.insert(block.begin(), "");
    all.insert(all.begin() + static_cast<std::ptrdiff_t>(at), block.begin(), block.end());
    while (!all.empty() && all.back().empty()) all.pop_back();
    return text_of(all);
  }
  size_t begin = static_cast<size_t>(unreleased - all.begin()) + 1;
  size_t end = section_end(all, begin, 2);
  for (size_t i = begin; i < end; ++i) {
    if (heading_level(all[i]) == 3 && lower(trim(all[i].substr(3))) == lower(section)) {
      insert_bullet(all, i + 1, section_end(all, i + 1, 3), bullet);
      return text_of(all);
    }
  }
  std::vector<std::string> block = {"", "### " + section, "", bullet};
  size_t at = end;
  while (at > begin && trim(all[at - 1]).empty()) --at;
  all.insert(all.begin() + static_cast<std::ptrdiff_t>(at), block.begin(), block.end());
  return text_of(all);
}

bool is_underline(std::string_view line) {
  return line.size() >= 3 && line.find_first_not_of(line[0]) == std::string_view::npos &&
         std::string_view("=-~^\"'`#*+").find(line[0]) != std::string_view::npos;
}

std::string add_to_rst(const std::string& content, const std::string& entry) {
  std::vector<std::string> all = lines(content);
  bool stars = content.find("\n* ") != std::string::npos;
  std::string bullet = (stars ? "* " : "- ") + entry;
  if (std::find(all.begin(), all.end(), bullet) != all.end()) return content;
  for (size_t i = 0; i + 1 < all.size(); ++i) {
    if (!is_unreleased(all[i]) || !is_underline(all[i + 1])) continue;
    size_t end = i + 2;
    while (end < all.size() &&
           !(end + 1 < all.size() && is_underline(all[end + 1]) && !all[end].empty())) {
      ++end;
    }
    insert_bullet(all, i + 2, end, bullet);
    return text_of(all);
  }
  // Below the document's title: the title's underline is the first one of all.
  size_t at = 0;
  while (at < all.size() && !is_underline(all[at])) ++at;
  at = at == all.size() ? 0 : at + 1;
  std::vector<std::string> block = {"", "Unreleased", "----------", "", bullet, ""};
  while (at < all.size() && trim(all[at]).empty())
    all.erase(all.begin() + static_cast<std::ptrdiff_t>(at));
  all.insert(all.begin() + static_cast<std::ptrdiff_t>(at), block.begin(), block.end());
  return text_of(all);
}

/// towncrier's types; an entry that is no fix and no removal is a feature.
std::string fragment_type(const std::string& section) {
  std::string word = lower(section);
  if (word == "fixed") return "bugfix";
  if (word == "removed" || word == "deprecated") return "removal";
  return "feature";
}

std::string fragment_suffix(const record::TreeFacts& tree, const std::string& folder) {
  for (const std::string& path : tree.paths(folder, 200)) {
    if (path.ends_with(".rst")) return ".rst";
    if (path.ends_with(".md") && lower(path).find("readme") == std::string::npos) return ".md";
  }
  return ".md";
}

}  // namespace

Changelog detect_changelog(const record::TreeFacts& tree) {
  std::string project = tree.read("pyproject.toml").value_or("");
  bool towncrier =
      project.find("[tool.towncrier]") != std::string::npos || tree.has_path("towncrier.toml");
  for (const char* folder : kFragmentFolders) {
    bool plain_word = std::string_view(folder) == "news";
    if (tree.has_path(folder) && (towncrier || !plain_word)) {
      return {ChangelogForm::kFragments, folder, fmt::format("'{}' holds news fragments", folder)};
    }
  }
  for (const char* name : kMarkdownNames) {
    std::optional<std::string> content = tree.read(name);
    if (!content) continue;
    for (const std::string& line : lines(*content)) {
      if (heading_level(line) == 2 && is_unreleased(line)) {
        return {ChangelogForm::kKeepAChangelog, name,
                fmt::format("'{}' has an Unreleased section", name)};
      }
    }
    return {ChangelogForm::kMarkdown, name, fmt::format("'{}' is there", name)};
  }
  for (const char* name : kRstNames) {
    if (tree.has_path(name)) return {ChangelogForm::kRst, name, fmt::format("'{}' is there", name)};
  }
  return {ChangelogForm::kNone, "", "no changelog was found"};
}

std::optional<FileText> with_entry(const Changelog& changelog, const record::TreeFacts& tree,
                                   const record::Spec& spec, const std::string& slug) {
  std::string entry = one_line(spec.changelog.entry.empty() ? spec.title : spec.changelog.entry);
  std::string section = one_line(spec.changelog.section.empty() ? "Added" : spec.changelog.section);
  switch (changelog.form) {
    case ChangelogForm::kNone:
      return std::nullopt;
    case ChangelogForm::kKeepAChangelog:
    case ChangelogForm::kMarkdown:
      return FileText{changelog.path,
                      add_to_markdown(tree.read(changelog.path).value_or(""), section, entry)};
    case ChangelogForm::kRst:
      return FileText{changelog.path, add_to_rst(tree.read(changelog.path).value_or(""), entry)};
    case ChangelogForm::kFragments: {
      // '+' marks a fragment without an issue number (towncrier, "orphan fragments").
      std::string name = fmt::format("{}/+{}.{}{}", changelog.path, slug, fragment_type(section),
                                     fragment_suffix(tree, changelog.path));
      return FileText{name, entry + "\n"};
    }
  }
  return std::nullopt;
}

}  // namespace gf::stage
