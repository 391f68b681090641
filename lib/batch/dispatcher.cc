#include "batch/dispatcher.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"

namespace gf::batch {
namespace {

/// A request whose job went away without a word gets another one so often; then it is for a person
/// to look at, and --resume goes on.
constexpr int kTries = 3;
constexpr size_t kAtATime = 500;              // an array of Slurm has 1000 tasks as it is delivered
constexpr Milliseconds kJustStopped{300000};  ///< by then no job still ends for an earlier stop
constexpr Milliseconds kEnding{120000};  ///< what cancelled jobs get to write down where they were
/// The most that one look adds to how long a claim stood still: what comes in one leap (a machine
/// that slept, looks an hour apart) says little about whether a job beats.
constexpr Milliseconds kLeap = std::chrono::duration_cast<Milliseconds>(kLease) / 3;

}  // namespace

Dispatcher::Dispatcher(session::Context& context, const Orders& orders, const Engine& engine,
                       const EngineRoom& room, const std::string& remote, const Listener& listener)
    : context_(context),
      orders_(orders),
      engine_(engine),
      room_(room),
      listener_(listener),
      claims_(context, remote, orders.name),
      schedule_(orders.entries, orders.at_once),
      rows_(orders.entries.size()) {
  for (size_t i = 0; i < rows_.size(); ++i) rows_[i].slug = orders.entries[i].slug;
}

void Dispatcher::note(const std::string& text) {
  if (listener_.on_note && text != noted_) listener_.on_note(printable(text));
  noted_ = text;
}

void Dispatcher::put(size_t index, State state, const std::string& outcome,
                     const std::string& why) {
  sent_.erase(index);
  schedule_.put(index, state);
  rows_[index].outcome = outcome;
  rows_[index].why = why;
  if (listener_.on_state) listener_.on_state(index, state, printable(why.empty() ? outcome : why));
}

void Dispatcher::put_ended(size_t index, const Claim& claim) {
  rows_[index].run = claim.run;
  rows_[index].branch = claim.branch;
  if (auto sent = sent_.find(index); sent != sent_.end())
    rows_[index].took = now() - sent->second.began;
  put(index, claim.is_delivered() ? State::kDelivered : State::kNotDelivered, claim.status,
      claim.why);
}

void Dispatcher::begin(size_t index) {
  Sent& sent = sent_[index];
  sent.began = now();
  sent.place = index;
  if (listener_.on_state) listener_.on_state(index, State::kRunning, {});
}

Result<void> Dispatcher::take_up() {
  GF_ASSIGN(auto seen, claims_.fetch());
  seen_at_ = now();
  for (size_t i = 0; i < rows_.size(); ++i) {
    if (auto bad = seen.unreadable.find(rows_[i].slug); bad != seen.unreadable.end()) {
      put(i, State::kStopped, "stopped", bad->second);
      continue;
    }
    auto found = seen.claims.find(rows_[i].slug);
    if (found == seen.claims.end()) continue;
    const Claim& claim = found->second;
    took_jobs_ = true;
    bool has_ended = claim.state == Claim::State::kEnded;
    if (has_ended && (!claim.run.empty() || claim.is_delivered())) {
      put_ended(i, claim);
      continue;
    }
    schedule_.put(i, State::kRunning);
    begin(i);
    sent_[i].from_before = true;
    Watch& watch = sent_[i].watch;
    watch.tip = claim.tip;
    watch.claimant = claim.job;
    watch.to_submit = !claim.is_held();
  }
  return Done{};
}

void Dispatcher::submit() {
  while (auto next = schedule_.take()) begin(*next);
  std::vector<size_t> which;
  for (const auto& [index, sent] : sent_) {
    if (sent.watch.to_submit) which.push_back(index);
  }
  for (size_t from = 0; from < which.size(); from += kAtATime) {
    auto first = which.begin() + static_cast<std::ptrdiff_t>(from);
    submit_some(
        {first, first + static_cast<std::ptrdiff_t>(std::min(kAtATime, which.size() - from))});
  }
}

/// An answer that was lost may have started jobs all the same: they claim what they find unclaimed,
/// and those of the next try find that out.
void Dispatcher::submit_some(const std::vector<size_t>& which) {
  std::vector<Order> orders;
  for (size_t index : which) {
    const Sent& sent = sent_.at(index);
    const Oid& tip = sent.watch.tip;
    // Once: a machine on which jobs die is not asked for ever.
    bool there = !tip.is_zero() && !sent.elsewhere && sent.tries <= 1;
    orders.push_back({orders_.name, rows_[index].slug, tip.is_zero() ? "" : tip.hex(), sent.place,
                      there ? sent.watch.claimant : ""});
  }
  Submitted done = engine_.submit(room_, orders);
  done.ids.resize(which.size());
  if (!done.why.empty()) note(done.why);
  for (const auto& id : done.ids) took_jobs_ = took_jobs_ || id.has_value();
  for (size_t n = 0; n < which.size(); ++n) {
    Sent& sent = sent_.at(which[n]);
    if (!done.ids[n]) {
      if (!done.goes_by) refused(which[n], done.why);
      continue;
    }
    sent.watch.id = *done.ids[n];
    sent.watch.to_submit = sent.watch.listed = false;
    sent.watch.still = Milliseconds(0);
    sent.from_before = done.found.contains(sent.watch.id);
  }
}

/// An engine that took jobs before is full, or away for a while: it is asked until it is back. One
/// that never took any is not set up as it should be.
void Dispatcher::refused(size_t index, const std::string& why) {
  Sent& sent = sent_.at(index);
  ++sent.place;
  sent.elsewhere = true;
  if (took_jobs_ || ++sent.refusals < kTries) return;
  put(index, State::kStopped, "stopped", why);
}

std::set<std::string> Dispatcher::ids() const {
  std::set<std::string> ids;
  for (const auto& [index, sent] : sent_) {
    for (const std::string& id : {sent.watch.id, sent.watch.claimant}) {
      if (!id.empty()) ids.insert(id);
    }
  }
  return ids;
}

void Dispatcher::look() {
  // The engine first: what it no longer has by now has left its last claim before we read it.
  Looked looked = engine_.look(room_, ids());
  if (!looked.why.empty()) note(looked.why);
  if (!looked.note.empty()) note(looked.note);
  auto seen = claims_.fetch();
  if (!seen.ok()) {
    seen_at_.reset();
    return note(seen.error().message);
  }
  Milliseconds since = seen_at_ ? std::min(now() - *seen_at_, kLeap) : Milliseconds(0);
  bool outage = !seen_at_;
  seen_at_ = now();
  std::vector<size_t> running;
  for (auto& [index, sent] : sent_) {
    if (outage) sent.watch.still = Milliseconds(0);
    running.push_back(index);
  }
  for (size_t index : running) look_at_one(index, *seen, looked, since);
}

void Dispatcher::look_at_one(size_t index, const Seen& seen, const Looked& looked,
                             Milliseconds since) {
  const std::string& slug = rows_[index].slug;
  if (auto bad = seen.unreadable.find(slug); bad != seen.unreadable.end())
    return put(index, State::kStopped, "stopped", bad->second);
  auto found = seen.claims.find(slug);
  const Claim* claim = found == seen.claims.end() ? nullptr : &found->second;
  Watch& watch = sent_.at(index).watch;
  std::string id = watch.id;
  switch (batch::look_at(watch, claim, looked, since, engine_.lists_late())) {
    case Next::kTaken:
      return put_ended(index, *claim);
    case Next::kAnew:
      if (auto off = looked.called_off.find(id);
          off != looked.called_off.end() && !is_of_our_stop(index, id, looked))
        return put(index, State::kStopped, "stopped", off->second);
      return again(index, claim == nullptr || claim->why.empty()
                              ? fmt::format("its job {} is gone", id)
                              : claim->why);
    case Next::kWaited:
      return note(fmt::format("'{}': its claim stood still for {} minutes, and it gets another job",
                              slug,
                              std::chrono::duration_cast<std::chrono::minutes>(kLease).count()));
    case Next::kWait:
      return;
  }
}

/// Whether a command before this one, which was stopped, may have cancelled the job: it was just
/// ending when this one began.
bool Dispatcher::is_of_our_stop(size_t index, const std::string& id, const Looked& looked) const {
  const Sent& sent = sent_.at(index);
  return sent.from_before && looked.cancelled.contains(id) && now() - sent.began < kJustStopped;
}

void Dispatcher::again(size_t index, const std::string& why) {
  Sent& sent = sent_.at(index);
  ++sent.place;
  if (++sent.tries >= kTries) put(index, State::kStopped, "stopped", why);
}

void Dispatcher::cancel() {
  if (sent_.empty()) return;
  std::set<std::string> all = ids();
  const Looked before = engine_.look(room_, all);
  note(fmt::format("cancelling {}", counted(sent_.size(), "job")));
  auto cancelled = engine_.cancel(room_, all);
  if (!cancelled.ok()) note(cancelled.error().message);
  Stopwatch watch(context_.clock());
  for (const std::string& id : before.others) all.erase(id);
  Looked looked = engine_.look(room_, all);
  const Cancel never;
  while (!looked.alive.empty() && watch.elapsed() < kEnding) {
    if (!context_.clock().wait(engine_.between_looks(), never).ok()) break;
    looked = engine_.look(room_, all);
  }
  if (!looked.alive.empty()) note("some jobs are still ending");
  std::vector<std::pair<size_t, Watch>> left;
  for (const auto& [index, sent] : sent_) left.emplace_back(index, sent.watch);
  for (const auto& [index, one] : left) {
    std::string why = "its job was cancelled";
    bool others = !one.claimant.empty() && one.claimant != one.id && !one.to_submit &&
                  !before.alive.contains(one.claimant);
    const std::string& other = others ? one.claimant : one.id;
    if (others || before.others.contains(one.id))
      why = fmt::format("job {} is not ours to cancel, and may go on", other);
    if (looked.unknown.contains(one.id))
      why = fmt::format("job {} could not be asked to end", one.id);
    if (one.to_submit) why = "it had no job";
    put(index, State::kStopped, "stopped", why);
  }
}

Report Dispatcher::report() const {
  Report report;
  report.name = orders_.name;
  report.rows = rows_;
  for (size_t i = 0; i < rows_.size(); ++i) {
    report.rows[i].state = schedule_.state(i);
    say_if_not_run(report.rows[i]);
  }
  return report;
}

}  // namespace gf::batch
