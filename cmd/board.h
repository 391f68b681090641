// What a terminal shows of a batch, as text: a line a run. No clock, no thread and no file of its
// own.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "batch/schedule.h"
#include "canvas.h"
#include "record/exchange.h"
#include "session/event.h"

namespace gf::cmd {

/// Events of many runs in, a board out: slug, stage and attempt, clock, dollars, what happens now.
/// Where the window is too low, requests to come are left out first, then those that have ended;
/// how many is said.
class Board {
 public:
  using Time = std::chrono::duration<double>;  ///< since any fixed moment

  void begin(std::string title, const std::vector<std::string>& slugs, Time now);
  void on_event(size_t index, const session::Event& event);
  void on_state(size_t index, batch::State state, const std::string& why, Time now);
  void on_note(const std::string& text) { notes_.push_back("note: " + text); }
  [[nodiscard]] std::string draw(const Window& window, Time now);
  [[nodiscard]] bool moving() const { return !title_.empty(); }

 private:
  struct Row {
    std::string slug, stage, doing;
    batch::State state = batch::State::kWaiting;
    int attempt = 0;
    Time began{}, took{};
    record::Cost cost{std::nullopt, "none"};
  };
  [[nodiscard]] std::vector<bool> left_out(size_t count) const;
  [[nodiscard]] Canvas::Line line_of(const Row& row, Time now) const;
  [[nodiscard]] Canvas::Line foot(size_t left_out, Time now) const;

  std::string title_;
  Time began_{};
  std::vector<Row> rows_;
  std::vector<std::string> notes_;  ///< not drawn yet
  size_t widest_ = 0;
  Canvas canvas_;
};

}  // namespace gf::cmd
