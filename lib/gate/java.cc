// Java: what Maven or Gradle builds and tests, and the checks that the build itself starts.
#include <algorithm>
#include <array>

#include "base/text.h"
#include "gate/detect.h"
#include "gate/evidence.h"
#include "gate/java_project.h"

namespace gf::gate {
namespace {

using Words = std::vector<std::string>;

constexpr Milliseconds kJavaTime{1200000}, kJavaTestsTime{3600000};

/// A step of the build: {runner} is java_runner.h's, which builds in a folder of the gate's own.
Gate java_gate(const std::string& name, const std::string& tool, const Words& goals,
               const std::string& why) {
  Gate gate;
  gate.name = name;
  gate.argv = {"sh", "{runner}", "{report}", "{coverage}", "{cache}/" + name, tool};
  gate.argv.insert(gate.argv.end(), goals.begin(), goals.end());
  gate.report = "maven";
  gate.timeout = kJavaTime;
  gate.files = {"*.java"};
  gate.environment = {"JAVA_HOME", "MAVEN_OPTS", "GRADLE_OPTS", "JAVA_TOOL_OPTIONS"};
  gate.why = why;
  return gate;
}

Gate java_tests(const std::string& name, const std::string& tool, const Words& goals,
                const std::string& why, Selecting selecting) {
  Gate gate = java_gate(name, tool, goals, why);
  gate.stage = "test";
  gate.report = "surefire";
  gate.coverage = "jacoco";
  gate.selecting = selecting;
  gate.timeout = kJavaTestsTime;
  return gate;
}

bool has_plugin(const Pom& pom, std::string_view plugin) {
  return std::find(pom.plugins.begin(), pom.plugins.end(), plugin) != pom.plugins.end();
}

const BoundGoal* bound(const Pom& pom, std::string_view plugin, std::string_view goal) {
  auto found = std::find_if(pom.goals.begin(), pom.goals.end(), [&](const BoundGoal& one) {
    return one.plugin == plugin && one.goal == goal;
  });
  return found == pom.goals.end() ? nullptr : &*found;
}

/// The project's own call of a goal: "checkstyle:check" in its CI; null: nothing shows one.
const Evidence* call_of_goal(const std::vector<Evidence>& calls, std::string_view goal) {
  for (const Evidence& one : calls) {
    if (one.call.tool != "mvn") continue;
    for (const std::string& word : one.call.arguments) {
      if (word == goal || word.starts_with(std::string(goal) + "@")) return &one;
    }
  }
  return nullptr;
}

/// What a build checks beside compiling and testing is asked by gates of their own.
const Words& skipped_checks() {
  static const Words all = {"-Dcheckstyle.skip",
                            "-Dspotless.check.skip=true",
                            "-Dspotless.apply.skip=true",
                            "-Dpmd.skip",
                            "-Dcpd.skip",
                            "-Dspotbugs.skip",
                            "-Drat.skip",
                            "-Dlicense.skip",
                            "-Dmaven.javadoc.skip",
                            "-Dsort.skip",
                            "-Dfmt.skip",
                            "-Dformatter.skip",
                            "-Danimal.sniffer.skip",
                            "-Djapicmp.skip"};
  return all;
}

/// Profiles and definitions of the project's own call, without which it may build something else.
Words building_maven(const std::vector<Evidence>& calls) {
  for (const Evidence& one : calls) {
    if (one.call.tool != "mvn") continue;
    const Words& words = one.call.arguments;
    constexpr std::array<std::string_view, 4> kTesting = {"test", "verify", "install", "package"};
    bool tests = std::any_of(words.begin(), words.end(), [&](const std::string& word) {
      return std::find(kTesting.begin(), kTesting.end(), word) != kTesting.end();
    });
    if (!tests) continue;
    Words kept;
    for (size_t i = 0; i < words.size(); ++i) {
      bool skips = words[i].find("skip") != std::string::npos;
      if (words[i].starts_with("-P") && words[i].size() > 2) kept.push_back(words[i]);
      if (words[i] == "-P" && i + 1 < words.size()) kept.push_back("-P" + words[++i]);
      if (words[i].starts_with("-D") && words[i].size() > 2 && !skips) kept.push_back(words[i]);
    }
    return kept;
  }
  return {};
}

void add_checks(const Pom& pom, const std::string& tool, const std::vector<Evidence>& calls,
                const Words& building, Detected& detected) {
  struct Check {
    const char *name, *plugin, *goal;
  };
  for (const Check& check : {Check{"checkstyle", "maven-checkstyle-plugin", "checkstyle:check"},
                             Check{"spotless", "spotless-maven-plugin", "spotless:check"}}) {
    if (!has_plugin(pom, check.plugin)) continue;
    const BoundGoal* goal = bound(pom, check.plugin, "check");
    const Evidence* call = call_of_goal(calls, check.goal);
    if (goal == nullptr && call == nullptr) continue;
    // An execution has settings of its own.
    bool named = goal != nullptr && !goal->execution.empty();
    Words goals = {named ? check.goal + ("@" + goal->execution) : std::string(check.goal)};
    goals.insert(goals.end(), building.begin(), building.end());
    Gate gate =
        java_gate(check.name, tool, goals, call != nullptr ? evidence_text(*call) : "pom.xml");
    if (check.name == std::string_view("spotless"))
      gate.fix = {"sh", "{runner}",       "{report}", "{coverage}", "{cache}/spotless-apply",
                  tool, "spotless:apply", "--files",  "{files}"};
    detected.gates.push_back(std::move(gate));
  }
}

void detect_maven(const record::TreeFacts& tree, Detected& detected) {
  Pom pom = read_poms(tree);
  if (!pom.broken.empty()) {
    detected.notes.push_back("'pom.xml' cannot be read: " + pom.broken);
    return;
  }
  std::vector<Evidence> calls = evidence_in(tree);
  calls.insert(calls.end(), detected.outer_evidence.begin(), detected.outer_evidence.end());
  const std::string tool = tree.has_path("mvnw") ? "./mvnw" : "mvn";
  Words building = building_maven(calls), compiling = {"test-compile"};
  compiling.insert(compiling.end(), building.begin(), building.end());
  compiling.insert(compiling.end(), skipped_checks().begin(), skipped_checks().end());
  detected.gates.push_back(java_gate("maven-compile", tool, compiling, "pom.xml"));
  add_checks(pom, tool, calls, building, detected);
  Words testing = {has_plugin(pom, "maven-failsafe-plugin") ? "verify" : "test"};
  if (has_plugin(pom, "jacoco-maven-plugin")) testing.emplace_back("jacoco:report");
  testing.insert(testing.end(),
                 {"-fae", "-Dmaven.test.failure.ignore=true", "-DfailIfNoTests=false",
                  "-Dsurefire.failIfNoSpecifiedTests=false",
                  "-Dfailsafe.failIfNoSpecifiedTests=false", "-Djacoco.haltOnFailure=false"});
  testing.insert(testing.end(), building.begin(), building.end());
  testing.insert(testing.end(), skipped_checks().begin(), skipped_checks().end());
  detected.gates.push_back(
      java_tests("maven-test", tool, testing, "pom.xml", Selecting::kSurefire));
}

void detect_gradle(const record::TreeFacts& tree, const std::string& why, Detected& detected) {
  const std::string tool = tree.has_path("gradlew") ? "./gradlew" : "gradle";
  detected.gates.push_back(java_gate("gradle-compile", tool, {"testClasses"}, why));
  detected.gates.push_back(java_tests("gradle-test", tool, {"test"}, why, Selecting::kGradle));
}

void detect_java(const record::TreeFacts& tree, const std::string&, Detected& detected) {
  if (tree.has_path("pom.xml")) return detect_maven(tree, detected);
  for (const char* name : {"build.gradle", "build.gradle.kts"}) {
    bool java = tree.has_path(name) && tree.read(name)->find("android") == std::string::npos;
    if (java) return detect_gradle(tree, name, detected);
  }
}

}  // namespace

/// Maven and Gradle have their tests in a tree beside the sources.
Language java() {
  Language row;
  row.name = "Java";
  row.sources = {"*.java"};
  row.test_paths = {"src/test/**",
                    "**/src/test/**",
                    "src/it/**",
                    "**/src/it/**",
                    "**/src/integrationTest/**",
                    "src/integrationTest/**"};
  row.test_helpers = {"**/src/test/resources/**", "src/test/resources/**", "**/package-info.java"};
  row.settings = {"**/checkstyle*.xml",
                  "config/checkstyle/**",
                  ".mvn/**",
                  "mvnw",
                  "mvnw.cmd",
                  "gradlew",
                  "gradlew.bat",
                  "gradle/wrapper/**",
                  "**/pmd*.xml",
                  "**/spotbugs*.xml",
                  "gradle.properties"};
  row.manifests = {"pom.xml",          "**/pom.xml",      "build.gradle",
                   "build.gradle.kts", "settings.gradle", "settings.gradle.kts"};
  row.detect = detect_java;
  row.parser = nullptr;
  return row;
}

}  // namespace gf::gate
