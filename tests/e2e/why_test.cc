// git factory why, on a feature that came all the way through the line.
#include <gmock/gmock.h>

#include "e2e/factory.h"

namespace gf::test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using WhyCommandTest = FactoryTest;

TEST_F(WhyCommandTest, ALineOfADeliveredFeatureLeadsToItsRunAndAHandWrittenOneDoesNot) {
  make_shop();
  ASSERT_EQ(feature("health", kHealth).exit_code, 0);
  repo_.write("unrelated.txt", "x\n");
  repo_.commit("main moves on");
  repo_.git({"merge", "-q", "--squash", "factory/health"});
  repo_.git({"commit", "-q", "-m", "Squashed by a forge that keeps no trailer"});

  int line = 0, number = 0;
  std::string text = repo_.read("app/routers/health.py");
  for (size_t at = 0, end; (end = text.find('\n', at)) != std::string::npos; at = end + 1) {
    ++number;
    if (text.substr(at, end - at).find("return") != std::string::npos) line = number;
  }
  ASSERT_GT(line, 0) << text;
  Ran ran = factory({"why", "routers/health.py:" + std::to_string(line)}, repo_.path() + "/app");
  EXPECT_EQ(ran.exit_code, 0) << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("link     the same patch on another base"));
  EXPECT_THAT(ran.out, HasSubstr("serves   AC1 "));
  EXPECT_THAT(ran.out, HasSubstr("written  build, attempt "));
  EXPECT_THAT(ran.out, HasSubstr("exchange "));
  EXPECT_THAT(ran.out, HasSubstr("verdict  approved by "));
  EXPECT_THAT(ran.out, HasSubstr("cost     "));

  ran = factory({"--json", "why", "CHANGELOG.md:1"});
  EXPECT_EQ(ran.exit_code, 1);
  EXPECT_FALSE(record::Json::parse(ran.out).value().get_bool("from_run", true));
  ran = factory({"why", "app/main.py"});
  EXPECT_EQ(ran.exit_code, 129);
  ran = factory({"why", "../../etc/passwd:1"});
  EXPECT_EQ(ran.exit_code, 128);
  EXPECT_THAT(ran.err, HasSubstr("outside of the repository"));
  EXPECT_THAT(factory({"why", "unrelated.txt:1"}).out, HasSubstr("did not come from a run"));
}

}  // namespace
}  // namespace gf::test
