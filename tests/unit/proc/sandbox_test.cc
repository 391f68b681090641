// The sandbox against code that wants out of it: tests/unit/proc/hostile_cases.h holds the
// attempts.
#include "proc/sandbox.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/ipc.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstring>
#include <fstream>

#include "base/files.h"
#include "base/text.h"
#include "support/assertions.h"
#include "unit/proc/hostile_cases.h"

namespace gf::proc {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

/// A machine with something to steal and to break: everything that an attempt is after.
class Ground {
 public:
  Ground() {
    // Not below /tmp, which is hidden anyway: what is read-only is to be seen as such.
    auto made = TemporaryFolder::make_in(std::filesystem::current_path().string(), "hostile-");
    folder_ = std::move(made).value();
    for (const char* name :
         {"/home/.ssh/id_ed25519", "/home/.netrc", "/home/.aws/credentials", "/home/.bashrc",
          "/home/.config/gh/hosts.yml", "/home/.bash_history", "/home/.cargo/bin/thing"})
      EXPECT_DONE(write_file(at(name), "secret\n"));
    EXPECT_DONE(write_file(at("/home/.cargo/credentials.toml"), "token = \"secret\"\n"));
    EXPECT_DONE(
        write_file(at("/home/.gitconfig"), "[user]\n\tname = T\n\temail = t@example.com\n"));
    EXPECT_DONE(write_file(at("/outside/file"), "as it was\n"));
    others_ = std::move(TemporaryFolder::make("gf-others-")).value();
    EXPECT_DONE(write_file(others_.path() + "/secret", "secret\n"));
    for (const char* one : {"/cache", "/scratch"}) std::filesystem::create_directories(at(one));
    sh("git init -q -b main repo && cd repo && git commit -q --allow-empty -m one && git commit -q "
       "--allow-empty -m two && git worktree add -q --detach ../tree");
    shared_ = "gf-hostile-" + std::to_string(getpid());
    std::ofstream("/dev/shm/" + shared_) << "secret";
    key_ = 0x67660000 + (getpid() & 0xffff);
    memory_ = shmget(key_, 4096, IPC_CREAT | 0600);
    listen_everywhere();
    victim_ = fork();
    if (victim_ == 0) {
      execlp("sleep", "sleep", "300", nullptr);
      _exit(127);
    }
  }
  ~Ground() {
    kill(victim_, SIGKILL);
    waitpid(victim_, nullptr, 0);
    for (int fd : sockets_) close(fd);
    shmctl(memory_, IPC_RMID, nullptr);
    unlink(("/dev/shm/" + shared_).c_str());
  }
  Ground(const Ground&) = delete;

  [[nodiscard]] std::string at(const std::string& name) const { return folder_.path() + name; }

  [[nodiscard]] Environment environment() const {
    Environment all = current_environment();
    all["OPENAI_API_KEY"] = "sk-hostile";
    all["SSH_AUTH_SOCK"] = at("/socket");
    all["HOME"] = at("/home");
    Environment own = clean_environment(all);
    own["WORK"] = at("/tree");
    own["OUTSIDE"] = at("/outside");
    own["COMMON"] = at("/repo/.git");
    own["REAL_HOME"] = at("/home");
    own["OTHERS"] = others_.path() + "/secret";
    own["US"] = std::to_string(getpid());
    own["VICTIM"] = std::to_string(victim_);
    own["SOCKET"] = others_.path() + "/socket";
    own["ABSTRACT"] = shared_;
    own["SHARED"] = shared_;
    own["KEY"] = std::to_string(key_);
    own["PORT"] = std::to_string(port_);
    return own;
  }

  [[nodiscard]] Policy policy() const {
    Policy policy;
    policy.readable = {at("/repo/.git")};
    policy.writable = {at("/tree")};
    policy.kept = {at("/tree/.git")};
    policy.scratch = at("/scratch");
    policy.cache = at("/cache");
    return policy;
  }

  [[nodiscard]] Options options(const std::string& script) const {
    Options options;
    options.argv = {"sh", "-c", script};
    options.directory = at("/tree");
    options.environment = environment();
    options.limits.timeout = Milliseconds(20000);
    return options;
  }

