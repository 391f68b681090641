// Where the line goes after a step: which stage comes next, what it is told, and which limit ends a
// run. Pure: it reads judgements and nothing else, so that every branch can be tested without a
// repository, a model or a tool.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "record/run.h"
#include "stage/finding.h"
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
  kRetries,     ///< a stage was sent back more often than its retries allow
  kSame,        ///< the same failure of the same stage for the third time (DESIGN 2)
  kRejections,  ///< REVIEW rejected a second time
  kRevisions,   ///< the spec lacks something, and was revised as often as it may be
  kViews        ///< a finding that nobody takes for his own
};

/// What follows a step: a stage, or the end of the run.
struct Next {
  std::string stage;  ///< empty: the run ends, and the rest says how
  record::RunStatus status = record::RunStatus::kRunning;
  record::FailureClass failure = record::FailureClass::kNone;
  std::string failed_stage, reason;
  std::vector<std::string> questions;  ///< of a request that does not compile
  std::vector<std::string> likeliest;  ///< answers that were proposed to them; empty: none were
  Limit limit = Limit::kNone;
  /// The user has to mend something that is no stage's. The run is not over: it stays as it was
  /// before this step, and goes on from there; `reason` says what is in the way.
  bool blocked = false;
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
///
/// Since Rules::kOwners:
/// 5. Every finding goes to its owner; the run goes on with the first of them in the line, and each
///    one is told its own when it comes to it. What an attempt without form or without a change did
///    not mend is told again.
/// 6. Whoever says of a finding that it is not his is believed once, if the one he names could mend
///    it; a second time a person decides.
/// 7. What the spec lacks makes a revision of it, twice at most; then a person is asked. After it
///    the run goes on where it was found: with SCOUT, or with BUILD.
/// 8. What only the user can mend is no end of the run.
///
/// Of a delivered run that is taken up with what reviewers said:
/// 9. Each thing that was asked goes to its owner, and all limits count anew: nothing that the run
///    had used up before is held against it.
/// 10. Who says of such a thing that it is the spec's or a person's does not change the spec with
///    it: it is contested, which the one who asked is told, and the line goes on with the rest.
class Course {
 public:
  /// `spec_given`: by a person, so that no model may revise it.
  Course(Rules rules, Retries retries, bool plan_only, bool spec_given = false);

  [[nodiscard]] static std::string first() { return "plan"; }
  /// Begins an attempt of `stage`; answers its number, from 1.
  int begin(const std::string& stage);
  /// What `stage` has to mend, newest failure only; at most 60 lines, for it is shown to a model.
  [[nodiscard]] std::vector<std::string> feedback(std::string_view stage) const;
  Next after(const std::string& stage, const stage::Judgement& judgement);
  /// Why PLAN is asked again, while it is.
  [[nodiscard]] const std::optional<stage::Revision>& revision() const { return revision_; }
  /// Was the spec revised since `stage` was done last?
  [[nodiscard]] bool revised_for(std::string_view stage) const { return notes_.contains(stage); }

  /// The delivered run goes on: `asked`, at least one and each with its owner, is to be mended.
  Next take_up(const std::vector<stage::Finding>& asked);
  /// Is what `stage` has to mend what a reviewer asks?
  [[nodiscard]] bool asked(std::string_view stage) const;
  /// What was asked and is not done, because it is nobody's to do.
  struct Contested {
    std::string about;  ///< the finding's own
    std::string by, why;
  };
  /// Of what was taken up last.
  [[nodiscard]] const std::vector<Contested>& contested() const { return contested_; }
  /// Is everything that was to be mended mended or contested?
  [[nodiscard]] bool nothing_to_mend() const;

 private:
  using Findings = std::vector<stage::Finding>;

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

  // By owners (course_owners.cc).
  Next by_owner(const std::string& stage, const stage::Judgement& judgement);
  Next onward(const std::string& stage, const stage::Judgement& judgement);
  /// Takes claims as `stage` made them about `mine`; findings go to `found`. An end, if one is.
  std::optional<Next> settle(const std::string& stage, const stage::Judgement& judgement,
                             const Findings& mine, Findings& found);
  /// What a run ended with that had its last attempt.
  [[nodiscard]] std::string was_run(const std::string& stage, int times,
                                    const std::string& reason) const;
  void contest_what_is_missing(const std::string& stage, const Findings& mine, Findings& found);
  Next revise(const std::string& stage, const stage::Judgement& judgement, Findings missing);
  /// An end when a limit is reached by sending `found` to whom it concerns.
  std::optional<Next> limited(const std::string& stage, const stage::Judgement& judgement,
                              const Findings& found);

  bool spec_given_;
  std::map<std::string, Findings, std::less<>> pending_;  ///< by owner, until his next attempt
  /// What changed in the spec since a stage was done last.
  std::map<std::string, std::vector<std::string>, std::less<>> notes_;
  std::optional<stage::Revision> revision_;
  int revisions_ = 0;
  std::vector<Contested> contested_;
};

}  // namespace gf::line
