// What a cell came to, for people and for programs; and the spec that commits' own words make.
#include <gmock/gmock.h>

#include "line/cell.h"
#include "line/cell_asked.h"
#include "line/dossier.h"
#include "stage/stated.h"

namespace gf::line {
namespace {

using record::Json;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using Status = record::GateOutcome::Status;

class CellTextTest : public ::testing::Test {
 protected:
  void SetUp() override {
    judged_.stage = "validate";
    judged_.base = Oid::parse(std::string(40, 'a')).value();
    judged_.tree = Oid::parse(std::string(40, 'b')).value();
    judged_.description = "main..topic";
    judged_.answer = Judged::Answer::kYes;
    judged_.reason = "2 gates pass";
  }
  record::GateOutcome& gate(const char* name, const char* stage, Status status) {
    record::GateOutcome outcome;
    outcome.gate = name;
    outcome.stage = stage;
    outcome.status = status;
    judged_.outcomes.push_back(outcome);
    return judged_.outcomes.back();
  }
  [[nodiscard]] static std::vector<std::string> names(const Json& object) {
    std::vector<std::string> all;
    for (const auto& [name, value] : object.members()) all.push_back(name);
    return all;
  }

  Judged judged_;
};

TEST_F(CellTextTest, AnAnswerIsOneWordEverywhere) {
  using Answer = Judged::Answer;
  for (auto [answer, word] : {std::pair(Answer::kYes, "yes"), std::pair(Answer::kNo, "no"),
                              std::pair(Answer::kUnsure, "unsure")}) {
    judged_.answer = answer;
    EXPECT_EQ(name_of(answer), word);
    EXPECT_EQ(to_json(judged_).get_string("answer"), word);
    EXPECT_THAT(to_text(judged_), HasSubstr(std::string("validate: ") + word + "  main..topic\n"));
  }
}

TEST_F(CellTextTest, WhoseTheCriteriaAreIsSaid) {
  for (auto [from, word] :
       {std::pair(SpecFrom::kNobody, "none"), std::pair(SpecFrom::kGiven, "given"),
        std::pair(SpecFrom::kRun, "run"), std::pair(SpecFrom::kMessages, "messages")}) {
    judged_.spec_from = from;
    EXPECT_EQ(to_json(judged_).get_string("spec"), word);
  }
  EXPECT_EQ(to_json(judged_).get_string("spec_run", "none"), "none");
  judged_.covering = RunId::parse("20261121T083059Z-6bbc40a7").value();
  EXPECT_EQ(to_json(judged_).get_string("spec_run"), "20261121T083059Z-6bbc40a7");
}

TEST_F(CellTextTest, WhatIsStagedHasNoCommit) {
  EXPECT_EQ(to_json(judged_).get_string("commit", "?"), "");
  judged_.commit = judged_.base;
  EXPECT_EQ(to_json(judged_).get_string("commit"), judged_.base.hex());
}

TEST_F(CellTextTest, AFindingOfSeveralLinesStaysOneItemAndTheReasonIsNotSaidTwice) {
  judged_.reason = "a.py is red";
  judged_.findings = {stage::finding_of(stage::FindingKind::kLint, "a.py is red", "a.py"),
                      stage::finding_of(stage::FindingKind::kGate, "one\ntwo\nthree")};

  EXPECT_EQ(to_text(judged_),
            "validate: yes  main..topic\n  a.py is red\n  - one\n    two\n    three\n");
  ASSERT_THAT(to_json(judged_).get("findings").items(), SizeIs(2)) << "programs get them all";
  EXPECT_EQ(to_json(judged_).get("findings").items()[0].get_string("path"), "a.py");
}

TEST_F(CellTextTest, AGateIsALineWithItsTestsOrItsReason) {
  gate("ruff", "validate", Status::kFail).reason = "exit 1: 3 findings";
  gate("mypy", "validate", Status::kPass);
  gate("pytest", "test", Status::kPass).counts = {1, 0, 0, 4};
  record::GateOutcome& all = gate("go", "test", Status::kFail);
  all.counts = {3, 1, 1, 0};
  all.reason = "exit 1";
  gate("empty", "test", Status::kBroken).reason = "no test was run";

  std::string text = to_text(judged_);

  EXPECT_THAT(text, HasSubstr("  ruff: fail, exit 1: 3 findings\n"));
  EXPECT_THAT(text, HasSubstr("  mypy: pass\n"));
  EXPECT_THAT(text, HasSubstr("  pytest: pass, 1 test\n")) << "those that are skipped did not run";
  EXPECT_THAT(text, HasSubstr("  go: fail, 5 tests\n"));
  EXPECT_THAT(text, HasSubstr("  empty: broken, no test was run\n"));
  const Json gates = to_json(judged_).get("gates");
  ASSERT_THAT(gates.items(), SizeIs(5));
  EXPECT_EQ(gates.items()[0].get_string("reason"), "exit 1: 3 findings");
  EXPECT_THAT(names(gates.items()[1]), Not(::testing::Contains("reason")));
  EXPECT_EQ(gates.items()[2].get_int("skipped"), 4);
}

TEST_F(CellTextTest, OfNewTestsTheFirstFewAreNamed) {
  judged_.stage = "test";
  judged_.added.failed = {"t::a", "t::b", "t::c", "t::d", "t::e", "t::f", "t::g"};
  judged_.added.unloaded = {"t::u"};
  judged_.added.skipped = {"t::v", "t::w", "t::x", "t::y", "t::z"};

  std::string text = to_text(judged_);

  EXPECT_THAT(text, HasSubstr("  7 new tests that fail without the change: t::a, t::b, t::c, t::d, "
                              "t::e, and 2 more\n"));
  EXPECT_THAT(text, HasSubstr("  1 new test that cannot be run without it: t::u\n"));
  EXPECT_THAT(text, HasSubstr("  5 new tests that are skipped: t::v, t::w, t::x, t::y, t::z\n"));
  EXPECT_THAT(text, Not(HasSubstr("pass without")));
  const Json added = to_json(judged_).get("new_tests");
  EXPECT_THAT(added.get_strings("failed_before"), SizeIs(7));
  EXPECT_THAT(added.get_strings("passed_before"), IsEmpty());
}

TEST_F(CellTextTest, SmallFaultsAreToldWhereSomeWereTried) {
  judged_.stage = "test";
  EXPECT_THAT(names(to_json(judged_)), Not(::testing::Contains("mutation")));
  EXPECT_THAT(to_text(judged_), Not(HasSubstr("fault")));

  judged_.faults.noticed = 1;
  EXPECT_THAT(to_text(judged_), HasSubstr("  1 of 1 small fault in the changed lines noticed\n"));

  judged_.faults.survivors = {{"a.py", 3, "", "'<' instead of '<='", "warning"}};
  EXPECT_THAT(to_text(judged_), HasSubstr("  1 of 2 small faults in the changed lines noticed\n"
                                          "  a.py:3: '<' instead of '<='\n"));
  const Json mutation = to_json(judged_).get("mutation");
  EXPECT_EQ(mutation.get_int("noticed"), 1);
  ASSERT_THAT(mutation.get("not_noticed").items(), SizeIs(1));
  EXPECT_EQ(mutation.get("not_noticed").items()[0].get_int("line"), 3);
  EXPECT_THAT(names(mutation), Not(::testing::Contains("not_tried")));

  judged_.faults = {};
  judged_.faults.not_tried = {{"b.c", 0, kNotTriedRule, "2 mutants of b.c not tried: why", "note"}};
  EXPECT_THAT(to_text(judged_), HasSubstr("  2 mutants of b.c not tried: why\n"));
  EXPECT_THAT(to_text(judged_), Not(HasSubstr("noticed")));
  const Json not_tried = to_json(judged_).get("mutation").get("not_tried");
  ASSERT_THAT(not_tried.items(), SizeIs(1));
  EXPECT_EQ(not_tried.items()[0].get_string("path"), "b.c");
}

TEST_F(CellTextTest, AReviewHasItsRowsItsReviewerAndWhereItIsOnRecord) {
  judged_.stage = "review";
  judged_.run = RunId::parse("20261121T083059Z-6bbc40a7").value();
  judged_.facts = {{"a.py", 0, "debug", "prints", "note"}};
  judged_.table = record::Json::parse(R"({"criteria": [
      {"id": "AC1", "verdict": "satisfied"}, {"id": "AC2", "verdict": "violated", "why": "no"}]})")
                      .value();
  EXPECT_THAT(to_text(judged_), HasSubstr("  on record: git factory show 6bbc40a7\n"))
      << "nobody was asked";

