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

record::Json manifest_of(const record::Exchange& exchange) {
  record::Json request = record::frame_of(exchange.request);
  request.erase("messages");
  request.erase("tools");
  request.erase("schema");
  record::Json json = record::to_json(exchange);
  json.set("request", request);
  json.set("request_key", record::request_key(exchange.request).hex());
  return json;
}

Result<record::Exchange> exchange_from(
    const record::Json& manifest, const std::function<Result<record::Json>(const Oid&)>& message) {
  GF_ASSIGN(auto exchange, record::exchange_from_json(manifest));
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
  if (exchange.answer) {
    GF_ASSIGN(auto id, Oid::parse(manifest.get_string("answer_message")));
    GF_ASSIGN(auto json, message(id));
    GF_ASSIGN(exchange.answer->message, record::message_from_json(json));
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
