#include "stage/changelog.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/facts.h"

namespace gf::stage {
namespace {

using ::testing::HasSubstr;
using Files = std::map<std::string, std::string>;

record::Spec spec() {
  record::Spec made;
  made.title = "t";
  made.changelog.section = "Added";
  made.changelog.entry = "A thing.";
  return made;
}

std::string added(std::map<std::string, std::string> files, const std::string& path) {
  test::MapFacts tree(files);
  Changelog changelog = detect_changelog(tree);
  auto file = write_entry(changelog, tree, {}, new_entry(spec(), "thing")).file;
  if (!file) return "none";
  EXPECT_EQ(file->path, path);
  // The same entry once more changes nothing.
  files[file->path] = file->content;
  test::MapFacts again(files);
  EXPECT_EQ(write_entry(changelog, again, {}, new_entry(spec(), "thing")).file->content,
            file->content);
  return file->content;
}

TEST(Changelog, KeepAChangelogGetsItsEntryInItsSection) {
  EXPECT_EQ(
      added({{"CHANGELOG.md",
              "# Changelog\n\n## [Unreleased]\n\n### Added\n\n- Old.\n\n## [1.0]\n\n- x\n"}},
            "CHANGELOG.md"),
      "# Changelog\n\n## [Unreleased]\n\n### Added\n\n- Old.\n- A thing.\n\n## [1.0]\n\n- x\n");
  // A file that has no categories is given none.
  EXPECT_EQ(added({{"CHANGELOG.md", "# Changelog\n\n## [Unreleased]\n\n## [1.0]\n\n- x\n"}},
                  "CHANGELOG.md"),
            "# Changelog\n\n## [Unreleased]\n\n- A thing.\n\n## [1.0]\n\n- x\n");
  // No second heading is put over a version that may be the open one.
  EXPECT_EQ(added({{"CHANGES.md", "# Changes\n\n## 1.0\n\n- x\n"}}, "CHANGES.md"), "none");
}

TEST(Changelog, RstAndFragmentsAndNone) {
  EXPECT_EQ(
      added({{"CHANGES.rst",
              "Changes\n=======\n\nUnreleased\n----------\n\n* Old.\n\n1.0\n---\n\n* x\n"}},
            "CHANGES.rst"),
      "Changes\n=======\n\nUnreleased\n----------\n\n* Old.\n* A thing.\n\n1.0\n---\n\n* x\n");
  EXPECT_EQ(added({{"pyproject.toml", "[tool.towncrier]\n"}, {"newsfragments/1.feature.rst", "x"}},
                  "newsfragments/+thing.feature.rst"),
            "A thing.\n");
  EXPECT_EQ(added({{"README.md", "x"}}, ""), "none");
}

constexpr const char* kOpen = "# C\n\n## Unreleased\n\n- x\n";

struct Found {
  std::string name;
  std::map<std::string, std::string> files;
  FragmentTool tool;
  std::string path;
  std::string evidence;  ///< "file:line" of the first
};

class Finds : public testing::TestWithParam<Found> {};

TEST_P(Finds, WhereTheChangelogIsKeptAndSaysWhy) {
  test::MapFacts tree(GetParam().files);

  Changelog found = detect_changelog(tree);

  EXPECT_EQ(found.path, GetParam().path);
  EXPECT_EQ(found.tool, GetParam().tool);
  ASSERT_FALSE(found.evidence.empty());
  EXPECT_EQ(found.evidence[0].path + ":" + std::to_string(found.evidence[0].line),
            GetParam().evidence);
  EXPECT_FALSE(found.why.empty());
}

const std::vector<Found> kFound = {
    {"AnOpenSection",
     {{"CHANGELOG.md", kOpen}},
     FragmentTool::kNone,
     "CHANGELOG.md",
     "CHANGELOG.md:3"},
    {"InDocs",
     {{"docs/changelog.md", kOpen}},
     FragmentTool::kNone,
     "docs/changelog.md",
     "docs/changelog.md:3"},
    {"TheMetadatasLinkIntoTheForge",
     {{"pyproject.toml",
       "[project.urls]\nChangelog = \"https://example.org/a/b/blob/main/notes/log.md\"\n"},
      {"notes/log.md", kOpen}},
     FragmentTool::kNone,
     "notes/log.md",
     "pyproject.toml:2"},
    {"TheMetadatasLinkToBuiltDocs",
     {{"setup.cfg",
       "[metadata]\nproject_urls =\n    Changelog = "
       "https://docs.example.org/en/latest/whatsnew.html\n"},
      {"CHANGES.md", kOpen},
      {"docs/whatsnew.md", kOpen}},
     FragmentTool::kNone,
     "docs/whatsnew.md",
     "setup.cfg:2"},
    {"APointerIsFollowed",
     {{"CHANGES.rst", ".. include:: docs/history.rst\n"},
      {"docs/history.rst", "2.0 (unreleased)\n====\n\n- x\n"}},
     FragmentTool::kNone,
     "docs/history.rst",
     "docs/history.rst:1"},
    {"Towncrier",
     {{"pyproject.toml",
       "[tool.towncrier]\ndirectory = \"docs/changes\"  # here\nfilename = \"CHANGES.md\"\n"},
      {"CHANGES.md", kOpen}},
     FragmentTool::kTowncrier,
     "docs/changes",
     "pyproject.toml:1"},
    {"TowncrierOfAPackage",
     {{"towncrier.toml", "[tool.towncrier]\npackage = \"a.b\"\npackage_dir = \"src\"\n"}},
     FragmentTool::kTowncrier,
     "src/a/b/newsfragments",
     "towncrier.toml:1"},
    {"Scriv",
     {{"setup.cfg", "[scriv]\nfragment_directory = frag\n"}},
     FragmentTool::kScriv,
     "frag",
     "setup.cfg:1"},
    {"Changie",
     {{".changie.yaml", "changesDir: .log\nunreleasedDir: next\nkinds:\n  - label: Added\n"}},
     FragmentTool::kChangie,
     ".log/next",
     ".changie.yaml:1"},
    {"Changesets",
     {{".changeset/config.json", "{}"}},
     FragmentTool::kChangesets,
     ".changeset",
     ".changeset/config.json:1"},
    {"Reno",
     {{"releasenotes/notes/a-0123456789abcdef.yaml", "features:\n  - x\n"}},
     FragmentTool::kReno,
     "releasenotes/notes",
     "releasenotes/notes:0"},
    {"AFolderByItsFilesNames",
     {{"news/1.bugfix.rst", "x"}, {"news/2.feature.rst", "y"}, {"news/3.bugfix.rst", "z"}},
     FragmentTool::kFolder,
     "news",
     "news:0"},
    {"APackageOfThatNameIsNone",
     {{"news/__init__.py", "x"}, {"NEWS.md", kOpen}},
     FragmentTool::kNone,
     "NEWS.md",
     "NEWS.md:3"},
    {"WhatDocumentsSay",
     {{"AGENTS.md", "# A\n\nAdd a changelog entry.\n"}},
     FragmentTool::kNone,
     "",
     "AGENTS.md:3"},
};

INSTANTIATE_TEST_SUITE_P(Changelog, Finds, testing::ValuesIn(kFound),
                         [](const testing::TestParamInfo<Found>& one) { return one.param.name; });

TEST(ChangelogFragments, TakeTheConfiguredTypesAndTheIssuesNumber) {
  test::MapFacts tree({{"pyproject.toml",
                        "[tool.towncrier]\ndirectory = "
                        "\"news\"\n[[tool.towncrier.type]]\ndirectory = \"change\"\nname "
                        "= \"Changes\"\n[tool.towncrier.fragment.break]\nname = \"Breaking\"\n"},
                       {"news/7.change.md", "Old `x`.\n"}});
  Changelog found = detect_changelog(tree);

  WrittenEntry first = write_entry(found, tree, {}, {"Breaking", "New `y`.", "slug", "12"});
  WrittenEntry second = write_entry(found, tree, {}, {"change", "New.", "slug", "7"});
  WrittenEntry none = write_entry(found, tree, {}, {"Added", "New.", "slug", "12"});

  EXPECT_EQ(changelog_categories(found, tree, {}), (std::vector<std::string>{"change", "break"}));
  EXPECT_EQ(first.file->path, "news/12.break.md");
  EXPECT_EQ(first.file->content, "New `y`.\n");
  EXPECT_EQ(second.file->path, "news/7.change.1.md");
  EXPECT_THAT(none.left, HasSubstr("'change', 'break'"));
}

TEST(ChangelogFragments, AnOrphanSaysThatItWantsANumber) {
  test::MapFacts tree(Files{{"pyproject.toml", "[tool.towncrier]\n"}});

  WrittenEntry written =
      write_entry(detect_changelog(tree), tree, {}, {"feature", "New.", "slug", ""});

  EXPECT_EQ(written.file->path, "newsfragments/+slug.feature.rst");
  EXPECT_THAT(written.note, HasSubstr("number"));
}

}  // namespace
}  // namespace gf::stage
