// Which rules are broken by so many files that a new one need not keep them.
#include "record/habit.h"

#include <gmock/gmock.h>

#include "support/facts.h"

namespace gf::record {
namespace {

struct Case {
  const char* name;
  std::vector<const char*> breaking;  ///< files that break the rule on the base
  const char* path;                   ///< where the finding is
  bool by_folder, by_kind;            ///< is it a habit?
  const char* rule = "CPY001";
};

class HabitTest : public testing::TestWithParam<Case> {};

TEST_P(HabitTest, IsWhatMostFilesLikeItDo) {
  test::MapFacts tree({{"a.py", ""},
                       {"src/__init__.py", ""},
                       {"src/a.py", ""},
                       {"src/b.py", ""},
                       {"src/b.test.js", ""},
                       {"src/c.js", ""},
                       {"src/d.js", ""},
                       {"src/new.test.js", ""},
                       {"src/new.go", ""},
                       {"src/new/__init__.py", ""},
                       {"src/new/new.py", ""},
                       {"tests/__init__.py", ""},
                       {"tests/conftest.py", ""},
                       {"tests/test_a.py", ""},
                       {"tests/test_b.py", ""},
                       {"tests/test_c.py", ""},
                       {"tests/test_new.py", ""},
                       {"tests/new/test_new.py", ""},
                       {"web/LICENSE", ""},
                       {"web/new", ""}});
  GateOutcome base, now;
  for (const char* path : GetParam().breaking)
    base.findings.push_back({path, 1, "CPY001", "missing", "error"});
  now.findings = {{GetParam().path, 1, GetParam().rule, "missing", "error"}};
  std::vector<std::string> changed = {
      "src/new.test.js", "src/new.go",        "src/new/__init__.py",
      "src/new/new.py",  "tests/test_new.py", "tests/new/test_new.py",
      "web/new"};

  EXPECT_EQ(is_habit(now.findings[0], base, paths_of(tree), changed, HabitOf::kFolder),
            GetParam().by_folder);
  EXPECT_EQ(is_habit(now.findings[0], base, paths_of(tree), changed), GetParam().by_kind);
  GateOutcome with = with_habits(base, now, {}, paths_of(tree), changed);
  EXPECT_EQ(new_findings(with.findings, now.findings, {}).empty(), GetParam().by_kind);
}

INSTANTIATE_TEST_SUITE_P(
    Cases, HabitTest,
    testing::Values(
        Case{"AllTests",
             {"tests/test_a.py", "tests/test_b.py", "tests/test_c.py"},
             "tests/test_new.py",
             true,
             true},
        Case{"MostTests", {"tests/test_a.py", "tests/test_b.py"}, "tests/test_new.py", false, true},
        Case{"OneOfThree", {"tests/test_a.py"}, "tests/test_new.py", false, false},
        Case{"WhatIsNoTest",
             {"tests/__init__.py", "tests/conftest.py", "tests/test_a.py"},
             "tests/test_new.py",
             true,
             false},
        Case{"AnotherRule",
             {"tests/test_a.py", "tests/test_b.py"},
             "tests/test_new.py",
             false,
             false,
             "D100"},
        Case{"WithoutARule", {"tests/test_a.py"}, "tests/test_new.py", false, false, ""},
        Case{"ElsewhereOnly", {"a.py", "src/a.py"}, "tests/test_new.py", false, false},
        Case{"NothingOnTheBase", {}, "tests/test_new.py", false, false},
        Case{"ANewFolderOfTests",
             {"tests/test_a.py", "tests/test_b.py"},
             "tests/new/test_new.py",
             false,
             true},
        Case{"ANewFolder",
             {"src/__init__.py", "src/a.py", "src/b.py"},
             "src/new/new.py",
             false,
             true},
        Case{"ANewPackage", {"src/__init__.py"}, "src/new/__init__.py", false, true},
        Case{"TestsBesideTheirCode", {"src/b.test.js"}, "src/new.test.js", false, true},
        Case{"CodeBesideItsTests", {"src/c.js", "src/d.js"}, "src/new.test.js", true, false},
        Case{"NoneOfItsKindAnywhere", {"src/a.py", "src/c.js"}, "src/new.go", false, false},
        Case{"WithoutAnEnding", {"web/LICENSE"}, "web/new", false, false}),
    [](const auto& one) { return std::string(one.param.name); });

TEST(WithHabitsTest, WhatIsNoHabitStaysNew) {
  test::MapFacts tree({{"t/test_a.py", ""}, {"t/test_b.py", ""}, {"t/test_new.py", ""}});
  GateOutcome base, now;
  base.findings = {{"t/test_a.py", 1, "D100", "missing", "error"},
                   {"t/test_b.py", 1, "D100", "missing", "error"}};
  base.findings_total = 2;
  now.findings = base.findings;
  now.findings.push_back({"t/test_new.py", 1, "D100", "missing", "error"});
  now.findings.push_back({"t/test_new.py", 7, "F401", "unused", "error"});

  GateOutcome with = with_habits(base, now, {}, paths_of(tree), {"t/test_new.py"});

  EXPECT_EQ(with.findings_total, 3);
  auto fresh = new_findings(with.findings, now.findings, {});
  ASSERT_EQ(fresh.size(), 1u);
  EXPECT_EQ(fresh.front().rule, "F401");
}

struct Stopped {
  const char* name;
  Finding on_base, now;
  bool is_new;
};

class StoppedTest : public testing::TestWithParam<Stopped> {};

/// A compiler names one of the files that it cannot compile, and the next time another.
TEST_P(StoppedTest, WhatItHadNotComeToIsNotNewInFilesThatTheChangeLeavesAlone) {
  test::MapFacts tree({{"benches/a.rs", ""}, {"benches/b.rs", ""}, {"src/new.rs", ""}});
  GateOutcome base, now;
  base.findings = {GetParam().on_base};
  now.findings = {GetParam().now};
  const std::vector<std::string> changed = {"src/new.rs"};

  EXPECT_FALSE(is_habit(now.findings[0], base, paths_of(tree), changed, HabitOf::kKind));
  EXPECT_EQ(!is_habit(now.findings[0], base, paths_of(tree), changed), GetParam().is_new);
  GateOutcome with = with_habits(base, now, {}, paths_of(tree), changed);
  EXPECT_EQ(!new_findings(with.findings, now.findings, {}).empty(), GetParam().is_new);
  with = with_habits(base, now, {}, paths_of(tree), changed, HabitOf::kKind);
  EXPECT_FALSE(new_findings(with.findings, now.findings, {}).empty());
}

const Finding kNoFeatures = {"benches/a.rs", 1, "E0554", "no features", "error"};

INSTANTIATE_TEST_SUITE_P(
    Cases, StoppedTest,
    testing::Values(
        Stopped{"TheSameWords",
                kNoFeatures,
                {"benches/b.rs", 1, "E0554", "no features", "error"},
                false},
        Stopped{"AWarningOfWhatWasNotComeTo",
                kNoFeatures,
                {"benches/b.rs", 3, "deprecated", "use of f", "warning"},
                false},
        Stopped{"ALintOfAFileThatIsChanged",
                kNoFeatures,
                {"src/new.rs", 3, "deprecated", "use of f", "warning"},
                true},
        Stopped{"ALineInTheMessage",
                {"benches/a.rs", 1, "E0308", "begun on line 3", "error"},
                {"benches/b.rs", 1, "E0308", "begun on line 7", "error"},
                false},
        Stopped{"OtherWords",
                {"benches/a.rs", 1, "E0425", "no function one", "error"},
                {"benches/b.rs", 1, "E0425", "no function two", "error"},
                true},
        Stopped{"AnotherError",
                kNoFeatures,
                {"benches/b.rs", 1, "E0555", "no features", "error"},
                true},
        Stopped{
            "AChangedFile", kNoFeatures, {"src/new.rs", 1, "E0554", "no features", "error"}, true},
        Stopped{"WhereAChangedFileHadStoppedIt",
                {"src/new.rs", 1, "E0554", "no", "error"},
                {"benches/b.rs", 1, "E0554", "no", "error"},
                true},
        Stopped{"OfNoFile", kNoFeatures, {"", 0, "E0554", "no features", "error"}, true},
        Stopped{"JavasCompiler",
                {"src/A.java", 1, "missing-symbol", "class B", "error"},
                {"src/C.java", 1, "missing-symbol", "class B", "error"},
                false},
        Stopped{"ATypeCheckerDoesNotStop",
                {"a.py", 1, "attr-defined", "no attribute", "error"},
                {"b.py", 5, "attr-defined", "no attribute", "error"},
                true},
        Stopped{"NorDoesALinterWithSuchNumbers",
                {"a.py", 1, "E0401", "cannot import", "error"},
                {"b.py", 5, "E0401", "cannot import", "error"},
                true}),
    [](const auto& row) { return std::string(row.param.name); });

}  // namespace
}  // namespace gf::record
