// SCOUT's memo: what in it the tree does not bear out is put right, and no reason to ask again.
#include <gmock/gmock.h>

#include "stage/stage.h"
#include "support/facts.h"

namespace gf::stage {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class BriefTest : public ::testing::Test {
 protected:
  static record::Json answer() {
    return record::Json::parse(R"({"files":["app/main.py","app/new.py"],
      "new_files":["app/store.py","app/more.py"],
      "reuse":[{"path":"app/store.py","symbol":"Store","why":"w"},
               {"path":"app/gone.py","symbol":"Gone","why":"w"}],
      "places":[{"path":"app/main.py","first":1,"last":2,"why":"w"},
                {"path":"lib/gone.py","first":1,"last":2,"why":"w"}],
      "conventions":[],"test_files":[],"test_command":"","notes":"n"})")
        .value();
  }
  static SettledBrief settle(const test::MapFacts& tree) {
    return settled(brief_from_json(answer()).value(), tree);
  }
  test::MapFacts tree_{{{"app/main.py", "x"}, {"app/store.py", "y"}}};
};

TEST_F(BriefTest, IsToldInLinesAndWithoutWhatIsEmpty) {
  Brief brief = brief_from_json(answer()).value();
  brief.reuse.pop_back();
  brief.places.pop_back();
  brief.conventions = {"one router a file", "no types"};

  EXPECT_EQ(brief_text(brief),
            "Files to change: app/main.py, app/new.py\n"
            "New files: app/store.py, app/more.py\n"
            "Places to know:\n- app/main.py:1-2: w\n"
            "To be used again:\n- Store in app/store.py: w\n"
            "How things are done here:\n- one router a file\n- no types\n"
            "Notes: n\n");
  EXPECT_EQ(brief_text({}), "");
}

TEST_F(BriefTest, APathInTheWrongListIsPutIntoTheOther) {
  SettledBrief all = settle(tree_);

  EXPECT_THAT(all.brief.files, ElementsAre("app/main.py", "app/store.py"));
  EXPECT_THAT(all.brief.new_files, ElementsAre("app/more.py", "app/new.py"));
}

TEST_F(BriefTest, AHintAtWhatIsNotThereIsLeftOutAndSaid) {
  SettledBrief all = settle(tree_);

  ASSERT_EQ(all.brief.reuse.size(), 1u);
  EXPECT_EQ(all.brief.reuse[0].path, "app/store.py");
  ASSERT_EQ(all.brief.places.size(), 1u);
  EXPECT_EQ(all.brief.places[0].path, "app/main.py");
  EXPECT_THAT(all.changes, ElementsAre(HasSubstr("'app/new.py'"), HasSubstr("'app/store.py'"),
                                       HasSubstr("'app/gone.py' in reuse"),
                                       HasSubstr("'lib/gone.py' in places")));
}

TEST_F(BriefTest, AMemoThatTheTreeBearsOutStaysAsItIs) {
  test::MapFacts tree(
      {{"app/main.py", "x"}, {"app/new.py", "x"}, {"app/gone.py", "x"}, {"lib/gone.py", "x"}});
  Brief brief = brief_from_json(answer()).value();
  brief.reuse.erase(brief.reuse.begin());

  SettledBrief all = settled(brief, tree);

  EXPECT_THAT(all.changes, IsEmpty());
  EXPECT_TRUE(all.brief == brief);
}

TEST_F(BriefTest, NobodyIsAskedAgainForIt) {
  Input in;
  in.tree = &tree_;
  in.spec = record::Spec();
  Output out;
  out.json = answer();

  EXPECT_EQ(find_stage("scout")->eval(in, out).value().kind, Judgement::Kind::kPass);

  in.rules = Rules::kTestsValidated;
  EXPECT_EQ(find_stage("scout")->eval(in, out).value().kind, Judgement::Kind::kAgain);
}

}  // namespace
}  // namespace gf::stage
