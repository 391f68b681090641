// git factory sync, as typed: what it prints, what it refuses, what it advises.
#include <gmock/gmock.h>

#include "e2e/factory.h"

namespace gf::test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class SyncCommandTest : public FactoryTest {
 protected:
  void SetUp() override {
    repo_.write("a.txt", "one\n");
    repo_.commit("first");
    remote_ = repo_.add_remote();
  }
  std::string remote_;
};

TEST_F(SyncCommandTest, WithoutAShareNothingIsSentAndThatIsSaid) {
  Ran ran = factory({"sync"});
  EXPECT_EQ(ran.exit_code, 0) << ran.err;
  EXPECT_EQ(ran.out, "origin: nothing new here or there\n");
  EXPECT_THAT(ran.err, HasSubstr("nothing was sent: factory.share is not set"));
  EXPECT_THAT(ran.err, HasSubstr("plain 'git fetch origin' does not bring the record"));
}

TEST_F(SyncCommandTest, JsonIsOneObject) {
  Ran ran = factory({"--json", "sync", "--share=summary", "origin"});
  ASSERT_EQ(ran.exit_code, 0) << ran.err;
  auto json = record::Json::parse(ran.out);
  ASSERT_TRUE(json.ok()) << ran.out;
  EXPECT_EQ(json->get_string("remote"), "origin");
  EXPECT_EQ(json->get_string("share"), "summary");
  EXPECT_EQ(json->get_int("sent", -1), 0);
  EXPECT_TRUE(json->get("warnings").items().empty());
}

TEST_F(SyncCommandTest, ARemoteThatIsNoneAndAShareThatIsNoneAreNamed) {
  Ran ran = factory({"sync", "--", "--upload-pack=touch x"});
  EXPECT_EQ(ran.exit_code, 128);
  EXPECT_THAT(ran.err, HasSubstr("'--upload-pack=touch x' is no remote"));
  ran = factory({"sync", "--share=everything"});
  EXPECT_EQ(ran.exit_code, 128);
  EXPECT_THAT(ran.err, HasSubstr("use none, summary or full"));
  repo_.git({"remote", "remove", "origin"});
  ran = factory({"sync"});
  EXPECT_EQ(ran.exit_code, 128);
  EXPECT_THAT(ran.err, HasSubstr("git remote add origin"));
}

TEST_F(SyncCommandTest, ATrackedFileCannotMakeThisMachineSend) {
  repo_.write(".gitfactory", "[factory]\n\tshare = full\n");
  repo_.commit("share it all");
  Ran ran = factory({"--json", "sync"});
  ASSERT_EQ(ran.exit_code, 0) << ran.err;
  EXPECT_EQ(record::Json::parse(ran.out).value().get_string("share"), "none");
}

TEST_F(SyncCommandTest, ASingleBranchCloneIsToldHowToSeeDeliveredBranches) {
  std::string clone = repo_.folder() / "single";
  repo_.git({"clone", "-q", "--single-branch", "file://" + remote_, clone});
  Ran ran = factory({"sync"}, clone);
  EXPECT_EQ(ran.exit_code, 0) << ran.err;
  EXPECT_THAT(ran.err, HasSubstr("git remote set-branches origin \"*\""));
  EXPECT_THAT(factory({"sync"}).err, Not(HasSubstr("set-branches")));
}

TEST_F(SyncCommandTest, AShallowCloneIsRefusedWithTheCommandThatMendsIt) {
  repo_.write("a.txt", "two\n");
  repo_.commit("second");
  repo_.git({"push", "-q", "origin", "main"});
  std::string clone = repo_.folder() / "shallow";
  repo_.git({"clone", "-q", "--depth=1", "file://" + remote_, clone});
  Ran ran = factory({"sync"}, clone);
  EXPECT_EQ(ran.exit_code, 128);
  EXPECT_THAT(ran.err, HasSubstr("git fetch --unshallow origin"));
}

}  // namespace
}  // namespace gf::test
