// Files of a workspace that something rewrote without telling.
#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>

#include "base/text.h"
#include "git/workspace.h"
#include "support/assertions.h"
#include "support/repo.h"
#include "support/runner.h"

namespace gf::git {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

void put(const std::string& file, const std::string& content) {
  std::ofstream(file, std::ios::binary) << content;
}
std::string get(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

TEST(UnannouncedWriteTest, WhatACheckerRewroteIsPutBackAndWhatTheRunWroteStays) {
  test::TempRepo place;
  test::TempFolder beside;
  place.write("main.py", "print(1)\n");
  place.write("run.sh", "#!/bin/sh\n");
  place.write("other.py", "print(0)\n");
  fs::create_symlink("main.py", place.path() + "/link");
  Oid base = place.commit("base");
  ASSERT_GIVES(auto repo, Repo::open(place.path()));
  Program git(test::plain_runner(place.environment()), place.path());
  ASSERT_GIVES(auto space,
               Workspace::acquire(repo, git, beside / "pool", RunId::make({}, 1), base));
  std::string at = space.path() + "/";
  put(at + "main.py", "print(2)\n");
  put(at + "new.py", "print(3)\n");
  fs::remove(at + "other.py");
  for (const char* path : {"main.py", "new.py", "other.py"}) space.touched(path);
  ASSERT_GIVES(auto tree, space.snapshot());
  ASSERT_GIVES(auto nothing, space.take_back());
  EXPECT_THAT(nothing, IsEmpty());

  put(at + "main.py", "print( 2 )\n");
  fs::remove(at + "new.py");
  fs::permissions(at + "run.sh", fs::perms::owner_all);
  fs::remove(at + "link");
  fs::create_symlink("run.sh", at + "link");
  put(at + "report.txt", "made by a gate\n");
  put(at + "other.py", "made again\n");
  ASSERT_GIVES(auto back, space.take_back());

  EXPECT_THAT(back, ElementsAre("link", "main.py", "new.py", "other.py", "run.sh"));
  EXPECT_EQ(get(at + "main.py"), "print(2)\n");
  EXPECT_EQ(get(at + "new.py"), "print(3)\n");
  EXPECT_EQ(fs::read_symlink(at + "link"), "main.py");
  EXPECT_EQ(fs::status(at + "run.sh").permissions() & fs::perms::owner_exec, fs::perms::none);
  EXPECT_FALSE(fs::exists(at + "other.py")) << "the run took it away";
  EXPECT_EQ(get(at + "report.txt"), "made by a gate\n") << "nobody's file";
  EXPECT_EQ(space.tree(), tree);

  put(at + "main.py", "print(4)\n");
  space.touched("main.py");
  ASSERT_GIVES(auto taken_back, space.take_back());
  EXPECT_THAT(taken_back, IsEmpty());
  EXPECT_EQ(get(at + "main.py"), "print(4)\n") << "told of, and not stored yet";
}

// A setting of the user's for people who read differences names a file that is not in the pool.
TEST(UnannouncedWriteTest, WhatAUserLikesOfDifferencesStopsNothing) {
  test::TempRepo place;
  test::TempFolder beside;
  place.write("main.py", "print(1)\n");
  Oid base = place.commit("base");
  place.git({"config", "diff.orderFile", ".order"});
  place.git({"config", "diff.mnemonicPrefix", "true"});
  place.git({"config", "color.ui", "always"});
  ASSERT_GIVES(auto repo, Repo::open(place.path()));
  Program git(test::plain_runner(place.environment()), place.path());
  ASSERT_GIVES(auto space,
               Workspace::acquire(repo, git, beside / "pool", RunId::make({}, 1), base));
  put(space.path() + "/main.py", "print( 1 )\n");

  ASSERT_GIVES(auto back, space.take_back());

  EXPECT_THAT(back, ElementsAre("main.py"));
  EXPECT_EQ(get(space.path() + "/main.py"), "print(1)\n");
}

}  // namespace
}  // namespace gf::git