  /// Is everything as it was, but for the worktree?
  [[nodiscard]] bool is_whole() const {
    bool same = read_file(at("/outside/file")) == "as it was\n" &&
                !std::filesystem::exists(at("/outside/new")) &&
                !std::filesystem::exists(at("/repo/.git/hooks/pre-commit")) &&
                read_file(at("/home/.bashrc")) == "secret\n" &&
                read_file(at("/home/.gitconfig")).value_or("").find("evil") == std::string::npos &&
                !std::filesystem::exists(at("/home/.local")) && kill(victim_, 0) == 0 &&
                waitpid(victim_, nullptr, WNOHANG) == 0;
    return same;
  }
  void sh(const std::string& script) const {
    Options all = options(script);
    all.directory = folder_.path();
    ASSERT_GIVES(auto ran, run(all, Cancel()));
    EXPECT_EQ(ran.exit_code, 0) << ran.err;
  }

 private:
  void listen_everywhere() {
    sockaddr_in internet{};
    internet.sin_family = AF_INET;
    internet.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof internet;
    int tcp = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    EXPECT_EQ(bind(tcp, reinterpret_cast<sockaddr*>(&internet), size), 0);
    getsockname(tcp, reinterpret_cast<sockaddr*>(&internet), &size);
    port_ = ntohs(internet.sin_port);
    sockaddr_un named{}, abstract{};
    named.sun_family = abstract.sun_family = AF_UNIX;
    std::strcpy(named.sun_path, (others_.path() + "/socket").c_str());
    std::strcpy(abstract.sun_path + 1, shared_.c_str());
    int one = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int two = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    EXPECT_EQ(bind(one, reinterpret_cast<sockaddr*>(&named), sizeof named), 0);
    EXPECT_EQ(bind(two, reinterpret_cast<sockaddr*>(&abstract),
                   static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + shared_.size())),
              0);
    sockets_ = {tcp, one, two};
    for (int fd : sockets_) listen(fd, 64);
  }

  TemporaryFolder folder_, others_;
  std::string shared_;
  int key_ = 0, memory_ = -1, port_ = 0;
  std::vector<int> sockets_;
  pid_t victim_ = -1;
};

std::vector<test::Attempt> all_attempts() {
  std::vector<test::Attempt> all = test::hostile_attempts();
  for (const test::Attempt& one : test::hostile_programs()) all.push_back(one);
  return all;
}

class SandboxTest : public ::testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    auto chosen = Sandbox::choose(GetParam(), clean_environment(current_environment()), Cancel());
    if (!chosen.ok()) GTEST_SKIP() << "NOT TESTED: " << chosen.error().message;
    sandbox_ = *chosen;
    namespaces_ = sandbox_.kind() == Sandbox::Kind::kBubblewrap;
  }
  Sandbox sandbox_ = Sandbox::none();
  bool namespaces_ = false;
};

TEST_P(SandboxTest, NoAttemptReachesWhatItIsAfter) {
  Ground ground;
  size_t held = 0;
  for (const test::Attempt& attempt : all_attempts()) {
    if (!namespaces_ && !attempt.by_landlock) continue;
    SCOPED_TRACE(attempt.name);
    auto ran = sandbox_.run(ground.options(attempt.script), ground.policy(), Cancel());
    ASSERT_DONE(ran);
    EXPECT_THAT(ran->out, Not(HasSubstr("REACHED"))) << ran->err;
    EXPECT_TRUE(ground.is_whole());
    if (ran->out.find("REACHED") == std::string::npos) ++held;
  }
  RecordProperty("held", static_cast<int>(held));
  std::cout << sandbox_.name() << ": " << held << " of " << all_attempts().size()
            << " attempts held; processes bound by " << sandbox_.process_bound() << "\n";
}

