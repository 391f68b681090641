// JavaScript: which gates a tree shows, and what its tools' reports say, a form a test and as small
// as it shows something. What the tools really wrote is in recorded_test.cc.
#include <gmock/gmock.h>

#include "gate/javascript_reports.h"
#include "gate/javascript_results.h"
#include "gate/project.h"
#include "gate/report_kinds.h"
#include "unit/gate/detected.h"

namespace gf::gate {
namespace {

using record::GateOutcome;
using record::TestStatus;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::string package(const std::string& scripts, const std::string& needs = "") {
  return "{\"name\": \"twice\", \"scripts\": {" + scripts + "}, \"devDependencies\": {" + needs +
         "}}\n";
}

const Gate& named(const std::vector<Gate>& gates, const std::string& name) {
  static const Gate kNone;
  for (const Gate& gate : gates) {
    if (gate.name == name) return gate;
  }
  ADD_FAILURE() << "no gate " << name;
  return kNone;
}

TEST(JavaScriptTest, TheScriptsSayWhichGatesThereAre) {
  struct Case {
    std::string scripts, needs;
    std::vector<std::string> gates;
  };
  for (const Case& one : std::vector<Case>{
           {R"("test": "node --test")", "", {"node-test"}},
           {R"("test": "tsx --test src/*.test.ts")", "", {"node-test"}},
           {R"("test": "npm run lint && npm run unit", "lint": "eslint .", "unit": "vitest run")",
            "",
            {"eslint", "vitest"}},
           {R"("test": "cross-env NODE_ENV=test jest --coverage")", "", {"jest"}},
           {R"("test": "c8 mocha", "format": "prettier --write .")", "", {"prettier", "mocha"}},
           {R"("test": "xo && ava", "build": "tsc -p .")", "", {"xo", "tsc", "ava"}},
           {R"("test": "nyc tape 'test/*.js'")", "", {"tape"}},
           {R"("check": "npx biome check --write && oxlint")", "", {"oxlint", "biome"}},
           {R"("test:watch": "vitest", "dev": "jest")", "", {}},
           {"", R"("jest": "29")", {"jest"}},
           {R"("test": "node --test test/unit && vitest run")",
            R"("vitest": "3")",
            {"node-test", "vitest"}},
           {R"("test": "mocha 'spec/*.js'", "test:slow": "ava e2e/*.mjs")",
            R"("mocha": "9", "ava": "5")",
            {"mocha", "ava"}},
           {R"("test": "vitest run", "test:old": "jest test/")", R"("vitest": "3")", {"vitest"}},
           {R"("test": "mocha", "test:slow": "vitest run")",
            R"("vitest": "3", "mocha": "9")",
            {"mocha"}},
           {R"("test": "mocha test", "test:slow": "ava test/e2e")", R"("ava": "5")", {"mocha"}},
           {R"("test": "node --test test/a.js", "test:ts": "tsx --test src/*.test.ts")",
            "",
            {"node-test"}},
           {"", "", {}},
       }) {
    EXPECT_EQ(names_of(gates_of({{"package.json", package(one.scripts, one.needs)}})), one.gates)
        << one.scripts;
  }
}

TEST(JavaScriptTest, WithoutAPackageJsonThereIsNoProject) {
  EXPECT_THAT(gates_of({{"web/page.test.js", "import test from 'node:test'"}}), IsEmpty());
}

TEST(JavaScriptTest, ConfigurationAloneMakesGatesOfALinterAndOfTypesAndOfNoFormatter) {
  auto gates = gates_of(
      {{"package.json", package("", R"("eslint": "9", "typescript": "5", "prettier": "3")")},
       {"eslint.config.js", ""},
       {"tsconfig.json", "{}"},
       {".prettierrc", "{}"}});

  EXPECT_THAT(names_of(gates), ElementsAre("eslint", "tsc"));
  EXPECT_EQ(named(gates, "tsc").why, "tsconfig.json");
}

TEST(JavaScriptTest, WhatAProjectGivesItsToolsIsKeptButForWhatRewrites) {
  auto gates = gates_of({{"package.json", package(R"("lint": "eslint --fix --max-warnings 0 src",
       "format": "prettier --write 'src/**/*.ts'", "types": "tsc --watch -p tsconfig.build.json",
       "test": "mocha --require ts-node/register -R dot 'test/**/*.ts'")")},
                         {"src/a.ts", ""}});

  EXPECT_THAT(named(gates, "eslint").argv,
              ElementsAre("eslint", "--format", "json", "--max-warnings", "0", "src"));
  EXPECT_THAT(named(gates, "eslint").fix, ElementsAre("eslint", "--fix", "{files}"));
  EXPECT_THAT(named(gates, "prettier").argv,
              ElementsAre("prettier", "--list-different", "src/**/*.ts"));
  EXPECT_THAT(named(gates, "tsc").argv,
              ElementsAre("tsc", "--noEmit", "--pretty", "false", "-p", "tsconfig.build.json"));
  const Gate& mocha = named(gates, "mocha");
  EXPECT_THAT(mocha.argv, ElementsAre("mocha", "--reporter", "json", "--reporter-option",
                                      "output={report}", "--require", "ts-node/register"));
  EXPECT_THAT(mocha.targets, ElementsAre("test/**/*.ts"));
  EXPECT_EQ(mocha.why, "package.json:3 (script test)");
}

TEST(JavaScriptTest, LinesAreCountedInFilesThatRunAsTheyAre) {
  auto plain = gates_of({{"package.json", package(R"("test": "node --test test/")")}});
  auto loaded = gates_of({{"package.json", package(R"("test": "node --import tsx --test")")}});

  EXPECT_EQ(named(plain, "node-test").coverage, "lcov");
  EXPECT_THAT(named(plain, "node-test").targets, ElementsAre("test/"));
  EXPECT_EQ(named(loaded, "node-test").coverage, "");
  EXPECT_THAT(named(loaded, "node-test").argv, Contains("tsx"));
}

TEST(JavaScriptTest, TestsOfTwoRunnersInOnePackageGoToTheirOwn) {
  auto gates = gates_of(
      {{"package.json",
        package(R"("test": "node --test test/unit && vitest run", "test:slow": "ava 'e2e/*.mjs'")",
                R"("vitest": "3", "ava": "5")")}});
  std::vector<std::string> all = {"test/unit/a.test.js", "src/a.test.ts::suite::b", "e2e/c.mjs"};

  ASSERT_THAT(names_of(gates), ElementsAre("node-test", "vitest", "ava"));
  EXPECT_EQ(gates[1].why, "package.json:1 (script test)");
  EXPECT_THAT(selected_for(gates[0], gates, all), ElementsAre("test/unit/a.test.js"));
  EXPECT_THAT(selected_for(gates[1], gates, all), ElementsAre("src/a.test.ts::suite::b"));
  EXPECT_THAT(selected_for(gates[2], gates, all), ElementsAre("e2e/c.mjs"));
}

TEST(JavaScriptTest, ARunnerThatCannotBeToldFromAnotherIsNamed) {
  test::MapFacts tree(std::map<std::string, std::string>{
      {"package.json", package(R"("test": "mocha", "test:more": "vitest run")",
                               R"("vitest": "3", "mocha": "9")")}});
  EXPECT_THAT(detection_notes(tree), ElementsAre(HasSubstr("tests of vitest (package.json:")));
}

TEST(JavaScriptTest, TestsOfTwoLanguagesInOneFolderGoToTheirOwnRunners) {
  auto gates = gates_of({{"package.json", package(R"("test": "node --test")")},
                         {"pytest.ini", "[pytest]\n"},
                         {"tests/test_a.py", ""}});
  std::vector<std::string> both = {"tests/test_a.py::test_x", "test/a.test.js"};

  EXPECT_THAT(selected_for(named(gates, "pytest"), gates, both),
              ElementsAre("tests/test_a.py::test_x"));
  EXPECT_THAT(selected_for(named(gates, "node-test"), gates, both), ElementsAre("test/a.test.js"));
}

GateOutcome read_as(const std::string& report, const std::string& text) {
  GateOutcome outcome;
  Scrubber scrub("/w", "/scratch", "");
  EXPECT_TRUE(report_kind(report)->read(text, scrub, outcome)) << report;
  return outcome;
}

TEST(JavaScriptTest, NodesTestsAreNamedByFileSuiteAndName) {
  GateOutcome outcome = read_as(
      "node-test", R"json({"file":"/w/test/a.test.js","name":"half","status":"passed","text":""}
{"file":"/w/test/a.test.js","name":"suite::inner","status":"skipped","text":""}
{"file":"/w/test/a.test.js","name":"AC1: [x]","status":"failed","text":"AssertionError [ERR_ASSERTION]: 2 == 3\n    at TestContext.<anonymous> (file:///w/test/a.test.js:5:37)"}
{"file":"/w/test/a.test.js","name":"calls","status":"failed","text":"TypeError: double is not a function\n    at TestContext.<anonymous> (file:///w/test/a.test.js:8:77)"}
{"file":"/w/test/a.test.js","name":"deep","status":"failed","text":"TypeError: x is not a function\n    at inner (file:///w/twice.js:8:77)\n    at TestContext.<anonymous> (file:///w/test/a.test.js:8:77)"}
{"file":"/w/test/b.test.js","name":"","status":"file","text":"file:///w/test/b.test.js:2\nimport { double } from '../twice.js';\nSyntaxError: The requested module '../twice.js' does not provide an export named 'double'\n    at ModuleJob"}
{"file":"/w/test/c.test.js","name":"","status":"file","text":"SyntaxError: Unexpected token '}'"}
{"end":true}
)json");

  ASSERT_EQ(outcome.tests.size(), 7u);
  EXPECT_EQ(outcome.tests[0].id, "test/a.test.js::half");
  EXPECT_EQ(outcome.tests[1].id, "test/a.test.js::suite::inner");
  EXPECT_EQ(outcome.tests[1].status, TestStatus::kSkipped);
  EXPECT_EQ(outcome.tests[2].cause, "assertion");
  EXPECT_EQ(outcome.tests[2].message, "AssertionError [ERR_ASSERTION]: 2 == 3");
  EXPECT_EQ(outcome.tests[3].cause, "missing-symbol");
  EXPECT_EQ(outcome.tests[4].cause, "other");  // the code's own mistake
  EXPECT_EQ(outcome.tests[5].id, "test/b.test.js");
  EXPECT_EQ(outcome.tests[5].cause, "compile");
  EXPECT_THAT(outcome.tests[5].message, HasSubstr("does not provide an export named 'double'"));
  EXPECT_EQ(outcome.tests[6].cause, "collection");
}

TEST(JavaScriptTest, AFileThatDoesNotFitTheTypesNamesWhatIsNotThere) {
  struct Case {
    std::string output, cause, message;
  };
  const std::string kHead = "  \xE2\x97\x8F Test suite failed to run\n\n    ";
  for (const Case& one : std::vector<Case>{
           {kHead +
                "\x1b[96msrc/a.test.ts\x1b[0m:\x1b[93m20\x1b[0m:\x1b[93m29\x1b[0m - "
                "\x1b[91merror\x1b[0m\x1b[90m TS2339: \x1b[0mProperty 'compare' does not exist\n",
            "compile", "src/a.test.ts:20:29 - error TS2339: Property 'compare' does not exist"},
           {"TSError: Unable to compile TypeScript:\ntest/a.ts(3,10): error TS2305: Module has no "
            "exported member 'b'.\n",
            "compile", "TSError: Unable to compile TypeScript:"},
           {"a.ts(1,2): error TS18046: 'x' is of type 'unknown'.", "compile",
            "a.ts(1,2): error TS18046: 'x' is of type 'unknown'."},
           {"a.ts(1,2): error TS1005: ';' expected.\n", "collection",
            "a.ts(1,2): error TS1005: ';' expected."},
           {"an error TS is", "collection", "an error TS is"}}) {
    record::TestResult result = unloaded("a.ts", one.output, Scrubber("/w", "/scratch", ""));
    EXPECT_EQ(result.cause, one.cause) << one.output;
    EXPECT_EQ(result.message, one.message);
  }
}

TEST(JavaScriptTest, AReportThatWasCutOffIsNone) {
  GateOutcome outcome;
  EXPECT_FALSE(read_node_test("{\"file\":\"/w/a.js\",\"name\":\"x\",\"status\":\"passed\"}\n",
                              Scrubber("/w", "/s", ""), outcome));
}

TEST(JavaScriptTest, JestAndVitestTellTheSameForm) {
  GateOutcome outcome =
      read_as("jest-json", R"json({"numFailedTests":1,"success":false,"testResults":[
  {"name":"/w/src/a.test.ts","status":"failed","message":"","assertionResults":[
   {"ancestorTitles":["twice"],"title":"doubles","status":"passed","failureMessages":[]},
   {"ancestorTitles":[],"title":"later","status":"todo","failureMessages":[]},
   {"ancestorTitles":["twice"],"title":"fails","status":"failed","failureMessages":["Error: expect(received).toBe(expected)\n    at Object.<anonymous> (/w/src/a.test.ts:3:1)"]}]
},
  {"name":"/w/src/b.test.ts","status":"failed","message":"Error: Cannot find module './b' from 'src/b.test.ts'","assertionResults":[]}]
})json");

