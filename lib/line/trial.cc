#include "line/trial.h"

#include "gate/project.h"
#include "line/assignment.h"
#include "line/bench.h"
#include "line/journal.h"
#include "line/past.h"

namespace gf::line {
namespace {

record::RunRecord run_on(const session::Context& context, const session::Base& base) {
  record::RunRecord run;
  run.started = context.clock().now();
  run.id = RunId::make(run.started, context.clock().random());
  run.slug = "trial";
  run.base_name = base.name;
  run.base = base.commit;
  run.base_tree = base.tree;
  run.tool_version = context.setup.version;
  return run;
}

/// A path in each project: a run concerns some of them, and which is not known before.
std::vector<std::string> paths_in_all(const record::TreeFacts& facts) {
  std::vector<std::string> paths;
  for (const gate::Project& project : gate::projects_in(facts))
    paths.insert(paths.end(), project.manifests.begin(), project.manifests.end());
  return paths;
}

Result<void> try_all(session::Context& context, const session::Config& config,
                     const session::Base& base, Journal& journal, Trial& trial) {
  session::GitFacts facts(context.repo, context.git, base.tree);
  Wishes wishes;
  wishes.no_pr = true;  // where it would be delivered is not asked here
  GF_ASSIGN(auto assignment, assign(context, config, base, std::move(wishes), facts));
  Bench bench(context, assignment, journal, nothing_before());
  Result<void> tried = bench.open();
  if (tried.ok()) tried = bench.take_up(paths_in_all(facts));
  trial.outcomes = bench.base_outcomes();
  Result<void> closed = bench.close();
  return tried.ok() ? closed : tried;
}

}  // namespace

Result<Trial> try_on_base(session::Context& context, const session::Config& config,
                          const session::Base& base) {
  Trial trial;
  Journal journal(context, context.store->rehearse(run_on(context, base)));
  session::Sink listening = context.setup.sink;
  context.setup.sink = [&](const session::Event& event) {
    if (event.kind == "warning") trial.warnings.push_back(event.text);
    if (listening) listening(event);
  };
  Result<void> tried = try_all(context, config, base, journal, trial);
  context.setup.sink = std::move(listening);
  GF_TRY(context.cancel().check());
  if (!tried.ok()) trial.refused = tried.error();
  return trial;
}

}  // namespace gf::line
