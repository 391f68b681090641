#include "batch/job.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "base/files.h"
#include "base/text.h"
#include "batch/claims.h"
#include "batch/fence.h"
#include "batch/heartbeat.h"
#include "batch/protocol.h"
#include "batch/standing.h"
#include "record/exchange.h"
#include "session/hold.h"
#include "session/trust.h"
#include "store/names.h"
#include "store/sync.h"

namespace gf::batch {
namespace {

constexpr const char* kRemote = "origin";  // a fresh clone's

/// A wait for a big repository is not ours to end.
constexpr Milliseconds kCloning{int64_t{24} * 3600 * 1000};

std::string host_name(const Environment& environment) {
  auto hostname = read_file("/proc/sys/kernel/hostname");
  return hostname ? std::string(trim(*hostname)) : environment.get("HOSTNAME");
}

/// The same for every job of a request on this machine: who comes later goes on with what is there.
Result<std::string> place_of(const session::Setup& setup, const JobWish& wish) {
  GF_ASSIGN(auto cache, setup.environment.cache_folder());
  return fmt::format("{}/{}/{}/{}", jobs_folder(cache), record::content_id(wish.url).short_hex(16),
                     wish.batch, wish.slug);
}

/// Two that clone at once: the first one to be ready gives its clone to both.
Result<void> clone_into(const session::Setup& setup, const JobWish& wish,
                        const std::string& folder) {
  std::error_code failed;
  if (std::filesystem::exists(folder, failed)) return Done{};
  std::filesystem::path parent = std::filesystem::path(folder).parent_path();
  GF_ASSIGN(auto fresh, TemporaryFolder::make_in(parent.string(), "." + wish.slug));
  proc::Options options;
  std::string into = fresh.path() + "/clone";
  options.argv = {"git", "clone", "--quiet", "--origin", kRemote, "--", wish.url, into};
  options.directory = parent.string();
  options.environment = proc::git_environment(setup.environment);
  options.limits.timeout = kCloning;
  GF_ASSIGN(auto cloned, proc::run(options, *setup.cancel));
  GF_TRY(setup.cancel->check());
  if (!cloned.succeeded())
    return Error{Fault::kEnvironment, fmt::format("'{}' cannot be cloned", printable(wish.url)),
                 cloned.err, "the job's machine needs git's own way to it: an address, a key"};
  std::filesystem::rename(into, folder, failed);
  if (failed && !std::filesystem::exists(folder))
    return Error{
        Fault::kEnvironment, fmt::format("make '{}': {}", folder, failed.message()), {}, {}};
  return Done{};
}

/// The batch as this job sees it: one request, on the branch of what it comes after.
Result<Orders> alone(const Orders& orders, const std::string& slug,
                     const std::map<std::string, Claim>& claims) {
  Orders one = orders;
  auto entry = std::find_if(one.entries.begin(), one.entries.end(),
                            [&](const Entry& each) { return each.slug == slug; });
  if (entry == one.entries.end())
    return Error{Fault::kUsage,
                 fmt::format("the batch '{}' has no request '{}'", orders.name, printable(slug)),
                 {},
                 "its requests are in batch.json of refs/factory/batch on the remote"};
  Entry kept = *entry;
  std::optional<std::string> on;
  for (const std::string& before : kept.after) {
    auto claim = claims.find(before);
    bool delivered = claim != claims.end() && claim->second.is_delivered();
    if (!delivered)
      return Error{Fault::kUser,
                   fmt::format("'{}' comes after '{}', which is not delivered", slug, before),
                   {},
                   "git factory batch --resume submits it when that is"};
    auto branch = RefName::parse(claim->second.branch);
    if (!on && branch.ok()) on = branch->short_name();
  }
  if (!kept.base && on) kept.base = on;
  kept.after.clear();
  one.entries = {std::move(kept)};
  one.at_once = 1;
  return one;
}

/// A yes is of a clone; whoever submitted this job gave theirs in the command that started it, so
/// that nobody who can only push to the remote can give one.
Result<void> hand_on_trust(const git::Program& git, const JobWish& wish) {
  if (!wish.trusted) return Done{};
  GF_TRY(session::let_run(git));
  if (wish.trusted_file.empty()) return Done{};
  GF_ASSIGN(auto settings, git.settings());
  auto is_there = [&](const git::Setting& one) {
    return one.key == "factory.trusted" && one.value == wish.trusted_file;
  };
  if (std::any_of(settings.begin(), settings.end(), is_there)) return Done{};
  return git.set_config("factory.trusted", wish.trusted_file, true);
}

store::SyncWish by_origin(store::Share take) {
  store::SyncWish wish;
  wish.remote = kRemote;
  wish.take = take;
  return wish;
}

/// What became of the one row.
Ending ending_of(const Row& row) {
  bool ended = row.state == State::kDelivered || row.state == State::kNotDelivered;
  Ending ending{ended, ended ? row.outcome : "", row.why, row.run, ""};
  if (row.state == State::kDelivered) ending.branch = row.branch;
  return ending;
}

Ending ending_of(const store::Summary& run) {
  Ending ending{true, std::string(record::name_of(run.status)), why_of(run), run.id, ""};
  if (state_of(run) == State::kDelivered) ending.branch = run.branch;
  return ending;
}

/// A request in its clone. What brings things home and tells of them goes on when a stop is asked
/// for: that is when it matters.
class Errand : public Work {
 public:
  /// `quiet`: the same clone, by which the wish to stop is not heard.
  Errand(session::Context& context, session::Context& quiet, Orders orders, std::string program,
         const Listener& listener)
      : context_(context),
        quiet_(quiet),
        orders_(std::move(orders)),
        program_(std::move(program)),
        listener_(listener) {}

