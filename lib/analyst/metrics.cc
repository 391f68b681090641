#include "analyst/metrics.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"

namespace gf::analyst {
namespace {

const char* const kLine[] = {"plan", "scout", "build", "validate", "test", "review", "pr"};

std::string seconds(Milliseconds time) {
  return fmt::format("{:.1f} s", static_cast<double>(time.count()) / 1000);
}

std::string percent(int part, int whole) {
  return whole == 0 ? "-" : fmt::format("{:.0f}%", 100.0 * part / whole);
}

std::string cell(std::string_view text) {
  return replace_all(replace_all(printable(text), "\n", " "), "|", "\\|");
}

int64_t pico(const record::Cost& cost) { return cost.pico_usd.value_or(0); }

bool delivered(const store::Summary& run) { return run.status == record::RunStatus::kDelivered; }

record::Cost sum(const record::Cost& a, const record::Cost& b, bool first) {
  return first ? b : a + b;
}

/// "$0.0000 (scripted)": a basis that is no money is always told.
std::string money(const record::Cost& cost) {
  std::string text = record::to_text(cost);
  return cost.basis == "scripted" ? text + " (scripted)" : text;
}

void add_stages(const store::Run& run, Report& report) {
  for (const record::StageRecord& record : run.stages) {
    StageSum& stage = report.stages[record.stage];
    bool first = stage.attempts == 0;
    ++stage.attempts;
    stage.failed += record.status == record::StageStatus::kPass ? 0 : 1;
    stage.tokens_in += record.usage.input_total.value_or(0);
    stage.tokens_out += record.usage.output_total.value_or(0);
    stage.cost = sum(stage.cost, record.cost, first);
    stage.wall += record.wall;
  }
}

}  // namespace

Result<Report> collect(const store::Store& store) {
  Report report;
  GF_TRY(store.walk([&](const store::Summary& run) {
    report.runs.push_back(run);
    return true;
  }));
  std::reverse(report.runs.begin(), report.runs.end());
  const store::Summary* dearest = nullptr;
  bool none_wasted = true;
  for (const store::Summary& run : report.runs) {
    bool first = &run == &report.runs.front();
    report.cost = sum(report.cost, run.metrics.cost, first);
    report.delivered += delivered(run) ? 1 : 0;
    report.first_try += run.metrics.first_try ? 1 : 0;
    if (!delivered(run)) {
      report.wasted = sum(report.wasted, run.metrics.cost, none_wasted);
      none_wasted = false;
    }
    auto key = [](const store::Summary& s) {
      return std::pair(pico(s.metrics.cost), s.metrics.wall);
    };
    if (dearest == nullptr || key(run) > key(*dearest)) dearest = &run;
    auto whole = store.load(run.id);
    // A clone may lack a run's files (partial, not fetched yet): its summary still counts.
    if (whole.ok()) add_stages(*whole, report);
  }
  if (none_wasted) report.wasted = record::Cost{0, "none"};
  if (dearest != nullptr) report.most_expensive = dearest->id.str();
  int64_t most = 0;
  for (const auto& [name, stage] : report.stages) {
    int64_t tokens = stage.tokens_in + stage.tokens_out;
    if (tokens > most) {
      most = tokens;
      report.cost_driver = name;
    }
  }
  return report;
}

std::string to_markdown(const Report& report) {
  if (report.runs.empty()) return "No run has ended yet.\n";
  std::string text =
      "| feature | $/feature | time to PR | attempts | tokens in/out | first try | result |\n"
      "|---|---|---|---|---|---|---|\n";
  for (const store::Summary& run : report.runs) {
    text += fmt::format("| {} | {} | {} | {} | {}/{} | {} | {} |\n", cell(run.slug),
                        money(run.metrics.cost), delivered(run) ? seconds(run.metrics.wall) : "-",
                        run.metrics.attempts, run.metrics.usage.input_total.value_or(0),
                        run.metrics.usage.output_total.value_or(0),
                        run.metrics.first_try ? "yes" : "no", record::name_of(run.status));
  }
  int all = static_cast<int>(report.runs.size());
  text += fmt::format("\n**Success rate: {}/{}** ({}), first try: {}/{}\n", report.delivered, all,
                      percent(report.delivered, all), report.first_try, all);
  text += fmt::format("Spent: {}, of it {} on runs that delivered nothing\n", money(report.cost),
                      money(report.wasted));
  text +=
      "\n| stage | attempts | failed | tokens in/out | cost | time |\n|---|---|---|---|---|---|\n";
  for (const char* name : kLine) {
    auto found = report.stages.find(name);
    if (found == report.stages.end()) continue;
    const StageSum& stage = found->second;
    text += fmt::format("| {} | {} | {} | {}/{} | {} | {} |\n", name, stage.attempts, stage.failed,
                        stage.tokens_in, stage.tokens_out, money(stage.cost), seconds(stage.wall));
  }
  text += fmt::format("\nCost driver: {} (most tokens)\n",
                      report.cost_driver.value_or("none, no tokens were told"));
  for (const store::Summary& run : report.runs) {
    if (run.id.str() != report.most_expensive) continue;
    text += fmt::format("Most expensive feature: {} ({}, {})\n", cell(run.slug),
                        money(run.metrics.cost), seconds(run.metrics.wall));
  }
  return text;
}

record::Json to_json(const Report& report) {
  record::Json runs = record::Json::array();
  for (const store::Summary& run : report.runs) {
    record::Json row = record::to_json(run.metrics);
    row.set("run", run.id.str());
    row.set("slug", run.slug);
    row.set("title", run.title);
    row.set("status", record::name_of(run.status));
    row.set("pull_request", run.pull_request);
    row.set("started", iso8601(run.started));
    runs.push(row);
  }
  record::Json stages = record::Json::object();
  for (const auto& [name, stage] : report.stages) {
    stages.set(name, record::Json::object({{"attempts", stage.attempts},
                                           {"failed", stage.failed},
                                           {"tokens_in", stage.tokens_in},
                                           {"tokens_out", stage.tokens_out},
                                           {"cost", record::to_json(stage.cost)},
                                           {"wall_ms", static_cast<int64_t>(stage.wall.count())}}));
  }
  record::Json json = record::Json::object({{"v", 1},
                                            {"runs", runs},
                                            {"stages", stages},
                                            {"delivered", report.delivered},
                                            {"first_try", report.first_try},
                                            {"total", static_cast<int64_t>(report.runs.size())},
                                            {"cost", record::to_json(report.cost)},
                                            {"wasted", record::to_json(report.wasted)}});
  if (report.cost_driver) json.set("cost_driver", *report.cost_driver);
  if (report.most_expensive) json.set("most_expensive", *report.most_expensive);
  return json;
}

}  // namespace gf::analyst
