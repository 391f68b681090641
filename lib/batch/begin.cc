#include "batch/begin.h"

#include <fmt/format.h>

#include "base/text.h"
#include "batch/schedule.h"
#include "batch/standing.h"
#include "session/start.h"
#include "session/trust.h"

namespace gf::batch {
namespace {

constexpr const char* kAtOnce = "4";
constexpr size_t kShownName = 60;

Result<std::string> checked_name(const std::string& name) {
  if (slug_from(name) == name) return name;
  return Error{
      Fault::kUsage,
      fmt::format("'{}' is no name of a batch", printable(clipped(name, kShownName))),
      {},
      fmt::format("use lower-case letters, digits and dashes, for example '{}'", slug_from(name))};
}

/// A name may be on record without a batch: `feature --batch` gives it, and orders can go.
Result<void> check_unused(const session::Context& context, const Orders& orders) {
  GF_ASSIGN(auto before, kept(context.repo, orders.name));
  if (before) return is_there_already(orders.name);
  GF_ASSIGN(auto runs, runs_of(*context.store, orders));
  for (const Entry& entry : orders.entries) {
    auto found = runs.find(entry.slug);
    if (found == runs.end()) continue;
    return Error{Fault::kUsage,
                 fmt::format("run {} of '{}' carries the name '{}' already", found->second.id.id8(),
                             entry.slug, orders.name),
                 {},
                 "choose another name, or another slug"};
  }
  return Done{};
}

}  // namespace

Error is_there_already(const std::string& name) {
  return {Fault::kUsage,
          fmt::format("there is a batch '{}' already", name),
          {},
          fmt::format("go on with 'git factory batch --resume={}', or choose another name", name)};
}

Result<Orders> begin_batch(const session::Context& context, const std::vector<Entry>& entries,
                           const Wish& wish) {
  GF_TRY(session::may_run(context.git));
  Orders orders;
  orders.begun = context.clock().now();
  orders.entries = entries;
  GF_ASSIGN(orders.at_once, width_of(!wish.at_once.empty() ? wish.at_once
                                     : wish.runner.empty() ? std::string(kAtOnce)
                                                           : std::to_string(entries.size()),
                                     entries.size()));
  if (wish.name.empty()) {
    orders.name = "batch-" + RunId::make(orders.begun, context.clock().random()).id8();
  } else {
    GF_ASSIGN(orders.name, checked_name(wish.name));
    GF_TRY(check_unused(context, orders));
  }
  GF_ASSIGN(auto early,
            session::Config::load(context.repo, context.git, Oid(), context.setup.overrides));
  GF_ASSIGN(auto start, session::find_start(context, early, wish.base, session::Ask::kRemote));
  orders.base_name = start.base.name;
  orders.base = start.base.commit;
  orders.serial_overlaps = wish.serial_overlaps;
  orders.no_pr = wish.no_pr;
  orders.draft = wish.draft;
  orders.again = wish.again;
  orders.budget = wish.budget;
  orders.models = wish.models;
  orders.runner = wish.runner;
  orders.share = wish.share;
  return orders;
}

Result<Orders> find_batch(const session::Context& context, const Again& again) {
  std::optional<Orders> found;
  GF_ASSIGN(auto names, kept_names(context.repo));
  for (const std::string& one : names) {
    if (again.name && one != *again.name) continue;
    auto orders = kept(context.repo, one);
    if (!orders.ok()) return orders.error().because_of(fmt::format("read the batch '{}'", one));
    if (*orders && (!found || found->begun < (*orders)->begun)) found = std::move(**orders);
  }
  if (!found) {
    return Error{Fault::kUser,
                 again.name ? fmt::format("there is no batch '{}'",
                                          printable(clipped(*again.name, kShownName)))
                            : std::string("there is no batch here"),
                 {},
                 names.empty() ? "begin one with 'git factory batch <file>'"
                               : "it is one of " + clipped(join(names, ", "), 300)};
  }
  if (!again.at_once.empty()) {
    GF_ASSIGN(found->at_once, width_of(again.at_once, found->entries.size()));
  }
  if (!again.budget.empty()) found->budget = again.budget;
  return std::move(*found);
}

}  // namespace gf::batch
