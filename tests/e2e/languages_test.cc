// Languages besides Python: gates are found, a right change is delivered, and a wrong one is
// stopped by the project's own tools. A machine without them skips.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include <cstdlib>
#include <filesystem>
#include <ostream>

#include "e2e/doubling.h"
#include "e2e/tongues.h"
#include "record/json.h"

namespace gf::test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class LanguageRunTest : public DoublingTest {
 protected:
  /// As users have it: it is about their runners.
  LanguageRunTest() { repeat_new_tests(); }
  /// Maven has nothing of its own: what these projects need is fetched once for all tests, by Maven
  /// itself, and is the user's local repository in each. False: it cannot be had here.
  bool lay_jars(const Tongue& tongue) {
    const std::string store = std::string(GF_BUILD_DIR) + "/tests/maven-repository";
    const std::string line = fmt::format(
        "set -e; test -f {0}/all || {{ mvn -q -B -Dmaven.repo.local={0} test jacoco:report "
        "&& find {0} -name _remote.repositories -exec rm -f {{}} + && touch {0}/all; }}; "
        "rm -rf target; mkdir -p \"$HOME/.m2\"; cp -r {0} \"$HOME/.m2/repository\"",
        store);
    folder_with(tongue);
    return run({"sh", "-c", line}, repo_.folder() / "fetching", environment()).exit_code == 0;
  }
  void folder_with(const Tongue& tongue) {
    for (const auto& [path, text] : tongue.files) repo_.folder().write("fetching/" + path, text);
  }
  void make(const Tongue& tongue) {
    for (const auto& [path, text] : tongue.files) repo_.write(path, text);
    repo_.commit("A project");
    repo_.add_remote();
  }
  /// What the tests' Python has of cargo's subcommands, where the user's cargo finds them.
  void lay_nextest() {
    const char* python = std::getenv("GF_TEST_PYTHON");
    std::filesystem::path from = python == nullptr ? "" : python;
    from.replace_filename("cargo-nextest");
    std::error_code failed;
    if (!std::filesystem::exists(from, failed)) return;
    std::filesystem::path to = repo_.folder() / "home/.cargo/bin/cargo-nextest";
    std::filesystem::create_directories(to.parent_path(), failed);
    std::filesystem::copy_file(from, to, failed);
  }
  bool is_there(const Tongue& tongue) {
    if (tongue.tool == std::string_view("cargo-nextest")) lay_nextest();
    std::string asked = fmt::format(
        "PATH=\"$PATH:$HOME/.cargo/bin\"; command -v {0} && {{ {0} --version || {0} version; }}",
        tongue.tool);
    bool there = run({"sh", "-c", asked}, "/", environment()).exit_code == 0;
    return there && (tongue.tool != std::string_view("mvn") || lay_jars(tongue));
  }
  /// One attempt of each stage, no other.
  Ran run_double(const Tongue& tongue) {
    answer_double(tongue);
    repo_.git({"config", "factory.retries", "0"});
    return run_answered();
  }
  Ran run_answered() { return feature("double", "Add double(n); double(2) is 4."); }
  void answer_double(const Tongue& tongue) {
    using record::Json;
    std::string plan = R"json({"content": {"questions": [], "spec": {"title": "Double",
      "intent": "Callers need twice a number.", "touchpoints": ["SOURCE"],
      "introduces": ["double"], "acceptance_criteria": [{"id": "AC1", "kind": "call",
      "given": "twice is loaded", "when": "double(2)",
      "then": [{"observable": "value", "op": "equals", "expected": 4}],
      "source": "request: 'double'", "authorises": []}], "constraints": [], "out_of_scope": [],
      "assumptions": [{"id": "A1", "text": "plain integers"}],
      "changelog": {"section": "Added", "entry": "`double`."}}}})json";
    plan.replace(plan.find("SOURCE"), 6, tongue.source);
    answer("plan.1.1", plan);
    Json brief = Json::object({{"files", Json::strings({tongue.source})},
                               {"new_files", Json::array()},
                               {"reuse", Json::array()},
                               {"conventions", Json::strings({"plain functions"})},
                               {"test_files", Json::strings({tongue.tests})},
                               {"test_command", "as it is"},
                               {"notes", ""}});
    answer("scout.1.1", Json::object({{"content", brief}}).dump());
    const char* done = R"({"content": {"summary": "done", "missing": []}})";
    answer("build.1.1", written(tongue.source, tongue.code));
    answer("build.1.2", done);
    answer("test.1.1", written(tongue.tests, tongue.test));
    bool named = !tongue.builds.empty();
    if (named) answer("test.1.2", written(tongue.builds, tongue.built));
    answer(named ? "test.1.3" : "test.1.2", done);
    std::string review = R"json({"content": {"criteria": [{"id": "AC1", "verdict": "satisfied",
      "pointer": {"test": "TEST"}, "why": "it is compared"}],
      "hunks": [{"id": "H1", "serves": ["tests", "AC1"], "why": "it"},
                {"id": "H2", "serves": ["tests", "AC1"], "why": "it"}THIRD],
      "constraints": [], "assumptions": [{"id": "A1", "verdict": "holds", "why": "it does"}],
      "out_of_scope": [], "summary": "fine"}})json";
    review.replace(review.find("TEST"), 4, tongue.id);
    const char* third = named ? R"(, {"id": "H3", "serves": ["tests"], "why": "it"})" : "";
    review.replace(review.find("THIRD"), 5, third);
    answer("review.1.1", review);
    repo_.git({"config", "factory.provider.scripted.path", repo_.folder() / "answers"});
  }
  void delivers(const Tongue& tongue) {
    if (!is_there(tongue)) GTEST_SKIP() << tongue.tool << " is not installed";
    make(tongue);

    Ran init = factory({"init", "--no-try"});
    Ran ran = run_double(tongue);

    EXPECT_THAT(init.out + repo_.read(".gitfactory"), HasSubstr(tongue.init_output));
    ASSERT_EQ(ran.exit_code, 0) << ran.err << ran.out;
    EXPECT_THAT(ran.err, HasSubstr(tongue.test_output));
    bool measured = tongue.measured_by == nullptr ||
                    run({"sh", "-c", tongue.measured_by}, "/", environment()).exit_code == 0;
    if (measured) {
      EXPECT_THAT(ran.err, HasSubstr("added line"));
    }
  }
  /// The tests that can reach the change run first, and all before it is delivered.
  void chooses(const Tongue& tongue, const std::string& expected) {
    if (!is_there(tongue)) GTEST_SKIP() << tongue.tool << " is not installed";
    make(tongue);
    repo_.git({"config", "factory.targeted", "always"});

    Ran ran = run_double(tongue);

    ASSERT_EQ(ran.exit_code, 0) << ran.err << ran.out;
    EXPECT_THAT(factory({"show", "double:test:1", "--gate=selection", "--json"}).out,
                HasSubstr(expected + " files with tests can reach the change"));
    EXPECT_EQ(factory({"replay", "double", "--gates=recorded"}).exit_code, 0);
  }
  void stops(const Tongue& tongue, const std::string& why) {
    if (!is_there(tongue)) GTEST_SKIP() << tongue.tool << " is not installed";
    make(tongue);

    Ran ran = run_double(tongue);

    EXPECT_EQ(ran.exit_code, 1) << ran.err << ran.out;
    EXPECT_THAT(ran.err + ran.out, HasSubstr(why));
  }
};

