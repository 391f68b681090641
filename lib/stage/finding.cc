#include "stage/finding.h"

#include <algorithm>
#include <array>

#include "base/glob.h"

namespace gf::stage {
namespace {

constexpr std::array<std::string_view, kFindingKinds> kKindNames = {
    "form",        "nothing-done", "spec",         "brief",     "parse",    "lint",
    "gate",        "broken",       "timeout",      "base-test", "vanished", "skipped",
    "uncollected", "new-test",     "test-mistake", "unshown",   "coverage", "no-tests",
    "violated",    "not-shown",    "unasked",      "changelog", "scope",    "missing",
    "base",        "environment",  "asked"};
constexpr std::array<std::string_view, 6> kOwnerNames = {"plan", "scout",  "build",
                                                         "test", "review", "user"};

bool touched(const OwnerFacts& facts, const std::string& path) {
  return std::find(facts.changed.begin(), facts.changed.end(), path) != facts.changed.end();
}

bool is_test(const OwnerFacts& facts, const std::string& path) {
  return !path.empty() && glob_matches_any(facts.test_paths, path);
}

/// Rule 2.
Owner owner_of_path(const std::string& path, const OwnerFacts& facts) {
  return is_test(facts, path) && touched(facts, path) ? Owner::kTest : Owner::kBuild;
}

/// The stage itself, where a model answers it; tools have nothing that they could answer again.
Owner owner_of_answer(std::string_view stage) {
  Owner owner = owner_named(stage);
  if (owner != Owner::kUser) return owner;
  return stage == "validate-tests" ? Owner::kTest : Owner::kBuild;
}

bool is_of_code(FindingKind kind) {
  switch (kind) {
    case FindingKind::kForm:
    case FindingKind::kNothingDone:
    case FindingKind::kSpec:
    case FindingKind::kBrief:
    case FindingKind::kScope:
    case FindingKind::kMissing:
    case FindingKind::kBroken:
    case FindingKind::kBase:
    case FindingKind::kEnvironment:
      return false;
    default:
      return true;
  }
}

bool test_may_mend(const Finding& finding, const OwnerFacts& facts) {
  switch (finding.kind) {
    case FindingKind::kBaseTest:  // TEST may not touch it, whatever it says
    case FindingKind::kChangelog:
      return false;
    case FindingKind::kParse:
    case FindingKind::kLint:
    case FindingKind::kVanished:
    case FindingKind::kSkipped:
    case FindingKind::kUncollected:
    case FindingKind::kUnasked:
      return owner_of_path(finding.path, facts) == Owner::kTest;
    default:
      return is_of_code(finding.kind);
  }
}

bool build_may_mend(const Finding& finding, const OwnerFacts& facts) {
  switch (finding.kind) {
    case FindingKind::kTestMistake:
    case FindingKind::kNoTests:
      return false;
    case FindingKind::kParse:
    case FindingKind::kLint:
    case FindingKind::kUnasked:
      return owner_of_path(finding.path, facts) == Owner::kBuild;
    default:
      return is_of_code(finding.kind);
  }
}

/// What may as well come from the machine as from the change: a person has to look.
bool user_may_mend(FindingKind kind) {
  switch (kind) {
    case FindingKind::kGate:
    case FindingKind::kBroken:
    case FindingKind::kTimeout:
    case FindingKind::kBaseTest:
    case FindingKind::kUncollected:
    case FindingKind::kCoverage:
    case FindingKind::kNoTests:
    case FindingKind::kBase:
    case FindingKind::kEnvironment:
      return true;
    default:
      return false;
  }
}

}  // namespace

Owner owner_of(const Finding& finding, std::string_view found_by, const OwnerFacts& facts) {
  switch (finding.kind) {
    case FindingKind::kForm:
    case FindingKind::kNothingDone:
      return owner_of_answer(found_by);
    case FindingKind::kSpec:
    case FindingKind::kScope:
    case FindingKind::kMissing:
      return Owner::kPlan;
    case FindingKind::kBrief:
      return Owner::kScout;
    case FindingKind::kBroken:
    case FindingKind::kBase:
    case FindingKind::kEnvironment:
      return Owner::kUser;
    case FindingKind::kTimeout:  // a linter does not loop because of what it reads
      return found_by.starts_with("validate") ? Owner::kUser : Owner::kBuild;
    case FindingKind::kGate:
      return found_by == "validate-tests" ? Owner::kTest : Owner::kBuild;
    case FindingKind::kBaseTest:
    case FindingKind::kNewTest:
    case FindingKind::kChangelog:
      return Owner::kBuild;
    case FindingKind::kTestMistake:
    case FindingKind::kUnshown:
    case FindingKind::kCoverage:
    case FindingKind::kNoTests:
    case FindingKind::kNotShown:
      return Owner::kTest;
    case FindingKind::kAsked:
      return is_test(facts, finding.path) ? Owner::kTest : Owner::kBuild;
    case FindingKind::kParse:
    case FindingKind::kLint:
    case FindingKind::kVanished:
    case FindingKind::kSkipped:
    case FindingKind::kUncollected:
    case FindingKind::kUnasked:
      break;
    case FindingKind::kViolated:
      // It was shown on the code that was built, wherever the reviewer's finger points.
      if (facts.rules >= Rules::kShownWhole) return Owner::kBuild;
      break;
  }
  return owner_of_path(finding.path, facts);
}

bool may_mend(Owner owner, const Finding& finding, const OwnerFacts& facts) {
  if (finding.kind == FindingKind::kForm || finding.kind == FindingKind::kNothingDone)
    return owner == finding.owner;  // nobody answers for another stage
  switch (owner) {
    case Owner::kPlan:  // a spec can ask for what cannot be, or not allow what has to be
      return is_of_code(finding.kind) || finding.kind == FindingKind::kSpec ||
             finding.kind == FindingKind::kScope || finding.kind == FindingKind::kMissing;
    case Owner::kScout:
      return finding.kind == FindingKind::kBrief;
    case Owner::kBuild:
      return build_may_mend(finding, facts);
    case Owner::kTest:
      return test_may_mend(finding, facts);
    case Owner::kReview:
      return finding.kind == FindingKind::kViolated || finding.kind == FindingKind::kNotShown ||
             finding.kind == FindingKind::kUnasked;
    case Owner::kUser:
      return user_may_mend(finding.kind);
  }
  return false;
}

bool leaves_work_undone(FindingKind kind) {
  return kind == FindingKind::kForm || kind == FindingKind::kNothingDone ||
         kind == FindingKind::kParse;
}

std::string_view name_of(FindingKind kind) { return kKindNames.at(static_cast<size_t>(kind)); }
std::string_view name_of(Owner owner) { return kOwnerNames.at(static_cast<size_t>(owner)); }

Owner owner_named(std::string_view name) {
  auto found = std::find(kOwnerNames.begin(), kOwnerNames.end(), name);
  return found == kOwnerNames.end() ? Owner::kUser
                                    : static_cast<Owner>(found - kOwnerNames.begin());
}

}  // namespace gf::stage
