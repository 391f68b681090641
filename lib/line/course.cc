// Older rules know stages only; newer ones know who owns a finding (by_owner). Both end in the same
// limits, in this order: rejections, the same failure again, retries.
#include "line/course.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "line/course_ends.h"
#include "stage/stage.h"

namespace gf::line {
namespace {

using Kind = stage::Judgement::Kind;

constexpr size_t kFeedbackShown = 60;

}  // namespace

Next ended(record::RunStatus status) {
  Next next;
  next.status = status;
  return next;
}

Next ended_by(const std::string& stage, const stage::Judgement& judgement, record::RunStatus status,
              std::string reason) {
  Next next = ended(status);
  next.failed_stage = stage;
  next.failure = judgement.failure;
  next.reason = std::move(reason);
  return next;
}

int64_t Retries::of(std::string_view stage) const {
  auto found = of_stage.find(stage);
  return found == of_stage.end() ? general : found->second;
}

Course::Course(Rules rules, Retries retries, bool plan_only, bool spec_given)
    : rules_(rules), retries_(std::move(retries)), plan_only_(plan_only), spec_given_(spec_given) {}

int Course::begin(const std::string& stage) { return ++attempts_[stage]; }

std::vector<std::string> Course::feedback(std::string_view stage) const {
  std::vector<std::string> shown;
  if (auto found = feedback_.find(stage); found != feedback_.end()) shown = found->second;
  if (auto mine = pending_.find(stage); mine != pending_.end()) {
    for (const stage::Finding& finding : mine->second) shown.push_back(finding.text);
  }
  if (auto notes = notes_.find(stage); notes != notes_.end())
    shown.insert(shown.end(), notes->second.begin(), notes->second.end());
  if (shown.size() > kFeedbackShown) shown.resize(kFeedbackShown);
  return shown;
}

std::string Course::follower(const std::string& stage) const {
  auto all = stage::all_stages();
  auto at =
      std::find_if(all.begin(), all.end(), [&](const auto& row) { return row.name == stage; });
  if (at == all.end()) return {};
  for (++at; at != all.end(); ++at) {
    if (rules_ == Rules::kFirst && at->name == "validate-tests") continue;
    return std::string(at->name);
  }
  return {};
}

Next Course::after(const std::string& stage, const stage::Judgement& judgement) {
  bool stopped = judgement.kind == Kind::kQuestions ||
                 (judgement.kind == Kind::kStop && judgement.findings.empty());
  if (rules_ >= Rules::kOwners && !stopped) return by_owner(stage, judgement);
  switch (judgement.kind) {
    case Kind::kPass: {
      feedback_.erase(stage);
      if (stage == first() && plan_only_) return ended(record::RunStatus::kPlanned);
      Next next;
      next.stage = follower(stage);
      return next.stage.empty() ? ended(record::RunStatus::kDelivered) : next;
    }
    case Kind::kQuestions: {
      Next next = ended_by(stage, judgement, record::RunStatus::kNeedsAnswers, judgement.reason);
      next.failure = record::FailureClass::kNone;
      next.questions = judgement.feedback;
      next.likeliest = judgement.likeliest;
      return next;
    }
    case Kind::kStop:
      return ended_by(stage, judgement,
                      stage == "review" ? record::RunStatus::kRejected : record::RunStatus::kFailed,
                      judgement.reason);
    case Kind::kAgain:
    case Kind::kBack:
      break;
  }
  if (stage == "review" && judgement.kind == Kind::kBack && ++rejections_ >= kRejectionLimit) {
    Next next = ended_by(stage, judgement, record::RunStatus::kRejected, judgement.reason);
    next.limit = Limit::kRejections;
    return next;
  }
  return again(stage, judgement);
}

/// A failure that may be mended: to whoever can, within the budget and the breaker.
Next Course::again(const std::string& stage, const stage::Judgement& judgement) {
  bool back = judgement.kind == Kind::kBack;
  const std::string& target = back ? judgement.back_to : stage;
  if (back) feedback_.erase(stage);
  feedback_[target] = judgement.feedback;
  int same = ++same_failure_[stage + "\x1f" + join(judgement.feedback, "\n")];
  Next next = ended_by(stage, judgement, record::RunStatus::kFailed, {});
  if (next.failure == record::FailureClass::kNone)
    next.failure = record::FailureClass::kDeterministic;
  if (same >= kSameFailureLimit) {
    next.limit = Limit::kSame;
    next.reason =
        fmt::format("{} failed {} times in the same way: {}", stage, same, judgement.reason);
    return next;
  }
  int sent = ++sent_back_[target];
  if (sent > retries_.of(target)) {
    next.limit = Limit::kRetries;
    next.reason = was_run(target, sent, judgement.reason);
    return next;
  }
  next = Next();
  next.stage = target;
  return next;
}

}  // namespace gf::line
