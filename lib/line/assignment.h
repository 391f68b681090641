// What one run was given, read and checked before anything is spent.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "gate/change_facts.h"
#include "line/course.h"
#include "line/wishes.h"
#include "session/config.h"
#include "session/context.h"
#include "stage/changelog.h"
#include "stage/conventions.h"
#include "stage/stage.h"

namespace gf::line {

/// What mutants of the changed lines are tried (factory.mutation).
struct MutationTerms {
  std::string how = "off";  ///< off; tell: what survives is told; fail: it fails TEST
  int64_t count = 0;        ///< at most
  int64_t seconds = 0;      ///< no other is begun after that
};

/// When TEST looks first at the tests that a change can reach (factory.targeted).
struct TargetedTerms {
  std::string how = "off";  ///< off; auto: where the base's tests take long; always
  int64_t after = 0;        ///< seconds: longer is long
};

/// All that a run goes by, and that stays as it is to its end.
struct Assignment {
  session::Config config;
  session::Base base;
  Wishes wishes;
  std::optional<std::string> remote;  ///< where branch and request go; empty: nowhere
  stage::Thresholds thresholds;
  Retries retries;
  std::vector<std::string> test_paths;  ///< patterns of the files that are TEST's
  stage::Changelog changelog;           ///< the repository's own form
  stage::Conventions conventions;       ///< how its commits are worded, as factory.commit* say
  stage::ChangelogHistory history;      ///< the tags that tell what of it is released
  std::vector<gate::Forbidden> forbidden = {};  ///< factory.forbid: what changes may not bring
  /// Of `test_paths` the files that a runner is started with by name (gate::tests_named_by).
  std::vector<std::string> named_tests = {};
  /// gate::guarded_paths() of projects below the root, which are paths of theirs.
  std::vector<std::string> guarded_below = {};
  /// How often new tests are run, with the whole suite the first time (factory.test.repeats).
  int64_t repeats = 3;
  MutationTerms mutation = {};
  TargetedTerms targeted = {};
  bool asks_of_silence = false;  ///< may VALIDATE say no to it once? (factory.silence)
  /// The stage that alone is asked, of a revision (cell.h); empty: the whole line.
  std::string cell = {};

  /// The same as texts, for the run's record: with these a replay elsewhere goes the same way.
  [[nodiscard]] std::map<std::string, std::string> policy() const;
};

/// Reads what a run needs of its configuration; `facts` are the base's. A wrong value is an Error
/// that names its key; so is a run that has nowhere to push to and was not told to keep to itself.
Result<Assignment> assign(const session::Context& context, session::Config config,
                          session::Base base, Wishes wishes, const record::TreeFacts& facts);

/// Are the gates of this stage asked?
bool asks_gates_of(const Assignment& assignment, std::string_view stage);

/// Is this path one of TEST's?
bool is_test_path(const Assignment& assignment, std::string_view path);
/// Is this path part of the changelog, which the line writes itself?
bool is_changelog(const Assignment& assignment, std::string_view path);

/// Stages that a model answers, in the order of the line.
std::vector<std::string> model_stages();

}  // namespace gf::line
