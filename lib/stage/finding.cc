#include "stage/finding.h"

#include <algorithm>
#include <array>

#include "base/glob.h"

namespace gf::stage {
namespace {

using Kind = FindingKind;

constexpr std::array<std::string_view, kFindingKinds> kKindNames = {
    "form",        "nothing-done", "spec",         "brief",     "parse",    "lint",
    "gate",        "broken",       "timeout",      "base-test", "vanished", "skipped",
    "uncollected", "new-test",     "test-mistake", "unshown",   "coverage", "no-tests",
    "violated",    "not-shown",    "unasked",      "changelog", "scope",    "missing",
    "base",        "environment"};
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

bool is_of_code(Kind kind) {
  switch (kind) {
    case Kind::kForm:
    case Kind::kNothingDone:
    case Kind::kSpec:
    case Kind::kBrief:
    case Kind::kScope:
    case Kind::kMissing:
    case Kind::kBroken:
    case Kind::kBase:
    case Kind::kEnvironment:
      return false;
    default:
      return true;
  }
}

bool test_may_mend(const Finding& finding, const OwnerFacts& facts) {
  switch (finding.kind) {
    case Kind::kBaseTest:  // TEST may not touch it, whatever it says
    case Kind::kChangelog:
      return false;
    case Kind::kParse:
    case Kind::kLint:
    case Kind::kVanished:
    case Kind::kSkipped:
    case Kind::kUncollected:
    case Kind::kUnasked:
      return owner_of_path(finding.path, facts) == Owner::kTest;
    default:
      return is_of_code(finding.kind);
  }
}

bool build_may_mend(const Finding& finding, const OwnerFacts& facts) {
  switch (finding.kind) {
    case Kind::kTestMistake:
    case Kind::kNoTests:
      return false;
    case Kind::kParse:
    case Kind::kLint:
    case Kind::kUnasked:
      return owner_of_path(finding.path, facts) == Owner::kBuild;
    default:
      return is_of_code(finding.kind);
  }
}

/// What may as well come from the machine as from the change: a person has to look.
bool user_may_mend(Kind kind) {
  switch (kind) {
    case Kind::kGate:
    case Kind::kBroken:
    case Kind::kTimeout:
    case Kind::kBaseTest:
    case Kind::kUncollected:
    case Kind::kNoTests:
    case Kind::kBase:
    case Kind::kEnvironment:
      return true;
    default:
      return false;
  }
}

}  // namespace

Owner owner_of(const Finding& finding, std::string_view found_by, const OwnerFacts& facts) {
  switch (finding.kind) {
    case Kind::kForm:
    case Kind::kNothingDone:
      return owner_of_answer(found_by);
    case Kind::kSpec:
    case Kind::kScope:
    case Kind::kMissing:
      return Owner::kPlan;
    case Kind::kBrief:
      return Owner::kScout;
    case Kind::kBroken:
    case Kind::kBase:
    case Kind::kEnvironment:
      return Owner::kUser;
    case Kind::kTimeout:  // a linter does not loop because of what it reads
      return found_by.starts_with("validate") ? Owner::kUser : Owner::kBuild;
    case Kind::kGate:
      return found_by == "validate-tests" ? Owner::kTest : Owner::kBuild;
    case Kind::kBaseTest:
    case Kind::kNewTest:
    case Kind::kChangelog:
      return Owner::kBuild;
    case Kind::kTestMistake:
    case Kind::kUnshown:
    case Kind::kCoverage:
    case Kind::kNoTests:
    case Kind::kNotShown:
      return Owner::kTest;
    case Kind::kParse:
    case Kind::kLint:
    case Kind::kVanished:
    case Kind::kSkipped:
    case Kind::kUncollected:
    case Kind::kViolated:
    case Kind::kUnasked:
      break;
  }
  return owner_of_path(finding.path, facts);
}

bool may_mend(Owner owner, const Finding& finding, const OwnerFacts& facts) {
  if (finding.kind == Kind::kForm || finding.kind == Kind::kNothingDone)
    return owner == finding.owner;  // nobody answers for another stage
  switch (owner) {
    case Owner::kPlan:  // a spec can ask for what cannot be, or not allow what has to be
      return is_of_code(finding.kind) || finding.kind == Kind::kSpec ||
             finding.kind == Kind::kScope || finding.kind == Kind::kMissing;
    case Owner::kScout:
      return finding.kind == Kind::kBrief;
    case Owner::kBuild:
      return build_may_mend(finding, facts);
    case Owner::kTest:
      return test_may_mend(finding, facts);
    case Owner::kReview:
      return finding.kind == Kind::kViolated || finding.kind == Kind::kNotShown ||
             finding.kind == Kind::kUnasked;
    case Owner::kUser:
      return user_may_mend(finding.kind);
  }
  return false;
}

bool leaves_work_undone(FindingKind kind) {
  return kind == Kind::kForm || kind == Kind::kNothingDone || kind == Kind::kParse;
}

std::string_view name_of(FindingKind kind) { return kKindNames.at(static_cast<size_t>(kind)); }
std::string_view name_of(Owner owner) { return kOwnerNames.at(static_cast<size_t>(owner)); }

Owner owner_named(std::string_view name) {
  auto found = std::find(kOwnerNames.begin(), kOwnerNames.end(), name);
  return found == kOwnerNames.end() ? Owner::kUser
                                    : static_cast<Owner>(found - kOwnerNames.begin());
}

}  // namespace gf::stage
