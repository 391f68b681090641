// The checker: what a builder may do to a changelog, and what it is told when it did otherwise.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/text.h"
#include "stage/changelog.h"

namespace gf::stage {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

const std::string kBase =
    "# C\n\n## 2.0 (unreleased)\n\n### Features\n\n- Old `a`, `b`.\n- Older `c`, `d`.\n\n### "
    "Fixes\n\n- z\n\n## 1.0 "
    "(2024-01-02)\n\n### Features\n\n- x\n";

std::vector<ChangelogFinding> check(const std::string& after, const std::string& before = kBase,
                                    const std::string& path = "CHANGES.md") {
  Changelog changelog;
  changelog.form = ChangelogForm::kMarkdown;
  changelog.path = path;
  return check_entry(changelog, {}, {{path, before, after}});
}

std::string with(const std::string& what, const std::string& instead) {
  std::string text = replace_all(kBase, what, instead);
  EXPECT_NE(text, kBase);
  return text;
}

TEST(ChangelogCheck, LetsOneEntryThroughAnywhereInTheList) {
  EXPECT_THAT(check(with("- Older", "- New `n`.\n- Older")), IsEmpty());
  EXPECT_THAT(check(with("- Old `a`", "- New `n`.\n- Old `a`")), IsEmpty());
  EXPECT_THAT(check(with("`d`.\n", "`d`.\n- New.\n")), IsEmpty());
  // Blank lines repeat: the insertion may be told from either side of them.
  EXPECT_THAT(check(with("- z\n", "- z\n- New\n  on two lines.\n")), IsEmpty());
}

// One sentence a line, and the links of an entry in lines of their own: nothing there has a width.
TEST(ChangelogCheck, ALongSentenceIsRightWhereALineIsASentence) {
  const std::string before =
      "# C\n\n## Unreleased\n\n### Added\n\n"
      "- The renderer now supports setting the formatter, which was only possible when it was "
      "made.\n"
      "  [#1](https://example.com/pull/1)\n\n"
      "- The logger now takes processors, which are applied in order before the entries are kept.\n"
      "  The default is none, as it was before this version of the library came out.\n"
      "  [#2](https://example.com/pull/2)\n";
  const std::string entry =
      "- The logger now has two methods in snake case, which answer what the others answer, always "
      "and "
      "everywhere.\n\n";
  std::string after = replace_all(before, "- The renderer", entry + "- The renderer");

  EXPECT_THAT(check(after, before), IsEmpty());
}

// Two real forms whose categories no rule reads: a line of plain text, and one that ends in a
// colon.
TEST(ChangelogCheck, AVersionThatIsBegunMayHaveALabelThatOthersHave) {
  const std::string before =
      "Release 0.6.0 (Jul 01, 2026)\n----------------------------\n\nEnhancements\n\n"
      "* Add a thing.\n\nBug Fixes\n\n* Fix a thing.\n";
  const std::string head = "Release 0.6.1 (unreleased)\n--------------------------\n\n";

  EXPECT_THAT(check(head + "Bug Fixes\n\n* Fix another.\n\n\n" + before, before, "CHANGELOG"),
              IsEmpty());
  EXPECT_THAT(check(head + "Mistakes\n\n* Fix another.\n\n\n" + before, before, "CHANGELOG"),
              ::testing::SizeIs(1));
}

struct Wrong {
  std::string name, what, instead, rule;
  size_t line;
  std::string said;
};

class Refuses : public testing::TestWithParam<Wrong> {};

TEST_P(Refuses, WhatIsNotOneEntryInItsNeighboursForm) {
  auto found = check(with(GetParam().what, GetParam().instead));

  ASSERT_FALSE(found.empty());
  EXPECT_EQ(found[0].rule, GetParam().rule) << found[0].text;
  EXPECT_EQ(found[0].line, GetParam().line);
  EXPECT_THAT(found[0].text, HasSubstr(GetParam().said));
}

const std::vector<Wrong> kWrong = {
    {"AChangedLine", "- Old `a`, `b`.", "- Old `a`.\n- New.", "only-added", 7, "put it back"},
    {"ARaisedVersion", "## 2.0 (unreleased)", "## 2.1 (unreleased)", "only-added", 3,
     "put it back"},
    {"TwoEntries", "- Older", "- New.\n- Newer.\n- Older", "one-entry", 8, "2 entries"},
    {"Prose", "## 1.0", "Some words.\n\n## 1.0", "one-entry", 14, "no entry of a version's list"},
    {"ALinkDefinition", "- x\n", "- x\n- New.\n\n[a]: https://example.org\n", "nothing-else", 21,
     "take it out"},
    {"AReleasedSection", "- x\n", "- x\n- New.\n", "section", 19,
     "put it under '2.0 (unreleased)', line 3"},
    {"ASecondOpenSection", "## 2.0", "## Unreleased\n\n- New.\n\n## 2.0", "section", 3,
     "is open: put the entry there"},
    {"ACategoryTwice", "## 1.0", "### Features\n\n- New.\n\n## 1.0", "category", 14,
     "there already, line 5"},
    {"ACategoryOfAnotherLevel", "## 1.0", "#### Docs\n\n- New.\n\n## 1.0", "category", 14,
     "not made like"},
    {"AnotherMarker", "- Older", "* New.\n- Older", "marker", 8, "its neighbours with '- '"},
    {"AnotherQuoting", "- Older", "- New ``n``.\n- Older", "quoting", 8, "2 backticks"},
    {"ABacktickAlone", "- Older", "- New `n.\n- Older", "quoting", 8, "stands alone"},
    {"TooLong", "- Older",
     "- New words that go on and on and on and on and on and on and on and on and on, too.\n- "
     "Older",
     "wrapping", 8, "columns, the longest of its neighbours"},
    {"TheSameTwice", "- z\n", "- z\n- z\n", "repeated", 13, "says the same"},
    {"CarriageReturns", "- Older", "- New.\r\n- Older", "line-ends", 8, "CRLF"},
};

INSTANTIATE_TEST_SUITE_P(Changelog, Refuses, testing::ValuesIn(kWrong),
                         [](const testing::TestParamInfo<Wrong>& one) { return one.param.name; });

TEST(ChangelogCheck, MissesTheEntryAndTheFinalNewline) {
  EXPECT_EQ(check(kBase)[0].rule, "one-entry");
  std::string cut = with("- Older", "- New.\n- Older");
  cut.pop_back();
  EXPECT_EQ(check(cut)[0].rule, "final-newline");
  Changelog changelog;
  changelog.path = "CHANGES.md";
  EXPECT_EQ(check_entry(changelog, {}, {})[0].rule, "one-entry");
  EXPECT_EQ(check_entry(changelog, {}, {{"CHANGES.md", kBase, std::nullopt}})[0].rule,
            "only-added");
}

TEST(ChangelogCheck, WantsANewHeadingWhereTheNewestVersionIsReleased) {
  std::string before = "# C\n\n## 1.0 (2024-01-02)\n\n- x\n";

  EXPECT_THAT(check("# C\n\n## Unreleased\n\n- New.\n\n## 1.0 (2024-01-02)\n\n- x\n", before),
              IsEmpty());
  EXPECT_EQ(check("# C\n\n## 1.0 (2024-01-02)\n\n- x\n- New.\n", before)[0].rule, "section");
  EXPECT_EQ(
      check("# C\n\n## 1.1 (2024-02-02)\n\n- New.\n\n## 1.0 (2024-01-02)\n\n- x\n", before)[0].rule,
      "section");
}

TEST(ChangelogCheck, TheNewestVersionsMayHaveAnotherUnderlineThanTheOthers) {
  std::string older =
      "Changelog\n---------\n\n4.1.0 (2025-11-01)\n++++++++++++++++++\n\n- a\n\n"
      "4.0.1 (2025-08-28)\n++++++++++++++++++\n\n- b\n\n4.0.0 (2025-04-16)\n"
      "******************\n\n- c\n\n3.9.0 (2024-04-16)\n******************\n\n- d\n";
  auto with_section = [&](const std::string& heading, const std::string& before) {
    std::string text = older;
    return text.insert(text.find(before), heading + "\n\n- New.\n\n");
  };

  EXPECT_THAT(check(with_section("Unreleased\n++++++++++", "4.1.0"), older, "CHANGES.rst"),
              IsEmpty());
  auto below = check(with_section("Unreleased\n**********", "4.0.0"), older, "CHANGES.rst");
  ASSERT_EQ(below.size(), 1u);
  EXPECT_EQ(below[0].rule, "section");
  std::string into_old = older;
  into_old.insert(into_old.find("- c\n"), "- New.\n");
  auto found = check(into_old, older, "CHANGES.rst");
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].rule, "section");
}

