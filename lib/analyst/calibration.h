// How reviewers did on cases of which it is known what is right (git factory review --calibrate).
#pragma once

#include <string>
#include <vector>

#include "analyst/index.h"
#include "analyst/statistics.h"
#include "base/result.h"
#include "record/json.h"

namespace gf::analyst {

/// One reviewer by one prompt: of another model, or by other words, nothing is said.
struct Calibration {
  std::string reviewer;   ///< "provider/model" that answered
  std::string prompt;     ///< blob id of the prompt template, 40 hex digits
  std::string newest;     ///< when the last of the cases was judged, ISO 8601 in UTC
  bool scripted = false;  ///< its answers came from files: it tells nothing of a model
  Rate planted;           ///< sensitivity: faults that were put in, and it rejected for them
  Rate good;              ///< specificity: changes without one that were approved
  /// Both by kind, in the order of their names.
  struct Kind {
    std::string name;
    bool good = false;
    Rate right;
  };
  std::vector<Kind> kinds;
  /// Cases that it gave no answer to that could be read. They are in no rate.
  int64_t unanswered = 0;
  int64_t otherwise = 0;           ///< rejections that did not name the planted fault: missed
  record::Cost cost{0, "none"};    ///< of all cases
  std::vector<std::string> cases;  ///< their ids, store::kCalibrationCase
};

/// All that the record tells, the newest first. Each case counts once, as it was judged last.
Result<std::vector<Calibration>> calibrations(Index& index);

/// Those of this reviewer and prompt; null: there is none.
const Calibration* calibration_of(const std::vector<Calibration>& all, const std::string& reviewer,
                                  const std::string& prompt);

/// "12 of 14 planted faults named, 9 of 9 good changes approved", and "(scripted)".
std::string in_short(const Calibration& calibration);
/// Rates with their intervals, by kind too, some lines.
std::string to_text(const Calibration& calibration);
record::Json to_json(const Calibration& calibration);

}  // namespace gf::analyst
