// One row a tool, as in python_tools.cc: what the project gives a tool is kept, but for what
// rewrites files, prints otherwise than its report is read, or writes beside the tree.
#include "gate/javascript_tools.h"

#include <algorithm>
#include <optional>

#include "base/text.h"
#include "gate/arguments.h"

namespace gf::gate {
namespace {

using Words = std::vector<std::string>;

constexpr Milliseconds kCheckTime{600000};

struct Checker {
  const char* tool;  ///< its gate, and ToolCall::tool
  Words words;       ///< what it is started with
  const char* report;
  Words targets;        ///< where the project's call names none
  Words dropped;        ///< options of a call that are left out
  Words dropped_with;   ///< options that are left out with the word behind them
  Words configured_by;  ///< files of which one alone makes it a gate
  const char* package;  ///< which has to be a dependency then
};

const std::vector<Checker>& checkers() {
  static const std::vector<Checker> all = {
      {"eslint",
       {"eslint", "--format", "json"},
       "eslint-json",
       {"."},
       {"--fix", "--fix-dry-run", "--cache", "--quiet", "--color", "--no-color", "--debug"},
       {"--format", "-f", "--output-file", "-o", "--cache-location", "--cache-strategy"},
       {"eslint.config.js", "eslint.config.mjs", "eslint.config.cjs", "eslint.config.ts",
        ".eslintrc", ".eslintrc.js", ".eslintrc.cjs", ".eslintrc.json", ".eslintrc.yml",
        ".eslintrc.yaml"},
       "eslint"},
      {"xo", {"xo", "--reporter", "json"}, "eslint-json", {}, {"--fix"}, {"--reporter"}, {}, ""},
      {"oxlint",
       {"oxlint", "--format", "unix"},
       "text",
       {},
       {"--fix", "--fix-suggestions", "--fix-dangerously", "--quiet", "--silent"},
       {"--format", "-f"},
       {".oxlintrc.json"},
       "oxlint"},
      {"biome",
       {"biome", "check", "--reporter=github"},
       "github",
       {"."},
       {"check", "lint", "ci", "format", "--write", "--fix", "--apply", "--apply-unsafe",
        "--unsafe", "--reporter", "--verbose", "--no-errors-on-unmatched"},
       {"--colors", "--log-level"},
       {"biome.json", "biome.jsonc"},
       "@biomejs/biome"},
      {"prettier",
       {"prettier", "--list-different"},
       "paths",
       {"."},
       {"--check", "-c", "--write", "-w", "--list-different", "-l", "--cache"},
       {"--log-level", "--loglevel", "--cache-location"},
       {},
       ""},
      {"tsc",
       {"tsc", "--noEmit", "--pretty", "false"},
       "tsc",
       {},
       {"--noEmit", "--watch", "-w", "--diagnostics", "--listFiles", "--emitDeclarationOnly",
        "--declaration", "-d"},
       {"--pretty", "--outDir", "--outFile", "--declarationDir"},
       {"tsconfig.json"},
       "typescript"},
  };
  return all;
}

/// What it lays out besides code.
Words files_of_checker(const Checker& checker) {
  Words files = javascript_files();
  if (checker.tool == std::string_view("prettier"))
    files.insert(files.end(), {"*.json", "*.css", "*.scss", "*.less", "*.html", "*.md", "*.yml",
                               "*.yaml", "*.graphql"});
  return files;
}

bool names_a_path(const JavaScriptProject& project, const Words& arguments) {
  return std::any_of(arguments.begin(), arguments.end(), [&](const std::string& word) {
    bool pattern = word.find('*') != std::string::npos && !word.starts_with('-');
    return word == "." || pattern || project.tree().has_path(word);
  });
}

/// biome's own word for what is asked of it: what the project calls, where that is less than all.
void ask_as_called(const Evidence* call, Words& argv) {
  if (call == nullptr || call->call.tool != "biome" || call->call.arguments.empty()) return;
  const std::string& word = call->call.arguments.front();
  if (word == "lint" || word == "format") argv[1] = word;
}

}  // namespace

const Words& javascript_files() {
  static const Words all = {"*.js", "*.jsx", "*.mjs", "*.cjs", "*.ts", "*.tsx", "*.mts", "*.cts"};
  return all;
}

std::vector<Gate> javascript_checks(const JavaScriptProject& project) {
  std::vector<Gate> gates;
  for (const Checker& checker : checkers()) {
    const Evidence* call = project.evidence(checker.tool);
    std::string file = project.first_of(checker.configured_by);
    if (call == nullptr && (file.empty() || !project.needs(checker.package))) continue;
    Gate gate;
    gate.name = checker.tool;
    gate.argv = checker.words;
    ask_as_called(call, gate.argv);
    Words given = call == nullptr
                      ? Words{}
                      : arguments_kept(call->call.arguments, checker.dropped, checker.dropped_with);
    gate.argv.insert(gate.argv.end(), given.begin(), given.end());
    if (!names_a_path(project, given))
      gate.argv.insert(gate.argv.end(), checker.targets.begin(), checker.targets.end());
    gate.report = checker.report;
    gate.timeout = kCheckTime;
    gate.files = files_of_checker(checker);
    gate.why = call == nullptr ? file : evidence_text(*call);
    gates.push_back(std::move(gate));
  }
  return gates;
}

}  // namespace gf::gate
