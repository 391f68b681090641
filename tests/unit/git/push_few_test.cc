// A push of the few objects of a record.
#include "git/push_few.h"

#include "unit/git/beside_a_remote.h"

namespace gf::git {
namespace {

using PushFewTest = GitProgramTest;

TEST_F(PushFewTest, AFewObjectsGoAsAllOthersDo) {
  add_remote();
  Oid next = commit_more("b.txt");
  std::string spec = next.hex() + ":refs/factory/ledger/2026-01";
  ASSERT_GIVES(auto pushed, push_few(program(), "origin", {spec}));
  EXPECT_TRUE(pushed.pushed);
  EXPECT_EQ(place_.git({"--git-dir=" + remote_, "rev-parse", "refs/factory/ledger/2026-01"}),
            next.hex() + "\n");
  // Another one that does not follow: refused, and nothing is forced.
  std::string behind = base_.hex() + ":refs/factory/ledger/2026-01";
  ASSERT_GIVES(auto refused, push_few(program(), "origin", {behind}));
  EXPECT_FALSE(refused.pushed);
  EXPECT_TRUE(refused.rejected);
  for (const std::vector<std::string>& specs :
       {std::vector<std::string>{"+" + spec}, std::vector<std::string>{},
        std::vector<std::string>{"--force"}}) {
    EXPECT_FALSE(push_few(program(), "origin", specs).ok());
  }
}

}  // namespace
}  // namespace gf::git
