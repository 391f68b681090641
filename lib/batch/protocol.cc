#include "batch/protocol.h"

#include <fmt/format.h>

namespace gf::batch {
namespace {

constexpr const char* kFailed = "failed";

/// It failed before it came to a run, and whoever asks for it again may have it.
bool came_to_nothing(const Claim& claim) {
  return claim.state == Claim::State::kEnded && claim.run.empty() && claim.head.is_zero();
}

enum class Pulse { kAlive, kGone, kUnknown };

Pulse pulse_of(const std::string& id, const Looked& looked) {
  if (id.empty() || looked.unknown.contains(id)) return Pulse::kUnknown;
  return looked.alive.contains(id) ? Pulse::kAlive : Pulse::kGone;
}

Next gone(Watch& watch, Next how) {
  watch.to_submit = true;
  watch.listed = false;
  watch.id.clear();
  return how;
}

}  // namespace

Next look_at(Watch& watch, const Claim* claim, const Looked& looked, Milliseconds since,
             bool lists_late) {
  Oid tip = claim == nullptr ? Oid() : claim->tip;
  bool moved = tip != watch.tip;
  // One that came to nothing before this job was sent is what the job is to take.
  bool to_take = claim != nullptr && came_to_nothing(*claim) && !moved;
  if (claim != nullptr && claim->state == Claim::State::kEnded && !to_take) return Next::kTaken;
  watch.still = moved ? Milliseconds(0) : watch.still + since;
  watch.tip = tip;
  watch.claimant = claim == nullptr ? std::string() : claim->job;
  bool held = claim != nullptr && claim->is_held();
  if (watch.to_submit) {
    // A job that was submitted without an answer has it. Another one would get leave to take what
    // somebody works under.
    if (held && moved) watch.to_submit = watch.listed = false;
    return Next::kWait;
  }
  if (looked.alive.contains(watch.id) || looked.over.contains(watch.id)) watch.listed = true;
  bool waited = watch.still > kLease;
  if (held && claim->job != watch.id) {
    if (!looked.alive.contains(claim->job))
      return waited ? gone(watch, Next::kWaited) : Next::kWait;
    watch.id = claim->job;
    watch.listed = true;
    return Next::kWait;
  }
  if (watch.id.empty()) return gone(watch, Next::kAnew);
  switch (pulse_of(watch.id, looked)) {
    case Pulse::kAlive:
      return Next::kWait;
    case Pulse::kUnknown:
      return held && waited ? gone(watch, Next::kWaited) : Next::kWait;
    case Pulse::kGone:
      break;
  }
  bool listed = watch.listed || held || !lists_late || waited;
  return listed ? gone(watch, Next::kAnew) : Next::kWait;
}

bool may_take(const Claim& there, const Bid& bid) {
  bool named = !bid.in_place_of.is_zero() && there.tip == bid.in_place_of;
  switch (there.state) {
    case Claim::State::kReleased:
      return true;
    case Claim::State::kEnded:
      return came_to_nothing(there) && named;
    case Claim::State::kHeld:
      return named || (!bid.job.empty() && there.job == bid.job);
  }
  return false;
}

Steps::Steps(Claims& claims, Bid bid, Work& work)
    : claims_(claims), bid_(std::move(bid)), work_(work) {}

void Steps::lose() {
  ours_ = false;
  at_ = At::kOver;
}

void Steps::break_off(const Error& error) {
  broke_off_ = error;
  ending_ = Ending();
  ending_.why = error.message;
  at_ = At::kTell;
}

Result<void> Steps::step() {
  switch (at_) {
    case At::kTake:
      return take();
    case At::kLook:
      return look();
    case At::kRun:
      run();
      return Done{};
    case At::kHome:
      bring_home();
      return Done{};
    case At::kTell:
      return tell();
    case At::kOver:
      break;
  }
  return Done{};
}

Result<void> Steps::take() {
  at_ = At::kOver;
  GF_ASSIGN(before_, claims_.fetch(bid_.slug));
  if (before_ && !may_take(*before_, bid_)) return Done{};
  if (before_) {
    claim_.tip = before_->tip;
    claim_.beat = before_->beat + 1;
    // What was sent stays told, whoever dies next.
    claim_.head = before_->head;
    claim_.branch = before_->head.is_zero() ? "" : before_->branch;
    claim_.together = before_->together;
    if (!before_->head.is_zero()) claim_.run = before_->run;
  }
  claim_.job = bid_.job;
  claim_.host = bid_.host;
  claim_.holder = bid_.holder;
  GF_ASSIGN(ours_, claims_.put(bid_.slug, claim_));
  if (ours_) at_ = At::kLook;
  return Done{};
}

/// A run that was delivered is not made again: where another job of this request sent its branch
/// and died, that is what became of it.
Result<void> Steps::look() {
  auto known = work_.look();
  if (!known.ok()) {
    break_off(known.error());
    return Done{};
  }
  if (known->ending) {
    ending_ = *known->ending;
    at_ = At::kHome;
    return Done{};
  }
  at_ = At::kRun;
  if (!before_ || before_->head.is_zero()) return Done{};
  // What was sent is of a run that goes on here. Any other run here came to nothing by that.
  if (!known->goes_on.empty() && known->goes_on == before_->run) return Done{};
  Result<bool> sent =
      before_->together ? Result<bool>(true) : work_.is_delivered(before_->branch, before_->head);
  if (!sent.ok()) {
    break_off(sent.error());
    return Done{};
  }
  if (!*sent) return Done{};
  ending_.ended = true;
  ending_.status = "delivered";
  ending_.run = before_->run;
  ending_.branch = before_->branch;
  ending_.why = fmt::format(
      "its job ended behind the push; the record is on '{}', and its pull request may be missing",
      before_->host);
  at_ = At::kTell;
  return Done{};
}

void Steps::run() {
  auto ending = work_.run();
  if (!ending.ok()) return break_off(ending.error());
  ending_ = *std::move(ending);
  at_ = ending_.ended && !ending_.run.empty() ? At::kHome : At::kTell;
}

/// The record is on the remote before the claim says that it ended. Where it cannot be sent, the
/// claim says so: an ended run is nobody's to begin again.
void Steps::bring_home() {
  auto sent = work_.send_home();
  if (sent.ok()) {
    failures_ = 0;
    at_ = At::kTell;
    return;
  }
  if (work_.wait_for_another_try(++failures_)) return;
  home_ = false;
  failures_ = 0;
  std::string lost =
      fmt::format("its record is on '{}' alone: {}", bid_.host, sent.error().message);
  ending_.why = ending_.why.empty() ? lost : ending_.why + "; " + lost;
  at_ = At::kTell;
}

Result<void> Steps::tell() {
  Claim updated = claim_;
  updated.state = ending_.ended ? Claim::State::kEnded : Claim::State::kReleased;
  updated.status = !ending_.ended ? "" : ending_.status.empty() ? kFailed : ending_.status;
  updated.why = ending_.why;
  if (!ending_.run.empty()) updated.run = ending_.run;
  if (!ending_.branch.empty()) updated.branch = ending_.branch;
  auto put = claims_.put(bid_.slug, updated);
  if (!put.ok()) {
    if (work_.wait_for_another_try(++failures_)) return Done{};
    at_ = At::kOver;
    return put.error();
  }
  claim_ = std::move(updated);
  ours_ = *put;
  at_ = At::kOver;
  return Done{};
}

}  // namespace gf::batch
