// git factory metrics: what the runs cost and how often they came through.
#include "analyst/metrics.h"

#include <CLI/CLI.hpp>
#include <memory>

#include "command.h"

namespace gf::cmd {

Run bind_metrics(CLI::App& app) {
  auto markdown = std::make_shared<bool>(false);
  app.add_flag("--md", *markdown, "Print Markdown (the default)");
  return [markdown](Console& console) -> Result<int> {
    (void)*markdown;  // there to be said; Markdown is what comes without --json
    GF_ASSIGN(auto context, engine::Context::open(console.setup, false));
    GF_ASSIGN(auto report, analyst::collect(*context->store));
    console.print(console.json ? analyst::to_json(report).dump() + "\n"
                               : analyst::to_markdown(report));
    return kYes;
  };
}

}  // namespace gf::cmd
