// JavaScript's links, whatever runs or builds it: what import, export and require name, quoted
// paths wherever they stand, packages of the same repository by their names, aliases by how their
// names end, and what the runners' own settings name.
#include <algorithm>
#include <array>

#include "base/glob.h"
#include "base/source_parts.h"
#include "base/text.h"
#include "gate/affected.h"
#include "gate/detect.h"
#include "gate/javascript_imports.h"
#include "gate/language.h"
#include "record/json.h"

namespace gf::gate {
namespace {

using Names = std::set<std::string>;
using Words = std::vector<std::string>;

constexpr const char* kPackageFile = "package.json";
/// What every file needs: set-up of the runners, types and mocks that nobody imports.
constexpr const char* kShared = "*shared";

/// Whoever has one of these loads what its text does not name.
constexpr std::array<std::string_view, 8> kLoadsAny = {
    "import.meta.glob", "require.context", "readdir",    "globSync",
    "fast-glob",        "require-all",     "import-all", "Module._"};
/// So does a test that starts a program, or makes paths of where it stands.
constexpr std::array<std::string_view, 9> kTestLoads = {
    "child_process",   "execa",           "worker_threads", "new Worker", "__dirname",
    "import.meta.dir", "import.meta.url", "process.cwd",    "__filename"};

/// Words of a file that sets something up for others.
constexpr std::array<std::string_view, 9> kSetsUp = {"before",     "beforeEach", "beforeAll",
                                                     "after",      "afterEach",  "global",
                                                     "globalThis", "extend",     "use"};

template <typename Parts>
bool names_any(const std::string& text, const Parts& parts) {
  return std::any_of(parts.begin(), parts.end(),
                     [&](std::string_view part) { return text.find(part) != std::string::npos; });
}

const Words& runners_settings() {
  static const Words patterns = {"**/jest.config.*",  "**/vitest.config.*", "**/vitest.workspace.*",
                                 "**/vite.config.*",  "**/ava.config.*",    "**/jest.preset.*",
                                 "**/babel.config.*", "**/.mocharc.*",      "**/.babelrc*"};
  return patterns;
}

/// Files that no text has to name to have a hand in every test.
const Words& shared_files() {
  static const Words patterns = {"*.d.ts",          "*.d.mts",      "*.d.cts",
                                 "**/__mocks__/**", "setupTests.*", "jest.setup.*",
                                 "vitest.setup.*",  "jest-setup.*", "test-setup.*",
                                 "setup-tests.*",   "globalSetup.*"};
  return patterns;
}

/// All words of a text that could be paths, as scripts and settings write them.
void add_named_in(const NamedFiles& files, const std::string& folder, const std::string& text,
                  Names& needs) {
  std::string word;
  for (char c : text + " ") {
    if (std::string_view(" \t\r\n\"'`,;:=()[]{}").find(c) == std::string_view::npos) {
      word += c;
      continue;
    }
    if (size_t root = word.find("<rootDir>/"); root != std::string::npos) word.erase(0, root + 10);
    Names found;
    if (word.size() > 2) files.find_at(folder, word, found);
    // A folder, or what stands for many, is where tests are looked for.
    for (const std::string& one : found) {
      if (!one.ends_with("**")) needs.insert(one);
    }
    word.clear();
  }
}

/// What package.json says of tests: its runners' tables, and scripts of that name.
void add_of_manifest(const NamedFiles& files, const std::string& folder, const std::string& text,
                     Names& needs) {
  auto json = record::Json::parse(text);
  if (!json.ok()) return;
  for (const char* table : {"jest", "mocha", "ava", "vitest", "babel", "tap", "imports"})
    add_named_in(files, folder, json->get(table).dump(), needs);
  for (const auto& [name, script] : json->get("scripts").members()) {
    if (name.find("test") != std::string::npos)
      add_named_in(files, folder, script.as_string().value_or(""), needs);
  }
}

bool is_shown_as_test(const std::string& path) {
  static const Words patterns = [] {
    Words all = javascript().test_paths;
    all.insert(all.end(), {"test/**", "tests/**", "**/test/**", "**/tests/**", "test.*", "test-*",
                           "*-test.*", "*_test.*", "*Test.*"});
    return all;
  }();
  return glob_matches_any(patterns, path);
}

/// A file among the tests that has none itself: a runner that loads all files there loads it too,
/// and what it sets up is every test's (mocha's hooks at the top).
bool may_set_up(const std::string& path, const std::string& text) {
  if (!is_shown_as_test(path)) return false;
  auto has = [&](std::string_view word) { return find_word(text, word) != std::string_view::npos; };
  return !has("it") && !has("test") && std::any_of(kSetsUp.begin(), kSetsUp.end(), has);
}

void add_shared(const NamedFiles& files, const Sources& sources, FileLinks& links) {
  Names& shared = links.needs[kShared];
  for (const auto& [path, text] : sources.texts) {
    if (glob_matches_any(shared_files(), path) || glob_matches_any(runners_settings(), path) ||
        may_set_up(path, text))
      shared.insert(path);
  }
  for (const std::string& folder : files.folders()) {
    add_of_manifest(files, folder, sources.tree.read(folder + kPackageFile).value_or("{}"), shared);
    for (const char* name : {".mocharc.json", ".mocharc.yml", ".mocharc.yaml", ".mocharc.jsonc",
                             "jest.config.json", ".babelrc", "babel.config.json"}) {
      if (auto text = sources.tree.read(folder + name)) add_named_in(files, folder, *text, shared);
    }
  }
}

/// Who is named as a folder is all that lies below it.
void add_groups(const Sources& sources, FileLinks& links) {
  Names groups;
  for (const auto& [path, needs] : links.needs) {
    for (const std::string& need : needs) {
      if (need.ends_with("**")) groups.insert(need);
    }
  }
  for (const std::string& group : groups) {
    std::string_view folder = std::string_view(group).substr(0, group.size() - 2);
    for (const auto& [path, text] : sources.texts) {
      if (path.starts_with(folder) && !is_shown_as_test(path)) links.needs[group].insert(path);
    }
  }
}

}  // namespace

FileLinks javascript_links(const Sources& sources) {
  FileLinks links;
  NamedFiles files(sources);
  for (const auto& [path, text] : sources.texts) {
    Names& needs = links.needs[path];
    bool known = add_javascript_needs(files, path, text, needs);
    needs.insert(kShared);
    if (!known || names_any(text, kLoadsAny) ||
        (is_shown_as_test(path) && names_any(text, kTestLoads)))
      links.open.insert(path);
  }
  add_shared(files, sources, links);
  add_groups(sources, links);
  return links;
}

}  // namespace gf::gate
