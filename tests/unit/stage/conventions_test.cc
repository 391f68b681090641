// How commits are worded in a repository, and a delivered commit worded the same way.
#include "stage/conventions.h"

#include <gmock/gmock.h>

#include "support/facts.h"

namespace gf::stage {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::vector<CommitSeen> history(const std::vector<std::string>& subjects, bool signed_off = false) {
  std::vector<CommitSeen> commits;
  for (const std::string& subject : subjects) commits.push_back({subject, signed_off});
  return commits;
}

const test::MapFacts kNoFiles({});

TEST(ConventionsOf, ASubjectIsWordedAsTheRepositorysOwn) {
  struct Case {
    const char* what;
    std::vector<std::string> subjects;
    std::string title;
    std::string subject;
  };
  const Case kCases[] = {
      {"no history", {}, "Add a route", "feat: Add a route"},
      {"too few", {"Add x", "Add y", "Add z"}, "Add a route", "feat: Add a route"},
      {"conventional, lower case",
       {"feat(api): add x", "fix: mend y", "docs: tell z", "chore!: drop w", "fix(ui): v (#12)"},
       "Add a route",
       "feat: add a route"},
      {"conventional, a capital",
       {"feat: Add x", "fix: Mend y", "docs: Tell z", "chore: Drop w", "fix: Set v"},
       "add a route",
       "feat: Add a route"},
      {"the type of what is mended",
       {"feat: add x", "fix: mend y", "docs: tell z", "chore: drop w", "fix: set v"},
       "Fix the route",
       "fix: fix the route"},
      {"feature and not feat",
       {"feature: x", "feature: y", "fix: z", "docs: w", "feature: v"},
       "Add a route",
       "feature: add a route"},
      {"plain, a capital",
       {"Add x", "Mend y (#3)", "Tell z", "Drop w", "Set v"},
       "Add a route",
       "Add a route"},
      {"plain, lower case, full stops",
       {"add x.", "mend y.", "tell z.", "drop w.", "set v."},
       "Add a route",
       "add a route."},
      {"names keep their letters",
       {"add x", "mend y", "tell z", "drop w", "set v"},
       "HTTP routes for `x`",
       "HTTP routes for `x`"},
      {"areas, one of them changed",
       {"app: add x", "docs: tell y", "app: mend z", "store: drop w", "store: set v"},
       "Add a route",
       "store: add a route"},
      {"areas in brackets",
       {"[app] Add x", "[store] Mend y", "[app] Tell z", "[app] Drop w", "[store] Set v"},
       "Add a route",
       "[store] Add a route"},
      {"areas, none of them changed",
       {"app: add x", "ui: mend y", "app: mend z", "ui: drop w", "app: set v"},
       "Add a route",
       "add a route"},
      {"programs, merges and releases do not count",
       {"Merge branch 'x'", "Bump y from 1 to 2", "v1.2.3", "1.0", "build(deps): bump z",
        "[pre-commit.ci] autoupdate", "Revert \"x\"", "Release 2.0", "chore(release): 1.2"},
       "Add a route",
       "feat: Add a route"},
  };
  for (const Case& one : kCases) {
    Conventions found = conventions_of(history(one.subjects), kNoFiles);
    EXPECT_EQ(subject_for(found, one.title, {"src/store/items.py"}), one.subject) << one.what;
  }
}

TEST(ConventionsOf, ALongTitleIsCutAtAWordWhereSubjectsEnd) {
  Conventions found =
      conventions_of(history({"Add x", "Add y", "Add z", "Add v", "Add w"}), kNoFiles);
  std::string title =
      "Add a route that gives everything which anybody could ever want to be told of";
  std::string subject = subject_for(found, title, {});
  EXPECT_LE(subject.size(), 72U);
  EXPECT_TRUE(title.starts_with(subject + " ")) << subject;
}

TEST(ConventionsOf, AHookIsOfferedTheOtherFormsBehindTheRepositorysOwn) {
  Conventions area = conventions_of(
      history({"api: add x", "api: add y", "store: add z", "api: add v", "store: add w"}),
      kNoFiles);
  EXPECT_EQ(subjects_to_try(area, "Add a route", {"src/api/routes.py"}),
            (std::vector<std::string>{"api: add a route", "feat: add a route", "feat: Add a route",
                                      "Add a route"}));
  EXPECT_EQ(
      subjects_to_try(Conventions{}, "Fix the route.", {}),
      (std::vector<std::string>{"fix: Fix the route", "fix: fix the route", "Fix the route"}));
}

TEST(ConventionsOf, SignedOffIsWhatNineOfTenCommitsAre) {
  auto commits =
      history({"a b", "c d", "e f", "g h", "i j", "k l", "m n", "o p", "q r", "s t"}, true);
  EXPECT_TRUE(conventions_of(commits, kNoFiles).signed_off);
  commits[0].signed_off = false;
  EXPECT_TRUE(conventions_of(commits, kNoFiles).signed_off);
  commits[1].signed_off = false;
  EXPECT_FALSE(conventions_of(commits, kNoFiles).signed_off);
  EXPECT_FALSE(conventions_of(history({"a b"}, true), kNoFiles).signed_off);
}

TEST(ConventionsOf, WhatDocumentsSayIsKeptWithItsPlace) {
  test::MapFacts files({{"CONTRIBUTING.md", "# Contributing\n\nPlease sign off your commits.\n"},
                        {"AGENTS.md", "Run the tests.\n"},
                        {".editorconfig", "root = true\n"}});

  Conventions found = conventions_of({}, files);

  ASSERT_EQ(found.guidance.size(), 1U);
  EXPECT_EQ(to_text(found),
            "How to work here is told in AGENTS.md, CONTRIBUTING.md, .editorconfig.\n"
            "CONTRIBUTING.md:3: Please sign off your commits.\n");
  EXPECT_THAT(guides_in(files), ElementsAre("AGENTS.md", "CONTRIBUTING.md", ".editorconfig"));
  EXPECT_THAT(to_text(conventions_of({}, kNoFiles)), IsEmpty());
}

TEST(ConventionsOf, TheTextSaysWhatWasCounted) {
  auto found =
      conventions_of(history({"feat: x y", "fix: y", "docs: z", "ci: w", "add v"}), kNoFiles);
  EXPECT_THAT(to_text(found), HasSubstr("4 of 5 subjects begin with a type, as 'feat: ...'"));
}

}  // namespace
}  // namespace gf::stage
