// The writer, one small file a form: the same entry goes into each as its neighbours stand there.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "stage/changelog.h"
#include "support/facts.h"

namespace gf::stage {
namespace {

using ::testing::HasSubstr;
using Files = std::map<std::string, std::string>;

struct Case {
  std::string name, path, before, category, words, after;
  std::vector<std::string> tags = {};
};

WrittenEntry write(const Case& one) {
  test::MapFacts tree(Files{{one.path, one.before}});
  Changelog changelog = detect_changelog(tree);
  return write_entry(changelog, tree, {one.tags}, {one.category, one.words, "slug", ""});
}

const std::string kLong =
    "Add `retry` to the client, so that a request that was lost is sent once more after a while.";

class Writes : public testing::TestWithParam<Case> {};

TEST_P(Writes, TheEntryWhereItsNeighboursStandAndAsTheyDo) {
  WrittenEntry written = write(GetParam());

  ASSERT_TRUE(written.file) << written.left;
  EXPECT_EQ(written.file->content, GetParam().after);

  // The same entry once more changes nothing.
  Case again = GetParam();
  again.before = written.file->content;
  EXPECT_EQ(write(again).file->content, again.before);
}

const std::vector<Case> kWritten = {
    {"KeepAChangelog", "CHANGELOG.md",
     "# Changelog\n\n## [Unreleased]\n\n### Added\n\n- Old.\n\n## [1.0] - 2024-01-02\n\n- x\n",
     "Added", "New.",
     "# Changelog\n\n## [Unreleased]\n\n### Added\n\n- Old.\n- New.\n\n## [1.0] - 2024-01-02\n\n- "
     "x\n"},
    {"AnEmptySectionOfAFlatFile", "CHANGES.md",
     "# Changes\n\n## Unreleased\n\n## 1.0\n\n* x\n* y\n", "Added", "New.",
     "# Changes\n\n## Unreleased\n\n* New.\n\n## 1.0\n\n* x\n* y\n"},
    {"StatusLineUnderTheVersion", "CHANGES.rst",
     "Version 3.2.0\n-------------\n\nUnreleased\n\n-   Old.\n\nVersion "
     "3.1.0\n-------------\n\nReleased 2024-01-02\n\n-   x\n",
     "Added", "New.",
     "Version 3.2.0\n-------------\n\nUnreleased\n\n-   Old.\n-   New.\n\nVersion "
     "3.1.0\n-------------\n\nReleased 2024-01-02\n\n-   x\n"},
    {"StatusInItalics", "CHANGES.md",
     "# C\n\n## 26.1.1\n\n_(unreleased)_\n\n- Old.\n\n## 26.1.0\n\n_2026-01-01_\n\n- x\n", "",
     "New.",
     "# C\n\n## 26.1.1\n\n_(unreleased)_\n\n- Old.\n- New.\n\n## 26.1.0\n\n_2026-01-01_\n\n- x\n"},
    {"MarkerInTheHeading", "CHANGES.rst",
     "2.0 (unreleased)\n================\n\n- Old ``x``.\n\n1.0 "
     "(2024-01-02)\n================\n\n- y\n",
     "", "New `thing`.",
     "2.0 (unreleased)\n================\n\n- Old ``x``.\n- New ``thing``.\n\n1.0 "
     "(2024-01-02)\n================\n\n- y\n"},
    {"BlankLinesBetweenEntries", "CHANGES.rst",
     "2.0 (unreleased)\n================\n\n- One.\n\n- Two.\n\n1.0 "
     "(2024-01-02)\n================\n\n- y\n",
     "", "New.",
     "2.0 (unreleased)\n================\n\n- One.\n\n- Two.\n\n- New.\n\n1.0 "
     "(2024-01-02)\n================\n\n- y\n"},
    {"WrappedAsItsNeighbours", "CHANGES.md",
     "# C\n\n## Unreleased\n\n* A sentence that is long enough to be broken into\n  two lines by "
     "whoever wrote it down here.\n"
     "* Another sentence that is long enough to be broken\n  into two lines, by the same hand as "
     "the first one.\n\n## 1.0 (2024-01-02)\n\n* x\n",
     "", kLong,
     "# C\n\n## Unreleased\n\n* A sentence that is long enough to be broken into\n  two lines by "
     "whoever wrote it down here.\n"
     "* Another sentence that is long enough to be broken\n  into two lines, by the same hand as "
     "the first one.\n"
     "* Add `retry` to the client, so that a request that\n  was lost is sent once more after a "
     "while.\n\n## 1.0 (2024-01-02)\n\n* x\n"},
    {"OneLineAsItsNeighbours", "CHANGES.md",
     "# C\n\n## Unreleased\n\n- " + std::string(90, 'x') + "\n\n## 1.0 (2024-01-02)\n\n- x\n", "",
     kLong,
     "# C\n\n## Unreleased\n\n- " + std::string(90, 'x') + "\n- " + kLong +
         "\n\n## 1.0 (2024-01-02)\n\n- x\n"},
    {"IndentedMarkers", "CHANGES",
     "1.1 (unreleased)\n----------------\n\n  * Old.\n\n1.0 (2024-01-02)\n----------------\n\n  * "
     "x\n",
     "", "New.",
     "1.1 (unreleased)\n----------------\n\n  * Old.\n  * New.\n\n1.0 "
     "(2024-01-02)\n----------------\n\n  * x\n"},
    {"Tabs", "CHANGES.md", "# C\n\n## Unreleased\n\n-\tOld.\n\n## 1.0 (2024-01-02)\n\n-\tx\n", "",
     "New.", "# C\n\n## Unreleased\n\n-\tOld.\n-\tNew.\n\n## 1.0 (2024-01-02)\n\n-\tx\n"},
    {"CarriageReturns", "CHANGES.md",
     "# C\r\n\r\n## Unreleased\r\n\r\n- Old.\r\n\r\n## 1.0 (2024-01-02)\r\n\r\n- x\r\n", "", "New.",
     "# C\r\n\r\n## Unreleased\r\n\r\n- Old.\r\n- New.\r\n\r\n## 1.0 (2024-01-02)\r\n\r\n- x\r\n"},
    {"NoNewlineAtTheEnd", "CHANGES.md", "# C\n\n## Unreleased\n\n- Old.", "", "New.",
     "# C\n\n## Unreleased\n\n- Old.\n- New."},
    {"AHeadingInACodeBlock", "CHANGES.md",
     "# C\n\n```\n## Unreleased\n\n- not this\n```\n\n## Unreleased\n\n- Old.\n\n## 1.0 "
     "(2024-01-02)\n\n- x\n",
     "", "New.",
     "# C\n\n```\n## Unreleased\n\n- not this\n```\n\n## Unreleased\n\n- Old.\n- New.\n\n## 1.0 "
     "(2024-01-02)\n\n- x\n"},
    {"ACodeBlockBehindTheList", "CHANGES.md",
     "# C\n\n## Unreleased\n\n- Old.\n\nUse it so:\n\n```\nwith a:\n    b\n```\n\n## 1.0 "
     "(2024-01-02)\n\n- x\n",
     "", "New.",
     "# C\n\n## Unreleased\n\n- Old.\n- New.\n\nUse it so:\n\n```\nwith a:\n    b\n```\n\n## 1.0 "
     "(2024-01-02)\n\n- x\n"},
    {"LinksAtTheEnd", "CHANGELOG.md",
     "# C\n\n## [Unreleased]\n\n### Fixed\n\n- Old.\n\n[Unreleased]: https://example.org/compare\n",
     "fixed:", "New.",
     "# C\n\n## [Unreleased]\n\n### Fixed\n\n- Old.\n- New.\n\n[Unreleased]: "
     "https://example.org/compare\n"},
    {"ACategoryMadeAsAnOlderOne", "CHANGES.rst",
     "2.0 (unreleased)\n================\n\nFeatures\n--------\n\n* Old.\n\n1.0 "
     "(2024-01-02)\n================\n\nFeatures\n--------\n\n* x\n\nBug fixes\n---------\n\n* y\n",
     "bug fixes", "New.",
     "2.0 (unreleased)\n================\n\nFeatures\n--------\n\n* Old.\n\nBug "
     "fixes\n---------\n\n* New.\n\n1.0 (2024-01-02)\n================\n\nFeatures\n--------\n\n* "
     "x\n\nBug fixes\n---------\n\n* y\n"},
    {"ACategoryMadeInFront", "CHANGES.md",
     "# C\n\n## Unreleased\n\n**Fixes**\n\n- Old.\n\n## 1.0 (2024-01-02)\n\n**Features**\n\n- "
     "x\n\n**Fixes**\n\n- y\n",
     "Features", "New.",
     "# C\n\n## Unreleased\n\n**Features**\n\n- New.\n\n**Fixes**\n\n- Old.\n\n## 1.0 "
     "(2024-01-02)\n\n**Features**\n\n- x\n\n**Fixes**\n\n- y\n"},
    {"OneOfTheSixInAFileThatNamesThem", "CHANGELOG.md",
     "# C\n\nIn the form of [Keep a Changelog](https://keepachangelog.com).\n\n## "
     "[Unreleased]\n\n### Fixed\n\n- Old.\n",
     "Added", "New.",
     "# C\n\nIn the form of [Keep a Changelog](https://keepachangelog.com).\n\n## "
     "[Unreleased]\n\n### Added\n\n- New.\n\n### Fixed\n\n- Old.\n"},
    {"AFileWithoutAnyEntryThatNamesTheForm", "CHANGELOG.md",
     "# C\n\nKeep a Changelog.\n\n## [Unreleased]\n", "Added", "New.",
     "# C\n\nKeep a Changelog.\n\n## [Unreleased]\n\n### Added\n\n- New.\n"},
    {"AsciiDoc", "CHANGELOG.adoc",
     "= Changes\n\n== Unreleased\n\n* Old.\n\n== 1.0 (2024-01-02)\n\n* x\n", "", "New.",
     "= Changes\n\n== Unreleased\n\n* Old.\n* New.\n\n== 1.0 (2024-01-02)\n\n* x\n"},
    {"BoldVersions", "CHANGES.md",
     "**2.0 (unreleased)**\n\n- Old.\n\n**1.0 (2024-01-02)**\n\n- x\n", "", "New.",
     "**2.0 (unreleased)**\n\n- Old.\n- New.\n\n**1.0 (2024-01-02)**\n\n- x\n"},
    {"BareVersions", "CHANGES.txt", "2.0 (unreleased)\n\n* Old.\n\n1.0 (2024-01-02)\n\n* x\n", "",
     "New.", "2.0 (unreleased)\n\n* Old.\n* New.\n\n1.0 (2024-01-02)\n\n* x\n"},
    {"ABareVersionThatNoTagNames",
     "CHANGES.md",
     "# C\n\n## 1.3\n\n- Old.\n\n## 1.2\n\n- x\n",
     "",
     "New.",
     "# C\n\n## 1.3\n\n- Old.\n- New.\n\n## 1.2\n\n- x\n",
     {"v1.2", "v1.1", "v1.0"}},
    {"KindsStandTogether", "CHANGES.md",
     "# C\n\n## Unreleased\n\n- [FIX] a\n- [FIX] b\n- [NEW] c\n\n## 1.0 (2024-01-02)\n\n- [FIX] "
     "x\n",
     "", "[FIX] d",
     "# C\n\n## Unreleased\n\n- [FIX] a\n- [FIX] b\n- [FIX] d\n- [NEW] c\n\n## 1.0 "
     "(2024-01-02)\n\n- [FIX] x\n"},
};

std::string name_of(const testing::TestParamInfo<Case>& info) { return info.param.name; }

INSTANTIATE_TEST_SUITE_P(Changelog, Writes, testing::ValuesIn(kWritten), name_of);

class Leaves : public testing::TestWithParam<Case> {};

TEST_P(Leaves, ToBuildWhatIsNotCertainAndSaysWhy) {
  WrittenEntry written = write(GetParam());

  ASSERT_FALSE(written.file) << written.file->content;
  EXPECT_THAT(written.left, HasSubstr(GetParam().after));
}

const std::vector<Case> kLeft = {
    {"Released", "CHANGES.md", "# C\n\n## 1.0 (2024-01-02)\n\n- x\n", "", "New.",
     "the newest version, line 3, is released"},
    {"ReleasedByATag",
     "CHANGES.md",
     "# C\n\n## 1.0\n\n- x\n",
     "",
     "New.",
     "a tag names it",
     {"v1.0", "v0.9", "v0.8"}},
    {"NeitherDateNorMarker", "CHANGES.md", "# C\n\n## 1.0\n\n- x\n", "", "New.",
     "line 3 says neither"},
    {"TwoOpen", "CHANGES.md", "# C\n\n## Unreleased\n\n- x\n\n## 2.0 - TBD\n\n- y\n", "", "New.",
     "two sections are open, line 3 and line 7"},
    {"OpenButNotFirst", "CHANGES.md", "# C\n\n## 2.0 (2024-01-02)\n\n- x\n\n## Unreleased\n\n- y\n",
     "", "New.", "is not the first one"},
    {"Generated", "CHANGES.md",
     "# C\n\nThis file is automatically generated.\n\n## Unreleased\n\n- x\n", "", "New.",
     "it is generated: line 3"},
    {"AnotherCategory", "CHANGES.md", "# C\n\n## Unreleased\n\n### Features\n\n- x\n", "Added",
     "New.", "the file's categories are 'Features'"},
    {"MarkersDiffer", "CHANGES.md", "# C\n\n## Unreleased\n\n- x\n* y\n- z\n* w\n", "", "New.",
     "different markers"},
    {"QuotingDiffers", "CHANGES.rst",
     "2.0 (unreleased)\n======\n\n- `a` and ``b``\n- `c` and ``d``\n", "", "New `x`.",
     "in two ways"},
    {"ABacktickAlone", "CHANGES.md", "# C\n\n## Unreleased\n\n- x\n", "", "New `x.",
     "stands alone"},
    {"AMarkdownLinkInRst", "CHANGES.rst", "2.0 (unreleased)\n======\n\n- x\n", "", "See [it](y).",
     "markdown link"},
    {"ListsApart", "CHANGES.md", "# C\n\n## Unreleased\n\n- x\n\nAnd more words.\n\n- y\n", "",
     "New.", "several lists, apart by line 7"},
    {"ACommentThatTells", "CHANGES.md",
     "# C\n\n## Unreleased\n\n<!-- new entries at the top -->\n- x\n", "", "New.",
     "a comment tells"},
    {"NotUtf8", "CHANGES.md", "# C\n\n## Unreleased\n\n- caf\xe9\n", "", "New.", "not UTF-8"},
    {"Empty", "CHANGES.md", "", "", "New.", "no version headings"},
    {"Numbered", "CHANGES.md", "# C\n\n## Unreleased\n\n1. x\n2. y\n", "", "New.", "numbered"},
    {"APlaceholder", "CHANGES.md", "# C\n\n## Unreleased\n\n- ...\n\n## 1.0 (2024-01-02)\n\n- x\n",
     "", "New.", "keeps the place"},
    {"SeveralSentencesWhereNobodyHasTwo", "CHANGES.md",
     "# C\n\n## Unreleased\n\n- " + kLong + "\n- " + kLong + " x\n", "",
     kLong + " It waits a second before that.", "has several sentences"},
    {"KindsAreWanted", "CHANGES.md", "# C\n\n## Unreleased\n\n- [FIX] a\n- [NEW] b\n", "", "New.",
     "begin with a kind like '[NEW]'"},
};

INSTANTIATE_TEST_SUITE_P(Changelog, Leaves, testing::ValuesIn(kLeft), name_of);

TEST(ChangelogWriter, ReadsHugeLinesInTimeThatGrowsWithThem) {
  for (const char* part : {"`", "- ", "#", "[", "1.", "a b ", "<!--", ".. "}) {
    std::string line;
    while (line.size() < (1u << 18)) line += part;
    Case one{"huge", "CHANGES.md", "# C\n\n## Unreleased\n\n- " + line + "\n- x\n", "", "New.", ""};

    EXPECT_TRUE(write(one).file || !write(one).left.empty());
  }
  Case larger{"larger", "CHANGES.md", "# C\n\n## Unreleased\n\n- " + std::string(50u << 20, 'x'),
              "",       "New.",       ""};
  EXPECT_FALSE(write(larger).file);
}

TEST(ChangelogWriter, OffersTheFilesOwnCategories) {
  test::MapFacts tree(
      Files{{"CHANGES.md",
             "# C\n\n## Unreleased\n\n### New features\n\n- x\n\n## 1.0 (2024-01-02)\n\n### New "
             "features\n\n- x\n\n### Bugs\n\n- y\n"}});

  std::vector<std::string> names = changelog_categories(detect_changelog(tree), tree, {});

  EXPECT_EQ(names, (std::vector<std::string>{"New features", "Bugs"}));
}

}  // namespace
}  // namespace gf::stage
