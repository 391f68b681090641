// git factory metrics: what the runs cost and how often they came through.
#include <CLI/CLI.hpp>
#include <memory>

#include "analyst/metrics.h"
#include "command.h"

namespace gf::cmd {

Run bind_metrics(CLI::App& app) {
  app.add_flag("--md", "Print Markdown (the default)");
  return [](Console& console) -> Result<int> {
    GF_ASSIGN(auto context, engine::Context::open(console.setup, false));
    GF_ASSIGN(auto report, analyst::collect(*context->store));
    console.print(console.json ? analyst::to_json(report).dump() + "\n" : analyst::to_markdown(report));
    return kYes;
  };
}

}  // namespace gf::cmd
