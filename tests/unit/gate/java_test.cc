// Java: which gates a build has, how its tests are selected, which test a line stands in, and what
// its tools print. What whole builds left: recorded_test.cc.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include <fstream>
#include <sstream>

#include "base/text.h"
#include "gate/arguments.h"
#include "gate/dependencies.h"
#include "gate/java_reports.h"
#include "gate/java_runner.h"
#include "gate/language.h"
#include "gate/reaching_out.h"
#include "gate/settings_change.h"
#include "unit/gate/detected.h"

namespace gf::gate {
namespace {

using testing::Contains;
using testing::IsSupersetOf;

std::string pom_with(const std::string& plugins) {
  return "<project><build><plugins>" + plugins + "</plugins></build></project>";
}

std::string plugin(const std::string& name, const std::string& executions = "") {
  return "<plugin><artifactId>" + name + "</artifactId>" + executions + "</plugin>";
}

test::MapFacts tree_of(const std::string& pom) {
  return test::MapFacts(std::map<std::string, std::string>{{"pom.xml", pom}});
}

const char* const kChecked =
    "<executions><execution><id>style</id><goals><goal>check</goal></goals></execution>"
    "</executions>";

/// The goals of a gate, without options.
std::string goals_of(const Gate& gate) {
  std::string goals;
  for (size_t i = 5; i < gate.argv.size(); ++i) {
    if (!gate.argv[i].starts_with("-D")) goals += (goals.empty() ? "" : " ") + gate.argv[i];
  }
  return goals;
}

struct Build {
  const char* what;
  std::map<std::string, std::string> files;
  std::vector<std::string> expected;  ///< each gate's name and goals
};
class JavaBuildTest : public testing::TestWithParam<Build> {};

TEST_P(JavaBuildTest, HasTheGatesThatItShows) {
  std::vector<std::string> described;
  for (const Gate& gate : gates_of(GetParam().files))
    described.push_back(gate.name + ": " + goals_of(gate));
  EXPECT_EQ(described, GetParam().expected);
}

INSTANTIATE_TEST_SUITE_P(
    Builds, JavaBuildTest,
    testing::Values(
        Build{"plain",
              {{"pom.xml", pom_with("")}},
              {"maven-compile: mvn test-compile", "maven-test: mvn test -fae"}},
        Build{"wrapper",
              {{"pom.xml", pom_with("")}, {"mvnw", "#!/bin/sh\n"}},
              {"maven-compile: ./mvnw test-compile", "maven-test: ./mvnw test -fae"}},
        Build{"measured",
              {{"pom.xml", pom_with(plugin("jacoco-maven-plugin"))}},
              {"maven-compile: mvn test-compile", "maven-test: mvn test jacoco:report -fae"}},
        Build{"only managed",
              {{"pom.xml", "<project><build><pluginManagement><plugins>" +
                               plugin("jacoco-maven-plugin") +
                               "</plugins></pluginManagement></build></project>"}},
              {"maven-compile: mvn test-compile", "maven-test: mvn test -fae"}},
        Build{
            "integration tests of a module",
            {{"pom.xml", pom_with("")}, {"web/pom.xml", pom_with(plugin("maven-failsafe-plugin"))}},
            {"maven-compile: mvn test-compile", "maven-test: mvn verify -fae"}},
        Build{"checks of the build",
              {{"pom.xml", pom_with(plugin("maven-checkstyle-plugin", kChecked) +
                                    plugin("spotless-maven-plugin", kChecked))}},
              {"maven-compile: mvn test-compile", "checkstyle: mvn checkstyle:check@style",
               "spotless: mvn spotless:check@style", "maven-test: mvn test -fae"}},
        Build{"configured, and never run",
              {{"pom.xml", pom_with(plugin("spotless-maven-plugin"))}},
              {"maven-compile: mvn test-compile", "maven-test: mvn test -fae"}},
        Build{"run by CI",
              {{"pom.xml", pom_with(plugin("spotless-maven-plugin"))},
               {".github/workflows/ci.yml",
                "jobs:\n  a:\n    steps:\n      - run: ./mvnw -B -Pci verify\n"
                "      - run: ./mvnw spotless:check\n"}},
              {"maven-compile: mvn test-compile -Pci", "spotless: mvn spotless:check -Pci",
               "maven-test: mvn test -fae -Pci"}},
        Build{"gradle",
              {{"build.gradle", "apply plugin: 'java'\n"}, {"gradlew", "#!/bin/sh\n"}},
              {"gradle-compile: ./gradlew testClasses", "gradle-test: ./gradlew test"}},
        Build{"gradle by Kotlin",
              {{"build.gradle.kts", "plugins { java }\n"}},
              {"gradle-compile: gradle testClasses", "gradle-test: gradle test"}},
        Build{"an Android application, which wants more than a JDK",
              {{"build.gradle", "apply plugin: 'com.android.application'\n"}},
              {}}));

TEST(JavaTest, ABuildThatCannotBeReadIsSaid) {
  auto notes = detection_notes(tree_of("<project><build>"));

  ASSERT_EQ(notes.size(), 1u);
  EXPECT_THAT(notes[0], testing::StartsWith("'pom.xml' cannot be read: at byte "));
}

TEST(JavaTest, ItsFixerIsThatOfTheBuildAndRewritesSomeFiles) {
  auto gates = gates_of({{"pom.xml", pom_with(plugin("spotless-maven-plugin", kChecked))}});

  ASSERT_EQ(names_of(gates), (std::vector<std::string>{"maven-compile", "spotless", "maven-test"}));
  EXPECT_THAT(gates[1].fix, IsSupersetOf({"spotless:apply", "--files", "{files}"}));
  EXPECT_TRUE(gates[0].fix.empty());
  EXPECT_TRUE(is_by_maven(gates[1]));
}

struct Selected {
  const char* name;
  Selecting selecting;
  std::vector<std::string> tests, words;
};
class JavaSelectionTest : public testing::TestWithParam<Selected> {};

TEST_P(JavaSelectionTest, IsAsItsBuildTakesIt) {
  Gate gate;
  gate.argv = {"sh"};
  gate.selecting = GetParam().selecting;
  Place place;
  auto argv = argv_for(gate, place, GetParam().tests, {});
  argv.erase(argv.begin());
  EXPECT_EQ(argv, GetParam().words);
}

INSTANTIATE_TEST_SUITE_P(
    Selections, JavaSelectionTest,
    testing::Values(Selected{"file",
                             Selecting::kSurefire,
                             {"src/test/java/shop/ATest.java"},
                             {"-Dtest=ATest", "-Dit.test=ATest"}},
                    Selected{"methods",
                             Selecting::kSurefire,
                             {"core/src/test/java/shop/ATest.java::ac1",
                              "web/src/test/java/BTest.java::b"},
                             {"-Dtest=ATest#ac1,BTest#b", "-Dit.test=ATest#ac1,BTest#b"}},
                    Selected{"parameter",
                             Selecting::kSurefire,
                             {"src/test/java/shop/ATest.java::many[2]"},
                             {"-Dtest=ATest", "-Dit.test=ATest"}},
                    Selected{"nested",
                             Selecting::kSurefire,
                             {"src/test/java/shop/ATest.java::Inner::a"},
                             {"-Dtest=ATest", "-Dit.test=ATest"}},
                    Selected{"whole_and_part",
                             Selecting::kSurefire,
                             {"src/test/java/shop/ATest.java::a", "src/test/java/shop/ATest.java"},
                             {"-Dtest=ATest", "-Dit.test=ATest"}},
                    Selected{"gradle",
                             Selecting::kGradle,
                             {"app/src/test/java/shop/ATest.java::a",
                              "app/src/test/java/shop/ATest.java::b", "src/test/java/Top.java"},
                             {"--tests", "shop.ATest", "--tests", "Top"}}),
    [](const auto& one) { return std::string(one.param.name); });

const char* const kTests =
    "package shop;\n"                            // 1
    "\n"                                         // 2
    "import org.junit.jupiter.api.Test;\n"       // 3
    "\n"                                         // 4
    "class ATest {\n"                            // 5
    "  private final Head head = new Head();\n"  // 6
    "\n"                                         // 7
    "  @Test\n"                                  // 8
    "  @DisplayName(\"a, b\")\n"                 // 9
    "  void ac1Foot() throws Exception {\n"      // 10
    "    for (int i = 0; i < 2; ++i) {\n"        // 11
    "      run();\n"                             // 12
    "    }\n"                                    // 13
    "    assertEquals(\"\", page(\n"             // 14
    "        1));\n"                             // 15
    "  }\n"                                      // 16
    "\n"                                         // 17
    "  private Page page(int n) {\n"             // 18
    "    return new Page(n);\n"                  // 19
    "  }\n"                                      // 20
    "\n"                                         // 21
    "  @Nested\n"                                // 22
    "  class Heads {\n"                          // 23
    "    @ParameterizedTest\n"                   // 24
    "    @ValueSource(ints = {1})\n"             // 25
    "    void many(int n) {\n"                   // 26
    "      head.text();\n"                       // 27
    "    }\n"                                    // 28
    "  }\n"                                      // 29
    "\n"                                         // 30
    "  public void testOld() {\n"                // 31
    "    old();\n"                               // 32
    "  }\n"                                      // 33
    "}\n";                                       // 34

TEST(JavaTest, ALineIsInTheTestAroundIt) {
  std::vector<std::string> source = lines(kTests);
  std::map<int, std::string> described;
  for (int line = 0; line < 40; ++line) {
    if (auto test = java_test_at(source, line)) described[line] = *test;
  }
  std::map<int, std::string> expected = {{26, "Heads::many"}, {27, "Heads::many"},
                                         {28, "Heads::many"}, {31, "testOld"},
                                         {32, "testOld"},     {33, "testOld"}};
  for (int line = 10; line <= 16; ++line) expected[line] = "ac1Foot";
  for (int ending : {16, 28, 33}) {  // nobody errs in a bracket
    expected.erase(ending);
    described.erase(ending);
  }
  EXPECT_EQ(described, expected);
}

std::string findings_of(const std::string& text) {
  record::GateOutcome outcome;
  EXPECT_TRUE(read_maven(text, Scrubber("/w", "/scratch", ""), outcome));
  std::string described;
  for (const record::Finding& one : outcome.findings)
    described +=
        fmt::format("{} {}:{} [{}] {}\n", one.severity, one.path, one.line, one.rule, one.message);
  return described;
}

struct Printed {
  const char *name, *text, *expected;
};
class JavaPrintedTest : public testing::TestWithParam<Printed> {};
TEST_P(JavaPrintedTest, IsReadAsFindings) {
  EXPECT_EQ(findings_of(GetParam().text), GetParam().expected);
}

INSTANTIATE_TEST_SUITE_P(
    Printed, JavaPrintedTest,
    testing::Values(
        Printed{
            "maven",
            "[ERROR] COMPILATION ERROR : \n"
            "[ERROR] /w/src/A.java:[3,5] cannot find symbol\n  symbol:   method b(int)\n"
            "[ERROR] Failed to execute goal x: Compilation failure\n"
            "[ERROR] /w/src/A.java:[3,5] cannot find symbol\n[ERROR]   symbol:   method b(int)\n",
            "error src/A.java:3 [] cannot find symbol: method b(int)\n"},
        Printed{"warning", "[WARNING] /w/src/A.java:[7,1] [deprecation] b() is deprecated\n",
                "warning src/A.java:7 [] [deprecation] b() is deprecated\n"},
        Printed{"javac", "/w/src/A.java:12: error: ';' expected\n    x\n     ^\n",
                "error src/A.java:12 [] ';' expected\n"},
        Printed{"checkstyle",
                "[ERROR] src/main/java/A.java:[10,5] (javadoc) MissingJavadocMethod: Say it.\n",
                "error src/main/java/A.java:10 [MissingJavadocMethod] Say it.\n"},
        Printed{"checkstyle_by_line",
                "[WARN] /w/src/main/java/A.java:10: Line is too long. [LineLength]\n",
                "warning src/main/java/A.java:10 [LineLength] Line is too long.\n"},
        Printed{"checkstyle_twice",
                "[ERROR] /w/src/A.java:3:19: '(' is followed by whitespace. [ParenPad]\n"
                "[ERROR] src/A.java:[3,19] (whitespace) ParenPad: '(' is followed by whitespace.\n",
                "error src/A.java:3 [ParenPad] '(' is followed by whitespace.\n"},
        Printed{"ant", "[ant:checkstyle] [ERROR] /w/src/A.java:3:5: No tab. [FileTabCharacter]\n",
                "error src/A.java:3 [FileTabCharacter] No tab.\n"},
        Printed{
            "spotless",
            "[ERROR] Failed to execute goal x: The following files had format violations:\n"
            "[ERROR]     src/main/java/A.java\n[ERROR]         @@ -1,2 +1,2 @@\n"
            "[ERROR] Run 'mvn spotless:apply' to fix these violations.\n",
            "error src/main/java/A.java:0 [format] is not laid out as the formatter writes it\n"},
        Printed{"kotlin",
                "e: file:///w/src/A.kt:3:5 Unresolved reference 'b'.\n"
                "w: file:///w/src/A.kt:4:1 Unused.\n",
                "error src/A.kt:3 [] Unresolved reference 'b'.\n"
                "warning src/A.kt:4 [] Unused.\n"},
        Printed{"kotlin_before_1_9", "e: /w/src/A.kt: (3, 5): Unresolved reference: b\n",
                "error src/A.kt:3 [] Unresolved reference: b\n"},
        Printed{"groovy", "/w/src/A.groovy: 3: unable to resolve class B\n",
                "error src/A.groovy:3 [] unable to resolve class B\n"},
        Printed{"frames", "\tat shop.A.b(A.java:3)\n[INFO] A.java:3 is fine\n", ""}),
    [](const auto& one) { return std::string(one.param.name); });

TEST(JavaTest, LinesThatRanAreThoseOfJacoco) {
  std::ifstream file(std::string(GF_SOURCE_DIR) + "/tests/corpus/java/modules.coverage");
  std::stringstream text;
  text << file.rdbuf();
  record::GateOutcome outcome;

  ASSERT_TRUE(read_jacoco(
      text.str(), Scrubber(std::string(GF_SOURCE_DIR) + "/tests/corpus/java/work", "/s", ""),
      outcome));

  ASSERT_EQ(outcome.coverage.count("core/src/main/java/shop/Prices.java"), 1u);
  const auto& lines = outcome.coverage["core/src/main/java/shop/Prices.java"];
  EXPECT_THAT(lines.executed, Contains(10));
  EXPECT_FALSE(read_jacoco("<coverage/>", Scrubber("/w", "/s", ""), outcome));
  EXPECT_FALSE(read_jacoco("no report", Scrubber("/w", "/s", ""), outcome));
}

TEST(JavaTest, WhatADependencyIsIsInItsBuild) {
  auto found = dependencies_in(
      "web/pom.xml",
      "<project><dependencies><dependency><groupId>a.b</groupId><artifactId>c</artifactId>"
      "<version>1</version><scope>test</scope></dependency></dependencies></project>");

  EXPECT_EQ(found, (std::map<std::string, std::string>{{"a.b:c", "a.b:c 1 test"}}));
}

TEST(JavaTest, WhatDecidesTheTestsIsASettingAndADependencyIsNone) {
  std::string base = "<project><properties><v>1</v></properties></project>";
  auto changed = [&](const std::string& now) {
    std::string described;
    for (const record::Finding& one : settings_changed(tree_of(base), tree_of(now), {"pom.xml"}))
      described += one.message + "\n";
    return described;
  };

  EXPECT_EQ(changed("<project><properties><v>2</v></properties></project>"), "");
  EXPECT_THAT(changed("<project><properties><skipTests>true</skipTests></properties></project>"),
              testing::HasSubstr("properties.skipTests"));
  EXPECT_THAT(changed(pom_with(plugin("maven-surefire-plugin"))),
              testing::HasSubstr("maven-surefire-plugin"));
}

TEST(JavaTest, WhatReachesOutIsSeen) {
  std::string text =
      "import java.net.Socket;\n\n/** ProcessBuilder */\nclass A {\n  void a() {\n"
      "    new ProcessBuilder(\"ls\").start();\n  }\n}\n";
  Reach reach = reach_of("src/main/java/A.java", text);

  EXPECT_EQ(reach.network_line, 1);
  EXPECT_EQ(reach.process, "ProcessBuilder");
  EXPECT_EQ(reach.process_line, 6);
}

TEST(JavaTest, TestsAreBesideTheSources) {
  EXPECT_TRUE(is_source("src/main/java/A.java"));
  EXPECT_TRUE(holds_tests("core/src/test/java/ATest.java"));
  EXPECT_FALSE(holds_tests("core/src/test/resources/data/A.java"));
  EXPECT_THAT(default_test_paths(), Contains("**/src/test/**"));
}

}  // namespace
}  // namespace gf::gate
