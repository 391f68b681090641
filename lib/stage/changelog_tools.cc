// Which fragment tool a repository uses, told by that tool's own configuration.

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>

#include "base/text.h"
#include "record/json.h"
#include "stage/changelog_fragments.h"
#include "stage/changelog_tables.h"

namespace gf::stage {
namespace {

constexpr size_t kFragmentsLooked = 400;

const std::vector<FragmentType>& towncrier_types() {
  static const std::vector<FragmentType> kTypes = {{"feature", "Features"},
                                                   {"bugfix", "Bugfixes"},
                                                   {"doc", "Improved Documentation"},
                                                   {"removal", "Deprecations and Removals"},
                                                   {"misc", "Misc"}};
  return kTypes;
}

std::string base_name(std::string_view path) {
  return std::string(path.substr(path.rfind('/') + 1));
}

bool is_prose_file(const std::string& name) {
  std::string low = lower(name);
  return low.starts_with("readme") || low.starts_with('.') || low.starts_with("template") ||
         low.starts_with('_') || low == "config.json" || low.ends_with(".j2") ||
         low.ends_with(".jinja");
}

/// The suffix that most fragments of the folder have; `fallback` where there are none.
std::string common_suffix(const record::TreeFacts& tree, const Changelog& changelog,
                          const std::string& fallback) {
  std::map<std::string, size_t> votes;
  for (const std::string& path : tree.paths(changelog.path, kFragmentsLooked)) {
    std::optional<FragmentName> name = read_fragment_name(base_name(path), changelog.types);
    if (name) ++votes[name->suffix];
  }
  std::string best = fallback;
  size_t most = 0;
  for (const auto& [suffix, count] : votes) {
    if (count > most) best = suffix;
    most = std::max(most, count);
  }
  return best;
}

void say(Changelog& found, const std::string& file, size_t line, const std::string& text) {
  found.why = fmt::format("'{}', line {}: {}; fragments in '{}'", file, line, text, found.path);
  found.evidence.push_back({file, line, text});
}

/// [[tool.towncrier.type]], [tool.towncrier.fragment.NAME], or `type = [{directory = "..."}]`.
void read_types(const std::vector<ConfigTable>& all, const ConfigTable& main, Changelog& found) {
  constexpr std::string_view kFragment = "tool.towncrier.fragment.";
  for (const ConfigTable& table : all) {
    if (table.name == "tool.towncrier.type") {
      std::string label = table.string("name");
      std::string name = table.string("directory");
      found.types.push_back({name.empty() ? lower(label) : name, label});
    } else if (table.name.starts_with(kFragment)) {
      std::string name = table.name.substr(kFragment.size());
      found.types.push_back({name, table.find("name") != nullptr ? table.string("name") : name});
    }
  }
  if (main.find("type") != nullptr) found.unsure = "its types are written in a form not read here";
  if (found.types.empty()) found.types = towncrier_types();
}

std::optional<Changelog> towncrier(const record::TreeFacts& tree) {
  for (const char* file : {"towncrier.toml", "pyproject.toml"}) {
    std::vector<ConfigTable> all = read_toml(tree.read(file).value_or(""));
    const ConfigTable* main = table_named(all, "tool.towncrier");
    if (main == nullptr) continue;
    Changelog found;
    found.form = ChangelogForm::kFragments;
    found.tool = FragmentTool::kTowncrier;
    found.path = main->string("directory");
    if (found.path.empty()) {
      std::string package = replace_all(main->string("package"), ".", "/");
      std::string folder = main->string("package_dir");
      if (folder == "." || folder == "./") folder.clear();
      while (folder.ends_with('/')) folder.pop_back();
      found.path =
          join(package.empty()  ? std::vector<std::string>{"newsfragments"}
               : folder.empty() ? std::vector<std::string>{package, "newsfragments"}
                                : std::vector<std::string>{folder, package, "newsfragments"},
               "/");
    }
    while (found.path.ends_with('/')) found.path.pop_back();
    if (found.path.starts_with("./")) found.path.erase(0, 2);
    found.assembled = main->string("filename");
    if (main->find("orphan_prefix") != nullptr) found.orphan = main->string("orphan_prefix");
    read_types(all, *main, found);
    for (const ConfigTable& table : all) {
      if (table.name == "tool.towncrier.section" && !table.string("path").empty())
        found.unsure = "fragments lie in a folder for each section";
    }
    std::string target = found.assembled.empty() ? "NEWS.rst" : found.assembled;
    found.suffix = common_suffix(tree, found, target.ends_with(".md") ? ".md" : ".rst");
    say(found, file, main->line, "[tool.towncrier]");
    return found;
  }
  return std::nullopt;
}

std::optional<Changelog> scriv(const record::TreeFacts& tree) {
  for (const char* file :
       {"pyproject.toml", "setup.cfg", "tox.ini", "scriv.ini", "changelog.d/scriv.ini"}) {
    bool toml = std::string_view(file).ends_with(".toml");
    std::string text = tree.read(file).value_or("");
    std::vector<ConfigTable> all = toml ? read_toml(text) : read_ini(text);
    const ConfigTable* main = table_named(all, toml ? "tool.scriv" : "scriv");
    if (main == nullptr) main = table_named(all, "tool.scriv");
    if (main == nullptr) continue;
    Changelog found;
    found.form = ChangelogForm::kFragments;
    found.tool = FragmentTool::kScriv;
    found.path = main->string("fragment_directory");
    if (found.path.empty()) found.path = "changelog.d";
    if (const TableKey* key = main->find("categories")) {
      std::vector<std::string> names =
          toml ? strings_in(key->value) : split(replace_all(key->value, "\n", ","), ',');
      for (const std::string& name : names) {
        if (!trim(name).empty())
          found.types.push_back({std::string(trim(name)), std::string(trim(name))});
      }
    } else {
      for (const char* name : {"Removed", "Added", "Changed", "Deprecated", "Fixed", "Security"})
        found.types.push_back({name, name});
    }
    found.suffix = main->string("format") == "md" ? ".md" : ".rst";
    found.unsure = "the name of a scriv fragment holds a time, a user and a branch";
    say(found, file, main->line, "scriv");
    return found;
  }
  return std::nullopt;
}

std::optional<Changelog> changie(const record::TreeFacts& tree) {
  for (const char* file : {".changie.yaml", ".changie.yml"}) {
    std::optional<std::string> text = tree.read(file);
    if (!text) continue;
    ConfigTable table = read_yaml(*text);
    Changelog found;
    found.form = ChangelogForm::kFragments;
    found.tool = FragmentTool::kChangie;
    std::string folder = table.string("changesDir"), unreleased = table.string("unreleasedDir");
    found.path = (folder.empty() ? ".changes" : folder) + "/" +
                 (unreleased.empty() ? "unreleased" : unreleased);
    for (const TableKey& key : table.keys) {
      std::string label = key.name == "kinds[].label" ? key.value : "";
      std::erase_if(label, [](char c) { return c == '"' || c == '\''; });
      if (!label.empty()) found.types.push_back({label, label});
    }
    found.assembled = table.string("changelogPath");
    found.suffix = ".yaml";
    found.unsure = "a changie fragment holds the time and its own fields";
    say(found, file, 1, "changie");
    return found;
  }
  return std::nullopt;
}

std::optional<Changelog> changesets_or_reno(const record::TreeFacts& tree) {
  Changelog found;
  found.form = ChangelogForm::kFragments;
  if (tree.has_path(".changeset/config.json")) {
    found.tool = FragmentTool::kChangesets;
    found.path = ".changeset";
    found.suffix = ".md";
    for (const char* bump : {"major", "minor", "patch"}) found.types.push_back({bump, bump});
    found.unsure = "a changeset names packages and how far their versions go up";
    say(found, ".changeset/config.json", 1, "changesets");
    return found;
  }
  if (!tree.has_path("releasenotes/notes")) return std::nullopt;
  found.tool = FragmentTool::kReno;
  found.path = "releasenotes/notes";
  found.suffix = ".yaml";
  for (const char* key :
       {"features", "fixes", "upgrade", "deprecations", "security", "issues", "critical", "other"})
    found.types.push_back({key, key});
  found.unsure = "the name of a reno note ends with a number that reno draws";
  found.why = "'releasenotes/notes' is reno's folder";
  found.evidence.push_back({found.path, 0, "reno"});
  return found;
}

/// A folder without any configuration: only the names of what lies in it can tell.
std::optional<Changelog> folder_of_fragments(const record::TreeFacts& tree) {
  for (const char* folder :
       {"newsfragments", "changelog.d", "changes.d", "news.d", "news", "changelog/unreleased",
        ".changelog/unreleased", "changes/unreleased", "changelog_unreleased", "changelog",
        "changes", ".changes", "doc/newsfragments", "docs/newsfragments", "docs/changelog.d",
        "upcoming_changes"}) {
    if (!tree.has_path(folder)) continue;
    Changelog found;
    found.form = ChangelogForm::kFragments;
    found.tool = FragmentTool::kFolder;
    found.path = folder;
    std::map<std::string, size_t> types;
    size_t files = 0, named = 0;
    for (const std::string& path : tree.paths(folder, kFragmentsLooked)) {
      std::string name = base_name(path);
      if (is_prose_file(name)) continue;
      ++files;
      std::optional<FragmentName> read = read_fragment_name(name, {});
      if (!read) continue;
      ++named;
      ++types[read->type];
    }
    bool unreleased = std::string_view(folder).find("unreleased") != std::string_view::npos ||
                      std::string_view(folder).find("fragments") != std::string_view::npos;
    if (!unreleased && (named == 0 || named * 2 < files)) continue;
    for (const auto& [type, count] : types) found.types.push_back({type, type});
    if (named < 3) found.unsure = "too few fragments show how they are named";
    found.suffix = common_suffix(tree, found, ".md");
    found.why =
        fmt::format("'{}' holds {}", folder, counted(named == 0 ? files : named, "fragment"));
    found.evidence.push_back({folder, 0, found.why});
    return found;
  }
  return std::nullopt;
}

}  // namespace

std::optional<Changelog> detect_fragments(const record::TreeFacts& tree) {
  for (auto look : {towncrier, scriv, changie, changesets_or_reno, folder_of_fragments}) {
    if (std::optional<Changelog> found = look(tree)) return found;
  }
  return std::nullopt;
}

}  // namespace gf::stage
