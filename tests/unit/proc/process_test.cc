#include "proc/process.h"

#include <gtest/gtest.h>

#include <thread>

#include "proc/jail.h"
#include "support/assertions.h"
#include "support/folder.h"

namespace gf::proc {
namespace {

class ProcessTest : public ::testing::Test {
 protected:
  Result<Outcome> sh(const std::string& script, Milliseconds timeout = Milliseconds(20000),
                     const std::string& input = {}) {
    Options options;
    options.argv = {"sh", "-c", script};
    options.environment = {{"PATH", "/usr/bin:/bin"}};
    options.directory = folder_.path();
    options.limits = {timeout, 1u << 20};
    options.input = input;
    return run(options, cancel_);
  }
  test::TempFolder folder_;
  Cancel cancel_;
};

TEST_F(ProcessTest, OutputErrorAndExitCodeComeBack) {
  ASSERT_GIVES(auto outcome, sh("cat; echo oops >&2; exit 3", Milliseconds(20000), "hello"));
  EXPECT_EQ(outcome.exit_code, 3);
  EXPECT_EQ(outcome.out, "hello");
  EXPECT_EQ(outcome.err, "oops\n");
}

TEST_F(ProcessTest, AMissingProgramIsNamed) {
  Options options;
  options.argv = {"no-such-program"};
  auto ran = run(options, cancel_);
  ASSERT_FALSE(ran.ok());
  EXPECT_NE(ran.error().message.find("'no-such-program'"), std::string::npos);
}

TEST_F(ProcessTest, AHangEndsAtItsLimitWithAllItsChildren) {
  ASSERT_GIVES(auto outcome, sh("trap '' TERM; sleep 600 & echo $!; wait", Milliseconds(300)));
  EXPECT_EQ(outcome.end, End::kTimedOut);
  EXPECT_LT(outcome.duration, Milliseconds(10000));
}

TEST_F(ProcessTest, AFloodOfOutputIsCut) {
  ASSERT_GIVES(auto outcome, sh("head -c 5000000 /dev/zero"));
  EXPECT_TRUE(outcome.succeeded());
  EXPECT_TRUE(outcome.out_cut);
  EXPECT_EQ(outcome.out.size(), 1u << 20);
}

TEST_F(ProcessTest, InputThatNobodyReadsDoesNotBlock) {
  ASSERT_GIVES(auto outcome, sh("exit 0", Milliseconds(20000), std::string(10'000'000, 'x')));
  EXPECT_TRUE(outcome.succeeded());
}

TEST_F(ProcessTest, AGrandchildThatKeepsThePipeDoesNotHoldUsUp) {
  ASSERT_GIVES(auto outcome, sh("sleep 600 & exit 0"));
  EXPECT_TRUE(outcome.succeeded());
  EXPECT_LT(outcome.duration, Milliseconds(5000));
}

TEST_F(ProcessTest, TheEnvironmentIsExactlyWhatWasGiven) {
  ASSERT_GIVES(auto outcome, sh("env | grep -v -e ^PWD -e ^_ -e ^SHLVL -e ^OLDPWD"));
  EXPECT_EQ(outcome.out, "PATH=/usr/bin:/bin\n");
}

TEST_F(ProcessTest, ACancelEndsIt) {
  std::thread later([&] {
    while (!std::filesystem::exists(folder_ / "started")) std::this_thread::yield();
    cancel_.request();
  });
  ASSERT_GIVES(auto outcome, sh("touch started; sleep 600"));
  later.join();
  EXPECT_EQ(outcome.end, End::kCancelled);
}

TEST(Environment, KeysAndGitsVariablesAreNotPassedOn) {
  Environment from = {
      {"PATH", "/bin"}, {"GIT_DIR", "x"}, {"OPENAI_API_KEY", "y"}, {"LC_ALL", "C"}, {"MINE", "1"}};
  EXPECT_EQ(clean_environment(from), (Environment{{"PATH", "/bin"}, {"LC_ALL", "C"}}));
  EXPECT_EQ(clean_environment(from, {"MINE"}).at("MINE"), "1");
}

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

}  // namespace
}  // namespace gf::proc
