#include "proc/process.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>

#include "base/text.h"
#include "proc/become.h"
#include "proc/descriptors.h"
#include "proc/restraint.h"
#include "proc/watcher.h"

namespace gf::proc {
namespace {

using Steady = std::chrono::steady_clock;

constexpr Milliseconds kLookAround{50};   // how often a cancel is noticed
constexpr Milliseconds kPipeLinger{200};  // for pipes held by grandchildren

/// What the child needs, prepared before the fork: between fork and exec only async-signal-safe
/// calls are allowed, and nothing of ours may change: the memory is the parent's.
struct Plan {
  std::string program, directory;
  std::vector<char*> argv, envp;
  std::vector<std::string> env_text;
  pid_t parent = 0;  ///< it ends with this one; 0: it does not
  const Restraint* restraint = nullptr;
  ProcessLimits limits;
};

/// Asked anew on both sides of vfork(), where no local of before may be trusted.
bool is_guarded(const Plan& plan) { return plan.restraint != nullptr && plan.restraint->guarded; }

/// The child, from the fork to another program.
[[noreturn]] void turn_into(const Plan& plan, int in, int out, int err, int report) {
  setsid();
  for (int number = 1; number < NSIG; ++number) signal(number, SIG_DFL);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
#ifdef __linux__
  if (plan.parent != 0 && !is_guarded(plan)) {
    end_with_parent(SIGTERM);
    if (getppid() != plan.parent) _exit(127);  // it went before we had asked
  }
#endif
  int code = 0, last = 2;
  if (dup2(in, 0) < 0 || dup2(out, 1) < 0 || dup2(err, 2) < 0) code = errno;
  const Restraint* own = plan.restraint;
  if (code == 0 && own != nullptr) code = join_groups(*own);
  if (code == 0 && own != nullptr && own->handed >= 0) {
    // The report may be where it is to be; who is given something has pipes above it.
    if (report == 3) report = fcntl(report, F_DUPFD_CLOEXEC, 4);
    if (report < 0 || dup2(own->handed, 3) < 0 || fcntl(3, F_SETFD, 0) != 0) code = errno;
    last = 3;
  }
  if (code == 0) code = set_limits(plan.limits);
  if (code == 0 && !plan.directory.empty() && chdir(plan.directory.c_str()) != 0) code = -errno;
  if (code == 0 && own != nullptr) code = restrain(*own);
  if (code == 0) {
    close_all_above(last, report);
    execve(plan.program.c_str(), plan.argv.data(), plan.envp.data());
    code = errno;
  }
  // The parent reads this; if even that fails, the exit status has to do.
  (void)!write(report, &code, sizeof(code));
  _exit(127);
}

/// As turn_into, with a process of ours between.
[[noreturn]] void turn_into_guarded(const Plan& plan, int in, int out, int err, int report) {
  setsid();
  inherit_orphans();
  if (plan.parent != 0) end_with_parent(SIGTERM);
  pid_t worker = plain_fork();
  if (worker == 0) {
    end_with_parent(SIGKILL);
    turn_into(plan, in, out, err, report);
  }
  if (worker > 0) stand_guard(worker);
  int code = errno;
  (void)!write(report, &code, sizeof(code));
  _exit(127);
}

struct Child {
  pid_t pid = -1;
  Descriptor in, out, err;
};

/// `plan` points into itself and into `options`: neither may move before the fork.
void fill(Plan& plan, const Options& options, const std::string& program) {
  plan.program = program;
  plan.directory = options.directory;
  if (options.ends_with_us) plan.parent = getpid();
  plan.restraint = options.restraint;
  plan.limits = {0, options.limits.open_files, options.limits.file_bytes};
  if (options.restraint != nullptr) plan.limits.processes = options.restraint->processes;
  for (const std::string& word : options.argv) plan.argv.push_back(const_cast<char*>(word.c_str()));
  plan.argv.push_back(nullptr);
  for (const auto& [name, value] : options.environment) plan.env_text.push_back(name + "=" + value);
  for (std::string& entry : plan.env_text) plan.envp.push_back(entry.data());
  plan.envp.push_back(nullptr);
}

/// What the child wrote before it gave up: an errno, negative where the folder was at fault and not
/// the program. Nothing when it has become the program: the pipe was closed by exec.
std::optional<int> read_report(int report) {
  int code = 0;
  ssize_t got = 0;
  do {
    got = read(report, &code, sizeof(code));
  } while (got < 0 && errno == EINTR);
  if (got != static_cast<ssize_t>(sizeof(code))) return std::nullopt;
  return code;
}

Error not_started(const Options& options, int code) {
  std::string what =
      code < 0 ? fmt::format("cannot enter '{}': {}", options.directory, std::strerror(-code))
               : fmt::format("cannot run '{}': {}", options.argv[0], std::strerror(code));
  return Error{Fault::kEnvironment, std::move(what), {}, {}};
}

Result<Child> start(const Options& options, const std::string& program) {
  Plan plan;
  fill(plan, options, program);
  GF_ASSIGN(auto in, make_pipe());
  GF_ASSIGN(auto out, make_pipe());
  GF_ASSIGN(auto err, make_pipe());
  GF_ASSIGN(auto report, make_pipe());
  // vfork: no page of ours is copied or marked. The child shares our memory until it is another
  // program, so none of our signal handlers may run in it: it takes them off before it unblocks.
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
#ifdef __linux__
  pid_t pid = is_guarded(plan) ? plain_fork() : vfork();
#else
  pid_t pid = fork();  // macOS warns of the other
#endif
  int err_end = options.one_stream ? out.write.get() : err.write.get();
  if (pid == 0 && is_guarded(plan))
    turn_into_guarded(plan, in.read.get(), out.write.get(), err_end, report.write.get());
  if (pid == 0) turn_into(plan, in.read.get(), out.write.get(), err_end, report.write.get());
  int fork_errno = errno;
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  if (pid < 0) {
    errno = fork_errno;
    return os_error("cannot start a process");
  }
  report.write.close();
  if (std::optional<int> code = read_report(report.read.get())) {
    while (waitpid(pid, nullptr, 0) < 0 && errno == EINTR) {
    }
    return not_started(options, *code);
  }
  Child child;
  child.pid = pid;
  child.in = std::move(in.write);
  child.out = std::move(out.read);
  child.err = std::move(err.read);
  for (Descriptor* end : {&child.in, &child.out, &child.err})
    fcntl(end->get(), F_SETFL, O_NONBLOCK);
  return child;
}

/// write() to a pipe nobody reads any more, without the SIGPIPE that would end this process. The
/// signal is sent to the writing thread, so blocking it there and taking it back leaves the
/// program's own handling alone.
ssize_t write_without_sigpipe(int fd, std::string_view bytes) {
  sigset_t pipe_signal, before, pending;
  sigemptyset(&pipe_signal);
  sigaddset(&pipe_signal, SIGPIPE);
  sigpending(&pending);
  bool was_pending = sigismember(&pending, SIGPIPE) == 1;
  pthread_sigmask(SIG_BLOCK, &pipe_signal, &before);
  ssize_t written = write(fd, bytes.data(), bytes.size());
  int code = errno;
  if (written < 0 && code == EPIPE && !was_pending) {
    sigpending(&pending);
    int taken = 0;
    if (sigismember(&pending, SIGPIPE) == 1) sigwait(&pipe_signal, &taken);
  }
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  errno = code;
  return written;
}

/// Feeds, reads and waits for one child.
class Supervisor {
 public:
  Supervisor(const Options& options, const Cancel& cancel, Child child)
      : options_(options),
        cancel_(cancel),
        watcher_(options.limits),
        child_(std::move(child)),
        began_(Steady::now()) {
    if (options.input.empty()) child_.in.close();
    watch_ = watch_exit(child_.pid);
  }

