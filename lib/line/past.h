// What is known already of what a line is about to do: nothing for a new run, everything for a run
// that is replayed.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "env/finder.h"
#include "gate/gate.h"
#include "record/exchange.h"
#include "record/gate.h"

namespace gf::line {

/// Go on with the next step, or leave the run as it is: whoever looks on has seen enough.
enum class Onward { kGo, kStop };

/// The past of one line. This class is that of a new run: nothing is known, and nobody looks on. A
/// replay hands in its own, which is the one thing that sets it apart from a run.
class Past {
 public:
  Past() = default;
  Past(const Past&) = delete;
  Past& operator=(const Past&) = delete;
  virtual ~Past() = default;

  /// A run that is taken again: no model, no person and no remote is asked, and what nobody kept
  /// is no reason to ask.
  [[nodiscard]] virtual bool replays() const { return false; }
  /// What was answered to this step's question, whatever the question is now; null: nothing.
  [[nodiscard]] virtual const record::Exchange* answer(const record::ModelRequest&) const {
    return nullptr;
  }
  /// Told of a question that has no answer there when one is needed: the line has gone another way.
  virtual void miss(const record::ModelRequest&) {}
  /// "provider/model, ..." of each stage, as it was configured then.
  [[nodiscard]] virtual std::map<std::string, std::string> models() const { return {}; }

  /// The tip that the base's branch had at delivery, where it had moved; nothing: it had not.
  [[nodiscard]] virtual std::optional<Oid> moved_base() const { return std::nullopt; }

  /// The gates whose outcomes are taken from the record instead of running them; empty: they run.
  [[nodiscard]] virtual const std::vector<gate::Gate>* gates() const { return nullptr; }
  struct Outcome {
    record::GateOutcome outcome;
    std::string key;  ///< the one of `keys` that it was kept under
  };
  /// The outcome that was kept for this tree and gate, under the first of `keys` that has one.
  virtual std::optional<Outcome> outcome(const Oid& /*tree*/, const std::string& /*gate*/,
                                         const std::vector<std::string>& /*keys*/) {
    return std::nullopt;
  }

  /// Folders to work in; what is empty is the clone's own.
  struct Places {
    std::string pool;      ///< of worktrees
    std::string outcomes;  ///< of gates, by tree
    std::string tools;     ///< what gates keep for themselves between runs
    /// Where the user's environments are looked for; nothing: by the repository of the run.
    std::optional<env::Checkout> checkout;
  };
  [[nodiscard]] virtual Places places() const { return {}; }

  /// Called when a step is on record; 0: the gates on the base.
  virtual Result<Onward> reached(int /*seq*/) { return Onward::kGo; }
};

/// The past of a new run. It holds nothing, so all may share it.
Past& nothing_before();

}  // namespace gf::line
