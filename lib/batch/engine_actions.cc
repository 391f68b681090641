// github-actions: each job is a run of one workflow, which the user has put into the repository
// (templates/runners/github-actions.yml). A run's name holds the job's id.
#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "batch/engine.h"
#include "forge/workflow.h"

namespace gf::batch {
namespace {

constexpr const char* kWorkflow = "git-factory-batch.yml";
constexpr std::string_view kTitle = "git-factory ";
/// A run is listed moments after it was started.
constexpr int kLooksForAnswer = 4;
constexpr Milliseconds kBetweenLooksForAnswer{2000};
constexpr Milliseconds kBetweenLooksAtAnEnd{5000};
constexpr Milliseconds kLongWait{600000};
/// What two machines' clocks may differ by.
constexpr Milliseconds kClocks{3600000};
/// Who asked to stop is not kept waiting by a limit of requests.
constexpr const char* kHastyWait = "20";

std::string workflow_file(const EngineRoom& room) {
  return room.settings.text("factory.batch.workflow").value_or(kWorkflow);
}

/// What helps a single run, said of a batch: no forge of another kind starts a workflow.
Error of_a_batch(Error error) {
  error.hint =
      replace_all(error.hint, ", or keep requests here with 'git config factory.forge local'", "");
  error.hint = replace_all(error.hint, "git factory resume", "git factory batch --resume");
  return error;
}

Result<std::shared_ptr<forge::Workflow>> made_workflow(const EngineRoom& room, bool for_stop) {
  static const Cancel never;
  Settings settings = room.settings;
  if (for_stop) settings.add("factory.forge.maxWait", kHastyWait);
  forge::Place place{room.context.repo,
                     room.context.git,
                     room.url,
                     room.context.clock(),
                     for_stop ? never : room.context.cancel(),
                     std::move(settings),
                     room.context.setup.environment,
                     room.say};
  auto made = forge::github_workflow(workflow_file(room), place);
  if (!made.ok()) return of_a_batch(made.error());
  return std::shared_ptr<forge::Workflow>(std::move(made).value());
}

/// While a stop is asked for another one, which does not hear of it: that is when runs have to be
/// cancelled. It is made before, and before anything can be started: git, which may have the token,
/// is not asked once a stop is.
Result<std::shared_ptr<forge::Workflow>> workflow_at(const EngineRoom& room) {
  if (!room.workflow_for_stop) {
    GF_ASSIGN(room.workflow_for_stop, made_workflow(room, true));
  }
  if (room.context.cancel().requested()) return room.workflow_for_stop;
  if (!room.workflow) {
    GF_ASSIGN(room.workflow, made_workflow(room, false));
  }
  return room.workflow;
}

using SeesRun = std::function<bool(const forge::WorkflowRun&)>;

/// Those since the batch began, whatever else the workflow ran before.
Result<forge::WorkflowRuns> runs_of_batch(const EngineRoom& room, forge::Workflow& workflow,
                                          const SeesRun& enough = {}) {
  std::optional<Timestamp> since;
  if (room.begun) since = *room.begun - kClocks;
  return workflow.runs(enough, since);
}

/// The id of the job that a run is, of this batch; empty: it is another one's. Its workflow names
/// it "git-factory <id> <batch>/<slug>".
std::string id_of(const EngineRoom& room, const forge::WorkflowRun& run) {
  if (!run.title.starts_with(kTitle)) return {};
  std::string rest = run.title.substr(kTitle.size());
  size_t blank = rest.find(' ');
  if (blank == std::string::npos) return {};
  bool ours = rest.substr(blank + 1).starts_with(room.batch + "/");
  return ours ? rest.substr(0, blank) : std::string();
}

/// "<who>-<key>-<lot>"
std::string key_in(const std::string& id) {
  std::vector<std::string> parts = split(id, '-');
  return parts.size() == 3 ? parts[1] : std::string();
}

/// What ends a run there that is no failure of the job: another one would end so, too, or against
/// the will of whoever did it. A run beyond its time is told as cancelled by some servers.
std::string called_off(const std::string& id, const forge::WorkflowRun& run) {
  if (run.conclusion == "cancelled" || run.conclusion == "timed_out")
    return fmt::format("its job {} was cancelled there, or ran out of time: {}", id, run.url);
  if (run.conclusion == "failure" || run.conclusion == "success") return {};
  return fmt::format("its job {} did not begin ({}): {}", id, run.conclusion, run.url);
}

class Actions : public Engine {
 public:
  Actions() : Engine("github-actions", "") {}

