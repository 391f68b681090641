#include "batch/dispatch.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <thread>

#include "base/text.h"
#include "batch/begin.h"
#include "batch/claims.h"
#include "batch/home.h"
#include "batch/standing.h"
#include "session/config.h"
#include "session/hold.h"

namespace gf::batch {
namespace {

constexpr Milliseconds kStep{100};  ///< how often a wish to stop is noticed
/// A request whose job went away without a word gets another one so often; then it is for a person
/// to look at, and --resume goes on.
constexpr int kTries = 3;
constexpr size_t kAtATime = 500;         // an array of Slurm has 1000 tasks as it is delivered
constexpr Milliseconds kEnding{120000};  ///< what cancelled jobs get to write down where they were

/// A request that is somewhere.
struct Sent {
  std::string id;         ///< of our job; empty: another process's, or not submitted yet
  Oid tip;                ///< of its claim, as last seen; zero: none
  Milliseconds moved{0};  ///< when that was new
  Milliseconds began{0};
  int tries = 0;
  bool listed = false;  ///< its engine has named it
  bool to_submit = true;
  std::string why;  ///< it has to be submitted again, or cannot be
};

class Dispatcher {
 public:
  Dispatcher(session::Context& context, Orders orders, const Engine& engine, EngineRoom room,
             const std::string& remote, const Listener& listener)
      : context_(context),
        orders_(std::move(orders)),
        engine_(engine),
        room_(std::move(room)),
        remote_(remote),
        listener_(listener),
        claims_(context, remote, orders_.name),
        schedule_(orders_.entries, orders_.at_once),
        rows_(orders_.entries.size()) {
    for (size_t i = 0; i < rows_.size(); ++i) rows_[i].slug = orders_.entries[i].slug;
  }

  Result<Report> run(Milliseconds between);

 private:
  Result<void> take_up();
  void submit_what_may();
  void submit(const std::vector<size_t>& which);
  void look();
  void look_at(size_t index, const Claim* claim, const Result<std::set<std::string>>& alive);
  bool is_gone(const Sent& sent, const Claim* claim,
               const Result<std::set<std::string>>& alive) const;
  void again(size_t index, const std::string& why);
  void cancel_all();
  std::set<std::string> our_ids() const;
  void put(size_t index, State state, const std::string& outcome, const std::string& why);
  void put_ended(size_t index, const Claim& claim);
  void note(const std::string& text);
  [[nodiscard]] Milliseconds now() const { return context_.clock().steady(); }

