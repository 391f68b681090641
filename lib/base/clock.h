// Time, as a thing that can be handed in: tests hand in one that stands still.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/cancel.h"
#include "base/result.h"

namespace gf {

using Milliseconds = std::chrono::milliseconds;
/// Wall-clock time, UTC, to the millisecond.
using Timestamp = std::chrono::time_point<std::chrono::system_clock, Milliseconds>;

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

/// "2026-11-21T01:44:13.042Z"; sorts as text.
std::string iso8601(Timestamp time);
/// Accepts what iso8601() writes, with or without milliseconds.
Result<Timestamp> parse_iso8601(std::string_view text);

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
