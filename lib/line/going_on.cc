// An option that is given anew takes the place of all of its kind.
#include "line/going_on.h"

#include <algorithm>

#include "line/line.h"
#include "session/start.h"
#include "session/trust.h"

namespace gf::line {
namespace {

/// The options a run was begun with, but for those of a kind that is given anew.
session::Config::Settings options_of(const Wishes& wishes, const session::Config::Settings& given) {
  auto is_model = [](const std::string& key) { return key.ends_with(".model"); };
  session::Config::Settings options;
  for (const auto& option : wishes.options) {
    bool replaced = std::any_of(given.begin(), given.end(), [&](const auto& own) {
      return own.first == option.first || (is_model(own.first) && is_model(option.first));
    });
    if (!replaced) options.add(option.first, option.second);
  }
  options.add(given);
  return options;
}

}  // namespace

void take_back_end(record::RunRecord& run) {
  run.status = record::RunStatus::kRunning;
  run.failure = record::FailureClass::kNone;
  run.failed_stage.clear();
  run.reason.clear();
  run.questions.clear();
  run.likeliest.clear();
  run.ended = {};
}

Result<session::Config> config_to_go_on(const session::Context& context,
                                        const record::RunRecord& run) {
  Wishes wishes = wishes_of(run);
  if (!wishes.plan_only) GF_TRY(session::may_run(context.git));
  GF_ASSIGN(auto first, context.repo.commit(first_base(run)));
  // What another clone has had fetched of them may be missing in this one.
  for (const Oid& needed : {first.id, run.base, run.head}) {
    if (!needed.is_zero() && context.repo.exists(needed))
      GF_TRY(session::complete(context, needed));
  }
  return session::Config::load(context.repo, context.git, first.tree,
                               options_of(wishes, context.setup.overrides));
}

Result<record::RunRecord> go_on_with(session::Context& context, store::ActiveRun active,
                                     std::vector<std::string> notes) {
  record::RunRecord run = active.run();
  GF_ASSIGN(auto config, config_to_go_on(context, run));
  GF_ASSIGN(auto first, context.repo.commit(first_base(run)));
  session::Base base{run.base_name, first.id, first.tree};
  Wishes wishes = wishes_of(run);
  // A spec that a person gave is not asked of a model when the run goes on.
  if (spec_was_given(run)) wishes.spec = active.spec();
  Line line(context, std::move(config), {std::move(base), {}, {}, std::move(notes)},
            std::move(wishes), std::move(active));
  return line.run();
}

}  // namespace gf::line
