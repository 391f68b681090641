// Languages besides Python: gates are found, a right change is delivered, and a wrong one is
// stopped by the project's own tools. A machine without them skips.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include <cstdlib>
#include <filesystem>
#include <ostream>

#include "e2e/doubling.h"
#include "record/json.h"

namespace gf::test {
namespace {

using ::testing::HasSubstr;

/// A project of one source file, what a run makes of it, and names that reports have.
struct Tongue {
  const char* tool;  ///< without which nothing can be tried
  std::map<std::string, std::string> files;
  std::string source, code;     ///< what BUILD writes
  std::string tests, test;      ///< what TEST writes
  std::string id;               ///< of its test
  std::string told, told_init;  ///< by the run's last tests, and by init
  /// Asks whether there is what counts lines; null: it comes with the tool.
  const char* measured_by = nullptr;
  std::string builds = {}, built = {};  ///< where a new file of tests is named; with it
};

Tongue javascript() {
  const std::string half = "export const half = (n) => Math.floor(n / 2);\n";
  const std::string head = "import test from 'node:test';\nimport assert from 'node:assert';\n";
  return {"node",
          {{"package.json",
            R"({"name": "twice", "type": "module", "scripts": {"test": "node --test"}})"},
           {"twice.js", half},
           {"test/half.test.js", head + "import { half } from '../twice.js';\n"
                                        "test('half', () => assert.equal(half(4), 2));\n"}},
          "twice.js",
          half + "export const double = (n) => 2 * n;\n",
          "test/double.test.js",
          head +
              "import { double } from '../twice.js';\n"
              "test('AC1: doubles', () => assert.equal(double(2), 4));\n",
          "test/double.test.js::AC1: doubles",
          "node-test pass, 2 passed",
          "package.json:1 (script test)"};
}

Tongue golang() {
  const std::string half =
      "package twice\n\n// Half halves.\nfunc Half(n int) int {\n\treturn n / 2\n}\n";
  const std::string head = "package twice\n\nimport \"testing\"\n\n";
  return {"go",
          {{"go.mod", "module example.com/twice\n\ngo 1.21\n"},
           {"twice.go", half},
           {"twice_test.go", head + "func TestHalf(t *testing.T) {\n\tif Half(4) != 2 {\n"
                                    "\t\tt.Fatal(\"not half\")\n\t}\n}\n"}},
          "twice.go",
          half + "\n// Double doubles.\nfunc Double(n int) int {\n\treturn 2 * n\n}\n",
          "double_test.go",
          head +
              "func TestAC1Double(t *testing.T) {\n\tif Double(2) != 4 {\n"
              "\t\tt.Fatal(\"not twice\")\n\t}\n}\n",
          "double_test.go::TestAC1Double",
          "go-test pass, 2 passed",
          "go-test"};
}

Tongue rust() {
  const std::string half =
      "//! Twice and half.\n\n/// Half of `n`.\n///\n/// ```\n/// assert_eq!(twice::half(4), 2);\n"
      "/// ```\npub fn half(n: i32) -> i32 {\n    n / 2\n}\n";
  return {"cargo",
          {{"Cargo.toml", "[package]\nname = \"twice\"\nversion = \"0.1.0\"\nedition = \"2021\"\n"},
           {".gitignore", "target/\nCargo.lock\n"},
           {"src/lib.rs", half},
           {"tests/half.rs", "#[test]\nfn halves() {\n    assert_eq!(twice::half(4), 2);\n}\n"}},
          "src/lib.rs",
          half + "\n/// Twice `n`.\npub fn double(n: i32) -> i32 {\n    2 * n\n}\n",
          "tests/double.rs",
          "#[test]\nfn ac1_doubles() {\n    assert_eq!(twice::double(2), 4);\n}\n",
          "tests/double.rs::ac1_doubles",
          "cargo-test pass, 3 passed",
          "cargo-test",
          "CARGO_LLVM_COV_SETUP=no cargo llvm-cov show-env"};
}

std::string replaced(std::string text, const std::string& what, const std::string& with) {
  return text.replace(text.find(what), what.size(), with);
}

Tongue cpp() {
  const std::string half = "#include \"twice.h\"\n\nint half(int n) { return n / 2; }\n";
  return {"cmake",
          {{"CMakeLists.txt",
            "cmake_minimum_required(VERSION 3.16)\nproject(twice CXX)\nenable_testing()\n"
            "add_library(twice twice.cc)\nfind_package(GTest REQUIRED)\ninclude(GoogleTest)\n"
            "file(GLOB tests CONFIGURE_DEPENDS tests/*_test.cc)\n"
            "add_executable(tests ${tests})\n"
            "target_include_directories(tests PRIVATE .)\n"
            "target_link_libraries(tests twice GTest::gtest_main)\n"
            "gtest_discover_tests(tests)\n"},
           {"twice.h", "inline int twofold(int n) { return n + n; }\nint half(int n);\n"},
           {"twice.cc", half},
           {"tests/half_test.cc",
            "#include <gtest/gtest.h>\n\n#include \"twice.h\"\n\n"
            "TEST(Half, Halves) { EXPECT_EQ(half(4), 2); }\n"}},
          "twice.h",
          "inline int twofold(int n) { return n + n; }\nint half(int n);\n"
          "inline int twice(int n) {\n  return 2 * n;\n}\n",
          "tests/double_test.cc",
          "#include <gtest/gtest.h>\n\n#include \"twice.h\"\n\n"
          "TEST(Twice, AC1Doubles) { EXPECT_EQ(twice(2), 4); }\n",
          "tests/double_test.cc::Twice::AC1Doubles",
          "ctest pass, 2 passed",
          "ctest"};
}

/// A program of GoogleTest that ctest was never told of.
Tongue cpp_without_ctest() {
  Tongue tongue = cpp();
  std::string& built = tongue.files.at("CMakeLists.txt");
  built = replaced(built, "enable_testing()\n", "");
  built = replaced(built, "include(GoogleTest)\n", "");
  built = replaced(built, "gtest_discover_tests(tests)\n", "");
  tongue.told = "googletest pass, 2 passed";
  tongue.told_init = "googletest";
  return tongue;
}

/// Each file of tests is named where they are built.
Tongue cpp_with_a_list() {
  Tongue tongue = cpp();
  std::string& whole = tongue.files.at("CMakeLists.txt");
  size_t tests = whole.find("find_package");
  std::string list = replaced(whole.substr(tests), "${tests}", "half_test.cc");
  list.erase(list.find("file(GLOB"), list.find("add_executable") - list.find("file(GLOB"));
  list = replaced(list, "PRIVATE .", "PRIVATE ..");
  whole = whole.substr(0, tests) + "add_subdirectory(tests)\n";
  tongue.files["tests/CMakeLists.txt"] = list;
  tongue.builds = "tests/CMakeLists.txt";
  tongue.built = replaced(list, "half_test.cc", "half_test.cc double_test.cc");
  return tongue;
}

/// Tested by JUnit, measured by jacoco.
Tongue java() {
  const std::string head =
      "package shop;\n\nimport static org.junit.Assert.assertEquals;\n\n"
      "import org.junit.Test;\n\n";
  const std::string half =
      "package shop;\n\n/** Twice and half. */\npublic final class Twice {\n"
      "  public static int twofold(int n) {\n    return n + n;\n  }\n";
  return {"mvn",
          {{"pom.xml",
            "<project xmlns=\"http://maven.apache.org/POM/4.0.0\">\n"
            "  <modelVersion>4.0.0</modelVersion>\n  <groupId>shop</groupId>\n"
            "  <artifactId>twice</artifactId>\n  <version>1</version>\n  <properties>\n"
            "    <maven.compiler.source>8</maven.compiler.source>\n"
            "    <maven.compiler.target>8</maven.compiler.target>\n"
            "    <project.build.sourceEncoding>UTF-8</project.build.sourceEncoding>\n"
            "  </properties>\n  <dependencies>\n    <dependency>\n"
            "      <groupId>junit</groupId>\n      <artifactId>junit</artifactId>\n"
            "      <version>4.13.2</version>\n      <scope>test</scope>\n    </dependency>\n"
            "  </dependencies>\n  <build>\n    <plugins>\n      <plugin>\n"
            "        <groupId>org.jacoco</groupId>\n"
            "        <artifactId>jacoco-maven-plugin</artifactId>\n"
            "        <version>0.8.12</version>\n        <executions>\n          <execution>\n"
            "            <goals><goal>prepare-agent</goal></goals>\n          </execution>\n"
            "        </executions>\n      </plugin>\n    </plugins>\n  </build>\n</project>\n"},
           {".gitignore", "target/\n"},
           {"src/main/java/shop/Twice.java", half + "}\n"},
           {"src/test/java/shop/TwofoldTest.java",
            head + "public class TwofoldTest {\n  @Test\n  public void twofold() {\n"
                   "    assertEquals(4, Twice.twofold(2));\n  }\n}\n"}},
          "src/main/java/shop/Twice.java",
          half +
              "\n  /** Twice a number. */\n  public static int twice(int n) {\n"
              "    return 2 * n;\n  }\n}\n",
          "src/test/java/shop/TwiceTest.java",
          head +
              "public class TwiceTest {\n  @Test\n  public void ac1Doubles() {\n"
              "    assertEquals(4, Twice.twice(2));\n  }\n}\n",
          "src/test/java/shop/TwiceTest.java::ac1Doubles",
          "maven-test pass, 2 passed",
          "maven-test"};
}

class LanguageRunTest : public DoublingTest {
 protected:
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
  bool is_there(const Tongue& tongue) {
    std::string asked =
        fmt::format("command -v {0} && {{ {0} --version || {0} version; }}", tongue.tool);
    bool there = run({"sh", "-c", asked}, "/", environment()).exit_code == 0;
    return there && (tongue.tool != std::string_view("mvn") || lay_jars(tongue));
  }
  /// One attempt of each stage, no other.
  Ran run_double(const Tongue& tongue) {
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
      "constraints": [], "out_of_scope": [], "summary": "fine"}})json";
    review.replace(review.find("TEST"), 4, tongue.id);
    const char* third = named ? R"(, {"id": "H3", "serves": ["tests"], "why": "it"})" : "";
    review.replace(review.find("THIRD"), 5, third);
    answer("review.1.1", review);
    repo_.git({"config", "factory.provider.scripted.path", repo_.folder() / "answers"});
    repo_.git({"config", "factory.retries", "0"});
    return feature("double", "Add double(n); double(2) is 4.");
  }
  void delivers(const Tongue& tongue) {
    if (!is_there(tongue)) GTEST_SKIP() << tongue.tool << " is not installed";
    make(tongue);

    Ran init = factory({"init", "--no-try"});
    Ran ran = run_double(tongue);

    EXPECT_THAT(init.out + repo_.read(".gitfactory"), HasSubstr(tongue.told_init));
    ASSERT_EQ(ran.exit_code, 0) << ran.err << ran.out;
    EXPECT_THAT(ran.err, HasSubstr(tongue.told));
    bool measured = tongue.measured_by == nullptr ||
                    run({"sh", "-c", tongue.measured_by}, "/", environment()).exit_code == 0;
    if (measured) {
      EXPECT_THAT(ran.err, HasSubstr("added line"));
    }
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
TEST_F(LanguageRunTest, GoIsDelivered) { delivers(golang()); }
TEST_F(LanguageRunTest, RustIsDelivered) {
  delivers(rust());
  EXPECT_FALSE(std::filesystem::exists(repo_.path() + "/target"));
  EXPECT_FALSE(std::filesystem::exists(repo_.path() + "/Cargo.lock"));
}

TEST_F(LanguageRunTest, CppIsDelivered) { delivers(cpp()); }
TEST_F(LanguageRunTest, CppWithoutCtestIsDelivered) { delivers(cpp_without_ctest()); }
TEST_F(LanguageRunTest, CppWithAListOfTestsIsDelivered) { delivers(cpp_with_a_list()); }
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
