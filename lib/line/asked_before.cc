// Active runs first, then the ledger from its newest entry: what a person most likely forgot is
// found without reading the history.
#include "line/asked_before.h"

#include <fmt/format.h>

#include "base/text.h"
#include "store/held.h"

namespace gf::line {
namespace {

using record::RunStatus;

constexpr const char* kAnew = "or begin it anew with --again";

Error goes_on(const store::Summary& run) {
  std::string id = run.id.id8();
  return {Fault::kUser,
          fmt::format("run {} ('{}') has this request already, and is {}", id, run.slug,
                      store::standing_of(RunStatus::kRunning, run.held)),
          {},
          fmt::format("{}, {}", store::way_on(run.id, run.held), kAnew)};
}

Error was_delivered(const record::RunRecord& run) {
  std::string id = run.id.id8(), pull = run.pull_request;
  std::string what =
      pull.empty() ? "branch " + RefName::known(run.branch).short_name() : "pull request " + pull;
  std::string see = pull.empty() ? "show " + id : "pr show " + replace_all(pull, "#", "");
  return {Fault::kUser,
          fmt::format("run {} ('{}') delivered this request already: {}", id, run.slug, what),
          {},
          fmt::format("see it with 'git factory {}', {}", see, kAnew)};
}

Error has_questions(const record::RunRecord& run) {
  std::string id = run.id.id8();
  return {Fault::kUser,
          fmt::format("run {} ('{}') has this request already, and waits for {}", id, run.slug,
                      counted(run.questions.size(), "answer")),
          {},
          fmt::format("give them with 'git factory answer {}', {}", id, kAnew)};
}

}  // namespace

Result<void> check_not_asked_before(const session::Context& context, const std::string& request,
                                    const std::string& base_name) {
  GF_ASSIGN(auto active, context.store->active_runs());
  for (const store::Summary& run : active) {
    if (run.request == request && run.base_name == base_name) return goes_on(run);
  }
  GF_ASSIGN(auto ended, context.store->asked(request));
  for (const record::RunRecord& run : ended) {
    if (run.base_name != base_name) continue;
    if (run.status == RunStatus::kDelivered) return was_delivered(run);
    if (run.status == RunStatus::kNeedsAnswers) return has_questions(run);
  }
  return Done{};
}

}  // namespace gf::line
