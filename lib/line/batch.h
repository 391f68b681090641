// What the runs of one name spend together, as the record has it.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "base/ids.h"
#include "base/result.h"
#include "base/time.h"
#include "line/budget.h"

namespace gf::session {
class Config;
}  // namespace gf::session
namespace gf::session {
class Context;
}  // namespace gf::session
namespace gf::record {
struct RunRecord;
}  // namespace gf::record

namespace gf::line {

/// A batch is all runs that carry its name (factory.batch, --batch) in this clone's record and were
/// going on in the last 31 days, whichever process they are in. Its purse is checked beside those
/// of the stage and the run. Other processes' calls count from the moment that they are on record;
/// one that is under way there is not seen.
class Batch {
 public:
  /// Null when the run is of no batch, or its batch has no cap. A wrong cap is an Error.
  static Result<std::unique_ptr<Batch>> of(const session::Context& context,
                                           const session::Config& config,
                                           const record::RunRecord& run);

  /// Looks again at what the other runs have spent; costs as much as has moved since.
  Result<void> refresh();
  Purse& purse() { return purse_; }

 private:
  Batch(const session::Context& context, std::string name, RunId own, Budget budget,
        std::optional<int64_t> unpriced);

  const session::Context& context_;
  std::string name_;
  RunId own_;
  std::optional<int64_t> unpriced_;  ///< of a token without a price, in 10^-12 dollars
  Purse purse_;
  /// A run that goes on, as it was at this tip: only one that has moved is looked at again.
  struct GoingOn {
    Oid tip;
    bool ours = false;  ///< of this batch
    Expense spent;
  };
  std::map<RunId, GoingOn> going_on_;
  std::map<RunId, Expense> ended_;
  Timestamp seen_to_{};  ///< runs that ended before were looked at
};

}  // namespace gf::line
