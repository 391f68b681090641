// Shows that the job behind a claim lives.
#pragma once

#include <memory>
#include <string>
#include <thread>

#include "batch/claims.h"
#include "session/context.h"

namespace gf::batch {

/// Moves a held claim from a thread of its own; whoever ends this object gets the claim back. When
/// somebody else has moved it, `lost` is asked to stop: the request is another's now. A remote that
/// cannot be reached for a while changes nothing.
class Heartbeat {
 public:
  /// Ten times in a lease.
  static constexpr Milliseconds kBetween = std::chrono::duration_cast<Milliseconds>(kLease) / 10;

  /// `lost` must outlive this object; it ends no beat that is on its way.
  Heartbeat(session::Setup setup, std::string remote, std::string batch, std::string slug,
            Claim claim, Cancel& lost, Milliseconds between = kBetween);
  ~Heartbeat();
  Heartbeat(const Heartbeat&) = delete;
  Heartbeat& operator=(const Heartbeat&) = delete;

  /// Ends it. Nothing: the claim was lost.
  std::optional<Claim> end();

 private:
  struct Shared;
  std::unique_ptr<Shared> shared_;
  std::thread thread_;
};

}  // namespace gf::batch
