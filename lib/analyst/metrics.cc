// Sums over the index. Whole months are read as one, the days at a window's ends one by one, so
// that the cost follows months and not runs.
#include "analyst/metrics.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "analyst/span.h"

namespace gf::analyst {
namespace {

Result<Table> ask(Index& index, const std::string& sql, const std::vector<db::Value>& values) {
  GF_ASSIGN(auto statement, index.database().prepare(sql));
  GF_TRY(statement.bind(values));
  return read_table(statement, SIZE_MAX);
}

bool is_all(const Window& window) {
  return window.from == Window().from && window.to == Window().to;
}

int64_t whole(const db::Value& value) {
  if (const auto* number = std::get_if<double>(&value)) return static_cast<int64_t>(*number);
  const auto* found = std::get_if<int64_t>(&value);
  return found == nullptr ? 0 : *found;
}
std::string text(const db::Value& value) {
  const auto* found = std::get_if<std::string>(&value);
  return found == nullptr ? std::string() : *found;
}

/// A sum of money: unknown as soon as a part is, marked when all of it is scripted.
struct Money {
  int64_t pico = 0, unpriced = 0;
  bool any = false, real = false;

  void add(const db::Value& sum, const db::Value& unknown, const std::string& basis) {
    if (__builtin_add_overflow(pico, whole(sum), &pico)) unpriced += 1;
    unpriced += whole(unknown);
    any = true;
    real = real || (basis != "scripted" && basis != "none");
  }
  [[nodiscard]] record::Cost cost() const {
    if (!any) return {0, "none"};
    if (unpriced > 0) return {};
    return {pico, real ? "mixed" : "scripted"};
  }
};

Result<Totals> totals_of(Index& index, const Window& window) {
  GF_ASSIGN(auto rows,
            ask(index,
                "SELECT status, basis, full_sum(runs), full_sum(first_try), full_sum(pico), "
                "full_sum(unpriced), full_sum(tokens_in), full_sum(tokens_out), "
                "full_sum(wall_ms), full_sum(model_ms), full_sum(gates_ms), full_sum(attempts), "
                "full_sum(exchanges), full_sum(incomplete) FROM run_sums "
                "WHERE " +
                    std::string(kSpan) + " GROUP BY status, basis",
                span_of(window)));
  Totals totals;
  Money all, good, wasted;
  Milliseconds to_pr{0};
  for (const auto& row : rows.rows) {
    std::string status = text(row[0]), basis = text(row[1]);
    int64_t count = whole(row[2]);
    bool delivered = status == "delivered";
    all.add(row[4], row[5], basis);
    if (status == "planned") {
      totals.planned += count;
    } else if (status == "reviewed") {
      totals.reviewed += count;
    } else {
      totals.runs += count;
      (delivered ? good : wasted).add(row[4], row[5], basis);
    }
    if (delivered) {
      totals.delivered += count;
      to_pr += Milliseconds(whole(row[8]));
    }
    totals.first_try += whole(row[3]);
    totals.unpriced += whole(row[5]);
    totals.tokens_in += whole(row[6]);
    totals.tokens_out += whole(row[7]);
    totals.wall += Milliseconds(whole(row[8]));
    totals.model += Milliseconds(whole(row[9]));
    totals.gates += Milliseconds(whole(row[10]));
    totals.attempts += whole(row[11]);
    totals.exchanges += whole(row[12]);
    totals.incomplete += whole(row[13]);
  }
  totals.cost = all.cost();
  totals.delivered_cost = good.cost();
  totals.wasted = wasted.cost();
  if (totals.delivered > 0) totals.mean_to_pr = to_pr / totals.delivered;
  return totals;
}

/// How often the first run of a request delivered.
Result<void> count_first_runs(Index& index, const Window& window, Totals& totals) {
  GF_ASSIGN(auto rows,
            ask(index,
                fmt::format("SELECT count(*), count(CASE WHEN status='delivered' THEN 1 "
                            "END) FROM run_rows WHERE {} AND id IN {}",
                            is_all(window) ? "?1<=?2" : "day BETWEEN ?1 AND ?2", kFirstRuns),
                {window.from, window.to}));
  totals.first_runs = whole(rows.rows[0][0]);
  totals.first_runs_delivered = whole(rows.rows[0][1]);
  return Done{};
}

Result<std::optional<Milliseconds>> median_to_pr(Index& index, const Window& window,
                                                 int64_t delivered) {
  if (delivered == 0) return std::optional<Milliseconds>();
  bool all = is_all(window);
  // Of all of them an index has the times in order.
  std::string sql = all ? "SELECT avg(wall_ms) FROM (SELECT wall_ms FROM run_rows WHERE "
                          "status='delivered' ORDER BY wall_ms LIMIT ?3 OFFSET ?4)"
                        : "SELECT median(wall_ms) FROM run_rows WHERE status='delivered' AND day "
                          "BETWEEN ?1 AND ?2";
  std::vector<db::Value> values = {window.from, window.to};
  if (all) values.insert(values.end(), {2 - delivered % 2, (delivered - 1) / 2});
  GF_ASSIGN(auto rows, ask(index, sql, values));
  if (rows.rows.empty()) return std::optional<Milliseconds>();
  const auto* number = std::get_if<double>(&rows.rows[0][0]);
  if (number == nullptr) return std::optional<Milliseconds>();
  return std::optional<Milliseconds>(Milliseconds(std::llround(*number)));
}

/// Of sums over runs: what answers that came from files cost is shown as such.
constexpr const char* kBasis =
    "CASE WHEN sum(runs*(basis='scripted'))>0 AND sum(pico)=0 THEN 'scripted' ELSE '' END";

/// Groups of runs: how often they came through, what they cost.
Result<Table> run_groups(Index& index, const Window& window, const std::string& name,
                         const std::string& key, const std::string& order) {
  GF_ASSIGN(
      auto table,
      ask(index,
          fmt::format("SELECT {} AS {}, full_sum(runs) AS runs, "
                      "full_sum(runs*(status='delivered')) AS delivered, "
                      "NULL AS success_rate, NULL AS low_rate, NULL AS high_rate, "
                      "full_sum(first_try) AS first_try, "
                      "CASE WHEN sum(unpriced)=0 THEN full_sum(pico) END AS cost_pico, "
                      "{} AS basis, "
                      "CASE WHEN sum(unpriced)=0 THEN full_sum(pico)/nullif(full_sum("
                      "runs*(status='delivered')),0) END AS pico_per_delivered, "
                      "full_sum(attempts) AS attempts, full_sum(tokens_in) AS tokens_in, "
                      "full_sum(tokens_out) AS tokens_out, full_sum(wall_ms)/full_sum(runs) AS "
                      "mean_wall_ms FROM run_sums WHERE {} AND "
                      "{} GROUP BY 1 ORDER BY {}",
                      key, name, kBasis, kSpan, kOfLine, order),
          span_of(window)));
  for (auto& row : table.rows) {
    Rate rate = rate_of(whole(row[2]), whole(row[1]));
    row[3] = rate.value;
    row[4] = rate.low;
    row[5] = rate.high;
  }
  return table;
}

Result<Table> stage_groups(Index& index, const Window& window, const std::string& keys,
                           const std::string& where, const std::string& order) {
  return ask(index,
             fmt::format("SELECT {}, full_sum(attempts) AS attempts, "
                         "full_sum(attempts-passed) AS failed, full_sum(again) AS repeated, "
                         "full_sum(ended) AS ended_runs, "
                         "CASE WHEN sum(unpriced)=0 THEN full_sum(pico) END AS cost_pico, "
                         "CASE WHEN full_sum(scripted)>0 AND sum(pico)=0 THEN 'scripted' ELSE '' "
                         "END AS basis, full_sum(tokens_in) AS tokens_in, "
                         "full_sum(tokens_out) AS tokens_out, full_sum(wall_ms) AS wall_ms, "
                         "full_sum(model_ms) AS model_ms, full_sum(gates_ms) AS gates_ms "
                         "FROM stage_sums WHERE {} {} GROUP BY {} ORDER BY {}",
                         keys, kSpan, where, keys, order),
             span_of(window));
}

constexpr const char* kLineOrder =
    "CASE stage WHEN 'plan' THEN 1 WHEN 'scout' THEN 2 WHEN 'build' THEN 3 WHEN 'validate' THEN 4 "
    "WHEN 'test' THEN 5 WHEN 'validate-tests' THEN 6 WHEN 'review' THEN 7 WHEN 'pr' THEN 8 ELSE 9 "
    "END, stage";

Result<Table> features_of(Index& index, const Window& window, size_t most) {
  GF_ASSIGN(auto table,
            ask(index,
                "SELECT id AS run, slug, title, status, pull_request, started, pico AS "
                "cost_pico, basis, CASE WHEN status='delivered' THEN wall_ms END AS time_to_pr_ms, "
                "wall_ms, model_ms, gates_ms, attempts, exchanges, tokens_in, tokens_out, "
                "first_try, failed_stage, spec_v AS spec_version, author FROM run_rows r "
                "WHERE day BETWEEN ?1 AND ?2 AND " +
                    std::string(kNoCalibration) + " ORDER BY day DESC, id DESC LIMIT ?3",
                {window.from, window.to, most == 0 ? int64_t{-1} : static_cast<int64_t>(most)}));
  std::reverse(table.rows.begin(), table.rows.end());
  return table;
}

/// Who has most of something: all of them where several have as much.
struct Most {
  int64_t value = 0;
  std::vector<std::string> names;

