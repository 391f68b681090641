#include "store/store.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <queue>
#include <set>

#include "base/text.h"
#include "git/notes.h"
#include "store/active.h"
#include "store/layout.h"

namespace gf::store {
namespace {

constexpr size_t kMaxValue = 400;

/// A trailer's value: one line that cannot begin another trailer.
std::string value_of(std::string_view text) {
  std::string one;
  for (char c : to_utf8(clipped(trim(text), kMaxValue))) one += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? ' ' : c;
  return one;
}

void add(std::string& message, const char* key, std::string_view value) {
  std::string text = value_of(value);
  if (!text.empty()) message += fmt::format("Factory-{}: {}\n", key, text);
}

void add(std::string& message, const char* key, const Oid& id) {
  if (!id.is_zero()) add(message, key, id.hex());
}

std::string verdict_word(const record::RunRecord& run) {
  if (run.status == record::RunStatus::kDelivered) return "pass";
  return run.status == record::RunStatus::kCancelled ? "aborted" : "fail";
}

std::string ledger_message(const record::RunRecord& run, const record::RunMetrics& metrics, const std::optional<Oid>& before) {
  std::string message = fmt::format("factory: {} {} {}\n\n{}\n\n", record::name_of(run.status), run.id.str(), value_of(run.slug),
                                    run.title.empty() ? value_of(run.slug) : value_of(run.title));
  add(message, "Run", run.id.str());
  add(message, "Status", record::name_of(run.status));
  add(message, "Verdict", verdict_word(run));
  add(message, "Slug", run.slug);
  add(message, "Title", run.title);
  add(message, "Base-Name", run.base_name);
  add(message, "Base", run.base);
  add(message, "Branch", run.branch);
  add(message, "Head", run.head);
  add(message, "Tree", run.tree);
  add(message, "PR", run.pull_request);
  add(message, "Failed-Stage", run.failed_stage);
  add(message, "Reason", run.reason);
  add(message, "Tokens", fmt::format("{}/{}", metrics.usage.input_total.value_or(0), metrics.usage.output_total.value_or(0)));
  add(message, "Cost-Pico-Usd", metrics.cost.pico_usd ? std::to_string(*metrics.cost.pico_usd) : "unpriced");
  add(message, "Cost-Basis", metrics.cost.basis);
  add(message, "Wall-Ms", std::to_string(metrics.wall.count()));
  add(message, "Model-Ms", std::to_string(metrics.model.count()));
  add(message, "Gates-Ms", std::to_string(metrics.gates.count()));
  add(message, "Attempts", std::to_string(metrics.attempts));
  add(message, "Exchanges", std::to_string(metrics.exchanges));
  add(message, "First-Try", metrics.first_try ? "yes" : "no");
  add(message, "Started", iso8601(run.started));
  add(message, "Ended", iso8601(run.ended));
  add(message, "Author", run.author);
  if (before) add(message, "Prev-Month", before->hex());
  add(message, "Schema", "1");
  return message;
}

int64_t number(const std::string& text) {
  int64_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

/// A ledger commit that is a run's; empty for merges and anything foreign.
std::optional<Summary> summary_of(const git::CommitInfo& commit) {
  if (!commit.message.starts_with("factory: ")) return std::nullopt;
  std::map<std::string, std::string> trailers;
  for (const std::string& line : lines(commit.message)) {
    size_t colon = line.find(": ");
    if (line.starts_with("Factory-") && colon != std::string::npos) trailers[line.substr(8, colon - 8)] = line.substr(colon + 2);
  }
  auto id = RunId::parse(trailers["Run"]);
  auto status = record::run_status_of(trailers["Status"]);
  if (!id.ok() || !status) return std::nullopt;
  auto oid = [&](const char* key) { return Oid::parse(trailers[key]).value_or(Oid()); };
  Summary run;
  run.id = *id;
  run.status = *status;
  run.slug = trailers["Slug"];
  run.title = trailers["Title"];
  run.base_name = trailers["Base-Name"];
  run.branch = trailers["Branch"];
  run.pull_request = trailers["PR"];
  run.failed_stage = trailers["Failed-Stage"];
  run.reason = trailers["Reason"];
  run.author = trailers["Author"];
  run.head = oid("Head");
  run.tree = oid("Tree");
  run.base = oid("Base");
  std::vector<std::string> tokens = split(trailers["Tokens"], '/');
  run.metrics.usage.input_total = number(tokens[0]);
  run.metrics.usage.output_total = tokens.size() > 1 ? number(tokens[1]) : 0;
  std::string cost = trailers["Cost-Pico-Usd"];
  if (cost != "unpriced" && !cost.empty()) run.metrics.cost.pico_usd = number(cost);
  run.metrics.cost.basis = trailers["Cost-Basis"].empty() ? "unpriced" : trailers["Cost-Basis"];
  run.metrics.wall = Milliseconds(number(trailers["Wall-Ms"]));
  run.metrics.model = Milliseconds(number(trailers["Model-Ms"]));
  run.metrics.gates = Milliseconds(number(trailers["Gates-Ms"]));
  run.metrics.attempts = static_cast<int>(number(trailers["Attempts"]));
  run.metrics.exchanges = static_cast<int>(number(trailers["Exchanges"]));
  run.metrics.first_try = trailers["First-Try"] == "yes";
  run.started = parse_iso8601(trailers["Started"]).value_or(Timestamp{});
  run.ended = parse_iso8601(trailers["Ended"]).value_or(Timestamp{});
  return run;
}

bool in_ledger(const std::string& file) {
  return !file.starts_with("exchange-") && !file.starts_with("msg-") && file != "trace.jsonl";
}

}  // namespace

struct Store::Impl {
  git::Repo* repo;
  const Clock* clock;
  record::Redactor redactor;

