// A run that is going on: one metadata commit a step on its own ref.
#include "store/active.h"

#include "base/text.h"

namespace gf::store {
namespace {

constexpr size_t kMaxRecord = 64u << 20;

std::string gate_file(const Oid& tree, const std::string& gate, const std::string& key) {
  std::string safe = slug_from(gate, 40);
  return fmt::format("gate-{}-{}-{}.json", tree.short_hex(10), safe, record::content_id(gate + "\x1f" + key).short_hex(6));
}

std::string message_file(const Oid& blob) { return "msg-" + blob.short_hex(16); }

}  // namespace

git::Signature writer(const git::Repo& repo, const Clock& clock) {
  auto who = repo.identity(clock.now());
  // A reader's repair in a clone without an identity must not fail for that.
  return std::move(who).value_or(git::Signature{"git-factory", "git-factory@localhost", clock.now(), 0});
}

record::Json redacted(const record::Json& json, const record::Redactor& redactor) {
  using Kind = record::Json::Kind;
  if (json.kind() == Kind::kString) return redactor(json.as_string().value_or(""));
  if (json.kind() == Kind::kArray) {
    std::vector<record::Json> items = json.items();
    for (record::Json& item : items) item = redacted(item, redactor);
    return record::Json::array(std::move(items));
  }
  if (json.kind() != Kind::kObject) return json;
  record::Json clean = record::Json::object();
  for (const auto& [key, value] : json.members()) clean.set(redactor(key), redacted(value, redactor));
  return clean;
}

record::Json manifest_of(const record::Exchange& exchange) {
  record::Json request = record::to_json(exchange.request);
  request.erase("messages");
  request.erase("tools");
  request.erase("schema");
  record::Json json = record::Json::object({{"v", record::Exchange::kVersion},
                                            {"seq", exchange.seq},
                                            {"provider", exchange.provider},
                                            {"model_asked", exchange.model_asked},
                                            {"request", request},
                                            {"request_key", record::request_key(exchange.request).hex()},
                                            {"failure", record::name_of(exchange.failure)},
                                            {"failure_text", exchange.failure_text},
                                            {"started", iso8601(exchange.started)},
                                            {"duration_ms", static_cast<int64_t>(exchange.duration.count())}});
  if (exchange.answer) {
    const record::ModelAnswer& answer = *exchange.answer;
    json.set("answer", record::Json::object({{"model", answer.model},
                                             {"provider", answer.provider},
                                             {"finish", answer.finish},
                                             {"request_id", answer.request_id},
                                             {"usage", record::to_json(answer.usage)},
                                             {"cost", record::to_json(answer.cost)},
                                             {"duration_ms", static_cast<int64_t>(answer.duration.count())}}));
  }
  return json;
}

Result<record::Exchange> exchange_from(const record::Json& manifest,
                                       const std::function<Result<record::Json>(const Oid&)>& message) {
  if (manifest.get_int("v", 1) > record::Exchange::kVersion) {
    return Error{Fault::kBadData, "an exchange was written by a newer git-factory", {}, "upgrade git-factory"};
  }
  record::Exchange exchange;
  exchange.seq = static_cast<int>(manifest.get_int("seq"));
  exchange.provider = manifest.get_string("provider");
  exchange.model_asked = manifest.get_string("model_asked");
  record::Json request = manifest.get("request");
  record::Json messages = record::Json::array();
  for (const std::string& hex : manifest.get_strings("messages")) {
    GF_ASSIGN(auto id, Oid::parse(hex));
    GF_ASSIGN(auto json, message(id));
    messages.push(json);
  }
  request.set("messages", messages);
  if (manifest.has("context")) {
    GF_ASSIGN(auto id, Oid::parse(manifest.get_string("context")));
    GF_ASSIGN(auto context, message(id));
    request.set("tools", context.get("tools"));
    request.set("schema", context.get("schema"));
  }
  GF_ASSIGN(exchange.request, record::request_from_json(request));
  exchange.failure = record::model_failure_of(manifest.get_string("failure", "none"));
  exchange.failure_text = manifest.get_string("failure_text");
  exchange.started = parse_iso8601(manifest.get_string("started")).value_or(Timestamp{});
  exchange.duration = Milliseconds(manifest.get_int("duration_ms"));
  record::Json told = manifest.get("answer");
  if (told.is_object()) {
    record::ModelAnswer answer;
    GF_ASSIGN(auto id, Oid::parse(manifest.get_string("answer_message")));
    GF_ASSIGN(auto json, message(id));
    GF_ASSIGN(answer.message, record::message_from_json(json));
    answer.model = told.get_string("model");
    answer.provider = told.get_string("provider");
    answer.finish = told.get_string("finish");
    answer.request_id = told.get_string("request_id");
    GF_ASSIGN(answer.usage, record::usage_from_json(told.get("usage")));
    GF_ASSIGN(answer.cost, record::cost_from_json(told.get("cost")));
    answer.duration = Milliseconds(told.get_int("duration_ms"));
    exchange.answer = std::move(answer);
  }
  return exchange;
}

ActiveRun::ActiveRun(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
ActiveRun::ActiveRun(ActiveRun&&) noexcept = default;
ActiveRun::~ActiveRun() = default;

const record::RunRecord& ActiveRun::run() const { return impl_->run; }
std::optional<record::Spec> ActiveRun::spec() const { return impl_->spec; }
const std::vector<record::StageRecord>& ActiveRun::stages() const { return impl_->stages; }
const std::vector<record::Exchange>& ActiveRun::exchanges() const { return impl_->exchanges; }

std::optional<record::GateOutcome> ActiveRun::gate(const Oid& tree, const std::string& gate, const std::string& key) const {
  auto found = impl_->gates.find(gate_file(tree, gate, key));
  if (found == impl_->gates.end()) return std::nullopt;
  return found->second;
}

Result<Oid> ActiveRun::Impl::blob(const record::Json& json) {
  return repo->write_blob(redacted(json, redactor).dump() + "\n");
}

Result<void> ActiveRun::Impl::put(const std::vector<std::pair<std::string, Oid>>& files, const std::string& message) {
  std::vector<git::PathChange> changes;
  for (const auto& [name, id] : files) changes.push_back({name, id, git::EntryKind::kBlob});
  GF_ASSIGN(auto next, repo->update_tree(tree, changes));
  if (next == tree && !stage_is_new && !tip.is_zero()) return Done{};
  std::vector<Oid> parents;
  if (!tip.is_zero()) parents.push_back(tip);
  if (stage_is_new) parents.push_back(stage_commit);
  git::Signature who = writer(*repo, *clock);
  GF_ASSIGN(auto commit, repo->write_commit(next, parents, who, who, "factory: " + message + "\n"));
  GF_ASSIGN(bool moved, repo->compare_and_swap(ref, tip, commit, message));
  if (!moved) {
    return Error{Fault::kTransient, fmt::format("run {} is being written by another process", run.id.str()), {},
                 "let it end, then try again"};
  }
  tip = commit;
  tree = next;
  stage_is_new = false;
  return Done{};
}

Result<void> ActiveRun::Impl::put_json(const std::string& name, const record::Json& json) {
  GF_ASSIGN(auto id, blob(json));
  return put({{name, id}}, name);
}

Result<void> ActiveRun::put_run(const record::RunRecord& run) {
  impl_->run = run;
  return impl_->put_json("run.json", record::to_json(run));
}

Result<Oid> ActiveRun::put_spec(const record::Spec& spec) {
  impl_->spec = spec;
  GF_ASSIGN(auto json, impl_->blob(record::to_json(spec)));
  GF_ASSIGN(auto markdown, impl_->repo->write_blob(impl_->redactor(record::to_markdown(spec))));
  GF_TRY(impl_->put({{"spec.json", json}, {"spec.md", markdown}}, "spec"));
  return json;
}

Result<void> ActiveRun::put_exchange(const record::Exchange& exchange) {
  std::vector<std::pair<std::string, Oid>> files;
  record::Json manifest = manifest_of(exchange);
  record::Json ids = record::Json::array();
  auto keep = [&](const record::Json& json) -> Result<Oid> {
    GF_ASSIGN(auto id, impl_->blob(json));
    files.emplace_back(message_file(id), id);
    return id;
  };
  for (const record::Message& message : exchange.request.messages) {
    GF_ASSIGN(auto id, keep(record::to_json(message)));
    ids.push(id.hex());
  }
  manifest.set("messages", ids);
  record::Json whole = record::to_json(exchange.request);
  // Tools and schema are the same for all turns of a stage: one blob for both.
  GF_ASSIGN(auto context, keep(record::Json::object({{"tools", whole.get("tools")}, {"schema", whole.get("schema")}})));
  manifest.set("context", context.hex());
  if (exchange.answer) {
    GF_ASSIGN(auto answer, keep(record::to_json(exchange.answer->message)));
    manifest.set("answer_message", answer.hex());
  }
  GF_ASSIGN(auto id, impl_->blob(manifest));
  files.emplace_back(exchange_file(exchange.seq), id);
  GF_TRY(impl_->put(files, fmt::format("exchange {} of {}", exchange.seq, exchange.request.stage)));
  impl_->exchanges.push_back(exchange);
  return Done{};
}

Result<std::string> ActiveRun::put_gate(const record::GateOutcome& outcome, const std::string& key) {
  std::string name = gate_file(outcome.tree, outcome.gate, key);
  if (impl_->gates.contains(name)) return name;
  GF_TRY(impl_->put_json(name, record::to_json(outcome)));
  impl_->gates.emplace(name, outcome);
  return name;
}

Result<Oid> ActiveRun::keep_tree(const Oid& tree, const std::string& subject) {
  Oid parent = impl_->stage_commit.is_zero() ? impl_->run.base : impl_->stage_commit;
  GF_ASSIGN(auto before, impl_->repo->commit(parent));
  if (before.tree == tree) return parent;
  git::Signature who = writer(*impl_->repo, *impl_->clock);
  GF_ASSIGN(auto commit, impl_->repo->write_commit(tree, {parent}, who, who, subject + "\n\nFactory-Run: " + impl_->run.id.str() + "\n"));
  impl_->stage_commit = commit;
  impl_->stage_is_new = true;
  return commit;
}

Result<void> ActiveRun::put_stage(const record::StageRecord& stage) {
  GF_TRY(impl_->put_json(stage_file(stage), record::to_json(stage)));
  impl_->stages.push_back(stage);
  return Done{};
}

Result<void> ActiveRun::put_verdict(const record::Verdict& verdict) {
  impl_->verdict = verdict;
  return impl_->put_json("review.json", record::to_json(verdict));
}

Result<void> ActiveRun::put_trace(const std::string& json_lines) {
  impl_->trace = json_lines;
  GF_ASSIGN(auto id, impl_->repo->write_blob(impl_->redactor(json_lines)));
  return impl_->put({{"trace.jsonl", id}}, "trace");
}

Result<void> ActiveRun::Impl::load() {
  GF_ASSIGN(auto tip_now, repo->read_ref(ref));
  if (!tip_now) return Error{Fault::kUser, "the run is not going on any more", {}, "see 'git factory log'"};
  tip = *tip_now;
  GF_ASSIGN(auto info, repo->commit(tip));
  tree = info.tree;
  GF_ASSIGN(auto whole, read_run(*repo, tree, true));
  run = whole.run;
  spec = whole.spec;
  verdict = whole.verdict;
  stages = std::move(whole.stages);
  exchanges = std::move(whole.exchanges);
  trace = std::move(whole.trace);
  GF_ASSIGN(auto entries, repo->read_tree(tree));
  size_t next = 0;
  for (const git::TreeEntry& entry : entries) {
    if (entry.name.starts_with("gate-") && next < whole.gates.size()) gates.emplace(entry.name, whole.gates[next++]);
  }
  for (const record::StageRecord& stage : stages) {
    if (!stage.commit.is_zero() && stage.commit != run.base) stage_commit = stage.commit;
  }
  return Done{};
}

Result<record::Json> Folder::json(const git::TreeEntry& entry) const {
  GF_ASSIGN(auto text, repo.read_blob(entry.id, kMaxRecord));
  auto parsed = record::Json::parse(text);
  if (!parsed.ok()) return parsed.error().because_of(entry.name);
  return parsed;
}

Result<Run> read_run(const git::Repo& repo, const Oid& tree, bool with_exchanges) {
  Run run;
  Folder folder{repo, tree};
  GF_ASSIGN(auto entries, folder.entries());
  auto message = [&](const Oid& id) -> Result<record::Json> {
    GF_ASSIGN(auto text, repo.read_blob(id, kMaxRecord));
    return record::Json::parse(text);
  };
  for (const git::TreeEntry& entry : entries) {
    bool known = entry.name == "run.json" || entry.name == "spec.json" || entry.name == "review.json" ||
                 entry.name.starts_with("stage-") || entry.name.starts_with("gate-") ||
                 (with_exchanges && entry.name.starts_with("exchange-"));
    if (entry.name == "trace.jsonl") {
      GF_ASSIGN(run.trace, repo.read_blob(entry.id, kMaxRecord));
    }
    if (!known) continue;
    GF_ASSIGN(auto json, folder.json(entry));
    if (entry.name == "run.json") {
      GF_ASSIGN(run.run, record::run_from_json(json));
    } else if (entry.name == "spec.json") {
      GF_ASSIGN(auto spec, record::spec_from_json(json));
      run.spec = std::move(spec);
    } else if (entry.name == "review.json") {
      GF_ASSIGN(auto verdict, record::verdict_from_json(json));
      run.verdict = std::move(verdict);
    } else if (entry.name.starts_with("stage-")) {
      GF_ASSIGN(auto stage, record::stage_from_json(json));
      run.stages.push_back(std::move(stage));
    } else if (entry.name.starts_with("gate-")) {
      GF_ASSIGN(auto outcome, record::gate_outcome_from_json(json));
      run.gates.push_back(std::move(outcome));
    } else {
      GF_ASSIGN(auto exchange, exchange_from(json, message));
      run.exchanges.push_back(std::move(exchange));
      run.has_exchanges = true;
    }
  }
  return run;
}

}  // namespace gf::store
