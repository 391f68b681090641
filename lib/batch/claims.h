// Who has a request of a batch that many machines work on: a ref on the shared remote, moved only
// from the value that was read. Format: git-factory-batch(5).
#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "record/json.h"
#include "session/context.h"

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
  /// Written by a put() whose answer was lost: one of them may be the tip.
  std::vector<Oid> unsure;
  State state = State::kHeld;
  std::string job;   ///< as its engine names it
  std::string host;  ///< for people
  int beat = 0;      ///< grows while it is held: a tip that stands still has nobody behind it
  // --- once it has ended ---
  std::string status;  ///< the run's ("delivered"), or "failed" where it came to none
  std::string why;     ///< of anything but a delivery, one line
  RunId run;           ///< empty: it came to none
  std::string branch;  ///< full name of the delivered branch; empty: none
};

record::Json to_json(const Claim& claim);
/// A newer version than ours is an Error that says so.
Result<Claim> claim_from_json(const record::Json& json);

/// How long a claim may stand still before it counts as nobody's, by the clock of whoever looks at
/// it: no two machines' clocks are compared. A job moves its claim ten times as often.
inline constexpr std::chrono::seconds kLease{900};

/// The claims of one batch on one remote. Blocks on the network. Of one thread, as its context is.
class Claims {
 public:
  /// `context` must outlive this object.
  Claims(session::Context& context, std::string remote, std::string batch)
      : context_(context), remote_(std::move(remote)), batch_(std::move(batch)) {}

  /// Fetches all of them, by slug.
  Result<std::map<std::string, Claim>> fetch() const;
  /// Puts `claim` where the remote has `claim.tip` (zero: nothing), and sets the new tip. False:
  /// somebody was faster, and nothing was changed. An Error: the remote could not be asked, and it
  /// may have been put; the next put() of this `claim` finds that out, and is not in its own way.
  Result<bool> put(const std::string& slug, Claim& claim);

 private:
  [[nodiscard]] RefName ref_of(const std::string& slug) const;
  Result<bool> put_once(const std::string& slug, Claim& claim);

  session::Context& context_;
  std::string remote_, batch_;
};

}  // namespace gf::batch
