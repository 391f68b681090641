#include "proc/restraint.h"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <ctime>

#ifdef __linux__
#include <fcntl.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#endif

namespace gf::proc {
namespace {

/// Never above what holds already: an ordinary user may not raise it.
int limit(int what, uint64_t most) {
  rlimit now{};
  auto kind = static_cast<decltype(RLIMIT_CORE)>(what);
  if (getrlimit(kind, &now) != 0) return errno;
  now.rlim_max = std::min(now.rlim_max, static_cast<rlim_t>(most));
  now.rlim_cur = std::min(now.rlim_cur, now.rlim_max);
  return setrlimit(kind, &now) == 0 ? 0 : errno;
}

}  // namespace

int set_limits(const ProcessLimits& limits) {
  int code = 0;
  if (limits.processes != 0) code = limit(RLIMIT_NPROC, limits.processes);
  if (code == 0 && limits.open_files != 0) code = limit(RLIMIT_NOFILE, limits.open_files);
  if (code == 0 && limits.file_bytes != 0) {
    code = limit(RLIMIT_FSIZE, limits.file_bytes);
    if (code == 0) code = limit(RLIMIT_CORE, 0);  // a core of a test is nobody's business
  }
  return code;
}

#ifdef __linux__
namespace {

constexpr long kRestrictSelf = 446;  // landlock_restrict_self: the same number everywhere
constexpr int kRounds = 200;         // of ending what is left, 10 ms each
constexpr long kTick = 50'000'000;   // ns
constexpr int kTicksOfGrace = 30;    // 1.5 s, less than the 2 s that we are given ourselves

/// Of capset(2), version 3: two sets of 32 rights.
struct Capabilities {
  uint32_t effective = 0, permitted = 0, inheritable = 0;
};

/// Root without rights is an ordinary user whose files are root's. Who has none has nothing to
/// give.
void give_up_rights() {
  constexpr unsigned long kNoRoot = 0x3;  // SECBIT_NOROOT, and for good
  prctl(PR_SET_SECUREBITS, kNoRoot, 0, 0, 0);
  for (int right = 0; right < 64; ++right) prctl(PR_CAPBSET_DROP, right, 0, 0, 0);
  struct {
    uint32_t version = 0x20080522;
    int process = 0;
  } head;
  Capabilities none[2];
  syscall(SYS_capset, &head, none);
}

/// struct sock_fprog.
struct Program {
  unsigned short count;
  const FilterStep* steps;
};

/// Sends `signal` to each child of this process; how many there were. By hand: nothing here may
/// allocate.
int signal_children(int signal) {
  char path[64] = "/proc/self/task/", digits[16];
  int length = 16, count = 0, found = 0;
  for (int rest = getpid(); rest > 0; rest /= 10)
    digits[count++] = static_cast<char>('0' + rest % 10);
  while (count > 0) path[length++] = digits[--count];
  for (const char* c = "/children"; *c != 0; ++c) path[length++] = *c;
  path[length] = 0;
  int file = open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0) return 0;
  char text[4096];
  int number = 0;
  for (ssize_t got = read(file, text, sizeof text); got > 0; got = read(file, text, sizeof text)) {
    for (ssize_t i = 0; i < got; ++i) {
      if (text[i] >= '0' && text[i] <= '9') {
        number = number * 10 + (text[i] - '0');
      } else if (number > 1) {
        kill(number, signal);
        ++found;
        number = 0;
      }
    }
  }
  close(file);
  return found;
}

/// What is killed leaves its own children to us: again until nobody is left.
void end_all() {
  timespec pause{0, 10'000'000};
  for (int round = 0; round < kRounds; ++round) {
    signal_children(SIGKILL);
    int status = 0;
    pid_t gone = 0;
    while ((gone = waitpid(-1, &status, WNOHANG)) > 0) {
    }
    if (gone < 0 && errno == ECHILD) return;
    nanosleep(&pause, nullptr);
  }
}

[[noreturn]] void end_as(int status) {
  if (WIFSIGNALED(status)) {
    limit(RLIMIT_CORE, 0);
    signal(WTERMSIG(status), SIG_DFL);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, nullptr);
    kill(getpid(), WTERMSIG(status));
  }
  _exit(WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
}

}  // namespace

int join_groups(const Restraint& restraint) {
  for (int group : {restraint.membership, restraint.membership_of_memory}) {
    if (group >= 0 && write(group, "0", 1) != 1) return errno;
  }
  return 0;
}

int restrain(const Restraint& restraint) {
  if (restraint.ruleset < 0 && restraint.filter.empty()) return 0;
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return errno;
  if (restraint.ruleset >= 0) give_up_rights();
  if (restraint.ruleset >= 0 && syscall(kRestrictSelf, restraint.ruleset, 0u) != 0) return errno;
  if (restraint.filter.empty()) return 0;
  Program program{static_cast<unsigned short>(restraint.filter.size()), restraint.filter.data()};
  return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0 ? 0 : errno;
}

int plain_fork() { return static_cast<int>(syscall(SYS_clone, SIGCHLD, 0L, 0L, 0L, 0L)); }

void inherit_orphans() { prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0); }

void end_with_parent(int signal) { prctl(PR_SET_PDEATHSIG, signal); }

void stand_guard(int worker) {
#ifdef SYS_close_range
  syscall(SYS_close_range, 0u, ~0u, 0u);
#endif
  for (int fd = 0; fd < 1024; ++fd) close(fd);
  sigset_t heard;
  sigemptyset(&heard);
  for (int number : {SIGCHLD, SIGTERM, SIGINT, SIGHUP}) sigaddset(&heard, number);
  sigprocmask(SIG_SETMASK, &heard, nullptr);
  int ending = 0, result = 0;
  bool done = false;
  while (!done) {
    timespec tick{0, kTick};
    int number = sigtimedwait(&heard, nullptr, &tick);
    if (number > 0 && number != SIGCHLD && ending == 0) {
      ending = 1;
      kill(-worker, SIGTERM);
      kill(worker, SIGTERM);
    }
    if (ending > 0 && ++ending > kTicksOfGrace) signal_children(SIGKILL);
    int status = 0;
    for (pid_t gone = waitpid(-1, &status, WNOHANG); gone != 0;
         gone = waitpid(-1, &status, WNOHANG)) {
      if (gone == worker) result = status;
      done = done || gone == worker || (gone < 0 && errno == ECHILD);
      if (gone < 0 && errno != EINTR) break;
    }
  }
  end_all();
  end_as(result);
}
#else
int join_groups(const Restraint&) { return 0; }
int restrain(const Restraint&) { return ENOSYS; }
int plain_fork() { return fork(); }
void inherit_orphans() {}
void end_with_parent(int) {}
void stand_guard(int) { _exit(127); }
#endif

}  // namespace gf::proc