  Outcome run() {
    while (!finished()) {
      pump(next_wake());
      reap();
      enforce();
    }
    outcome_.duration = since(began_);
    outcome_.max_rss_kb = usage_.ru_maxrss;
    conclude();
    return std::move(outcome_);
  }

 private:
  static Milliseconds since(Steady::time_point start) {
    return std::chrono::duration_cast<Milliseconds>(Steady::now() - start);
  }

  [[nodiscard]] bool finished() const {
    if (!exited_) return false;
    bool drained = !child_.out.open() && !child_.err.open();
    return drained || since(exited_at_) > kPipeLinger;
  }

  [[nodiscard]] Milliseconds next_wake() const {
    if (exited_) return Milliseconds(10);
    // Without a descriptor for the exit, closed pipes are the sign that it is a moment away.
    bool drained = !child_.out.open() && !child_.err.open();
    return drained && !watch_.open() ? Milliseconds(1) : kLookAround;
  }

  void pump(Milliseconds wait) {
    std::array<pollfd, 4> fds{};
    nfds_t count = 0;
    auto add = [&](const Descriptor& end, short events) {
      if (end.open()) fds[count++] = pollfd{end.get(), events, 0};
    };
    add(child_.out, POLLIN);
    add(child_.err, POLLIN);
    add(child_.in, POLLOUT);
    if (!exited_) add(watch_, POLLIN);
    if (poll(fds.data(), count, static_cast<int>(wait.count())) <= 0) return;
    for (nfds_t i = 0; i < count; ++i) {
      if (fds[i].revents == 0) continue;
      if (watch_.open() && fds[i].fd == watch_.get()) continue;  // reap() looks anyway
      if (child_.in.open() && fds[i].fd == child_.in.get()) {
        feed();
      } else if (child_.out.open() && fds[i].fd == child_.out.get()) {
        drain(child_.out, outcome_.out, outcome_.out_cut);
      } else {
        drain(child_.err, outcome_.err, outcome_.err_cut);
      }
    }
  }

