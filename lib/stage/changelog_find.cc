// Which file is the changelog: the package's own metadata, the usual names, and where a file that
// only points elsewhere leads.

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

#include "base/text.h"
#include "stage/changelog_inside.h"
#include "stage/changelog_outline.h"
#include "stage/changelog_place.h"
#include "stage/changelog_tables.h"
#include "stage/changelog_words.h"
#include "stage/changelog_write.h"

namespace gf::stage {
namespace {

using namespace std::string_view_literals;

constexpr std::array kStems = {"CHANGELOG"sv,
                               "Changelog"sv,
                               "changelog"sv,
                               "ChangeLog"sv,
                               "CHANGES"sv,
                               "Changes"sv,
                               "changes"sv,
                               "HISTORY"sv,
                               "History"sv,
                               "history"sv,
                               "NEWS"sv,
                               "News"sv,
                               "news"sv,
                               "RELEASES"sv,
                               "releases"sv,
                               "RELEASE_NOTES"sv,
                               "release_notes"sv,
                               "RELEASE-NOTES"sv,
                               "release-notes"sv,
                               "releasenotes"sv,
                               "versionhistory"sv,
                               "VERSION_HISTORY"sv,
                               "version_history"sv,
                               "whatsnew"sv,
                               "whats_new"sv,
                               "whats-new"sv,
                               "CHANGE_LOG"sv,
                               "change_log"sv};
constexpr std::array kSuffixes = {".md"sv,   ".rst"sv,      ""sv,         ".txt"sv,
                                  ".adoc"sv, ".asciidoc"sv, ".markdown"sv};
constexpr std::array kFolders = {
    ""sv,        "docs/"sv,    "doc/"sv,      "docs/source/"sv, "doc/source/"sv,
    "doc/en/"sv, "docs/en/"sv, "docs/src/"sv, "docs/docs/"sv};
constexpr size_t kPointerBytes = 700;

struct Candidate {
  std::string path;
  LogText text;
  LogOutline outline;
};

bool is_changelog_label(std::string_view label) {
  std::string name = plain_name(label);
  for (std::string_view known : {"changelog"sv, "change log"sv, "changes"sv, "release notes"sv,
                                 "releasenotes"sv, "history"sv, "whats new"sv, "what's new"sv,
                                 "news"sv, "changelog_uri"sv, "release-notes"sv}) {
    if (name == known) return true;
  }
  return false;
}

/// The paths that an address may mean in this tree: a file of the forge, or the source of a built
/// page.
std::vector<std::string> paths_meant(std::string_view url) {
  std::vector<std::string> all;
  url = url.substr(0, url.find_first_of("#?"));
  while (url.ends_with('/')) url.remove_suffix(1);
  for (std::string_view mark :
       {"/blob/"sv, "/tree/"sv, "/raw/"sv, "/src/branch/"sv, "/-/blob/"sv}) {
    size_t at = url.find(mark);
    if (at == std::string_view::npos) continue;
    size_t path = url.find('/', at + mark.size());
    if (path != std::string_view::npos) all.emplace_back(url.substr(path + 1));
  }
  if (!all.empty()) return all;
  std::vector<std::string> parts = split(url, '/');
  if (parts.size() < 4) return all;
  std::string last = parts.back();
  for (std::string_view page : {".html"sv, ".htm"sv, ".md"sv, ".rst"sv}) {
    if (last.ends_with(page)) last.resize(last.size() - page.size());
  }
  if ((last == "index" || last.empty()) && parts.size() > 4) last = parts[parts.size() - 2];
  if (last == "releases" && url.find("/releases") != std::string_view::npos && parts.size() <= 6)
    return all;
  // "whatsnew-2.1" is the page of one version, not the place for the next one.
  if (has_version(replace_all(last, "-", " "))) return all;
  for (std::string_view folder : kFolders) {
    for (std::string_view suffix : kSuffixes) {
      if (!suffix.empty()) all.push_back(fmt::format("{}{}{}", folder, last, suffix));
      if (!suffix.empty() && parts.size() > 4)
        all.push_back(fmt::format("{}{}/{}{}", folder, parts[parts.size() - 2], last, suffix));
    }
  }
  return all;
}

/// The address that the package's metadata gives for its changelog.
std::optional<std::string> address_in_metadata(const record::TreeFacts& tree,
                                               ChangelogEvidence& evidence) {
  std::vector<ConfigTable> project = read_toml(tree.read("pyproject.toml").value_or(""));
  for (const ConfigTable& table : project) {
    if (table.name != "project.urls" && table.name != "tool.poetry.urls" &&
        table.name != "tool.flit.metadata.urls")
      continue;
    for (const TableKey& key : table.keys) {
      std::vector<std::string> values = strings_in(key.value);
      if (!is_changelog_label(key.name) || values.empty()) continue;
      evidence = {"pyproject.toml", key.line, key.name + " = " + values[0]};
      return values[0];
    }
  }
  std::vector<ConfigTable> setup = read_ini(tree.read("setup.cfg").value_or(""));
  if (const ConfigTable* metadata = table_named(setup, "metadata")) {
    const TableKey* urls = metadata->find("project_urls");
    for (const std::string& row : lines(urls == nullptr ? "" : urls->value)) {
      size_t equals = row.find('=');
      if (equals == std::string::npos || !is_changelog_label(row.substr(0, equals))) continue;
      evidence = {"setup.cfg", urls->line, std::string(trim(row))};
      return std::string(trim(std::string_view(row).substr(equals + 1)));
    }
  }
  std::vector<std::string> script = lines(tree.read("setup.py").value_or(""));
  for (size_t i = 0; i < script.size(); ++i) {
    std::vector<std::string> strings = strings_in(script[i]);
    if (strings.size() < 2 || !is_changelog_label(strings[0]) ||
        strings[1].find("://") == std::string::npos)
      continue;
    evidence = {"setup.py", i + 1, std::string(trim(script[i]))};
    return strings[1];
  }
  return std::nullopt;
}

std::string folder_of(std::string_view path) {
  size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? "" : std::string(path.substr(0, slash + 1));
}

/// "docs/../CHANGES.md" -> "CHANGES.md".
std::string normal(const std::string& path) {
  std::vector<std::string> parts;
  for (const std::string& part : split(path, '/')) {
    if (part == ".." && !parts.empty()) {
      parts.pop_back();
    } else if (!part.empty() && part != "." && part != "..") {
      parts.push_back(part);
    }
  }
  return join(parts, "/");
}

/// A file that this text names and that is there: an include, a link, a path in a sentence.
std::optional<std::string> pointed_at(const record::TreeFacts& tree, const std::string& path,
                                      const std::string& content) {
  std::string words = clipped(content, kPointerBytes * 4);
  for (char& c : words) {
    if (std::string_view("()[]<>`\"'{},\t\r\n").find(c) != std::string_view::npos) c = ' ';
  }
  for (std::string word : split(words, ' ')) {
    while (!word.empty() && (word.back() == '.' || word.back() == ':' || word.back() == '_'))
      word.pop_back();
    bool file = word.find('.') != std::string::npos || word.find('/') != std::string::npos;
    if (!file || word.size() < 4) continue;
    std::vector<std::string> tried = {normal(folder_of(path) + word), normal(word)};
    if (word.find("://") != std::string::npos) tried = paths_meant(word);
    for (const std::string& one : tried) {
      if (one != path && tree.read(one)) return one;
    }
  }
  return std::nullopt;
}

/// The file at `path`, or the one it leads to; nothing if neither holds a version.
std::optional<Candidate> candidate_at(const record::TreeFacts& tree, std::string path) {
  for (int step = 0; step < 3; ++step) {
    std::optional<std::string> content = tree.read(path);
    if (!content || !unreadable(*content).empty()) return std::nullopt;
    Candidate found{path, read_log(path, *content), {}};
    found.outline = outline_of(found.text);
    if (!found.outline.sections.empty()) return found;
    std::optional<std::string> next = pointed_at(tree, path, *content);
    if (!next) return std::nullopt;
    path = *next;
  }
  return std::nullopt;
}

ChangelogForm form_of(const Candidate& found) {
  switch (found.text.markup) {
    case Markup::kMarkdown:
      return names_keep_a_changelog(found.text, found.outline) ? ChangelogForm::kKeepAChangelog
                                                               : ChangelogForm::kMarkdown;
    case Markup::kRst:
      return ChangelogForm::kRst;
    case Markup::kAsciiDoc:
      return ChangelogForm::kAsciiDoc;
    case Markup::kPlain:
      return ChangelogForm::kPlain;
  }
  return ChangelogForm::kMarkdown;
}

bool has_open(const Candidate& found) {
  return found.outline.sections[0].state == SectionState::kOpen;
}

void describe(Changelog& changelog, const Candidate& found) {
  const LogSection& newest = found.outline.sections[0];
  size_t line = newest.state_line + 1;
  std::string_view state = newest.state == SectionState::kOpen ? "has an open section"
                           : newest.state == SectionState::kReleased
                               ? "begins with a released version"
                               : "begins with a version of unknown state";
  changelog.why = fmt::format("'{}' {}, line {}", found.path, state, line);
  changelog.evidence.push_back({found.path, line, std::string(trim(found.text.lines[line - 1]))});
}

}  // namespace

std::vector<ChangelogEvidence> document_evidence(const record::TreeFacts& tree,
                                                 const std::string& path) {
  std::vector<ChangelogEvidence> all;
  std::string name = lower(path.substr(path.rfind('/') + 1));
  for (const char* file :
       {"AGENTS.md", "CLAUDE.md", "CONTRIBUTING.md", "CONTRIBUTING.rst", "CONTRIBUTING.txt",
        "CONTRIBUTING", ".github/CONTRIBUTING.md", "docs/contributing.md", "docs/contributing.rst",
        ".github/PULL_REQUEST_TEMPLATE.md", ".github/pull_request_template.md",
        ".github/copilot-instructions.md"}) {
    std::vector<std::string> rows = lines(tree.read(file).value_or(""));
    size_t taken = 0;
    for (size_t i = 0; i < rows.size() && taken < 3; ++i) {
      std::string low = lower(rows[i]);
      bool about = low.find("changelog") != std::string::npos ||
                   low.find("change log") != std::string::npos ||
                   low.find("news fragment") != std::string::npos ||
                   low.find("newsfragment") != std::string::npos ||
                   low.find("release note") != std::string::npos ||
                   (name.size() > 3 && low.find(name) != std::string::npos);
      if (!about) continue;
      all.push_back({file, i + 1, clipped(trim(rows[i]), 200)});
      ++taken;
    }
  }
  return all;
}

Changelog detect_file(const record::TreeFacts& tree) {
  Changelog changelog;
  std::optional<Candidate> best;
  ChangelogEvidence evidence;
  if (std::optional<std::string> url = address_in_metadata(tree, evidence)) {
    for (const std::string& path : paths_meant(*url)) {
      if ((best = candidate_at(tree, path))) break;
    }
    if (best) changelog.evidence.push_back(evidence);
  }
  std::string first_name;
  for (size_t f = 0; f < kFolders.size() && !best; ++f) {
    for (std::string_view stem : kStems) {
      for (std::string_view suffix : kSuffixes) {
        std::string path = fmt::format("{}{}{}", kFolders[f], stem, suffix);
        if (!tree.has_path(path)) continue;
        if (first_name.empty() && tree.read(path)) first_name = path;
        std::optional<Candidate> found = candidate_at(tree, path);
        // Of two files of substance the one that is open is the living one.
        if (found && (!best || (!has_open(*best) && has_open(*found)))) best = std::move(found);
      }
    }
  }
  if (best) {
    changelog.form = form_of(*best);
    changelog.path = best->path;
    describe(changelog, *best);
  } else if (!first_name.empty()) {
    LogText text = read_log(first_name, "");
    changelog.form = text.markup == Markup::kMarkdown ? ChangelogForm::kMarkdown
                     : text.markup == Markup::kRst    ? ChangelogForm::kRst
                                                      : ChangelogForm::kPlain;
    changelog.path = first_name;
    changelog.why = fmt::format("'{}' is there and has no version headings", first_name);
    changelog.evidence.push_back({first_name, 0, changelog.why});
  } else {
    changelog.why = "no changelog was found";
  }
  return changelog;
}

}  // namespace gf::stage
