#include "live_view.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <map>
#include <mutex>
#include <thread>

#include "base/text.h"
#include "record/exchange.h"

namespace gf::cmd {
namespace {

using engine::Event;

constexpr const char* kLine[] = {"plan", "scout", "build", "validate", "test", "review", "pr"};

class Silent : public View {
 public:
  void on(const Event&) override {}
};

class JsonLines : public View {
 public:
  void on(const Event& event) override {
    std::string line = engine::to_json(event).dump() + "\n";
    std::fwrite(line.data(), 1, line.size(), stdout);
    std::fflush(stdout);
  }
};

class PlainLines : public View {
 public:
  void on(const Event& event) override {
    if (event.kind == "act.begin" || event.kind == "ask.begin" || event.kind == "gate.begin")
      return;
    std::string where =
        event.stage.empty() ? std::string() : fmt::format("{}.{} ", event.stage, event.attempt);
    std::string line = fmt::format("{}{}: {}\n", where, event.kind, printable(event.text));
    std::fwrite(line.data(), 1, line.size(), stderr);
  }
};

/// One row a stage. A thread of its own keeps the seconds running.
class Drawn : public View {
 public:
  Drawn() : painter_([this] { paint_until_done(); }) {}
  ~Drawn() override {
    {
      std::lock_guard lock(mutex_);
      done_ = true;
      current_.clear();
      doing_.clear();
    }
    wake_.notify_all();
    painter_.join();
    std::lock_guard lock(mutex_);
    paint();
  }

  void on(const Event& event) override {
    std::lock_guard lock(mutex_);
    if (event.kind == "run.begin") {
      title_ = event.text;
      run_ = event.run.str();
    } else if (event.kind == "stage.begin") {
      current_ = event.stage;
      began_ = now();
      Row& row = rows_[event.stage];
      row.attempt = event.attempt;
      row.mark = '>';
      doing_.clear();
    } else if (event.kind == "stage.end") {
      end_stage(event);
    } else if (event.kind == "warning") {
      notes_.push_back("warning: " + event.text);
    } else if (event.kind == "note") {
      notes_.push_back(event.text);
    } else if (event.kind == "run.end") {
      doing_.clear();
    } else if (event.kind.ends_with(".begin") || event.kind == "tool") {
      doing_ = event.text;
    } else if (event.kind.ends_with(".end")) {
      doing_.clear();
    }
    paint();
  }

 private:
  using Steady = std::chrono::steady_clock;
  struct Row {
    int attempt = 0;
    char mark = ' ';
    double seconds = 0;
    int64_t tokens_in = 0, tokens_out = 0;
    std::string cost, reason, model;
  };

  static Steady::time_point now() { return Steady::now(); }

  void end_stage(const Event& event) {
    Row& row = rows_[event.stage];
    bool passed = event.fields.get_string("status") == "pass";
    row.mark = passed ? '+' : 'x';
    row.seconds += static_cast<double>(event.fields.get_int("ms")) / 1000;
    row.tokens_in += event.fields.get_int("tokens_in");
    row.tokens_out += event.fields.get_int("tokens_out");
    row.model = event.fields.get_string("model", row.model);
    auto cost = record::cost_from_json(event.fields.get("cost"));
    if (cost.ok() && !row.model.empty()) row.cost = record::to_text(*cost);
    row.reason = event.text.substr(std::min(event.text.size(), event.text.find(": ") + 2));
    if (!passed) {
      std::string back = event.fields.get_string("goes_back_to");
      notes_.push_back(fmt::format("{} {}: {}{}", event.stage, event.attempt, row.reason,
                                   back.empty() ? "" : " -> " + back));
    }
    current_.clear();
    doing_.clear();
  }

  void paint_until_done() {
    std::unique_lock lock(mutex_);
    while (!done_) {
      wake_.wait_for(lock, std::chrono::milliseconds(200));
      if (!current_.empty()) paint();
    }
  }

  static size_t width() {
    winsize size{};
    if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return 80;
    return size.ws_col;
  }

  void line(std::string& picture, std::string text) {
    text = replace_all(printable(text), "\n", " ");
    size_t room = width() - 1;
    if (text.size() > room) {
      // Cut by bytes between characters: never wider than the window, so that going up is right.
      while (room > 0 && (static_cast<unsigned char>(text[room]) & 0xc0) == 0x80) --room;
      text.resize(room);
    }
    picture += text + "\x1b[K\n";
    ++drawn_;
  }

  void paint() {
    if (title_.empty()) return;
    std::string picture;
    if (drawn_ > 0) picture += fmt::format("\x1b[{}A", drawn_);
    picture += "\x1b[J";
    drawn_ = 0;
    while (notes_.size() > told_) line_above(picture, notes_[told_++]);
    line(picture, fmt::format("{}  {}", title_, run_));
    int64_t in = 0, out = 0;
    for (const char* name : kLine) {
      const Row& row = rows_[name];
      double seconds = row.seconds;
      bool running = current_ == name;
      if (running) seconds += std::chrono::duration<double>(now() - began_).count();
      in += row.tokens_in;
      out += row.tokens_out;
      std::string text = fmt::format(" {} {:<9}", row.mark, name);
      if (row.attempt > 0) text += fmt::format(" {}  {:6.1f} s", row.attempt, seconds);
      if (row.tokens_in + row.tokens_out > 0) {
        text += fmt::format("  {}/{} tokens  {}", row.tokens_in, row.tokens_out, row.cost);
        if (row.model == "scripted") text += " scripted";
      }
      if (running && !doing_.empty()) text += "  " + doing_;
      line(picture, text);
    }
    // Between stages (the base's own gates, the push) there is no row to say it in.
    std::string between = current_.empty() && !doing_.empty() ? "  " + doing_ : "";
    line(picture, fmt::format("   {} tokens in, {} out{}", in, out, between));
    std::fwrite(picture.data(), 1, picture.size(), stderr);
    std::fflush(stderr);
  }

  /// A note stays above the picture for good.
  void line_above(std::string& picture, const std::string& text) {
    picture += printable(clipped(text, 600)) + "\x1b[K\n";
  }

  std::mutex mutex_;
  std::condition_variable wake_;
  bool done_ = false;
  std::string title_, run_, current_, doing_;
  Steady::time_point began_ = now();
  std::map<std::string, Row> rows_;
  std::vector<std::string> notes_;
  size_t told_ = 0;
  int drawn_ = 0;
  std::thread painter_;  ///< last: it uses everything above
};

}  // namespace

std::unique_ptr<View> make_view(const Console& console) {
  if (console.json) return std::make_unique<JsonLines>();
  if (console.quiet) return std::make_unique<Silent>();
  if (console.terminal) return std::make_unique<Drawn>();
  return std::make_unique<PlainLines>();
}

engine::Sink sink_for(const Console& console, View& view) {
  return [trace = console.setup.sink, &view](const Event& event) {
    if (trace) trace(event);
    view.on(event);
  };
}

}  // namespace gf::cmd
