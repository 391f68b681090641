#include <filesystem>

#include "git/repo.h"
#include "report/ask.h"
#include "report/page.h"
#include "store/store.h"

namespace gf::report {
namespace {

using record::Json;

std::string dashed(const std::string& day) {
  return day.substr(0, 4) + "-" + day.substr(4, 2) + "-" + day.substr(6, 2);
}

Json ms(const std::optional<Milliseconds>& time) {
  return time ? Json(static_cast<int64_t>(time->count())) : Json();
}

/// The sums that `git factory metrics` tells.
Json totals_of(const analyst::Report& report) {
  const analyst::Totals& all = report.totals;
  Json totals = Json::object({{"runs", all.runs},
                              {"delivered", all.delivered},
                              {"planned", all.planned},
                              {"reviewed", all.reviewed},
                              {"unpriced", all.unpriced},
                              {"incomplete", all.incomplete},
                              {"success", share_of(all.delivered, all.runs)},
                              {"first_run", share_of(all.first_runs_delivered, all.first_runs)},
                              {"clean_run", share_of(all.first_try, all.runs)},
                              {"spent", cost_of(all.cost)},
                              {"per_feature", cost_of(all.delivered_cost, all.delivered)},
                              {"per_feature_with_failures", cost_of(all.cost, all.delivered)},
                              {"wasted", cost_of(all.wasted)},
                              {"lost_attempts", cost_of(all.lost)},
                              {"tokens_in", all.tokens_in},
                              {"tokens_out", all.tokens_out},
                              {"attempts", all.attempts},
                              {"exchanges", all.exchanges},
                              {"median_time_to_pr_ms", ms(all.median_to_pr)},
                              {"mean_time_to_pr_ms", ms(all.mean_to_pr)}});
  if (report.dearest)
    totals.set("dearest", Json::object({{"run", report.dearest->run},
                                        {"slug", report.dearest->slug},
                                        {"cost", cost_of(report.dearest->cost)},
                                        {"time_to_pr_ms", ms(report.dearest->wall)}}));
  if (report.cost_driver) totals.set("cost_driver", *report.cost_driver);
  if (report.fails_most && report.fail_as_often.empty())
    totals.set("fails_most", *report.fails_most);
  return totals;
}

Json head_of(const Wish& wish) {
  return Json::object({{"v", 1},
                       {"made", iso8601(wish.made)},
                       {"tool_version", wish.version},
                       {"repository", wish.repository}});
}

Result<void> add_details(const store::Store& store, const std::vector<RunId>& runs, Json& data) {
  Json details = Json::array(), unreadable = Json::array();
  for (const RunId& id : runs) {
    auto run = store.load(id);
    if (run.ok()) {
      details.push(detail_of(*run));
    } else if (run.error().fault == Fault::kCancelled) {
      return run.error();
    } else {
      unreadable.push(Json::object({{"run", id.str()}, {"why", run.error().message}}));
    }
  }
  data.set("details", details);
  data.set("unreadable", unreadable);
  return Done{};
}

}  // namespace

std::string name_of(const git::Repo& repo) {
  std::filesystem::path folder = repo.common_dir();
  if (folder.filename().empty()) folder = folder.parent_path();
  if (folder.filename() == ".git") return folder.parent_path().filename();
  return folder.extension() == ".git" ? folder.stem() : folder.filename();
}

Result<Json> collect(const store::Store& store, const Wish& wish, const std::vector<RunId>& runs) {
  Json data = head_of(wish);
  GF_TRY(add_details(store, runs, data));
  return data;
}

Result<Json> collect(analyst::Index& index, const store::Store& store, const Wish& wish) {
  const analyst::Window& window = wish.window;
  GF_ASSIGN(auto report, analyst::collect(index, 1, window));
  Json totals = totals_of(report);
  GF_ASSIGN(auto runs, runs_of(index, window, wish.rows));
  GF_ASSIGN(auto periods, periods_of(index, window));
  GF_ASSIGN(auto models, models_of(index, window));
  GF_ASSIGN(auto causes, causes_of(index, window));
  int64_t all = report.totals.runs + report.totals.planned + report.totals.reviewed;
  Json data = head_of(wish);
  if (window.from != analyst::Window().from) data.set("since", dashed(window.from));
  if (window.to != analyst::Window().to) data.set("until", dashed(window.to));
  data.set("totals", totals);
  data.set("runs", runs);
  data.set("runs_left_out", all - static_cast<int64_t>(runs.size()));
  data.set("periods", periods);
  data.set("models", models);
  data.set("stages", analyst::to_json(analyst::in_dollars(report.stages)));
  data.set("gates", analyst::to_json(report.gates));
  data.set("causes", causes);
  std::vector<RunId> detailed;
  for (const Json& run : runs.items()) {
    auto id = RunId::parse(run.get_string("run"));
    if (id.ok() && detailed.size() < wish.details) detailed.push_back(*id);
  }
  GF_TRY(add_details(store, detailed, data));
  return data;
}

}  // namespace gf::report
