// A run's folder: its files from and to records.
#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "store/active.h"
#include "store/summary.h"

namespace gf::store {
namespace {

constexpr size_t kMaxRecord = 64u << 20;

Result<std::string> text_of(const git::Repo& repo, const Oid& id) {
  auto text = repo.read_blob(id, kMaxRecord);
  if (text.ok() || repo.exists(id)) return text;
  return Error{Fault::kBadData,
               fmt::format("the object {} is not in this clone", id.short_hex()),
               {},
               "fetch the record with 'git factory sync'; in a partial clone run 'git fetch "
               "--refetch --no-filter'"};
}

Result<record::Json> json_of(const git::Repo& repo, const Oid& id) {
  GF_ASSIGN(auto text, text_of(repo, id));
  return record::Json::parse(text);
}

}  // namespace

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
  for (const auto& [key, value] : json.members()) {
    std::string name = redactor(key);
    // A value beside a telling name is judged with it: {"password": "..."} in a tool's arguments.
    std::string pair = key + "=" + value.as_string().value_or("");
    std::string clean_pair = redactor(pair);
    bool told_by_name =
        value.is_string() && clean_pair != pair && clean_pair.starts_with(key + "=");
    clean.set(name, told_by_name ? redacted(clean_pair.substr(key.size() + 1), redactor)
                                 : redacted(value, redactor));
  }
  return clean;
}

record::Json manifest_of(const record::Exchange& exchange) {
  record::Json request = record::frame_of(exchange.request);
  request.erase("messages");
  request.erase("tools");
  request.erase("schema");
  record::Json json =
      record::Json::object({{"v", record::Exchange::kVersion},
                            {"seq", exchange.seq},
                            {"provider", exchange.provider},
                            {"model_asked", exchange.model_asked},
                            {"request", request},
                            {"request_key", record::request_key(exchange.request).hex()},
                            {"failure", record::name_of(exchange.failure)},
                            {"failure_text", exchange.failure_text},
                            {"started", iso8601(exchange.started)},
                            {"duration_ms", static_cast<int64_t>(exchange.duration.count())}});
  if (exchange.attempt > 1) json.set("attempt", exchange.attempt);
  if (exchange.paid) json.set("paid", record::to_json(*exchange.paid));
  if (exchange.answer) {
    const record::ModelAnswer& answer = *exchange.answer;
    json.set("answer", record::Json::object(
                           {{"model", answer.model},
                            {"provider", answer.provider},
                            {"finish", answer.finish},
                            {"request_id", answer.request_id},
                            {"usage", record::to_json(answer.usage)},
                            {"cost", record::to_json(answer.cost)},
                            {"duration_ms", static_cast<int64_t>(answer.duration.count())}}));
  }
  return json;
}