  Result<void> ready(const EngineRoom& room) const override {
    GF_ASSIGN(auto workflow, workflow_at(room));
    auto looked = workflow->look();
    if (!looked.ok()) return of_a_batch(looked.error());
    const forge::WorkflowFacts& facts = *looked;
    std::string file = workflow_file(room);
    if (facts.actions_off)
      return Error{Fault::kConfiguration,
                   fmt::format("'{}' has Actions switched off", printable(facts.repository)),
                   {},
                   "allow them in its settings, under Actions, General"};
    if (!facts.there)
      return Error{
          Fault::kConfiguration,
          fmt::format("'{}' has no workflow '{}' on '{}'", printable(facts.repository),
                      printable(file), printable(facts.branch)),
          {},
          fmt::format("copy '{}/runners/github-actions.yml' to .github/workflows/{}, and push it "
                      "to '{}'",
                      room.context.setup.data_dir, printable(file), printable(facts.branch))};
    if (facts.state == "active") return Done{};
    return Error{Fault::kConfiguration,
                 fmt::format("the workflow '{}' of '{}' is switched off ({})", printable(file),
                             printable(facts.repository), printable(facts.state)),
                 {},
                 fmt::format("gh workflow enable {}", printable(file))};
  }

  Submitted submit(const EngineRoom& room, const std::vector<Order>& orders) const override {
    Submitted done;
    done.ids.resize(orders.size());
    auto workflow = workflow_at(room);
    auto there = workflow.ok() ? alive_by_key(room, **workflow)
                               : Result<std::map<std::string, std::string>>(workflow.error());
    if (!there.ok()) {
      done.why = there.error().message;
      done.goes_by = is_passing(there.error());
      return done;
    }
    for (size_t i = 0; i < orders.size(); ++i) {
      std::string key = job_key(room, orders[i]);
      if (auto found = there->find(key); found != there->end()) {
        done.ids[i] = found->second;
        done.found.insert(found->second);
        continue;
      }
      auto id = start(room, **workflow, orders[i], key);
      if (id.ok()) {
        done.ids[i] = *id;
        continue;
      }
      // What it refuses it refuses to the others as well, and behind a limit, or while it fails,
      // each of them would wait as long as this one.
      done.why = error_text(id.error());
      done.goes_by = is_passing(id.error());
      break;
    }
    return done;
  }

  Looked look(const EngineRoom& room, const std::set<std::string>& ids) const override {
    Looked looked;
    std::set<std::string> left = ids;
    std::optional<forge::WorkflowRun> waits;
    const std::string by = submitter(room) + "-";
    auto take = [&](const forge::WorkflowRun& run) {
      std::string id = id_of(room, run);
      if (left.erase(id) == 0) return left.empty();
      (run.over ? looked.over : looked.alive).insert(id);
      if (run.waits) waits = run;
      bool ours = id.starts_with(by);
      if (!run.over && !ours) looked.others.insert(id);
      // Another person ends what is theirs; our request is not stopped by it.
      std::string words = run.over && ours ? called_off(id, run) : std::string();
      if (!words.empty()) looked.called_off[id] = words;
      if (!words.empty() && run.conclusion == "cancelled") looked.cancelled.insert(id);
      return left.empty();
    };
    auto workflow = workflow_at(room);
    auto runs = workflow.ok() ? runs_of_batch(room, **workflow, take)
                              : Result<forge::WorkflowRuns>(workflow.error());
    if (!runs.ok()) {
      looked = Looked();
      looked.unknown = ids;
      looked.why = runs.error().message;
      return looked;
    }
    if (!runs->whole && !left.empty()) {
      looked.unknown = left;
      looked.why = "GitHub lists its newest runs alone, and some jobs are older";
    }
    // The oldest one that waits came last.
    if (waits && waits->created && room.context.clock().now() - *waits->created > kLongWait)
      looked.note = fmt::format("a job has waited for a machine for more than {} minutes: {}",
                                std::chrono::duration_cast<std::chrono::minutes>(kLongWait).count(),
                                waits->url);
    return looked;
  }

