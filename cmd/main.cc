// git-factory: a software factory as a git subcommand. Reads the command line, runs one command.
#include <fcntl.h>
#include <fmt/format.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif
#include <spdlog/sinks/basic_file_sink.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <system_error>

#include "analyst/index.h"
#include "arguments.h"
#include "base/text.h"
#include "batch/fence.h"
#include "command.h"
#include "door.h"
#include "session/templates.h"
#include "session/trust.h"

namespace gf::cmd {
namespace {

Cancel& stop_wish() {
  static Cancel cancel;
  return cancel;
}

volatile std::sig_atomic_t first_signal_second = 0;

extern "C" void on_signal(int signal) {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  auto second = static_cast<std::sig_atomic_t>(now.tv_sec);
  // The second time the user means it: the record is complete up to the last step anyway. But one
  // Ctrl-C arrives twice, from the terminal and from the git that started us.
  if (stop_wish().requested() && second > first_signal_second + 1) {
    std::signal(signal, SIG_DFL);
    std::raise(signal);
  }
  if (!stop_wish().requested()) first_signal_second = second;
  stop_wish().request();
}

/// A command is short, and takes at once again what it gave back: glibc would hand each 128 KB that
/// come free at the end of the heap to the kernel, a hundred times in the seal of one run.
void keep_memory() {
#ifdef __GLIBC__
  mallopt(M_TRIM_THRESHOLD, 32 << 20);
  mallopt(M_MMAP_THRESHOLD, 1 << 20);
  mallopt(M_TOP_PAD, 1 << 20);
#endif
}

void listen_to_signals() {
  struct sigaction action {};
  action.sa_handler = on_signal;
  sigemptyset(&action.sa_mask);
  for (int signal : {SIGINT, SIGTERM, SIGHUP}) sigaction(signal, &action, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
}

/// GIT_FACTORY_TRACE names a file that gets every event, as git's own GIT_TRACE2 does it.
session::Sink trace_sink(const std::string& path) {
  if (path.empty()) return {};
  try {
    auto logger = spdlog::basic_logger_st("trace", path);
    logger->set_pattern("%Y-%m-%dT%H:%M:%S.%e %v");
    logger->flush_on(spdlog::level::info);
    return [logger](const session::Event& event) {
      logger->info("{} {} {} {}", event.kind, event.stage, event.attempt, printable(event.text));
    };
  } catch (const spdlog::spdlog_ex& error) {
    std::fprintf(stderr, "warning: cannot trace to '%s': %s\n", path.c_str(), error.what());
    return {};
  }
}

int answer(const Result<int>& result, const Console& console) {
  if (result.ok()) return *result;
  console.say(message_of(result.error()));
  return exit_status(result.error());
}

/// A result that did not get where it was sent is none. Who closed a pager has seen enough.
int written(int status, const Console& console) {
  errno = 0;
  bool lost = std::fflush(stdout) != 0 || std::ferror(stdout) != 0;
  if (!lost || console.lost_reason == 0 || console.lost_reason == EPIPE) return status;
  console.say(fmt::format("fatal: cannot write the output: {}",
                          std::generic_category().message(console.lost_reason)));
  return kFailed;
}

/// A standard stream that we were started without would be the number of the next file that is
/// opened, and be written into. What stands there instead can only be read: a result that goes
/// nowhere is told as lost.
void fill_standard_streams() {
  int taken = 0;
  do {
    taken = ::open("/dev/null", O_RDONLY);  // the lowest number that is free
  } while (taken >= 0 && taken <= STDERR_FILENO);
  if (taken >= 0) ::close(taken);
}

/// Does it, and where nothing but a yes is missing that a person here can give, asks for that and
/// does it anew: nothing was done yet that asking could come too late for. Code and a file are
/// asked about one after the other, and nothing twice.
Result<int> do_asking(const Run& chosen, Console& console) {
  std::string asked;
  while (true) {
    Result<int> result = chosen(console);
    bool asks = !result.ok() && session::is_about_trust(result.error()) &&
                result.error().message != asked && console.person_there();
    if (!asks) return result;
    asked = result.error().message;
    auto said = ask_trust(session::untrusted_file(result.error()), console);
    if (!said.ok()) return said;
    // A no is no verdict on a change: whoever asked for one did not get it.
    if (*said != kYes) return result;
  }
}

int run(int argc, char** argv) {
  fill_standard_streams();
  Console console;
  console.program = argv[0];
  console.setup.environment = proc::current_environment();
  console.setup.cancel = &stop_wish();
  console.setup.version = GF_VERSION;
  console.setup.look_up = analyst::look_up;
  console.setup.data_dir =
      session::find_data_dir(console.setup.environment, "/proc/self/exe", GF_DATADIR);
  console.setup.sink = trace_sink(console.setup.environment.get("GIT_FACTORY_TRACE"));
  console.terminal = isatty(STDERR_FILENO) != 0 && console.setup.environment.get("TERM") != "dumb";

  auto chosen = read_command_line(argc, argv, all_commands(), console);
  if (!chosen.ok()) return answer(chosen.error(), console);
  auto fence = batch::fence_of(console.setup);
  if (!fence.ok()) return answer(fence.error(), console);
  console.setup.guard = *std::move(fence);
  // Of this process: what it starts is no run of that job.
  console.setup.environment.erase(batch::kClaimVariable);
  listen_to_signals();
  return written(answer(do_asking(*chosen, console), console), console);
}

}  // namespace
}  // namespace gf::cmd

int main(int argc, char** argv) {
  gf::cmd::keep_memory();
  try {
    return gf::cmd::run(argc, argv);
  } catch (const std::bad_alloc&) {
    std::fputs("fatal: out of memory\n", stderr);
    return gf::cmd::kFailed;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "BUG: %s\nhint: please report this\n", error.what());
    return gf::cmd::kOurBug;
  }
}
