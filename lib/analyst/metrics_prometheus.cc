// The report as Prometheus reads it.
#include <fmt/format.h>

#include "analyst/metrics.h"
#include "analyst/metrics_cells.h"
#include "base/text.h"

namespace gf::analyst {
namespace {

double dollars(const Table& table, const std::vector<db::Value>& row) {
  return number_of(table, row, "cost_pico") / 1e12;
}

/// One family of samples: its help and type are told once, before the first.
class Family {
 public:
  Family(std::string& out, std::string name, const char* type, const char* help)
      : out_(out), name_("git_factory_" + std::move(name)) {
    out_ += fmt::format("# HELP {} {}\n# TYPE {} {}\n", name_, help, name_, type);
  }
  using Labels = std::vector<std::pair<std::string, std::string>>;
  void add(const Labels& labels, double value, const std::string& suffix = {}) {
    std::string written;
    for (const auto& [key, text] : labels) {
      std::string safe = replace_all(to_utf8(text), "\\", "\\\\");
      safe = replace_all(replace_all(safe, "\"", "\\\""), "\n", "\\n");
      written += fmt::format("{}{}=\"{}\"", written.empty() ? "" : ",", key, safe);
    }
    out_ += fmt::format("{}{}{} {}\n", name_, suffix, written.empty() ? "" : "{" + written + "}",
                        value);
  }

