// What is drawn on standard error again and again, so that its seconds run.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

#include "canvas.h"

namespace gf::cmd {

/// Draws some state five times a second, by a thread of its own, and after each change. The state
/// is another's, and has to outlive this; it is touched in here alone, by one thread at a time.
class Animation {
 public:
  using Time = std::chrono::duration<double>;  ///< since any fixed moment
  using Change = std::function<void(Time now)>;
  struct Shown {
    std::function<bool()> moves;  ///< else it is only drawn after a change
    /// What to send to a terminal of this size.
    std::function<std::string(const Window& window, Time now)> draw;
  };

  Animation(bool colour, Shown shown);
  /// Ends as end() does, with no last change.
  ~Animation();
  Animation(const Animation&) = delete;
  Animation& operator=(const Animation&) = delete;

  void show(const Change& change);  ///< makes the change, and draws
  void make(const Change& change);  ///< makes it; drawn with what comes next
  /// Makes the last change and draws the last time: once, whatever it was called before.
  void end(const Change& change);

 private:
  void draw_until_done();
  void draw();
  static Time now() { return std::chrono::steady_clock::now().time_since_epoch(); }

  const bool colour_;
  const Shown shown_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool done_ = false;
  std::thread painter_;  ///< last: it uses everything above
};

}  // namespace gf::cmd
