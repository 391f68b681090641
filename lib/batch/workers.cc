#include "batch/workers.h"

#include <fmt/format.h>

#include <condition_variable>
#include <deque>
#include <mutex>
#include <system_error>
#include <thread>

#include "batch/stream.h"

namespace gf::batch {
namespace {

/// A run has to end its gates and to write down where it was.
constexpr Milliseconds kGrace{20000};
constexpr Milliseconds kNoLimit{int64_t{10} * 365 * 24 * 3600 * 1000};
constexpr size_t kKeptOutput = 1u << 20;

}  // namespace

/// From many threads to one.
class Workers::Notices {
 public:
  void put(Notice notice) {
    {
      std::lock_guard lock(mutex_);
      waiting_.push_back(std::move(notice));
    }
    there_.notify_one();
  }
  std::optional<Notice> take(Milliseconds most) {
    std::unique_lock lock(mutex_);
    there_.wait_for(lock, most, [&] { return !waiting_.empty(); });
    if (waiting_.empty()) return std::nullopt;
    Notice notice = std::move(waiting_.front());
    waiting_.pop_front();
    return notice;
  }

 private:
  std::mutex mutex_;
  std::condition_variable there_;
  std::deque<Notice> waiting_;
};

struct Workers::Worker {
  Cancel cancel;
  std::thread thread;  ///< not joinable: it could not be started
};

Workers::Workers(const session::Context& context, std::string program)
    : context_(context), program_(std::move(program)), notices_(std::make_unique<Notices>()) {}

Workers::~Workers() {
  ask_all_to_end();
  for (auto& [index, worker] : going_on_) {
    if (worker->thread.joinable()) worker->thread.join();
  }
}

void Workers::begin(size_t index, Command command) {
  proc::Options options;
  options.argv = std::move(command.words);
  options.argv.insert(options.argv.begin(), program_);
  options.directory = context_.setup.directory;
  options.environment = context_.setup.environment;
  options.input = std::move(command.input);
  options.limits = {kNoLimit, kKeptOutput, kGrace};
  options.ends_with_us = true;
  Worker& placed = *going_on_.emplace(index, std::make_unique<Worker>()).first->second;
  Notices& notices = *notices_;
  auto wait = [&notices, &placed, index, options = std::move(options)]() mutable {
    Stream stream;
    options.on_output = [&](std::string_view piece) {
      for (session::Event& event : stream.take(piece))
        notices.put({index, std::move(event), std::nullopt});
    };
    notices.put({index, std::nullopt, proc::run(options, placed.cancel)});
  };
  try {
    placed.thread = std::thread(std::move(wait));
  } catch (const std::system_error& error) {
    notices.put({index, std::nullopt,
                 Result<proc::Outcome>(
                     Error{Fault::kEnvironment,
                           fmt::format("no thread can wait for its process: {}", error.what()),
                           {},
                           "let fewer go on at once, with -j"})});
  }
}

std::optional<Notice> Workers::next(Milliseconds most) {
  auto notice = notices_->take(most);
  if (!notice || !notice->ended) return notice;
  auto ended = going_on_.find(notice->index);
  if (ended->second->thread.joinable()) ended->second->thread.join();
  going_on_.erase(ended);
  return notice;
}

void Workers::ask_to_end(size_t index) { going_on_.at(index)->cancel.request(); }

void Workers::ask_all_to_end() {
  for (auto& [index, worker] : going_on_) worker->cancel.request();
}

}  // namespace gf::batch
