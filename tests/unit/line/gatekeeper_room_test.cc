// What gates are started in follows the tree that lies in the slot.
#include <gmock/gmock.h>

#include <fstream>

#include "unit/line/kept.h"

namespace gf::line {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;
using Status = record::GateOutcome::Status;

class GatekeeperRoomTest : public KeptTest {
 protected:
  gate::Gate gate() const {
    gate::Gate made;
    made.name = "check";
    made.argv = {"grep", "-q", "good", "a.txt"};
    made.report = "exit";
    return made;
  }
};

TEST_F(GatekeeperRoomTest, TheEnvironmentIsThatOfTheTreeWhichLiesHere) {
  Room room;
  room.tree = workspace_->tree();
  std::vector<std::string> prepared;
  room.prepare = [&](const record::TreeFacts& tree) -> Result<env::Ready> {
    prepared.push_back(tree.read("pyproject.toml").value_or("none"));
    env::Ready ready;
    ready.identity = prepared.back();
    if (prepared.back() == "odd")
      return Error{Fault::kConfiguration, "no such package", {}, "mend it"};
    if (prepared.back() == "far")
      return Error{Fault::kEnvironment, "no network", {}, "check the network"};
    return ready;
  };
  auto silent = [](const std::string&, const std::string&, const record::Json&) {};
  Gatekeeper keeper(*context_, *active_, *workspace_, {gate()}, room, folder_ / "cache", silent);
  auto lay = [&](const char* name, const char* text) {
    std::ofstream(workspace_->path() + "/" + name) << text;
    workspace_->touched(name);
    ASSERT_DONE(workspace_->snapshot());
  };
  Oid base = workspace_->tree();

  lay("b.py", "code\n");
  ASSERT_DONE(keeper.run("validate", {}, {}));
  EXPECT_TRUE(prepared.empty()) << "code asks for nothing";

  lay("pyproject.toml", "six");
  ASSERT_DONE(keeper.run("validate", {}, {}));
  ASSERT_DONE(keeper.run("validate", {"one"}, {}));
  EXPECT_THAT(prepared, ElementsAre("six")) << "once a tree";

  ASSERT_DONE(workspace_->materialise(base));
  ASSERT_DONE(keeper.run("validate", {"two"}, {}));
  EXPECT_THAT(prepared, ElementsAre("six", "none")) << "the base has its own";

  lay("pyproject.toml", "odd");
  ASSERT_GIVES(auto said, keeper.run("validate", {}, {}));
  ASSERT_THAT(said, SizeIs(1));
  EXPECT_EQ(said[0].status, Status::kFail);
  ASSERT_THAT(said[0].findings, SizeIs(1));
  EXPECT_EQ(said[0].findings[0].path, "pyproject.toml");
  EXPECT_EQ(said[0].findings[0].rule, record::kNoEnvironment);
  EXPECT_THAT(said[0].findings[0].message, HasSubstr("no such package"));

  lay("pyproject.toml", "far");
  auto stopped = keeper.run("validate", {}, {});
  ASSERT_FALSE(stopped.ok()) << "nobody could be asked: no model could mend that";
  EXPECT_EQ(stopped.error().message, "'pyproject.toml' asks for another environment: no network");
  EXPECT_EQ(stopped.error().hint, "check the network; then 'git factory resume'");
}

}  // namespace
}  // namespace gf::line
