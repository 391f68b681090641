// Where the line goes after a step: which stage comes next, what it is told, and which limit ends a
// run. Pure: it reads judgements and nothing else, so that every branch can be tested without a
// repository, a model or a tool.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "record/run.h"
#include "stage/rules.h"

namespace gf::stage {
struct Judgement;
}  // namespace gf::stage

namespace gf::line {

using stage::kNewestRules;
using stage::Rules;
/// PLAN is told the file's categories, BUILD writes what no rule can, and REVIEW sees the entry.
inline bool changelog_is_seen(Rules rules) { return rules > Rules::kTestsValidated; }

/// How often a stage may run again, by name; what is not there has `general`.
struct Retries {
  int64_t general = 3;
  std::map<std::string, int64_t, std::less<>> of_stage;
  [[nodiscard]] int64_t of(std::string_view stage) const;
};

/// What ended a run, beside a stage that said so itself.
enum class Limit {
  kNone,
  kRetries,    ///< a stage was sent back more often than its retries allow
  kSame,       ///< the same failure of the same stage for the third time (DESIGN 2)
  kRejections  ///< REVIEW rejected a second time
};

/// What follows a step: a stage, or the end of the run.
struct Next {
  std::string stage;  ///< empty: the run ends, and the rest says how
  record::RunStatus status = record::RunStatus::kRunning;
  record::FailureClass failure = record::FailureClass::kNone;
  std::string failed_stage, reason;
  std::vector<std::string> questions;  ///< of a request that does not compile
  Limit limit = Limit::kNone;
};

/// The way of one run through the stages. What it is told are judgements, in the order in which
/// steps were done; the same judgements give the same way (P3, P4).
///
/// 1. After a pass comes the next stage of the list; after the last one, or after PLAN when only a
///    plan is wanted, the run has ended well.
/// 2. After a failure comes the stage that is named to mend it, with the whole feedback.
/// 3. Feedback is for the next attempt of its stage alone.
/// 4. A failure is the same when its stage and its whole feedback are, cut or not where it is
/// shown.
class Course {
 public:
  Course(Rules rules, Retries retries, bool plan_only);

  [[nodiscard]] static std::string first() { return "plan"; }
  /// Begins an attempt of `stage`; answers its number, from 1.
  int begin(const std::string& stage);
  /// What `stage` has to mend, newest failure only; at most 60 lines, for it is shown to a model.
  [[nodiscard]] std::vector<std::string> feedback(std::string_view stage) const;
  Next after(const std::string& stage, const stage::Judgement& judgement);

 private:
  [[nodiscard]] std::string follower(const std::string& stage) const;
  Next again(const std::string& stage, const stage::Judgement& judgement);

  Rules rules_;
  Retries retries_;
  bool plan_only_;
  std::map<std::string, int> attempts_;
  std::map<std::string, int> sent_back_;  ///< how often a stage had to run again
  std::map<std::string, int> same_failure_;
  std::map<std::string, std::vector<std::string>, std::less<>> feedback_;
  int rejections_ = 0;
};

}  // namespace gf::line
