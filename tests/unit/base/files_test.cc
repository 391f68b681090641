#include "base/files.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <thread>

#include "support/assertions.h"
#include "support/folder.h"

namespace gf {
namespace {

namespace fs = std::filesystem;

class FilesTest : public ::testing::Test {
 protected:
  [[nodiscard]] std::ptrdiff_t count(const std::string& path) const {
    return std::distance(fs::directory_iterator(path), fs::directory_iterator());
  }
  test::TempFolder folder_;
};

TEST_F(FilesTest, WhatIsWrittenIsReadAndNothingIsLeftBeside) {
  std::string bytes("a\0b\r\n\xff", 6);
  ASSERT_DONE(write_file(folder_ / "new/deep/file", bytes));
  ASSERT_DONE(write_file(folder_ / "new/deep/file", bytes));
  EXPECT_EQ(read_file(folder_ / "new/deep/file"), bytes);
  EXPECT_EQ(count(folder_ / "new/deep"), 1);
}

TEST_F(FilesTest, WhatIsNotThereIsNotAnEmptyFile) {
  folder_.write("empty", "");
  ASSERT_EQ(mkfifo((folder_ / "pipe").c_str(), 0600), 0);
  EXPECT_EQ(read_file(folder_ / "empty"), "");
  EXPECT_EQ(read_file(folder_ / "none"), std::nullopt);
  EXPECT_EQ(read_file(folder_.path()), std::nullopt) << "a folder";
  EXPECT_EQ(read_file(folder_ / "pipe"), "") << "and nobody waits for a writer";
}

TEST_F(FilesTest, ABeginningIsAsLongAsItIsAskedFor) {
  folder_.write("file", "12345");
  EXPECT_EQ(beginning_of(folder_ / "file", 3), "123");
  EXPECT_EQ(beginning_of(folder_ / "file", 9), "12345");
  EXPECT_EQ(beginning_of(folder_ / "none", 9), "");
}

TEST_F(FilesTest, AWriteThatFailsLeavesWhatWasThere) {
  folder_.write("folder/inside", "x");
  auto written = write_file(folder_ / "folder", "text");
  ASSERT_FALSE(written.ok());
  EXPECT_EQ(written.error().fault, Fault::kEnvironment);
  EXPECT_EQ(folder_.read("folder/inside"), "x");
  EXPECT_EQ(count(folder_.path()), 1) << "no half of a file beside it";
  EXPECT_FALSE(write_file(folder_ / "folder/inside/below", "text").ok());
}

TEST_F(FilesTest, AReaderSeesTheOldFileOrTheNewOne) {
  const std::string old(300'000, 'o'), fresh(300'000, 'n');
  ASSERT_DONE(write_file(folder_ / "file", old));
  std::atomic<bool> enough{false};
  auto writing = [&](const std::string& text) {
    while (!enough) (void)write_file(folder_ / "file", text).ok();
  };
  std::thread one(writing, old), two(writing, fresh);
  int parts = 0;
  for (int i = 0; i < 200; ++i) {
    auto seen = read_file(folder_ / "file");
    parts += seen == old || seen == fresh ? 0 : 1;
  }
  enough = true;
  one.join();
  two.join();
  EXPECT_EQ(parts, 0);
  EXPECT_EQ(count(folder_.path()), 1);
}

TEST_F(FilesTest, ATemporaryFolderGoesWithItsOwner) {
  std::string path;
  {
    ASSERT_GIVES(auto made, TemporaryFolder::make_in(folder_ / "new", "x-"));
    TemporaryFolder owner = std::move(made);
    path = owner.path();
    EXPECT_EQ(path.rfind(folder_ / "new/x-", 0), 0U);
    EXPECT_EQ(fs::status(path).permissions() & fs::perms::others_all, fs::perms::none);
    ASSERT_DONE(write_file(path + "/a/b", "c"));
    fs::permissions(path + "/a", fs::perms::owner_read | fs::perms::owner_exec);
  }
  EXPECT_FALSE(fs::exists(path)) << "also where write access was taken away";
  EXPECT_DONE(TemporaryFolder::make("git-factory-test-"));
}

TEST_F(FilesTest, AFolderThatIsRemovedTakesNothingBeyondItsLinks) {
  folder_.write("kept/file", "x");
  folder_.write("gone/file", "x");
  fs::create_directory_symlink(folder_ / "kept", folder_ / "gone/link");
  remove_folder(folder_ / "gone");
  EXPECT_FALSE(fs::exists(folder_ / "gone"));
  EXPECT_EQ(folder_.read("kept/file"), "x");
}

}  // namespace
}  // namespace gf
