// git factory metrics: what the runs cost and how often they came through.
#include "analyst/metrics.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "base/text.h"
#include "command.h"
#include "dates.h"
#include "open_index.h"

namespace gf::cmd {
namespace {

struct Options {
  bool markdown = false, csv = false, prometheus = false, all = false;
  size_t count = 50;
  std::string by, since, until;
};

std::string one_group(const analyst::Table& table, const Options& options, bool json) {
  if (json) return analyst::to_json_lines(table);
  if (options.csv) return analyst::to_csv(table);
  return analyst::group_to_markdown(table);
}

Result<int> metrics(const Options& options, Console& console) {
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
  // A file of numbers is for programs, which want all of them.
  bool every = options.all || options.count == 0 || (options.csv && options.count == 50);
  GF_ASSIGN(auto report, analyst::collect(index, every ? 0 : options.count, window));
  std::string by = options.by.empty() && options.csv ? "run" : options.by;
  if (options.prometheus) {
    console.print(analyst::to_prometheus(report));
  } else if (!by.empty()) {
    for (const auto& [name, table] : analyst::groups(report)) {
      if (name == by) console.print(one_group(*table, options, console.json));
    }
  } else if (console.json) {
    console.print(printable(analyst::to_json(report).dump()) + "\n");
  } else {
    console.print(analyst::to_markdown(report));
  }
  return kYes;
}

}  // namespace

Run bind_metrics(CLI::App& app) {
  auto options = std::make_shared<Options>();
  auto* markdown = app.add_flag("--md", options->markdown, "Print Markdown (the default)");
  auto* csv = app.add_flag("--csv", options->csv, "Print CSV, a row a run or a group (--by)");
  auto* prometheus =
      app.add_flag("--prometheus", options->prometheus, "Print the text format of Prometheus");
  csv->excludes(markdown)->excludes(prometheus);
  prometheus->excludes(markdown);
  app.add_option("--by", options->by, "Print one group alone")
      ->check(CLI::IsMember({"run", "stage", "model", "spec", "gate", "month", "outcome"}));
  app.add_option("-n,--max-count", options->count, "Rows of runs; 0: all")->capture_default_str();
  app.add_flag("--all", options->all, "A row for every run");
  app.add_option("--since", options->since, "Only runs started on this day or later (UTC)");
  app.add_option("--until", options->until, "Only runs started on this day or before (UTC)");
  return [options](Console& console) { return metrics(*options, console); };
}

}  // namespace gf::cmd
