#include "env/kept_build.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "support/folder.h"

namespace gf::env {
namespace {

namespace fs = std::filesystem;

class KeptBuildTest : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_.write("slot/pkg/fast.c", "int x;\n");
    folder_.write("slot/pkg/__init__.py", "");
  }
  std::string slot() const { return folder_ / "slot"; }
  std::string overlay() const { return folder_ / "overlay"; }
  /// As a build and the cleaning after it.
  void build_keep_and_clean() {
    key_ = build_key({slot()});
    std::set<std::string> before = files_in({slot()});
    folder_.write("slot/pkg/fast.so", "machine code");
    folder_.write("slot/build/x/y.o", "object");
    fs::create_symlink("fast.so", slot() + "/pkg/also.so");
    made_ = fs::last_write_time(slot() + "/pkg/fast.so");
    keep_build(overlay(), key_, {slot()}, before);
    for (const char* name : {"/pkg/fast.so", "/pkg/also.so", "/build"})
      fs::remove_all(slot() + name);
  }

  test::TempFolder folder_;
  std::string key_;
  fs::file_time_type made_;
};

TEST_F(KeptBuildTest, WhatABuildLeftIsLaidBackWithItsTimes) {
  build_keep_and_clean();
  ASSERT_EQ(build_key({slot()}), key_);

  ASSERT_TRUE(lay_back_build(overlay(), key_));

  EXPECT_EQ(folder_.read("slot/pkg/fast.so"), "machine code");
  EXPECT_EQ(folder_.read("slot/build/x/y.o"), "object");
  EXPECT_EQ(fs::read_symlink(slot() + "/pkg/also.so"), "fast.so");
  EXPECT_EQ(fs::last_write_time(slot() + "/pkg/fast.so"), made_);
}

TEST_F(KeptBuildTest, AChangedSourceIsAnotherBuildAndCodeThatIsImportedIsNot) {
  build_keep_and_clean();
  folder_.write("slot/pkg/__init__.py", "x = 1\n");
  EXPECT_EQ(build_key({slot()}), key_);
  for (const char* name : {"slot/pkg/fast.c", "slot/pyproject.toml", "slot/pkg/new.pyx"}) {
    folder_.write(name, "changed\n");
    std::string now = build_key({slot()});
    EXPECT_NE(now, key_) << name;
    EXPECT_FALSE(lay_back_build(overlay(), now)) << name;
  }
}

TEST_F(KeptBuildTest, WhatWasForgottenIsNotThere) {
  build_keep_and_clean();
  forget_build(overlay());
  EXPECT_FALSE(lay_back_build(overlay(), key_));
  EXPECT_FALSE(fs::exists(slot() + "/pkg/fast.so"));
}

TEST_F(KeptBuildTest, ABuildOfAnotherCommitIsAnother) {
  folder_.write("slot/.git", "gitdir: " + (folder_ / "admin") + "\n");
  folder_.write("admin/HEAD", "1111\n");
  std::string one = build_key({slot()});
  folder_.write("admin/HEAD", "2222\n");
  EXPECT_NE(build_key({slot()}), one);
}

}  // namespace
}  // namespace gf::env
