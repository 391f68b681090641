// The one table of what patterns mean; callers need no table of their own.
#include "base/glob.h"

#include <gtest/gtest.h>

#include <set>

#include "base/text.h"
#include "support/repo.h"

namespace gf {
namespace {

struct Case {
  const char* pattern;
  const char* path;
  bool matches;
};

const Case kPaths[] = {
    // A path is itself, at the top.
    {"app/x.py", "app/x.py", true},
    {"app/x.py", "app/x.pyc", false},
    {"README.md", "README.md", true},
    {"README.md", "docs/README.md", false},
    {"/README.md", "README.md", true},
    {"/README.md", "docs/README.md", false},
    {"tests", "tests/a.py", false},
    {"readme.md", "README.md", false},
    {"", "", false},
    {"", "a", false},
    // Everything below a folder.
    {"tests/", "tests/a.py", true},
    {"tests/", "tests/a/b.py", true},
    {"tests/", "tests", false},
    {"tests/", "app/tests/a.py", false},
    {"src/*/tests/", "src/shop/tests/a/b.py", true},
    {"src/*/tests/", "src/tests/a.py", false},
    {"**/tests/", "tests/a.py", true},
    {"**/tests/", "src/shop/tests/a.py", true},
    // Within a part.
    {"tests/*.py", "tests/test_a.py", true},
    {"tests/*.py", "tests/unit/test_a.py", false},
    {"tests/*.py", "src/tests/test_a.py", false},
    {"tests/*", "tests/a", true},
    {"tests/*", "tests/a/b", false},
    {"a?c", "abc", true},
    {"a/?/c", "a/b/c", true},
    {"a?c", "a/c", false},
    {"src/a?b.c", "src/a/b.c", false},
    {"tests/a*b*c", "tests/a-b-b-c", true},
    {"tests/a**c", "tests/abc", true},
    {"tests/a**c", "tests/a/b/c", false},
    // Over parts.
    {"tests/**", "tests/a/b.py", true},
    {"tests/**", "tests", false},
    {"tests/**", "tests.py", false},
    {"**/tests/**", "tests/a.py", true},
    {"**/tests/**", "src/shop/tests/unit/a.py", true},
    {"**/tests/**", "src/latests/a.py", false},
    {"src/*/tests/**", "src/shop/tests/unit/a.py", true},
    {"src/*/tests/**", "src/shop/more/tests/a.py", false},
    {"**/test_*.py", "test_a.py", true},
    {"**/test_*.py", "a/b/test_a.py", true},
    {"**/test_*.py", "a/latest_b.py", false},
    {"a/**/b", "a/b", true},
    {"a/**/b", "a/x/y/b", true},
    {"a/**/b", "a/xb", false},
    {"**/a.py", "a.py", true},
    {"**/a.py", "b/a.py", true},
    {"**/a.py", "b/xa.py", false},
    {"a/**/", "a/b/c", true},
    {"a/**/b/**/c", "a/b/x/b/c", true},
    {"**", "a/b", true},
    // A name with a wildcard, wherever the file is.
    {"test_*.py", "test_a.py", true},
    {"test_*.py", "src/shop/test_a.py", true},
    {"test_*.py", "test_a.py/b", false},
    {"*.py", "a/b.py", true},
    {"*.py", "a/b.pyi", false},
    {"/*.py", "b.py", true},
    {"/*.py", "a/b.py", false},
    {"*", "a/b", true},
    // Sets.
    {"src/[a-c]*.c", "src/b1.c", true},
    {"src/[a-c]*.c", "src/d1.c", false},
    {"src/[!a-c].c", "src/d.c", true},
    {"src/[^a-c].c", "src/a.c", false},
    {"src/[!a]b", "src//b", false},
    {"v[[:digit:]].txt", "v7.txt", true},
    {"v[[:digit:]].txt", "vx.txt", false},
    {"v[[:nonsense:]].txt", "v7.txt", false},
    {"[]]x", "]x", true},
    {"[a-]x", "-x", true},
    {"[\\]a]x", "]x", true},
    // A sign that is meant as it stands.
    {"src/\\*.c", "src/*.c", true},
    {"src/\\*.c", "src/a.c", false},
    {"\\*.c", "src/*.c", false},
    {"app/[id]/page.tsx", "app/[id]/page.tsx", true},
    {"app/[id]/page.tsx", "app/d/page.tsx", true},
    {"app/[id", "app/[id", true},
    {"app/[i*", "app/[id", true},
    {"src/x]*", "src/x]y", true},
    {"src/*]y", "src/x]y", true},
    {"src/*\\?", "src/what?", true},
    {"src/*\\?", "src/whats", false},
};

TEST(GlobTest, APatternMeansOneThingForAll) {
  for (const Case& row : kPaths)
    EXPECT_EQ(glob_matches(row.pattern, row.path), row.matches) << row.pattern << " | " << row.path;
}

/// What the three rules add to .gitattributes is not asked of git.
bool is_ours_alone(const std::string& pattern) {
  bool plain = pattern.find_first_of("*?[/") == std::string::npos;
  bool open = pattern.find('[') != std::string::npos && pattern.find(']') == std::string::npos;
  return pattern.empty() || plain || open || pattern.ends_with('/') || pattern == "\\*.c";
}

TEST(GlobTest, EveryPatternMeansWhatItMeansToGit) {
  test::TempRepo repo;
  std::vector<std::string> patterns, words = {"check-attr", "--stdin"};
  std::set<std::string> paths;
  std::string attributes, asked;
  for (const Case& row : kPaths) {
    if (std::string_view(row.path).find("//") == std::string_view::npos && *row.path != 0)
      paths.insert(row.path);
    if (is_ours_alone(row.pattern)) continue;
    attributes += std::string(row.pattern) + " p" + std::to_string(patterns.size()) + "\n";
    words.push_back("p" + std::to_string(patterns.size()));
    patterns.emplace_back(row.pattern);
  }
  for (const std::string& path : paths) asked += path + "\n";
  repo.write(".gitattributes", attributes);

  std::vector<std::string> answers = lines(repo.git(words, asked));

  ASSERT_EQ(answers.size(), patterns.size() * paths.size());
  auto answer = answers.begin();
  for (const std::string& path : paths) {
    for (const std::string& pattern : patterns) {
      bool git = (answer++)->ends_with(": set");
      if (pattern == path) continue;
      EXPECT_EQ(glob_matches(pattern, path), git) << pattern << " | " << path;
    }
  }
}

TEST(GlobTest, AHostilePatternCostsNoMoreThanItsLengthTimesThePaths) {
  std::string stars, parts, path(1000, 'a');
  for (int i = 0; i < 250; ++i) {
    stars += "*a";
    parts += "**/";
  }
  std::string folders;
  for (int i = 0; i < 250; ++i) folders += "a/";

  // Either would outlive us if each star were tried with all that follow it.
  EXPECT_FALSE(glob_matches(stars + "*b*", path));
  EXPECT_FALSE(glob_matches(parts + "*b*", folders + "a"));
  EXPECT_FALSE(wildcard_matches(stars + "*b*", path));
  EXPECT_TRUE(glob_matches(stars + "*", path));
}

TEST(GlobTest, ALiteralPatternIsThatPathAlone) {
  for (const char* path : {"app/[id]/page.tsx", "**", "*.py", "a\\b", "what?", "plain/x.py"}) {
    EXPECT_TRUE(glob_matches(glob_literal(path), path)) << path;
  }
  EXPECT_FALSE(glob_matches(glob_literal("app/[id]/page.tsx"), "app/d/page.tsx"));
  EXPECT_FALSE(glob_matches(glob_literal("**"), "a/b"));
  EXPECT_FALSE(glob_matches(glob_literal("*.py"), "a.py"));
}

TEST(GlobTest, NoPatternMatchesNothing) {
  EXPECT_FALSE(glob_matches_any({}, "a"));
  EXPECT_TRUE(glob_matches_any({"b", "a"}, "a"));
}

TEST(WildcardTest, ASlashIsACharacterAsAnyOther) {
  const Case kCases[] = {
      {"release/*", "release/1/2", true},
      {"release/*", "release", false},
      {"*.key", "deep/down/a.key", true},
      {"a?c", "a/c", true},
      {"a[!b]c", "a/c", true},
      {"gpt-*", "gpt-4", true},
      {"main", "mainly", false},
      {"", "", true},
  };
  for (const Case& row : kCases)
    EXPECT_EQ(wildcard_matches(row.pattern, row.path), row.matches)
        << row.pattern << " | " << row.path;
}

TEST(PathspecTest, AFileAFolderOrAPatternOfThem) {
  const Case kCases[] = {
      {"", "a/b", true},
      {".", "a/b", true},
      {"src", "src", true},
      {"src", "src/a/b", true},
      {"src/", "src/a/b", true},
      {"src/", "src", true},
      {"src", "src2/a", false},
      {"*.txt", "a/b.txt", true},
      {"src/*/tests", "src/a/tests/b", true},
      {"src/[id]", "src/[id]/a", true},
      {"b", "b.txt", false},
  };
  for (const Case& row : kCases)
    EXPECT_EQ(pathspec_matches(row.pattern, row.path), row.matches)
        << row.pattern << " | " << row.path;
}

}  // namespace
}  // namespace gf
