// Child processes: started without inheriting what they should not, bounded, ended for sure.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/cancel.h"
#include "base/clock.h"
#include "base/environment.h"
#include "base/result.h"

namespace gf::proc {

using gf::Environment;

struct Limits {
  Milliseconds timeout{600000};
  size_t max_output_bytes = 16u << 20;  ///< of stdout and of stderr, each; more is read and dropped
  /// Between SIGTERM and SIGKILL. More for a program that has to end others, and to write down
  /// where it was.
  Milliseconds grace{2000};
  /// What the child and all that it starts may take; 0: as much as there is. What binds it is
  /// partly the kernel and partly a look every 50 ms, which ends all of it (End::kOverLimit).
  uint64_t processes = 0;     ///< at once
  uint64_t memory_bytes = 0;  ///< all together; shared pages count once where it comes close
  uint64_t open_files = 0;    ///< of each process
  uint64_t file_bytes = 0;    ///< of each file
  /// The file system of `written_at` is not filled: less free than this ends the child, or half of
  /// what was free when it began.
  uint64_t free_bytes = 0;
  std::string written_at = {};
};

struct Restraint;

struct Options {
  std::vector<std::string> argv;  ///< argv[0] is looked up in the child's PATH; no shell
  std::string directory;
  Environment environment;  ///< complete: nothing is inherited besides it
  std::string input;        ///< given on standard input, which is then closed
  Limits limits;
  /// Called with pieces of stdout/stderr as they come; may be empty. Same thread.
  std::function<void(std::string_view)> on_output;
  /// It gets SIGTERM when the thread that called run() is gone, however that died. Linux only:
  /// elsewhere it goes on, and finds its pipes closed.
  bool ends_with_us = false;
  /// What it writes to standard error comes in Outcome::out, where it was written among the rest.
  bool one_stream = false;
  /// What it does to itself before it is the program; of this room's sandboxes. Must outlive the
  /// run.
  const Restraint* restraint = nullptr;
};

enum class End { kExited, kSignalled, kTimedOut, kCancelled, kOverLimit };

struct Outcome {
  End end = End::kExited;
  int exit_code = -1;  ///< when kExited
  int signal = 0;      ///< when kSignalled
  std::string over;    ///< when kOverLimit: of what it took too much, "more than 512 processes"
  std::string out, err;
  bool out_cut = false, err_cut = false;  ///< more came than the limit
  Milliseconds duration{0};
  int64_t max_rss_kb = 0;
  [[nodiscard]] bool succeeded() const { return end == End::kExited && exit_code == 0; }
};

/// Runs a program to its end. It gets its own process group (and session), no descriptor of ours
/// but the three standard ones, default signal dispositions. At the time limit or a cancel the
/// whole group gets SIGTERM and, after the grace, SIGKILL; children that outlive their parent are
/// killed too, and a grandchild that keeps a pipe open cannot hold us up. An Error (kEnvironment)
/// means it could not be started: not found (the message names it), not executable, out of memory.
Result<Outcome> run(const Options& options, const Cancel& cancel);

/// Where `name` would be found in `environment`'s PATH; empty when nowhere.
std::optional<std::string> find_program(const std::string& name, const Environment& environment);

/// This process's environment.
Environment current_environment();
/// What programs that run a repository's code may see: PATH, HOME, LANG, LC_*, TMPDIR, TZ, TERM and
/// what `more` names. Never git's repository variables, never anything that looks like a key.
Environment clean_environment(const Environment& from, const std::vector<std::string>& more = {});
/// What the user's own git sees where we run it: all but what points it at another repository.
Environment git_environment(const Environment& from);
/// What a git sees that shall obey nobody: no configuration but that of its repository.
Environment isolated_git_environment(const Environment& from);

}  // namespace gf::proc