TEST(ChangelogCheck, AHeadingOverVersionsIsNone) {
  std::string older =
      "# C\n\n## 2.x\n\nThe second one.\n\n### 2.1 (2024-01-02)\n\n- a\n\n### 2.0 (2023-01-02)\n\n"
      "- b\n\n## 1.x\n\n### 1.0 (2022-01-02)\n\n- c\n";
  std::string text = older;
  text.insert(text.find("### 2.1"), "### Unreleased\n\n- New.\n\n");

  EXPECT_THAT(check(text, older), IsEmpty());
}

TEST(ChangelogCheck, ANewVersionMaySayBelowItsHeadingThatItIsNotReleased) {
  std::string older =
      "Version 2.2.0\n-------------\n\nReleased 2024-04-16\n\n-   x ``y``.\n\n\n"
      "Version 2.1.0\n-------------\n\nReleased 2023-04-16\n\n-   z ``z``.\n";
  std::string begun = "Version 2.3.0\n-------------\n\nUnreleased\n\n-   New.\n\n\n";

  EXPECT_THAT(check(begun + older, older), IsEmpty());
  std::string more = replace_all(begun, "-   New", "More words.\n\n-   New");
  EXPECT_EQ(check(more + older, older)[0].rule, "nothing-else");
}

TEST(ChangelogCheck, ALabelIsUnderlinedAsInOlderVersions) {
  std::string older =
      "1.7.15 (Aug 25, 2021)\n======\nFixes:\n------\n* a\n* b\n\n"
      "1.7.14 (Sep 3, 2020)\n======\nFeatures:\n------\n* c\n";
  std::string begun = "Unreleased\n======\nFeatures:\n------\n* New.\n\n";

  EXPECT_THAT(check(begun + older, older), IsEmpty());
  EXPECT_EQ(check(replace_all(begun, "* New.", "* New.\n* b") + older, older).size(), 1u);
}

