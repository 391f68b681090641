// Criteria that a request states itself.
#include "stage/stated.h"

#include <gmock/gmock.h>

#include "stage/lint.h"
#include "support/spec.h"

namespace gf::stage {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

TEST(StatedTest, ItemsBelowAHeadingThatSaysSoAreStated) {
  struct Case {
    const char* request;
    std::vector<std::string> stated;
  };
  for (const Case& one : {
           Case{"Add it.\n\n## Acceptance criteria\n\n- GET /x gives 200\n- [ ] GET /y gives 404\n"
                "- [x] it logs\n\n## Notes\n- none of these",
                {"GET /x gives 200", "GET /y gives 404", "it logs"}},
           Case{"**Success criteria:**\n1. one thing\n2) two things\n\nThanks! - all",
                {"one thing", "two things"}},
           Case{"Done when:\n* a long one\n  that goes on\n* another\nProse.\n* not this",
                {"a long one that goes on", "another"}},
           Case{"### Definition of Done\n- Tests added\n- CI is green\n- Changelog entry\n- it "
                "works",
                {"it works"}},
           Case{"# Acceptance criteria\n```\n- code\n```\n- real", {"real"}},
           Case{"# Acceptance criteria\n```\n# comment\n```\n- real", {"real"}},
           Case{"Add it.\n\n- a\n- b", {}},
           Case{"The acceptance criteria of the last one were wrong.\n- a", {}},
           Case{"## Acceptance criteria\n-none\n---", {}},
           Case{"", {}},
       })
    EXPECT_EQ(stated_criteria(one.request), one.stated) << one.request;
  std::string many = "Acceptance criteria\n";
  for (int i = 0; i < 500; ++i) many += "- criterion number " + std::to_string(i) + "\n";
  EXPECT_THAT(stated_criteria(many), SizeIs(kMostStated));
}

TEST(StatedTest, HeadingsAndPicturesAreStructure) {
  for (const char* line : {"## What", "**Why**", "---", "***", "![a](b.png)", "[![x](y)](z)",
                           "Acceptance criteria:", "###### deep"})
    EXPECT_TRUE(is_markdown_structure(line)) << line;
  for (const char* line : {"#7 is worse", "Add it", "####### seven", "**Add** a page", "- item",
                           "## What\nAdd it", "--", ""})
    EXPECT_FALSE(is_markdown_structure(line)) << line;
}

std::vector<std::string> errors_of(const record::Spec& spec, Rules rules) {
  std::vector<std::string> found;
  for (const LintFinding& finding : lint(spec, nullptr, rules)) {
    if (finding.severity == LintFinding::Severity::kError) found.push_back(finding.message);
  }
  return found;
}

TEST(StatedTest, AStatedCriterionIsTheSourceOfOneByTheNewRulesAlone) {
  record::Spec spec = test::good_spec();
  spec.request += "\n\n## Acceptance criteria\n\n- [ ] an unknown colour turns into purple\n";
  record::Spec taken = spec;
  taken.acceptance_criteria.front().source = "'an unknown colour turns into purple'";

  EXPECT_THAT(errors_of(spec, Rules::kStated),
              Contains(HasSubstr("states a criterion that is the source of none")));
  EXPECT_THAT(errors_of(taken, Rules::kStated), Not(Contains(HasSubstr("states a criterion"))));
  EXPECT_THAT(errors_of(taken, Rules::kStated), Not(Contains(HasSubstr("Acceptance criteria"))))
      << "a heading is no clause";
  EXPECT_THAT(errors_of(spec, Rules::kSeenDecides), Not(Contains(HasSubstr("states a criterion"))));
  EXPECT_THAT(stated_section("Add it."), IsEmpty());
}

}  // namespace
}  // namespace gf::stage
