// How many bytes each stage's prompt has for one large change, beside those of everything that the
// stage could have been given whole. Built by `ninja context_bench`; run in the source folder.
#include <fmt/format.h>

#include <cstdio>
#include <fstream>
#include <map>
#include <sstream>
#include <string>

#include "base/source_text.h"
#include "base/text.h"
#include "line/assignment.h"
#include "line/change.h"
#include "line/dossier.h"
#include "line/entitlement.h"
#include "stage/stage.h"
#include "support/facts.h"

namespace gf::line {
namespace {

std::string module(int number, int functions) {
  std::string text = "\"\"\"A module.\"\"\"\n\nimport re\n";
  for (int i = 0; i < functions; ++i)
    text += fmt::format(
        "\n\n@cached(size={})\ndef step_{}_{}(value: str, *, sep: str = '\\n') -> str:\n"
        "    \"\"\"Do the step.\"\"\"\n    parts = value.split(sep)\n"
        "    return sep.join(part for part in parts if part)\n",
        i, number, i);
  return text;
}

/// A change of four long modules with their tests in a project of two thousand tests.
struct BigChange {
  BigChange() {
    for (int i = 0; i < 4; ++i) files[fmt::format("src/mod_{}.py", i)] = module(i, 500);
    for (int i = 0; i < 200; ++i) files[fmt::format("src/other_{}.py", i)] = module(i, 5);
    files["tests/test_mod.py"] = module(9, 300);
    files["CHANGELOG.md"] = std::string(60000, 'c');
    given.test_paths = {"tests/**"};
    given.changelog.path = "CHANGELOG.md";
    record::Spec spec;
    spec.title = "A big change";
    spec.introduces = {"`limit`"};
    stage::Brief brief;
    for (int i = 0; i < 4; ++i) {
      std::string path = fmt::format("src/mod_{}.py", i);
      spec.touchpoints.push_back(path);
      brief.files.push_back(path);
      brief.places.push_back({path, 1000, 1040, "here"});
      for (int k = 0; k < 6; ++k) {
        change.hunks.push_back(
            {path, 900 + k * 50, 3, 900 + k * 50, 20, "@@ -900,3 +900,20 @@\n" + [] {
               std::string lines;
               for (int n = 0; n < 20; ++n) lines += "+    value = limit(value, n)\n";
               return lines;
             }()});
      }
      change.deltas.push_back({git::DeltaKind::kModified, path, {}, {}, {}, {}});
    }
    brief.files.insert(brief.files.end(), {"tests/test_mod.py", "CHANGELOG.md"});
    for (int i = 1; i <= 6; ++i)
      spec.acceptance_criteria.push_back({fmt::format("AC{}", i),
                                          "call",
                                          "",
                                          "step_0_9(x)",
                                          {},
                                          "",
                                          {"tests/test_mod.py::step_9_7"}});
    dossier.spec = spec;
    dossier.brief = brief;
    record::GateOutcome tests;
    tests.gate = "pytest";
    tests.stage = "test";
    tests.status = record::GateOutcome::Status::kPass;
    for (int i = 0; i < 2000; ++i)
      tests.tests.push_back({fmt::format("tests/test_mod.py::test_{}does_what_it_says_{}",
                                         i < 6 ? fmt::format("ac{}_", i + 1) : "", i),
                             record::TestStatus::kPassed, "", ""});
    dossier.tested = {tests};
  }
  std::map<std::string, std::string> files;
  Assignment given;
  Dossier dossier;
  Change change;
};

std::string shipped(const std::string& name) {
  std::ifstream file("templates/" + name, std::ios::binary);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

size_t prompt_bytes(const stage::Stage& stage, stage::Input in) {
  in.prompt_template = shipped(fmt::format("prompts/{}", stage.prompt_file));
  auto messages = stage.prompt(in);
  size_t bytes = 0;
  if (!messages.ok()) return bytes;
  for (const record::Message& message : *messages) bytes += message.content.size();
  return bytes;
}

std::vector<tool::Definition> by_eye(const std::string& content) {
  std::vector<tool::Definition> all;
  std::vector<std::string> source = lines(content);
  for (size_t at : definition_lines(source, *syntax_of("a.py"))) {
    auto found = definition_at(source, at, *syntax_of("a.py"));
    if (!found) continue;
    all.push_back({static_cast<int>(found->whole.first) + 1,
                   static_cast<int>(found->whole.last) + 1, join(found->text, "\n") + "\n"});
  }
  return all;
}

int bench() {
  BigChange world;
  test::MapFacts tree(world.files);
  Showing showing;
  showing.assignment = &world.given;
  showing.dossier = &world.dossier;
  showing.tree = &tree;
  showing.request = "a request";
  showing.change = &world.change;
  size_t named = 0, outlines = 0, names = 0, diff = 0;
  for (const std::string& path : world.dossier.brief->files) named += world.files[path].size();
  std::vector<std::vector<tool::Definition>> definitions;
  for (const std::string& path : world.change.paths()) {
    definitions.push_back(by_eye(world.files[path]));
    for (const tool::Definition& one : definitions.back()) outlines += one.text.size();
  }
  for (const record::TestResult& test : world.dossier.tested[0].tests) names += test.id.size() + 10;
  for (const git::Hunk& hunk : world.change.hunks) diff += hunk.text.size();
  fmt::print("{:>8} {:>16} {:>16}\n", "stage", "all of it, bytes", "prompt, bytes");
  auto row = [](const char* name, size_t all, size_t now) {
    fmt::print("{:>8} {:>16} {:>16}\n", name, all, now);
  };
  row("build", named,
      prompt_bytes(*stage::find_stage("build"), input_for(*stage::find_stage("build"), showing)));
  stage::Input test = input_for(*stage::find_stage("test"), showing);
  test.signatures = signatures_of(world.change, world.change.paths(), definitions);
  row("test", outlines + world.files["tests/test_mod.py"].size(),
      prompt_bytes(*stage::find_stage("test"), test));
  stage::Input review = input_for(*stage::find_stage("review"), showing);
  review.hunks = hunks_to_review(world.given, world.change, &tree);
  review.outcomes = world.dossier.tested;
  row("review", names + diff, prompt_bytes(*stage::find_stage("review"), review));
  return 0;
}

}  // namespace
}  // namespace gf::line

int main() { return gf::line::bench(); }
