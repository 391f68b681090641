#include "batch/heartbeat.h"

#include <condition_variable>
#include <mutex>

namespace gf::batch {

struct Heartbeat::Shared {
  std::mutex mutex;
  std::condition_variable ends;
  bool over = false, lost = false;
  Claim claim;
  Cancel never;  ///< a stop that is asked for must not leave a claim that nobody moves for a lease
};

Heartbeat::Heartbeat(session::Setup setup, std::string remote, std::string batch, std::string slug,
                     Claim claim, Cancel& lost, Milliseconds between)
    : shared_(std::make_unique<Shared>()) {
  shared_->claim = std::move(claim);
  Shared& shared = *shared_;
  setup.cancel = &shared.never;
  setup.guard = {};
  thread_ =
      std::thread([&shared, &lost, between, setup = std::move(setup), remote = std::move(remote),
                   batch = std::move(batch), slug = std::move(slug)] {
        std::unique_lock lock(shared.mutex);
        while (!shared.ends.wait_for(lock, between, [&] { return shared.over; })) {
          // A repository is of one thread: this one opens its own.
          auto context = session::Context::open(setup, false);
          if (!context.ok()) continue;
          Claim next = shared.claim;
          ++next.beat;
          auto put = Claims(**context, remote, batch).put(slug, next);
          // It may be there all the same: the next one finds that out.
          if (!put.ok()) continue;
          if (!*put) {
            shared.lost = true;
            lost.request();
            return;
          }
          shared.claim = std::move(next);
        }
      });
}

Heartbeat::~Heartbeat() { end(); }

std::optional<Claim> Heartbeat::end() {
  {
    std::lock_guard lock(shared_->mutex);
    shared_->over = true;
  }
  shared_->ends.notify_all();
  if (thread_.joinable()) thread_.join();
  if (shared_->lost) return std::nullopt;
  return shared_->claim;
}

}  // namespace gf::batch