TEST_P(SandboxTest, GatesFindWhatTheyNeed) {
  Ground ground;
  const char* script =
      "set -e; echo x >new; echo y >\"$TMPDIR/y\"; echo z >~/z; mkdir -p ~/.cache/tool; echo k "
      ">~/.cache/tool/k; git log --oneline | wc -l; git status --porcelain; "
      "python3 -c 'import tempfile,os,multiprocessing; tempfile.mkdtemp(); "
      "multiprocessing.Lock(); print(os.cpu_count()>0)'; echo $HOME; test -r /proc/self/status; "
      "echo a >/dev/null; test -x ~/.cargo/bin/thing -o -r ~/.cargo/bin/thing; printf done";
  Options options = ground.options(script);
  options.environment["TMPDIR"] = "/tmp";
  ASSERT_GIVES(auto ran, sandbox_.run(options, ground.policy(), Cancel()));
  EXPECT_EQ(ran.exit_code, 0) << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("?? new\nTrue\n"));
  EXPECT_EQ(read_file(ground.at("/tree/new")), "x\n");
  EXPECT_EQ(read_file(ground.at("/cache/tool/k")), "k\n");
  EXPECT_FALSE(std::filesystem::exists(ground.at("/home/z")));
}

/// As an environment is laid into a worktree: node_modules/.bin is a link to where it was made.
TEST_P(SandboxTest, AFolderOfProgramsMayBeALinkInTheTree) {
  Ground ground;
  ground.sh(
      "mkdir -p made/bin tree/modules && ln -s ../../made/bin tree/modules/bin && "
      "printf '#!/bin/sh\\necho started\\n' >made/bin/tool && chmod +x made/bin/tool");
  Options options = ground.options("tool; readlink modules/bin");
  options.environment["PATH"] = ground.at("/tree/modules/bin:") + options.environment["PATH"];
  Policy policy = ground.policy();
  policy.readable.push_back(ground.at("/made"));
  ASSERT_GIVES(auto ran, sandbox_.run(options, policy, Cancel()));
  EXPECT_EQ(ran.out, "started\n../../made/bin\n") << ran.err;
}

TEST_P(SandboxTest, LoopbackIsForServersInTests) {
  Ground ground;
  Policy policy = ground.policy();
  policy.network = Network::kLoopback;
  const char* script =
      "python3 -c \"import socket; s=socket.create_server(('127.0.0.1',0)); "
      "c=socket.create_connection(s.getsockname(),2); print('talked')\"";
  ASSERT_GIVES(auto ran, sandbox_.run(ground.options(script), policy, Cancel()));
  EXPECT_EQ(ran.out, "talked\n") << ran.err;
}

TEST_P(SandboxTest, HowItEndedIsTold) {
  Ground ground;
  ASSERT_GIVES(auto seven, sandbox_.run(ground.options("exit 7"), ground.policy(), Cancel()));
  EXPECT_EQ(seven.exit_code, 7);
  ASSERT_GIVES(auto killed,
               sandbox_.run(ground.options("kill -SEGV $$"), ground.policy(), Cancel()));
  EXPECT_EQ(killed.end, End::kSignalled);
  EXPECT_EQ(killed.signal, SIGSEGV);
  Options missing = ground.options("");
  missing.argv = {"no-such-program"};
  auto none = sandbox_.run(missing, ground.policy(), Cancel());
  ASSERT_FALSE(none.ok());
  EXPECT_EQ(none.error().message, "'no-such-program' was not found");
  Options slow = ground.options("trap '' TERM; sleep 30");
  slow.limits.timeout = Milliseconds(300);
  ASSERT_GIVES(auto late, sandbox_.run(slow, ground.policy(), Cancel()));
  EXPECT_EQ(late.end, End::kTimedOut);
}

/// Bounded by construction: each ends by itself, and no more than 300 are ever started.
TEST_P(SandboxTest, NobodyOutlivesTheGate) {
  Ground ground;
  const std::string sign = "gf-outlives-" + std::to_string(getpid());
  for (const char* way :
       {"sh -c 'exec -a SIGN sleep 60' & sleep 0.2",
        "setsid sh -c 'sleep 60 & sleep 60' & sleep 0.2",
        "(setsid sh -c 'setsid sh -c \"sleep 60\" &' &) & sleep 0.2",
        "python3 -c \"import os,time; os.fork() and os._exit(0); os.setsid(); os.fork() and "
        "os._exit(0); os.closerange(0,3); time.sleep(60)\"; sleep 0.3"}) {
    SCOPED_TRACE(way);
    Options options = ground.options(std::string(way));
    options.environment["GF_SIGN"] = sign;
    ASSERT_GIVES(auto ran, sandbox_.run(options, ground.policy(), Cancel()));
    EXPECT_EQ(ran.end, End::kExited);
    Options look = ground.options(
        "for p in /proc/[0-9]*; do tr '\\0' '\\n' <$p/environ 2>/dev/null | grep -q ^GF_SIGN=" +
        sign + "$ && echo $p; done; true");
    ASSERT_GIVES(auto left, run(look, Cancel()));
    EXPECT_EQ(left.out, "");
  }
}