  Result<Known> look() override {
    GF_TRY(store::sync(*context_.store, context_.repo, context_.git, context_.clock(),
                       by_origin(store::Share::kSummary)));
    GF_ASSIGN(auto runs, runs_of(*context_.store, orders_));
    Known known;
    auto run = runs.find(orders_.entries.front().slug);
    if (run == runs.end()) return known;
    if (run->second.active) {
      known.goes_on = run->second.id;
    } else {
      known.ending = ending_of(run->second);
    }
    return known;
  }

  Result<bool> is_delivered(const std::string& branch, const Oid& head) override {
    std::string here = fmt::format("{}{}/delivered", store::kTracking, kRemote);
    // A branch that is gone was merged, or taken back; who can tell has a look at its commit.
    auto fetched = context_.git.fetch(kRemote, {fmt::format("+{}:{}", branch, here)});
    if (!fetched.ok()) {
      bool missing = fetched.error().message.find("find remote ref") != std::string::npos;
      return missing ? Result<bool>(context_.repo.exists(head)) : fetched.error();
    }
    GF_ASSIGN(auto tip, context_.repo.read_ref(RefName::known(here)));
    if (!tip || !context_.repo.exists(head)) return false;
    GF_ASSIGN(auto both, context_.repo.merge_base(*tip, head));
    return both == head;
  }

  Result<Ending> run() override {
    auto report = run_batch(context_, orders_, program_, listener_);
    if (!report.ok()) return report.error();
    return ending_of(report->rows.front());
  }

  Result<void> send_home() override {
    store::SyncWish wish = by_origin(store::Share::kSummary);
    GF_ASSIGN(wish.send, store::parse_share(orders_.share));
    wish.by_inbox = true;
    GF_TRY(store::sync(*quiet_.store, quiet_.repo, quiet_.git, quiet_.clock(), wish));
    return Done{};
  }

  /// Its claim is kept up meanwhile. Who is told to end has moments.
  bool wait_for_another_try(int failures) override {
    bool stops = context_.cancel().requested();
    Milliseconds pause = stops ? kMoment : kPause;
    (void)quiet_.clock().wait(pause, stops ? quiet_.cancel() : context_.cancel());
    return failures < (stops ? kHastyTries : kTries);
  }

 private:
  static constexpr Milliseconds kMoment{1000}, kPause{30000};
  static constexpr int kHastyTries = 4, kTries = 40;

  session::Context& context_;
  session::Context& quiet_;
  Orders orders_;
  std::string program_;
  const Listener& listener_;
};

/// One that is just ending on this machine has a moment. Nothing: another process has the request.
Result<std::optional<session::Hold>> hold_request(const session::Context& context,
                                                  const std::string& batch) {
  constexpr Milliseconds kWait{10000}, kBetween{100};
  Stopwatch watch(context.clock());
  for (;;) {
    GF_ASSIGN(auto hold, session::Hold::try_batch(context, job_hold(batch)));
    if (hold || watch.elapsed() >= kWait) return hold;
    GF_TRY(context.clock().wait(kBetween, context.cancel()));
  }
}

class Job {
 public:
  Job(const session::Setup& setup, JobWish wish, std::string program, const Listener& listener)
      : setup_(setup), wish_(std::move(wish)), program_(std::move(program)), listener_(listener) {}

