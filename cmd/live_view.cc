#include "live_view.h"

#include <fmt/format.h>
#include <unistd.h>

#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <mutex>
#include <thread>

#include "base/text.h"
#include "pager.h"
#include "picture.h"
#include "run_text.h"

namespace gf::cmd {
namespace {

using session::Event;

class Silent : public View {
 public:
  void on(const Event&) override {}
};

class JsonLines : public View {
 public:
  void on(const Event& event) override {
    std::string line = to_json(event).dump() + "\n";
    std::fwrite(line.data(), 1, line.size(), stdout);
    std::fflush(stdout);
  }
};

class PlainLines : public View {
 public:
  void on(const Event& event) override {
    auto now = std::chrono::steady_clock::now().time_since_epoch();
    sums_.on(event, now);
    std::string line = plain_line(event);
    if (event.kind == "run.end")
      line = "total: " + sums_.totals(now) + (line.empty() ? "" : "\n" + line);
    if (line.empty()) return;
    line += "\n";
    std::fwrite(line.data(), 1, line.size(), stderr);
  }

 private:
  Picture sums_;
};

/// The picture, drawn on a terminal. A thread of its own keeps the seconds running.
class Drawn : public View {
 public:
  explicit Drawn(bool colour) : colour_(colour), painter_([this] { paint_until_done(); }) {}
  ~Drawn() override {
    {
      std::lock_guard lock(mutex_);
      done_ = true;
      picture_.stop(now());
    }
    wake_.notify_all();
    painter_.join();
    std::lock_guard lock(mutex_);
    paint();
  }

  void on(const Event& event) override {
    std::lock_guard lock(mutex_);
    picture_.on(event, now());
    paint();
  }

  void leave() override {
    std::lock_guard lock(mutex_);
    picture_.leave();
  }

 private:
  static Picture::Time now() { return std::chrono::steady_clock::now().time_since_epoch(); }

  void paint_until_done() {
    std::unique_lock lock(mutex_);
    while (!done_) {
      wake_.wait_for(lock, std::chrono::milliseconds(200));
      if (picture_.moving() && !done_) paint();
    }
  }

  void paint() {
    auto [columns, rows] =
        terminal_size(STDERR_FILENO);  // anew each time: it may have been resized
    std::string text = picture_.draw({columns, rows, colour_}, now());
    std::fwrite(text.data(), 1, text.size(), stderr);
    std::fflush(stderr);
  }

  const bool colour_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool done_ = false;
  Picture picture_;
  std::thread painter_;  ///< last: it uses everything above
};

}  // namespace

std::unique_ptr<View> make_view(const Console& console) {
  if (console.json) return std::make_unique<JsonLines>();
  if (console.quiet) return std::make_unique<Silent>();
  if (console.terminal) return std::make_unique<Drawn>(messages_in_colour(console));
  return std::make_unique<PlainLines>();
}

session::Sink sink_for(const Console& console, View& view) {
  return [trace = console.setup.sink, &view](const Event& event) {
    if (trace) trace(event);
    view.on(event);
  };
}

}  // namespace gf::cmd
