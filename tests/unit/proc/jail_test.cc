// Files beneath one folder, against paths and links that lead out of it.
#include "proc/jail.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <thread>

#include "support/assertions.h"
#include "support/folder.h"

namespace gf::proc {
namespace {

class JailTest : public ::testing::Test {
 protected:
  test::TempFolder folder_;
  Jail jail_ = Jail::open(folder_.path()).value();
};

TEST_F(JailTest, EverySpellingThatLeadsOutIsRefused) {
  for (const std::string& path :
       {std::string("../x"), std::string("/etc/passwd"), std::string("a/../../x"),
        std::string("~/x"), std::string("a\\..\\x"), std::string("a\nb"), std::string("x\0y", 3),
        std::string("\xff"), std::string(5000, 'a'), std::string(".git/config"),
        std::string(".GIT/config"), std::string("a/.git/x"), std::string(".git./x"),
        std::string(".git /x"), std::string("git~1/x"), std::string("GIT~1"),
        std::string(".g\xe2\x80\x8cit/config"), std::string(".git::$INDEX_ALLOCATION/x")}) {
    EXPECT_FALSE(Jail::normalise(path).ok()) << path;
    EXPECT_FALSE(jail_.write(path, "x").ok()) << path;
  }
  EXPECT_EQ(Jail::normalise("./a//b/.").value(), "a/b");
  EXPECT_EQ(Jail::normalise(".github/x").value(), ".github/x");
}

TEST_F(JailTest, LinksAreNotFollowed) {
  test::TempFolder outside;
  outside.write("secret", "s");
  std::filesystem::create_symlink(outside.path(), folder_ / "link");
  std::filesystem::create_symlink(outside / "secret", folder_ / "file");
  EXPECT_FALSE(jail_.read("link/secret", 100).ok());
  EXPECT_FALSE(jail_.read("file", 100).ok());
  EXPECT_FALSE(jail_.write("link/new", "x").ok());
  EXPECT_FALSE(jail_.write("file", "x").ok());
  EXPECT_EQ(outside.read("secret"), "s");
  EXPECT_FALSE(std::filesystem::exists(outside / "new"));
}

TEST_F(JailTest, FilesAreWrittenReadAndRemoved) {
  ASSERT_DONE(jail_.write("a/b.txt", "one"));
  ASSERT_DONE(jail_.write("a/b.txt", "two"));
  EXPECT_EQ(jail_.read("a/b.txt", 100).value().value(), "two");
  EXPECT_FALSE(jail_.read("a/b.txt", 2).ok());
  EXPECT_FALSE(jail_.read("none", 100).value().has_value());
  EXPECT_FALSE(jail_.read("a", 100).ok());
  EXPECT_TRUE(jail_.remove("a/b.txt").value());
  EXPECT_FALSE(jail_.remove("a/b.txt").value());
  bool more = false;
  EXPECT_TRUE(jail_.list("a", 10, &more).value().empty()) << "no temporary file is left";
}

TEST_F(JailTest, AFolderSwappedForALinkMeanwhileLeadsNowhere) {
  test::TempFolder outside;
  outside.write("file", "outside");
  folder_.write("place/file", "inside");
  std::atomic<bool> enough{false};
  std::thread swapper([&, place = folder_ / "place", aside = folder_ / "aside"] {
    std::error_code failed;
    while (!enough) {
      std::filesystem::rename(place, aside, failed);
      std::filesystem::create_directory_symlink(outside.path(), place, failed);
      do {  // the jail may make the folder while there is none
        std::filesystem::remove_all(place, failed);
        std::filesystem::rename(aside, place, failed);
      } while (failed);
    }
  });
  int inside = 0, strange = 0;
  for (int i = 0; i < 2000; ++i) {
    auto content = jail_.read("place/file", 100);
    if (content.ok() && *content) ++(**content == "inside" ? inside : strange);
    (void)jail_.write("place/new", "x").ok();
  }
  enough = true;
  swapper.join();
  EXPECT_EQ(strange, 0);
  EXPECT_GT(inside, 0);
  EXPECT_FALSE(std::filesystem::exists(outside / "new"));
}

TEST_F(JailTest, RemovingALinkLeavesWhatItPointsTo) {
  test::TempFolder outside;
  outside.write("file", "theirs");
  std::filesystem::create_symlink(outside / "file", folder_ / "link");
  std::filesystem::create_symlink(outside.path(), folder_ / "folder");
  EXPECT_TRUE(jail_.remove("link").value());
  EXPECT_FALSE(jail_.remove("folder/file").ok());
  EXPECT_EQ(outside.read("file"), "theirs");
}

TEST_F(JailTest, WhatIsNoRegularFileIsNeitherReadNorReplacedNorRemoved) {
  ASSERT_EQ(mkfifo((folder_ / "pipe").c_str(), 0600), 0);
  std::filesystem::create_directory(folder_ / "folder");
  for (const char* path : {"pipe", "folder", ""}) {
    EXPECT_FALSE(jail_.read(path, 100).ok()) << path << " (and nobody waits for a writer)";
    EXPECT_FALSE(jail_.write(path, "x").ok()) << path;
  }
  auto removed = jail_.remove("folder");
  ASSERT_FALSE(removed.ok());
  EXPECT_EQ(removed.error().fault, Fault::kUser);
}

TEST_F(JailTest, AFileInTheWayOfAFolderIsRefused) {
  folder_.write("file", "x");
  auto written = jail_.write("file/below", "y");
  ASSERT_FALSE(written.ok());
  EXPECT_EQ(written.error().fault, Fault::kUser);
  EXPECT_EQ(folder_.read("file"), "x");
}

TEST_F(JailTest, AnExecutableFileStaysOne) {
  folder_.write("tool", "#!/bin/sh\n");
  std::filesystem::permissions(folder_ / "tool", std::filesystem::perms::owner_all);
  ASSERT_DONE(jail_.write("tool", "#!/bin/sh\necho\n"));
  ASSERT_DONE(jail_.write("plain", ""));
  EXPECT_EQ(access((folder_ / "tool").c_str(), X_OK), 0);
  EXPECT_NE(
      std::filesystem::status(folder_ / "plain").permissions() & std::filesystem::perms::owner_exec,
      std::filesystem::perms::owner_exec);
}

TEST_F(JailTest, AReaderSeesTheOldFileOrTheNewOne) {
  const std::string old(200'000, 'o'), fresh(200'000, 'n');
  ASSERT_DONE(jail_.write("file", old));
  std::atomic<bool> enough{false};
  std::thread writer([&] {
    for (int i = 0; !enough; ++i) (void)jail_.write("file", i % 2 == 0 ? fresh : old).ok();
  });
  int parts = 0;
  for (int i = 0; i < 200; ++i) {
    auto seen = jail_.read("file", 1u << 20);
    parts += seen.ok() && *seen && (**seen == old || **seen == fresh) ? 0 : 1;
  }
  enough = true;
  writer.join();
  EXPECT_EQ(parts, 0);
}

TEST_F(JailTest, AListingIsSortedBoundedAndWithoutGitsOwn) {
  for (const char* name : {"b", "a/x", "c", ".git/config", ".GIT2"}) folder_.write(name, "12");
  std::filesystem::create_symlink("/", folder_ / "link");
  bool more = false;
  ASSERT_GIVES(auto all, jail_.list(".", 10, &more));
  std::string listed;
  for (const Jail::Entry& entry : all) listed += entry.name + (entry.folder ? "/ " : " ");
  EXPECT_EQ(listed, ".GIT2 a/ b c link ") << "a link to a folder is no folder";
  EXPECT_FALSE(more);
  EXPECT_EQ(all[2].size_bytes, 2U);
  ASSERT_GIVES(auto some, jail_.list("", 2, &more));
  EXPECT_EQ(some.size(), 2U);
  EXPECT_TRUE(more);
  EXPECT_FALSE(jail_.list("link", 10, &more).ok());
  EXPECT_FALSE(jail_.list("none", 10, &more).ok());
}

TEST_F(JailTest, ItIsTheFolderItWasOpenedOnWhateverItIsCalledNow) {
  folder_.write("root/file", "mine");
  ASSERT_GIVES(auto jail, Jail::open(folder_ / "root"));
  std::filesystem::rename(folder_ / "root", folder_ / "moved");
  folder_.write("root/file", "another");
  Jail there = std::move(jail);
  EXPECT_EQ(there.read("file", 100).value(), "mine");
  EXPECT_FALSE(Jail::open(folder_ / "none").ok());
}

}  // namespace
}  // namespace gf::proc
