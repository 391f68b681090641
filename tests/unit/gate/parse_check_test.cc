// Whether changed files still parse, by python itself.
#include <gmock/gmock.h>
#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>

#include "gate/gate.h"
#include "support/assertions.h"
#include "support/folder.h"

namespace gf::gate {
namespace {

using record::GateOutcome;
using Status = GateOutcome::Status;

class ParseCheckTest : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_NE(std::getenv("GF_TEST_PYTHON"), nullptr) << "set GF_TEST_PYTHON to a python";
  }
  Result<GateOutcome> check(const std::vector<std::string>& paths) const {
    Place place;
    place.worktree = folder_.path();
    place.environment = proc::current_environment();
    Cancel cancel;
    return parse_check(std::getenv("GF_TEST_PYTHON"), place, paths, cancel);
  }
  test::TempFolder folder_;
};

TEST_F(ParseCheckTest, WhatDoesNotParseIsNamed) {
  folder_.write("good.py", "x = 1\n");
  folder_.write("bad.py", "x = 1\ndef f(:\n");
  folder_.write("bad.json", "{\"a\": }");
  folder_.write("bad.toml", "a = \n");
  folder_.write("deep.json", std::string(200000, '['));
  folder_.write("odd \n name.py", "(");
  folder_.write("--help.py", "x = 1\n");

  ASSERT_GIVES(GateOutcome outcome,
               check({"good.py", "bad.py", "bad.json", "bad.toml", "deep.json", "odd \n name.py",
                      "--help.py", "gone.py", "\xff.py", "a.txt"}));

  EXPECT_EQ(outcome.status, Status::kFail) << outcome.output_tail;
  std::vector<std::string> paths;
  for (const record::Finding& finding : outcome.findings) paths.push_back(finding.path);
  EXPECT_THAT(
      paths, testing::ElementsAre("bad.py", "bad.json", "bad.toml", "deep.json", "odd \n name.py"));
  EXPECT_EQ(outcome.findings[0].line, 2);
}

TEST_F(ParseCheckTest, LinksAndPipesAreNotOpened) {
  std::string target = folder_.write("outside", "(");
  std::filesystem::create_symlink(target, folder_ / "link.py");
  ASSERT_EQ(mkfifo((folder_ / "pipe.py").c_str(), 0600), 0);

  ASSERT_GIVES(GateOutcome outcome, check({"link.py", "pipe.py"}));

  EXPECT_EQ(outcome.status, Status::kPass) << outcome.reason;
}

TEST_F(ParseCheckTest, NothingToReadPassesWithoutAProcess) {
  ASSERT_GIVES(GateOutcome outcome, check({"a.md", "b.c"}));

  EXPECT_EQ(outcome.status, Status::kPass);
  EXPECT_TRUE(outcome.argv.empty());
}

}  // namespace
}  // namespace gf::gate
