// What a child does to itself between the fork and the program: limits, Landlock, a filter of
// system calls, and a process of ours above it. For this room's .cc files; all of it is Linux's
// own.
#pragma once

#include <cstdint>
#include <vector>

namespace gf::proc {

/// One instruction of a filter of system calls, as the kernel takes it (struct sock_filter).
struct FilterStep {
  uint16_t code = 0;
  uint8_t jump_true = 0, jump_false = 0;
  uint32_t value = 0;
};

/// Made before the fork; owns no descriptor. A negative number: not wanted.
struct Restraint {
  int handed = -1;                 ///< becomes descriptor 3 of the program
  int ruleset = -1;                ///< of Landlock
  int membership = -1;             ///< cgroup.procs of the group that it is to be in
  int membership_of_memory = -1;   ///< the same of a second hierarchy (cgroup v1)
  std::vector<FilterStep> filter;  ///< empty: every call is allowed
  /// A process of ours stands above: all that the program leaves behind, sessions of its own
  /// included, comes to it and is ended by it. Without it a namespace has to do that.
  bool guarded = false;
  uint64_t processes = 0;  ///< RLIMIT_NPROC, where it counts this program's alone; 0: not set
};

/// What one process may take; 0: as it is.
struct ProcessLimits {
  uint64_t processes = 0;  ///< of the user (of the user namespace since Linux 5.14)
  uint64_t open_files = 0;
  uint64_t file_bytes = 0;  ///< one file's size
};

/// Async-signal-safe. 0, or why not (errno).
int set_limits(const ProcessLimits& limits);
int join_groups(const Restraint& restraint);
int restrain(const Restraint& restraint);

/// In the process that stands above: waits for `worker`, passes SIGTERM on to its group, ends all
/// that is left below and ends as the worker did. Async-signal-safe.
[[noreturn]] void stand_guard(int worker);
/// What the processes below leave behind when they end comes to this one. Async-signal-safe.
void inherit_orphans();
/// fork() for a process whose other threads may hold locks. Async-signal-safe.
int plain_fork();
/// The process gets `signal` when the thread that started it is gone. Async-signal-safe.
void end_with_parent(int signal);

}  // namespace gf::proc