TEST_P(SandboxTest, TooMuchIsTooMuch) {
  Ground ground;
  // 200 at most, each for two seconds: not a bomb, but more than 60.
  Options many = ground.options(
      "i=0; while [ $i -lt 200 ]; do sleep 2 & i=$((i+1)); done; wait; echo REACHED");
  many.limits.processes = 60;
  ASSERT_GIVES(auto bomb, sandbox_.run(many, ground.policy(), Cancel()));
  EXPECT_TRUE(bomb.end == End::kOverLimit || bomb.over == "more than 60 processes" ||
              bomb.err.find("fork") != std::string::npos)
      << bomb.err;
  EXPECT_THAT(bomb.out, Not(HasSubstr("REACHED")));

  Options hungry = ground.options(
      "python3 -c \"import time; x=[bytearray(b'x')*(1<<20) for _ in range(300)]; time.sleep(3); "
      "print('REACHED')\"");
  hungry.limits.processes = 100;
  hungry.limits.memory_bytes = 100u << 20;
  ASSERT_GIVES(auto memory, sandbox_.run(hungry, ground.policy(), Cancel()));
  EXPECT_THAT(memory.out, Not(HasSubstr("REACHED")));

  Options filler = ground.options("head -c 20000000 /dev/zero >big && echo REACHED");
  filler.limits.file_bytes = 1u << 20;
  ASSERT_GIVES(auto full, sandbox_.run(filler, ground.policy(), Cancel()));
  EXPECT_THAT(full.out, Not(HasSubstr("REACHED")));
  EXPECT_LE(std::filesystem::file_size(ground.at("/tree/big")), 1u << 20);

  Options flood = ground.options("head -c 40000000 /dev/zero; head -c 40000000 /dev/zero >&2");
  flood.limits.max_output_bytes = 1u << 20;
  ASSERT_GIVES(auto wet, sandbox_.run(flood, ground.policy(), Cancel()));
  EXPECT_EQ(wet.out.size() + wet.err.size(), 2u << 20);
  EXPECT_TRUE(wet.out_cut && wet.err_cut);

  Options open = ground.options(
      "python3 -c \"import os; [os.open('/dev/null',0) for _ in range(200)]; print('REACHED')\"");
  open.limits.open_files = 64;
  ASSERT_GIVES(auto files, sandbox_.run(open, ground.policy(), Cancel()));
  EXPECT_THAT(files.out, Not(HasSubstr("REACHED")));
}

INSTANTIATE_TEST_SUITE_P(Each, SandboxTest, ::testing::Values("bubblewrap", "landlock"),
                         [](const auto& one) { return std::string(one.param); });

/// An attempt that fails without a sandbox as well would show nothing.
TEST(Hostile, AttemptsSucceedWhereNothingHoldsThem) {
  size_t shown = 0;
  for (const test::Attempt& attempt : all_attempts()) {
    if (!attempt.control) continue;
    SCOPED_TRACE(attempt.name);
    Ground ground;
    ASSERT_GIVES(auto ran, run(ground.options(attempt.script), Cancel()));
    EXPECT_TRUE(ran.out.find("REACHED") != std::string::npos || !ground.is_whole()) << ran.err;
    ++shown;
  }
  EXPECT_GT(shown, 40u);
}

TEST(Sandbox, IsRefusedInWordsWhereNoneWorks) {
  auto chosen = Sandbox::choose("bubblewrap", {{"PATH", "/nowhere"}}, Cancel());
  ASSERT_FALSE(chosen.ok());
  EXPECT_EQ(chosen.error().fault, Fault::kConfiguration);
  EXPECT_THAT(chosen.error().message, HasSubstr("bubblewrap is not installed"));
  EXPECT_THAT(chosen.error().hint, HasSubstr("factory.sandbox = none"));
}

}  // namespace
}  // namespace gf::proc
