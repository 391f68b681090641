// How a batch ended: a row a request, sums, and which branches do not go together.
#pragma once

#include <string>
#include <vector>

#include "batch/schedule.h"
#include "record/exchange.h"
#include "record/json.h"
#include "record/run.h"
#include "store/store.h"

namespace gf::git {
class Repo;
}  // namespace gf::git

namespace gf::batch {

struct Row {
  std::string slug;
  State state = State::kWaiting;
  RunId run;            ///< empty: it did not come to one
  std::string outcome;  ///< "delivered", "rejected", "stopped", "left out", ...
  std::string why;      ///< of anything but a delivery, one line
  std::string pull_request, branch;
  Oid head;  ///< what was delivered
  int attempts = 0;
  record::Cost cost{std::nullopt, "none"};
  Milliseconds wall{0};  ///< of its run, whenever that was
  Milliseconds took{0};  ///< of its processes, this time
};

/// Two delivered branches that cannot both be merged as they are.
struct Conflict {
  std::string first, second;       ///< slugs
  std::vector<std::string> paths;  ///< in order
};

struct Report {
  std::string name;  ///< the batch's
  std::vector<Row> rows;
  std::vector<Conflict> conflicts;
  std::vector<std::string> unknown;  ///< what of that could not be found out
  Milliseconds wall{0};              ///< from the start to the end, this time
  [[nodiscard]] bool all_delivered() const;
  [[nodiscard]] bool stopped() const;  ///< something can go on
};

/// What the record says of its run.
void fill(Row& row, const store::Summary& run);
/// The outcome of one that was left out or waits; any other row stays as it is.
void say_if_not_run(Row& row);

/// Merges each delivered branch with each other one, in memory, as git/merge.h does; branches that
/// hold each other go together anyway. Writes objects that no ref reaches.
void find_conflicts(git::Repo& repo, Report& report);

/// For people: columns, then the sums, then conflicts. Safe for a terminal.
std::string to_text(const Report& report);
record::Json to_json(const Report& report);

}  // namespace gf::batch
