// Delivered runs that go on with what reviewers said of their pull requests.
#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "forge/forge.h"
#include "line/features.h"
#include "line/forge_place.h"
#include "line/going_on.h"
#include "line/line.h"
#include "line/rework.h"
#include "record/redact_record.h"
#include "session/hold.h"
#include "session/start.h"
#include "session/trust.h"
#include "store/held.h"

namespace gf::line {
namespace {

constexpr int64_t kBetweenLooks = 60;  ///< seconds, when factory.rework.every is not set

Error no(std::string message, std::string hint) {
  return Error{Fault::kUser, std::move(message), {}, std::move(hint)};
}

/// The digits at the end of "#3" and of an address; 0: there are none.
int number_at_end(const std::string& url) {
  size_t from = url.find_last_not_of("0123456789") + 1;
  std::string digits = url.substr(from);
  return digits.empty() || digits.size() > 9 ? 0 : std::stoi(digits);
}

/// By its id, slug, request or commit; "3" is the newest run whose request has that number.
Result<std::optional<RunId>> find_run(const store::Store& store, const std::string& name) {
  GF_ASSIGN(auto found, store.find(name));
  if (found) return found;
  std::string digits = name.starts_with('#') ? name.substr(1) : name;
  bool number = !digits.empty() && digits.size() < 10 &&
                digits.find_first_not_of("0123456789") == std::string::npos;
  if (!number) return found;
  GF_TRY(store.walk([&](const store::Summary& run) {
    if (!run.pull_request.empty() && number_at_end(run.pull_request) == std::stoi(digits))
      found = run.id;
    return !found;
  }));
  return found;
}

Result<RunId> run_named(const store::Store& store, const std::optional<std::string>& name) {
  std::optional<RunId> found;
  if (name) {
    GF_ASSIGN(found, find_run(store, *name));
    if (found) return *found;
    return no(fmt::format("there is no run '{}', and none with a pull request of that name",
                          printable(clipped(*name, 100))),
              "see 'git factory log --outcome=delivered'");
  }
  GF_TRY(store.walk([&](const store::Summary& run) {
    if (run.status == record::RunStatus::kDelivered && !run.pull_request.empty()) found = run.id;
    return !found;
  }));
  if (found) return *found;
  return no("no run has a pull request", "'git factory feature' makes one");
}

/// What a look at the request needs, opened once for all looks.
struct Desk {
  session::Context& context;
  session::Config config;
  std::string remote;
  std::unique_ptr<forge::Forge> forge;
  store::Run run;
};

Result<void> may_go_on(const session::Context& context, const store::Run& whole) {
  const record::RunRecord& run = whole.run;
  const std::string id = run.id.id8();
  if (run.status == record::RunStatus::kRunning) {
    return no(fmt::format("run {} is not at its end: it is {}", id,
                          store::standing_of(run.status, whole.held)),
              store::way_on(run.id, whole.held));
  }
  if (run.head.is_zero() || run.pull_request.empty() || whole.stages.empty()) {
    return no(fmt::format("run {} has no pull request: it is {}", id, name_of(run.status)),
              fmt::format("see 'git factory show {}'", id));
  }
  if (Oid base = first_base(run); !context.repo.exists(base)) {
    return no(fmt::format("the base {} ({}) of run {} is not in this clone", base.short_hex(),
                          printable(run.base_name), id),
              "bring it with 'git fetch', in a shallow clone with 'git fetch --unshallow'");
  }
  return Done{};
}

Result<Desk> desk_for(session::Context& context, const std::optional<std::string>& name) {
  GF_TRY(session::may_run(context.git));
  GF_ASSIGN(auto id, run_named(*context.store, name));
  GF_ASSIGN(auto run, context.store->load(id));
  GF_TRY(may_go_on(context, run));
  GF_ASSIGN(auto first, context.repo.commit(first_base(run.run)));
  GF_TRY(session::complete(context, first.id));
  GF_ASSIGN(auto config,
            session::Config::load(context.repo, context.git, first.tree, context.setup.overrides));
  GF_ASSIGN(auto remote, session::find_remote(context, config, run.run.base_name));
  if (!remote) {
    return no("there is no remote that the branch was pushed to",
              "set factory.remote, or add one with 'git remote add origin <url>'");
  }
  auto say = [&context, id](const std::string& text) {
    if (context.setup.sink)
      context.setup.sink({context.clock().now(), "note", id, {}, 0, text, {}});
  };
  GF_ASSIGN(auto chosen, forge::choose_forge(forge_place(context, config.settings(), remote, say)));
  return Desk{context, std::move(config), *remote, std::move(chosen.forge), std::move(run)};
}

/// The run as its branch stands. It has to stand where the run left it: what a person did to it is
/// his.
Result<record::RunRecord> run_on_branch(const Desk& desk, const forge::PullRequest& pull) {
  const record::RunRecord& run = desk.run.run;
  bool offered = pull.branchless && !pull.fetch_ref.empty();
  // What went out by mail has no branch anywhere but here, where a person may work on it: it stands
  // where the request's record says.
  if (pull.branchless && !offered) {
    auto standing = standing_at(run, pull.head.hex());
    if (standing && desk.context.repo.exists(standing->head)) return std::move(*standing);
    return no(fmt::format("{} is at {} and no more at {}", printable(run.pull_request),
                          pull.head.short_hex(), run.head.short_hex()),
              "ask for what is missing with 'git factory feature'");
  }
  const std::string& ref = offered ? pull.fetch_ref : run.branch;
  std::string branch = offered ? ref : RefName::known(run.branch).short_name();
  auto listing = desk.context.git.listed(desk.remote, ref);
  if (!listing.ok())
    return listing.error().because_of(fmt::format("cannot ask '{}'", printable(desk.remote)));
  const std::string& standing_there = *listing;
  if (trim(standing_there).empty()) {
    return no(fmt::format("'{}' is gone from '{}'", branch, desk.remote),
              fmt::format("push it again: 'git push {} {}:{}'", desk.remote, run.head.short_hex(),
                          run.branch));
  }
  std::string tip = standing_there.substr(0, standing_there.find('\t'));
  if (auto standing = standing_at(run, tip)) {
    // On what is not here no commit can stand, and one beside it would take its place.
    if (desk.context.repo.exists(standing->head)) return std::move(*standing);
    return no(fmt::format("the delivered commit {} of run {} is not in this clone",
                          standing->head.short_hex(), run.id.id8()),
              fmt::format("bring it with 'git fetch {} {}'", desk.remote, branch));
  }
  return no(fmt::format("somebody has pushed to '{}': it is at {} and no more at {}", branch,
                        printable(tip.substr(0, 10)), run.head.short_hex()),
            "a rework goes on from what the run delivered and overwrites nobody's commits; take "
            "them away from the branch, or ask for the rest with 'git factory feature --base " +
                branch + "'");
}

Result<forge::PullRequest> open_request(const Desk& desk) {
  const record::RunRecord& run = desk.run.run;
  GF_ASSIGN(auto found, desk.forge->find_alone(number_at_end(run.pull_request)));
  if (!found || (run.pull_request.find("://") != std::string::npos &&
                 found->url != run.pull_request && found->run != run.id)) {
    return no(fmt::format("there is no pull request '{}' at '{}'", printable(run.pull_request),
                          desk.forge->name()),
              "see 'git factory pr list --state=all', and factory.forge");
  }
  if (found->state != "open") {
    return no(fmt::format("{} is {}", printable(run.pull_request), printable(found->state)),
              "ask for what is missing with 'git factory feature'");
  }
  found->run = run.id;
  return std::move(*found);
}

Result<void> look(const Desk& desk, const forge::PullRequest& pull, const Trust& trust,
                  Reworked& into) {
  GF_ASSIGN(auto said, desk.forge->said_of(pull));
  // Before anything is cut or compared: half a secret is none that is known, and the record has
  // these very words, ids too.
  for (forge::Said& one : said) {
    one.remark.text = to_utf8(one.remark.text);
    record::Json clean = record::redacted(record::to_json(one.remark), desk.context.redactor);
    GF_ASSIGN(one.remark, record::remark_from_json(clean));
  }
  Chosen found = chosen(said, desk.run.run, trust);
  into.remarks = std::move(found.remarks);
  into.left_out = std::move(found.left_out);
  into.access_unknown = found.access_unknown;
  return Done{};
}

/// Looks until something is said or the time is over.
Result<void> watch(const Desk& desk, const forge::PullRequest& pull, Milliseconds time,
                   Reworked& into) {
  GF_ASSIGN(auto trust, trust_of(desk.config.settings().all("factory.rework.from")));
  GF_ASSIGN(auto every,
            desk.config.settings().seconds("factory.rework.every", kBetweenLooks, 1, 86400));
  Stopwatch stopwatch(desk.context.clock());
  for (;;) {
    GF_TRY(look(desk, pull, trust, into));
    Milliseconds left = time - stopwatch.elapsed();
    if (!into.remarks.empty() || left <= Milliseconds(0)) return Done{};
    GF_TRY(desk.context.clock().wait(std::min(every, left), desk.context.cancel()));
  }
}

}  // namespace

Result<Reworked> rework_run(session::Setup setup, const ReworkWish& wish) {
  GF_ASSIGN(auto context, session::Context::open(std::move(setup), !wish.look_only));
  GF_ASSIGN(auto desk, desk_for(*context, wish.name));
  const record::RunRecord& seen = desk.run.run;
  Reworked reworked{seen.id, seen.slug, seen.pull_request, {}, {}, false, {}};
  GF_ASSIGN(auto pull, open_request(desk));
  GF_TRY(watch(desk, pull, wish.watch, reworked));
  if (wish.look_only || reworked.remarks.empty()) return reworked;
  GF_ASSIGN(auto standing, run_on_branch(desk, pull));
  GF_ASSIGN(auto identity, context->repo.identity(context->clock().now()));
  record::Rework rework;
  rework.by = identity.name;
  rework.time = context->clock().now();
  rework.remarks = reworked.remarks;
  auto go_on = [&](const record::RunRecord& then) -> Result<record::RunRecord> {
    if (then.status == seen.status && then.reworks == seen.reworks && then.head == seen.head)
      return taken_up(standing, desk.run.stages.back().seq, rework);
    return Error{Fault::kTransient,
                 fmt::format("run {} was taken up by another process", seen.id.id8()),
                 {},
                 fmt::format("see 'git factory show {}'", seen.id.id8())};
  };
  GF_ASSIGN(auto hold, session::Hold::take(*context, seen.id));
  GF_ASSIGN(auto active, context->store->take_up(seen.id, go_on));
  GF_ASSIGN(reworked.ended, go_on_with(*context, std::move(active), reworked.left_out));
  return reworked;
}

}  // namespace gf::line
