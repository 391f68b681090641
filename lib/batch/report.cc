#include "batch/report.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/clock_text.h"
#include "base/text.h"
#include "git/merge.h"
#include "git/repo.h"

namespace gf::batch {
namespace {

using record::Json;

Milliseconds serial_sum(const Report& report) {
  Milliseconds sum{0};
  for (const Row& row : report.rows) sum += row.took;
  return sum;
}

record::Cost cost_of_all(const Report& report) {
  record::Cost all{0, "none"};
  for (const Row& row : report.rows) {
    if (!row.run.empty()) all = all + row.cost;
  }
  return all;
}

std::string span(Milliseconds time) { return clock_text(static_cast<double>(time.count()) / 1000); }

Result<std::vector<std::string>> conflicts_of(git::Repo& repo, const Oid& one, const Oid& other) {
  GF_ASSIGN(auto shared, repo.merge_base(one, other));
  if (!shared || *shared == one || *shared == other) return std::vector<std::string>();
  GF_ASSIGN(auto base, repo.commit(*shared));
  GF_ASSIGN(auto ours, repo.commit(one));
  GF_ASSIGN(auto theirs, repo.commit(other));
  GF_ASSIGN(auto merged, git::put_onto(repo, base.tree, theirs.tree, ours.tree));
  return merged.conflicts;
}

std::vector<std::string> cells_of(const Row& row) {
  bool ran = !row.run.empty();
  return {printable(row.slug),
          printable(row.outcome),
          row.pull_request.empty() ? "-" : printable(row.pull_request),
          ran ? std::to_string(row.attempts) : "-",
          ran ? record::to_text(row.cost) : "-",
          row.wall.count() > 0 ? span(row.wall) : "-"};
}

}  // namespace

bool Report::all_delivered() const {
  return std::all_of(rows.begin(), rows.end(),
                     [](const Row& row) { return row.state == State::kDelivered; });
}

bool Report::stopped() const {
  return std::any_of(rows.begin(), rows.end(), [](const Row& row) {
    return row.state == State::kStopped || row.state == State::kWaiting;
  });
}

void fill(Row& row, const store::Summary& run) {
  row.run = run.id;
  row.pull_request = run.pull_request;
  row.branch = run.branch;
  row.head = run.status == record::RunStatus::kDelivered ? run.head : Oid();
  row.attempts = run.metrics.attempts;
  row.cost = run.metrics.cost;
  row.wall = run.metrics.wall;
}

void say_if_not_run(Row& row) {
  if (row.state == State::kLeftOut) {
    row.outcome = "left out";
    row.why = "what it comes after was not delivered";
  } else if (row.state == State::kWaiting) {
    row.outcome = row.run.empty() ? "not begun" : "stopped";
  }
}

void find_conflicts(git::Repo& repo, Report& report) {
  for (size_t i = 0; i < report.rows.size(); ++i) {
    for (size_t j = i + 1; j < report.rows.size(); ++j) {
      const Row &one = report.rows[i], &other = report.rows[j];
      if (one.head.is_zero() || other.head.is_zero()) continue;
      auto paths = conflicts_of(repo, one.head, other.head);
      if (!paths.ok()) {
        report.unknown.push_back(fmt::format("whether '{}' and '{}' go together: {}", one.slug,
                                             other.slug, paths.error().message));
      } else if (!paths->empty()) {
        report.conflicts.push_back({one.slug, other.slug, std::move(paths).value()});
      }
    }
  }
}

std::string to_text(const Report& report) {
  std::vector<std::vector<std::string>> table = {
      {"request", "outcome", "pull request", "attempts", "dollars", "wall"}};
  for (const Row& row : report.rows) table.push_back(cells_of(row));
  constexpr size_t kNumbers = 3;  // from here on to the right
  std::vector<size_t> widths(table[0].size(), 0);
  for (const auto& cells : table) {
    for (size_t i = 0; i < cells.size(); ++i) widths[i] = std::max(widths[i], cells[i].size());
  }
  std::string text;
  for (const auto& cells : table) {
    std::string line;
    for (size_t i = 0; i < cells.size(); ++i) {
      std::string blanks(widths[i] - cells[i].size(), ' ');
      line += (i < kNumbers ? cells[i] + blanks : blanks + cells[i]) + "  ";
    }
    text += fmt::format("{}\n", line.substr(0, line.find_last_not_of(' ') + 1));
  }
  for (const Row& row : report.rows) {
    if (row.why.empty()) continue;
    std::string why = replace_all(printable(row.why), "\n", " ");
    text += fmt::format("{}: {}\n", printable(row.slug), clipped(why, 300));
  }
  size_t delivered =
      static_cast<size_t>(std::count_if(report.rows.begin(), report.rows.end(), [](const Row& row) {
        return row.state == State::kDelivered;
      }));
  text += fmt::format("{} of {} delivered, {}", delivered, counted(report.rows.size(), "request"),
                      record::to_text(cost_of_all(report)));
  Milliseconds serial = serial_sum(report);
  if (report.wall.count() > 0 && serial.count() > 0) {
    double times = static_cast<double>(serial.count()) / static_cast<double>(report.wall.count());
    text += fmt::format(", {} for runs of {} together ({:.2f} times)", span(report.wall),
                        span(serial), times);
  }
  text += "\n";
  for (const Conflict& conflict : report.conflicts) {
    text += fmt::format("'{}' and '{}' conflict in {}\n", printable(conflict.first),
                        printable(conflict.second),
                        clipped(printable(join(conflict.paths, ", ")), 300));
  }
  for (const std::string& what : report.unknown)
    text += fmt::format("could not find out {}\n", printable(what));
  return text;
}

Json to_json(const Report& report) {
  Json rows = Json::array();
  for (const Row& row : report.rows) {
    Json json = Json::object({{"slug", row.slug},
                              {"outcome", row.outcome},
                              {"attempts", row.attempts},
                              {"cost", record::to_json(row.cost)},
                              {"wall_ms", static_cast<int64_t>(row.wall.count())},
                              {"took_ms", static_cast<int64_t>(row.took.count())}});
    if (!row.run.empty()) json.set("run", row.run.str());
    if (!row.why.empty()) json.set("why", row.why);
    if (!row.branch.empty()) json.set("branch", row.branch);
    if (!row.head.is_zero()) json.set("head", row.head.hex());
    if (!row.pull_request.empty()) json.set("pull_request", row.pull_request);
    rows.push(std::move(json));
  }
  Json conflicts = Json::array();
  for (const Conflict& one : report.conflicts) {
    conflicts.push(Json::object(
        {{"first", one.first}, {"second", one.second}, {"paths", Json::strings(one.paths)}}));
  }
  return Json::object({{"batch", report.name},
                       {"requests", std::move(rows)},
                       {"conflicts", std::move(conflicts)},
                       {"unknown", Json::strings(report.unknown)},
                       {"cost", record::to_json(cost_of_all(report))},
                       {"wall_ms", static_cast<int64_t>(report.wall.count())},
                       {"serial_ms", static_cast<int64_t>(serial_sum(report).count())}});
}

}  // namespace gf::batch
