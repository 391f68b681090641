// Real children: what they get, how they end, what is left of them.
#include "proc/process.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <thread>

#include "base/descriptor.h"
#include "base/text.h"
#include "support/assertions.h"
#include "support/folder.h"

namespace gf::proc {
namespace {

class ProcessTest : public ::testing::Test {
 protected:
  Result<Outcome> sh(const std::string& script, Milliseconds timeout = Milliseconds(20000),
                     const std::string& input = {}) {
    Options options = of(script);
    options.limits.timeout = timeout;
    options.input = input;
    return run(options, cancel_);
  }
  [[nodiscard]] Options of(const std::string& script) const {
    Options options;
    options.argv = {"sh", "-c", script};
    options.environment = {{"PATH", "/usr/bin:/bin"}};
    options.directory = folder_.path();
    options.limits = {Milliseconds(20000), 1u << 20};
    return options;
  }
  /// Runs a script that makes the file "started", and wants it to end then.
  Result<Outcome> cancelled_when_started(const std::string& script) {
    std::thread later([&] {
      while (!std::filesystem::exists(folder_ / "started")) std::this_thread::yield();
      cancel_.request();
    });
    auto outcome = sh(script);
    if (!std::filesystem::exists(folder_ / "started")) folder_.write("started", "");
    later.join();
    return outcome;
  }
  /// The reading end of a named pipe "fifo".
  [[nodiscard]] Descriptor fifo() const {
    EXPECT_EQ(mkfifo((folder_ / "fifo").c_str(), 0600), 0);
    return Descriptor(::open((folder_ / "fifo").c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
  }
  /// What comes until nobody holds the other end any more: that is seen, and no clock is asked.
  static std::string said_until_the_end(const Descriptor& reader) {
    std::string said;
    pollfd hears{reader.get(), POLLIN, 0};
    std::array<char, 64> piece;
    while (poll(&hears, 1, 20000) > 0) {
      ssize_t n = read(reader.get(), piece.data(), piece.size());
      if (n <= 0) return said;
      said.append(piece.data(), static_cast<size_t>(n));
    }
    return said + "(and somebody still holds it)";
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
  ASSERT_GIVES(auto outcome, cancelled_when_started("touch started; sleep 600"));
  EXPECT_EQ(outcome.end, End::kCancelled);
}

TEST_F(ProcessTest, ACancelBeforeTheStartStartsNothing) {
  cancel_.request();
  EXPECT_EQ(sh("touch started").error().fault, Fault::kCancelled);
  EXPECT_FALSE(std::filesystem::exists(folder_ / "started"));
}

TEST_F(ProcessTest, ASignalThatEndedItIsTold) {
  ASSERT_GIVES(auto outcome, sh("kill -USR1 $$"));
  EXPECT_EQ(outcome.end, End::kSignalled);
  EXPECT_EQ(outcome.signal, SIGUSR1);
  EXPECT_FALSE(outcome.succeeded());
}

TEST_F(ProcessTest, WhoIsToldToEndMayStillTidyUp) {
  ASSERT_GIVES(auto outcome, cancelled_when_started("trap 'echo tidied; exit 7' TERM; "
                                                    "sleep 600 & touch started; wait"));
  EXPECT_EQ(outcome.end, End::kCancelled);
  EXPECT_EQ(outcome.out, "tidied\n");
  EXPECT_EQ(outcome.exit_code, 7) << "nobody had to kill it";
}

TEST_F(ProcessTest, ItIsALeaderOfItsOwnGroupAndSession) {
  ASSERT_GIVES(auto outcome, sh("cut -d' ' -f1,5,6 /proc/$$/stat"));
  std::vector<std::string> ids = split(trim(outcome.out), ' ');
  ASSERT_EQ(ids.size(), 3U) << outcome.out;
  EXPECT_EQ(ids[0], ids[1]);
  EXPECT_EQ(ids[0], ids[2]);
}

TEST_F(ProcessTest, NobodyOfTheGroupOutlivesItsOwnEnd) {
  Descriptor reader = fifo();
  ASSERT_DONE(sh("exec 7>fifo; (trap '' TERM; sleep 600) & echo here >&7"));
  EXPECT_EQ(said_until_the_end(reader), "here\n");
}

TEST_F(ProcessTest, NobodyOfTheGroupOutlivesTheEndWeMadeIt) {
  Descriptor reader = fifo();
  ASSERT_DONE(cancelled_when_started(
      "exec 7>fifo; (trap '' TERM; sleep 600) & echo here >&7; touch started; wait"));
  EXPECT_EQ(said_until_the_end(reader), "here\n");
}

TEST_F(ProcessTest, WhoLeftTheGroupDoesNotHoldUsUp) {
  std::string fifo = folder_ / "fifo";
  ASSERT_EQ(mkfifo(fifo.c_str(), 0600), 0);
  ASSERT_GIVES(auto outcome, sh("mkfifo left; setsid sh -c 'echo >left; exec cat fifo' & "
                                "read line <left; exit 0"));
  EXPECT_TRUE(outcome.succeeded());
  EXPECT_LT(outcome.duration, Milliseconds(5000));
  // It waits there for a writer, and ends with him.
  Descriptor writer(::open(fifo.c_str(), O_WRONLY | O_CLOEXEC));
  EXPECT_TRUE(writer.open());
}

TEST_F(ProcessTest, NoDescriptorOfOursIsOpenInIt) {
  std::vector<Descriptor> ours;
  for (int number : {70, 71, 900}) {
    ours.emplace_back(fcntl(STDERR_FILENO, F_DUPFD, number));
    ASSERT_TRUE(ours.back().open());
  }
  ASSERT_GIVES(auto outcome,
               sh("for n in 70 71 900; do [ -e /proc/$$/fd/$n ] && echo $n; done; :"));
  EXPECT_EQ(outcome.out, "");
}

TEST_F(ProcessTest, SignalsAreAsTheyAreForANewProgram) {
  auto before = signal(SIGUSR2, SIG_IGN);
  sigset_t blocked, mask;
  sigemptyset(&blocked);
  sigaddset(&blocked, SIGUSR1);
  pthread_sigmask(SIG_BLOCK, &blocked, &mask);
  auto outcome = sh("grep -E '^Sig(Blk|Ign)' /proc/self/status");
  pthread_sigmask(SIG_SETMASK, &mask, nullptr);
  signal(SIGUSR2, before);
  ASSERT_DONE(outcome);
  EXPECT_EQ(outcome->out, "SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\n");
}

std::atomic<int> pipe_signals{0};

TEST_F(ProcessTest, APipeThatNobodyReadsIsNoSignalOfOurs) {
  auto before = signal(SIGPIPE, [](int) { ++pipe_signals; });
  auto outcome = sh("exec 0<&-; exit 0", Milliseconds(20000), std::string(1'000'000, 'x'));
  sigset_t now;
  pthread_sigmask(SIG_SETMASK, nullptr, &now);
  signal(SIGPIPE, before);
  EXPECT_DONE(outcome);
  EXPECT_EQ(pipe_signals, 0);
  EXPECT_EQ(sigismember(&now, SIGPIPE), 0) << "it is blocked for the moment of writing alone";
}

TEST_F(ProcessTest, WhatComesBackWhileItIsFedBlocksNeither) {
  std::string much(3'000'000, 'x');
  Options options = of("cat; cat >&2 </dev/null");
  options.limits.max_output_bytes = 4u << 20;
  options.input = much;
  ASSERT_GIVES(auto outcome, run(options, cancel_));
  EXPECT_EQ(outcome.out.size(), much.size());
  EXPECT_FALSE(outcome.out_cut);
}

TEST_F(ProcessTest, StandardInputCanBeOpenedByName) {
  ASSERT_GIVES(auto outcome, sh("cat /dev/stdin", Milliseconds(20000), "by name"));
  EXPECT_EQ(outcome.out, "by name");
}

TEST_F(ProcessTest, WhoWasStartedWithoutStandardInputStartsChildrenWithOne) {
  Descriptor kept(dup(STDIN_FILENO));
  close(STDIN_FILENO);
  auto outcome = sh("cat", Milliseconds(20000), "given");
  if (kept.open()) dup2(kept.get(), STDIN_FILENO);
  ASSERT_DONE(outcome);
  EXPECT_EQ(outcome->out, "given");
}

TEST_F(ProcessTest, OutputAndErrorHaveTheLimitEach) {
  Options options = of("printf 12345; printf 123456 >&2");
  options.limits.max_output_bytes = 5;
  ASSERT_GIVES(auto outcome, run(options, cancel_));
  EXPECT_EQ(outcome.out, "12345");
  EXPECT_FALSE(outcome.out_cut) << "as much as is allowed is not too much";
  EXPECT_EQ(outcome.err, "12345");
  EXPECT_TRUE(outcome.err_cut);
}

TEST_F(ProcessTest, PiecesAreToldAsTheyComeAlsoBeyondTheLimit) {
  size_t bytes = 0;
  Options options = of("head -c 300000 /dev/zero; printf more >&2");
  options.limits.max_output_bytes = 10;
  options.on_output = [&](std::string_view piece) { bytes += piece.size(); };
  ASSERT_GIVES(auto outcome, run(options, cancel_));
  EXPECT_EQ(bytes, 300004U);
  EXPECT_EQ(outcome.out.size(), 10U);
}

TEST_F(ProcessTest, WhatCannotBeStartedSaysWhetherFolderOrProgramIsToBlame) {
  Options options = of("true");
  options.directory = folder_ / "nowhere";
  EXPECT_EQ(run(options, cancel_).error().message,
            "cannot enter '" + options.directory + "': No such file or directory");
  folder_.write("plain", "text\n");
  options = of("true");
  options.argv = {folder_ / "plain"};
  EXPECT_EQ(run(options, cancel_).error().message,
            "cannot run '" + options.argv[0] + "': Permission denied");
  std::filesystem::permissions(folder_ / "plain", std::filesystem::perms::owner_all);
  EXPECT_EQ(run(options, cancel_).error().message,
            "cannot run '" + options.argv[0] + "': Exec format error");
  options.argv.clear();
  EXPECT_EQ(run(options, cancel_).error().fault, Fault::kInternal);
}

TEST_F(ProcessTest, WhatItUsedIsMeasured) {
  ASSERT_GIVES(auto outcome, sh("exit 0"));
  EXPECT_GT(outcome.max_rss_kb, 0);
  EXPECT_GE(outcome.duration, Milliseconds(0));
}

TEST_F(ProcessTest, ManyThreadsStartChildrenAtOnce) {
  std::vector<std::thread> threads;
  std::atomic<int> right{0};
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&, i] {
      for (int turn = 0; turn < 5; ++turn) {
        auto outcome = sh("cat", Milliseconds(20000), std::to_string(i));
        right += outcome.ok() && outcome->out == std::to_string(i) ? 1 : 0;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(right, 40);
}

TEST_F(ProcessTest, ProgramsAreFoundAsAShellFindsThem) {
  folder_.write("one/tool", "#!/bin/sh\n");
  folder_.write("two/tool", "#!/bin/sh\n");
  folder_.write("three/tool/file", "");
  std::filesystem::permissions(folder_ / "two/tool", std::filesystem::perms::owner_all);
  std::string path = (folder_ / "three") + ":" + (folder_ / "one") + ":" + (folder_ / "two");
  EXPECT_EQ(find_program("tool", {{"PATH", path}}), folder_ / "two/tool")
      << "a folder, and a file that is not executable, are passed over";
  EXPECT_EQ(find_program("tool", {{"PATH", folder_ / "one"}}), std::nullopt);
  EXPECT_EQ(find_program("", {}), std::nullopt);
  EXPECT_EQ(find_program("./anything", {}), "./anything") << "a path is not looked up";
  EXPECT_TRUE(find_program("sh", {})) << "without PATH the system's folders count";
}

}  // namespace
}  // namespace gf::proc
