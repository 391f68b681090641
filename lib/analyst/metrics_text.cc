// The report as Markdown and as JSON. As Prometheus reads it: metrics_prometheus.cc.
#include <fmt/format.h>

#include <algorithm>

#include "analyst/metrics.h"
#include "analyst/metrics_cells.h"
#include "base/text.h"

namespace gf::analyst {
std::string money(const record::Cost& cost) {
  return record::to_text(cost) + (cost.basis == "scripted" ? " (scripted)" : "");
}

namespace {

std::string seconds(Milliseconds time) {
  return fmt::format("{:.1f} s", static_cast<double>(time.count()) / 1000);
}

/// Money is a whole number all the way to the eye.
record::Cost cost_of(const Table& table, const std::vector<db::Value>& row, std::string_view name) {
  record::Cost cost;
  if (const auto* pico = std::get_if<int64_t>(&table.cell(row, name)))
    cost = {*pico, table.has("basis") ? text_of(table, row, "basis") : ""};
  return cost;
}
/// Money, times and shares written out, by the unit that a column's name ends with.
std::string shown(const Table& table, const std::vector<db::Value>& row, size_t column) {
  const std::string& name = table.names[column];
  const db::Value& value = row[column];
  double number = number_of(table, row, name);
  if (name == "cost_pico") return money(cost_of(table, row, name));
  if (value.index() == 0) return "-";
  if (name.starts_with("pico_")) return money(cost_of(table, row, name));
  if (name.ends_with("_ms")) return seconds(Milliseconds(static_cast<int64_t>(number)));
  if (name.ends_with("_rate")) return fmt::format("{:.0f}%", 100 * number);
  if (const auto* text = std::get_if<std::string>(&value)) return *text;
  return fmt::format("{:.0f}", number);
}

std::string feature_rows(const Table& features) {
  std::string text =
      "| feature | $/feature | time to PR | attempts | tokens in/out | clean run | result |\n"
      "|---|---|---|---|---|---|---|\n";
  auto line = [&](const std::vector<db::Value>& row) {
    auto whole = [&](const char* name) {
      return fmt::format("{:.0f}", number_of(features, row, name));
    };
    const db::Value& time = features.cell(row, "time_to_pr_ms");
    std::string slug = replace_all(printable(text_of(features, row, "slug")), "\n", " ");
    text += fmt::format(
        "| {} | {} | {} | {} | {}/{} | {} | {} |\n", replace_all(slug, "|", "\\|"),
        money(cost_of(features, row, "cost_pico")),
        time.index() == 0 ? "-"
                          : seconds(Milliseconds(
                                static_cast<int64_t>(number_of(features, row, "time_to_pr_ms")))),
        whole("attempts"), whole("tokens_in"), whole("tokens_out"),
        number_of(features, row, "first_try") > 0 ? "yes" : "no", text_of(features, row, "status"));
  };
  for (const auto& row : features.rows) line(row);
  return text;
}

std::string per(const record::Cost& cost, int64_t count) {
  if (count == 0) return "-";
  record::Cost share = cost;
  if (share.pico_usd) share.pico_usd = *share.pico_usd / count;
  return money(share);
}

std::string sums(const Report& report) {
  const Totals& all = report.totals;
  std::string text = fmt::format(
      "\n**Success rate: {}**, first run: {}, clean run: {}; in brackets the share and its 95% "
      "interval (Wilson)\n",
      to_text(rate_of(all.delivered, all.runs)),
      to_text(rate_of(all.first_runs_delivered, all.first_runs)),
      to_text(rate_of(all.first_try, all.runs)));
  text += fmt::format(
      "Spent: {}, of it {} on runs that delivered nothing and {} on stage attempts "
      "that did not pass\n",
      money(all.cost), money(all.wasted), money(all.lost));
  if (all.unpriced > 0)
    text += fmt::format("{} of unknown price, so sums that hold them are not known either\n",
                        counted(static_cast<size_t>(all.unpriced), "run"));
  text += fmt::format(
      "Per run {}, per delivered run {} (with the others' cost {}), per run that "
      "delivered nothing {}\n",
      per(all.cost, all.runs + all.planned + all.reviewed), per(all.delivered_cost, all.delivered),
      per(all.cost, all.delivered), per(all.wasted, all.runs - all.delivered));
  if (all.median_to_pr)
    text += fmt::format("Time to pull request: median {}, mean {}\n", seconds(*all.median_to_pr),
                        seconds(*all.mean_to_pr));
  if (all.planned > 0)
    text += fmt::format("Not counted: {} that only planned\n",
                        counted(static_cast<size_t>(all.planned), "run"));
  if (all.reviewed > 0)
    text += fmt::format("Not counted: {} of a revision\n",
                        counted(static_cast<size_t>(all.reviewed), "review"));
  if (all.incomplete > 0)
    text += fmt::format("{} in part unreadable here: counted with what the ledger's commit tells\n",
                        counted(static_cast<size_t>(all.incomplete), "run"));
  return text;
}

}  // namespace

Table in_dollars(const Table& table) {
  Table outward = table;
  for (size_t i = 0; i < table.names.size(); ++i) {
    std::string& name = outward.names[i];
    size_t unit = name == "cost_pico" ? 5 : name.starts_with("pico_per_") ? 0 : std::string::npos;
    if (unit == std::string::npos) continue;
    name.replace(unit, 4, "usd");
    for (auto& row : outward.rows) {
      if (const auto* pico = std::get_if<int64_t>(&row[i]))
        row[i] = static_cast<double>(*pico) / 1e12;
    }
  }
  return outward;
}

std::string group_to_markdown(const Table& table) {
  Table pretty{{}, {}, table.cut};
  for (const std::string& name : table.names) {
    // "basis" is told with the money it belongs to.
    if (name == "first_try")
      pretty.names.emplace_back("clean run");
    else if (name != "basis")
      pretty.names.push_back(replace_all(name, "_", " "));
  }
  for (std::string& name : pretty.names) {
    for (const char* unit : {" ms", " pico", " rate"}) {
      if (name.ends_with(unit)) name.erase(name.size() - std::string_view(unit).size());
    }
    if (name.starts_with("pico ")) name = "$" + name.substr(4);
  }
  for (const auto& row : table.rows) {
    std::vector<db::Value> cells;
    for (size_t i = 0; i < row.size(); ++i) {
      if (table.names[i] != "basis") cells.emplace_back(shown(table, row, i));
    }
    pretty.rows.push_back(std::move(cells));
  }
  return to_markdown(pretty);
}

namespace {

/// Which stage costs and which one fails most; of several that are equal nobody is the one.
std::string worst(const Report& report) {
  const char* unit = report.driver_by_tokens ? "tokens" : "dollars";
  std::string driver = "none, no tokens were told";
  if (report.cost_driver) driver = fmt::format("{} (most {})", *report.cost_driver, unit);
  if (!report.cost_as_much.empty())
    driver = fmt::format("none, {} took as many {}", join(report.cost_as_much, ", "), unit);
  std::string text = fmt::format("Cost driver: {}\n", driver);
  if (report.fails_most) text += fmt::format("Fails most: {}\n", *report.fails_most);
  if (!report.fail_as_often.empty())
    text += fmt::format("Fail equally often: {}\n", join(report.fail_as_often, ", "));
  return text;
}

}  // namespace

std::string to_markdown(const Report& report) {
  const Totals& all = report.totals;
  if (all.runs + all.planned + all.reviewed == 0) return "No run has ended yet.\n";
  std::string text;
  int64_t left_out =
      all.runs + all.planned + all.reviewed - static_cast<int64_t>(report.features.rows.size());
  if (left_out > 0)
    text += fmt::format("The newest {}; {} more with --all\n\n",
                        counted(report.features.rows.size(), "run"), left_out);
  text += feature_rows(report.features) + sums(report);
  for (const auto& [name, table] : groups(report)) {
    // One row of outcomes, months or spec versions says what the sums said.
    bool telling = name == "stage" || name == "model" || name == "gate" || table->rows.size() > 1;
    if (name == "run" || table->rows.empty() || !telling) continue;
    text += "\nBy " + name + "\n\n" + group_to_markdown(*table);
  }
  text += "\n" + worst(report);
  if (report.dearest) {
    text += fmt::format("Most expensive feature: {} ({}, {})\n",
                        replace_all(printable(report.dearest->slug), "\n", " "),
                        money(report.dearest->cost), seconds(report.dearest->wall));
  }
  return text;
}

record::Json to_json(const Report& report) {
  const Totals& all = report.totals;
  auto ms = [](Milliseconds time) { return static_cast<int64_t>(time.count()); };
  record::Json stages = record::Json::object();
  for (const record::Json& row : to_json(in_dollars(report.stages)).items())
    stages.set(row.get_string("stage"), row);
  record::Json json = record::Json::object(
      {{"v", 1},
       {"total", all.runs},
       {"delivered", all.delivered},
       {"first_try", all.first_try},
       {"planned", all.planned},
       {"reviewed", all.reviewed},
       {"unpriced", all.unpriced},
       {"incomplete", all.incomplete},
       {"success", to_json(rate_of(all.delivered, all.runs))},
       {"first_run", to_json(rate_of(all.first_runs_delivered, all.first_runs))},
       {"clean_run", to_json(rate_of(all.first_try, all.runs))},
       {"first_try_rate", to_json(rate_of(all.first_try, all.runs))},
       {"cost", record::to_json(all.cost)},
       {"cost_delivered", record::to_json(all.delivered_cost)},
       {"wasted", record::to_json(all.wasted)},
       {"lost_attempts", record::to_json(all.lost)},
       {"tokens_in", all.tokens_in},
       {"tokens_out", all.tokens_out},
       {"attempts", all.attempts},
       {"exchanges", all.exchanges},
       {"wall_ms", ms(all.wall)},
       {"model_ms", ms(all.model)},
       {"gates_ms", ms(all.gates)},
       {"runs", to_json(in_dollars(report.features))},
       {"stages", stages},
       {"models", to_json(in_dollars(report.models))},
       {"specs", to_json(in_dollars(report.specs))},
       {"gates", to_json(in_dollars(report.gates))},
       {"months", to_json(in_dollars(report.months))},
       {"outcomes", to_json(in_dollars(report.outcomes))}});
  if (all.median_to_pr) json.set("median_to_pr_ms", ms(*all.median_to_pr));
  if (all.mean_to_pr) json.set("mean_to_pr_ms", ms(*all.mean_to_pr));
  if (report.cost_driver) json.set("cost_driver", *report.cost_driver);
  if (report.fails_most) json.set("fails_most", *report.fails_most);
  if (!report.cost_as_much.empty())
    json.set("cost_as_much", record::Json::strings(report.cost_as_much));
  if (!report.fail_as_often.empty())
    json.set("fail_as_often", record::Json::strings(report.fail_as_often));
  if (report.dearest) json.set("most_expensive", report.dearest->run);
  return json;
}

}  // namespace gf::analyst
