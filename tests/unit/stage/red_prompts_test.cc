// Each prompt that tells of a gate that is red on the base says what the gate names.
#include <gmock/gmock.h>

#include "unit/stage/judged.h"

namespace gf::stage {
namespace {

using record::TestStatus;
using ::testing::HasSubstr;
using ::testing::Not;

class RedPromptsTest : public StagesTest {
 protected:
  RedPromptsTest() {
    for (const char* path : {"a.rs", "b.rs", "a.rs", "c.rs", "d.rs", "e.rs", "f.rs"})
      found_.push_back(
          {path, static_cast<int>(found_.size()) + 1, "fmt", "not formatted", "error"});
    in_.base_outcomes = {lint(GateOutcome::Status::kFail, found_),
                         tests({{"t.ts::is red", TestStatus::kFailed, "assertion", "x"},
                                {"t.ts::is green", TestStatus::kPassed, "", ""}})};
    in_.base_outcomes[1].status = GateOutcome::Status::kFail;
    in_.outcomes = in_.base_outcomes;
  }
  std::string prompt(const char* stage) {
    std::string_view name = stage;
    in_.prompt_template = name == "build" || name == "test" ? "{{brief}}" : "{{gates}}";
    return find_stage(stage)->prompt(in_).value().back().content;
  }
  std::vector<record::Finding> found_;
};

TEST_F(RedPromptsTest, TheFirstFewFilesAndHowManyMoreThereAre) {
  const std::string files = "in a.rs, b.rs, c.rs, d.rs, e.rs and 1 other file";
  struct Case {
    const char *stage, *before;
  };
  for (const Case& one : {Case{"scout", "ruff: fail, 7 findings "},
                          {"build", "ruff: fail, 7 findings "},
                          {"test", "ruff: fail, 7 findings "},
                          {"review", "7 findings were there before the change as well "}})
    EXPECT_THAT(prompt(one.stage), HasSubstr(one.before + files)) << one.stage;
}

TEST_F(RedPromptsTest, TheTestsThatFail) {
  for (const char* stage : {"scout", "build", "test", "review"})
    EXPECT_THAT(prompt(stage), HasSubstr("t.ts::is red")) << stage;
  for (const char* stage : {"scout", "build", "test"})
    EXPECT_THAT(prompt(stage), Not(HasSubstr("is green"))) << stage;
}

TEST_F(RedPromptsTest, WhereNoneIsRedNothingIsSaidOfIt) {
  in_.base_outcomes = {lint(GateOutcome::Status::kPass, {})};
  for (const char* stage : {"build", "test"})
    EXPECT_THAT(prompt(stage), Not(HasSubstr("before the change"))) << stage;
}

}  // namespace
}  // namespace gf::stage
