// What the ledger tells of a run beside the run's own records: metrics.json, and the message of its
// commit, which `log` and `metrics` list. Nothing is replayed for them; they must follow from it.
#include <fmt/format.h>

#include "replay/compare.h"
#include "store/states.h"

namespace gf::replay {
namespace {

record::Json numbers_of(const record::RunMetrics& metrics) {
  auto ms = [](Milliseconds time) { return static_cast<int64_t>(time.count()); };
  record::Json cost = metrics.cost.pico_usd ? record::Json(*metrics.cost.pico_usd) : "unpriced";
  return record::Json::object({{"tokens in", metrics.usage.input_total.value_or(0)},
                               {"tokens out", metrics.usage.output_total.value_or(0)},
                               {"cost", cost},
                               {"exchanges", metrics.exchanges},
                               {"attempts", metrics.attempts},
                               {"clean run", metrics.first_try},
                               {"wall ms", ms(metrics.wall)},
                               {"model ms", ms(metrics.model)},
                               {"gates ms", ms(metrics.gates)}});
}

record::Json facts_of(record::RunStatus status, const Oid& base, const Oid& head, const Oid& tree,
                      const std::string& request) {
  auto hex = [](const Oid& id) { return id.is_zero() ? std::string("none") : id.hex(); };
  return record::Json::object({{"status", record::name_of(status)},
                               {"base", hex(base)},
                               {"head", hex(head)},
                               {"tree", hex(tree)},
                               {"pull request", request.empty() ? "none" : request}});
}

void compare_members(const std::string& file, const record::Json& kept, const record::Json& right,
                     const char* source, StepComparison& into) {
  for (const auto& [name, value] : right.members()) {
    record::Json found = kept.get(name);
    if (found == value) continue;
    into.differences.push_back(
        {"record", file, fmt::format("{} is {}; {} {}", name, found.dump(), source, value.dump())});
  }
}

}  // namespace

void compare_ledger(store::Ledger& ledger, const store::Run& recorded, StepComparison& into) {
  store::Ledger::Trouble trouble;
  auto runs = ledger.runs(recorded.run.id.str().substr(0, 8), trouble);
  auto found = runs.find(recorded.run.id);
  if (found == runs.end()) return;  // going on, or known from its replay data alone
  record::Json sums = numbers_of(record::metrics_of(recorded.run, recorded.stages));
  constexpr const char* kSums = "the stages add up to";
  auto state = store::latest_state(ledger.repo(), found->second.ledger);
  auto entry = ledger.repo().entry_at(std::move(state).value_or(Oid()), "metrics.json");
  if (entry.ok() && *entry) {
    auto text = ledger.repo().read_blob((*entry)->id, 1u << 20);
    auto json = text.ok() ? record::Json::parse(*text) : Result<record::Json>(text.error());
    auto kept =
        json.ok() ? record::metrics_from_json(*json) : Result<record::RunMetrics>(json.error());
    if (kept.ok()) {
      compare_members("metrics.json", numbers_of(*kept), sums, kSums, into);
    } else {
      into.differences.push_back({"record", "metrics.json", kept.error().message});
    }
  }
  auto summary = ledger.summary(recorded.run.id);
  if (!summary) return;
  constexpr const char* kCommit = "the ledger's commit";
  const record::RunRecord& run = recorded.run;
  compare_members(kCommit, numbers_of(summary->metrics), sums, kSums, into);
  compare_members(
      kCommit,
      facts_of(summary->status, summary->base, summary->head, summary->tree, summary->pull_request),
      facts_of(run.status, run.base, run.head, run.tree, run.pull_request), "run.json says", into);
}

}  // namespace gf::replay
