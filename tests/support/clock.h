// A clock that stands still until it is told otherwise.
#pragma once

#include <vector>

#include "base/cancel.h"
#include "base/clock.h"

namespace gf::test {

/// 2026-01-02T03:04:05.000Z; every question for a random number is answered by the next integer.
class StandingClock : public Clock {
 public:
  Timestamp now() const override { return now_; }
  Milliseconds steady() const override { return steady_; }
  uint32_t random() const override { return ++random_; }
  /// Passes at once, and is written down.
  Result<void> wait(Milliseconds time, const Cancel& cancel) const override {
    GF_TRY(cancel.check());
    waits_.push_back(time);
    now_ += time;
    steady_ += time;
    return Done{};
  }
  [[nodiscard]] const std::vector<Milliseconds>& waits() const { return waits_; }
  /// The machine's clock was set; time goes on as it did.
  void jump(Milliseconds by) { now_ += by; }
  void advance(Milliseconds by) {
    now_ += by;
    steady_ += by;
  }

 private:
  mutable Timestamp now_ = parse_iso8601("2026-01-02T03:04:05.000Z").value();
  mutable Milliseconds steady_{1000};
  mutable std::vector<Milliseconds> waits_;
  mutable uint32_t random_ = 0;
};

}  // namespace gf::test