  judged_.reviewer = "own/m";
  judged_.cost = record::Cost{1500000000000, "table"};
  std::string text = to_text(judged_);

  EXPECT_THAT(text, HasSubstr("  fact: debug a.py: prints\n  AC1 satisfied\n  AC2 violated: no\n"));
  EXPECT_THAT(text, HasSubstr("  by own/m, " + record::to_text(judged_.cost) +
                              "; on record: git factory show 6bbc40a7\n"));
  const Json json = to_json(judged_);
  EXPECT_THAT(names(json.get("facts").items().at(0)), ElementsAre("kind", "message", "path"))
      << "of no line";
  EXPECT_EQ(json.get_string("reviewer"), "own/m");
  EXPECT_EQ(json.get("table").get("criteria").items().size(), 2u);
}

TEST_F(CellTextTest, OtherCellsHaveNothingOfAReview) {
  for (const char* member : {"facts", "reviewer", "table", "run", "cost", "new_tests"})
    EXPECT_THAT(names(to_json(judged_)), Not(::testing::Contains(member)));
}

std::vector<std::string> said(const record::Spec& spec) {
  std::vector<std::string> all;
  for (const record::Criterion& one : spec.acceptance_criteria)
    all.push_back(one.id + " " + one.then.at(0).expected.as_string().value_or("?"));
  return all;
}

