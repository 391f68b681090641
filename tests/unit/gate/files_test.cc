// Which changed files a gate is given.
#include <gtest/gtest.h>

#include "gate/gate.h"
#include "support/assertions.h"
#include "support/folder.h"

namespace gf::gate {
namespace {

class FilesTest : public testing::Test {
 protected:
  FilesTest() {
    gate_.name = "shown";
    gate_.report = "exit";
    gate_.argv = {"sh", "-c", "printf '%s\\n' \"$@\"", "sh", "{files}"};
  }
  record::GateOutcome run(const std::vector<std::string>& patterns) {
    gate_.files = patterns;
    Place place;
    place.worktree = folder_.path();
    place.scratch = folder_ / "scratch";
    place.environment = proc::current_environment();
    Cancel cancel;
    auto outcome =
        run_gate(gate_, place, {}, {"a.py", "src/b.py", "src/deep/c.py", "-x.md"}, cancel);
    EXPECT_DONE(outcome);
    return outcome.ok() ? *outcome : record::GateOutcome{};
  }
  test::TempFolder folder_;
  Gate gate_;
};

TEST_F(FilesTest, AreThoseThatAPatternMatches) {
  EXPECT_EQ(run({"*.py"}).output_tail, "./a.py\n./src/b.py\n./src/deep/c.py\n");
  EXPECT_EQ(run({"src/*.py", "*.md"}).output_tail, "./src/b.py\n./-x.md\n");
  EXPECT_EQ(run({"src/"}).output_tail, "./src/b.py\n./src/deep/c.py\n");
  EXPECT_EQ(run({"a.py"}).output_tail, "./a.py\n");
  EXPECT_EQ(run({}).output_tail, "./a.py\n./src/b.py\n./src/deep/c.py\n./-x.md\n");
}

TEST_F(FilesTest, WithoutOneTheGatePassesAndIsNotRun) {
  record::GateOutcome outcome = run({"*.c"});

  EXPECT_EQ(outcome.status, record::GateOutcome::Status::kPass);
  EXPECT_EQ(outcome.reason, "no changed file is its business");
  EXPECT_TRUE(outcome.argv.empty());
}

}  // namespace
}  // namespace gf::gate
