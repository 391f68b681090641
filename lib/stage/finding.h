// What a step can find wrong, and whose it is to mend (DESIGN 2, "Whose finding"). Pure: an owner
// follows from what a finding speaks of, never from who happened to notice it.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "stage/rules.h"

namespace gf::stage {

enum class FindingKind {
  kForm,         ///< an answer without the asked form, or that leaves out what has to be in it
  kNothingDone,  ///< no file was changed
  kSpec,         ///< a spec that does not compile, or that was changed where nothing asked for it
  kBrief,        ///< a memo that names what is not there
  kParse,        ///< a file that does not parse
  kLint,         ///< a linter's or type checker's complaint, at a path
  kGate,         ///< a gate that says no and names nothing
  kBroken,       ///< a gate that could not do its work
  kTimeout,      ///< a gate that was not done in time
  kBaseTest,     ///< a test that passed on the base fails
  kVanished,     ///< a test that passed on the base is not there any more
  kSkipped,      ///< a test that passed on the base is skipped
  kUncollected,  ///< a test file that cannot be collected, or a test that cannot be set up
  kNewTest,      ///< a new test says no to the built tree
  kTestMistake,  ///< a new test fails by a mistake of its own
  kUnshown,      ///< a criterion that no test shows
  kCoverage,     ///< added lines that no test runs
  kNoTests,      ///< no test was run at all
  kViolated,     ///< REVIEW: a criterion, a constraint or the scope is violated; a test shows it
  kNotShown,     ///< REVIEW: nothing shows a criterion
  kUnasked,      ///< REVIEW: a hunk that serves nothing that was asked
  kChangelog,    ///< an entry that is missing, or not in the repository's form
  kScope,        ///< a file has to change that neither spec nor memo names
  kMissing,      ///< the spec does not say what is needed, or says what cannot be
  kBase,         ///< the base was so already
  kEnvironment,  ///< the machine, not the change
  kAsked         ///< what a reviewer asks of the delivered change, or a check there complains of
};
inline constexpr int kFindingKinds = static_cast<int>(FindingKind::kAsked) + 1;

enum class Owner { kPlan, kScout, kBuild, kTest, kReview, kUser };

/// One thing to mend. `text` is what a model or a person reads, one line, normalised: no times and
/// no paths of a machine. Of a test that fails with several parameters it is one finding.
struct Finding {
  FindingKind kind = FindingKind::kForm;
  std::string path;  ///< the file that it speaks of; empty: of none
  std::string text;  ///< one line
  /// Of kMissing: ids of the spec that the reason touches. Of kAsked: the remark's number.
  std::vector<std::string> about;
  Owner owner = Owner::kBuild;  ///< owner_of() it, once it was asked
  std::vector<Owner> menders;   ///< all that may_mend() it, once it was asked
  bool disputed = false;        ///< was sent on once because its owner said `not_mine`
  bool refused = false;         ///< its owner said so once, of one who may not mend it
};

inline Finding finding_of(FindingKind kind, std::string text, std::string path = {}) {
  Finding finding;
  finding.kind = kind;
  finding.path = std::move(path);
  finding.text = std::move(text);
  return finding;
}

/// PLAN is asked again because the spec lacks something.
struct Revision {
  std::string by;                 ///< the stage that found it
  std::vector<Finding> findings;  ///< all of kMissing
};

/// What has to be known of a run to tell whose a path is.
struct OwnerFacts {
  std::vector<std::string> test_paths;  ///< patterns of the files that are TEST's
  std::vector<std::string> changed;     ///< what the run has changed so far, new files too
  Rules rules = kNewestRules;
};

/// "Your finding is not mine": whose it is instead, and why. The engine checks it (may_mend).
struct Claim {
  size_t finding = 0;  ///< its number in the feedback, from 1
  Owner whose = Owner::kUser;
  std::string why;
};

/// Whose `finding` is, that the stage `found_by` came upon.
///
/// 1. What a stage left undone itself, and an answer without form, is that stage's.
/// 2. A file is BUILD's, but for a test file that this run wrote or changed, which is TEST's. A
///    test that the run has not touched is right as it stands: what makes it fail is the source.
/// 3. What the spec lacks, or a file that it does not let be changed, is PLAN's.
/// 4. What is missing in the tests is TEST's; a test that says no is for BUILD.
/// 5. What a reviewer asks at a test file is TEST's, all else BUILD's.
/// 6. Tools that do not work, the base and the machine are the user's.
Owner owner_of(const Finding& finding, std::string_view found_by, const OwnerFacts& facts);

/// Could `owner` mend it? What a claim is held against: nobody is sent what is not his to change.
bool may_mend(Owner owner, const Finding& finding, const OwnerFacts& facts);

/// Did an attempt that ended so not count, so that what it was to mend is still to be mended?
bool leaves_work_undone(FindingKind kind);

std::string_view name_of(FindingKind kind);
/// "plan", "scout", "build", "test", "review": the stage; "user" for what no stage may mend.
std::string_view name_of(Owner owner);
/// By such a name; kUser for any other word.
Owner owner_named(std::string_view name);

}  // namespace gf::stage
