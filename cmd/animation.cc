#include "animation.h"

#include <cstdio>

#include "pager.h"

namespace gf::cmd {

Animation::Animation(bool colour, Shown shown)
    : colour_(colour), shown_(std::move(shown)), painter_([this] { draw_until_done(); }) {}

Animation::~Animation() { end({}); }

void Animation::show(const Change& change) {
  std::lock_guard lock(mutex_);
  change(now());
  draw();
}

void Animation::make(const Change& change) {
  std::lock_guard lock(mutex_);
  change(now());
}

void Animation::end(const Change& change) {
  if (!painter_.joinable()) return;
  {
    std::lock_guard lock(mutex_);
    done_ = true;
    if (change) change(now());
  }
  wake_.notify_all();
  painter_.join();
  std::lock_guard lock(mutex_);
  draw();
}

void Animation::draw_until_done() {
  std::unique_lock lock(mutex_);
  while (!done_) {
    wake_.wait_for(lock, std::chrono::milliseconds(200));
    if (!done_ && shown_.moves()) draw();
  }
}

void Animation::draw() {
  // Asked anew each time: it may have been resized.
  auto [columns, rows] = terminal_size(fileno(stderr));
  std::string text = shown_.draw({columns, rows, colour_}, now());
  std::fwrite(text.data(), 1, text.size(), stderr);
  std::fflush(stderr);
}

}  // namespace gf::cmd
