#include "batch_view.h"

#include <fmt/format.h>
#include <unistd.h>

#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "base/text.h"
#include "board.h"
#include "pager.h"
#include "run_text.h"

namespace gf::cmd {
namespace {

std::string title_of(const batch::Orders& orders) {
  return fmt::format("batch {}: {} from {} at {}, {} at once", orders.name,
                     counted(orders.entries.size(), "request"), printable(orders.base_name),
                     orders.base.short_hex(), orders.at_once);
}

class SilentBatch : public BatchView {
 public:
  batch::Listener listener() override { return {}; }
};

/// "[health] plan: passed (1.2 s)"
class BatchLines : public BatchView {
 public:
  batch::Listener listener() override {
    batch::Listener listener;
    listener.on_begin = [this](const batch::Orders& orders) {
      for (const batch::Entry& entry : orders.entries) slugs_.push_back(printable(entry.slug));
      say(title_of(orders));
    };
    listener.on_event = [this](size_t index, const session::Event& event) {
      bool shown = event.kind == "stage.end" || event.kind == "warning" ||
                   event.kind == "run.begin" || event.kind == "note";
      std::string line = shown ? plain_line(event) : std::string();
      if (!line.empty()) say(fmt::format("[{}] {}", slugs_[index], trim(line)));
    };
    listener.on_state = [this](size_t index, batch::State state, const std::string& why) {
      if (state == batch::State::kRunning) return;
      say(fmt::format("[{}] {}", slugs_[index], flat(why)));
    };
    listener.on_note = [](const std::string& text) { say("note: " + flat(text)); };
    return listener;
  }

 private:
  static void say(std::string line) {
    line += "\n";
    std::fwrite(line.data(), 1, line.size(), stderr);
  }
  std::vector<std::string> slugs_;
};

/// The board, drawn on a terminal. A thread of its own keeps the seconds running.
class BatchBoard : public BatchView {
 public:
  explicit BatchBoard(bool colour) : colour_(colour), painter_([this] { paint_until_done(); }) {}
  ~BatchBoard() override {
    {
      std::lock_guard lock(mutex_);
      done_ = true;
    }
    wake_.notify_all();
    painter_.join();
    std::lock_guard lock(mutex_);
    paint();
  }

  batch::Listener listener() override {
    batch::Listener listener;
    listener.on_begin = [this](const batch::Orders& orders) {
      std::vector<std::string> slugs;
      for (const batch::Entry& entry : orders.entries) slugs.push_back(entry.slug);
      std::lock_guard lock(mutex_);
      board_.begin(title_of(orders), slugs, now());
    };
    listener.on_event = [this](size_t index, const session::Event& event) {
      std::lock_guard lock(mutex_);
      board_.on_event(index, event, now());
    };
    listener.on_state = [this](size_t index, batch::State state, const std::string& why) {
      std::lock_guard lock(mutex_);
      board_.on_state(index, state, why, now());
      paint();
    };
    listener.on_note = [this](const std::string& text) {
      std::lock_guard lock(mutex_);
      board_.on_note(flat(text));
    };
    return listener;
  }

 private:
  static Board::Time now() { return std::chrono::steady_clock::now().time_since_epoch(); }

  void paint_until_done() {
    std::unique_lock lock(mutex_);
    while (!done_) {
      wake_.wait_for(lock, std::chrono::milliseconds(200));
      if (board_.moving() && !done_) paint();
    }
  }
  void paint() {
    auto [columns, rows] = terminal_size(STDERR_FILENO);
    std::string text = board_.draw({columns, rows, colour_}, now());
    std::fwrite(text.data(), 1, text.size(), stderr);
    std::fflush(stderr);
  }

  const bool colour_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool done_ = false;
  Board board_;
  std::thread painter_;  ///< last: it uses everything above
};

}  // namespace

std::unique_ptr<BatchView> make_batch_view(const Console& console) {
  if (console.quiet) return std::make_unique<SilentBatch>();
  if (console.terminal) return std::make_unique<BatchBoard>(messages_in_colour(console));
  return std::make_unique<BatchLines>();
}

}  // namespace gf::cmd
