// Taken again in a repository that is thrown away (scratch.h) and held against the record step by
// step, up to the first difference.
#include "replay/replay.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/text.h"
#include "line/line.h"
#include "line/policy.h"
#include "line/repository_hooks.h"
#include "line/wishes.h"
#include "replay/recorded_past.h"
#include "session/start.h"
#include "session/trust.h"

namespace gf::replay {
namespace {

constexpr const char* kBringIt = "'git factory sync' brings what the remote has";

Replayed unsure(const RunId& id, std::string slug, std::string reason, std::string hint) {
  Replayed replayed;
  replayed.run = id;
  replayed.slug = std::move(slug);
  replayed.reason = std::move(reason);
  replayed.hint = std::move(hint);
  return replayed;
}

/// The exchanges that stages name and that are not there: "plan 1, build 2".
std::string missing_exchanges(const store::Run& run, size_t* count) {
  std::set<int> there;
  for (const record::Exchange& exchange : run.exchanges) there.insert(exchange.seq);
  std::string text;
  for (const record::StageRecord& stage : run.stages) {
    size_t lacking = 0;
    for (int seq : stage.exchanges) lacking += there.contains(seq) ? 0 : 1;
    if (lacking == 0) continue;
    *count += lacking;
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", stage.stage, stage.attempt);
  }
  return text;
}

/// What the run was wished to do, as far as it is done here: nothing leaves this machine.
line::Wishes wishes_of(const store::Run& recorded) {
  line::Wishes wishes = line::wishes_of(recorded.run);
  wishes.no_pr = true;
  wishes.approval = line::Approval::kNotWanted;
  wishes.plan_only = wishes.plan_only || recorded.run.status == record::RunStatus::kPlanned;
  // A spec that a person gave asks no model, and can be told by that.
  bool given = !recorded.stages.empty() && recorded.stages.front().stage == "plan" &&
               recorded.stages.front().exchanges.empty();
  if (given) wishes.spec = recorded.spec;
  return wishes;
}

/// Such a run was cut: it has no end of its own that a replay could come to.
bool was_cut(const store::Run& recorded) {
  return recorded.run.status == record::RunStatus::kCancelled ||
         recorded.run.status == record::RunStatus::kRunning;
}

/// The step at which a replay went another way than the record, which has no answer there.
StepComparison beyond(const store::Run& recorded, size_t steps_done, const std::string& why) {
  StepComparison step;
  step.seq = static_cast<int>(steps_done);
  step.stage = "end";
  size_t at = steps_done == 0 ? 0 : steps_done - 1;
  if (at < recorded.stages.size()) {
    step.stage = recorded.stages[at].stage;
    step.attempt = recorded.stages[at].attempt;
  }
  step.differences.push_back({"stage", step.stage, why});
  return step;
}

Error no_run(const std::string& name) {
  return Error{Fault::kUser,
               fmt::format("there is no run '{}'", printable(clipped(name, 100))),
               {},
               "see 'git factory log'; a fresh clone has the record after 'git factory init' and "
               "'git fetch'"};
}

}  // namespace

Result<std::unique_ptr<Replayer>> Replayer::open(session::Setup setup, GateSource gates) {
  GF_ASSIGN(auto clone, session::Context::open(std::move(setup), false));
  if (gates == GateSource::kRun) GF_TRY(session::may_run(clone->git));
  GF_ASSIGN(auto scratch, session::Scratch::make(*clone));
  // From here on nothing is written that anybody keeps.
  git::Repo::set_durable(false);
  return std::unique_ptr<Replayer>(new Replayer(std::move(clone), std::move(scratch), gates));
}

/// What this clone lacks for a replay, told before any work is done.
Result<std::optional<Replayed>> Replayer::lacking(const store::Run& run, const RunId& id) const {
  const git::Repo& repo = clone_->repo;
  auto because = [&](std::string reason, std::string hint) {
    return std::optional<Replayed>(unsure(id, run.run.slug, std::move(reason), std::move(hint)));
  };
  size_t count = 0;
  std::string missing = missing_exchanges(run, &count);
  if (count > 0 && !run.has_exchanges) {
    return because(
        fmt::format("its {} are not in this clone ({})", counted(count, "exchange"), missing),
        std::string("they leave a machine only with factory.share=full; where they "
                    "were shared, ") +
            kBringIt);
  }
  if (count > 0) {
    return because(fmt::format("{} of its exchanges are not in the record ({})", count, missing),
                   kBringIt);
  }
  for (const Oid& base :
       {line::first_base(run.run), line::moved_base(run.run).value_or(run.run.base)}) {
    if (repo.exists(base)) continue;
    return because(fmt::format("its base {} ({}) is not in this clone", base.short_hex(),
                               printable(run.run.base_name)),
                   "bring it with 'git fetch', in a shallow clone with 'git fetch --unshallow'");
  }
  return std::optional<Replayed>();
}

/// This clone's settings, but for what decided the run: those are the run's own.
Result<session::Config> Replayer::config_of(const store::Run& run) const {
  const session::Setup& setup = clone_->setup;
  bool recorded = gates_ == GateSource::kRecorded;
  auto loaded =
      session::Config::load(clone_->repo, clone_->git, first_.tree, setup.overrides, recorded);
  if (!loaded.ok()) {
    Error error = loaded.error();
    GF_ASSIGN(auto blob, session::tracked_config(clone_->repo, first_.tree));
    if (blob && session::is_about_trust(error)) {
      error.hint = fmt::format(
          "look at it and answer with 'git factory trust {}', or use --gates=recorded, which runs "
          "nothing",
          blob->hex());
    }
    return error;
  }
  session::Config config = std::move(loaded).value();
  line::take_policy(config, run.run.policy);
  // What the user's key signs is a decision of the user's, and this is none.
  config.add("factory.sign", "false");
  return config;
}

/// Compares a step that the replay has come to, or with a negative `seq` the end.
Result<bool> Replayer::compare(const store::Run& recorded, int seq, const Stopwatch& watch,
                               const Listener& listener, Replayed& replayed) {
  GF_TRY(scratch_.context().store->reload(recorded.run.id, made_));
  Sides sides{recorded, made_.run, clone_->repo, scratch_.context().repo, first_.tree};
  StepComparison step;
  if (seq == 0) {
    step = compare_base(sides);
  } else if (seq < 0) {
    GF_ASSIGN(step, compare_end(sides));
    if (!replayed.steps.empty()) compare_late_base(sides, replayed.steps.front(), step);
    if (!ledger_) {
      GF_ASSIGN(ledger_, store::Ledger::open(clone_->repo));
    }
    compare_ledger(*ledger_, recorded, step);
  } else {
    GF_ASSIGN(step, compare_step(sides, seq));
  }
  step.took = watch.elapsed();
  for (const StepComparison& before : replayed.steps) step.took -= before.took;
  bool same = step.same();
  replayed.steps.push_back(std::move(step));
  if (listener) listener(replayed.steps.back());
  return same;
}

/// The run as a new one in the scratch repository, with what was decided of it then.
record::RunRecord Replayer::begun_again(const store::Run& recorded) {
  record::RunRecord run;
  run.id = recorded.run.id;
  run.slug = recorded.run.slug;
  run.request = recorded.run.request;
  run.answers = recorded.run.answers;
  run.reworks = recorded.run.reworks;
  run.base_name = recorded.run.base_name;
  run.base = first_.id;
  run.base_tree = first_.tree;
  run.author = recorded.run.author;
  run.started = recorded.run.started;
  run.tool_version = scratch_.context().setup.version;
  line::keep_gates_left_out(run, line::gates_left_out(recorded.run));
  if (auto way = line::pre_commit_of(recorded.run)) line::keep_pre_commit(run, *way);
  return run;
}

/// Takes the run's steps again up to the first one that differs, or to where the record ends.
Result<void> Replayer::run_again(const store::Run& recorded, const Listener& listener,
                                 Replayed& replayed) {
  session::Context& scratch = scratch_.context();
  Stopwatch watch(scratch.clock());
  made_ = store::Watched();
  GF_ASSIGN(auto config, config_of(recorded));
  record::RunRecord run = begun_again(recorded);
  GF_ASSIGN(auto active, scratch.store->begin(run));
  bool differs = false, ended_early = false;
  auto look = [&](int seq) -> Result<line::Onward> {
    GF_ASSIGN(bool same, compare(recorded, seq, watch, listener, replayed));
    differs = !same;
    ended_early = same && was_cut(recorded) && static_cast<size_t>(seq) >= recorded.stages.size();
    return differs || ended_early ? line::Onward::kStop : line::Onward::kGo;
  };
  GF_ASSIGN(auto cache, session::gate_cache(*clone_));
  RecordedPast past(recorded, gates_ == GateSource::kRun,
                    {scratch_.folder() + "/pool", scratch_.folder() + "/outcomes", cache,
                     env::Checkout{clone_->repo.workdir().value_or(""), clone_->repo.common_dir()}},
                    look);
  session::Base base{run.base_name, run.base, run.base_tree};
  line::Line line(scratch, std::move(config), {std::move(base), {}, {}, {}}, wishes_of(recorded),
                  std::move(active), past);
  auto ran = line.run();
  if (!ran.ok() && !past.unanswered().empty()) {
    replayed.result = Replayed::Likeness::kDifferent;
    replayed.steps.push_back(beyond(recorded, replayed.steps.size(), ran.error().message));
    if (listener) listener(replayed.steps.back());
    return Done{};
  }
  GF_TRY(std::move(ran));
  if (!differs && !ended_early) {
    GF_ASSIGN(bool same, compare(recorded, -1, watch, listener, replayed));
    differs = !same;
  }
  replayed.result = differs ? Replayed::Likeness::kDifferent : Replayed::Likeness::kSame;
  return Done{};
}

Result<Replayed> Replayer::replay(const RunId& id, const Listener& listener) {
  Stopwatch watch(clone_->clock());
  auto loaded = clone_->store->load(id);
  if (!loaded.ok()) return unsure(id, {}, loaded.error().message, loaded.error().hint);
  const store::Run& recorded = *loaded;
  if (recorded.run.status == record::RunStatus::kReviewed) {
    return unsure(id, recorded.run.slug, "it is a review of a revision, and no passage of the line",
                  "ask for it again with 'git factory review'");
  }
  GF_ASSIGN(auto lack, lacking(recorded, id));
  if (lack) return *lack;
  Replayed replayed = unsure(id, recorded.run.slug, {}, {});
  StepComparison record;
  record.stage = "record";
  GF_ASSIGN(auto files, clone_->store->disagreements(id));
  for (const std::string& file : files) {
    record.differences.push_back(
        {"record", file, "the ledger and the replay data hold it differently"});
  }
  if (recorded.run.id != id)
    record.differences.push_back({"record", "run.json", "it is another run's"});
  for (const Oid& needed : {recorded.run.base, line::first_base(recorded.run)})
    GF_TRY(session::complete(*clone_, needed));
  GF_ASSIGN(auto base, clone_->repo.commit(recorded.run.base));
  GF_ASSIGN(first_, clone_->repo.commit(line::first_base(recorded.run)));
  if (base.tree != recorded.run.base_tree)
    record.differences.push_back({"record", "run.json", "the base does not have the base tree"});
  if (recorded.run.tool_version != clone_->setup.version) {
    replayed.drift.push_back(fmt::format("made with git-factory {}; this is {}",
                                         recorded.run.tool_version, clone_->setup.version));
  }
  if (!record.same()) {
    replayed.result = Replayed::Likeness::kDifferent;
    replayed.steps.push_back(record);
    if (listener) listener(record);
  } else if (auto ran = run_again(recorded, listener, replayed); !ran.ok()) {
    if (ran.error().fault == Fault::kCancelled) return ran.error();
    replayed.result = Replayed::Likeness::kUnsure;
    replayed.reason = ran.error().message;
    replayed.hint = ran.error().hint;
  }
  replayed.took = watch.elapsed();
  return replayed;
}

Result<std::vector<RunId>> Replayer::runs_named(const std::optional<std::string>& what) const {
  std::vector<RunId> runs;
  size_t dots = what ? what->find("..") : std::string::npos;
  if (what && dots == std::string::npos) {
    GF_ASSIGN(auto id, clone_->store->find(*what));
    if (!id) return no_run(*what);
    return std::vector<RunId>{*id};
  }
  std::optional<RunId> after, upto;
  bool by_commits = false;
  std::string from = what ? what->substr(0, dots) : "", to = what ? what->substr(dots + 2) : "";
  for (auto [name, id] : {std::pair(&from, &after), std::pair(&to, &upto)}) {
    if (name->empty()) continue;
    GF_ASSIGN(*id, clone_->store->find(*name));
    if (*id) continue;
    GF_ASSIGN(auto commit, clone_->repo.resolve_commit(*name));
    if (!commit) return no_run(*name);
    by_commits = true;
  }
  if (by_commits) {
    std::vector<std::string> arguments = {"log", "--format=%B"};
    for (auto [name, sign] : {std::pair(&from, "^"), std::pair(&to, "")}) {
      GF_ASSIGN(auto commit, clone_->repo.resolve_commit(name->empty() ? "HEAD" : *name));
      if (!commit) return no_run(*name);
      arguments.push_back(sign + commit->hex());
    }
    GF_ASSIGN(auto messages, clone_->git.run(arguments));
    runs = store::runs_named_in(messages);
  } else {
    GF_TRY(clone_->store->walk([&](const store::Summary& run) {
      bool of_line = run.status != record::RunStatus::kReviewed;
      if (of_line && (!after || *after < run.id) && (!upto || !(*upto < run.id)))
        runs.push_back(run.id);
      return true;
    }));
  }
  std::sort(runs.begin(), runs.end(), [](const RunId& a, const RunId& b) { return b < a; });
  runs.erase(std::unique(runs.begin(), runs.end()), runs.end());
  return runs;
}

record::Json to_json(const Replayed& replayed) {
  constexpr const char* kResults[] = {"same", "different", "unsure"};
  record::Json steps = record::Json::array();
  for (const StepComparison& step : replayed.steps) steps.push(to_json(step));
  record::Json json =
      record::Json::object({{"v", 1},
                            {"run", replayed.run.str()},
                            {"slug", replayed.slug},
                            {"result", kResults[static_cast<size_t>(replayed.result)]},
                            {"steps", steps},
                            {"drift", record::Json::strings(replayed.drift)},
                            {"ms", static_cast<int64_t>(replayed.took.count())}});
  if (!replayed.reason.empty()) json.set("reason", replayed.reason);
  if (!replayed.hint.empty()) json.set("hint", replayed.hint);
  return json;
}

}  // namespace gf::replay
