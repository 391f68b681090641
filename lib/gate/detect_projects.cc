// Detection, project by project: each is asked as if it were the whole tree, and what a gate
// further up looks at already is left to that.
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <map>

#include "base/glob.h"
#include "base/text.h"
#include "gate/config_file.h"
#include "gate/detect.h"
#include "gate/evidence.h"
#include "gate/folder_facts.h"
#include "gate/project.h"
#include "gate/python_tests.h"
#include "gate/rust.h"

namespace gf::gate {
namespace {

using record::TreeFacts;
using Words = std::vector<std::string>;

/// One project, or what of the root belongs to none, while its gates are found.
struct Site {
  std::string folder;
  Words languages;
  Words inside;  ///< folders of projects further in
  std::vector<Evidence> outer_evidence;
  std::optional<std::string> workspace = {};  ///< Project::workspace
};

std::string tool_of(const Gate& gate) {
  return gate.folder.empty() ? gate.name : gate.name.substr(gate.folder.size() + 1);
}

std::string from_above(const std::string& folder, const std::string& path) {
  return std::filesystem::path(path).lexically_relative(folder).string();
}

/// The root, and each project below it; the calls that the root's files show are handed to the
/// project that they are made in.
std::vector<Site> sites_of(const TreeFacts& tree, const std::vector<Project>& projects) {
  std::vector<Site> sites(1);  // of the root every language is asked
  for (const Project& project : projects) {
    if (!project.folder.empty())
      sites.push_back({project.folder, project.languages, {}, {}, project.workspace});
  }
  for (Site& site : sites) {
    for (const Project& project : projects) {
      bool further = project.folder != site.folder && is_below(project.folder, site.folder);
      if (further) site.inside.push_back(project.folder);
    }
  }
  for (const Evidence& one : evidence_in(tree)) {
    for (Site& site : sites) {
      if (site.folder.empty() || one.call.folder != site.folder) continue;
      site.outer_evidence.push_back(one);
      site.outer_evidence.back().path = from_above(site.folder, one.path);
    }
  }
  return sites;
}

/// Where a reason names a file of the project's folder, it names it as the tree does.
std::string why_below(const std::string& folder, const std::string& why) {
  constexpr std::string_view kTests = "tests in ";
  if (why == "tests at the top") return fmt::format("tests in {}/", folder);
  if (why.starts_with(kTests)) return fmt::format("tests in {}/{}", folder, why.substr(9));
  size_t end = why.find_first_of(": ");
  std::string path = (std::filesystem::path(folder) / why.substr(0, end)).lexically_normal();
  return end == std::string::npos ? path : path + why.substr(end);
}

/// Does a path on a command line name the folder, something in it, or a folder around it?
bool concerns(const std::string& word, const std::string& folder) {
  std::string path = word;
  while (path.starts_with("./")) path.erase(0, 2);
  while (path.ends_with('/')) path.pop_back();
  if (path.empty() || path == ".") return true;
  if (path.find('*') != std::string::npos) return pathspec_matches(path, folder + "/tests");
  return is_below(folder, path) || is_below(path, folder);
}

bool concerns_any(const Words& words, const std::string& folder) {
  return std::any_of(words.begin(), words.end(),
                     [&](const std::string& word) { return concerns(word, folder); });
}

/// Words of a command line that name folders or files of the tree.
Words named_in(const Gate& gate, const TreeFacts& view) {
  Words named;
  for (size_t i = 3; i < gate.argv.size(); ++i) {
    const std::string& word = gate.argv[i];
    bool settings = word.ends_with(".toml") || word.ends_with(".ini") || word.ends_with(".cfg");
    if (word.starts_with('-') || settings) continue;
    if (word == "." || view.has_path(word)) named.push_back(word);
  }
  return named;
}

/// The paths in a list of one of a tool's own tables; nothing: it has none.
std::optional<Words> paths_set(const TreeFacts& view, const ConfigFile::Path& toml,
                               const ConfigFile::Path& ini, const std::string& key) {
  ConfigFile pyproject = read_toml(view.read("pyproject.toml").value_or(""));
  ConfigFile::Path path = toml;
  path.push_back(key);
  if (auto found = pyproject.values.find(path); found != pyproject.values.end())
    return found->second;
  for (const char* file : {"pytest.ini", "tox.ini", "setup.cfg", "mypy.ini", ".mypy.ini"}) {
    ConfigFile read = read_ini(view.read(file).value_or(""));
    for (const std::string& section : ini) {
      auto found = read.values.find({section, key});
      if (found == read.values.end() || found->second.empty()) continue;
      std::string words = found->second.front();
      std::replace_if(
          words.begin(), words.end(), [](char c) { return c == ',' || c == '\n'; }, ' ');
      Words all;
      for (std::string& word : split(words, ' ')) {
        if (!word.empty()) all.push_back(std::move(word));
      }
      return all;
    }
  }
  return std::nullopt;
}

/// How a project further in wants its own tests run; a project that says nothing of it is content
/// with being collected from above.
bool runs_its_own_tests(const TreeFacts& inner, const Site& site) {
  for (const char* lock : {"uv.lock", "poetry.lock", "pdm.lock", "Pipfile.lock", "tox.ini",
                           "pytest.ini", "noxfile.py"}) {
    if (inner.has_path(lock)) return true;
  }
  ConfigFile pyproject = read_toml(inner.read("pyproject.toml").value_or(""));
  if (pyproject.tables.contains({"tool", "pytest"})) return true;
  if (read_ini(inner.read("setup.cfg").value_or("")).tables.contains({"tool:pytest"})) return true;
  return std::any_of(site.outer_evidence.begin(), site.outer_evidence.end(),
                     [](const Evidence& one) { return one.call.tool == "pytest"; });
}

/// Does this test gate collect the tests of a project further in? What the outer one's own
/// configuration names, else everything that says nothing for itself.
bool collects(const Gate& gate, const TreeFacts& outer, const std::string& below,
              const TreeFacts& inner, const Site& site) {
  if (gate.name != "pytest") return false;
  if (!gate.targets.empty()) return concerns_any(gate.targets, below);
  auto paths =
      paths_set(outer, {"tool", "pytest", "ini_options"}, {"pytest", "tool:pytest"}, "testpaths");
  if (paths) return concerns_any(*paths, below);
  bool set_up = !gate.why.starts_with("tests ");
  return set_up && !runs_its_own_tests(inner, site);
}

bool looks_at(const Gate& gate, const TreeFacts& outer, const std::string& below) {
  Words named = named_in(gate, outer);
  if (named.empty() && gate.name == "mypy") {
    auto files = paths_set(outer, {"tool", "mypy"}, {"mypy"}, "files");
    return files && concerns_any(*files, below);
  }
  return named.empty() || concerns_any(named, below);
}

/// pytest started at the top of a tree takes all tests that it finds below.
void leave_to_their_own(Gate& gate, const Words& folders) {
  auto quiet = std::find(gate.argv.begin(), gate.argv.end(), "-q");
  if (gate.name != "pytest" || quiet == gate.argv.end()) return;
  Words more;
  for (const std::string& folder : folders) more.push_back("--ignore=" + folder);
  gate.argv.insert(quiet + 1, more.begin(), more.end());
}

/// Test ids are told from the folder that the gate is started in, wherever its settings lie.
void begin_here(Gate& gate) {
  auto quiet = std::find(gate.argv.begin(), gate.argv.end(), "-q");
  if (gate.name == "pytest" && quiet != gate.argv.end()) gate.argv.insert(quiet + 1, "--rootdir=.");
}

bool has_word(const Words& all, std::string_view one) {
  return std::find(all.begin(), all.end(), one) != all.end();
}

/// Which projects further in the gate leaves to themselves.
void set_apart(const TreeFacts& tree, const std::vector<Site>& sites, const Site& site,
               const TreeFacts& view, std::string_view language, Gate& gate) {
  Words ignored;
  for (const std::string& folder : site.inside) {
    auto inner = std::find_if(sites.begin(), sites.end(),
                              [&](const Site& one) { return one.folder == folder; });
    std::string below = site.folder.empty() ? folder : folder.substr(site.folder.size() + 1);
    bool tests = gate.stage == "test", speaks = has_word(inner->languages, language);
    bool whole = language == "Rust" && inner->workspace == site.folder && takes_members(gate);
    bool asked = language != "Rust" && speaks;
    bool judged =
        whole || (asked && (tests ? collects(gate, view, below, FolderFacts(tree, folder), *inner)
                                  : looks_at(gate, view, below)));
    if (judged) continue;
    gate.apart.push_back(folder);
    if (tests && speaks) ignored.push_back(below);
  }
  bool everything = gate.targets.empty() && !paths_set(view, {"tool", "pytest", "ini_options"},
                                                       {"pytest", "tool:pytest"}, "testpaths");
  if (everything) leave_to_their_own(gate, ignored);
}

bool is_judged_above(const std::vector<Gate>& gates, const std::string& tool,
                     const std::string& folder) {
  return std::any_of(gates.begin(), gates.end(), [&](const Gate& gate) {
    return tool_of(gate) == tool && gate.folder != folder && is_below(folder, gate.folder) &&
           std::find(gate.apart.begin(), gate.apart.end(), folder) == gate.apart.end();
  });
}

/// What one language has at one place, under names of the whole repository.
void detect_at(const TreeFacts& tree, const std::vector<Site>& sites, const Site& site,
               const Language& language, const std::string& program, Detected& all) {
  FolderFacts view(tree, site.folder, site.inside);
  Detected found;
  found.outer_evidence = site.outer_evidence;
  found.inside = site.inside;
  language.detect(view, program, found);
  for (const std::string& note : found.notes)
    all.notes.push_back(site.folder.empty() ? note : fmt::format("{}: {}", site.folder, note));
  for (Gate& gate : found.gates) {
    if (is_judged_above(all.gates, gate.name, site.folder)) continue;
    set_apart(tree, sites, site, view, language.name, gate);
    if (!site.folder.empty()) {
      begin_here(gate);
      gate.folder = site.folder;
      gate.name = site.folder + "/" + gate.name;
      gate.why = why_below(site.folder, gate.why);
    }
    all.gates.push_back(std::move(gate));
  }
}

}  // namespace

Detected detect_projects(const TreeFacts& tree, const std::vector<Project>& projects,
                         const std::string& program) {
  Detected all;
  std::vector<Site> sites = sites_of(tree, projects);
  for (const Site& site : sites) {
    for (const Language& language : all_languages()) {
      bool asked = site.folder.empty() || has_word(site.languages, language.name);
      if (asked) detect_at(tree, sites, site, language, program, all);
    }
    if (site.folder.empty()) detect_pre_commit(tree, all);
  }
  for (Gate& gate : all.gates) {
    if (gate.fix.empty()) gate.fix = known_fixer(gate.argv);
    gate.detected = true;
  }
  return all;
}

std::vector<std::string> detection_notes(const TreeFacts& tree,
                                         const std::vector<Project>& projects) {
  return are_several(projects) ? detect_projects(tree, projects, "").notes : detection_notes(tree);
}

}  // namespace gf::gate
