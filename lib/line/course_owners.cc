// The way of a run whose findings go to their owners (Rules::kOwners).
#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <set>

#include "base/text.h"
#include "line/course_ends.h"
#include "stage/stage.h"

namespace gf::line {
namespace {

using stage::Claim;
using stage::Finding;
using stage::FindingKind;
using stage::Owner;

std::string stage_of(const Finding& finding) { return std::string(stage::name_of(finding.owner)); }

size_t place_in_line(std::string_view name) {
  auto all = stage::all_stages();
  return static_cast<size_t>(
      std::find_if(all.begin(), all.end(), [&](const auto& row) { return row.name == name; }) -
      all.begin());
}

/// Is it for PLAN to change the spec, and not only to give its answer again?
bool asks_for_revision(const Finding& finding) {
  return finding.kind == FindingKind::kMissing || finding.kind == FindingKind::kScope;
}

/// Did nothing of the attempt count, so that what it was to mend is still to be mended?
bool undone(const std::string& stage, const std::vector<Finding>& found) {
  return std::any_of(found.begin(), found.end(), [&](const Finding& finding) {
    return stage_of(finding) == stage && stage::leaves_work_undone(finding.kind);
  });
}

/// A person decides: the run waits with what each side says.
Next asked_of_user(const std::string& stage, const stage::Judgement& judgement, Limit limit,
                   std::string reason, std::vector<std::string> questions) {
  Next next = ended_by(stage, judgement, record::RunStatus::kNeedsAnswers, std::move(reason));
  next.failure = record::FailureClass::kNone;
  next.questions = std::move(questions);
  next.limit = limit;
  return next;
}

/// What a claim makes of its finding; REVIEW hears nothing that another model says (P7).
Finding sent_on(Finding finding, const std::string& stage, const Claim& claim) {
  finding.owner = claim.whose;
  finding.disputed = true;
  finding.text += claim.whose == Owner::kReview
                      ? " (it is disputed: judge it again)"
                      : fmt::format(" ({} says that this is not its own: {})", stage, claim.why);
  if (claim.whose == Owner::kPlan) finding.kind = FindingKind::kMissing;
  return finding;
}

/// Rule 10. A thing that was sent on once already is not sent to and fro.
bool is_contested(const Finding& finding, const Claim& claim) {
  bool by_model = claim.whose == Owner::kBuild || claim.whose == Owner::kTest;
  return finding.kind == FindingKind::kAsked && (!by_model || finding.disputed);
}

Finding refused(Finding finding, const Claim& claim) {
  finding.text += fmt::format(" (this is yours: {} may not change {})", stage::name_of(claim.whose),
                              finding.path.empty() ? "it" : "'" + finding.path + "'");
  finding.refused = true;
  return finding;
}

/// What a judge that names no findings says: all of it is for the stage that it names.
std::vector<Finding> findings_of(const std::string& stage, const stage::Judgement& judgement) {
  if (!judgement.findings.empty() || !judgement.claims.empty()) return judgement.findings;
  std::vector<Finding> all;
  for (const std::string& line : judgement.feedback) {
    Finding finding = stage::finding_of(FindingKind::kForm, line);
    finding.owner = stage::owner_named(judgement.back_to.empty() ? stage : judgement.back_to);
    all.push_back(std::move(finding));
  }
  return all;
}

}  // namespace

Next Course::by_owner(const std::string& stage, const stage::Judgement& judgement) {
  bool passed = judgement.kind == stage::Judgement::Kind::kPass;
  Findings mine = std::exchange(pending_[stage], {});
  if (passed) return onward(stage, judgement);
  Findings found = findings_of(stage, judgement);
  if (std::optional<Next> end = settle(stage, judgement, mine, found)) return *end;
  contest_what_is_missing(stage, mine, found);
  for (const Finding& finding : found) {
    if (finding.owner != Owner::kUser) continue;
    Next next = ended_by(stage, judgement, record::RunStatus::kRunning, finding.text);
    next.failure = record::FailureClass::kConfiguration;
    next.blocked = true;
    return next;
  }
  Findings missing, others;
  std::partition_copy(found.begin(), found.end(), std::back_inserter(missing),
                      std::back_inserter(others), asks_for_revision);
  if (undone(stage, others) || !missing.empty()) {
    pending_[stage] = mine;
  } else {
    notes_.erase(stage);
  }
  if (std::optional<Next> end = limited(stage, judgement, found)) return *end;
  for (const Finding& finding : others) {
    Findings& theirs = pending_[stage_of(finding)];
    auto same = [&](const Finding& known) { return known.text == finding.text; };
    if (std::none_of(theirs.begin(), theirs.end(), same)) theirs.push_back(finding);
  }
  if (!missing.empty()) return revise(stage, judgement, std::move(missing));
  Next next;
  if (others.empty() && !contested_.empty()) {
    next.stage = follower(stage);
    return next;
  }
  next.stage = others.empty() ? stage : stage_of(others.front());
  for (const Finding& finding : others) {
    if (place_in_line(stage_of(finding)) < place_in_line(next.stage))
      next.stage = stage_of(finding);
  }
  // What a later stage has to mend waits for it; the line goes there by its own steps.
  bool later = !judgement.claims.empty() && place_in_line(next.stage) > place_in_line(stage);
  if (later) next.stage = follower(stage);
  return next;
}

Next Course::onward(const std::string& stage, const stage::Judgement& judgement) {
  notes_.erase(stage);
  if (stage == first() && plan_only_) return ended(record::RunStatus::kPlanned);
  Next next;
  if (stage == first() && revision_) {
    next.stage = revision_->by == "scout" ? "scout" : "build";
    // TEST's tests may have to follow as well, where there are some.
    for (const std::string& owner : {next.stage, std::string("test")}) {
      if (owner == next.stage || attempts_.contains(owner)) notes_[owner] = judgement.feedback;
    }
    revision_.reset();
    return next;
  }
  next.stage = follower(stage);
  return next.stage.empty() ? ended(record::RunStatus::kDelivered) : next;
}

std::optional<Next> Course::settle(const std::string& stage, const stage::Judgement& judgement,
                                   const Findings& mine, Findings& found) {
  for (const Claim& claim : judgement.claims) {
    if (claim.finding < 1 || claim.finding > mine.size()) {
      Finding none = stage::finding_of(FindingKind::kForm,
                                       fmt::format("there is no finding {}", claim.finding));
      none.owner = stage::owner_named(stage);
      found.push_back(std::move(none));
      continue;
    }
    const Finding& finding = mine[claim.finding - 1];
    if (is_contested(finding, claim)) {
      contested_.push_back({join(finding.about, ""), stage, claim.why});
      continue;
    }
    bool can = std::find(finding.menders.begin(), finding.menders.end(), claim.whose) !=
               finding.menders.end();
    if (!can || stage::name_of(claim.whose) == stage) {
      if (finding.refused && rules_ >= Rules::kStoppedOnBase) {
        std::string text = sent_on(finding, stage, claim).text;
        return asked_of_user(stage, judgement, Limit::kViews,
                             fmt::format("{} says twice that it is not its own: {}", stage, text),
                             {text});
      }
      found.push_back(refused(finding, claim));
      continue;
    }
    Finding on = sent_on(finding, stage, claim);
    if (finding.disputed || claim.whose == Owner::kUser) {
      return asked_of_user(stage, judgement, Limit::kViews,
                           "nobody takes it for his own: " + on.text, {on.text});
    }
    found.push_back(std::move(on));
  }
  return std::nullopt;
}

std::string Course::was_run(const std::string& stage, int times, const std::string& reason) const {
  bool once = times == 1 && rules_ >= Rules::kShownWhole;
  return once ? fmt::format("{} was run once: {}", stage, reason)
              : fmt::format("{} was run {} times: {}", stage, times, reason);
}

/// What a reviewer asks changes no spec: what it lacks for that is his to hear.
void Course::contest_what_is_missing(const std::string& stage, const Findings& mine,
                                     Findings& found) {
  auto missing = std::find_if(found.begin(), found.end(), asks_for_revision);
  if (missing == found.end()) return;
  bool any = false;
  for (const Finding& finding : mine) {
    if (finding.kind != FindingKind::kAsked) continue;
    contested_.push_back({join(finding.about, ""), stage, missing->text});
    any = true;
  }
  if (any) std::erase_if(found, asks_for_revision);
}

Next Course::revise(const std::string& stage, const stage::Judgement& judgement, Findings missing) {
  std::vector<std::string> questions;
  for (const Finding& finding : missing) questions.push_back(finding.text);
  if (spec_given_ || revisions_ >= kRevisionLimit) {
    std::string reason = "the spec does not say: " + join(questions, "; ");
    return asked_of_user(stage, judgement, Limit::kRevisions, std::move(reason),
                         std::move(questions));
  }
  ++revisions_;
  revision_ = stage::Revision{stage, std::move(missing)};
  Next next;
  next.stage = first();
  return next;
}

std::optional<Next> Course::limited(const std::string& stage, const stage::Judgement& judgement,
                                    const Findings& found) {
  using record::RunStatus;
  bool rejects = stage == "review" && judgement.kind == stage::Judgement::Kind::kBack;
  if (rejects && ++rejections_ >= kRejectionLimit) {
    Next next = ended_by(stage, judgement, RunStatus::kRejected, judgement.reason);
    next.limit = Limit::kRejections;
    return next;
  }
  Next next = ended_by(stage, judgement, RunStatus::kFailed, {});
  if (next.failure == record::FailureClass::kNone)
    next.failure = record::FailureClass::kDeterministic;
  int same = ++same_failure_[stage + "\x1f" + join(judgement.feedback, "\n")];
  if (same >= kSameFailureLimit) {
    next.limit = Limit::kSame;
    next.reason =
        fmt::format("{} failed {} times in the same way: {}", stage, same, judgement.reason);
    return next;
  }
  std::set<std::string> targets;
  for (const Finding& finding : found) {
    if (!asks_for_revision(finding)) targets.insert(stage_of(finding));
  }
  for (const std::string& target : targets) {
    int sent = ++sent_back_[target];
    if (sent <= retries_.of(target)) continue;
    next.limit = Limit::kRetries;
    next.reason = was_run(target, sent, judgement.reason);
    return next;
  }
  return std::nullopt;
}

Next Course::take_up(const std::vector<stage::Finding>& asked) {
  sent_back_.clear();
  same_failure_.clear();
  rejections_ = revisions_ = 0;
  contested_.clear();
  Next next;
  for (const Finding& finding : asked) {
    std::string owner = stage_of(finding);
    if (rules_ < Rules::kOwners) {
      feedback_[owner].push_back(finding.text);
    } else {
      pending_[owner].push_back(finding);
    }
    if (next.stage.empty() || place_in_line(owner) < place_in_line(next.stage)) next.stage = owner;
  }
  return next;
}

bool Course::asked(std::string_view stage) const {
  auto mine = pending_.find(stage);
  return mine != pending_.end() &&
         std::any_of(mine->second.begin(), mine->second.end(),
                     [](const Finding& finding) { return finding.kind == FindingKind::kAsked; });
}

bool Course::nothing_to_mend() const {
  return std::all_of(pending_.begin(), pending_.end(),
                     [](const auto& one) { return one.second.empty(); });
}

}  // namespace gf::line
