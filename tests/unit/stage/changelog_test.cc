#include "stage/changelog.h"

#include <gtest/gtest.h>

#include "support/facts.h"

namespace gf::stage {
namespace {

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
  auto file = with_entry(changelog, tree, spec(), "thing");
  if (!file) return "none";
  EXPECT_EQ(file->path, path);
  // The same entry once more changes nothing.
  files[file->path] = file->content;
  test::MapFacts again(files);
  EXPECT_EQ(with_entry(changelog, again, spec(), "thing")->content, file->content);
  return file->content;
}

TEST(Changelog, KeepAChangelogGetsItsEntryInItsSection) {
  EXPECT_EQ(
      added({{"CHANGELOG.md",
              "# Changelog\n\n## [Unreleased]\n\n### Added\n\n- Old.\n\n## [1.0]\n\n- x\n"}},
            "CHANGELOG.md"),
      "# Changelog\n\n## [Unreleased]\n\n### Added\n\n- Old.\n- A thing.\n\n## [1.0]\n\n- x\n");
  EXPECT_EQ(added({{"CHANGELOG.md", "# Changelog\n\n## [Unreleased]\n\n## [1.0]\n\n- x\n"}},
                  "CHANGELOG.md"),
            "# Changelog\n\n## [Unreleased]\n\n### Added\n\n- A thing.\n\n## [1.0]\n\n- x\n");
  EXPECT_EQ(added({{"CHANGES.md", "# Changes\n\n## 1.0\n\n- x\n"}}, "CHANGES.md"),
            "# Changes\n\n## [Unreleased]\n\n### Added\n\n- A thing.\n\n## 1.0\n\n- x\n");
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

}  // namespace
}  // namespace gf::stage
