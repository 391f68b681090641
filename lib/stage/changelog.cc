#include "stage/changelog.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/text.h"
#include "stage/changelog_fragments.h"
#include "stage/changelog_inside.h"
#include "stage/changelog_place.h"
#include "stage/changelog_write.h"

namespace gf::stage {
namespace {

/// One line: newlines and runs of blanks become one blank, a list's marker in front is dropped.
std::string one_line(std::string_view text) {
  std::string line;
  for (char c : text) {
    bool blank = c == ' ' || (c >= '\t' && c <= '\r');
    if (!blank) line += c;
    if (blank && !line.empty() && line.back() != ' ') line += ' ';
  }
  while (line.ends_with(' ')) line.pop_back();
  bool marked = line.starts_with("- ") || line.starts_with("* ");
  return marked ? line.substr(2) : line;
}

}  // namespace

Changelog detect_changelog(const record::TreeFacts& tree) {
  std::optional<Changelog> fragments = detect_fragments(tree);
  Changelog changelog = fragments ? std::move(*fragments) : detect_file(tree);
  for (ChangelogEvidence& evidence : document_evidence(tree, changelog.path))
    changelog.evidence.push_back(std::move(evidence));
  return changelog;
}

std::vector<std::string> changelog_categories(const Changelog& changelog,
                                              const record::TreeFacts& tree,
                                              const ChangelogHistory& history) {
  std::vector<std::string> names;
  if (changelog.form == ChangelogForm::kFragments) {
    for (const FragmentType& type : changelog.types) names.push_back(type.name);
    return names;
  }
  std::optional<std::string> content = tree.read(changelog.path);
  if (!content || !unreadable(*content).empty()) return names;
  LogText text = read_log(changelog.path, *content);
  LogOutline outline = outline_of(text);
  size_t section = 0;
  // Where no section is certain the newest one shows the file's words all the same.
  if (!open_section(outline, history.tags, section).empty()) section = 0;
  return categories_in(text, outline, section);
}

WrittenEntry write_entry(const Changelog& changelog, const record::TreeFacts& tree,
                         const ChangelogHistory& history, const NewEntry& entry) {
  NewEntry clean = entry;
  clean.words = one_line(entry.words);
  clean.category = one_line(entry.category);
  if (changelog.form == ChangelogForm::kNone) return {std::nullopt, changelog.why, {}, true};
  if (changelog.form == ChangelogForm::kFragments) return write_fragment(changelog, tree, clean);
  std::optional<std::string> content = tree.read(changelog.path);
  if (!content)
    return {std::nullopt, fmt::format("'{}' cannot be read as text", changelog.path), {}, true};
  WrittenText written =
      write_text(changelog.path, *content, history.tags, clean.category, clean.words);
  if (!written.left.empty())
    return {
        std::nullopt, fmt::format("'{}': {}", changelog.path, written.left), {}, written.nobody};
  return {FileText{changelog.path, std::move(written.content)}, {}, {}, false};
}

std::string issue_named(std::string_view request) {
  constexpr size_t kWordsBehind = 8;  ///< of one sentence, between the word and its number
  std::set<std::string> found;
  size_t since = kWordsBehind;  // words since "issue"; that many: it is none of its sentence
  for (std::string word :
       split(replace_all(replace_all(std::string(request), "\n", " "), "(", " "), ' ')) {
    if (word.empty()) continue;
    bool ends = word.find_last_of(".;!?") == word.size() - 1;
    while (!word.empty() &&
           std::string_view(".,;:!?)]'\"").find(word.back()) != std::string_view::npos)
      word.pop_back();
    bool marked = word.starts_with('#');
    std::string digits = marked ? word.substr(1) : word;
    bool number = !digits.empty() && digits.size() < 9 && digits.front() != '0' &&
                  std::all_of(digits.begin(), digits.end(), is_digit);
    if (number && (marked || since < kWordsBehind)) {
      found.insert(digits);
      since = kWordsBehind;
    }
    std::string plain = lower(word);
    bool names = plain == "issue" || plain == "ticket" || plain == "bug";
    since = ends ? kWordsBehind : names ? 0 : std::min(since + 1, kWordsBehind);
  }
  return found.size() == 1 ? *found.begin() : std::string();
}

NewEntry new_entry(const record::Spec& spec, const std::string& slug, Rules rules) {
  NewEntry entry;
  entry.words = spec.changelog.entry.empty() ? spec.title : spec.changelog.entry;
  entry.category = spec.changelog.section.empty() ? "Added" : spec.changelog.section;
  entry.slug = slug;
  if (rules >= Rules::kIssueNamed) entry.issue = issue_named(spec.request);
  return entry;
}

}  // namespace gf::stage