TEST_F(LanguageRunTest, JavaScriptIsDelivered) { delivers(javascript()); }
TEST_F(LanguageRunTest, OfJavaScriptWhatReachesTheChangeRunsFirst) {
  const char* test =
      "import test from 'node:test';\nimport { far } from '../far.js';\n"
      "test('far', () => far());\n";
  chooses(beside(javascript(),
                 {{"far.js", "export const far = () => 1;\n"}, {"test/far.test.js", test}}),
          "2 of 3");
}

/// Runners of npm's, by their own names.
struct NpmRunner {
  const char* name;
  Tongue (*tongue)();
  const char* head;  ///< of a file that reads others
};

void PrintTo(const NpmRunner& runner, std::ostream* out) { *out << runner.name; }

/// A suite of which half needs what changes and half lies far from it.
class NpmSelectionTest : public LanguageRunTest, public ::testing::WithParamInterface<NpmRunner> {
 protected:
  /// What both runners are, installed once for all tests by npm itself; false: it cannot be had.
  bool lay_packages() {
    const std::string line = fmt::format(
        "exec 9> '{0}.lock' && flock 9 && {{ test -f '{0}/all' || {{ "
        "test -z \"$(find '{0}/failed' -mmin -60 2> '{0}.log')\" && mkdir -p '{0}' && "
        "touch '{0}/failed' && timeout 400 npm install --prefix '{0}' --ignore-scripts --no-audit "
        "--no-fund jest@29.7.0 vitest@2.1.9 > '{0}.log' 2>&1 9>&- && touch '{0}/all'; }}; }} && "
        "cp -r '{0}/node_modules' '{1}'",
        std::string(GF_BUILD_DIR) + "/tests/npm-packages", repo_.path());
    // With the user's own settings, which say where packages come from.
    return std::system(line.c_str()) == 0;  // NOLINT(cert-env33-c)
  }
  void make_suite(const Tongue& tongue) {
    make(tongue);
    repo_.git({"config", "factory.targetedAfter", "0"});
    repo_.git({"config", "factory.mutation", "off"});  // starts of a runner that are about else
  }
  Tongue with_far(const std::string& test) {
    const std::string head = GetParam().head;
    return beside(GetParam().tongue(), {{"test/far.test.js", head + test}});
  }
  std::string gate(const std::string& attempt, const std::string& name) {
    return factory({"show", "double:test:" + attempt, "--gate=" + name, "--json"}).out;
  }
  const std::string two_far_ = "test('far', () => {});\ntest('farther', () => {});\n";
  const std::string far_ = "\"id\":\"test/far.test.js::far\"";
};

