#include "batch/job.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "base/files.h"
#include "base/text.h"
#include "batch/claims.h"
#include "batch/heartbeat.h"
#include "record/exchange.h"
#include "session/trust.h"
#include "store/sync.h"

namespace gf::batch {
namespace {

constexpr const char* kRemote = "origin";  // a fresh clone's

/// A wait for a big repository is not ours to end.
constexpr Milliseconds kCloning{int64_t{24} * 3600 * 1000};

std::string host_name(const Environment& environment) {
  auto told = read_file("/proc/sys/kernel/hostname");
  return told ? std::string(trim(*told)) : environment.get("HOSTNAME");
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
    bool delivered = claim != claims.end() && claim->second.status == "delivered";
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

bool may_take(const Claim& there, const JobWish& wish) {
  if (there.state == Claim::State::kReleased) return true;
  // What failed before it came to a run is asked for again by a job that names it.
  if (there.state == Claim::State::kEnded)
    return there.run.empty() && there.tip == wish.in_place_of;
  return there.tip == wish.in_place_of || there.job == wish.name;
}

class Job {
 public:
  Job(session::Setup setup, JobWish wish, std::string program, const Listener& listener)
      : setup_(std::move(setup)),
        wish_(std::move(wish)),
        program_(std::move(program)),
        listener_(listener) {}

  Result<JobDone> run();

 private:
  Result<bool> claim(session::Context& context, const std::map<std::string, Claim>& claims);
  Result<void> work(session::Context& context, const Orders& orders, Claim& claim);
  Result<void> send_home(session::Context& context, const Orders& orders);
  Result<bool> say_how_it_ended(Claim& told);

  session::Setup setup_;
  JobWish wish_;
  std::string program_;
  const Listener& listener_;
  Claim claim_;
};

Result<bool> Job::claim(session::Context& context, const std::map<std::string, Claim>& claims) {
  auto there = claims.find(wish_.slug);
  if (there != claims.end()) {
    if (!may_take(there->second, wish_)) return false;
    claim_.tip = there->second.tip;
    claim_.beat = there->second.beat + 1;
  }
  claim_.job = wish_.name;
  claim_.host = host_name(setup_.environment);
  return Claims(context, kRemote, wish_.batch).put(wish_.slug, claim_);
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

/// What another job of this request sent home is not made again.
Result<void> bring_record(session::Context& context) {
  store::SyncWish wish;
  wish.remote = kRemote;
  wish.take = store::Share::kSummary;
  GF_TRY(store::sync(*context.store, context.repo, context.git, context.clock(), wish));
  return Done{};
}

/// For the claim: what became of the one row.
void tell(Claim& claim, const Row& row) {
  bool ended = row.state == State::kDelivered || row.state == State::kNotDelivered;
  claim.state = ended ? Claim::State::kEnded : Claim::State::kReleased;
  if (ended) claim.status = row.outcome;
  claim.why = row.why;
  claim.run = row.run;
  if (row.state == State::kDelivered) claim.branch = row.branch;
}

Result<void> Job::send_home(session::Context& context, const Orders& orders) {
  store::SyncWish wish;
  wish.remote = kRemote;
  GF_ASSIGN(wish.send, store::parse_share(orders.share));
  wish.take = store::Share::kSummary;
  wish.by_inbox = true;
  GF_TRY(store::sync(*context.store, context.repo, context.git, context.clock(), wish));
  return Done{};
}

/// Runs it, and writes into `claim` how that ended. The record is on the remote before the claim
/// says so: killed in between, the next job of this request finds it there.
Result<void> Job::work(session::Context& context, const Orders& orders, Claim& claim) {
  auto report = run_batch(context, orders, program_, listener_);
  if (!report.ok()) return report.error();
  tell(claim, report->rows.front());
  if (claim.state == Claim::State::kEnded && !claim.run.empty()) return send_home(context, orders);
  return Done{};
}

Result<JobDone> Job::run() {
  GF_ASSIGN(std::string folder, place_of(setup_, wish_));
  GF_TRY(clone_into(setup_, wish_, folder));
  setup_.directory = folder;
  GF_ASSIGN(auto context, session::Context::open(setup_, true));
  GF_TRY(hand_on_trust(context->git, wish_));
  GF_ASSIGN(auto orders, published(context->git, context->repo, kRemote, wish_.batch));
  if (!orders)
    return Error{Fault::kUser,
                 fmt::format("'{}' has no batch '{}'", printable(wish_.url), wish_.batch),
                 {},
                 "it is begun with 'git factory batch --runner=<engine> <file>'"};
  // Else whoever can push could put other requests in the place of those that were submitted.
  if (!wish_.orders.is_zero() && orders->tip != wish_.orders)
    return Error{Fault::kUser,
                 fmt::format("the orders of '{}' are not those that were submitted", wish_.batch),
                 {},
                 fmt::format("see 'git log refs/factory/batch/{}' on the remote", wish_.batch)};
  GF_ASSIGN(auto claims, Claims(*context, kRemote, wish_.batch).fetch());
  GF_ASSIGN(auto one, alone(*orders, wish_.slug, claims));
  GF_ASSIGN(bool ours, claim(*context, claims));
  if (!ours) return JobDone{false, false, "another job has this request, or had it"};
  Heartbeat heartbeat(setup_, kRemote, wish_.batch, wish_.slug, claim_, *setup_.cancel);
  Result<void> worked = claim_.beat > 0 ? bring_record(*context) : Result<void>();
  Claim told;
  told.state = Claim::State::kReleased;
  if (worked.ok()) worked = work(*context, one, told);
  auto claim = heartbeat.end();
  if (!claim) return JobDone{false, true, "the claim was lost: another job has this request now"};
  told.tip = claim->tip;
  told.job = claim->job;
  told.host = claim->host;
  told.beat = claim->beat;
  told.unsure = claim->unsure;
  if (!worked.ok()) {
    told.state = Claim::State::kReleased;
    told.why = worked.error().message;
  }
  GF_ASSIGN(bool put, say_how_it_ended(told));
  if (!worked.ok()) return worked.error();
  if (!put) return JobDone{false, true, "the claim was lost: another job has this request now"};
  bool ended = told.state == Claim::State::kEnded;
  context.reset();
  if (ended) remove_folder(folder);
  return JobDone{true, !ended, ended ? told.status : told.why};
}

/// Under a wish of its own: the one to stop has reached the run by now, and would stop this too.
Result<bool> Job::say_how_it_ended(Claim& told) {
  Cancel never;
  session::Setup setup = setup_;
  setup.cancel = &never;
  GF_ASSIGN(auto context, session::Context::open(setup, false));
  return Claims(*context, kRemote, wish_.batch).put(wish_.slug, told);
}

}  // namespace

std::string jobs_folder(const std::string& cache) { return cache + "/jobs"; }

Result<JobDone> run_job(const session::Setup& setup, const JobWish& wish,
                        const std::string& program, const Listener& listener) {
  return Job(setup, wish, program, listener).run();
}

}  // namespace gf::batch
