// Whose a finding is: every kind, found by every stage, of every sort of path.
#include "stage/finding.h"

#include <gmock/gmock.h>

#include "stage/stage.h"

namespace gf::stage {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using Kind = FindingKind;

constexpr const char* kSource = "app/main.py";
constexpr const char* kWritten = "tests/test_new.py";    // by this run
constexpr const char* kUntouched = "tests/test_old.py";  // there before, and as it was
constexpr const char* kChangelogFile = "CHANGELOG.md";

OwnerFacts facts() { return {{"tests/**"}, {kSource, kWritten, kChangelogFile}}; }

std::vector<Kind> all_kinds() {
  std::vector<Kind> kinds;
  for (int i = 0; i < kFindingKinds; ++i) kinds.push_back(static_cast<Kind>(i));
  return kinds;
}

// One letter a stage that found it, in the order of the line: plan scout build validate test
// validate-tests review pr. P, S, B, T, R: whose it is; U: the user's.
struct Row {
  Kind kind;
  const char* path;
  const char* owners;
};
constexpr Row kTable[] = {
    {Kind::kForm, "", "PSBBTTRB"},
    {Kind::kNothingDone, "", "PSBBTTRB"},
    {Kind::kSpec, "", "PPPPPPPP"},
    {Kind::kBrief, "", "SSSSSSSS"},
    {Kind::kParse, kSource, "BBBBBBBB"},
    {Kind::kParse, kWritten, "TTTTTTTT"},
    {Kind::kParse, kUntouched, "BBBBBBBB"},
    {Kind::kLint, kSource, "BBBBBBBB"},
    {Kind::kLint, kWritten, "TTTTTTTT"},
    {Kind::kLint, kUntouched, "BBBBBBBB"},
    {Kind::kLint, kChangelogFile, "BBBBBBBB"},
    {Kind::kLint, "", "BBBBBBBB"},
    {Kind::kGate, "", "BBBBBTBB"},
    {Kind::kBroken, "", "UUUUUUUU"},
    {Kind::kTimeout, "", "BBBUBUBB"},
    {Kind::kBaseTest, kUntouched, "BBBBBBBB"},
    {Kind::kBaseTest, kWritten, "BBBBBBBB"},
    {Kind::kVanished, kUntouched, "BBBBBBBB"},
    {Kind::kVanished, kWritten, "TTTTTTTT"},
    {Kind::kSkipped, kUntouched, "BBBBBBBB"},
    {Kind::kSkipped, kWritten, "TTTTTTTT"},
    {Kind::kUncollected, kUntouched, "BBBBBBBB"},
    {Kind::kUncollected, kWritten, "TTTTTTTT"},
    {Kind::kNewTest, kWritten, "BBBBBBBB"},
    {Kind::kTestMistake, kWritten, "TTTTTTTT"},
    {Kind::kUnshown, kWritten, "TTTTTTTT"},
    {Kind::kUnshown, "", "TTTTTTTT"},
    {Kind::kCoverage, kSource, "TTTTTTTT"},
    {Kind::kNoTests, "", "TTTTTTTT"},
    {Kind::kViolated, kSource, "BBBBBBBB"},
    {Kind::kViolated, kWritten, "BBBBBBBB"},  // shown on the code, wherever it was pointed at
    {Kind::kViolated, "", "BBBBBBBB"},
    {Kind::kNotShown, "", "TTTTTTTT"},
    {Kind::kUnasked, kSource, "BBBBBBBB"},
    {Kind::kUnasked, kWritten, "TTTTTTTT"},
    {Kind::kUnasked, kChangelogFile, "BBBBBBBB"},
    {Kind::kChangelog, kChangelogFile, "BBBBBBBB"},
    {Kind::kScope, kSource, "PPPPPPPP"},
    {Kind::kMissing, "", "PPPPPPPP"},
    {Kind::kBase, "", "UUUUUUUU"},
    {Kind::kEnvironment, "", "UUUUUUUU"},
    {Kind::kAsked, kSource, "BBBBBBBB"},
    {Kind::kAsked, kWritten, "TTTTTTTT"},
    {Kind::kAsked, "", "BBBBBBBB"},
};

Owner owner_by(char letter) {
  switch (letter) {
    case 'P':
      return Owner::kPlan;
    case 'S':
      return Owner::kScout;
    case 'B':
      return Owner::kBuild;
    case 'T':
      return Owner::kTest;
    case 'R':
      return Owner::kReview;
    default:
      return Owner::kUser;
  }
}

TEST(FindingTest, EveryKindFoundByEveryStageHasTheOwnerOfTheTable) {
  std::vector<Kind> seen;
  for (const Row& row : kTable) {
    seen.push_back(row.kind);
    size_t column = 0;
    for (const Stage& stage : all_stages()) {
      Finding finding = finding_of(row.kind, "x", row.path);
      EXPECT_EQ(name_of(owner_of(finding, stage.name, facts())),
                name_of(owner_by(row.owners[column++])))
          << name_of(row.kind) << " of '" << row.path << "' found by " << stage.name;
    }
  }
  for (Kind kind : all_kinds()) EXPECT_THAT(seen, Contains(kind)) << name_of(kind);
}

TEST(FindingTest, ByOlderRulesTheReviewersFingerDecidedWhoseAViolationIs) {
  OwnerFacts older = facts();
  older.rules = Rules::kSaidIsDone;
  EXPECT_EQ(owner_of(finding_of(Kind::kViolated, "x", kWritten), "review", older), Owner::kTest);
  EXPECT_EQ(owner_of(finding_of(Kind::kViolated, "x", kSource), "review", older), Owner::kBuild);
}

TEST(FindingTest, NobodyIsSentWhatHeMayNotMend) {
  for (Kind kind : all_kinds()) {
    for (const char* path : {"", kSource, kWritten, kUntouched, kChangelogFile}) {
      for (const Stage& stage : all_stages()) {
        Finding finding = finding_of(kind, "x", path);
        finding.owner = owner_of(finding, stage.name, facts());
        EXPECT_TRUE(may_mend(finding.owner, finding, facts()))
            << name_of(kind) << " of '" << path << "' found by " << stage.name << " goes to "
            << name_of(finding.owner);
      }
    }
  }
}

TEST(FindingTest, ATestThatTheRunHasNotTouchedIsNeverForTEST) {
  for (Kind kind : {Kind::kParse, Kind::kLint, Kind::kVanished, Kind::kSkipped, Kind::kUncollected,
                    Kind::kUnasked}) {
    Finding finding = finding_of(kind, "x", kUntouched);
    EXPECT_FALSE(may_mend(Owner::kTest, finding, facts())) << name_of(kind);
  }
}

TEST(FindingTest, ATestThatPassedOnTheBaseIsNothingForTESTWhateverIsSaidOfIt) {
  Finding finding = finding_of(Kind::kBaseTest, "x", kWritten);
  EXPECT_FALSE(may_mend(Owner::kTest, finding, facts()));
  EXPECT_TRUE(may_mend(Owner::kPlan, finding, facts())) << "a criterion can authorise it";
  EXPECT_TRUE(may_mend(Owner::kUser, finding, facts())) << "it can be the machine's";
}

TEST(FindingTest, AnAnswersFormIsForNobodyElse) {
  Finding finding = finding_of(Kind::kForm, "x");
  finding.owner = Owner::kTest;
  for (Owner owner : {Owner::kPlan, Owner::kBuild, Owner::kReview, Owner::kUser})
    EXPECT_FALSE(may_mend(owner, finding, facts())) << name_of(owner);
}

TEST(FindingTest, NamesOfOwnersAreRead) {
  for (Owner owner : {Owner::kPlan, Owner::kScout, Owner::kBuild, Owner::kTest, Owner::kReview})
    EXPECT_EQ(owner_named(name_of(owner)), owner);
  EXPECT_EQ(owner_named("somebody"), Owner::kUser);
}

}  // namespace
}  // namespace gf::stage