  ASSERT_EQ(outcome.tests.size(), 4u);
  EXPECT_EQ(outcome.tests[0].id, "src/a.test.ts::twice::doubles");
  EXPECT_EQ(outcome.tests[1].status, TestStatus::kSkipped);
  EXPECT_EQ(outcome.tests[2].cause, "assertion");
  EXPECT_EQ(outcome.tests[3].id, "src/b.test.ts");
  EXPECT_EQ(outcome.tests[3].cause, "compile");
}

TEST(JavaScriptTest, MochaAndTapNameTheirTests) {
  GateOutcome mocha = read_as("mocha-json", R"json({
  "stats": {}, "tests": [
   {"title":"doubles","fullTitle":"twice doubles","file":"/w/test/a.js","err":{}},
   {"title":"waits","fullTitle":"waits","file":"/w/test/a.js","err":{}},
   {"title":"fails","fullTitle":"fails","file":"/w/test/a.js","err":{"message":"no","stack":"AssertionError: no\n    at x (/w/test/a.js:3:2)"
}
}],
  "pending": [{"fullTitle":"waits"}]
})json");
  GateOutcome tape =
      read_as("tap",
              "TAP version 13\n# half\nok 1 should be equal\nok 2 too\n# odd\nok 3 a\n"
              "not ok 4 no\n  ---\n    operator: equal\n  ...\nnot ok 5 also\n\n1..5\n"
              "# tests 5\n# pass  3\n# fail  2\n");
  GateOutcome ended = read_as("tap", "TAP version 13\n# half\nok 1 should be equal\n# AC1: odd\n");
  GateOutcome ava = read_as("tap", "TAP version 13\n# half\nok 1 - half\nok 2 - x # SKIP\n");

  ASSERT_EQ(mocha.tests.size(), 3u);
  EXPECT_EQ(mocha.tests[0].id, "test/a.js::twice::doubles");
  EXPECT_EQ(mocha.tests[1].status, TestStatus::kSkipped);
  EXPECT_EQ(mocha.tests[2].cause, "assertion");
  ASSERT_EQ(tape.tests.size(), 2u) << "a test is what has a name, not each assertion in it";
  EXPECT_EQ(tape.tests[0].id, "half");
  EXPECT_EQ(tape.tests[1].status, TestStatus::kFailed);
  EXPECT_EQ(tape.tests[1].message, "no\noperator: equal");
  ASSERT_EQ(ended.tests.size(), 2u) << "what a test throws ends tape";
  EXPECT_EQ(ended.tests[0].status, TestStatus::kPassed);
  EXPECT_EQ(ended.tests[1].id, "AC1: odd");
  EXPECT_EQ(ended.tests[1].cause, "other");
  EXPECT_EQ(ava.tests[0].id, "half");
  EXPECT_EQ(ava.tests[1].status, TestStatus::kSkipped);
}