TEST(SpecOfMessagesTest, EachCommitIsACriterionAndWhatItStatesIsOneEach) {
  struct Case {
    std::vector<std::string> messages, criteria;
  };
  const std::vector<Case> cases = {
      {{}, {}},
      {{"Add a page"}, {"AC1 Add a page"}},
      {{"Add a page\n\nWhy it is there."}, {"AC1 Add a page"}},
      {{"one", "two", "one"}, {"AC1 one", "AC2 two"}},
      {{"Add\n\nAcceptance criteria:\n\n- it is fast\n- it is small\n", "Mend it"},
       {"AC1 it is fast", "AC2 it is small", "AC3 Mend it"}},
  };
  for (const Case& one : cases) EXPECT_EQ(said(spec_of_messages(one.messages)), one.criteria);
}

TEST(SpecOfMessagesTest, TheNewestSubjectIsTheTitleAndAllWordsAreTheRequest) {
  record::Spec spec = spec_of_messages({"first\n\nbody", "second\n\nmore"});

  EXPECT_EQ(spec.title, "second");
  EXPECT_EQ(spec.request, "first\n\nbody\n\nsecond\n\nmore");
  EXPECT_EQ(spec.acceptance_criteria.at(1).source, "commit message: 'second'");
  EXPECT_TRUE(spec_of_messages({}).title.empty());
}

TEST(SpecOfMessagesTest, ManyCommitsAreNoMoreCriteriaThanARequestMayState) {
  std::vector<std::string> messages;
  for (int i = 0; i < 100; ++i) messages.push_back("step " + std::to_string(i));

  record::Spec spec = spec_of_messages(messages);

  ASSERT_THAT(spec.acceptance_criteria, SizeIs(stage::kMostStated));
  EXPECT_EQ(spec.acceptance_criteria.back().id, "AC" + std::to_string(stage::kMostStated));
}

TEST(LocksTextTest, AToolsOwnLockIsTellableFromOneThatSomebodyWrote) {
  struct Case {
    const char *severity, *message, *line;
    bool whole;
  };
  std::vector<record::Finding> all;
  std::string lines;
  for (const Case& one :
       {Case{"note", "brought up to date with pyproject.toml by uv",
             "lock: a.lock was brought up to date with pyproject.toml by uv\n", true},
        Case{"note", "completed by uv", "lock: a.lock was completed by uv\n", false},
        Case{"warning", "does not agree with pyproject.toml: old; run 'uv lock'",
             "lock: a.lock does not agree with pyproject.toml: old; run 'uv lock'\n", false}}) {
    record::Finding finding{"a.lock", 0, kLockRule, one.message, one.severity};
    EXPECT_EQ(is_whole_lock(finding), one.whole) << one.message;
    EXPECT_EQ(locks_text({finding}), one.line);
    all.push_back(finding);
    lines += one.line;
  }
  EXPECT_EQ(locks_text(all), lines);
  EXPECT_EQ(locks_text({}), "");
}

}  // namespace
}  // namespace gf::line
