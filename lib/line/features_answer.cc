// Runs that ended with questions: what they ask, and how they go on when they are answered.
#include <fmt/format.h>

#include <map>

#include "base/text.h"
#include "line/answers.h"
#include "line/features.h"
#include "line/going_on.h"
#include "line/line.h"
#include "session/hold.h"
#include "store/held.h"

namespace gf::line {
namespace {

using record::RunStatus;

Error no_run(const std::string& name) {
  return Error{Fault::kUser,
               fmt::format("there is no run '{}'", printable(clipped(name, 100))),
               {},
               "see 'git factory log --outcome=needs-answers'"};
}

Result<RunId> newest_that_asks(const store::Store& store) {
  GF_ASSIGN(auto tips, store.active_tips());
  std::map<RunId, Oid> going_on(tips.begin(), tips.end());  // answered already
  std::optional<RunId> found;
  GF_TRY(store.walk([&](const store::Summary& run) {
    if (run.status == RunStatus::kNeedsAnswers && !going_on.contains(run.id)) found = run.id;
    return !found;
  }));
  if (found) return *found;
  return Error{Fault::kUser, "no run asks anything", {}, "see 'git factory log'"};
}

/// The run, whole, if it asks something.
Result<store::Run> asking_run(const session::Context& context,
                              const std::optional<std::string>& name) {
  std::optional<RunId> id;
  if (name) {
    GF_ASSIGN(id, context.store->find(*name));
    if (!id) return no_run(*name);
  } else {
    GF_ASSIGN(id, newest_that_asks(*context.store));
  }
  GF_ASSIGN(auto run, context.store->load(*id));
  if (run.run.status == RunStatus::kRunning && !run.run.answers.empty()) {
    return Error{Fault::kUser,
                 fmt::format("run {} was answered already and is {}", id->id8(),
                             store::standing_of(run.run.status, run.held)),
                 {},
                 store::way_on(*id, run.held)};
  }
  if (run.run.status == RunStatus::kNeedsAnswers) return run;
  return Error{
      Fault::kUser,
      fmt::format("run {} asks nothing: it is {}", id->id8(), record::name_of(run.run.status)),
      {},
      fmt::format("see 'git factory show {}'", id->id8())};
}

/// What would keep it from going on, before a person has typed anything and an answer is kept.
Result<void> can_be_answered(const session::Context& context, const record::RunRecord& run) {
  if (Oid base = first_base(run); !context.repo.exists(base)) {
    return Error{Fault::kUser,
                 fmt::format("the base {} ({}) of run {} is not in this clone", base.short_hex(),
                             printable(run.base_name), run.id.id8()),
                 {},
                 "bring it with 'git fetch', in a shallow clone with 'git fetch --unshallow'"};
  }
  auto config = config_to_go_on(context, run);
  if (!config.ok()) return config.error();
  return Done{};
}

/// Secrets are taken out before anything uses an answer; which ones, as notes.
std::vector<std::string> without_secrets(Given& given, const record::Redactor& redactor) {
  std::vector<std::string> notes;
  for (auto& [number, text] : given) {
    std::string safe = redactor(text);
    if (safe != text) {
      notes.push_back(fmt::format(
          "the answer to question {} held what looks like a secret; it was taken out before use",
          number));
    }
    text = std::move(safe);
  }
  return notes;
}

}  // namespace

Result<OpenQuestions> open_questions(session::Setup setup, const std::optional<std::string>& name) {
  GF_ASSIGN(auto context, session::Context::open(std::move(setup), false));
  GF_ASSIGN(auto run, asking_run(*context, name));
  GF_TRY(can_be_answered(*context, run.run));
  return OpenQuestions{run.run.id, run.run.slug, run.run.questions, run.run.likeliest};
}

Result<record::RunRecord> answer_run(session::Setup setup, const Reply& reply) {
  GF_ASSIGN(auto context, session::Context::open(std::move(setup), true));
  GF_ASSIGN(auto asking, asking_run(*context, reply.run));
  const record::RunRecord& seen = asking.run;
  if (asking.stages.empty())
    return Error{Fault::kBadData, fmt::format("run {} has no stage", seen.id.id8()), {}, {}};
  if (reply.seen && *reply.seen != seen.questions) {
    return Error{Fault::kUser,
                 fmt::format("run {} asks other questions by now", seen.id.id8()),
                 {},
                 fmt::format("see them with 'git factory show {}'", seen.id.id8())};
  }
  GF_TRY(can_be_answered(*context, seen));
  Answering answering;
  GF_ASSIGN(answering.given, read_answers(reply.texts, seen.questions.size()));
  std::vector<std::string> notes = without_secrets(answering.given, context->redactor);
  GF_ASSIGN(auto identity, context->repo.identity(context->clock().now()));
  answering.likeliest = reply.likeliest;
  answering.by = identity.name;
  answering.time = context->clock().now();
  auto go_on = [&](const record::RunRecord& then) -> Result<record::RunRecord> {
    bool same = then.status == seen.status && then.questions == seen.questions &&
                then.answers == seen.answers;
    if (same) return gone_on(then, asking.stages.back().seq, answering);
    return Error{Fault::kTransient,
                 fmt::format("run {} was answered by another process", seen.id.id8()),
                 {},
                 fmt::format("see 'git factory show {}'", seen.id.id8())};
  };
  GF_ASSIGN(auto hold, session::Hold::take(*context, seen.id));
  GF_ASSIGN(auto active, context->store->take_up(seen.id, go_on));
  return go_on_with(*context, std::move(active), std::move(notes));
}

}  // namespace gf::line