  session::Context& context_;
  Orders orders_;
  const Engine& engine_;
  EngineRoom room_;
  const std::string& remote_;
  const Listener& listener_;
  Claims claims_;
  Schedule schedule_;
  std::vector<Row> rows_;
  std::map<size_t, Sent> sent_;  ///< what runs, by entry
  std::string noted_;            ///< said once, and not at each look
  bool took_jobs_ = false;       ///< the engine, at least once
};

void Dispatcher::note(const std::string& text) {
  if (listener_.on_note && text != noted_) listener_.on_note(text);
  noted_ = text;
}

void Dispatcher::put(size_t index, State state, const std::string& outcome,
                     const std::string& why) {
  schedule_.put(index, state);
  rows_[index].outcome = outcome;
  rows_[index].why = why;
  if (listener_.on_state) listener_.on_state(index, state, why.empty() ? outcome : why);
}

void Dispatcher::put_ended(size_t index, const Claim& claim) {
  rows_[index].run = claim.run;
  rows_[index].branch = claim.branch;
  if (auto sent = sent_.find(index); sent != sent_.end()) {
    rows_[index].took = now() - sent->second.began;
    sent_.erase(sent);
  }
  put(index, claim.status == "delivered" ? State::kDelivered : State::kNotDelivered, claim.status,
      claim.why);
}

/// What an earlier process of this batch, or another person's, has brought on its way.
Result<void> Dispatcher::take_up() {
  GF_ASSIGN(auto claims, claims_.fetch());
  for (size_t i = 0; i < rows_.size(); ++i) {
    auto found = claims.find(rows_[i].slug);
    if (found == claims.end()) continue;
    const Claim& claim = found->second;
    if (claim.state == Claim::State::kEnded && !claim.run.empty()) {
      put_ended(i, claim);
      continue;
    }
    Sent& sent = sent_[i];
    sent.tip = claim.tip;
    sent.began = sent.moved = now();
    sent.to_submit = claim.state != Claim::State::kHeld;
    schedule_.put(i, State::kRunning);
    if (listener_.on_state) listener_.on_state(i, State::kRunning, {});
  }
  return Done{};
}

void Dispatcher::submit_what_may() {
  while (auto next = schedule_.take()) {
    Sent& sent = sent_[*next];
    sent.began = sent.moved = now();
    if (listener_.on_state) listener_.on_state(*next, State::kRunning, {});
  }
  std::vector<size_t> which;
  for (const auto& [index, sent] : sent_) {
    if (sent.to_submit) which.push_back(index);
  }
  for (size_t from = 0; from < which.size(); from += kAtATime) {
    auto first = which.begin() + static_cast<std::ptrdiff_t>(from);
    submit({first, first + static_cast<std::ptrdiff_t>(std::min(kAtATime, which.size() - from))});
  }
}

/// An answer that was lost may have started jobs all the same: they claim what they find unclaimed,
/// and those of the next try find that out.
void Dispatcher::submit(const std::vector<size_t>& which) {
  std::vector<Order> orders;
  for (size_t index : which) {
    const Oid& tip = sent_.at(index).tip;
    orders.push_back({orders_.name, rows_[index].slug, tip.is_zero() ? "" : tip.hex()});
  }
  auto ids = engine_.submit(room_, orders);
  if (!ids.ok()) note(ids.error().message);
  for (size_t n = 0; n < which.size(); ++n) {
    Sent& sent = sent_.at(which[n]);
    if (!ids.ok()) {
      // An engine that took jobs before is full, or away for a while: it is asked until it is back.
      if (!took_jobs_) again(which[n], ids.error().message);
      continue;
    }
    took_jobs_ = true;
    sent.id = (*ids)[n];
    sent.to_submit = sent.listed = false;
    sent.moved = now();
  }
}

std::set<std::string> Dispatcher::our_ids() const {
  std::set<std::string> ids;
  for (const auto& [index, sent] : sent_) {
    if (!sent.id.empty()) ids.insert(sent.id);
  }
  return ids;
}

void Dispatcher::look() {
  // The engine first: what it no longer has by now has left its last claim before we read it.
  auto alive = engine_.alive(room_, our_ids());
  if (!alive.ok()) note(alive.error().message);
  auto claims = claims_.fetch();
  if (!claims.ok()) return note(claims.error().message);
  std::vector<size_t> running;
  for (const auto& [index, sent] : sent_) running.push_back(index);
  for (size_t index : running) {
    auto claim = claims->find(rows_[index].slug);
    look_at(index, claim == claims->end() ? nullptr : &claim->second, alive);
  }
}

void Dispatcher::look_at(size_t index, const Claim* claim,
                         const Result<std::set<std::string>>& alive) {
  Sent& sent = sent_.at(index);
  sent.listed = sent.listed || (alive.ok() && alive.value().contains(sent.id));
  // One that ended without a run before this job was sent is what the job is to take.
  bool ours_to_take = claim != nullptr && claim->tip == sent.tip && claim->run.empty();
  if (claim != nullptr && claim->state == Claim::State::kEnded && !ours_to_take)
    return put_ended(index, *claim);
  if (sent.to_submit && claim != nullptr && claim->state == Claim::State::kHeld &&
      claim->tip != sent.tip) {
    // A job that was submitted without an answer has it, and nobody found that one gone: another
    // would get leave to take a claim that somebody works under.
    sent.to_submit = sent.listed = false;
    sent.id.clear();
  }
  bool gone = is_gone(sent, claim, alive);
  if (claim != nullptr && claim->tip != sent.tip) {
    sent.tip = claim->tip;
    sent.moved = now();
  }
  if (!gone) return;
  bool silent = claim == nullptr || claim->why.empty();
  again(index, silent ? fmt::format("its job {} is gone", sent.id) : claim->why);
}

/// Of a job that another process submitted, our engine may know nothing: its claim has to stand
/// still.
bool Dispatcher::is_gone(const Sent& sent, const Claim* claim,
                         const Result<std::set<std::string>>& alive) const {
  if (sent.to_submit) return false;
  bool still = (claim == nullptr ? sent.tip.is_zero() : claim->tip == sent.tip) &&
               now() - sent.moved > kLease;
  bool held = claim != nullptr && claim->state == Claim::State::kHeld;
  if (held && claim->job != sent.id) return still;
  if (!alive.ok()) return still;
  if (alive.value().contains(sent.id)) return false;
  return sent.listed || held || !engine_.lists_late || still;
}

void Dispatcher::again(size_t index, const std::string& why) {
  Sent& sent = sent_.at(index);
  sent.to_submit = true;
  if (++sent.tries < kTries) return;
  sent_.erase(index);
  put(index, State::kStopped, "stopped", why);
}

/// Until the engine has none of them any more: each says in its claim that nobody has it now.
void Dispatcher::cancel_all() {
  std::set<std::string> ids = our_ids();
  if (ids.empty()) return;
  note(fmt::format("cancelling {}", counted(ids.size(), "job")));
  auto cancelled = engine_.cancel(room_, ids);
  if (!cancelled.ok()) return note(cancelled.error().message);
  Stopwatch watch(context_.clock());
  while (watch.elapsed() < kEnding) {
    auto alive = engine_.alive(room_, ids);
    if (alive.ok() && alive->empty()) return;
    std::this_thread::sleep_for(kStep * 5);
  }
  note("some jobs are still ending");
}

Result<Report> Dispatcher::run(Milliseconds between) {
  Stopwatch watch(context_.clock());
  GF_TRY(take_up());
  while (!context_.cancel().requested()) {
    submit_what_may();
    if (sent_.empty()) break;
    Stopwatch pause(context_.clock());
    while (pause.elapsed() < between && !context_.cancel().requested())
      std::this_thread::sleep_for(std::min(kStep, between));
    if (!context_.cancel().requested()) look();
  }
  if (context_.cancel().requested()) cancel_all();
  std::vector<size_t> left;
  for (const auto& [index, sent] : sent_) left.push_back(index);
  for (size_t index : left) put(index, State::kStopped, "stopped", "its job was cancelled");
  Report report;
  report.name = orders_.name;
  report.wall = watch.elapsed();
  for (size_t i = 0; i < rows_.size(); ++i) {
    rows_[i].state = schedule_.state(i);
    say_if_not_run(rows_[i]);
  }
  report.rows = rows_;
  if (!context_.cancel().requested()) GF_TRY(bring_home(context_, orders_, remote_, report));
  return report;
}

/// The same requests from the same branch: two people submit one batch, and both see it through.
bool is_same_batch(const Orders& one, const Orders& other) {
  Orders a = one, b = other;
  b.begun = a.begun;
  b.base = a.base;
  b.at_once = a.at_once;
  b.runner = a.runner;
  b.share = a.share;
  return to_json(a) == to_json(b);
}

/// What the user set for all runs together: each job is a batch of one, by its machine's settings.
void say_what_bounds(const Settings& settings, const Listener& listener) {
  std::vector<std::string> set;
  for (const char* key : {"factory.batch.budgetUsd", "factory.batch.budgetTokens",
                          "factory.batch.budgetCalls", "factory.batch.budgetSeconds"}) {
    if (settings.text(key)) set.emplace_back(key);
  }
  if (set.empty() || !listener.on_note) return;
  listener.on_note(fmt::format(
      "{}: not for the batch on other machines; there it bounds each job by itself, as that "
      "machine is configured",
      join(set, ", ")));
}

}  // namespace

Result<void> check_for_runner(const Orders& orders) {
  const char* what = nullptr;
  if (orders.no_pr) what = "--no-pr";
  if (orders.serial_overlaps) what = "--serial-overlaps";
  if (!orders.budget.empty()) what = "--budget";
  if (what == nullptr) return Done{};
  return Error{
      Fault::kUsage,
      fmt::format("{} works on this machine alone, and not with --runner={}", what, orders.runner),
      {},
      orders.budget.empty() ? "leave it away"
                            : "give each request a budget of its own in the file"};
}

std::string url_for_jobs(const std::string& url) {
  size_t scheme = url.find("://");
  if (scheme == std::string::npos) return url;
  size_t host = scheme + 3, slash = std::min(url.find('/', host), url.size());
  size_t at = url.rfind('@', slash);
  if (at == std::string::npos || at < host) return url;
  // A name is what a server of ssh is asked as; for the web it may be a token.
  std::string name = url.substr(host, at - host);
  bool web = url.starts_with("http");
  name = web ? "" : name.substr(0, name.find(':')) + "@";
  return url.substr(0, host) + name + url.substr(at + 1);
}

Result<Report> dispatch_batch(session::Context& context, Orders orders, const Engine& engine,
                              const std::string& remote, const Settings& settings,
                              const Listener& listener) {
  GF_TRY(check_for_runner(orders));
  GF_ASSIGN(auto hold, session::Hold::take_batch(context, orders.name));
  auto url = context.repo.remote_url(remote);
  if (!url)
    return Error{
        Fault::kUser, fmt::format("'{}' has no address", remote), {}, "see 'git remote -v'"};
  GF_ASSIGN(auto there, published(context.git, context.repo, remote, orders.name));
  if (there) {
    if (!is_same_batch(orders, *there)) return is_there_already(orders.name);
    there->at_once = orders.at_once;
    there->runner = orders.runner;
    orders = std::move(*there);
  }
  GF_ASSIGN(auto base, context.repo.commit(orders.base));
  // Refuses a .gitfactory that nobody has said yes to, as each job would.
  GF_TRY(session::Config::load(context.repo, context.git, base.tree, context.setup.overrides));
  GF_ASSIGN(auto tracked, session::tracked_config(context.repo, base.tree));
  GF_ASSIGN(auto who, context.repo.identity(context.clock().now()));
  GF_TRY(keep(context.repo, who, orders));
  if (!there) {
    GF_ASSIGN(bool put, publish(context.git, context.repo, remote, orders));
    if (!put) return is_there_already(orders.name);
  }
  GF_ASSIGN(int64_t seconds, settings.number("factory.batch.pollSeconds", 10, 1, 3600));
  if (listener.on_begin) listener.on_begin(orders);
  if (!there) {
    GF_ASSIGN(there, published(context.git, context.repo, remote, orders.name));
    if (!there) return is_there_already(orders.name);
  }
  say_what_bounds(settings, listener);
  EngineRoom room{context, settings, url_for_jobs(*url), there->tip.hex(),
                  tracked ? tracked->hex() : ""};
  return Dispatcher(context, std::move(orders), engine, std::move(room), remote, listener)
      .run(std::chrono::seconds(seconds));
}

}  // namespace gf::batch
