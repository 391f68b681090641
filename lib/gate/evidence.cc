// Where a project's commands are looked for, in the order in which they are believed.
#include "gate/evidence.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/glob.h"
#include "base/text.h"
#include "gate/evidence_files.h"

namespace gf::gate {
namespace {

struct Source {
  const char* pattern;
  EvidenceReader read;
};

/// What a maintainer types comes before what a machine does for them.
constexpr Source kSources[] = {
    {"tox.ini", read_tox_ini},
    {"setup.cfg", read_tox_ini},
    {"tox.toml", read_toml_scripts},
    {"noxfile.py", read_noxfile},
    {"pyproject.toml", read_toml_scripts},
    {"hatch.toml", read_toml_scripts},
    {"package.json", read_package_scripts},
    {"justfile", read_recipes},
    {"Justfile", read_recipes},
    {".justfile", read_recipes},
    {"Makefile", read_recipes},
    {"GNUmakefile", read_recipes},
    {"makefile", read_recipes},
    {".pre-commit-config.yaml", read_pre_commit},
    {".pre-commit-config.yml", read_pre_commit},
    {"lefthook.yml", read_lefthook},
    {"lefthook.yaml", read_lefthook},
    {".lefthook.yml", read_lefthook},
    {".husky/*", read_script},
    {".github/workflows/*.yml", read_workflow},
    {".github/workflows/*.yaml", read_workflow},
    {".gitlab-ci.yml", read_workflow},
};

/// Workflows and hooks are few; a folder of a thousand is nobody's.
constexpr size_t kMostFiles = 200;

std::vector<std::string> files_of(const record::TreeFacts& tree, std::string_view pattern) {
  size_t slash = pattern.rfind('/');
  if (pattern.find('*') == std::string_view::npos) {
    return tree.has_path(pattern) ? std::vector<std::string>{std::string(pattern)}
                                  : std::vector<std::string>{};
  }
  std::vector<std::string> all = tree.paths(pattern.substr(0, slash), kMostFiles);
  std::erase_if(all, [&](const std::string& path) { return !glob_matches(pattern, path); });
  return all;
}

}  // namespace

namespace {

/// `each_anew`: a line does not begin where the one before it ended.
void add_commands(std::string folder, bool each_anew, const std::string& command,
                  const std::string& path, size_t line, const std::string& way,
                  std::vector<Evidence>& all) {
  size_t at = line;
  std::string pending;  // a line that ends in a backslash goes on in the next
  size_t begun = line;
  for (const std::string& one : lines(command)) {
    if (pending.empty()) begun = at;
    ++at;
    if (one.ends_with('\\')) {
      pending += one.substr(0, one.size() - 1) + " ";
      continue;
    }
    if (each_anew) folder.clear();
    for (ToolCall& call : calls_in(pending + one, &folder))
      all.push_back({std::move(call), path, begun, way});
    pending.clear();
  }
  for (ToolCall& call : calls_in(pending, &folder))
    all.push_back({std::move(call), path, begun, way});
}

}  // namespace

void add_calls(const std::string& command, const std::string& path, size_t line,
               const std::string& way, std::vector<Evidence>& all) {
  add_commands({}, true, command, path, line, way, all);
}

void add_calls_in(std::string folder, const std::string& command, const std::string& path,
                  size_t line, const std::string& way, std::vector<Evidence>& all) {
  add_commands(std::move(folder), false, command, path, line, way, all);
}

std::vector<Evidence> evidence_in(const record::TreeFacts& tree) {
  std::vector<Evidence> all;
  for (const Source& source : kSources) {
    for (const std::string& path : files_of(tree, source.pattern)) {
      if (auto text = tree.read(path)) source.read(path, *text, all);
    }
  }
  return all;
}

std::string evidence_text(const Evidence& evidence) {
  return fmt::format("{}:{} ({})", evidence.path, evidence.line, evidence.way);
}

}  // namespace gf::gate
