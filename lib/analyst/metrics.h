// What the record says in numbers: dollars per feature, time to pull request, rates of first and
// clean runs.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "analyst/index.h"
#include "analyst/statistics.h"
#include "analyst/table.h"
#include "base/result.h"
#include "record/json.h"
#include "record/run.h"

namespace gf::analyst {

/// "$0.0000 (scripted)": for people, who are told of a basis that is no money.
std::string money(const record::Cost& cost);

/// Days in UTC, both included, by the start of a run: "20261121".
struct Window {
  std::string from = "00000000", to = "99999999";
};

/// Runs that were to deliver something: none that was only planned, and no review of a revision. A
/// condition for SQL over `run_rows`.
inline constexpr const char* kOfLine = "status NOT IN ('planned','reviewed')";
/// Leaves out what was asked to calibrate a reviewer (store::kCalibrationSlug), which is told apart
/// (calibration.h). A condition for SQL over `run_rows r`.
inline constexpr const char* kNoCalibration =
    "NOT (r.status='reviewed' AND coalesce(r.slug,'') >= 'calibrate-' AND r.slug < 'calibrate-~')";
/// The ids of the first run of each request, of kOfLine. Runs whose request is not known here are
/// requests of their own. A set for SQL over `run_rows`.
inline constexpr const char* kFirstRuns =
    "(SELECT min(id) FROM run_rows WHERE status NOT IN ('planned','reviewed') GROUP BY asked)";

/// Sums over ended runs. A run that was only to be planned is counted in `planned` alone, a review
/// of a revision in `reviewed`: there was nothing to deliver.
struct Totals {
  int64_t runs = 0, delivered = 0, planned = 0, reviewed = 0;
  int64_t first_try = 0;   ///< clean runs: delivered, and no stage needed a second attempt
  int64_t first_runs = 0;  ///< requests whose first run ended in the window
  int64_t first_runs_delivered = 0;  ///< of these, what that run delivered, repeats included
  int64_t unpriced = 0;              ///< runs whose cost is not known
  int64_t incomplete = 0;            ///< runs of which this clone has the summary only
  int64_t attempts = 0, exchanges = 0, tokens_in = 0, tokens_out = 0;
  record::Cost cost;                    ///< of all runs, planned ones too
  record::Cost delivered_cost, wasted;  ///< of those that delivered, and of those that did not
  record::Cost lost;                    ///< of stage attempts that did not pass, in any run
  Milliseconds wall{0}, model{0}, gates{0};
  std::optional<Milliseconds> median_to_pr, mean_to_pr;
};

struct Report {
  Totals totals;
  /// One row a run, oldest first; at most as many as were asked for, the newest.
  Table features;
  // One row a group.
  Table stages, models, specs, gates, months, outcomes;
  // Of these, the one stage; on a tie nobody wins, and the list has all that are equal.
  std::optional<std::string> cost_driver;  ///< the stage that took most dollars, else tokens
  std::vector<std::string> cost_as_much;
  bool driver_by_tokens = false;
  std::optional<std::string> fails_most;  ///< the stage with most attempts that did not pass
  std::vector<std::string> fail_as_often;
  struct Dearest {
    std::string run, slug;
    record::Cost cost;
    Milliseconds wall{0};
  };
  std::optional<Dearest> dearest;  ///< of those delivered, ties go to the slowest; none at $0
};

/// `features`: how many rows of runs; 0 is all of them.
Result<Report> collect(Index& index, size_t features = 50, const Window& window = {});

/// The groups by name, as --by takes it: run, stage, model, spec, gate, month, outcome.
std::vector<std::pair<std::string, const Table*>> groups(const Report& report);

/// As `git factory metrics` prints it: a table with a row a feature, the sums, the groups.
std::string to_markdown(const Report& report);
/// One group alone; money, times and shares written out.
std::string group_to_markdown(const Table& table);
/// A table of the report as programs read it: its money, 10^-12 dollars in columns named "pico",
/// as dollars in columns named "usd".
Table in_dollars(const Table& table);
/// The same as one object; documented in git-factory-metrics(1).
record::Json to_json(const Report& report);
/// Upper bounds of the histogram of gates' times, in milliseconds.
inline constexpr int64_t kGateBounds[] = {100,   250,   500,   1000,   2500,   5000,
                                          10000, 30000, 60000, 120000, 300000, 600000};
/// How long gates took on what was built: a row for each gate, stage and status (pass, fail, and
/// what says that it is broken), with runs, wall_ms and, for each bound, how many took no longer
/// ("le_100"). Reads every gate of the window: only for those who want it.
Result<Table> gate_times(Index& index, const Window& window = {});
/// The text format of Prometheus, 0.0.4; `gate_times` as above. Sums only go down when records are
/// dropped.
std::string to_prometheus(const Report& report, const Table& gate_times);

}  // namespace gf::analyst
