// A revised spec: what changed, and whether anybody asked for it.
#include "stage/revision.h"

#include <gmock/gmock.h>

#include "support/assertions.h"

namespace gf::stage {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

record::Spec spec() {
  record::Spec spec;
  spec.title = "t";
  spec.intent = "i";
  spec.touchpoints = {"app/a.py"};
  spec.acceptance_criteria = {
      {"AC1", "call", "", "f(1)", {{"value", "equals", record::Json(1)}}, "", {}},
      {"AC2", "call", "", "f(2)", {{"value", "equals", record::Json(2)}}, "", {}}};
  spec.constraints = {"No new dependency"};
  spec.assumptions = {{"A1", "one"}};
  return spec;
}

std::vector<std::string> changed_parts(const record::Spec& after) {
  std::vector<std::string> parts;
  for (const SpecChange& change : spec_changes(spec(), after)) parts.push_back(change.what);
  return parts;
}

Finding about(std::vector<std::string> ids) {
  Finding finding = finding_of(FindingKind::kMissing, "why");
  finding.about = std::move(ids);
  return finding;
}

TEST(RevisionTest, TheSameSpecHasNoChange) { EXPECT_THAT(changed_parts(spec()), IsEmpty()); }

TEST(RevisionTest, ChangesAreToldPartByPart) {
  record::Spec after = spec();
  after.acceptance_criteria[1].when = "f(3)";
  after.touchpoints.push_back("app/b.py");
  after.constraints.clear();
  after.assumptions.push_back({"A2", "two"});
  EXPECT_THAT(changed_parts(after), ElementsAre("touchpoints", "AC2", "constraints", "A2"));
}

TEST(RevisionTest, WhatNoReasonIsAboutStaysAsItWas) {
  record::Spec after = spec();
  after.acceptance_criteria[0].when = "g(1)";
  after.acceptance_criteria[1].when = "g(2)";
  std::vector<SpecChange> changes = spec_changes(spec(), after);
  EXPECT_THAT(unasked_changes(changes, {about({"AC1"})}),
              ElementsAre(HasSubstr("AC2 was changed")));
  EXPECT_THAT(unasked_changes(changes, {about({"AC1"}), about({"AC2 (the value)"})}), IsEmpty());
  EXPECT_THAT(unasked_changes(changes, {about({"AC21"})}), SizeIs(2));
  EXPECT_THAT(unasked_changes(changes, {about({})}), IsEmpty()) << "a reason that names no part";
}

TEST(RevisionTest, SomethingNewMayAlwaysCome) {
  record::Spec after = spec();
  after.assumptions.push_back({"A2", "two"});
  after.touchpoints.push_back("app/b.py");
  EXPECT_THAT(unasked_changes(spec_changes(spec(), after), {about({"AC1"})}), IsEmpty());
}

TEST(RevisionTest, TheRecordKeepsReasonsAndBothSides) {
  record::Spec after = spec();
  after.acceptance_criteria[0].when = "g(1)";
  record::Json json = to_json(Revision{"build", {about({"AC1"})}}, spec_changes(spec(), after));
  EXPECT_EQ(json.get_string("by"), "build");
  record::Json change = json.get("changes").items().at(0);
  EXPECT_EQ(change.get_string("what"), "AC1");
  EXPECT_EQ(change.get_string("how"), "changed");
  EXPECT_EQ(change.get("before").get_string("when"), "f(1)");
  EXPECT_EQ(change.get("after").get_string("when"), "g(1)");
}

TEST(RevisionTest, PlanIsShownNothingOfItsSpecThatItMayNotGiveAgain) {
  Input in;
  in.spec = spec();
  in.spec->request = "the words of the request";
  in.revision = Revision{"build", {about({"AC1"})}};
  in.prompt_template = "{{feedback}}";

  ASSERT_GIVES(auto messages, find_stage("plan")->prompt(in));

  EXPECT_THAT(messages.front().content, HasSubstr("\"acceptance_criteria\""));
  EXPECT_THAT(messages.front().content, Not(HasSubstr("\"request\"")));
  EXPECT_THAT(messages.front().content, Not(HasSubstr("\"v\"")));
}

}  // namespace
}  // namespace gf::stage