Result<record::Exchange> exchange_from(
    const record::Json& manifest, const std::function<Result<record::Json>(const Oid&)>& message) {
  if (manifest.get_int("v", 1) > record::Exchange::kVersion) {
    return Error{Fault::kBadData,
                 "an exchange was written by a newer git-factory",
                 {},
                 "upgrade git-factory"};
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
  exchange.attempt = static_cast<int>(manifest.get_int("attempt", 1));
  if (manifest.has("paid")) {
    GF_ASSIGN(exchange.paid, record::paid_from_json(manifest.get("paid")));
  }
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

Result<record::Json> Folder::json(const git::TreeEntry& entry) const {
  auto parsed = json_of(repo, entry.id);
  if (!parsed.ok()) return parsed.error().because_of(entry.name);
  return parsed;
}

namespace {

using Messages = std::function<Result<record::Json>(const Oid&)>;

/// Puts one file's record where it belongs.
Result<void> place(Run& run, const std::string& name, const record::Json& json,
                   const Messages& message) {
  if (name == "run.json") {
    GF_ASSIGN(run.run, record::run_from_json(json));
  } else if (name == "spec.json") {
    GF_ASSIGN(auto spec, record::spec_from_json(json));
    run.spec = std::move(spec);
  } else if (name == "review.json") {
    GF_ASSIGN(auto verdict, record::verdict_from_json(json));
    run.verdict = std::move(verdict);
  } else if (name.starts_with("stage-")) {
    GF_ASSIGN(auto stage, record::stage_from_json(json));
    run.stages.push_back(std::move(stage));
  } else if (name.starts_with("gate-")) {
    GF_ASSIGN(auto outcome, record::gate_outcome_from_json(json));
    auto at = std::lower_bound(run.gate_files.begin(), run.gate_files.end(), name);
    run.gates.insert(run.gates.begin() + (at - run.gate_files.begin()), std::move(outcome));
    run.gate_files.insert(at, name);
  } else {
    GF_ASSIGN(auto exchange, exchange_from(json, message));
    run.exchanges.push_back(std::move(exchange));
    run.has_exchanges = true;
  }
  return Done{};
}

bool is_wanted(const std::string& name, const Reading& reading) {
  if (name.starts_with("exchange-")) return reading.exchanges;
  if (reading.listed) return name == "run.json" || name.starts_with("stage-");
  bool record = name == "run.json" || name == "spec.json" || name == "review.json" ||
                name.starts_with("stage-") || name.starts_with("gate-");
  return record && reading.records;
}

/// One of many of its kind, which stand in a list in the order of their names.
bool is_listed(const std::string& name) {
  return name.starts_with("stage-") || name.starts_with("exchange-");
}

/// Can `before` become the folder by adding to it? Lists grow at their end, gates anywhere, and
/// what there is one of may change; a run that goes on does nothing else.
bool continues(const std::map<std::string, Oid>& before, const std::map<std::string, Oid>& now) {
  for (const auto& [name, id] : before) {
    auto found = now.find(name);
    bool may_change = !is_listed(name) && !name.starts_with("gate-");
    if (found == now.end() || (found->second != id && !may_change)) return false;
  }
  for (const auto& [name, id] : now) {
    if (!is_listed(name) || before.contains(name)) continue;
    auto next = before.upper_bound(name);
    std::string kind = name.substr(0, name.find('-') + 1);
    if (next != before.end() && next->first.starts_with(kind)) return false;
  }
  return true;
}

}  // namespace

Result<void> read_on(const git::Repo& repo, const Oid& tree, const Reading& reading,
                     Watched& watched) {
  Folder folder{repo, tree};
  GF_ASSIGN(auto entries, folder.entries());
  std::map<std::string, Oid> files;
  for (const git::TreeEntry& entry : entries) files.emplace(entry.name, entry.id);
  if (!continues(watched.files, files)) watched = Watched();
  // Turns of one conversation repeat its messages: each is read once.
  auto message = [&](const Oid& id) -> Result<record::Json> {
    if (!reading.messages) {
      return record::Json::object({{"role", "assistant"}, {"content", id.hex()}});
    }
    auto known = watched.messages.find(id);
    if (known != watched.messages.end()) return known->second;
    GF_ASSIGN(auto json, json_of(repo, id));
    watched.messages.emplace(id, json);
    return json;
  };
  auto take = [&](const git::TreeEntry& entry) -> Result<void> {
    if (entry.name == "trace.jsonl" && reading.messages) {
      GF_ASSIGN(watched.run.trace, text_of(repo, entry.id));
    }
    if (!is_wanted(entry.name, reading)) return Done{};
    GF_ASSIGN(auto json, folder.json(entry));
    return place(watched.run, entry.name, json, message);
  };
  for (const git::TreeEntry& entry : entries) {
    auto known = watched.files.find(entry.name);
    if (known != watched.files.end() && known->second == entry.id) continue;
    Result<void> taken = take(entry);
    if (taken.ok()) continue;
    if (reading.oddities == nullptr) {
      watched = Watched();
      return taken.error();
    }
    if (reading.missing != nullptr && !repo.exists(entry.id)) *reading.missing = true;
    std::string what = taken.error().message;
    reading.oddities->push_back(what.starts_with(entry.name) ? what : entry.name + ": " + what);
  }
  watched.files = std::move(files);
  return Done{};
}

Result<Run> read_run(const git::Repo& repo, const Oid& tree, const Reading& reading) {
  Watched watched;
  GF_TRY(read_on(repo, tree, reading, watched));
  return std::move(watched.run);
}

void add_to(Spending& spent, const record::Exchange& exchange) {
  auto add = [&](const record::Usage& usage, const record::Cost& cost) {
    spent.usage = spent.usage + usage;
    spent.cost = spent.cost + cost;
  };
  ++spent.exchanges;
  if (exchange.answer) add(exchange.answer->usage, exchange.answer->cost);
  if (exchange.paid) add(exchange.paid->usage, exchange.paid->cost);
}

Spending spending_of(const Run& run) {
  Spending spent;
  spent.batch = batch_of(run.run);
  for (const record::Exchange& exchange : run.exchanges) add_to(spent, exchange);
  spent.wall = record::metrics_of(run.run, run.stages).wall;
  return spent;
}

}  // namespace gf::store