 private:
  std::string& out_;
  std::string name_;
};

void stage_families(const Report& report, std::string& out) {
  const Table& stages = report.stages;
  auto number = [&](const auto& row, const char* name) { return number_of(stages, row, name); };
  auto stage = [&](const auto& row) { return text_of(stages, row, "stage"); };
  Family attempts(out, "stage_attempts_total", "counter", "Attempts of stages.");
  for (const auto& row : stages.rows) {
    attempts.add({{"stage", stage(row)}, {"status", "passed"}},
                 number(row, "attempts") - number(row, "failed"));
    attempts.add({{"stage", stage(row)}, {"status", "failed"}}, number(row, "failed"));
  }
  Family time(out, "stage_seconds_total", "counter", "Time in stages.");
  for (const auto& row : stages.rows)
    time.add({{"stage", stage(row)}}, number(row, "wall_ms") / 1000);
  Family cost(out, "stage_cost_usd_total", "counter",
              "Dollars by stage; stages with calls of unknown price are left out.");
  for (const auto& row : stages.rows) {
    if (stages.cell(row, "cost_pico").index() != 0)
      cost.add({{"stage", stage(row)}}, dollars(stages, row));
  }
}

void model_families(const Report& report, std::string& out) {
  const Table& models = report.models;
  auto labels = [&](const auto& row) -> Family::Labels {
    return {{"provider", text_of(models, row, "provider")},
            {"model", text_of(models, row, "model")}};
  };
  Family attempts(out, "model_attempts_total", "counter",
                  "Stage attempts by the model that answered.");
  for (const auto& row : models.rows) attempts.add(labels(row), number_of(models, row, "attempts"));
  Family cost(out, "model_cost_usd_total", "counter",
              "Dollars by model; models with calls of unknown price are left out.");
  for (const auto& row : models.rows) {
    if (models.cell(row, "cost_pico").index() != 0) cost.add(labels(row), dollars(models, row));
  }
  Family tokens(out, "model_tokens_total", "counter", "Tokens by model.");
  for (const auto& row : models.rows) {
    for (const char* direction : {"in", "out"}) {
      Family::Labels all = labels(row);
      all.emplace_back("direction", direction);
      tokens.add(all, number_of(models, row, std::string("tokens_") + direction));
    }
  }
}

/// How long gates took, by what they said: a histogram's buckets hold what is below them too.
void gate_histogram(const Table& times, std::string& out) {
  Family seconds(out, "gate_duration_seconds", "histogram",
                 "How long gates took on what was built, by what they said.");
  for (const auto& row : times.rows) {
    Family::Labels labels = {{"gate", text_of(times, row, "gate")},
                             {"stage", text_of(times, row, "stage")},
                             {"status", text_of(times, row, "status")}};
    auto with_bound = [&](const std::string& bound) {
      Family::Labels all = labels;
      all.emplace_back("le", bound);
      return all;
    };
    for (int64_t bound : kGateBounds) {
      std::string column = fmt::format("le_{}", bound);
      seconds.add(with_bound(fmt::format("{}", static_cast<double>(bound) / 1000)),
                  number_of(times, row, column), "_bucket");
    }
    seconds.add(with_bound("+Inf"), number_of(times, row, "runs"), "_bucket");
    seconds.add(labels, number_of(times, row, "wall_ms") / 1000, "_sum");
    seconds.add(labels, number_of(times, row, "runs"), "_count");
  }
}

void gate_families(const Report& report, std::string& out) {
  const Table& gates = report.gates;
  Family runs(out, "gate_runs_total", "counter", "Gates run on what was built.");
  for (const auto& row : gates.rows) {
    for (const char* status : {"passed", "failed", "broken"})
      runs.add({{"gate", text_of(gates, row, "gate")},
                {"stage", text_of(gates, row, "stage")},
                {"status", status}},
               number_of(gates, row, status));
  }
  Family time(out, "gate_seconds_total", "counter", "Time in gates.");
  for (const auto& row : gates.rows)
    time.add({{"gate", text_of(gates, row, "gate")}, {"stage", text_of(gates, row, "stage")}},
             number_of(gates, row, "wall_ms") / 1000);
}

}  // namespace

std::string to_prometheus(const Report& report, const Table& gate_times) {
  const Totals& all = report.totals;
  auto s = [](Milliseconds time) { return static_cast<double>(time.count()) / 1000; };
  std::string out;
  Family runs(out, "runs_total", "counter", "Runs that ended, by outcome.");
  const Table& outcomes = report.outcomes;
  for (const auto& row : outcomes.rows)
    runs.add({{"status", text_of(outcomes, row, "outcome")}}, number_of(outcomes, row, "runs"));
  Family cost(out, "cost_usd_total", "counter",
              "Dollars by outcome; outcomes with runs of unknown price are left out.");
  for (const auto& row : outcomes.rows) {
    if (outcomes.cell(row, "cost_pico").index() != 0)
      cost.add({{"status", text_of(outcomes, row, "outcome")}}, dollars(outcomes, row));
  }
  Family(out, "unpriced_runs_total", "counter", "Runs whose price is not known.")
      .add({}, static_cast<double>(all.unpriced));
  Family(out, "first_try_total", "counter", "Runs delivered without a second attempt.")
      .add({}, static_cast<double>(all.first_try));
  Rate rate = rate_of(all.delivered, all.runs);
  Family success(out, "success_ratio", "gauge",
                 "Share of runs that delivered; low and high bound its 95% interval (Wilson).");
  success.add({{"bound", "value"}}, rate.value);
  success.add({{"bound", "low"}}, rate.low);
  success.add({{"bound", "high"}}, rate.high);
  Family tokens(out, "tokens_total", "counter", "Tokens of all runs.");
  tokens.add({{"direction", "in"}}, static_cast<double>(all.tokens_in));
  tokens.add({{"direction", "out"}}, static_cast<double>(all.tokens_out));
  Family time(out, "run_seconds_total", "counter", "Time of all runs, and what of it was waiting.");
  time.add({{"part", "wall"}}, s(all.wall));
  time.add({{"part", "model"}}, s(all.model));
  time.add({{"part", "gates"}}, s(all.gates));
  if (all.median_to_pr) {
    Family to_pr(out, "time_to_pr_seconds", "summary", "From request to pull request.");
    to_pr.add({{"quantile", "0.5"}}, s(*all.median_to_pr));
    to_pr.add({}, s(*all.mean_to_pr) * static_cast<double>(all.delivered), "_sum");
    to_pr.add({}, static_cast<double>(all.delivered), "_count");
  }
  stage_families(report, out);
  model_families(report, out);
  gate_families(report, out);
  gate_histogram(gate_times, out);
  return out;
}

}  // namespace gf::analyst
