// feature --approve: nothing is built before a person said yes to the spec.
#include <gmock/gmock.h>

#include "e2e/factory.h"

namespace gf::test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class ApprovalTest : public FactoryTest {};

TEST_F(ApprovalTest, WithoutATerminalTheRunWaitsUntilSomebodyApproves) {
  make_shop();
  Ran ran = feature("health", kHealth, {"--approve"});
  EXPECT_EQ(ran.exit_code, 128);
  EXPECT_THAT(ran.err, HasSubstr("Acceptance criteria"));
  EXPECT_THAT(ran.err, HasSubstr("fatal: the spec waits for approval"));
  EXPECT_THAT(ran.err, HasSubstr("git factory resume --approve"));
  ran = factory({"resume"});
  EXPECT_EQ(ran.exit_code, 128) << "going on is no approval";
  EXPECT_EQ(factory({"show", "--json"}).out.find("\"stage\":\"scout\""), std::string::npos);
  ran = factory({"resume", "--approve"});
  EXPECT_EQ(ran.exit_code, 0) << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("pull request #1"));
  EXPECT_THAT(factory({"show", "--json"}).out, HasSubstr("\"approve\":\"given\""));
}

TEST_F(ApprovalTest, AtATerminalTheAnswerIsTyped) {
  make_shop();
  auto environment_here = environment();
  environment_here["TERM"] = "xterm";
  auto typed = [&](const std::string& answer) {
    std::string command = std::string("git factory feature --again --approve --no-pr --slug health ") +
                          "--model scripted/health '" + kHealth + "'";
    return run({"script", "-qec", command, "/dev/null"}, repo_.path(), environment_here, answer);
  };
  Ran ran = typed("n\n");
  EXPECT_EQ(ran.exit_code, 128);
  EXPECT_THAT(ran.out, HasSubstr("build this? [y/N]"));
  EXPECT_THAT(ran.out, HasSubstr("waits for approval"));
  ran = typed("y\n");
  EXPECT_EQ(ran.exit_code, 0) << ran.out;
  EXPECT_THAT(ran.out, HasSubstr("branch factory/health"));
}

}  // namespace
}  // namespace gf::test
