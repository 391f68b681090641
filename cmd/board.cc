#include "board.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/clock_text.h"
#include "base/text.h"
#include "run_text.h"

namespace gf::cmd {
namespace {

using batch::State;

char mark_of(State state) {
  switch (state) {
    case State::kRunning:
      return '>';
    case State::kDelivered:
      return '+';
    case State::kNotDelivered:
      return 'x';
    case State::kStopped:
    case State::kLeftOut:
      return '-';
    default:
      return ' ';
  }
}

bool ended(State state) { return state != State::kWaiting && state != State::kRunning; }

}  // namespace

void Board::begin(std::string title, const std::vector<std::string>& slugs, Time now) {
  title_ = std::move(title);
  began_ = now;
  for (const std::string& slug : slugs) {
    Row row;
    row.slug = flat(slug);
    widest_ = std::max(widest_, row.slug.size());
    rows_.push_back(std::move(row));
  }
}

void Board::on_event(size_t index, const session::Event& event) {
  Row& row = rows_.at(index);
  if (event.kind == "warning") {
    notes_.push_back(fmt::format("warning: {}: {}", row.slug, flat(event.text)));
  } else if (event.kind == "stage.begin") {
    row.stage = flat(event.stage);
    row.attempt = event.attempt;
    row.doing.clear();
  } else if (event.kind == "stage.end") {
    auto cost = record::cost_from_json(event.fields.get("cost"));
    bool asked = event.fields.has("cost") && cost.ok();
    if (asked) row.cost = row.cost.basis == "none" ? *cost : row.cost + *cost;
    row.doing = flat(event.text);
  } else if (!event.kind.starts_with("run.") && !event.text.empty()) {
    row.doing = flat(event.text);
  }
}

void Board::on_state(size_t index, State state, const std::string& why, Time now) {
  Row& row = rows_.at(index);
  if (state == State::kRunning) row.began = now;
  if (row.state == State::kRunning && state != State::kRunning) row.took += now - row.began;
  if (ended(state) || state == State::kWaiting) row.doing = flat(why);
  row.state = state;
}

Canvas::Line Board::line_of(const Row& row, Time now) const {
  constexpr size_t kWidestSlug = 24;
  char mark = mark_of(row.state);
  size_t width = std::min(widest_, kWidestSlug);
  std::string text = fmt::format(" {} {:<{}}", mark, clipped(row.slug, kWidestSlug), width);
  Time time = row.took + (row.state == State::kRunning ? now - row.began : Time{});
  if (row.stage.empty() && time.count() <= 0) return {text + "  " + row.doing, code_of(mark), 3};
  std::string stage = row.attempt > 1 ? fmt::format("{} {}", row.stage, row.attempt) : row.stage;
  text += fmt::format("  {:<16} {:>8}", stage, clock_text(time.count()));
  text += fmt::format("  {:>8}", row.cost.basis == "none" ? "" : record::to_text(row.cost));
  return {text + "  " + row.doing, code_of(mark), 3};
}

Canvas::Line Board::foot(size_t left_out, Time now) const {
  size_t over = 0, running = 0;
  record::Cost all{0, "none"};
  for (const Row& row : rows_) {
    over += ended(row.state) ? 1 : 0;
    running += row.state == State::kRunning ? 1 : 0;
    if (row.cost.basis != "none") all = all + row.cost;
  }
  std::string text = fmt::format("   {} of {} done, {} going on  {}  {}", over, rows_.size(),
                                 running, record::to_text(all), clock_text((now - began_).count()));
  if (left_out > 0) text += fmt::format("  ({} not shown)", left_out);
  return {text, ""};
}

/// The last ones to come first, then those that ended first, then the last of the others.
std::vector<bool> Board::left_out(size_t count) const {
  std::vector<bool> hidden(rows_.size(), false);
  auto hide = [&](size_t i, bool is_one) {
    if (count == 0 || hidden[i] || !is_one) return;
    hidden[i] = true;
    --count;
  };
  for (size_t i = rows_.size(); i-- > 0;) hide(i, rows_[i].state == State::kWaiting);
  for (size_t i = 0; i < rows_.size(); ++i) hide(i, ended(rows_[i].state));
  for (size_t i = rows_.size(); i-- > 0;) hide(i, true);
  return hidden;
}

std::string Board::draw(const Window& window, Time now) {
  if (title_.empty()) return {};
  constexpr size_t kAround = 3;  // title, foot, and the line of the cursor
  size_t room = std::max<size_t>(window.rows, kAround + 1) - kAround;
  std::vector<bool> hidden = left_out(rows_.size() > room ? rows_.size() - room : 0);
  std::vector<Canvas::Line> lines = {{title_, "1"}};
  for (size_t i = 0; i < rows_.size(); ++i) {
    if (!hidden[i]) lines.push_back(line_of(rows_[i], now));
  }
  lines.push_back(foot(rows_.size() - (lines.size() - 1), now));
  std::vector<std::string> above = std::move(notes_);
  notes_.clear();
  return canvas_.draw(above, lines, window);
}

}  // namespace gf::cmd
