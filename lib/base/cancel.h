// The wish to stop, carried from a signal handler to whoever is waiting.
#pragma once

#include <atomic>

#include "base/result.h"

namespace gf {

/// One flag, set once. `request()` is safe in a signal handler and from any thread.
class Cancel {
 public:
  void request() { requested_.store(true, std::memory_order_relaxed); }
  [[nodiscard]] bool requested() const { return requested_.load(std::memory_order_relaxed); }
  /// An Error of Fault::kCancelled once a stop was asked for.
  [[nodiscard]] Result<void> check() const;

 private:
  std::atomic<bool> requested_{false};
};

}  // namespace gf