TEST(ChangelogCheck, HoldsHostileText) {
  for (const std::string& text :
       {std::string(), std::string("\n"), std::string("\xff\xfe"), std::string(3, '`'),
        std::string("- \n- \n"), std::string(1u << 20, '-')}) {
    check(text);
    check(text, text);
    check(kBase, text);
    check(text + kBase);
  }
}

TEST(ChangelogCheck, OfFragments) {
  Changelog changelog;
  changelog.form = ChangelogForm::kFragments;
  changelog.tool = FragmentTool::kTowncrier;
  changelog.path = "news";
  changelog.types = {{"change", "Changes"}};
  changelog.suffix = ".md";
  changelog.assembled = "CHANGES.md";
  auto rule = [&](const std::vector<ChangedFile>& changed) {
    auto found = check_entry(changelog, {}, changed);
    return found.empty() ? std::string() : found[0].rule;
  };

  EXPECT_EQ(rule({{"news/12.change.md", std::nullopt, "New.\n"}}), "");
  EXPECT_EQ(rule({}), "one-entry");
  EXPECT_EQ(rule({{"news/12.change.md", std::nullopt, "\n"}}), "empty");
  EXPECT_EQ(rule({{"news/12.added.md", std::nullopt, "New.\n"}}), "name");
  EXPECT_EQ(rule({{"news/12.change.rst", std::nullopt, "New.\n"}}), "suffix");
  EXPECT_EQ(rule({{"news/1.change.md", "Old.\n", "New.\n"}}), "only-added");
  EXPECT_EQ(rule({{"CHANGES.md", "x", "y"}}), "assembled");
}

}  // namespace
}  // namespace gf::stage
