// The repository that a replay works in, and that a revision is judged in: it sees the clone's objects and leaves nothing there.
#include "session/scratch.h"

#include <gmock/gmock.h>
#include <unistd.h>

#include <filesystem>

#include "base/text.h"
#include "support/opened.h"

namespace gf::session {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

class ScratchTest : public test::OpenedTest {
 protected:
  void SetUp() override {
    place_.write("a.txt", "one\n");
    ASSERT_NO_FATAL_FAILURE(open());
    root_ = context_->setup.environment.cache_folder().value() + "/replay";
  }
  std::string root_;
};

TEST_F(ScratchTest, ItHasTheClonesObjectsAndNoneOfItsRefs) {
  ASSERT_GIVES(auto scratch, Scratch::make(*context_));

  EXPECT_TRUE(scratch.context().repo.exists(base_));
  EXPECT_EQ(scratch.context().repo.refs("refs/").value().size(), 0u);
  EXPECT_EQ(scratch.context().setup.directory, scratch.folder() + "/record.git");
}

TEST_F(ScratchTest, WhatIsMadeThereIsNotInTheClone) {
  ASSERT_GIVES(auto scratch, Scratch::make(*context_));

  ASSERT_GIVES(Oid made, scratch.context().repo.write_blob("only a replay's"));

  EXPECT_TRUE(scratch.context().repo.exists(made));
  EXPECT_FALSE(context_->repo.exists(made));
}

TEST_F(ScratchTest, TheFolderIsGoneWithItAndOnlyTheUserMayLookIn) {
  std::string folder;
  {
    ASSERT_GIVES(auto scratch, Scratch::make(*context_));
    folder = scratch.folder();
    EXPECT_TRUE(fs::exists(folder));
    EXPECT_EQ(fs::status(root_).permissions(), fs::perms::owner_all);
  }
  EXPECT_FALSE(fs::exists(folder));
}

TEST_F(ScratchTest, WhatAProcessThatIsNoMoreLeftIsSwept) {
  // The highest number that a process can have is above kernel.pid_max.
  fs::create_directories(root_ + "/2147483646-gone");
  fs::create_directories(root_ + "/" + std::to_string(getpid()) + "-mine");
  fs::create_directories(root_ + "/keep-me");

  ASSERT_DONE(Scratch::make(*context_));

  EXPECT_FALSE(fs::exists(root_ + "/2147483646-gone"));
  EXPECT_TRUE(fs::exists(root_ + "/" + std::to_string(getpid()) + "-mine"));
  EXPECT_TRUE(fs::exists(root_ + "/keep-me")) << "nothing that we did not name";
}

TEST_F(ScratchTest, TheUsersSettingsSignNothingAndRunNoHookThere) {
  place_.git("config commit.gpgSign true");
  ASSERT_GIVES(auto scratch, Scratch::make(*context_));

  ASSERT_GIVES(auto sign, scratch.context().git.setting("commit.gpgsign"));
  ASSERT_GIVES(auto hooks, scratch.context().git.setting("core.hookspath"));

  EXPECT_EQ(sign, "false");
  EXPECT_EQ(hooks, "/dev/null");
}

TEST_F(ScratchTest, AFolderThatCannotBeWrittenIsAnErrorWithTheWayOut) {
  folder_.write("file", "");
  variables_["XDG_CACHE_HOME"] = folder_ / "file";
  ASSERT_GIVES(auto context, Context::open(setup(), false));

  auto scratch = Scratch::make(*context);

  ASSERT_FALSE(scratch.ok());
  EXPECT_EQ(scratch.error().fault, Fault::kEnvironment);
  EXPECT_THAT(scratch.error().hint, HasSubstr("XDG_CACHE_HOME"));
}

}  // namespace
}  // namespace gf::session
