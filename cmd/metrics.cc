// git factory metrics: what the runs cost and how often they came through.
#include "analyst/metrics.h"

#include <fmt/format.h>

#include <memory>

#include "analyst/calibration.h"
#include "arguments.h"
#include "base/text.h"
#include "command.h"
#include "dates.h"
#include "open_index.h"
#include "pager.h"
#include "record/dollars.h"

namespace gf::cmd {
namespace {

struct MetricsOptions {
  bool markdown = false, csv = false, prometheus = false, all = false;
  size_t count = 50;
  std::string by, since, until;
};

std::string one_group(const analyst::Table& table, const MetricsOptions& options, bool json) {
  if (json) return analyst::to_json_lines(analyst::in_dollars(table));
  if (options.csv) return analyst::to_csv(analyst::in_dollars(table));
  return analyst::group_to_markdown(table);
}

record::Json report_json(const analyst::Report& report,
                         const std::vector<analyst::Calibration>& calibrations) {
  record::Json json = analyst::to_json(report), all = record::Json::array();
  for (const analyst::Calibration& one : calibrations) all.push(analyst::to_json(one));
  json.set("calibrations", std::move(all));
  return json;
}

/// The newest of each reviewer and prompt.
std::string report_text(const analyst::Report& report,
                        const std::vector<analyst::Calibration>& calibrations) {
  std::string text = analyst::to_markdown(report);
  if (!calibrations.empty()) text += "\nCalibrations (git factory review --calibrate)\n\n";
  for (const analyst::Calibration& one : calibrations) text += analyst::to_text(one);
  return text;
}

Result<int> metrics(const MetricsOptions& options, Console& console) {
  GF_ASSIGN(auto context, session::Context::open(console.setup, false));
  analyst::Window window;
  if (!options.since.empty()) {
    GF_ASSIGN(auto since, git_date(context->git, options.since));
    window.from = day_of(since);
  }
  if (!options.until.empty()) {
    GF_ASSIGN(auto until, git_date(context->git, options.until));
    window.to = day_of(until);
  }
  GF_ASSIGN(auto index, open_index(*context, console));
  GF_ASSIGN(auto look, look_of_output(*context));
  bool read = look && !options.markdown && !options.csv && !options.prometheus && !console.json;
  // Tables for a reader fit the window; what goes into a file stays Markdown.
  auto shown = [&](const std::string& text) { return read ? read_lines(text, *look) : text; };
  // A file of numbers is for programs, which want all of them.
  bool every = options.all || options.count == 0 || (options.csv && options.count == 50);
  GF_ASSIGN(auto report, analyst::collect(index, every ? 0 : options.count, window));
  GF_ASSIGN(auto calibrations, analyst::calibrations(index));
  Pager pager(*context, console);
  std::string by = options.by.empty() && options.csv ? "run" : options.by;
  if (options.prometheus) {
    GF_ASSIGN(auto times, analyst::gate_times(index, window));
    console.print(analyst::to_prometheus(report, times));
  } else if (!by.empty()) {
    for (const auto& [name, table] : analyst::groups(report)) {
      if (name == by) console.print(shown(one_group(*table, options, console.json)));
    }
  } else if (console.json) {
    console.print(printable(record::in_dollars(report_json(report, calibrations)).dump()) + "\n");
  } else {
    console.print(shown(report_text(report, calibrations)));
  }
  return kYes;
}

}  // namespace

Run bind_metrics(Arguments& arguments) {
  auto options = std::make_shared<MetricsOptions>();
  Option markdown =
      arguments.add("--md", options->markdown, "Print Markdown (what a file or a pipe gets)");
  Option csv = arguments.add("--csv", options->csv, "Print CSV, a row a run or a group (--by)");
  Option prometheus =
      arguments.add("--prometheus", options->prometheus, "Print the text format of Prometheus");
  csv.excludes(markdown).excludes(prometheus);
  prometheus.excludes(markdown);
  arguments.add("--by", options->by, "Print one group alone")
      .one_of({"run", "stage", "model", "spec", "gate", "month", "outcome"});
  arguments.add("-n,--max-count", options->count, "Rows of runs; 0: all").shows_default();
  arguments.add("--all", options->all, "A row for every run");
  arguments.add("--since", options->since, "Only runs started on this day or later (UTC)");
  arguments.add("--until", options->until, "Only runs started on this day or before (UTC)");
  return [options](Console& console) { return metrics(*options, console); };
}

}  // namespace gf::cmd
