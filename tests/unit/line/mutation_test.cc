// Faults in the changed lines: tried on disk, bounded, on record, and gone afterwards.
#include <gmock/gmock.h>

#include "line/faults.h"
#include "line/named_definitions.h"
#include "unit/line/benched.h"

namespace gf::line {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;

/// A project whose tests are a shell script: one is red when `limit` is not 50, and one when the
/// sum is wrong; nothing looks at the rest.
class MutationTest : public BenchedTest {
 protected:
  void SetUp() override {
    place_.write("a.py", "x = 1\n");
    open_here();
    assignment_.mutation = {"tell", 12, 60};
    assignment_.config.add("factory.sandbox", "none");
    folder_.write(
        "run.sh",
        "red() { echo '<testcase name=\"test_'$1'\" file=\"t.py\"><failure message=\"no\"/>"
        "</testcase>'; }\n"
        "green() { echo '<testcase name=\"test_'$1'\" file=\"t.py\"/>'; }\n"
        "echo tried >> \"$2\"\n"
        "bad=0\n{ echo '<testsuite>'\n"
        "if grep -q 'limit = 51' a.py; then red limit; bad=1; else green limit; fi\n"
        "if grep -q 'a - b' a.py; then red sum; bad=1; else green sum; fi\n"
        "echo '</testsuite>'; } > \"$1\"\nexit $bad\n");
    set_check("test", "sh " + (folder_ / "run.sh") + " {report} " + (folder_ / "tried"));
    assignment_.config.add("factory-gate.check.report", "junit");
  }
  std::optional<record::GateOutcome> mutate(Bench& bench) {
    auto now = bench.run("test", {}, {});
    EXPECT_DONE(now);
    auto outcome = bench.mutate({{"a.py", {1, 2, 3}}}, {"t.py"}, *now);
    EXPECT_DONE(outcome);
    return outcome.ok() ? *outcome : std::nullopt;
  }
  Bench& with_change() {
    Bench& bench = this->bench();
    EXPECT_DONE(bench.open());
    write("a.py", kSource);
    EXPECT_DONE(bench.take_in());
    return bench;
  }
  size_t times_tried() const {
    std::ifstream file(folder_ / "tried");
    std::string line;
    size_t times = 0;
    while (std::getline(file, line)) ++times;
    return times;
  }
  static constexpr const char* kSource = "limit = 50\nsum = a + b\nshown = c < d\n";
};

TEST_F(MutationTest, WhatNoTestNoticesIsAFindingAndTheTreeIsAsItWas) {
  Bench& bench = with_change();
  auto outcome = mutate(bench);
  ASSERT_TRUE(outcome.has_value());
  EXPECT_EQ(outcome->counts.passed, 2);
  ASSERT_THAT(outcome->findings, SizeIs(1));
  EXPECT_EQ(outcome->findings[0].line, 3);
  EXPECT_THAT(outcome->findings[0].message, HasSubstr("no test notices '<' as '<='"));
  EXPECT_EQ(on_disk("a.py"), kSource);
}

TEST_F(MutationTest, WhatIsOnRecordIsNotTriedAgain) {
  Bench& bench = with_change();
  mutate(bench);
  size_t before = times_tried();
  auto again = mutate(bench);
  EXPECT_EQ(times_tried(), before);
  EXPECT_EQ(again->counts.passed, 2);
}

TEST_F(MutationTest, NoMoreAreTriedThanIsAllowed) {
  assignment_.mutation.count = 1;
  Bench& bench = with_change();
  auto outcome = mutate(bench);
  EXPECT_EQ(outcome->counts.passed + outcome->counts.failed, 1);
  EXPECT_EQ(times_tried(), 3u) << "the base, the tree, one fault";
}

/// A runner that cannot load its tests any more because the fault is no code.
TEST_F(MutationTest, WhatIsNoCodeIsThrownAwayAndAnotherIsTried) {
  folder_.write(
      "run.sh",
      "if grep -q 'limit = 51' a.py; then echo '<testsuite><testcase name=\"t\" file=\"t.py\">"
      "<error message=\"collection failure\">E   SyntaxError: invalid syntax</error></testcase>"
      "</testsuite>' > \"$1\"; exit 2; fi\n"
      "bad=0\nif grep -q 'a - b' a.py; then bad=1; fi\n"
      "{ echo '<testsuite><testcase name=\"t\" file=\"t.py\">'\n"
      "test $bad = 0 || echo '<failure message=\"no\"/>'\n"
      "echo '</testcase></testsuite>'; } > \"$1\"\nexit $bad\n");
  assignment_.mutation.count = 2;

  auto outcome = mutate(with_change());

  ASSERT_TRUE(outcome.has_value());
  EXPECT_EQ(outcome->counts.skipped, 1) << "no code";
  EXPECT_EQ(outcome->counts.passed, 1) << "the sum";
  EXPECT_THAT(outcome->findings, SizeIs(1)) << "the third, in its place";
}

TEST_F(MutationTest, WhatTheRunnerDoesNotBuildIsToldAndCountsNeitherWay) {
  assignment_.config.add("factory-gate.check.files", "*.js");

  auto outcome = mutate(with_change());

  ASSERT_TRUE(outcome.has_value());
  EXPECT_EQ(outcome->counts.passed + outcome->counts.failed, 0);
  EXPECT_EQ(times_tried(), 2U) << "the base and the tree";
  Faults faults = faults_in(*outcome);
  EXPECT_EQ(faults.noticed, 0);
  EXPECT_THAT(faults.survivors, SizeIs(0));
  ASSERT_THAT(faults.not_tried, SizeIs(1));
  EXPECT_EQ(faults.not_tried[0].path, "a.py");
  const std::string told = "3 mutants of a.py not tried: the runner does not build it";
  EXPECT_EQ(faults.not_tried[0].message, told);
  EXPECT_EQ(outcome->reason, "0 of 0 small faults noticed; " + told) << "show has it";
  EXPECT_EQ(survivors_text(faults), "mutation: " + told + "\n");
  EXPECT_EQ(mutation_text(faults), "- " + told + "\n");
}

TEST_F(MutationTest, WhatIsNotBuiltIsToldBesideWhatIs) {
  assignment_.config.add("factory-gate.check.files", "a.py");
  Bench& bench = with_change();
  write("b.py", "far = 1 < 2\n");
  write("c.txt", "far = 1 < 2\n");
  ASSERT_DONE(bench.take_in());
  auto now = bench.run("test", {}, {});
  ASSERT_TRUE(now.ok());

  ASSERT_GIVES(auto outcome,
               bench.mutate({{"a.py", {1, 2, 3}}, {"b.py", {1}}, {"c.txt", {1}}}, {"t.py"}, *now));

  ASSERT_TRUE(outcome.has_value());
  Faults faults = faults_in(*outcome);
  EXPECT_EQ(faults.noticed, 2);
  EXPECT_EQ(outcome->counts.failed, 1);
  EXPECT_THAT(faults.survivors, SizeIs(1));
  ASSERT_THAT(faults.not_tried, SizeIs(1)) << "what has no mutants is not told";
  EXPECT_THAT(faults.not_tried[0].message, HasSubstr("mutants of b.py not tried"));
}

TEST_F(MutationTest, WhatThereWasNoTimeForIsTold) {
  assignment_.mutation = {"tell", 2, 0};
  auto late = mutate(with_change());
  ASSERT_TRUE(late.has_value());
  ASSERT_THAT(faults_in(*late).not_tried, SizeIs(1));
  EXPECT_EQ(faults_in(*late).not_tried[0].message, "2 mutants not tried: 0 s were over");
}

TEST_F(MutationTest, WhatIsBeyondTheCountThatWasWishedForIsNotTold) {
  assignment_.mutation = {"tell", 1, 60};
  auto few = mutate(with_change());
  ASSERT_TRUE(few.has_value());
  EXPECT_THAT(faults_in(*few).not_tried, SizeIs(0));
}

TEST(PointedTest, ALineOfWhatACriterionNamesIs) {
  std::vector<tool::Definition> definitions = {{1, 4, "1: def half(n):\n"},
                                               {6, 9, "6: def other(n):\n"}};

  EXPECT_TRUE(is_pointed_at(definitions, 3, {"half"}));
  EXPECT_TRUE(is_pointed_at(definitions, 3, {"twice.half"}));
  EXPECT_FALSE(is_pointed_at(definitions, 7, {"half"}));
  EXPECT_FALSE(is_pointed_at(definitions, 5, {"half", "other"}));
}

TEST_F(MutationTest, WhereThereIsNothingToTryNothingIsSaid) {
  Bench& bench = with_change();
  auto now = bench.run("test", {}, {});
  ASSERT_TRUE(now.ok());
  auto none = bench.mutate({{"a.txt", {1}}}, {}, *now);
  ASSERT_TRUE(none.ok());
  EXPECT_FALSE(none->has_value());
}

}  // namespace
}  // namespace gf::line
