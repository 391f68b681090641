#include "batch/home.h"

#include <fmt/format.h>

#include <vector>

#include "batch/standing.h"
#include "store/sync.h"

namespace gf::batch {
namespace {

constexpr std::string_view kHeads = "refs/heads/";

/// All in one go. git fetches none where one is missing, and then they are asked for one by one: a
/// branch may be merged and gone by now, and what it held is then in its base.
void fetch_branches(const session::Context& context, const std::string& remote, Report& report) {
  std::vector<std::string> wanted, names;
  for (const Row& row : report.rows) {
    if (!row.branch.starts_with(kHeads)) continue;
    names.push_back(row.branch);
    wanted.push_back(fmt::format("+{}:refs/factory/fetched/{}/{}", row.branch, remote,
                                 row.branch.substr(kHeads.size())));
  }
  if (wanted.empty() || context.git.fetch(remote, wanted).ok()) return;
  for (size_t i = 0; i < wanted.size(); ++i) {
    if (!context.git.fetch(remote, {wanted[i]}).ok())
      report.unknown.push_back("what is on " + names[i]);
  }
}

/// Whoever may push can write a claim; what became of a request is what its run's record says.
void take_record(Row& row, const store::Summary& run) {
  fill(row, run);
  bool ended = row.state == State::kDelivered || row.state == State::kNotDelivered;
  if (!ended || run.active) return;
  row.state = state_of(run);
  row.outcome = std::string(record::name_of(run.status));
  std::string why = why_of(run);
  if (!why.empty() || row.state != State::kDelivered) row.why = why;
}

}  // namespace

Result<void> bring_home(session::Context& context, const Orders& orders, const std::string& remote,
                        Report& report) {
  store::SyncWish wish;
  wish.remote = remote;
  GF_ASSIGN(wish.take, store::parse_share(orders.share));
  GF_TRY(store::sync(*context.store, context.repo, context.git, context.clock(), wish));
  fetch_branches(context, remote, report);
  GF_ASSIGN(auto runs, runs_of(*context.store, orders));
  for (Row& row : report.rows) {
    auto run = runs.find(row.slug);
    if (run != runs.end()) {
      take_record(row, run->second);
    } else if (!row.run.empty()) {
      report.unknown.push_back(fmt::format("the record of '{}'", row.slug));
    }
  }
  find_conflicts(context.repo, report);
  return Done{};
}

}  // namespace gf::batch
