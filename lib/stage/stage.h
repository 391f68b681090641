// A stage: data and pure functions. It asks and judges; the engine acts (STYLE, "A stage").
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "record/facts.h"
#include "record/findings.h"
#include "record/gate.h"
#include "record/run.h"
#include "record/spec.h"
#include "stage/finding.h"
#include "stage/rules.h"

namespace gf::stage {

/// SCOUT's memo to the builder.
struct Brief {
  struct Reuse {
    std::string path, symbol, why;
    bool operator==(const Reuse&) const = default;
  };
  /// Lines of a file that the change is about, from 1; the builder sees these and not the rest.
  struct Place {
    std::string path;
    int64_t first = 0, last = 0;
    std::string why;
    bool operator==(const Place&) const = default;
  };
  std::vector<std::string> files;  ///< to touch; new ones are in `new_files`
  std::vector<std::string> new_files;
  std::vector<Reuse> reuse;
  std::vector<std::string> conventions;  ///< style, error pattern, test form
  std::vector<std::string> test_files;   ///< where tests of this feature belong
  std::string test_command;              ///< for people; gates are configured elsewhere
  std::string notes;                     ///< for the builder
  std::vector<Place> places = {};
  std::string test_notes = {};  ///< for who writes tests
  bool operator==(const Brief&) const = default;
};
Result<Brief> brief_from_json(const record::Json& json);
/// The memo for who works by it: in the order in which one reads, and nothing that is empty.
std::string brief_text(const Brief& brief);

/// A memo as the tree bears it out, and what was changed in it for that, a line each.
struct SettledBrief {
  Brief brief;
  std::vector<std::string> changes;
};
/// A hint at what is not there is left out, and a path that stands in the wrong one of the two
/// lists is put into the other: neither is worth asking again.
SettledBrief settled(Brief brief, const record::TreeFacts& tree);

/// One hunk of the change under review, with the name the reviewer uses for it.
struct ReviewHunk {
  std::string id;  ///< "H1"
  std::string path;
  int new_start = 0, new_count = 0;
  std::string text;
  /// The entry that every change brings, written by the line or held to its checker: no criterion
  /// asks for it, so it is not counted as unasked.
  bool changelog = false;
};

/// Numbers that judgements are held to; configured, and kept with the run that they decided.
struct Thresholds {
  int64_t coverage_percent = 80;  ///< of the added lines that can run (factory.test.coverage)
  int64_t unasked_hunks = 0;  ///< that REVIEW may find before it rejects (factory.review.unasked)
};

/// What an attempt came to, for the next one of the same stage.
struct LastAttempt {
  std::string answer;  ///< its final answer, bounded; empty: there was no attempt
  std::string became;  ///< one line: what was made of it
};

/// Everything a stage may see. The engine fills in only what that stage is entitled to: REVIEW
/// never gets the brief, feedback of BUILD or any model's words (P7); TEST never gets bodies.
struct Input {
  std::string request;
  std::string prompt_template;              ///< text of templates/prompts/<stage>.md
  record::Json schema;                      ///< of the final answer; null for free text
  const record::TreeFacts* tree = nullptr;  ///< as the stage found it
  std::optional<record::Spec> spec;
  std::optional<Brief> brief;
  std::string tree_summary;  ///< PLAN: the digest, bounded
  /// PLAN: what was asked about the request before, and what a person answered.
  std::vector<record::Answer> answers;
  /// Path, and what is shown of it.
  using Files = std::vector<std::pair<std::string, std::string>>;
  Files files;              ///< SCOUT: those that the spec touches; BUILD: those that it may write
  Files tests;              ///< TEST: those that it may change; REVIEW: of criteria, not in a hunk
  std::string changelog;    ///< PLAN, BUILD: what is theirs of it, as the prompt says it
  std::string conventions;  ///< PLAN, SCOUT: how commits are worded here, and where it is told
  std::string signatures;   ///< TEST: outline of the new code
  /// SCOUT, REVIEW: lines elsewhere that hold the names in question, as uses_of() tells them.
  std::string uses;
  /// REVIEW: what changed lines use and stand in and no hunk shows, as definitions_for() tells it.
  std::string definitions;
  std::string facts;  ///< REVIEW: what code found in the change, a line each
  /// VALIDATE: what of that the repository's own rules do not allow (factory.forbid).
  std::vector<record::Finding> forbidden;
  /// VALIDATE: added lines that silence a checker, and that nobody was told of yet.
  std::vector<record::Finding> silenced = {};
  std::vector<ReviewHunk> hunks;  ///< REVIEW
  std::vector<ReviewHunk> since;  ///< REVIEW, a second time: what changed since the first
  std::vector<record::GateOutcome> outcomes;       ///< of the tree in question
  std::vector<record::GateOutcome> base_outcomes;  ///< of the pristine base
  /// VALIDATE: where the base's lines are now. Nothing by rules under which lists were cut before
  /// they were compared.
  std::optional<record::LineMoves> moves;
  std::vector<record::GateOutcome> new_tests_on_base;  ///< TEST: the new tests on the base
  /// TEST: the tests that the change brings, once more each time.
  struct Repeat {
    std::string how;  ///< "by itself", "in another order", "once more"
    std::vector<record::GateOutcome> outcomes;
  };
  std::vector<Repeat> repeats = {};
  /// TEST: the base's tests as the base has them, on the change; empty: none of them was changed.
  std::vector<record::GateOutcome> base_tests_on_change = {};
  /// TEST: faults in changed lines that no test notices, where that is to fail it.
  std::vector<record::Finding> survivors = {};
  /// TEST: nobody wrote a spec of this change; `spec` says at most which tests it may change.
  bool unspecified = false;
  /// TEST: what it did to files that it may only add to (test_lists.h), and that is more than that.
  std::vector<record::Finding> beyond_adding = {};
  /// TEST: settings of gates that the change touches, and that nothing lets it touch.
  std::vector<record::Finding> settings = {};
  std::map<std::string, std::vector<int>> added_lines;  ///< TEST: path -> new line numbers, sources
  std::vector<std::string> changed;     ///< paths that differ from the tree the stage began with
  std::vector<std::string> feedback;    ///< what the last attempts failed on, newest last
  bool asked = false;                   ///< `feedback` is what reviewers ask of what was delivered
  std::vector<std::string> test_paths;  ///< where tests live in this repository
  Rules rules = kNewestRules;
  LastAttempt last;                  ///< of this very stage
  std::optional<Revision> revision;  ///< PLAN: `spec` is the one to revise
  /// BUILD: the spec was revised since it was built last; to change nothing can be right.
  bool after_revision = false;
  Thresholds thresholds;
};

/// What a stage came to, before it is judged.
struct Output {
  std::string text;                            ///< the model's final answer
  record::Json json;                           ///< the same, when it parsed
  std::vector<std::string> schema_violations;  ///< empty when it is valid or there is no schema
};

struct Judgement {
  enum class Kind {
    kPass,
    kAgain,      ///< try the same stage again with `feedback`
    kBack,       ///< send `back_to` the feedback
    kStop,       ///< no retry can help: the run ends here with `reason`
    kQuestions,  ///< PLAN: the request does not compile; `feedback` are the questions
  };
  Kind kind = Kind::kAgain;
  std::string reason;  ///< one line
  std::vector<std::string>
      feedback;  ///< for the next attempt, normalised: no times, no paths of a machine
  std::vector<std::string> likeliest = {};  ///< of kQuestions: proposed answers, in their order
  std::string back_to;                      ///< of kBack
  /// What `feedback` says, each with its owner; empty by rules before kOwners. The course goes by
  /// these.
  std::vector<Finding> findings;
  std::vector<Claim> claims;  ///< what the stage says is not its own; of kBack
  record::FailureClass failure = record::FailureClass::kNone;
};

/// Named numbers of one attempt; the unit ends the name ("coverage_percent").
using Meter = std::map<std::string, double>;

enum class Actor { kModel, kTools };

struct Stage {
  std::string_view name;
  Actor actor;
  double temperature;                       ///< default; factory.<stage>.temperature overrides
  std::string_view prompt_file;             ///< in templates/prompts; empty for tool stages
  std::string_view schema_file;             ///< in templates/schemas; empty for free text
  std::span<const std::string_view> tools;  ///< of lib/tool
  /// Null where no model is asked.
  Result<std::vector<record::Message>> (*prompt)(const Input& in);
  /// Null, as `telemetry`, where the engine acts and nothing is left to judge: PR.
  Result<Judgement> (*eval)(const Input& in, const Output& out);
  void (*telemetry)(const Input& in, const Output& out, Meter& meter);
};

/// The line, in order: plan, scout, build, validate, test, validate-tests, review, pr.
std::span<const Stage> all_stages();
const Stage* find_stage(std::string_view name);

/// Did a test fail by what it says itself (a name that it does not define), and not by what it was
/// run on?
bool is_own_mistake(const record::TestResult& test);
/// Does a test of this id show the criterion: is "ac2" a word of its name? By the rules of the run
/// where something is judged by it.
bool carries_id(std::string_view test_id, std::string_view criterion_id,
                Rules rules = kNewestRules);
/// Criteria that no known test carries; `keep` ones need none of their own.
std::vector<std::string> criteria_without_tests(const record::Spec& spec,
                                                const std::vector<record::TestResult>& tests);

/// Fills "{{name}}" in a prompt template. A name without a value is an Error: a template that asks
/// for what a stage does not have must be noticed. Values are never expanded again.
Result<std::string> fill(std::string_view prompt_template,
                         const std::map<std::string, std::string>& values);
/// Text of the repository or of a person, fenced as data so that it cannot be taken for an order:
/// the fence is longer than any run of its character inside.
std::string fenced(std::string_view label, std::string_view text);

}  // namespace gf::stage
