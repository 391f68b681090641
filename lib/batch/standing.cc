#include "batch/standing.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

namespace gf::batch {
namespace {

/// Between a batch's beginning and its runs', by clocks that may be set.
constexpr std::chrono::hours kSlack{24};

/// It made room for one that it follows, and is not what became of its request.
bool gave_way(const store::Summary& run, const Orders& orders) {
  return run.status == record::RunStatus::kCancelled && orders.follows.contains(run.slug);
}

}  // namespace

Result<std::map<std::string, store::Summary>> runs_of(const store::Store& store,
                                                      const Orders& orders) {
  std::map<std::string, store::Summary> newest;
  auto take = [&](const store::Summary& run) {
    if (run.batch != orders.name) return;
    auto [known, fresh] = newest.emplace(run.slug, run);
    // One whose questions were answered goes on after an end that the ledger has.
    if (!fresh && known->second.id < run.id) known->second = run;
  };
  GF_ASSIGN(auto active, store.active_runs());
  for (const store::Summary& run : active) take(run);
  GF_TRY(store.walk([&](const store::Summary& run) {
    take(run);
    return run.ended >= orders.begun - kSlack;
  }));
  return newest;
}

Result<std::optional<store::Summary>> run_of(const store::Store& store, const Orders& orders,
                                             const std::string& slug, const RunId& named) {
  GF_ASSIGN(auto active, store.active_runs());
  for (const store::Summary& run : active) {
    bool is_it = named.empty() ? run.batch == orders.name && run.slug == slug : run.id == named;
    if (is_it) return std::optional(run);
  }
  std::optional<store::Summary> found;
  if (named.empty()) return found;
  // One that has just ended is among the first.
  GF_TRY(store.walk([&](const store::Summary& run) {
    if (run.id == named) found = run;
    return !found && run.ended >= orders.begun - kSlack;
  }));
  return found;
}

Result<Standing> standing_of(const store::Store& store, const Orders& orders) {
  Standing standing{Schedule(orders.entries, orders.at_once), {}};
  std::map<std::string, size_t> places;
  for (size_t i = 0; i < orders.entries.size(); ++i) places.emplace(orders.entries[i].slug, i);
  for (const auto& [later, earlier] : orders.follows) {
    for (const std::string& slug : earlier) {
      auto one = places.find(later), other = places.find(slug);
      if (one != places.end() && other != places.end())
        standing.schedule.order(one->second, other->second);
    }
  }
  GF_ASSIGN(auto runs, runs_of(store, orders));
  for (const auto& [slug, run] : runs) {
    auto place = places.find(slug);
    if (place == places.end() || gave_way(run, orders)) continue;
    standing.runs.emplace(place->second, run);
    if (!run.active) standing.schedule.put(place->second, state_of(run));
  }
  return standing;
}

State state_of(const store::Summary& run) {
  return run.status == record::RunStatus::kDelivered ? State::kDelivered : State::kNotDelivered;
}

std::string why_of(const store::Summary& run) {
  if (run.status == record::RunStatus::kDelivered) return {};
  if (run.status == record::RunStatus::kNeedsAnswers)
    return fmt::format("it asks; see 'git factory answer {}'", run.id.id8());
  if (run.failed_stage.empty()) return run.reason;
  return fmt::format("{}: {}", run.failed_stage, run.reason);
}

}  // namespace gf::batch
