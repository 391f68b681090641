// How far a reviewer is to be trusted: REVIEW, asked of changes of which it is known what is right.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "line/calibration_cases.h"
#include "line/cell.h"
#include "record/exchange.h"
#include "session/context.h"

namespace gf::line {

/// A case as it is put to the reviewer who is configured now.
struct PlannedCase {
  CalibrationCase made;
  CellWish wish;                    ///< what is judged
  bool answered = false;            ///< on record already, of this reviewer by this prompt
  std::optional<int64_t> cap = {};  ///< that is configured of a run, in 10^-12 dollars
};

/// What a calibration would ask. Nothing is spent on it.
struct CalibrationPlan {
  std::string reviewer;            ///< as configured: "provider/model, ..."
  size_t delivered = 0;            ///< changes that cases can be made of
  size_t possible = 0;             ///< cases that they make
  std::vector<PlannedCase> cases;  ///< those that were chosen, in the order in which they are asked
  /// A review's tokens, as the record has them of the runs that the cases are of: in and out.
  int64_t tokens_in = 0, tokens_out = 0;
  size_t measured = 0;  ///< runs that these are the mean of, their second rounds included
  /// What the cases that are not answered come to by it. No price: not known.
  record::Cost estimate;
  [[nodiscard]] size_t to_ask() const;
  /// Costs nothing, as far as is known: local, or answers from files.
  [[nodiscard]] bool is_free() const { return to_ask() == 0 || estimate.pico_usd == 0; }
};

/// Makes the cases: at most `most` of them. An Error (kUser) where no run has delivered anything
/// that is here, or no reviewer is configured.
Result<CalibrationPlan> plan_calibration(session::Setup setup, size_t most);

/// How one case came out.
struct CaseJudged {
  CalibrationCase made;
  RunId run;
  Judged::Answer answer = Judged::Answer::kUnsure;
  std::string came_to;  ///< store::kCalibrationAnswer
  record::Cost cost;
};
/// A case that was not put to the reviewer, and why.
struct LeftOut {
  CalibrationCase made;
  Error why;
};
struct Calibrated {
  std::vector<CaseJudged> judged;  ///< what was asked now, in order
  std::vector<LeftOut> left_out;
  std::optional<Error> stopped;  ///< why the rest was not asked
};

/// What an answer comes to: approved, named (rejected for the fault that was planted), otherwise
/// (rejected, but not for it) or unanswered. Pure.
std::string came_to(const CalibrationCase& made, const Judged& judged);

/// Asks what the plan has not answered, one case after another, each a run of its own on record
/// (status reviewed), judged as judge_revision() does. A dropped case is left out where the tests
/// of the criterion do not fail on its tree. Together they spend at most `cap`, in 10^-12 dollars;
/// each keeps to the configured caps besides. What was bought stays: asked for again it goes on. An
/// Error (kUser): another process calibrates in this clone now.
Result<Calibrated> calibrate(const session::Setup& setup, const CalibrationPlan& plan,
                             std::optional<int64_t> cap);

}  // namespace gf::line
