// What is asked before anything is spent, and the push at the end.
#include <fmt/format.h>

#include <future>

#include "base/text.h"
#include "line/assignment.h"
#include "line/delivery.h"
#include "line/forge_place.h"
#include "line/journal.h"
#include "session/context.h"
#include "verify/verify.h"

namespace gf::line {
namespace {

/// A door there wants to see the record first (git-factory-verify(1)); it is not ended yet. Of one
/// that was taken up the door may know an earlier end: with questions, or with another change.
bool door_wants_record(const std::string& said, const record::RunRecord& run) {
  auto gives = [&](verify::Reason reason) {
    return said.find(verify::name_of(reason)) != std::string::npos;
  };
  bool earlier = gives(verify::Reason::kNoVerdict) || gives(verify::Reason::kDifferentChange);
  return gives(verify::Reason::kNoRecord) || (run.times_taken_up() > 0 && earlier);
}

/// Where a push would go that only asks; nothing is ever there.
constexpr const char* kAskedRef = "refs/heads/git-factory-asks";

}  // namespace

Result<void> Delivery::check() {
  if (assignment_.wishes.no_pr || assignment_.wishes.plan_only) return Done{};
  auto say = [this](const std::string& text) { journal_.tell("note", text); };
  // While the forge is asked; who is asked by a push anyway is not asked twice.
  constexpr auto kIfPossible = std::launch::async | std::launch::deferred;
  bool elsewhere = is_elsewhere();
  auto asked =
      std::async(kIfPossible, [&] { return elsewhere ? ask_to_push() : Result<void>(Done{}); });
  auto chosen = forge::choose_ready_forge(
      forge_place(context_, assignment_.config.settings(), assignment_.remote, say));
  auto let_in = asked.get();
  if (!chosen.ok()) return chosen.error();
  if (!chosen->instead.empty()) journal_.tell("warning", chosen->instead);
  forge_ = std::move(chosen->forge);
  bool pushes = forge_->takes_branches() || !forge_->keeps_here();
  if (!let_in.ok() && pushes && !forge_->asks_by_push()) return let_in.error();
  return Done{};
}

/// A folder may be one that is not there at all times.
bool Delivery::is_elsewhere() const {
  if (!assignment_.remote) return false;
  auto own = assignment_.config.find("remote." + *assignment_.remote + ".pushurl");
  std::string url = own ? *own : context_.repo.remote_url(*assignment_.remote).value_or("");
  size_t scheme = url.find("://");
  if (scheme != std::string::npos) return !url.starts_with("file://");
  return url.find(':') < url.find('/');  // "git@host:owner/name"
}

/// Whether the remote lets us push. Only what will be refused at the end,
/// too, is an Error; that nobody could be reached may be otherwise by then.
Result<void> Delivery::ask_to_push() const {
  auto asked = context_.git.ask_to_push(*assignment_.remote, assignment_.base.commit, kAskedRef);
  if (asked.ok() || asked.error().fault != Fault::kConfiguration) return Done{};
  Error error = asked.error().because_of(
      fmt::format("'{}' would refuse the push", printable(*assignment_.remote)));
  error.hint += "; without a pull request: --no-pr";
  return error;
}

/// What brings the record as it stands along with a push.
Result<std::vector<std::string>> Delivery::record_beside() const {
  GF_ASSIGN(auto evidence, journal_.active().evidence());
  return std::vector<std::string>{evidence.hex() + ":" + evidence_ref()};
}

Result<void> Delivery::push(const forge::PullRequest& request, forge::Forge& forge) {
  const record::RunRecord& run = journal_.run();
  const std::string& remote = *assignment_.remote;
  // Both in one trip, where that goes. What is wrong is found out and told on the long way; so is
  // whether a run that goes on has a request.
  bool alone = !forge.takes_branches();
  if (journal_.fresh() || alone) {
    auto opened = forge.open_with_branch(request, run.branch);
    if (!opened.ok() && door_wants_record(opened.error().detail, run)) {
      forge::PullRequest with_record = request;
      GF_ASSIGN(with_record.besides, record_beside());
      opened = forge.open_with_branch(with_record, run.branch);
      evidence_sent_ = opened.ok();
    }
    if (opened.ok()) opened_ = std::move(opened).value();
    if (opened_) return Done{};
    if (alone && !opened.ok()) return opened.error();
  }
  GF_TRY(context_.cancel().check());
  const record::Rework* rework = before();
  std::vector<std::string> besides;
  auto send = [&] {
    if (rework != nullptr)
      return context_.git.push_following(remote, rework->head, run.head, run.branch, besides);
    std::vector<std::string> specs = {run.branch + ":" + run.branch};
    specs.insert(specs.end(), besides.begin(), besides.end());
    return context_.git.push(remote, specs);
  };
  auto pushed = send();
  if (pushed.ok() && !pushed->pushed && door_wants_record(pushed->remote_text, run)) {
    GF_ASSIGN(besides, record_beside());
    pushed = send();
    evidence_sent_ = pushed.ok() && pushed->pushed;
  }
  if (pushed.ok() && pushed->pushed) return Done{};
  if (pushed.ok() && rework != nullptr && pushed->rejected) return overtaken(pushed->remote_text);
  Error error = pushed.ok() ? Error{Fault::kEnvironment,
                                    fmt::format("'{}' refused the push: {}", remote,
                                                clipped(pushed->remote_text, 400)),
                                    pushed->remote_text,
                                    {}}
                            : pushed.error().because_of(fmt::format("cannot push to '{}'", remote));
  std::string first = error.hint.empty() ? "" : error.hint + "; ";
  error.hint = fmt::format("{}the branch is kept here; go on with 'git factory resume {}'", first,
                           run.id.id8());
  return error;
}

}  // namespace gf::line
