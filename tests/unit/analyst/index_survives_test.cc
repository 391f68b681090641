// An index that is damaged, cut off, on a full disk or filled by eight at once is whole in the end.
#include <fcntl.h>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <fstream>

#include "unit/analyst/indexed.h"

namespace gf::analyst {
namespace {

TEST_F(IndexTest, ADeletedOrDamagedIndexIsMadeAgain) {
  add(2);
  EXPECT_EQ(runs(), "2");
  std::filesystem::remove(file());
  EXPECT_EQ(runs(), "2");
  for (const std::string& content :
       {std::string(), std::string("no database, and more than a header of it ............."),
        std::string("SQLite format 3\0", 16) + std::string(5000, 'x')}) {
    std::filesystem::remove(file() + "-wal");
    FILE* out = std::fopen(file().c_str(), "wb");
    ASSERT_NE(out, nullptr);
    std::fwrite(content.data(), 1, content.size(), out);
    std::fclose(out);
    Index again = index();
    EXPECT_FALSE(again.changes().in_memory);
    EXPECT_EQ(one(again, "SELECT count(*) FROM runs"), "2");
  }
}

TEST_F(IndexTest, AnIndexThatWasCutShortIsMadeAgain) {
  add(3);
  EXPECT_EQ(runs(), "3");
  auto size = std::filesystem::file_size(file());
  for (int part = 1; part < 8; ++part) {
    std::filesystem::resize_file(file(), size * static_cast<unsigned>(part) / 8);
    EXPECT_EQ(runs(), "3") << part << "/8";
    add(1);
    Index later = index();
    EXPECT_EQ(one(later, "SELECT count(*) FROM runs"), std::to_string(number_));
    EXPECT_EQ(one(later, "PRAGMA integrity_check"), "ok");
    std::filesystem::remove(file());
    git("update-ref refs/factory/ledger/2026-01 refs/factory/ledger/2026-01~1");
    --number_;
    EXPECT_EQ(runs(), "3");
    size = std::filesystem::file_size(file());
  }
}

TEST_F(IndexTest, AKillWhileItIsWrittenLosesNothing) {
  add(4);
  int killed = 0;
  for (int pages = 1; pages < 60; pages += 7) {
    std::filesystem::remove(file());
    pid_t child = ::fork();
    if (child == 0) {
      // The write that would make a file longer than this is a kill.
      struct rlimit limit {};
      limit.rlim_cur = limit.rlim_max = static_cast<rlim_t>(pages) * 4096;
      ::setrlimit(RLIMIT_FSIZE, &limit);
      struct rlimit no_core {};
      ::setrlimit(RLIMIT_CORE, &no_core);
      std::signal(SIGXFSZ, SIG_DFL);
      auto made = Index::open(open_repo(), {});
      ::_exit(made.ok() ? 0 : 1);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    killed += WIFSIGNALED(status) ? 1 : 0;
    Index after = index();
    EXPECT_EQ(one(after, "SELECT count(*) FROM runs"), "4");
    EXPECT_EQ(one(after, "SELECT sum(runs) FROM run_sums WHERE day<'M'"), "4");
    EXPECT_EQ(one(after, "SELECT sum(runs) FROM run_sums WHERE day>'M'"), "4");
    EXPECT_EQ(one(after, "PRAGMA integrity_check"), "ok");
  }
  EXPECT_GT(killed, 3);
}

TEST_F(IndexTest, AFullDiskWhileItIsWrittenIsNoReasonToFail) {
  add(4);
  pid_t child = ::fork();
  if (child == 0) {
    struct rlimit limit {};
    limit.rlim_cur = limit.rlim_max = 10 * 4096;
    ::setrlimit(RLIMIT_FSIZE, &limit);
    std::signal(SIGXFSZ, SIG_IGN);  // a write past the limit fails, as on a full disk
    auto made = Index::open(open_repo(), {});
    bool good = made.ok() && made->changes().in_memory &&
                made->database().integer("SELECT count(*) FROM runs").value_or(0) == 4;
    if (!made.ok()) std::fprintf(stderr, "%s\n", made.error().message.c_str());
    ::_exit(good ? 0 : 1);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  EXPECT_EQ(status, 0);
  EXPECT_EQ(runs(), "4");
}

TEST_F(IndexTest, AFormerVersionsIndexIsTakenAwayUnlessItIsInUse) {
  add(1);
  std::filesystem::path folder = std::filesystem::path(file()).parent_path();
  std::filesystem::create_directories(folder);
  auto former = [&](int format) {
    return (folder / fmt::format("index-{}.sqlite", format)).string();
  };
  for (int format : {3, 4})
    for (const char* part : {"", "-wal", "-shm", ".lock"})
      std::ofstream(former(format) + part) << "x";
  int used = ::open((former(4) + ".lock").c_str(), O_RDWR | O_CLOEXEC);
  ASSERT_EQ(::flock(used, LOCK_SH), 0);
  EXPECT_EQ(runs(), "1");
  for (const char* part : {"", "-wal", "-shm", ".lock"}) {
    EXPECT_FALSE(std::filesystem::exists(former(3) + part)) << part;
    EXPECT_TRUE(std::filesystem::exists(former(4) + part)) << part;
  }
  ::close(used);
  EXPECT_EQ(runs(), "1");
  EXPECT_FALSE(std::filesystem::exists(former(4)));
  EXPECT_TRUE(std::filesystem::exists(file()));
}

TEST_F(IndexTest, EightProcessesAtOnceFillItOnce) {
  add(6);
  std::vector<pid_t> children;
  for (int i = 0; i < 8; ++i) {
    pid_t child = ::fork();
    if (child == 0) {
      auto made = Index::open(open_repo(), {});
      bool good = made.ok() && !made->changes().in_memory &&
                  made->database().integer("SELECT count(*) FROM runs").value_or(0) == 6;
      ::_exit(good ? 0 : 1);
    }
    children.push_back(child);
  }
  for (pid_t child : children) {
    int status = 0;
    ::waitpid(child, &status, 0);
    EXPECT_EQ(status, 0);
  }
  Index after = index();
  EXPECT_EQ(one(after, "SELECT sum(runs) FROM run_sums WHERE day<'M'"), "6");
  EXPECT_EQ(one(after, "SELECT sum(runs) FROM run_sums WHERE day>'M'"), "6");
  EXPECT_EQ(one(after, "SELECT count(*) FROM stages"), "12");
}

TEST_F(IndexTest, WhereNothingCanBeKeptItIsMadeInMemory) {
  add(2);
  // A file where the folder should be: as good as a disk that may not be written, root or not.
  std::filesystem::path folder = std::filesystem::path(file()).parent_path();
  std::filesystem::remove_all(folder);
  std::FILE* in_the_way = std::fopen(folder.c_str(), "w");
  std::fclose(in_the_way);
  Index made = index();
  EXPECT_TRUE(made.changes().in_memory);
  ASSERT_GIVES(db::Database * reader, made.restricted());
  ASSERT_GIVES(int64_t count, reader->integer("SELECT count(*) FROM runs"));
  EXPECT_EQ(count, 2);
  EXPECT_FALSE(reader->prepare("SELECT * FROM run_rows").ok());
}

}  // namespace
}  // namespace gf::analyst