TEST(JavaScriptTest, CheckersTellPlacesAndRules) {
  GateOutcome eslint = read_as("eslint-json", R"json([{"filePath":"/w/src/a.js","messages":[
    {"ruleId":"no-undef","severity":2,"message":"'x' is not defined.","line":3,"column":1},
    {"ruleId":"eqeqeq","severity":1,"message":"Expected '==='.","line":4,"column":1}]}])json");
  GateOutcome tsc = read_as("tsc",
                            "src/a.ts(3,7): error TS2322: Type 'string' is not assignable to type "
                            "'number'.\nerror TS18003: No inputs were found.\n");
  GateOutcome biome = read_as("github",
                              "::error title=lint/suspicious/noDoubleEquals,file=src/a.ts,line=4,"
                              "endLine=4,col=3,endColumn=11::Use === instead of ==\n");
  GateOutcome paths = read_as("paths", "src/a.ts\n");

  ASSERT_EQ(eslint.findings.size(), 2u);
  EXPECT_EQ(eslint.findings[0].path, "src/a.js");
  EXPECT_EQ(eslint.findings[0].rule, "no-undef");
  EXPECT_EQ(eslint.counts.failed, 1);  // warnings are no reason
  ASSERT_EQ(tsc.findings.size(), 2u);
  EXPECT_EQ(tsc.findings[0].line, 3);
  EXPECT_EQ(tsc.findings[0].rule, "TS2322");
  EXPECT_EQ(tsc.findings[1].path, "");
  ASSERT_EQ(biome.findings.size(), 1u);
  EXPECT_EQ(biome.findings[0].rule, "lint/suspicious/noDoubleEquals");
  EXPECT_EQ(biome.findings[0].line, 4);
  ASSERT_EQ(paths.findings.size(), 1u);
  EXPECT_EQ(paths.findings[0].path, "src/a.ts");
}

TEST(JavaScriptTest, LinesThatRanOnceDidRun) {
  GateOutcome outcome;
  Scrubber scrub("/w", "/s", "");
  ASSERT_TRUE(
      read_lcov("TN:\nSF:twice.js\nDA:1,1\nDA:2,0\nend_of_record\nSF:twice.js\nDA:2,3\n"
                "DA:3,0\nend_of_record\nSF:/usr/lib/x.js\nDA:1,1\nend_of_record\n",
                scrub, outcome));

  ASSERT_EQ(outcome.coverage.size(), 1u);
  EXPECT_THAT(outcome.coverage["twice.js"].executed, ElementsAre(1, 2));
  EXPECT_THAT(outcome.coverage["twice.js"].missing, ElementsAre(3));
}

}  // namespace
}  // namespace gf::gate
