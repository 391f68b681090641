#include "live_view.h"

#include <chrono>
#include <cstdio>

#include "animation.h"
#include "pager.h"
#include "picture.h"
#include "record/dollars.h"
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
    std::string line = record::in_dollars(to_json(event)).dump() + "\n";
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
    begun_ = begun_ || event.kind == "stage.begin" || event.kind == "check.begin";
    if (event.kind == "run.end" && begun_)
      line = "total: " + sums_.totals(now) + (line.empty() ? "" : "\n" + line);
    if (line.empty()) return;
    line += "\n";
    std::fwrite(line.data(), 1, line.size(), stderr);
  }

 private:
  Picture sums_;
  bool begun_ = false;  ///< a run that was refused at the door has no sums
};

/// The picture, drawn on a terminal.
class Drawn : public View {
 public:
  explicit Drawn(bool colour)
      : animation_(colour, {[this] { return picture_.moving(); },
                            [this](const Window& window, Animation::Time now) {
                              return picture_.draw(window, now);
                            }}) {}
  ~Drawn() override {
    animation_.end([this](Animation::Time now) { picture_.stop(now); });
  }

  void on(const Event& event) override {
    animation_.show([&](Animation::Time now) { picture_.on(event, now); });
  }

  void leave() override {
    animation_.make([this](Animation::Time) { picture_.leave(); });
  }

 private:
  Picture picture_;
  Animation animation_;  ///< last: its thread draws the picture
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