  Result<void> seal_replay(const ActiveRun::Impl& active);
  Result<void> seal_ledger(const ActiveRun::Impl& active);
  Result<void> seal_notes(const ActiveRun::Impl& active);
  Result<void> repair();
  Result<std::vector<Oid>> ledger_tips() const;
  Result<std::optional<Oid>> folder_of(const RunId& id, const char* kind) const;
};

Store::Store(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Store::Store(Store&&) noexcept = default;
Store::~Store() = default;

Result<Store> Store::open(git::Repo& repo, const Clock& clock, record::Redactor redactor) {
  Store store(std::make_unique<Impl>(Impl{&repo, &clock, std::move(redactor)}));
  GF_TRY(store.impl_->repair());
  return store;
}

Result<ActiveRun> Store::begin(const record::RunRecord& run) {
  auto active = std::make_unique<ActiveRun::Impl>();
  active->repo = impl_->repo;
  active->clock = impl_->clock;
  active->redactor = impl_->redactor;
  active->ref = active_ref(run.id);
  active->run = run;
  ActiveRun made(std::move(active));
  GF_TRY(made.put_run(run));
  return made;
}

Result<ActiveRun> Store::reopen(const RunId& id) {
  auto active = std::make_unique<ActiveRun::Impl>();
  active->repo = impl_->repo;
  active->clock = impl_->clock;
  active->redactor = impl_->redactor;
  active->ref = active_ref(id);
  GF_TRY(active->load());
  return ActiveRun(std::move(active));
}

/// Adds one run's folder to a month's ref; `make` gives the folder's tree, the parents and the message.
static Result<void> add_to_month(git::Repo& repo, const Clock& clock, const RefName& ref, const RunId& id,
                                 const std::function<Result<Oid>()>& folder, const std::vector<Oid>& more_parents,
                                 const std::function<std::string(bool first)>& message) {
  GF_ASSIGN(auto tree, folder());
  return git::until_won("sealing " + id.str(), [&]() -> Result<bool> {
    GF_ASSIGN(auto tip, repo.read_ref(ref));
    Oid before;
    std::vector<Oid> parents;
    if (tip) {
      GF_ASSIGN(auto info, repo.commit(*tip));
      before = info.tree;
      parents.push_back(*tip);
      GF_ASSIGN(auto there, repo.entry_at(before, run_folder(id)));
      if (there) return true;  // a seal that was cut off had come this far
    }
    GF_ASSIGN(auto next, repo.update_tree(before, {{run_folder(id), tree, git::EntryKind::kTree}}));
    parents.insert(parents.end(), more_parents.begin(), more_parents.end());
    git::Signature who = writer(repo, clock);
    GF_ASSIGN(auto commit, repo.write_commit(next, parents, who, who, message(!tip)));
    return repo.compare_and_swap(ref, tip.value_or(Oid()), commit, "factory: " + id.str());
  });
}

Result<void> Store::Impl::seal_replay(const ActiveRun::Impl& active) {
  return add_to_month(
      *repo, *clock, replay_ref(active.run.id), active.run.id, [&]() -> Result<Oid> { return active.tree; }, {active.tip},
      [&](bool) { return fmt::format("factory: exchanges of {}\n\nFactory-Run: {}\n", active.run.id.str(), active.run.id.str()); });
}

Result<void> Store::Impl::seal_ledger(const ActiveRun::Impl& active) {
  record::RunMetrics metrics = record::metrics_of(active.run, active.stages);
  auto folder = [&]() -> Result<Oid> {
    GF_ASSIGN(auto entries, repo->read_tree(active.tree));
    std::erase_if(entries, [](const git::TreeEntry& entry) { return !in_ledger(entry.name); });
    GF_ASSIGN(auto blob, repo->write_blob(record::to_json(metrics).dump() + "\n"));
    entries.push_back({"metrics.json", git::EntryKind::kBlob, blob});
    return repo->write_tree(std::move(entries));
  };
  GF_ASSIGN(auto months, repo->refs(kLedger));
  std::optional<Oid> before;
  for (const auto& [ref, tip] : months) {
    if (ref.str() < ledger_ref(active.run.id).str()) before = tip;
  }
  return add_to_month(*repo, *clock, ledger_ref(active.run.id), active.run.id, folder, {}, [&](bool first) {
    return ledger_message(active.run, metrics, first ? before : std::nullopt);
  });
}

/// What stock git shows on the delivered commit; all of it is in the ledger too.
Result<void> Store::Impl::seal_notes(const ActiveRun::Impl& active) {
  const record::RunRecord& run = active.run;
  if (run.head.is_zero()) return Done{};
  git::Signature who = writer(*repo, *clock);
  std::string why = fmt::format("factory: {}\n\nFactory-Run: {}\n", run.id.str(), run.id.str());
  std::string trace;
  // The time comes first, so that sorted lines are in order of time; a Json sorts its keys itself.
  auto line = [](const std::string& time, record::Json json) {
    json.erase("started");
    std::string text = json.dump();
    return fmt::format("{{\"at\":\"{}\",{}\n", time, text.substr(1));
  };
  for (const record::StageRecord& stage : active.stages) {
    record::Json json = redacted(record::to_json(stage), redactor);
    for (const char* heavy : {"output", "feedback", "gates", "telemetry"}) json.erase(heavy);
    json.set("run", run.id.str());
    trace += line(iso8601(stage.started), json);
  }
  record::RunMetrics metrics = record::metrics_of(run, active.stages);
  record::Json end = record::to_json(metrics);
  end.set("run", run.id.str());
  end.set("stage", "line");
  end.set("status", record::name_of(run.status));
  std::string last = line(iso8601(run.ended), end);
  GF_TRY(git::Notes(*repo, RefName::known(kNotes[0])).add_lines({{run.head, trace + last}}, who, why));
  if (active.spec) {
    GF_TRY(git::Notes(*repo, RefName::known(kNotes[1])).write({{run.head, redactor(record::to_markdown(*active.spec))}}, who, why));
  }
  GF_TRY(git::Notes(*repo, RefName::known(kNotes[2])).add_lines({{run.head, last}}, who, why));
  if (active.verdict) {
    record::Json verdict = redacted(record::to_json(*active.verdict), redactor);
    verdict.erase("table");
    std::string told = fmt::format("{{\"at\":\"{}\",{}\n", iso8601(active.verdict->time), verdict.dump().substr(1));
    GF_TRY(git::Notes(*repo, RefName::known(kNotes[3])).add_lines({{run.head, told}, {run.tree, told}}, who, why));
  }
  return Done{};
}

Result<void> Store::seal(ActiveRun& active, const record::RunRecord& final_run) {
  GF_TRY(active.put_run(final_run));
  GF_TRY(impl_->seal_replay(*active.impl_));
  GF_TRY(impl_->seal_ledger(*active.impl_));
  GF_TRY(impl_->seal_notes(*active.impl_));
  GF_ASSIGN(bool deleted, impl_->repo->delete_ref(active.impl_->ref, active.impl_->tip));
  (void)deleted;  // false: another process finished the same seal
  return Done{};
}

/// An active run whose status is final was cut off in its seal: the seal goes on.
Result<void> Store::Impl::repair() {
  GF_ASSIGN(auto refs, repo->refs(kActive));
  for (const auto& [ref, tip] : refs) {
    auto id = RunId::parse(ref.str().substr(std::string(kActive).size()));
    if (!id.ok()) continue;
    GF_ASSIGN(auto info, repo->commit(tip));
    GF_ASSIGN(auto entry, repo->entry_at(info.tree, "run.json"));
    if (!entry) continue;
    Folder folder{*repo, info.tree};
    auto json = folder.json(*entry);
    if (!json.ok() || json->get_string("status") == "running") continue;
    ActiveRun::Impl active;
    active.repo = repo;
    active.clock = clock;
    active.redactor = redactor;
    active.ref = ref;
    GF_TRY(active.load());
    GF_TRY(seal_replay(active));
    GF_TRY(seal_ledger(active));
    GF_TRY(seal_notes(active));
    GF_TRY(repo->delete_ref(ref, tip));
  }
  return Done{};
}

Result<std::vector<Oid>> Store::Impl::ledger_tips() const {
  std::vector<Oid> tips;
  GF_ASSIGN(auto own, repo->refs(kLedger));
  GF_ASSIGN(auto fetched, repo->refs(kTracking));
  for (const auto& [ref, tip] : own) tips.push_back(tip);
  for (const auto& [ref, tip] : fetched) {
    if (ref.str().find("/ledger/") != std::string::npos) tips.push_back(tip);
  }
  return tips;
}

Result<void> Store::walk(const std::function<bool(const Summary&)>& visit) const {
  GF_ASSIGN(auto tips, impl_->ledger_tips());
  auto older = [](const git::CommitInfo& a, const git::CommitInfo& b) {
    return std::pair(a.committer.when, a.id) < std::pair(b.committer.when, b.id);
  };
  std::priority_queue<git::CommitInfo, std::vector<git::CommitInfo>, decltype(older)> queue(older);
  std::set<Oid> seen;
  std::set<std::string> told;
  auto push = [&](const Oid& id) {
    if (!seen.insert(id).second) return;
    auto info = impl_->repo->commit(id);
    // The cut of a shallow history ends the walk there, as it does for git.
    if (info.ok()) queue.push(std::move(info).value());
  };
  for (const Oid& tip : tips) push(tip);
  while (!queue.empty()) {
    git::CommitInfo commit = queue.top();
    queue.pop();
    for (const Oid& parent : commit.parents) push(parent);
    std::optional<Summary> run = summary_of(commit);
    if (!run || !told.insert(run->id.str()).second) continue;
    if (!visit(*run)) return Done{};
  }
  return Done{};
}

Result<std::vector<Summary>> Store::active_runs() const {
  GF_ASSIGN(auto refs, impl_->repo->refs(kActive));
  std::vector<Summary> runs;
  for (const auto& [ref, tip] : refs) {
    auto info = impl_->repo->commit(tip);
    if (!info.ok()) continue;
    auto whole = read_run(*impl_->repo, info->tree, false);
    if (!whole.ok()) continue;
    Summary run;
    run.id = whole->run.id;
    run.slug = whole->run.slug;
    run.title = whole->run.title;
    run.base_name = whole->run.base_name;
    run.base = whole->run.base;
    run.status = whole->run.status;
    run.started = whole->run.started;
    run.author = whole->run.author;
    run.metrics = record::metrics_of(whole->run, whole->stages);
    run.active = true;
    runs.push_back(std::move(run));
  }
  std::reverse(runs.begin(), runs.end());
  return runs;
}

Result<std::optional<RunId>> Store::find(const std::string& name) const {
  if (auto id = RunId::parse(name); id.ok()) return std::optional<RunId>(*id);
  std::optional<RunId> found;
  std::optional<Oid> commit;
  if (name != "@") {
    auto resolved = impl_->repo->resolve_commit(name);
    if (resolved.ok()) commit = *resolved;
  }
  auto matches = [&](const Summary& run) {
    return name == "@" || run.id.id8() == name || run.slug == name || run.pull_request == name || (commit && run.head == *commit);
  };
  GF_ASSIGN(auto active, active_runs());
  for (const Summary& run : active) {
    if (matches(run)) return std::optional<RunId>(run.id);
  }
  if (commit) {
    GF_ASSIGN(auto info, impl_->repo->commit(*commit));
    for (const std::string& line : lines(info.message)) {
      std::string_view text = trim(line);  // a squash merge indents the trailer
      if (!text.starts_with("Factory-Run:")) continue;
      if (auto id = RunId::parse(trim(text.substr(12))); id.ok()) return std::optional<RunId>(*id);
    }
  }
  GF_TRY(walk([&](const Summary& run) {
    if (matches(run)) found = run.id;
    return !found;
  }));
  return found;
}

Result<std::optional<Oid>> Store::Impl::folder_of(const RunId& id, const char* kind) const {
  std::vector<Oid> tips;
  GF_ASSIGN(auto own, repo->read_ref(RefName::known(fmt::format("refs/factory/{}/{}", kind, id.month()))));
  if (own) tips.push_back(*own);
  GF_ASSIGN(auto fetched, repo->refs(kTracking));
  for (const auto& [ref, tip] : fetched) {
    if (ref.str().ends_with(fmt::format("/{}/{}", kind, id.month()))) tips.push_back(tip);
  }
  for (const Oid& tip : tips) {
    GF_ASSIGN(auto info, repo->commit(tip));
    GF_ASSIGN(auto entry, repo->entry_at(info.tree, run_folder(id)));
    if (entry && entry->kind == git::EntryKind::kTree) return std::optional<Oid>(entry->id);
  }
  return std::optional<Oid>();
}

Result<Run> Store::load(const RunId& id) const {
  GF_ASSIGN(auto tip, impl_->repo->read_ref(active_ref(id)));
  if (tip) {
    GF_ASSIGN(auto info, impl_->repo->commit(*tip));
    return read_run(*impl_->repo, info.tree, true);
  }
  GF_ASSIGN(auto replay, impl_->folder_of(id, "replay"));
  if (replay) return read_run(*impl_->repo, *replay, true);
  GF_ASSIGN(auto ledger, impl_->folder_of(id, "ledger"));
  if (ledger) return read_run(*impl_->repo, *ledger, false);
  return Error{Fault::kUser, fmt::format("the record of {} is not in this clone", id.str()), {},
               "run 'git factory init' once, then 'git fetch'"};
}

Result<int> Store::join(const std::string& remote) { return join_all(*impl_->repo, *impl_->clock, remote); }

std::vector<std::string> Store::refs_to_share(const std::string& share) const {
  std::vector<std::string> names;
  if (share == "none") return names;
  auto add_below = [&](const char* prefix) {
    auto refs = impl_->repo->refs(prefix);
    if (!refs.ok()) return;
    for (const auto& [ref, tip] : *refs) names.push_back(ref.str());
  };
  add_below(kLedger);
  for (const char* notes : kNotes) {
    auto tip = impl_->repo->read_ref(RefName::known(notes));
    if (tip.ok() && tip->has_value()) names.emplace_back(notes);
  }
  if (share == "full") add_below(kReplay);
  return names;
}

std::vector<std::string> Store::fetch_refspecs(const std::string& remote, const std::string& share) {
  if (share == "none") return {};
  std::vector<std::string> specs = {fmt::format("+refs/factory/ledger/*:refs/factory/remotes/{}/ledger/*", remote),
                                    fmt::format("+refs/notes/factory/*:refs/notes/remotes/{}/factory/*", remote)};
  if (share == "full") specs.push_back(fmt::format("+refs/factory/replay/*:refs/factory/remotes/{}/replay/*", remote));
  return specs;
}

}  // namespace gf::store
