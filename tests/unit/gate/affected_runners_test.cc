// JavaScript's runners of tests: what each has in every test besides what files import, and how it
// is started with what was chosen. A row a runner.
#include <gmock/gmock.h>

#include "gate/affected.h"
#include "gate/arguments.h"
#include "gate/language.h"
#include "support/folder.h"
#include "unit/gate/detected.h"

namespace gf::gate {
namespace {

using ::testing::HasSubstr;
using Files = std::map<std::string, std::string>;

struct RunnerCase {
  const char* gate;
  Files settings;         ///< package.json and what else the runner reads
  std::string for_all;    ///< what it loads before every test; empty: it has nothing of the kind
  const char* file_with;  ///< a test of it, without imports
};

void PrintTo(const RunnerCase& one, std::ostream* out) { *out << one.gate; }

class RunnerSelectionTest : public ::testing::TestWithParam<RunnerCase> {
 protected:
  /// Two sources with a test each; the first test needs the first source through another.
  Files tree() const {
    Files files = GetParam().settings;
    const std::string test = GetParam().file_with;
    files["src/low.js"] = "exports.low = 1;\n";
    files["src/near.js"] = "const { low } = require('./low');\nexports.near = low;\n";
    files["src/far.js"] = "exports.far = 1;\n";
    files["test/near.test.js"] = "const { near } = require('../src/near');\n" + test;
    files["test/far.test.js"] = "const { far } = require('../src/far');\n" + test;
    if (!GetParam().for_all.empty()) files[GetParam().for_all] = "exports.x = 1;\n";
    return files;
  }
  Reached reached(const std::string& changed) const {
    test::MapFacts facts(tree());
    return reached_by(facts, facts, {changed}, {"test/near.test.js", "test/far.test.js"},
                      default_test_paths());
  }
};

INSTANTIATE_TEST_SUITE_P(
    Runners, RunnerSelectionTest,
    ::testing::Values(
        RunnerCase{"mocha",
                   {{"package.json", R"({"scripts": {"test": "mocha"}})"},
                    {".mocharc.json", R"({"require": "./set/up.js", "spec": "test/**"})"}},
                   "set/up.js",
                   "describe('x', () => { it('y', () => {}); });\n"},
        RunnerCase{"mocha",
                   {{"package.json", R"({"scripts": {"test": "mocha --file set/first.js"}})"}},
                   "set/first.js",
                   "it('y', () => {});\n"},
        RunnerCase{"ava",
                   {{"package.json",
                     R"({"scripts": {"test": "ava"}, "ava": {"require": ["./set/up.js"]}})"}},
                   "set/up.js",
                   "const test = require('ava');\ntest('y', t => t.pass());\n"},
        RunnerCase{
            "tape",
            {{"package.json", R"({"scripts": {"test": "tape -r ./set/up.js test/*.test.js"}})"}},
            "set/up.js",
            "require('tape')('y', t => t.end());\n"},
        RunnerCase{
            "node-test",
            {{"package.json", R"({"scripts": {"test": "node --import ./set/up.mjs --test"}})"}},
            "set/up.mjs",
            "require('node:test')('y', () => {});\n"},
        RunnerCase{"node-test",
                   {{"package.json", R"({"scripts": {"test": "node --test"}})"}},
                   "",
                   "require('node:test')('y', () => {});\n"},
        RunnerCase{"jest",
                   {{"package.json",
                     R"({"scripts": {"test": "jest"}, "devDependencies": {"jest": "29"},
                         "jest": {"setupFiles": ["<rootDir>/set/up.js"]}})"}},
                   "set/up.js",
                   "test('y', () => {});\n"},
        RunnerCase{"vitest",
                   {{"package.json",
                     R"({"scripts": {"test": "vitest run"}, "devDependencies": {"vitest": "2"}})"},
                    {"vite.config.ts",
                     "export default { test: { globals: true, setupFiles: './set/up.js' } };\n"}},
                   "set/up.js",
                   "test('y', () => {});\n"}),
    [](const auto& one) {
      std::string name = one.param.gate;
      std::erase(name, '-');
      return name + std::to_string(one.index);
    });

TEST_P(RunnerSelectionTest, WhatFilesImportChoosesTheTestAndItRunsByItsFile) {
  Reached near = reached("src/low.js");

  EXPECT_EQ(near.untrusted, "");
  ASSERT_THAT(near.files, ::testing::SizeIs(1));
  EXPECT_EQ(near.files.begin()->first, "test/near.test.js");
  test::TempFolder folder;
  for (const auto& [path, text] : tree()) folder.write(path, text);
  Place place;
  place.worktree = folder.path();
  place.scratch = place.cache = folder / "scratch";
  for (const Gate& gate : gates_of(tree())) {
    if (gate.name != GetParam().gate) continue;
    std::vector<std::string> argv = argv_for(gate, place, {"test/near.test.js::y"}, {});
    EXPECT_EQ(argv.back(), "./test/near.test.js");
    EXPECT_THAT(argv, ::testing::Not(::testing::Contains(HasSubstr("far.test.js"))));
    return;
  }
  ADD_FAILURE() << GetParam().gate << " is no gate of it";
}

TEST_P(RunnerSelectionTest, WhatItLoadsForEveryTestReachesAll) {
  if (GetParam().for_all.empty()) return;

  EXPECT_THAT(reached(GetParam().for_all).untrusted, HasSubstr("every file with tests"));
}

}  // namespace
}  // namespace gf::gate
