// Counting what a child and its offspring take, where the kernel does not do it for us.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "proc/process.h"

namespace gf::proc {

/// Everything below one process, itself included.
struct Taken {
  uint64_t processes = 0;
  uint64_t memory_bytes = 0;  ///< resident; what several share counts for each
};
/// By /proc; a process that ends meanwhile is not counted. More than `most` processes are not
/// looked for. Nothing where the system has no such files.
Taken taken_below(int64_t pid, uint64_t most);
/// The same memory with shared pages counted once: slower, for who is near a limit.
uint64_t memory_shared_out(int64_t pid, uint64_t most);

/// Asks every 50 ms at first and less often later; costs less than a hundredth of one core.
class Watcher {
 public:
  explicit Watcher(const Limits& limits);
  /// What `pid` and all below it took too much of; empty: nothing, or it is not time to look.
  std::string look(int64_t pid);

 private:
  [[nodiscard]] std::string disk_filled() const;

  const Limits& limits_;
  std::chrono::steady_clock::time_point began_, next_;
  uint64_t free_at_first_ = 0;
};

}  // namespace gf::proc
