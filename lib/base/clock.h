// The clocks, as a thing that can be handed in: tests hand in one that stands still.
#pragma once

#include <cstdint>

#include "base/result.h"
#include "base/time.h"

namespace gf {

class Cancel;

/// The two clocks and the die of a process. May be shared between threads.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual Timestamp now() const = 0;        ///< for records
  virtual Milliseconds steady() const = 0;  ///< for durations; only differences mean anything
  virtual uint32_t random() const = 0;      ///< for run ids; not for secrets
  /// Lets time pass; an Error (kCancelled) as soon as a stop is asked for.
  virtual Result<void> wait(Milliseconds time, const Cancel& cancel) const;
};

/// The machine's clocks. Lives as long as the process.
const Clock& system_clock();

/// Measures one duration from its construction on.
class Stopwatch {
 public:
  explicit Stopwatch(const Clock& clock) : clock_(clock), start_(clock.steady()) {}
  [[nodiscard]] Milliseconds elapsed() const { return clock_.steady() - start_; }

 private:
  const Clock& clock_;
  Milliseconds start_;
};

}  // namespace gf
