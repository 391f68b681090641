#include "replay/replay.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/text.h"
#include "line/line.h"
#include "line/policy.h"

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

line::Wishes wishes_of(const store::Run& recorded) {
  auto is = [&](const char* name, const char* value) {
    auto found = recorded.run.policy.find(name);
    return found != recorded.run.policy.end() && found->second == value;
  };
  line::Wishes wishes;
  wishes.no_pr = true;
  wishes.plan_only = is("plan-only", "true") || recorded.run.status == record::RunStatus::kPlanned;
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
  GF_ASSIGN(auto scratch, Scratch::make(*clone));
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
  if (!repo.exists(run.run.base)) {
    return because(fmt::format("its base {} ({}) is not in this clone", run.run.base.short_hex(),
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
      session::Config::load(clone_->repo, clone_->git, run.run.base_tree, setup.overrides, recorded);
  if (!loaded.ok()) {
    Error error = loaded.error();
    GF_ASSIGN(auto blob, session::tracked_config(clone_->repo, run.run.base_tree));
    if (blob && error.fault == Fault::kConfiguration) {
      error.hint = fmt::format(
          "look at it with 'git show {0}' and say yes with 'git config --add factory.trusted {0}', "
          "or use --gates=recorded, which runs nothing",
          blob->hex());
    }
    return error;
  }
  session::Config config = std::move(loaded).value();
  line::take_policy(config, run.run.policy);
  // What the user's key signs is a decision of the user's, and this is none.
  config.add("factory.sign", "false");
  config.add("factory.python",
             gate::find_python(config.settings(), clone_->repo.workdir(), setup.environment));
  return config;
}

/// Compares a step that the replay has come to. An Error ends the replay there.
Result<void> Replayer::compare(const store::Run& recorded, int seq, const Stopwatch& watch,
                               const Told& told, Replayed& replayed) {
  GF_ASSIGN(auto made, scratch_.context().store->load(recorded.run.id));
  Sides sides{recorded, made, clone_->repo, scratch_.context().repo};
  StepComparison step;
  if (seq == 0) {
    step = compare_base(sides);
  } else if (seq < 0) {
    GF_ASSIGN(step, compare_end(sides));
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
  if (told) told(replayed.steps.back());
  if (same) return Done{};
  replayed.result = Replayed::Result::kDifferent;
  return Error{Fault::kBadData, "the replay differs", {}, {}};
}

Result<void> Replayer::run_again(const store::Run& recorded, const Told& told, Replayed& replayed) {
  session::Context& scratch = scratch_.context();
  Stopwatch watch(scratch.clock());
  GF_ASSIGN(auto config, config_of(recorded));
  record::RunRecord run;
  run.id = recorded.run.id;
  run.slug = recorded.run.slug;
  run.request = recorded.run.request;
  run.base_name = recorded.run.base_name;
  run.base = recorded.run.base;
  run.base_tree = recorded.run.base_tree;
  run.author = recorded.run.author;
  run.started = recorded.run.started;
  run.tool_version = scratch.setup.version;
  GF_ASSIGN(auto active, scratch.store->begin(run));
  size_t steps = recorded.stages.size();
  bool all_done = false;
  line::Rerun rerun;
  rerun.recorded = &recorded;
  rerun.run_gates = gates_ == GateSource::kRun;
  rerun.folder = scratch_.folder();
  rerun.gate_cache = session::gate_cache(*clone_);
  rerun.after = [&](int seq) -> Result<void> {
    GF_TRY(compare(recorded, seq, watch, told, replayed));
    all_done = static_cast<size_t>(seq) >= steps;
    if (all_done && was_cut(recorded))
      return Error{Fault::kBadData, "the record ends here", {}, {}};
    return Done{};
  };
  session::Base base{run.base_name, run.base, run.base_tree};
  line::Line line(scratch, std::move(config), std::move(base), wishes_of(recorded), std::move(active),
            &rerun);
  auto ran = line.run();
  if (!ran.ok() && ran.error().fault == Fault::kCancelled) return ran.error();
  if (replayed.result == Replayed::Result::kDifferent) return Done{};
  bool ended_early = all_done && was_cut(recorded);
  if (!ran.ok() && !ended_early && ran.error().fault == Fault::kBadData) {
    // It went another way than the record, which has no answer there.
    StepComparison beyond;
    beyond.seq = static_cast<int>(replayed.steps.size());
    size_t at = replayed.steps.empty() ? 0 : replayed.steps.size() - 1;
    beyond.stage = at < steps ? recorded.stages[at].stage : "end";
    beyond.attempt = at < steps ? recorded.stages[at].attempt : 0;
    beyond.differences.push_back({"stage", beyond.stage, ran.error().message});
    replayed.steps.push_back(beyond);
    if (told) told(beyond);
    replayed.result = Replayed::Result::kDifferent;
    return Done{};
  }
  if (!ran.ok() && !ended_early) return ran.error();
  if (ran.ok()) {
    auto end = compare(recorded, -1, watch, told, replayed);
    if (!end.ok() && replayed.result != Replayed::Result::kDifferent) return end.error();
    if (!end.ok()) return Done{};
  }
  replayed.result = Replayed::Result::kSame;
  return Done{};
}

Result<Replayed> Replayer::replay(const RunId& id, const Told& told) {
  Stopwatch watch(clone_->clock());
  auto loaded = clone_->store->load(id);
  if (!loaded.ok()) return unsure(id, {}, loaded.error().message, loaded.error().hint);
  const store::Run& recorded = *loaded;
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
  GF_ASSIGN(auto base, clone_->repo.commit(recorded.run.base));
  if (base.tree != recorded.run.base_tree)
    record.differences.push_back({"record", "run.json", "the base does not have the base tree"});
  if (recorded.run.tool_version != clone_->setup.version) {
    replayed.drift.push_back(fmt::format("made with git-factory {}; this is {}",
                                         recorded.run.tool_version, clone_->setup.version));
  }
  if (!record.same()) {
    replayed.result = Replayed::Result::kDifferent;
    replayed.steps.push_back(record);
    if (told) told(record);
  } else if (auto ran = run_again(recorded, told, replayed); !ran.ok()) {
    if (ran.error().fault == Fault::kCancelled) return ran.error();
    replayed.result = Replayed::Result::kUnsure;
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
      if ((!after || *after < run.id) && (!upto || !(*upto < run.id))) runs.push_back(run.id);
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
