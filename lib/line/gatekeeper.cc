// Asked in this order: the run's record, this clone's cache, the tool. A tool that broke is tried
// once more and is not remembered.
#include "line/gatekeeper.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "base/files.h"
#include "base/text.h"
#include "gate/project.h"
#include "git/workspace.h"
#include "session/context.h"
#include "session/tool_caches.h"
#include "stage/rules.h"
#include "store/store.h"

namespace gf::line {
namespace {

namespace fs = std::filesystem;

bool uses_files(const gate::Gate& gate) {
  return is_hook(gate) ||
         std::find(gate.argv.begin(), gate.argv.end(), "{files}") != gate.argv.end();
}

/// Part of a key: the same question for the how manieth time.
std::string time_key(int time) { return time > 1 ? fmt::format("\x1d{}", time) : std::string(); }

/// What besides the tree decides an outcome.
std::string selection_key(const gate::Gate& gate, const std::vector<std::string>& selection,
                          const std::vector<std::string>& changed, int time) {
  std::string key = join(selection, "\n");
  if (uses_files(gate)) key += "\x1f" + join(changed, "\n");
  return key + time_key(time);
}

Error no_work_done(const record::GateOutcome& outcome) {
  return Error{Fault::kEnvironment,
               fmt::format("{} could not do its work, twice: {}", outcome.gate, outcome.reason),
               {},
               "this is not about the change; mend the tool or its environment, then "
               "'git factory resume'"};
}

std::string outcome_text(const record::GateOutcome& outcome) {
  std::string text = fmt::format("{} {}", outcome.gate, record::name_of(outcome.status));
  if (outcome.counts.executed() > 0 && outcome.stage == "test") {
    text += fmt::format(", {} passed, {} failed", outcome.counts.passed,
                        outcome.counts.failed + outcome.counts.errors);
  } else if (!outcome.reason.empty()) {
    text += ": " + outcome.reason;
  }
  return text;
}

constexpr std::chrono::seconds kProgressEvery{1};
constexpr size_t kProgressBytes = 120;
constexpr size_t kLastBytes = 4096;  // of what a tool prints, to find its last line

/// The line that `piece` ends, or the last whole one when it ends none.
std::string last_line(const std::string& before, std::string_view piece) {
  std::string text = before + std::string(piece);
  if (text.size() > kLastBytes) text.erase(0, text.size() - kLastBytes);
  size_t end = text.find_last_not_of("\r\n");
  if (end == std::string::npos) return {};
  size_t start = text.find_last_of("\r\n", end);
  return text.substr(start == std::string::npos ? 0 : start + 1);
}

bool is_settled(const record::GateOutcome& outcome) {
  using Status = record::GateOutcome::Status;
  return outcome.status == Status::kPass || outcome.status == Status::kFail;
}

/// What was installed or taken away under a running gate makes its answer nobody's.
void check_unchanged(const env::Ready& ready, record::GateOutcome& outcome) {
  if (!is_settled(outcome) || !env::has_changed(ready)) return;
  outcome.status = record::GateOutcome::Status::kBroken;
  outcome.reason = "the environment was changed while it ran; its outcome is not counted";
}

std::string times_key(const gate::Gate& gate) {
  return record::content_id(gate.name + "\x1e" + join(gate.argv, "\n")).hex();
}

/// How long it took in an earlier run; 0: nobody knows.
Milliseconds time_kept_in(const std::string& cache_dir, const gate::Gate& gate) {
  auto text = read_file(fmt::format("{}/times/{}", cache_dir, times_key(gate)));
  return Milliseconds(text ? std::strtoll(text->c_str(), nullptr, 10) : 0);
}

}  // namespace

Milliseconds time_limit(Milliseconds configured, Milliseconds before) {
  constexpr Milliseconds kLeast{120000};
  constexpr int64_t kTimes = 10;
  if (before.count() <= 0 || before > configured / kTimes) return configured;
  return std::min(configured, std::max(kLeast, before * kTimes));
}

bool does_not_work(const record::GateOutcome& outcome) {
  using Status = record::GateOutcome::Status;
  return outcome.status == Status::kBroken || outcome.status == Status::kTimeout ||
         gate::collected_nothing(outcome);
}

Gatekeeper::Gatekeeper(session::Context& context, store::ActiveRun& active,
                       git::Workspace& workspace, std::vector<gate::Gate> gates, Room room,
                       std::string cache_dir, Tell tell, Past& past)
    : context_(context),
      active_(active),
      workspace_(workspace),
      gates_(std::move(gates)),
      room_(std::make_shared<Room>(std::move(room))),
      cache_dir_(std::move(cache_dir)),
      outcomes_dir_(past.places().outcomes),
      tools_(std::make_shared<session::ToolCaches>(
          context.repo, cache_dir_, workspace.path(),
          session::ToolCaches::Owner{active.run().id.str(), active.run().base,
                                     active.run().base_tree})),
      past_(past),
      tell_(std::move(tell)) {
  if (outcomes_dir_.empty()) outcomes_dir_ = cache_dir_ + "/outcomes";
  env::use(room_->ready, gates_);
}

bool Gatekeeper::is_chosen(const gate::Gate& gate) const {
  return !chosen_ || chosen_->contains(gate.name);
}

std::optional<record::GateOutcome> Gatekeeper::cached(const std::string& key) const {
  auto text = read_file(outcomes_dir_ + "/" + key + ".json");
  if (!text) return std::nullopt;
  auto json = record::Json::parse(*text);
  if (!json.ok()) return std::nullopt;
  auto outcome = record::gate_outcome_from_json(*json);
  if (!outcome.ok() || outcome->tree != workspace_.tree()) return std::nullopt;
  return std::move(outcome).value();
}

/// Best effort: a cache that cannot be written only costs time.
void Gatekeeper::cache(const std::string& key, const record::GateOutcome& outcome) const {
  (void)write_file(outcomes_dir_ + "/" + key + ".json", record::to_json(outcome).dump()).ok();
}

Result<record::GateOutcome> Gatekeeper::really_run(const gate::Gate& gate,
                                                   const std::vector<std::string>& selection,
                                                   const std::vector<std::string>& changed) {
  GF_ASSIGN(auto unfit, fit_room(gate));
  if (unfit) return *std::move(unfit);
  if (is_hook(gate)) return really_run_hook(gate, changed);
  tell_("gate.begin", gate.name, record::Json::object({{"gate", gate.name}}));
  Stopwatch watch(context_.clock());
  GF_ASSIGN(auto scratch, TemporaryFolder::make_in(cache_dir_, "scratch-"));
  GF_ASSIGN(auto where, place(scratch, gate.folder));
  env::Ready& ready = ready_in(gate.folder);
  where.on_output = progress_of(gate);
  GF_ASSIGN(auto unbuilt, env::build_again(ready, gate, where, context_.cancel()));
  gate::Gate now = limited(gate);
  auto outcome =
      unbuilt ? *unbuilt : gate::run_gate(now, where, selection, changed, context_.cancel());
  if (outcome.ok()) env::check_imports(ready, *outcome);
  if (outcome.ok()) check_unchanged(ready, *outcome);
  GF_TRY(take_back(gate));
  spent_ += watch.elapsed();
  if (!outcome.ok()) return outcome.error();
  if (outcome->status == record::GateOutcome::Status::kCancelled) GF_TRY(context_.cancel().check());
  // The same on every machine: a model may hear it.
  if (outcome->status == record::GateOutcome::Status::kTimeout && now.timeout < gate.timeout)
    outcome->reason = "did not end in ten times the time that it took before";
  tell_("gate.end", outcome_text(*outcome),
        record::Json::object({{"gate", gate.name},
                              {"status", record::name_of(outcome->status)},
                              {"ms", static_cast<int64_t>(outcome->duration.count())}}));
  return outcome;
}

/// What a gate makes of the tree's files is not the run's, and no other gate is to see it: only a
/// fixer rewrites. Checkers that mend what they find do so unasked (ruff's `fix = true`).
Result<void> Gatekeeper::take_back(const gate::Gate& gate) {
  GF_ASSIGN(auto rewritten, workspace_.take_back());
  if (!rewritten.empty()) {
    tell_("note",
          fmt::format("{} rewrote {}, which {} as before again", gate.name,
                      counted(rewritten.size(), "file"), rewritten.size() == 1 ? "is" : "are"),
          {});
  }
  return Done{};
}

/// A cache can be what it trips over, and a crash may have been an accident: once more, from
/// nothing.
Result<record::GateOutcome> Gatekeeper::twice_if_crashed(const gate::Gate& gate,
                                                         const std::vector<std::string>& selection,
                                                         const std::vector<std::string>& changed) {
  GF_ASSIGN(auto outcome, really_run(gate, selection, changed));
  if (!gate::crashed(outcome) || gate::is_missing(outcome)) return outcome;
  tell_("note", fmt::format("{} is run again with a fresh cache", gate.name), {});
  tools_->forget();
  GF_TRY(install_hooks_of(gate));
  GF_ASSIGN(outcome, really_run(gate, selection, changed));
  // A service that was ready for another tree of this run: what hinders it is what the change did.
  auto worked = worked_on_.find(gate.name);
  bool by_change = worked != worked_on_.end() && worked->second != workspace_.tree();
  if (gate::lacked_a_service(outcome.reason) && by_change) {
    outcome.status = record::GateOutcome::Status::kFail;
    outcome.findings = {{"", 0, record::kNotBuilt, outcome.reason, "error"}};
    outcome.findings_total = 1;
  }
  return outcome;
}

std::function<void(std::string_view)> Gatekeeper::progress_of(const gate::Gate& gate) const {
  struct Heard {
    std::string line;
    Timestamp announced{};
  };
  auto heard = std::make_shared<Heard>();
  heard->announced = context_.clock().now();
  std::string name = gate.name;
  return [this, heard, name](std::string_view piece) {
    heard->line = last_line(heard->line, piece);
    Timestamp now = context_.clock().now();
    if (now - heard->announced < kProgressEvery || heard->line.empty()) return;
    heard->announced = now;
    std::string text(printable(clipped(to_utf8(heard->line), kProgressBytes)));
    tell_("gate.progress", name + ": " + text, record::Json::object({{"gate", name}}));
  };
}

/// On a whole tree, in this run or one before; zero: it was never seen to end.
Milliseconds Gatekeeper::took_before(const gate::Gate& gate) const {
  auto known = took_.find(gate.name);
  return known != took_.end() ? known->second : time_kept_in(cache_dir_, gate);
}

/// A tool that hangs is not waited for longer than what it did before makes likely.
gate::Gate Gatekeeper::limited(const gate::Gate& gate) const {
  gate::Gate limited = gate;
  limited.timeout = time_limit(gate.timeout, took_before(gate));
  return limited;
}

/// Best effort, as for outcomes: without it the configured limit holds. A time that is much like
/// the one that was kept is not written again: limits are ten times as long.
void Gatekeeper::note_time(const gate::Gate& gate, const record::GateOutcome& outcome) {
  Milliseconds& longest = took_[gate.name];
  if (outcome.duration <= longest) return;
  longest = outcome.duration;
  Milliseconds before = time_kept_in(cache_dir_, gate);
  if (before >= longest && before <= 2 * longest) return;
  (void)write_file(fmt::format("{}/times/{}", cache_dir_, times_key(gate)),
                   std::to_string(longest.count()))
      .ok();
}

Result<record::GateOutcome> Gatekeeper::recorded_outcome(const std::string& gate,
                                                         const std::vector<std::string>& keys,
                                                         OnCrash on_crash) {
  if (auto kept = past_.outcome(workspace_.tree(), gate, keys)) {
    GF_ASSIGN(auto name, active_.put_gate(kept->outcome, kept->key));
    names_.push_back(name);
    return std::move(kept->outcome);
  }
  // The replay has come to another tree than the run. The step goes on record like this, and what
  // differs is found there.
  record::GateOutcome outcome;
  outcome.gate = gate;
  outcome.tree = workspace_.tree();
  outcome.reason = fmt::format("no outcome is recorded for the tree {}", outcome.tree.short_hex());
  if (on_crash == OnCrash::kForget) return outcome;
  GF_ASSIGN(auto name, active_.put_gate(outcome, keys.front()));
  names_.push_back(name);
  return outcome;
}

/// From this clone's cache of earlier runs, else by the tool.
Result<Gatekeeper::Answer> Gatekeeper::known_or_run(const gate::Gate& gate,
                                                    const std::vector<std::string>& selection,
                                                    const std::vector<std::string>& changed,
                                                    const std::string& key) {
  Stopwatch asked(context_.clock());
  const env::Ready& ready = ready_in(gate.folder);
  std::string version = version_of(gate);
  spent_ += asked.elapsed();
  Oid id = record::content_id(env::without_slot(ready, join(gate.argv, "\n")) + "\x1e" + version +
                              "\x1e" + key + "\x1e" + ready.identity + "\x1e" +
                              workspace_.tree().hex() + "\x1e" + context_.setup.version + "\x1e" +
                              std::to_string(static_cast<int>(stage::kNewestRules)) +
                              (gate.folder.empty() ? "" : "\x1e" + gate.folder) + held_key(gate));
  Answer answer;
  if (auto known = cached(id.hex())) {
    answer = {*std::move(known), true};
    answer.outcome.gate = gate.name;  // one command may be two gates
    tell_("gate.end", outcome_text(answer.outcome) + " (known for this tree)",
          record::Json::object({{"gate", gate.name}, {"cached", true}}));
    return answer;
  }
  GF_ASSIGN(answer.outcome, twice_if_crashed(gate, selection, changed));
  answer.outcome.tool_version = version;
  // Of a service it may have been an accident, which another run need not believe.
  bool lasting = is_settled(answer.outcome) && !gate::lacked_a_service(answer.outcome.reason);
  if (lasting) cache(id.hex(), answer.outcome);
  return answer;
}

/// `took`: as in ActiveRun::put_gate.
Result<record::GateOutcome> Gatekeeper::on_record(record::GateOutcome outcome,
                                                  const std::string& key, Milliseconds took) {
  GF_ASSIGN(auto name, active_.put_gate(outcome, key, took));
  names_.push_back(name);
  if (is_settled(outcome)) worked_on_.emplace(outcome.gate, outcome.tree);
  return outcome;
}

Result<record::GateOutcome> Gatekeeper::one(const gate::Gate& gate,
                                            const std::vector<std::string>& selection,
                                            const std::vector<std::string>& changed,
                                            OnCrash on_crash, int time) {
  if (past_.gates() != nullptr) {
    // How the gate was configured then is not known here: with or without the changed files. And
    // older runs took what was known for the answer to every repeated question.
    std::string plain = join(selection, "\n"), files = plain + "\x1f" + join(changed, "\n");
    std::vector<std::string> keys = {plain, files};
    if (time > 1) keys.insert(keys.begin(), {plain + time_key(time), files + time_key(time)});
    return recorded_outcome(gate.name, keys, on_crash);
  }
  std::string key = selection_key(gate, selection, changed, time);
  if (auto known = active_.gate(workspace_.tree(), gate.name, key)) return on_record(*known, key);
  GF_ASSIGN(auto unfit, fit_room(gate));
  if (unfit && on_crash == OnCrash::kForget) return *std::move(unfit);
  if (unfit) return on_record(*std::move(unfit), key);
  GF_ASSIGN(Answer answer, known_or_run(gate, selection, changed, key));
  const record::GateOutcome& outcome = answer.outcome;
  if (gate::crashed(outcome) && on_crash == OnCrash::kStop) return no_work_done(outcome);
  if (is_settled(outcome) && selection.empty()) note_time(gate, outcome);
  bool left_out = gate::may_be_left_out(gate, outcome) ||
                  (spare_.contains(gate.name) && does_not_work(outcome));
  if (on_crash == OnCrash::kLeaveOut && left_out) return outcome;
  if (on_crash == OnCrash::kForget && does_not_work(outcome)) return outcome;
  return on_record(outcome, key, answer.known ? Milliseconds(0) : outcome.duration);
}

Result<std::vector<record::GateOutcome>> Gatekeeper::run(std::string_view stage,
                                                         const std::vector<std::string>& selection,
                                                         const std::vector<std::string>& changed,
                                                         OnCrash on_crash, int time) {
  std::vector<record::GateOutcome> outcomes;
  for (const gate::Gate& gate : gates_) {
    if (!is_chosen(gate)) continue;
    if (is_hook(gate) && stage == "validate") GF_TRY(add_hook(gate, changed, on_crash, outcomes));
    if (gate.stage != stage || is_hook(gate)) continue;
    std::vector<std::string> own = gate::selected_for(gate, gates_, selection);
    if (own.empty() && !selection.empty()) continue;
    GF_ASSIGN(auto outcome, one(gate, own, changed, on_crash, time));
    outcomes.push_back(std::move(outcome));
  }
  return outcomes;
}

bool Gatekeeper::takes_test_names() const {
  return std::all_of(gates_.begin(), gates_.end(), [&](const gate::Gate& gate) {
    bool by_name =
        gate.selecting == gate::Selecting::kIds || gate.selecting == gate::Selecting::kSurefire;
    return gate.stage != "test" || !is_chosen(gate) || by_name;
  });
}

void Gatekeeper::leave_out(const std::string& gate) {
  std::erase_if(gates_, [&](const gate::Gate& one) { return one.name == gate; });
}

bool Gatekeeper::has_gate_of_files() const {
  return std::any_of(gates_.begin(), gates_.end(),
                     [&](const gate::Gate& gate) { return is_chosen(gate) && uses_files(gate); });
}

std::vector<std::string> Gatekeeper::take_names() {
  std::vector<std::string> names;
  names.swap(names_);
  return names;
}

}  // namespace gf::line
