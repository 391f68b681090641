#include "report/ask.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "analyst/retro.h"
#include "analyst/statistics.h"
#include "analyst/table.h"

namespace gf::report {
namespace {

using record::Json;

std::vector<db::Value> days(const analyst::Window& window) { return {window.from, window.to}; }

/// Marks the one row that is alone in having the best value; a tie has no winner.
void mark_best(std::vector<Json>& rows, const char* name, bool smaller) {
  const Json* best = nullptr;
  bool tie = false;
  int known = 0;
  for (const Json& row : rows) {
    auto value = row.get(name).as_double();
    if (!value) continue;
    ++known;
    double lead = best != nullptr ? best->get(name).as_double().value_or(0) : 0;
    if (best == nullptr || (smaller ? *value < lead : *value > lead)) {
      best = &row;
      tie = false;
    } else if (*value == lead) {
      tie = true;
    }
  }
  if (best == nullptr || tie || known < 2) return;
  size_t at = static_cast<size_t>(best - rows.data());
  rows[at].set("best", Json(rows[at].get("best")).push(name));
}

/// A rate leads only when its interval shares nothing with any other's: else it may be chance.
void mark_best_rate(std::vector<Json>& rows, const char* name) {
  auto rate = [&](const Json& row) {
    Json share = row.get(name);
    return analyst::rate_of(share.get_int("hits"), share.get_int("of"));
  };
  for (Json& row : rows) {
    bool leads = rows.size() > 1;
    for (const Json& other : rows) {
      if (&other == &row) continue;
      leads = leads && analyst::apart(rate(row), rate(other)) && rate(row).low > rate(other).high;
    }
    if (leads) row.set("best", Json(row.get("best")).push(name));
  }
}

}  // namespace

Result<Json> ask(analyst::Index& index, const std::string& sql,
                 const std::vector<db::Value>& values) {
  GF_ASSIGN(auto statement, index.database().prepare(sql));
  GF_TRY(statement.bind(values));
  GF_ASSIGN(auto table, analyst::read_table(statement, SIZE_MAX));
  for (size_t i = 0; i < table.names.size(); ++i) {
    if (!table.names[i].ends_with("_usd")) continue;
    for (auto& row : table.rows) {
      if (const auto* pico = std::get_if<int64_t>(&row[i]))
        row[i] = static_cast<double>(*pico) / 1e12;
    }
  }
  return analyst::to_json(table);
}

Json cost_of(const record::Cost& cost, int64_t shares) {
  Json json = Json::object({{"usd", Json()}, {"basis", cost.basis}});
  if (cost.pico_usd && shares > 0)
    json.set("usd", static_cast<double>(*cost.pico_usd / shares) / 1e12);
  return json;
}

Json share_of(int64_t hits, int64_t of) {
  analyst::Rate rate = analyst::rate_of(hits, of);
  return Json::object({{"hits", rate.hits},
                       {"of", rate.of},
                       {"rate", rate.value},
                       {"low", rate.low},
                       {"high", rate.high}});
}

Result<Json> runs_of(analyst::Index& index, const analyst::Window& window, size_t most) {
  std::vector<db::Value> values = days(window);
  values.emplace_back(static_cast<int64_t>(most));
  return ask(
      index,
      fmt::format("SELECT id AS run, id8, slug, substr(title,1,200) AS title, status, "
                  "pull_request, started, pico AS cost_usd, basis AS cost_basis, wall_ms, "
                  "CASE WHEN status='delivered' THEN wall_ms END AS time_to_pr_ms, attempts, "
                  "tokens_in, tokens_out, status='delivered' AND id IN {} AS first_run, "
                  "first_try AS clean_run, failed_stage, substr(reason,1,300) AS reason "
                  "FROM run_rows WHERE day BETWEEN ?1 AND ?2 ORDER BY day DESC, id DESC "
                  "LIMIT ?3",
                  analyst::kFirstRuns),
      values);
}

Result<Json> models_of(analyst::Index& index, const analyst::Window& window) {
  GF_ASSIGN(
      auto rows,
      ask(index,
          fmt::format(
              "WITH last AS (SELECT run, provider||'/'||model AS name, row_number() OVER "
              "(PARTITION BY run ORDER BY stage='build' DESC, seq DESC) AS place FROM stage_rows "
              "WHERE provider<>'') SELECT name AS model, count(*) AS runs, "
              "count(CASE WHEN status='delivered' THEN 1 END) AS delivered, "
              "count(CASE WHEN id IN {0} THEN 1 END) AS firsts, "
              "count(CASE WHEN status='delivered' AND id IN {0} THEN 1 END) AS first_hits, "
              "full_sum(first_try) AS clean, "
              "CASE WHEN count(pico)=count(*) THEN full_sum(pico) END AS spent_usd, "
              "CASE WHEN count(pico)=count(*) THEN full_sum(pico)/nullif(count(CASE WHEN "
              "status='delivered' THEN 1 END),0) END AS per_feature_usd, "
              "CASE WHEN min(basis)=max(basis) THEN min(basis) ELSE 'mixed' END AS cost_basis, "
              "median(CASE WHEN status='delivered' THEN wall_ms END) AS median_time_to_pr_ms, "
              "full_sum(tokens_in) AS tokens_in, full_sum(tokens_out) AS tokens_out "
              "FROM run_rows JOIN last ON last.run=run_rows.n AND place=1 "
              "WHERE day BETWEEN ?1 AND ?2 AND {1} "
              "GROUP BY name ORDER BY runs DESC, name LIMIT 40",
              analyst::kFirstRuns, analyst::kOfLine),
          days(window)));
  std::vector<Json> models;
  for (const Json& row : rows.items()) {
    Json model = row;
    model.set("first_run", share_of(row.get_int("first_hits"), row.get_int("firsts")));
    model.set("clean_run", share_of(row.get_int("clean"), row.get_int("runs")));
    for (const char* used : {"firsts", "first_hits", "clean"}) model.erase(used);
    model.set("best", Json::array());
    models.push_back(std::move(model));
  }
  mark_best_rate(models, "first_run");
  mark_best_rate(models, "clean_run");
  mark_best(models, "per_feature_usd", true);
  mark_best(models, "median_time_to_pr_ms", true);
  return Json::array(std::move(models));
}

Result<Json> causes_of(analyst::Index& index, const analyst::Window& window) {
  constexpr size_t kMost = 25;
  GF_ASSIGN(auto rows,
            ask(index,
                "SELECT r.id AS run, r.id8, r.slug, s.stage, s.failure, s.reason, "
                "r.failed_stage=s.stage AS ended FROM run_rows r JOIN stage_rows s ON s.run=r.n "
                "WHERE s.status<>'pass' AND r.status<>'reviewed' AND r.day BETWEEN ?1 AND ?2 "
                "ORDER BY r.id, s.seq",
                days(window)));
  struct Cause {
    Json first;
    int64_t attempts = 0, runs = 0, ended = 0;
    std::string last;
  };
  std::map<std::pair<std::string, std::string>, Cause> grouped;
  for (const Json& row : rows.items()) {
    Cause& cause = grouped[{row.get_string("stage"), analyst::cause_of(row.get_string("reason"))}];
    if (cause.attempts++ == 0) cause.first = row;
    if (cause.last == row.get_string("run")) continue;
    cause.last = row.get_string("run");
    ++cause.runs;
    cause.ended += row.get_int("ended");
  }
  std::vector<Json> all;
  for (const auto& [key, cause] : grouped) {
    all.push_back(Json::object({{"stage", key.first},
                                {"cause", key.second.substr(0, 300)},
                                {"failure", cause.first.get_string("failure")},
                                {"attempts", cause.attempts},
                                {"runs", cause.runs},
                                {"ended_runs", cause.ended},
                                {"example", cause.first.get_string("id8")},
                                {"example_slug", cause.first.get_string("slug")}}));
  }
  std::stable_sort(all.begin(), all.end(), [](const Json& a, const Json& b) {
    return std::pair(a.get_int("runs"), a.get_int("attempts")) >
           std::pair(b.get_int("runs"), b.get_int("attempts"));
  });
  Json causes =
      Json::object({{"left_out", static_cast<int64_t>(all.size() - std::min(all.size(), kMost))}});
  if (all.size() > kMost) all.resize(kMost);
  causes.set("rows", Json::array(std::move(all)));
  return causes;
}

}  // namespace gf::report