INSTANTIATE_TEST_SUITE_P(Runners, NpmSelectionTest,
                         ::testing::Values(NpmRunner{"jest", javascript_by_jest,
                                                     "const { readFileSync } = require('fs');\n"},
                                           NpmRunner{"vitest", javascript_by_vitest,
                                                     "import { readFileSync } from 'fs';\n"
                                                     "import { expect, test } from 'vitest';\n"}),
                         [](const auto& runner) { return std::string(runner.param.name); });

TEST_P(NpmSelectionTest, WhatIsWrongGoesBackByTheTestsThatReachItAndAllRunOnceInTheEnd) {
  Tongue right = with_far(two_far_), wrong = right;
  if (!is_there(right) || !lay_packages()) GTEST_SKIP() << "npm installs no packages here";
  wrong.code = replaced(right.code, "2 * n", "n + 3");
  make_suite(right);
  answer_double(wrong);
  answer("build.2.1", written(right.source, right.code));
  for (const char* turn : {"build.2.2", "test.2.1"})
    answer(turn, R"({"content": {"summary": "done", "missing": []}})");

  Ran ran = run_answered();

  const std::string runner = GetParam().name;
  ASSERT_EQ(ran.exit_code, 0) << ran.err << ran.out;
  for (const char* attempt : {"1", "2"})
    EXPECT_THAT(gate(attempt, "selection"),
                HasSubstr("2 of 3 files with tests can reach the change"));
  EXPECT_THAT(gate("1", runner), HasSubstr(right.id));
  EXPECT_THAT(gate("1", runner), Not(HasSubstr(far_))) << "red without it";
  std::string whole = gate("2", runner);
  size_t once = whole.find(far_);
  ASSERT_NE(once, std::string::npos) << whole;
  EXPECT_EQ(whole.find(far_, once + 1), std::string::npos) << "of all tests only one run";
  EXPECT_THAT(repo_.git({"cat-file", "blob", "refs/factory/pulls:1/pull.json"}),
              HasSubstr("2 of 4 tests, those that can reach the change, ran first; then all."));
  EXPECT_EQ(factory({"replay", "double", "--gates=recorded"}).exit_code, 0);
}

// A path that is put together when it runs is a link that nobody sees.
TEST_P(NpmSelectionTest, WhatTheSelectionMissesIsFoundByTheWholeSuite) {
  Tongue tongue = with_far(
      "test('far', () => {});\ntest('reads', () => "
      "expect(readFileSync(['twice', 'js'].join('.'), 'utf8')).not.toContain('double'));\n");
  if (!is_there(tongue) || !lay_packages()) GTEST_SKIP() << "npm installs no packages here";
  make_suite(tongue);

  Ran ran = run_double(tongue);

  EXPECT_EQ(ran.exit_code, 1) << ran.err << ran.out;
  EXPECT_THAT(gate("1", "selection"), HasSubstr("2 of 3 files with tests can reach the change"));
  EXPECT_THAT(gate("1", "selection-missed"), HasSubstr("test/far.test.js::reads"));
  EXPECT_THAT(ran.err, HasSubstr("1 test that 'can not reach the change' did"));
}

TEST_F(LanguageRunTest, OfGoWhatReachesTheChangeRunsFirst) {
  chooses(beside(golang(), {{"far/far.go", "package far\n"},
                            {"far/far_test.go",
                             "package far\n\nimport \"testing\"\n\n"
                             "func TestFar(t *testing.T) {\n}\n"}}),
          "2 of 3");
}
TEST_F(LanguageRunTest, OfRustWhatReachesTheChangeRunsFirst) {
  Tongue tongue =
      beside(rust(), {{"far/Cargo.toml", "[package]\nname = \"far\"\nversion = \"0.1.0\"\n"},
                      {"far/src/lib.rs", "//! Far.\n"},
                      {"far/tests/far.rs", "#[test]\nfn far() {}\n"}});
  tongue.files["Cargo.toml"] += "\n[workspace]\nmembers = [\"far\"]\n";
  chooses(tongue, "3 of 4");
}
TEST_F(LanguageRunTest, RustIsDeliveredByNextest) { delivers(rust_by_nextest()); }
TEST_F(LanguageRunTest, GoIsDelivered) { delivers(golang()); }
TEST_F(LanguageRunTest, RustIsDelivered) {
  delivers(rust());
  EXPECT_FALSE(std::filesystem::exists(repo_.path() + "/target"));
  EXPECT_FALSE(std::filesystem::exists(repo_.path() + "/Cargo.lock"));
}

