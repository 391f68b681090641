// git factory log: the runs this clone knows, newest first.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "base/text.h"
#include "command.h"

namespace gf::cmd {
namespace {

struct Options {
  int count = 0;
  bool oneline = false;
};

record::Json to_json(const store::Summary& run) {
  return record::Json::object({{"run", run.id.str()},
                               {"slug", run.slug},
                               {"title", run.title},
                               {"status", record::name_of(run.status)},
                               {"active", run.active},
                               {"base", run.base.hex()},
                               {"head", run.head.is_zero() ? "" : run.head.hex()},
                               {"branch", run.branch},
                               {"pull_request", run.pull_request},
                               {"failed_stage", run.failed_stage},
                               {"reason", run.reason},
                               {"author", run.author},
                               {"started", iso8601(run.started)},
                               {"metrics", record::to_json(run.metrics)}});
}

std::string to_text(const store::Summary& run, bool oneline) {
  std::string status(run.active ? "waiting (git factory resume)" : record::name_of(run.status));
  if (oneline) {
    return printable(fmt::format("{} {:<10} {}  {}\n", run.id.id8(), status, run.slug,
                                 run.pull_request.empty() ? run.title : run.pull_request));
  }
  std::string text = fmt::format("run {}\nFeature: {}\nResult:  {}\n", run.id.str(),
                                 run.title.empty() ? run.slug : run.title, status);
  if (!run.failed_stage.empty())
    text += fmt::format("Failed:  {}: {}\n", run.failed_stage, run.reason);
  if (!run.branch.empty()) {
    text += fmt::format("Branch:  {} ({})\n",
                        run.branch.starts_with("refs/heads/") ? run.branch.substr(11) : run.branch,
                        run.head.short_hex());
  }
  if (!run.pull_request.empty()) text += fmt::format("Pull:    {}\n", run.pull_request);
  text += fmt::format("Author:  {}\nDate:    {}\n", run.author, iso8601(run.started));
  text += fmt::format("Cost:    {}, {} tokens in, {} out, {:.1f} s, {}\n\n",
                      record::to_text(run.metrics.cost), run.metrics.usage.input_total.value_or(0),
                      run.metrics.usage.output_total.value_or(0),
                      static_cast<double>(run.metrics.wall.count()) / 1000,
                      counted(static_cast<size_t>(run.metrics.attempts), "stage attempt"));
  return printable(text);
}

}  // namespace

Run bind_log(CLI::App& app) {
  auto options = std::make_shared<Options>();
  app.add_option("-n,--max-count", options->count, "Show at most this many runs")
      ->check(CLI::NonNegativeNumber);
  app.add_flag("--oneline", options->oneline, "One line a run");
  return [options](Console& console) -> Result<int> {
    GF_ASSIGN(auto context, engine::Context::open(console.setup, false));
    int shown = 0;
    auto show = [&](const store::Summary& run) {
      if (options->count > 0 && shown >= options->count) return false;
      ++shown;
      return console.print(console.json ? to_json(run).dump() + "\n"
                                        : to_text(run, options->oneline));
    };
    GF_ASSIGN(auto active, context->store->active_runs());
    for (const store::Summary& run : active) {
      if (!show(run)) return kYes;
    }
    GF_TRY(context->store->walk(show));
    if (shown == 0 && !console.json)
      console.say("no run yet; start one with 'git factory feature \"<request>\"'");
    return kYes;
  };
}

}  // namespace gf::cmd
