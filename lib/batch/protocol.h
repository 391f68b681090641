// Who may do what with a request that several machines know of: the decisions of dispatchers and
// jobs, over the claim on the remote. README.md has the same as a table. Touches nothing itself.
#pragma once

#include <optional>
#include <string>

#include "base/ids.h"
#include "base/result.h"
#include "base/time.h"
#include "batch/claims.h"
#include "batch/looked.h"

namespace gf::batch {

// --- A dispatcher's side ---

/// What a dispatcher knows of a request that is somewhere.
struct Watch {
  std::string id;         ///< of the job that it counts on; empty: none that its engine knows
  std::string claimant;   ///< the job that the claim named at the last look
  Oid tip;                ///< of the claim at the last look; zero: there was none
  Milliseconds still{0};  ///< how long looks have found that tip, outages left out
  bool listed = false;    ///< its engine has named the job
  bool to_submit = true;  ///< it needs a job
};

enum class Next {
  kWait,
  kTaken,   ///< it ended: the claim says how
  kAnew,    ///< its job is gone: a job may be submitted that takes exactly the claim at `watch.tip`
  kWaited,  ///< the same, but nobody could be asked: the claim stood still for a lease
};

/// What follows from a look, and what of it is kept in `watch`. `claim`: null where there is none.
/// `since` the last look that saw claims, zero behind an outage: a job that lives through one has
/// to have the time to come back. The engine was asked before the claim was read. `lists_late`:
/// what was submitted may not be listed yet.
Next look_at(Watch& watch, const Claim* claim, const Looked& looked, Milliseconds since,
             bool lists_late);

// --- A job's side ---

/// A job that wants a request.
struct Bid {
  std::string slug, job, host;
  std::string holder;  ///< draw_holder()
  Oid in_place_of;     ///< the claim that it may take though somebody holds it; zero: none
};
/// Whether a job may take a request whose claim is `there`.
bool may_take(const Claim& there, const Bid& bid);

/// What became of a request.
struct Ending {
  bool ended = false;  ///< false: it can go on
  std::string status;  ///< once it has ended: the run's, or "failed" where it came to none
  std::string why;     ///< one line
  RunId run;
  std::string branch;  ///< full name, of a delivery
};

/// What a job does between taking a claim and giving it back. Each call may be repeated.
class Work {
 public:
  virtual ~Work() = default;
  /// What the remote's record and this clone know of the request.
  struct Known {
    RunId goes_on;                 ///< a run here can go on; empty: none
    std::optional<Ending> ending;  ///< its run has ended
  };
  virtual Result<Known> look() = 0;
  /// Whether the remote has this branch there, or on top of it.
  virtual Result<bool> is_delivered(const std::string& branch, const Oid& head) = 0;
  virtual Result<Ending> run() = 0;
  /// The record is on the remote when this returns. Asked again where it is not.
  virtual Result<void> send_home() = 0;
  /// After a failure, the n-th in a row: waits, and says whether it is worth another try.
  virtual bool wait_for_another_try(int failures) = 0;
};

/// One job, step by step; whoever ends between two of them, or in the middle of one, leaves
/// something that another job goes on with.
class Steps {
 public:
  enum class At {
    kTake,  ///< the claim
    kLook,  ///< whether it is done already
    kRun,
    kHome,  ///< the record goes to the remote
    kTell,  ///< the claim says how it ended
    kOver
  };
  /// Both must outlive this object, and work also when a stop is asked for.
  Steps(Claims& claims, Bid bid, Work& work);

  [[nodiscard]] At at() const { return at_; }
  /// Does what it is at. An Error ends it: nobody could take the claim, or give it back.
  Result<void> step();

  [[nodiscard]] const std::string& holder() const { return bid_.holder; }
  /// Held from behind kTake on; whoever moves it meanwhile hands it back before kTell.
  Claim& claim() { return claim_; }
  [[nodiscard]] const Claim& claim() const { return claim_; }
  /// Somebody else has the claim.
  void lose();

  [[nodiscard]] bool ours() const { return ours_; }  ///< it took the claim, and kept it
  [[nodiscard]] const Ending& ending() const { return ending_; }
  [[nodiscard]] bool is_home() const { return home_; }  ///< nothing of it is here alone
  /// Why its work broke off; nothing where it did not.
  [[nodiscard]] const std::optional<Error>& broke_off() const { return broke_off_; }

 private:
  Result<void> take();
  Result<void> look();
  void run();
  void bring_home();
  Result<void> tell();
  void break_off(const Error& error);

  Claims& claims_;
  Bid bid_;
  Work& work_;
  At at_ = At::kTake;
  Claim claim_;
  std::optional<Claim> before_;  ///< what was taken
  Ending ending_;
  bool ours_ = false, home_ = true;
  int failures_ = 0;
  std::optional<Error> broke_off_;
};

}  // namespace gf::batch
