// Sees a batch through that other machines run: submits, looks, and says what became of what.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "batch/claims.h"
#include "batch/engine.h"
#include "batch/protocol.h"
#include "batch/runner.h"
#include "batch/schedule.h"

namespace gf::batch {

/// Several may work on one batch at once, each in a clone of its own; all that they know of each
/// other is in the claims. Of one thread.
class Dispatcher {
 public:
  /// Everything handed in must outlive it.
  Dispatcher(session::Context& context, const Orders& orders, const Engine& engine,
             const EngineRoom& room, const std::string& remote, const Listener& listener);

  /// Reads what an earlier process of this batch, or another person's, has brought on its way.
  Result<void> take_up();
  /// Submits what may begin.
  void submit();
  /// Asks engine and claims, and acts on what they say. What cannot be asked is asked again by the
  /// next look.
  void look();
  /// Ends the batch's jobs, and waits until the engine has none of them: each says in its claim
  /// that nobody has it now. What has not ended is told as stopped.
  void cancel();

  [[nodiscard]] bool any() const { return !sent_.empty(); }  ///< something is on its way
  /// How it stands. `wall` is not filled in.
  [[nodiscard]] Report report() const;

 private:
  struct Sent {
    Watch watch;
    Milliseconds began{0};
    int tries = 0;     ///< jobs that are gone
    int refusals = 0;  ///< submissions that no engine took
    size_t place = 0;
    bool from_before = false;  ///< its job was there before this command
    bool elsewhere = false;    ///< the machine of the job before took no other
  };

  void begin(size_t index);
  void submit_some(const std::vector<size_t>& which);
  void look_at_one(size_t index, const Seen& seen, const Looked& looked, Milliseconds since);
  [[nodiscard]] bool is_of_our_stop(size_t index, const std::string& id,
                                    const Looked& looked) const;
  void again(size_t index, const std::string& why);
  void refused(size_t index, const std::string& why);
  [[nodiscard]] std::set<std::string> ids() const;
  void put(size_t index, State state, const std::string& outcome, const std::string& why);
  void put_ended(size_t index, const Claim& claim);
  void note(const std::string& text);
  [[nodiscard]] Milliseconds now() const { return context_.clock().steady(); }

  session::Context& context_;
  const Orders& orders_;
  const Engine& engine_;
  const EngineRoom& room_;
  const Listener& listener_;
  Claims claims_;
  Schedule schedule_;
  std::vector<Row> rows_;
  std::map<size_t, Sent> sent_;          ///< what is on its way, by entry
  std::string noted_;                    ///< said once, and not at each look
  bool took_jobs_ = false;               ///< the engine, at least once
  std::optional<Milliseconds> seen_at_;  ///< when claims were last read; nothing behind an outage
};

}  // namespace gf::batch
