// What the record says in numbers: dollars per feature, time to pull request, first-try rate.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "record/json.h"
#include "store/store.h"

namespace gf::analyst {

/// Sums over the stage attempts of one stage.
struct StageSum {
  int attempts = 0, failed = 0;
  int64_t tokens_in = 0, tokens_out = 0;
  record::Cost cost;
  Milliseconds wall{0};
};

struct Report {
  std::vector<store::Summary> runs;        ///< oldest first
  std::map<std::string, StageSum> stages;  ///< by stage name
  int delivered = 0, first_try = 0;
  record::Cost cost;                          ///< of all runs
  record::Cost wasted;                        ///< of runs that delivered nothing
  std::optional<std::string> cost_driver;     ///< the stage with the most tokens
  std::optional<std::string> most_expensive;  ///< a run's id; ties go to the slowest
};

/// Reads every run that this clone knows. Runs without a stage record here count in `runs` alone.
Result<Report> collect(const store::Store& store);

/// As `git factory metrics` prints it: a table with a row a feature, then the sums.
std::string to_markdown(const Report& report);
/// The same as one object; documented in git-factory-metrics(1).
record::Json to_json(const Report& report);

}  // namespace gf::analyst
