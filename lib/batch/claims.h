// Who has a request of a batch that many machines work on: a ref on the shared remote, moved only
// from the value that was read. Format: git-factory-batch(5).
#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/ids.h"
#include "base/result.h"
#include "record/json.h"

namespace gf::session {
class Context;
}  // namespace gf::session

namespace gf::batch {

/// On the remote, + batch + "/" + slug.
inline constexpr const char* kClaims = "refs/factory/claims/";

struct Claim {
  enum class State {
    kHeld,      ///< a job works on it
    kReleased,  ///< its job stopped before the end: whoever wants it may have it
    kEnded      ///< what became of the request is in `status`
  };
  Oid tip;  ///< of the ref, where it was read; zero: not written yet
  State state = State::kHeld;
  std::string job;     ///< as its engine names it
  std::string host;    ///< for people
  std::string holder;  ///< of one process, drawn by lot: all that it wrote is its own
  int beat = 0;        ///< grows while it is held: a tip that stands still has nobody behind it
  // --- Once its branch was sent (fence.h) ---
  Oid head;            ///< what was sent; zero: nothing
  std::string branch;  ///< full name, "refs/heads/factory/x"
  RunId run;           ///< empty: it came to none
  /// The claim and the branch moved in one step: who reads this knows that the branch was there.
  bool together = false;
  // --- Once it has ended ---
  std::string status;  ///< the run's ("delivered"), or "failed" where it came to none
  std::string why;     ///< one line; of a delivery only where something of it is missing

  [[nodiscard]] bool is_held() const { return state == State::kHeld; }
  [[nodiscard]] bool is_delivered() const {
    return state == State::kEnded && status == "delivered";
  }
};

record::Json to_json(const Claim& claim);
/// A newer version than ours is an Error that says so.
Result<Claim> claim_from_json(const record::Json& json);

/// How long a claim may stand still before it counts as nobody's, by the clock of whoever looks at
/// it: no two machines' clocks are compared. A job moves its claim ten times as often.
inline constexpr std::chrono::seconds kLease{900};

/// What a remote has of a batch.
struct Seen {
  std::map<std::string, Claim> claims;            ///< by slug
  std::map<std::string, std::string> unreadable;  ///< by slug: why; one keeps no other from its way
};

/// The claims of one batch on one remote. Blocks on the network. Of one thread, as its context is;
/// several may work in one clone.
class Claims {
 public:
  /// `context` must outlive this object.
  Claims(session::Context& context, std::string remote, std::string batch)
      : context_(context), remote_(std::move(remote)), batch_(std::move(batch)) {}

  /// Fetches all of them.
  Result<Seen> fetch() const;
  /// One of them; nothing where there is none. One that cannot be read is an Error.
  Result<std::optional<Claim>> fetch(const std::string& slug) const;
  /// Puts `claim` where the remote has `claim.tip` (zero: nothing), or where the same holder has
  /// moved it since, and sets the tip; what that holder told of a branch stays told. False: it is
  /// somebody else's, who was faster, or it is gone; nothing was changed. An Error: that could not
  /// be found out, or the remote takes no claim; `claim` is as it was and may be put again.
  /// Whatever a push is answered, the ref itself says whose it is.
  Result<bool> put(const std::string& slug, Claim& claim);
  /// The commit that put() would send, for a push of the caller's; its ref is ref_of().
  Result<Oid> write(const std::string& slug, const Claim& claim);
  [[nodiscard]] RefName ref_of(const std::string& slug) const;

 private:
  [[nodiscard]] std::string tracking() const;
  Result<void> fetch_refs(const std::string& slug) const;

  session::Context& context_;
  std::string remote_, batch_;
};

/// A name for a process that will hold a claim, which no other one has.
std::string draw_holder(const Clock& clock);

}  // namespace gf::batch