  void feed() {
    std::string_view rest = std::string_view(options_.input).substr(fed_);
    ssize_t written = write_without_sigpipe(child_.in.get(), rest);
    if (written > 0) fed_ += static_cast<size_t>(written);
    bool refused = written < 0 && errno != EAGAIN && errno != EINTR;
    if (refused || fed_ == options_.input.size()) child_.in.close();
  }

  void drain(Descriptor& from, std::string& into, bool& cut) {
    std::array<char, 65536> buffer;
    ssize_t got = read(from.get(), buffer.data(), buffer.size());
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (got <= 0) {
      from.close();
      return;
    }
    std::string_view piece(buffer.data(), static_cast<size_t>(got));
    if (options_.on_output) options_.on_output(piece);
    size_t room =
        options_.limits.max_output_bytes - std::min(into.size(), options_.limits.max_output_bytes);
    cut = cut || piece.size() > room;
    into.append(piece.substr(0, room));
  }

  void reap() {
    if (exited_) return;
    siginfo_t info{};
    if (waitid(P_PID, static_cast<id_t>(child_.pid), &info, WEXITED | WNOHANG | WNOWAIT) != 0 ||
        info.si_pid == 0)
      return;
    // Whoever is left in the group has no business any more. Before the wait: until then the
    // number of the group cannot belong to anybody else.
    kill(-child_.pid, SIGKILL);
    int status = 0;
    while (wait4(child_.pid, &status, 0, &usage_) < 0 && errno == EINTR) {
    }
    child_.in.close();
    exited_ = true;
    exited_at_ = Steady::now();
    status_ = status;
  }

  void enforce() {
    if (exited_) return;
    if (!ending_) {
      if (cancel_.requested()) end_as(End::kCancelled);
      if (!ending_ && since(began_) > options_.limits.timeout) end_as(End::kTimedOut);
      if (!ending_) outcome_.over = watcher_.look(child_.pid);
      if (!outcome_.over.empty()) end_as(End::kOverLimit);
    } else if (since(ending_at_) > options_.limits.grace) {
      kill(-child_.pid, SIGKILL);
    }
  }

  void end_as(End end) {
    ending_ = true;
    ending_at_ = Steady::now();
    outcome_.end = end;
    // Who takes too much is not asked.
    kill(-child_.pid, end == End::kOverLimit && !is_guarded() ? SIGKILL : SIGTERM);
  }

  void conclude() {
    if (WIFEXITED(status_)) outcome_.exit_code = WEXITSTATUS(status_);
    if (WIFSIGNALED(status_)) outcome_.signal = WTERMSIG(status_);
    if (!ending_) outcome_.end = WIFSIGNALED(status_) ? End::kSignalled : End::kExited;
  }

  [[nodiscard]] bool is_guarded() const {
    return options_.restraint != nullptr && options_.restraint->guarded;
  }

  const Options& options_;
  const Cancel& cancel_;
  Watcher watcher_;
  Child child_;
  Descriptor watch_;
  Steady::time_point began_, exited_at_{}, ending_at_{};
  Outcome outcome_;
  rusage usage_{};
  size_t fed_ = 0;
  int status_ = 0;
  bool exited_ = false, ending_ = false;
};

}  // namespace

Result<Outcome> run(const Options& options, const Cancel& cancel) {
  if (options.argv.empty()) return Error{Fault::kInternal, "no program to run", {}, {}};
  GF_TRY(cancel.check());
  std::optional<std::string> program = find_program(options.argv[0], options.environment);
  if (!program) {
    return Error{Fault::kEnvironment,
                 fmt::format("'{}' was not found", options.argv[0]),
                 {},
                 fmt::format("install '{}', or check PATH", options.argv[0])};
  }
  GF_ASSIGN(auto child, start(options, *program));
  return Supervisor(options, cancel, std::move(child)).run();
}

std::optional<std::string> find_program(const std::string& name, const Environment& environment) {
  if (name.empty()) return std::nullopt;
  if (name.find('/') != std::string::npos) return name;
  std::string path =
      environment.contains("PATH") ? environment.get("PATH") : "/usr/local/bin:/usr/bin:/bin";
  for (const std::string& folder : split(path, ':')) {
    std::string candidate = (folder.empty() ? "." : folder) + "/" + name;
    struct stat info {};
    bool file = stat(candidate.c_str(), &info) == 0 && S_ISREG(info.st_mode);
    if (file && access(candidate.c_str(), X_OK) == 0) return candidate;
  }
  return std::nullopt;
}

}  // namespace gf::proc