TEST_F(LanguageRunTest, CppIsDelivered) { delivers(cpp()); }
TEST_F(LanguageRunTest, CppWithoutCtestIsDelivered) { delivers(cpp_without_ctest()); }
TEST_F(LanguageRunTest, CppWithAListOfTestsIsDelivered) { delivers(cpp_with_a_list()); }
TEST_F(LanguageRunTest, CppWithOneListOfAllIsDelivered) { delivers(cpp_with_one_list()); }
TEST_F(LanguageRunTest, WhatIsAddedToAListOfAllNamesTests) {
  Tongue tongue = cpp_with_one_list();
  tongue.built += "target_compile_options(twice PRIVATE -DTESTING)\n";
  stops(tongue,
        "CMakeLists.txt: 'target_compile_options(twice PRIVATE -DTESTING)' names no new test");
}
TEST_F(LanguageRunTest, JavaScriptInOneFileIsDelivered) { delivers(javascript_in_one_file()); }
TEST_F(LanguageRunTest, TestsOfTheOneFileStay) {
  Tongue tongue = javascript_in_one_file();
  tongue.test = replaced(tongue.test, "assert.equal(half(4), 2)", "assert.ok(half(4))");
  stops(tongue, "is not there any more. To a file that is marked 'to add to'");
}
TEST_F(LanguageRunTest, JavaIsDelivered) {
  delivers(java());
  EXPECT_FALSE(std::filesystem::exists(repo_.path() + "/target"));
}

/// What each language is held to, and how its idle test looks.
struct HeldTongue {
  const char* name;
  Tongue (*tongue)();
  const char* idle_test;  ///< one of its name that the code before passes too
};

void PrintTo(const HeldTongue& held, std::ostream* out) { *out << held.name; }

class HeldLanguageTest : public LanguageRunTest,
                         public ::testing::WithParamInterface<HeldTongue> {};

INSTANTIATE_TEST_SUITE_P(
    Languages, HeldLanguageTest,
    ::testing::Values(
        HeldTongue{"Cpp", cpp, nullptr}, HeldTongue{"CppWithoutCtest", cpp_without_ctest, nullptr},
        HeldTongue{"Go", golang,
                   "package twice\n\nimport \"testing\"\n\nfunc TestAC1Double(t *testing.T) {\n"
                   "\tt.Log(1)\n}\n"},
        HeldTongue{"Java", java, nullptr},
        HeldTongue{"JavaScript", javascript,
                   "import test from 'node:test';\ntest('AC1: doubles', () => {});\n"},
        HeldTongue{"Rust", rust, "#[test]\nfn ac1_doubles() {\n    assert_eq!(2 * 2, 4);\n}\n"}),
    [](const auto& held) { return held.param.name; });

TEST_P(HeldLanguageTest, WrongCodeFailsItsTest) {
  Tongue tongue = GetParam().tongue();
  tongue.code = replaced(tongue.code, "2 * n", "n + 3");
  stops(tongue, tongue.id);
}

TEST_P(HeldLanguageTest, ATestThatPassesBeforeShowsNothing) {
  Tongue tongue = GetParam().tongue();
  tongue.test = GetParam().idle_test != nullptr ? GetParam().idle_test
                                                : replaced(tongue.test, "twice(2)", "twofold(2)");
  stops(tongue, "it passes before the change as well");
}

TEST_F(LanguageRunTest, JavasCodeThatDoesNotCompileIsStoppedAtOnce) {
  Tongue tongue = java();
  tongue.code = replaced(tongue.code, "2 * n", "2 * m");
  stops(tongue, "maven-compile  src/main/java/shop/Twice.java:11: cannot find symbol: variable m");
}

TEST_F(LanguageRunTest, RustsCodeThatDoesNotCompileIsStoppedAtOnce) {
  Tongue tongue = rust();
  tongue.code = replaced(tongue.code, "2 * n", "2 * m");
  stops(tongue, "cannot find value `m` in this scope");
}

/// As the formatter would have it is the run's own doing.
TEST_F(LanguageRunTest, RustIsLaidOutByItsFormatter) {
  Tongue tongue = rust();
  tongue.code = replaced(tongue.code, "double(n: i32) -> i32 {\n    2 * n\n}",
                         "double( n:i32 )->i32 { 2*n }");
  delivers(tongue);
}

}  // namespace
}  // namespace gf::test