  Result<JobDone> run();

 private:
  Result<Orders> orders_for(session::Context& context);
  Result<JobDone> work(session::Context& context);
  Result<void> go(Steps& steps);
  JobDone done(const Steps& steps) const;

  session::Setup setup_;
  JobWish wish_;
  std::string program_;
  const Listener& listener_;
};

/// The one request, by the orders that were submitted and no others: else whoever can push could
/// put other requests in their place.
Result<Orders> Job::orders_for(session::Context& context) {
  GF_ASSIGN(auto orders, published(context.git, context.repo, kRemote, wish_.batch));
  if (!orders)
    return Error{Fault::kUser,
                 fmt::format("'{}' has no batch '{}'", printable(wish_.url), wish_.batch),
                 {},
                 "it is begun with 'git factory batch --runner=<engine> <file>'"};
  if (!wish_.orders.is_zero() && orders->tip != wish_.orders)
    return Error{Fault::kUser,
                 fmt::format("the orders of '{}' are not those that were submitted", wish_.batch),
                 {},
                 fmt::format("see 'git log refs/factory/batch/{}' on the remote", wish_.batch)};
  GF_ASSIGN(auto seen, Claims(context, kRemote, wish_.batch).fetch());
  return alone(*orders, wish_.slug, seen.claims);
}

Result<JobDone> Job::run() {
  GF_ASSIGN(std::string folder, place_of(setup_, wish_));
  GF_TRY(clone_into(setup_, wish_, folder));
  setup_.directory = folder;
  GF_ASSIGN(auto context, session::Context::open(setup_, true));
  // Before the claim: two processes under one name would take it from each other in one clone.
  GF_ASSIGN(auto hold, hold_request(*context, wish_.batch));
  if (!hold) return JobDone{false, true, "another process of this machine has this request", true};
  GF_TRY(hand_on_trust(context->git, wish_));
  GF_ASSIGN(auto done, work(*context));
  if (done.ours && !done.stopped && !done.keeps_clone) {
    hold.reset();
    context.reset();
    remove_folder(folder);
  }
  return done;
}

Result<JobDone> Job::work(session::Context& context) {
  GF_ASSIGN(auto one, orders_for(context));
  Cancel never;
  session::Setup quiet_setup = setup_;
  quiet_setup.cancel = &never;
  GF_ASSIGN(auto quiet, session::Context::open(quiet_setup, false));
  Bid bid{wish_.slug, wish_.name, host_name(setup_.environment), draw_holder(context.clock()),
          wish_.in_place_of};
  context.setup.environment[kClaimVariable] = fence_text(wish_.batch, wish_.slug, bid.holder);
  Errand errand(context, *quiet, std::move(one), program_, listener_);
  Claims claims(*quiet, kRemote, wish_.batch);
  Steps steps(claims, std::move(bid), errand);
  GF_TRY(go(steps));
  if (steps.broke_off()) return *steps.broke_off();
  return done(steps);
}

/// The claim beats for as long as there is something to do under it.
Result<void> Job::go(Steps& steps) {
  GF_TRY(steps.step());
  if (!steps.ours()) return Done{};
  Heartbeat heartbeat(setup_, kRemote, wish_.batch, wish_.slug, steps.claim(), *setup_.cancel);
  while (steps.at() != Steps::At::kTell && steps.at() != Steps::At::kOver) GF_TRY(steps.step());
  auto claim = heartbeat.end();
  if (!claim) {
    steps.lose();
    return Done{};
  }
  steps.claim() = *std::move(claim);
  while (steps.at() != Steps::At::kOver) GF_TRY(steps.step());
  return Done{};
}

JobDone Job::done(const Steps& steps) const {
  const Ending& ending = steps.ending();
  bool worked = steps.claim().holder == steps.holder();
  if (!steps.ours())
    return {false, worked,
            worked ? "the claim was lost: another job has this request now"
                   : "another job has this request, or had it",
            true};
  return {true, !ending.ended, ending.ended ? ending.status : ending.why, !steps.is_home()};
}

}  // namespace

std::string jobs_folder(const std::string& cache) { return cache + "/jobs"; }

std::string job_hold(const std::string& batch) { return batch + ".job"; }

Result<JobDone> run_job(const session::Setup& setup, const JobWish& wish,
                        const std::string& program, const Listener& listener) {
  return Job(setup, wish, program, listener).run();
}

}  // namespace gf::batch
