// Gates that were asked about a tree without the change: what fails there is what shows the change.
#pragma once

#include <set>
#include <string>

#include "store/store.h"

namespace gf::analyst {

/// What one attempt of a run asked of its new tests on the base, where they have to fail. Made once
/// an attempt; neither argument is kept.
class MustFail {
 public:
  MustFail(const store::Run& run, const record::StageRecord& attempt);
  /// Did this outcome of the attempt say no as it has to? Then no test of the base fails in it, and
  /// every test in it passes on the attempt's own tree, or is a file that could not be run without the change and has tests there
  /// that pass.
  [[nodiscard]] bool holds(const record::GateOutcome& gate) const;

 private:
  bool asked_ = false;  ///< does this attempt ask so?
  Oid tree_in_, tree_out_;
  std::set<std::string> passed_, old_;  ///< on the attempt's tree; on the run's base
};

/// Is the outcome one of those that the attempt names?
bool ran_gate(const record::StageRecord& attempt, const record::GateOutcome& gate);

}  // namespace gf::analyst
