// The forms in which tools answer: one row each. For this room's .cc files.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "gate/reports.h"
#include "proc/process.h"

namespace gf::gate {

/// Where a tool leaves its answer.
enum class Left {
  kStdout,
  kBoth,       ///< standard output, then standard error
  kOneStream,  ///< both, as they came: what stands in one says what the other is about
  kFile,       ///< {report}
  kFileOrOut,  ///< {report} where it wrote one, else as kBoth: it could not begin
};

struct ReportKind {
  std::string_view name;  ///< as [factory-gate "<name>"] report names it
  bool tests;             ///< it tells of tests, not of findings
  Left left;
  /// False: the text is no such report. null: nothing but the exit is read.
  bool (*read)(std::string_view text, const Scrubber& scrub, record::GateOutcome& outcome);
  /// Exit 0 with findings is how the tool says no.
  bool no_by_findings = false;
  /// What it printed as a person would have it; null: as it is.
  std::string (*spoken)(std::string_view out) = nullptr;
};

/// In the order in which they are told to who names another. Forms that need more than a text to be
/// read (pre-commit's, a hook's) are in run.cc.
const std::vector<ReportKind>& report_kinds();
/// null: there is none of this name.
const ReportKind* report_kind(std::string_view name);
/// Does a gate with this report run tests?
bool reports_tests(std::string_view name);
/// "ruff-json, ruff-format, ... or exit".
std::string report_names();

struct CoverageKind {
  std::string_view name;
  bool (*read)(std::string_view text, const Scrubber& scrub, record::GateOutcome& outcome);
};
const std::vector<CoverageKind>& coverage_kinds();
/// "cobertura or lcov".
std::string coverage_names();

}  // namespace gf::gate
