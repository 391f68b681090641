// The retrospective: causes that are one, changes that did something, nothing without its runs.
#include "analyst/retro.h"

#include <gmock/gmock.h>

#include "base/text.h"
#include "unit/store/record.h"

namespace gf::analyst {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(CauseTest, CasesThatDifferInNamesAndNumbersAreOne) {
  EXPECT_EQ(cause_of("mypy dict-item app/routers/health.py:12: Dict entry 0 has type \"str\""),
            cause_of("mypy dict-item app/routers/items.py:7: Dict entry 3 has type \"int\""));
  EXPECT_EQ(cause_of("AC2 tests/t.py::test_ac2_x: assert 200 == 404"),
            cause_of("AC1 tests/u.py::test_ac2_x: assert 500 == 201"));
  EXPECT_NE(cause_of("ruff F401 a/b.py:3"), cause_of("ruff E501 a/b.py:3"));
  EXPECT_EQ(cause_of("tree 04f90615fa differs"), cause_of("tree ba56c80d82 differs"));
  EXPECT_EQ(cause_of("it doesn't stop"), "it doesn't stop");
  EXPECT_EQ(cause_of(""), "");
  EXPECT_EQ(cause_of("an open 'quote"), "an open 'quote");
  EXPECT_FALSE(cause_of(std::string("\0\xff/\x1b", 4)).empty());
}

class RetroTest : public store::test::StoreTest {
 protected:
  struct Wish {
    std::string slug, tool = "0.1.0", model = "small", reason = {};
    bool good = true;
    int64_t pico = 1'000'000'000'000;
  };
  std::string add(const Wish& wish) {
    git::Repo repo = open_repo();
    store::Store store = open_store(repo);
    clock_.advance(Milliseconds(1000));
    record::RunRecord run = new_run(repo, ++number_, wish.slug);
    run.tool_version = wish.tool;
    auto active = store.begin(run).value();
    record::StageRecord build = stage(1, "build", run.base_tree, run.base);
    build.provider = "ollama";
    build.model_answered = wish.model;
    build.cost = {wish.pico, "provider"};
    build.status = wish.good ? record::StageStatus::kPass : record::StageStatus::kFail;
    build.reason = wish.reason;
    build.failure = wish.good ? record::FailureClass::kNone : record::FailureClass::kDeterministic;
    EXPECT_DONE(active.put_stage(build));
    run.status = wish.good ? record::RunStatus::kDelivered : record::RunStatus::kFailed;
    if (!wish.good) run.failed_stage = "build";
    run.ended = run.started + Milliseconds(10);
    EXPECT_DONE(store.seal(active, run));
    return run.id.id8();
  }
  std::string text() {
    auto index = Index::open(open_repo(), {});
    EXPECT_DONE(index);
    auto made = retro(*index, {});
    EXPECT_DONE(made);
    return std::move(made).value();
  }
  uint32_t number_ = 0;
};

TEST_F(RetroTest, OfNoRunNothingIsClaimed) {
  EXPECT_EQ(text(), "No run has ended in that time.\n");
}

TEST_F(RetroTest, FailuresThatShareACauseAreToldTogetherWithTheirRuns) {
  std::string a = add({.slug = "a", .reason = "ruff F401 app/x.py:3 'os'", .good = false});
  std::string b = add({.slug = "b", .reason = "ruff F401 app/y.py:9 're'", .good = false});
  std::string c = add({.slug = "c", .reason = "patience ran out", .good = false});
  std::string rendered = text();
  EXPECT_THAT(rendered, HasSubstr("- build, 2 runs, 2 attempts (deterministic): a `" + a +
                                  "`, b `" + b + "`\n  for example: ruff F401 app/x.py:3 'os'\n"));
  EXPECT_THAT(rendered,
              HasSubstr("Seen once:\n\n- build, 1 attempt (deterministic): c `" + c + "`"));
  EXPECT_THAT(rendered, HasSubstr("- Delivered 0/3 (0%, 0-56%): none.\n"));
  EXPECT_THAT(rendered, HasSubstr("| build | 3 | 3 | 3 | a `" + a + "`"));
  EXPECT_EQ(rendered, text()) << "the same record gives the same text";
}

TEST_F(RetroTest, AChangeIsToldWithTheNumbersUnderEachValue) {
  for (int i = 0; i < 8; ++i)
    add({.slug = "before", .model = "small", .reason = "bad", .good = false});
  std::string first = add({.slug = "after", .model = "large"});
  for (int i = 0; i < 7; ++i) add({.slug = "after", .model = "large"});
  std::string rendered = text();
  EXPECT_THAT(rendered, HasSubstr("### model of build"));
  EXPECT_THAT(rendered, HasSubstr("| ollama/small | 8 | 0/8 (0%, 0-32%) |"));
  EXPECT_THAT(rendered, HasSubstr("| ollama/large | 8 | 8/8 (100%, 68-100%) |"));
  EXPECT_THAT(rendered, HasSubstr("- ollama/large since after `" + first +
                                  "`: success rates differ by more than chance.\n"));
  EXPECT_THAT(rendered, HasSubstr("The same in all runs: git-factory 0.1.0"));
}

TEST_F(RetroTest, ASmallDifferenceIsNotCalledOneAndCompanyIsTold) {
  add({.slug = "a", .reason = "bad", .good = false});
  add({.slug = "b", .tool = "0.2.0", .model = "large"});
  std::string rendered = text();
  EXPECT_THAT(rendered, HasSubstr("the intervals overlap: no difference can be told from chance; "
                                  "changed in the same run: git-factory"));
}

TEST_F(RetroTest, StoredTextCannotBreakOut) {
  add({.slug = "a\x1b[2J", .reason = "x\n# Not a heading | `code` \x1b]0;t\x07", .good = false});
  std::string rendered = text();
  EXPECT_THAT(rendered, Not(HasSubstr("\x1b")));
  EXPECT_THAT(rendered, Not(HasSubstr("\n# Not")));
  EXPECT_THAT(rendered, HasSubstr("Not a heading \\| \\`code\\`"));
}

}  // namespace
}  // namespace gf::analyst
