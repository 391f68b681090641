// What git could not do in a workspace, and how it is told.
#include <gmock/gmock.h>

#include <fstream>

#include "git/workspace.h"
#include "support/assertions.h"
#include "support/repo.h"
#include "support/runner.h"

namespace gf::git {
namespace {

using ::testing::HasSubstr;

TEST(WorkspaceErrorsTest, AFilterThatFailsIsToldWithWhatGitWasAskedForAndWhy) {
  test::TempRepo place;
  test::TempFolder beside;
  place.write(".gitattributes", "*.bad filter=bad\n");
  Oid base = place.commit("base");
  place.git("config filter.bad.required true");
  place.git({"config", "filter.bad.clean", "echo no such key >&2; false"});
  ASSERT_GIVES(auto repo, Repo::open(place.path()));
  Program git(test::plain_runner(place.environment()), place.path());
  ASSERT_GIVES(auto space,
               Workspace::acquire(repo, git, beside / "pool", RunId::make({}, 1), base));
  std::ofstream(space.path() + "/x.bad") << "text\n";
  space.touched("x.bad");

  auto tree = space.snapshot();

  ASSERT_FALSE(tree.ok());
  EXPECT_THAT(tree.error().message, HasSubstr("git update-index failed in the pooled worktree"));
  EXPECT_THAT(tree.error().detail, HasSubstr("no such key"));
}

}  // namespace
}  // namespace gf::git
