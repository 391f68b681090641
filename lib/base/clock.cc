#include "base/clock.h"

#include <algorithm>
#include <random>
#include <thread>

#include "base/cancel.h"

namespace gf {
namespace {

class SystemClock : public Clock {
 public:
  Timestamp now() const override {
    return std::chrono::floor<Milliseconds>(std::chrono::system_clock::now());
  }
  Milliseconds steady() const override {
    return std::chrono::duration_cast<Milliseconds>(
        std::chrono::steady_clock::now().time_since_epoch());
  }
  uint32_t random() const override { return std::random_device{}(); }
};

}  // namespace

Result<void> Clock::wait(Milliseconds time, const Cancel& cancel) const {
  constexpr Milliseconds kLook{20};
  for (Milliseconds end = steady() + time;;) {
    GF_TRY(cancel.check());
    Milliseconds left = end - steady();
    if (left.count() <= 0) return Done{};
    std::this_thread::sleep_for(std::min(left, kLook));
  }
}

const Clock& system_clock() {
  static const SystemClock clock;
  return clock;
}

}  // namespace gf
