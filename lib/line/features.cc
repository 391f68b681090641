// Beginning, going on and ending are the same few lines around Line::run().
#include "line/features.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "line/asked_before.h"
#include "line/going_on.h"
#include "line/line.h"
#include "session/hold.h"
#include "session/trust.h"
#include "store/held.h"

namespace gf::line {
namespace {

constexpr size_t kMaxRequestBytes = 64u << 10;
constexpr size_t kMaxSlug = 40;

Result<std::string> slug_for(const Feature& feature) {
  if (!feature.slug) {
    std::string_view first = feature.request;
    return slug_from(first.substr(0, first.find('\n')), kMaxSlug);
  }
  if (slug_from(*feature.slug, kMaxSlug) != *feature.slug) {
    return Error{Fault::kUsage,
                 fmt::format("'{}' is no slug", printable(clipped(*feature.slug, 60))),
                 {},
                 fmt::format("use lower-case letters, digits and dashes, for example '{}'",
                             slug_from(*feature.slug, kMaxSlug))};
  }
  return *feature.slug;
}

/// factory.batch, by which runs are counted together; empty: of none.
Result<std::string> batch_name(const session::Config& config) {
  std::string name = config.get("factory.batch", "");
  if (name.empty() || slug_from(name, kMaxSlug) == name) return name;
  return Error{Fault::kUsage,
               fmt::format("'{}' is no name of a batch", printable(clipped(name, 60))),
               {},
               fmt::format("use lower-case letters, digits and dashes, for example '{}'",
                           slug_from(name, kMaxSlug))};
}

/// The start moved to a commit that the base has: for runs that shall have the same one, whatever
/// comes to the base meanwhile.
Result<void> start_at(const session::Context& context, const std::string& name,
                      session::Start& start) {
  GF_ASSIGN(auto found, context.repo.resolve_commit(name));
  std::optional<Oid> shared;
  if (found) {
    GF_ASSIGN(shared, context.repo.merge_base(*found, start.base.commit));
  }
  if (!found || !shared || *shared != *found) {
    return Error{Fault::kUser,
                 fmt::format("'{}' is no commit of '{}'", printable(clipped(name, 60)),
                             printable(start.base.name)),
                 {},
                 "name one that the base has, or another base"};
  }
  GF_ASSIGN(auto commit, context.repo.commit(*found));
  start.base.commit = commit.id;
  start.base.tree = commit.tree;
  start.description = fmt::format("{} at {}", start.base.name, commit.id.short_hex());
  return Done{};
}

/// Without a name: the newest that nobody has, or else, where that is asked for, that somebody has.
enum class Newest { kWaiting, kAny };

Result<RunId> newest_active(const std::vector<store::Summary>& runs, Newest which) {
  auto waits =
      std::find_if(runs.begin(), runs.end(), [](const store::Summary& run) { return !run.held; });
  if (waits != runs.end()) return waits->id;
  if (runs.empty())
    return Error{Fault::kUser, "no run is waiting to go on", {}, "see 'git factory log'"};
  if (which == Newest::kAny) return runs.front().id;
  const store::Summary& first = runs.front();
  return Error{
      Fault::kUser,
      fmt::format("no run is waiting to go on: {} ('{}') is running", first.id.id8(), first.slug),
      {},
      store::way_on(first.id, true)};
}

Result<RunId> active_run(const session::Context& context, const std::optional<std::string>& name,
                         Newest which) {
  GF_ASSIGN(auto runs, context.store->active_runs());
  if (!name) {
    std::vector<store::Summary> of_line = runs;
    std::erase_if(of_line, [](const store::Summary& run) { return !run.cell.empty(); });
    return newest_active(of_line, which);
  }
  for (const store::Summary& run : runs) {
    if (run.id.str() == *name || run.id.id8() == *name || run.slug == *name) return run.id;
  }
  GF_ASSIGN(auto ended, context.store->find(*name));
  if (ended) {
    GF_ASSIGN(auto run, context.store->load(*ended));
    return Error{
        Fault::kUser,
        fmt::format("run '{}' has ended: {}", printable(*name), record::name_of(run.run.status)),
        {},
        fmt::format("see 'git factory show {}'", ended->id8())};
  }
  return Error{Fault::kUser,
               fmt::format("no run '{}' is waiting to go on", printable(*name)),
               {},
               "see 'git factory log'"};
}

}  // namespace

Result<std::string> checked_request(std::string_view text) {
  std::string request(trim(text));
  if (request.empty()) {
    return Error{Fault::kUsage,
                 "the request is empty",
                 {},
                 "say what is wanted, for example: git factory feature \"Add a /health endpoint\""};
  }
  if (request.size() > kMaxRequestBytes) {
    return Error{Fault::kUsage,
                 fmt::format("the request has {} KB; 64 KB is the limit", request.size() >> 10),
                 {},
                 "ask for one feature at a time"};
  }
  if (!is_utf8(request)) {
    return Error{Fault::kUsage,
                 "the request is not UTF-8",
                 {},
                 "convert it, for example with 'iconv -t UTF-8'"};
  }
  return request;
}

Result<Ended> run_feature(session::Setup setup, const Feature& feature) {
  GF_ASSIGN(auto request, checked_request(feature.request));
  GF_ASSIGN(auto slug, slug_for(feature));
  GF_ASSIGN(auto context, session::Context::open(std::move(setup), true));
  // A plan reads the tree and has no bench: nothing of it runs.
  if (!feature.plan_only) GF_TRY(session::may_run(context->git));
  GF_ASSIGN(auto early,
            session::Config::load(context->repo, context->git, Oid(), context->setup.overrides));
  GF_ASSIGN(auto start, session::find_start(*context, early, feature.base, session::Ask::kRemote));
  if (feature.at) {
    GF_TRY(start_at(*context, *feature.at, start));
    GF_TRY(session::complete(*context, start.base.commit));
  }
  const session::Base& base = start.base;
  GF_ASSIGN(auto config, session::Config::load(context->repo, context->git, base.tree,
                                               context->setup.overrides));
  GF_ASSIGN(auto identity, context->repo.identity(context->clock().now()));
  record::RunRecord run;
  run.started = context->clock().now();
  run.id = RunId::make(run.started, context->clock().random());
  run.slug = slug;
  run.request = context->redactor(request);
  run.base_name = base.name;
  run.base = base.commit;
  run.base_tree = base.tree;
  if (!feature.again) GF_TRY(check_not_asked_before(*context, run.request, run.base_name));
  run.author = fmt::format("{} <{}>", identity.name, identity.email);
  run.tool_version = context->setup.version;
  Wishes wishes;
  wishes.plan_only = feature.plan_only;
  wishes.no_pr = feature.no_pr;
  wishes.draft = feature.draft;
  wishes.issue = context->redactor(feature.issue);
  if (feature.approve) wishes.approval = Approval::kWanted;
  wishes.spec = feature.spec;
  GF_ASSIGN(wishes.batch, batch_name(config));
  wishes.options = context->setup.overrides;
  keep(wishes, run);
  GF_ASSIGN(auto hold, session::Hold::take(*context, run.id));
  GF_ASSIGN(auto active, context->store->begin(run, feature.spec));
  Line line(*context, std::move(config), std::move(start), std::move(wishes), std::move(active));
  Ended ended;
  GF_ASSIGN(ended.run, line.run());
  if (ended.run.status == record::RunStatus::kPlanned) {
    GF_ASSIGN(auto kept, context->store->load(ended.run.id));
    ended.spec = std::move(kept.spec);
  }
  return ended;
}

Result<record::RunRecord> resume_run(session::Setup setup, const std::optional<std::string>& name) {
  GF_ASSIGN(auto context, session::Context::open(std::move(setup), true));
  GF_ASSIGN(auto id, active_run(*context, name, Newest::kWaiting));
  GF_ASSIGN(auto hold, session::Hold::take(*context, id));
  GF_ASSIGN(auto active, context->store->reopen(id));
  if (auto cell = active.run().policy.find(store::kCellPolicy); cell != active.run().policy.end()) {
    return Error{Fault::kUser,
                 fmt::format("'{}' is a review, and no run that resume goes on with", id.id8()),
                 {},
                 store::way_on(id, false, store::kind_of(cell->second, active.run().slug))};
  }
  return go_on_with(*context, std::move(active), {});
}

Result<record::RunRecord> abort_run(session::Setup setup, const std::optional<std::string>& name,
                                    const std::string& why) {
  GF_ASSIGN(auto context, session::Context::open(std::move(setup), false));
  GF_ASSIGN(auto id, active_run(*context, name, Newest::kAny));
  GF_ASSIGN(auto hold, session::Hold::take_over(*context, id));
  GF_ASSIGN(auto active, context->store->reopen(id));
  record::RunRecord run = active.run();
  run.status = record::RunStatus::kCancelled;
  run.failure = record::FailureClass::kCancelled;
  run.reason = why;
  run.ended = context->clock().now();
  GF_TRY(context->store->seal(active, run));
  return run;
}

}  // namespace gf::line