  Result<void> cancel(const EngineRoom& room, const std::set<std::string>& /*ids*/) const override {
    GF_ASSIGN(auto workflow, workflow_at(room));
    GF_ASSIGN(auto runs, runs_of_batch(room, *workflow));
    std::string ours = submitter(room) + "-";
    Result<void> all;
    for (const forge::WorkflowRun& run : runs.runs) {
      std::string id = id_of(room, run);
      if (run.over || !id.starts_with(ours)) continue;
      auto cancelled = workflow->cancel(run.id);
      if (!cancelled.ok()) all = cancelled.error();
    }
    if (!runs.whole && all.ok())
      return Error{Fault::kTransient,
                   "GitHub lists its newest runs alone; older ones of this batch may go on",
                   {},
                   fmt::format("gh run list --workflow={}", printable(workflow_file(room)))};
    return all;
  }

  [[nodiscard]] bool lists_late() const override { return true; }
  [[nodiscard]] Milliseconds between_looks() const override { return kBetweenLooksAtAnEnd; }

 private:
  static bool is_passing(const Error& error) {
    return error.fault == Fault::kTransient || error.fault == Fault::kCancelled;
  }

  static std::string error_text(const Error& refused) {
    Error error = of_a_batch(refused);
    return error.hint.empty() ? error.message : error.message + "; " + error.hint;
  }

  /// The jobs of this batch that wait or run: one that an earlier submission started without an
  /// answer is among them.
  static Result<std::map<std::string, std::string>> alive_by_key(const EngineRoom& room,
                                                                 forge::Workflow& workflow) {
    GF_ASSIGN(auto runs, runs_of_batch(room, workflow));
    std::map<std::string, std::string> alive;
    for (const forge::WorkflowRun& run : runs.runs) {
      std::string id = id_of(room, run);
      if (!run.over && !key_in(id).empty()) alive[key_in(id)] = id;
    }
    return alive;
  }

  /// Gives the job's id. It is drawn before, so that a start whose answer was lost can be found.
  static Result<std::string> start(const EngineRoom& room, forge::Workflow& workflow,
                                   const Order& order, const std::string& key) {
    std::string id =
        fmt::format("{}-{}-{:08x}", submitter(room), key, room.context.clock().random());
    auto started = workflow.start({{"as", id},
                                   {"job", order.batch + "/" + order.slug},
                                   {"orders", room.orders},
                                   {"trusted", room.trusted_file},
                                   {"in-place-of", order.in_place_of}});
    if (started.ok()) return id;
    if (started.error().fault != Fault::kTransient) return started.error();
    for (int looks = 0; looks < kLooksForAnswer; ++looks) {
      GF_TRY(room.context.clock().wait(kBetweenLooksForAnswer, room.context.cancel()));
      bool there = false;
      auto runs = runs_of_batch(room, workflow, [&](const forge::WorkflowRun& run) {
        there = there || id_of(room, run) == id;
        return there;
      });
      if (there) return id;
      if (!runs.ok()) break;
    }
    return started.error();
  }
};

}  // namespace

const Engine& actions_engine() {
  static const Actions engine;
  return engine;
}

}  // namespace gf::batch