  void add(const std::string& name, int64_t of) {
    if (of < value || of <= 0) return;
    if (of > value) names.clear();
    value = of;
    names.push_back(name);
  }
  /// The only one; nothing on a tie.
  [[nodiscard]] std::optional<std::string> alone() const {
    return names.size() == 1 ? std::optional(names.front()) : std::nullopt;
  }
  [[nodiscard]] std::vector<std::string> tied() const {
    return names.size() > 1 ? names : std::vector<std::string>();
  }
};

void name_the_worst(Report& report) {
  Most dollars, tokens, failed;
  bool priced = true;
  for (const auto& row : report.stages.rows) {
    auto number = [&](const char* name) { return whole(report.stages.cell(row, name)); };
    std::string stage = text(report.stages.cell(row, "stage"));
    priced = priced && report.stages.cell(row, "cost_pico").index() != 0;
    dollars.add(stage, number("cost_pico"));
    tokens.add(stage, number("tokens_in") + number("tokens_out"));
    failed.add(stage, number("failed"));
  }
  report.driver_by_tokens = !priced || dollars.names.empty();
  const Most& driver = report.driver_by_tokens ? tokens : dollars;
  report.cost_driver = driver.alone();
  report.cost_as_much = driver.tied();
  report.fails_most = failed.alone();
  report.fail_as_often = failed.tied();
}

Result<void> name_the_dearest(Index& index, const Window& window, Report& report) {
  // Of all of them an index has the prices in order.
  GF_ASSIGN(auto rows,
            ask(index,
                "SELECT id, slug, pico, basis, wall_ms FROM run_rows WHERE " +
                    std::string(is_all(window) ? "?1<=?2" : "day BETWEEN ?1 AND ?2") +
                    " AND status='delivered' AND pico>0 ORDER BY pico DESC, wall_ms DESC LIMIT 1",
                {window.from, window.to}));
  for (const auto& row : rows.rows) {
    record::Cost cost;
    if (row[2].index() != 0) cost = {whole(row[2]), text(row[3])};
    report.dearest = {text(row[0]), text(row[1]), cost, Milliseconds(whole(row[4]))};
  }
  return Done{};
}

}  // namespace

Result<Report> collect(Index& index, size_t features, const Window& window) {
  Report report;
  GF_ASSIGN(report.totals, totals_of(index, window));
  GF_TRY(count_first_runs(index, window, report.totals));
  GF_ASSIGN(report.totals.median_to_pr, median_to_pr(index, window, report.totals.delivered));
  GF_ASSIGN(auto lost, ask(index,
                           "SELECT full_sum(lost), full_sum(lost_unpriced) FROM stage_sums WHERE " +
                               std::string(kSpan),
                           span_of(window)));
  Money money;
  money.add(lost.rows[0][0], lost.rows[0][1], report.totals.cost.basis);
  report.totals.lost = money.cost();
  GF_ASSIGN(report.features, features_of(index, window, features));
  GF_ASSIGN(report.stages, stage_groups(index, window, "stage", "", kLineOrder));
  GF_ASSIGN(report.models, stage_groups(index, window, "provider, model", "AND provider<>''",
                                        "cost_pico DESC, 1, 2"));
  GF_ASSIGN(report.specs, run_groups(index, window, "spec_version",
                                     "coalesce(CAST(spec_v AS TEXT), 'none')", "1"));
  GF_ASSIGN(report.months,
            run_groups(index, window, "month",
                       "substr(ltrim(day,'M'),1,4)||'-'||substr(ltrim(day,'M'),5,2)", "1"));
  GF_ASSIGN(report.gates,
            ask(index,
                "SELECT gate, stage, full_sum(runs) AS runs, full_sum(passed) AS passed, "
                "full_sum(failed) AS failed, full_sum(broken) AS broken, "
                "full_sum(findings) AS findings, full_sum(wall_ms) AS wall_ms FROM gate_sums "
                "WHERE " +
                    std::string(kSpan) + " GROUP BY gate, stage ORDER BY gate, stage",
                span_of(window)));
  GF_ASSIGN(report.outcomes,
            ask(index,
                "SELECT status AS outcome, full_sum(runs) AS runs, "
                "CASE WHEN sum(unpriced)=0 THEN full_sum(pico) END AS cost_pico, " +
                    std::string(kBasis) +
                    " AS basis, "
                    "CASE WHEN sum(unpriced)=0 THEN full_sum(pico)/full_sum(runs) END AS "
                    "pico_per_run, full_sum(tokens_in) AS tokens_in, full_sum(tokens_out) AS "
                    "tokens_out, full_sum(wall_ms) AS wall_ms FROM run_sums "
                    "WHERE " +
                    std::string(kSpan) + " GROUP BY status ORDER BY runs DESC, status",
                span_of(window)));
  name_the_worst(report);
  GF_TRY(name_the_dearest(index, window, report));
  return report;
}

Result<Table> gate_times(Index& index, const Window& window) {
  std::string bounds;
  for (int64_t bound : kGateBounds) bounds += fmt::format(", sum(g.wall_ms<={0}) AS le_{0}", bound);
  return ask(index,
             fmt::format("SELECT g.gate AS gate, g.stage AS stage, g.status AS status, count(*) AS "
                         "runs, full_sum(g.wall_ms) AS wall_ms{} FROM gate_rows g{} WHERE NOT "
                         "g.base AND {} GROUP BY 1, 2, 3 ORDER BY 1, 2, 3",
                         bounds, is_all(window) ? "" : " JOIN run_rows r ON r.n=g.run",
                         is_all(window) ? "?1<=?2" : "r.day BETWEEN ?1 AND ?2"),
             {window.from, window.to});
}

std::vector<std::pair<std::string, const Table*>> groups(const Report& report) {
  return {{"run", &report.features},    {"stage", &report.stages}, {"model", &report.models},
          {"spec", &report.specs},      {"gate", &report.gates},   {"month", &report.months},
          {"outcome", &report.outcomes}};
}

}  // namespace gf::analyst
