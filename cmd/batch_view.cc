#include "batch_view.h"

#include <fmt/format.h>

#include <cstdio>
#include <string>
#include <vector>

#include "animation.h"
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

/// The board, drawn on a terminal.
class BatchBoard : public BatchView {
 public:
  explicit BatchBoard(bool colour)
      : animation_(colour, {[this] { return board_.moving(); },
                            [this](const Window& window, Animation::Time now) {
                              return board_.draw(window, now);
                            }}) {}

  batch::Listener listener() override {
    batch::Listener listener;
    listener.on_begin = [this](const batch::Orders& orders) {
      std::vector<std::string> slugs;
      for (const batch::Entry& entry : orders.entries) slugs.push_back(entry.slug);
      animation_.show([&](Animation::Time now) { board_.begin(title_of(orders), slugs, now); });
    };
    listener.on_event = [this](size_t index, const session::Event& event) {
      animation_.make([&](Animation::Time) { board_.on_event(index, event); });
    };
    listener.on_state = [this](size_t index, batch::State state, const std::string& why) {
      animation_.show([&](Animation::Time now) { board_.on_state(index, state, why, now); });
    };
    listener.on_note = [this](const std::string& text) {
      animation_.make([&](Animation::Time) { board_.on_note(flat(text)); });
    };
    return listener;
  }

 private:
  Board board_;
  Animation animation_;  ///< last: its thread draws the board
};

}  // namespace

std::unique_ptr<BatchView> make_batch_view(const Console& console) {
  if (console.quiet) return std::make_unique<SilentBatch>();
  if (console.terminal) return std::make_unique<BatchBoard>(messages_in_colour(console));
  return std::make_unique<BatchLines>();
}

}  // namespace gf::cmd
