// git factory demo: a small repository, a bare remote, eight requests through the real line.
#include "setup/demo.h"

#include <fmt/format.h>

#include <memory>

#include "analyst/metrics.h"
#include "arguments.h"
#include "base/text.h"
#include "command.h"
#include "line/features.h"
#include "live_view.h"
#include "open_index.h"
#include "pager.h"
#include "run_text.h"

namespace gf::cmd {
namespace {

Result<int> demo(const std::string& folder, const std::string& python, Console& console) {
  session::Setup setup = console.setup;
  auto say = [&](const std::string& text) { console.say(text); };
  GF_ASSIGN(auto place, setup::make_demo(setup, folder, python, say));
  setup.directory = place.repository;
  int delivered = 0;
  for (const setup::DemoFeature& wanted : setup::demo_features()) {
    console.say(fmt::format("\n== git factory feature '{}'   (answers: scripted)",
                            replace_all(wanted.request, "'", "'\\''")));
    session::Setup own = setup;
    own.overrides.add("factory.model", "scripted/" + std::string(wanted.slug));
    line::Feature feature;
    feature.request = std::string(wanted.request);
    feature.slug = std::string(wanted.slug);
    auto ended = [&] {
      std::unique_ptr<View> view = make_view(console);
      own.sink = sink_for(console, *view);
      return line::run_feature(own, feature);
    }();
    if (!ended.ok()) return ended.error();
    const record::RunRecord& run = ended->run;
    bool good = run.status == (wanted.delivers ? record::RunStatus::kDelivered
                                               : record::RunStatus::kNeedsAnswers);
    delivered += wanted.delivers && good ? 1 : 0;
    console.say(printable(trim(result_text(run))));
    if (!good)
      return Error{
          Fault::kInternal,
          fmt::format("the demo's '{}' ended as {}", wanted.slug, record::name_of(run.status)),
          {},
          {}};
  }
  GF_ASSIGN(auto context, session::Context::open(setup, false));
  GF_ASSIGN(auto index, open_index(*context, console));
  GF_ASSIGN(auto report, analyst::collect(index));
  GF_ASSIGN(auto look, look_of_output(*context));
  std::string tables = analyst::to_markdown(report);
  console.print("\n" + (look ? read_lines(tables, *look) : tables));
  console.print(
      fmt::format("\n{} pull requests are on {}\n\nLook around:\n  cd {}\n  git factory log "
                  "--oneline\n  git factory show create-product\n"
                  "  git factory show '#1'\n  git log --notes=factory/trace factory/health\n",
                  delivered, place.remote, place.repository));
  return kYes;
}

}  // namespace

Run bind_demo(Arguments& arguments) {
  auto folder = std::make_shared<std::string>("git-factory-demo");
  auto python = std::make_shared<std::string>();
  arguments.add("folder", *folder, "Where to make it; default: ./git-factory-demo");
  arguments.add(
      "--python", *python,
      "An interpreter that has the demo's tools, instead of a virtual environment of its own");
  return [folder, python](Console& console) { return demo(*folder, *python, console); };
}

}  // namespace gf::cmd
