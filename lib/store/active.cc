// A run that is going on: one metadata commit a step on its own ref.
#include "store/active.h"

#include <fmt/format.h>

#include <algorithm>
#include <thread>

#include "base/clock.h"
#include "base/text.h"
#include "git/left_lock.h"
#include "store/summary.h"

namespace gf::store {
namespace {

constexpr Milliseconds kWorthSaving{1000};

/// A tool said yes or no. Anything else (missing, hung, stopped) says nothing of the tree.
bool settled(const record::GateOutcome& outcome) {
  return outcome.status == record::GateOutcome::Status::kPass ||
         outcome.status == record::GateOutcome::Status::kFail;
}

std::string message_file(const Oid& blob) { return "msg-" + blob.short_hex(16); }

}  // namespace

git::Signature writer(const git::Repo& repo, const Clock& clock) {
  auto who = repo.identity(clock.now());
  // A reader's repair in a clone without an identity must not fail for that.
  return std::move(who).value_or(
      git::Signature{"git-factory", "git-factory@localhost", clock.now(), 0});
}

ActiveRun::ActiveRun(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
ActiveRun::ActiveRun(ActiveRun&&) noexcept = default;
ActiveRun::~ActiveRun() = default;

const record::RunRecord& ActiveRun::run() const { return impl_->run; }
std::optional<record::Spec> ActiveRun::spec() const { return impl_->spec; }
const std::vector<record::StageRecord>& ActiveRun::stages() const { return impl_->stages; }
const std::vector<record::Exchange>& ActiveRun::exchanges() const { return impl_->exchanges; }

std::optional<record::GateOutcome> ActiveRun::gate(const Oid& tree, const std::string& gate,
                                                   const std::string& key) const {
  auto found = impl_->gates.find(gate_file(tree, gate, key));
  if (found == impl_->gates.end()) return std::nullopt;
  if (!settled(found->second) && !impl_->was_judged_by(found->first)) return std::nullopt;
  return found->second;
}

void ActiveRun::begin_step(size_t seq) { impl_->step = seq; }

/// Is the step that is taken now on record, and this file among its outcomes?
bool ActiveRun::Impl::was_judged_by(const std::string& file) const {
  if (step == 0 || step > stages.size()) return false;
  const std::vector<std::string>& runs = stages[step - 1].gate_runs;
  return std::find(runs.begin(), runs.end(), file) != runs.end();
}

git::Signature ActiveRun::Impl::signature() {
  if (!who_writes) who_writes = writer(*repo, *clock);
  git::Signature who = *who_writes;
  who.when = clock->now();
  return who;
}

std::string ActiveRun::Impl::text_of(const record::Json& json) const {
  return redacted(json, redactor).dump() + "\n";
}

Result<void> ActiveRun::Impl::save(const std::string& message) {
  if (is_rehearsal) return Done{};
  std::vector<git::PathChange> changes;
  for (const auto& [name, text] : waiting) {
    GF_ASSIGN(auto id, repo->write_blob(text));
    changes.push_back({name, id, git::EntryKind::kBlob});
  }
  Oid next = tree;
  if (!changes.empty()) {
    GF_ASSIGN(next, repo->update_tree(tree, changes));
  }
  bool new_stage = stage_commit != settled_stage;
  if (next == tree && !tip.is_zero() && !new_stage) {
    waiting.clear();
    return Done{};
  }
  std::vector<Oid> parents;
  if (!settled.is_zero()) parents.push_back(settled);
  if (new_stage) parents.push_back(stage_commit);
  git::Signature who = signature();
  std::string text = fmt::format("factory: {}\n\n{}", message, spending_trailers(spent));
  GF_ASSIGN(auto commit, repo->write_commit(next, parents, who, who, text));
  GF_ASSIGN(bool moved, move_to(commit, message));
  if (!moved) {
    return Error{Fault::kTransient,
                 fmt::format("run {} is being written by another process", run.id.str()),
                 {},
                 "let it end, then try again"};
  }
  tip = commit;
  tree = next;
  waiting.clear();
  return Done{};
}

/// A ref that stands where we left it and cannot be moved is locked. Nobody else writes a run that
/// this process has (session/hold.h): what stays locked was left by one that was killed. A lock that
/// is another one than before is waited for anew.
Result<bool> ActiveRun::Impl::move_to(const Oid& commit, const std::string& message) {
  constexpr Milliseconds kInstant{1000}, kPause{20};
  git::LeftLock lock(repo->common_dir() + "/" + ref.str() + ".lock", kInstant);
  for (bool last = false;;) {
    GF_ASSIGN(bool moved, repo->compare_and_swap(ref, tip, commit, message));
    if (moved || last) return moved;
    GF_ASSIGN(auto stands, repo->read_ref(ref));
    if (stands.value_or(Oid()) != tip) return false;
    last = lock.taken_away();
    if (!last) std::this_thread::sleep_for(kPause);
  }
}

void ActiveRun::Impl::put_json(const std::string& name, const record::Json& json) {
  waiting[name] = text_of(json);
}

Result<void> ActiveRun::save() { return impl_->save("save"); }

void ActiveRun::put_run(const record::RunRecord& run) {
  impl_->run = run;
  impl_->spent.batch = impl_->redactor(batch_of(run));
  impl_->put_json("run.json", record::to_json(run));
}

Oid ActiveRun::put_spec(const record::Spec& spec) {
  impl_->spec = spec;
  std::string json = impl_->text_of(record::to_json(spec));
  Oid id = git::Repo::blob_id(json);
  impl_->waiting["spec.json"] = std::move(json);
  impl_->waiting["spec.md"] = impl_->redactor(record::to_markdown(spec));
  return id;
}

bool ActiveRun::clean(record::Message& message) {
  auto raw = record::canonical(message);
  if (impl_->known_clean.contains(raw->id)) {
    message.sealed = raw;
    return false;
  }
  record::Json json = record::to_json(message);
  record::Json safe = redacted(json, impl_->redactor);
  if (auto read = record::message_from_json(safe); read.ok()) message = std::move(read).value();
  record::seal(message);
  // Only what the redactor gave counts: a message that it left in no form to be read is not known.
  if (message.sealed->text == safe.dump()) impl_->known_clean.insert(message.sealed->id);
  return !(safe == json);
}

Result<void> ActiveRun::put_exchange(const record::Exchange& exchange) {
  record::Json manifest = manifest_of(exchange);
  record::Json ids = record::Json::array();
  std::vector<std::pair<Oid, Oid>> fresh;
  auto keep = [&](const Oid& raw, const std::function<std::string()>& text_of) {
    auto known = impl_->kept.find(raw);
    // In the tree already, by an earlier exchange.
    if (known != impl_->kept.end()) return known->second;
    std::string text = text_of();
    Oid id = git::Repo::blob_id(text);
    impl_->waiting[message_file(id)] = std::move(text);
    fresh.emplace_back(raw, id);
    return id;
  };
  auto keep_message = [&](const record::Message& message) {
    auto form = record::canonical(message);
    return keep(form->id, [&] {
      bool is_clean = impl_->known_clean.contains(form->id);
      return is_clean ? form->text + "\n" : impl_->text_of(record::to_json(message));
    });
  };
  for (const record::Message& message : exchange.request.messages)
    ids.push(keep_message(message).hex());
  manifest.set("messages", std::move(ids));
  // Tools and schema are the same for all turns of a stage: one blob for both.
  record::Json frame = record::frame_of(exchange.request);
  record::Json both =
      record::Json::object({{"tools", frame.get("tools")}, {"schema", frame.get("schema")}});
  Oid context = keep(record::content_id(both.dump()), [&] { return impl_->text_of(both); });
  manifest.set("context", context.hex());
  if (exchange.answer) manifest.set("answer_message", keep_message(exchange.answer->message).hex());
  impl_->waiting[exchange_file(exchange.seq)] = impl_->text_of(manifest);
  Spending before = impl_->spent;
  add_to(impl_->spent, exchange);
  auto saved = impl_->save(fmt::format("exchange {} of {}", exchange.seq, exchange.request.stage));
  if (!saved.ok()) {
    impl_->spent = before;
    return saved.error();
  }
  // Only what a ref reaches now counts as kept.
  impl_->kept.insert(fresh.begin(), fresh.end());
  impl_->exchanges.push_back(exchange);
  return Done{};
}

Result<std::string> ActiveRun::put_gate(const record::GateOutcome& outcome, const std::string& key,
                                        Milliseconds took) {
  std::string name = gate_file(outcome.tree, outcome.gate, key);
  auto known = impl_->gates.find(name);
  if (known != impl_->gates.end() && settled(known->second)) return name;
  impl_->put_json(name, record::to_json(outcome));
  // A quick gate is run again sooner than it is written; what took long is not lost.
  if (took >= kWorthSaving) GF_TRY(impl_->save("gate " + outcome.gate));
  impl_->gates.insert_or_assign(name, outcome);
  return name;
}

Result<Oid> ActiveRun::keep_tree(const Oid& tree, const std::string& subject) {
  Oid parent = impl_->stage_commit.is_zero() ? impl_->run.base : impl_->stage_commit;
  GF_ASSIGN(auto before, impl_->repo->commit(parent));
  if (before.tree == tree || impl_->is_rehearsal) return parent;
  git::Signature who = impl_->signature();
  GF_ASSIGN(auto commit, impl_->repo->write_commit(tree, {parent}, who, who,
                                                   impl_->redactor(subject) + "\n\nFactory-Run: " +
                                                       impl_->run.id.str() + "\n"));
  impl_->stage_commit = commit;
  return commit;
}

Result<void> ActiveRun::put_stage(const record::StageRecord& stage) {
  impl_->put_json(stage_file(stage), record::to_json(stage));
  std::vector<record::StageRecord> stages = impl_->stages;
  std::erase_if(stages, [&](const auto& known) { return stage_file(known) == stage_file(stage); });
  stages.push_back(stage);
  impl_->spent.wall = record::metrics_of(impl_->run, stages).wall;
  GF_TRY(impl_->save(fmt::format("{} {}", stage.stage, stage.attempt)));
  impl_->settled = impl_->tip;
  impl_->settled_stage = impl_->stage_commit;
  impl_->stages = std::move(stages);
  return Done{};
}

void ActiveRun::put_verdict(const record::Verdict& verdict) {
  impl_->verdict = verdict;
  impl_->put_json("review.json", record::to_json(verdict));
}

void ActiveRun::put_signature(const std::string& statement) {
  // Ids and a signature: nothing in it is a secret, and a changed byte would make it worthless.
  impl_->waiting["review.sig"] = statement;
}

Result<std::map<std::string, Oid>> ActiveRun::ledger_files() {
  GF_TRY(save());
  GF_ASSIGN(auto entries, impl_->repo->read_tree(impl_->tree));
  std::map<std::string, Oid> files;
  for (const git::TreeEntry& entry : entries) {
    if (in_ledger(entry.name)) files.emplace(entry.name, entry.id);
  }
  return files;
}

Result<Oid> ActiveRun::evidence() {
  GF_ASSIGN(auto files, ledger_files());
  std::vector<git::PathChange> changes;
  for (const auto& [name, id] : files)
    changes.push_back({run_folder(impl_->run.id) + "/" + name, id, git::EntryKind::kBlob});
  GF_ASSIGN(auto tree, impl_->repo->update_tree(Oid(), changes));
  git::Signature who = impl_->signature();
  return impl_->repo->write_commit(tree, {}, who, who,
                                   "factory: evidence of " + impl_->run.id.str() + "\n");
}

void ActiveRun::put_trace(const std::string& json_lines) {
  std::string clean;
  for (const std::string& line : lines(json_lines)) {
    auto json = record::Json::parse(line);
    clean += (json.ok() ? redacted(*json, impl_->redactor).dump() : impl_->redactor(line)) + "\n";
  }
  impl_->trace = clean;
  impl_->waiting["trace.jsonl"] = std::move(clean);
}

Result<void> ActiveRun::Impl::load() {
  GF_ASSIGN(auto tip_now, repo->read_ref(ref));
  if (!tip_now)
    return Error{Fault::kUser, "the run is not going on any more", {}, "see 'git factory log'"};
  tip = *tip_now;
  GF_ASSIGN(auto info, repo->commit(tip));
  GF_TRY(load_from(info.tree));
  settled = tip;
  settled_stage = stage_commit;
  return Done{};
}

Result<void> ActiveRun::Impl::load_from(const Oid& files) {
  tree = files;
  GF_ASSIGN(auto whole, read_run(*repo, tree, {.exchanges = true}));
  spent = spending_of(whole);
  run = whole.run;
  spec = whole.spec;
  verdict = whole.verdict;
  stages = std::move(whole.stages);
  exchanges = std::move(whole.exchanges);
  trace = std::move(whole.trace);
  GF_ASSIGN(auto entries, repo->read_tree(tree));
  size_t next = 0;
  for (const git::TreeEntry& entry : entries) {
    if (entry.name.starts_with("gate-") && next < whole.gates.size())
      gates.emplace(entry.name, whole.gates[next++]);
  }
  for (const record::StageRecord& stage : stages) {
    if (!stage.commit.is_zero() && stage.commit != run.base) stage_commit = stage.commit;
  }
  return Done{};
}

}  // namespace gf::store
