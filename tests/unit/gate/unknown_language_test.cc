// A language without a row works by [factory-gate] alone: reports of every form, and what each must
// not pass for. What real tools wrote: recorded_test.cc.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include "base/text.h"
#include "gate/gate.h"
#include "support/assertions.h"
#include "support/facts.h"
#include "support/folder.h"

namespace gf::gate {
namespace {

using record::GateOutcome;

/// One way of telling. `prints` is what the tool leaves in `left`, a file or standard output.
struct Form {
  const char* name;
  const char* report;
  const char* left;
  int exit;
  std::string prints;
  std::string expected;  ///< "status: counts; ids; findings"
};

std::string outcome_text(const GateOutcome& outcome) {
  std::string text = fmt::format("{} {}+{}", record::name_of(outcome.status), outcome.counts.passed,
                                 outcome.counts.failed);
  for (const record::TestResult& one : outcome.tests) text += " " + one.id;
  for (const record::Finding& one : outcome.findings)
    text += fmt::format(" {}:{} {} {}", one.path, one.line, one.rule, one.message);
  for (const auto& [path, lines] : outcome.coverage)
    text += fmt::format(" {} ran {} missed {}", path, lines.executed.size(), lines.missing.size());
  return text;
}

class UnknownFormTest : public testing::TestWithParam<Form> {};

TEST_P(UnknownFormTest, ItsGateIsConfiguredAndSaysWhatItFound) {
  const Form& form = GetParam();
  test::TempFolder folder;
  folder.write("work/main.zig", "one\ntwo\nthree\n");
  folder.write("scratch/.keep", "");
  folder.write("printed", form.prints);
  std::string command =
      fmt::format("sh -c 'cat {} {}; exit {}'", folder / "printed",
                  *form.left == 0 ? "" : fmt::format("> {}", form.left), form.exit);
  Settings settings = {{"factory-gate.zig.command", command},
                       {"factory-gate.zig.report", form.report},
                       {"factory-gate.zig.stage", "test"}};
  ASSERT_GIVES(auto gates,
               gates_for(test::MapFacts(std::map<std::string, std::string>{{"main.zig", "one\n"}}),
                         settings, "python3"));
  ASSERT_EQ(gates.size(), 1u);
  Place place;
  place.worktree = folder / "work";
  place.scratch = folder / "scratch";
  place.cache = folder / "cache";
  place.environment = proc::current_environment();
  Cancel cancel;

  ASSERT_GIVES(auto outcome, run_gate(gates[0], place, {}, {}, cancel));

  EXPECT_EQ(outcome_text(outcome), form.expected) << outcome.reason;
}

INSTANTIATE_TEST_SUITE_P(
    Forms, UnknownFormTest,
    testing::Values(
        Form{"junit", "junit", "{report}", 1,
             "<testsuite><testcase classname=\"half\" name=\"halves\"/><testcase "
             "classname=\"half\" name=\"ac1_odd\"><failure "
             "message=\"assert 4 == 5\"/></testcase></testsuite>",
             "fail 1+1 half::halves half::ac1_odd"},
        Form{"junit_of_no_test", "junit", "{report}", 0, "<testsuites></testsuites>", "broken 0+0"},
        Form{"tap", "tap", "", 1, "1..2\nok 1 - halves\nnot ok 2 - ac1 odd\n# got 4\n",
             "fail 1+1 halves ac1 odd"},
        Form{"tap_of_no_test", "tap", "", 0, "1..0\n", "broken 0+0"},
        Form{"sarif", "sarif", "{report}", 1,
             "{\"runs\": [{\"tool\": {\"driver\": {\"rules\": [{\"id\": \"Z1\", "
             "\"defaultConfiguration\": {\"level\": \"error\"}}]}}, \"results\": [{\"ruleId\": "
             "\"Z1\", \"message\": {\"text\": \"no\"}, \"locations\": [{\"physicalLocation\": "
             "{\"artifactLocation\": {\"uri\": \"main.zig\"}, \"region\": {\"startLine\": 2}}}]}, "
             "{\"ruleId\": \"Z1\", \"message\": {\"text\": \"known\"}, \"suppressions\": [{}]}]}]}",
             "fail 0+1 main.zig:2 Z1 no"},
        Form{"sarif_on_standard_output", "sarif", "", 0, "{\"runs\": []}", "pass 0+0"},
        Form{"sarif_of_warnings", "sarif", "", 1,
             "{\"runs\": [{\"results\": [{\"ruleId\": \"Z2\", \"message\": {\"text\": \"hm\"}}]}]}",
             "fail 0+0 :0 Z2 hm"},
        Form{"text", "text", "", 1,
             "main.zig:3:5: error: expected ';' [syntax]\nmain.zig:1: note: x\n",
             "fail 0+1 main.zig:3 syntax expected ';'"},
        Form{"exit", "exit", "", 1, "no\n", "fail 0+0"}),
    [](const auto& one) { return std::string(one.param.name); });

TEST(UnknownLanguageTest, LinesAreCountedByLcov) {
  test::TempFolder folder;
  folder.write("work/main.zig", "one\ntwo\nthree\n");
  folder.write("scratch/.keep", "");
  folder.write("lcov", "SF:main.zig\nDA:1,3\nDA:2,0\nend_of_record\n");
  folder.write("junit", "<testsuite><testcase name=\"ac1\"/></testsuite>");
  Settings settings = {
      {"factory-gate.zig.command", fmt::format("sh -c 'cp {} {{report}}; cp {} {{coverage}}'",
                                               folder / "junit", folder / "lcov")},
      {"factory-gate.zig.coverage", "lcov"},
      {"factory-gate.zig.stage", "test"}};
  ASSERT_GIVES(auto gates, gates_for(test::MapFacts(std::map<std::string, std::string>{}), settings,
                                     "python3"));
  Place place;
  place.worktree = folder / "work";
  place.scratch = folder / "scratch";
  place.cache = folder / "cache";
  place.environment = proc::current_environment();
  Cancel cancel;

  ASSERT_GIVES(auto outcome, run_gate(gates[0], place, {}, {}, cancel));

  EXPECT_EQ(outcome_text(outcome), "pass 1+0 ac1 main.zig ran 1 missed 1");
}

}  // namespace
}  // namespace gf::gate
