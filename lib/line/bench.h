// Where a run's tree lies and is tried: the worktree, the gates, and what they said of the base and
// of the change.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "env/environment.h"
#include "gate/gate.h"
#include "git/workspace.h"
#include "line/change.h"
#include "line/past.h"
#include "record/gate.h"
#include "session/context.h"
#include "session/facts.h"

namespace gf::env {
struct LockFile;
}  // namespace gf::env

namespace gf::gate {
struct Project;
}  // namespace gf::gate

namespace gf::line {

struct Assignment;
struct Room;
struct Gated;
struct Worded;
class Gatekeeper;
class Journal;

using TestFilter = std::function<bool(const record::TestResult& test)>;

/// One run's worktree and what runs in it. Before open() there is the base's tree to look at and
/// nothing else, which is all that PLAN needs. Everything handed in must outlive it.
///
/// 1. Between two calls the worktree holds exactly tree().
/// 2. facts() are of tree().
/// 3. The base's outcomes are those of the pristine base; they never change.
class Bench {
 public:
  Bench(session::Context& context, const Assignment& assignment, Journal& journal, Past& past);
  ~Bench();

  /// Takes a worktree, finds the gates and asks them about the base. A gate that does not work
  /// there is an Error (kConfiguration): nothing it says of a change would mean anything. One that
  /// nobody asked for is left out instead (gate::may_be_left_out), which is told and kept in the
  /// run's record; a replay leaves out what the run did.
  Result<void> open();
  [[nodiscard]] bool is_open() const { return workspace_.has_value(); }
  /// Gives the worktree back; without one it does nothing.
  Result<void> close();

  [[nodiscard]] const std::string& path() const { return workspace_->path(); }
  [[nodiscard]] const Oid& tree() const;
  [[nodiscard]] const session::GitFacts& facts() const { return facts_ ? *facts_ : base_facts_; }
  [[nodiscard]] const session::GitFacts& base_facts() const { return base_facts_; }
  /// What tree() stands on: where the run began, or what its change was put onto since.
  [[nodiscard]] const session::Base& base() const { return stands_on_; }
  /// From now on `tree` lies here, on `onto`. The base's facts and outcomes stay those of where the
  /// run began.
  Result<void> move_to(session::Base onto, const Oid& tree);
  /// From the base to tree(). Made once a tree.
  Result<const Change*> change();

  /// In a repository with several projects, the run's gates are those of the projects that it has
  /// come to concern: this takes up those that a change of `paths` concerns, prepares their
  /// environments and asks them about the base, once. What is built on a touched project and does
  /// not work is told and left out; else errors as of open(). With one project it does nothing.
  Result<void> take_up(const std::vector<std::string>& paths);

  /// A file of the worktree was written or deleted.
  void touched(const std::string& path) { workspace_->touched(path); }
  /// What was touched becomes part of tree().
  Result<void> take_in();

  /// The gates of `stage` on what lies here; see Gatekeeper.
  Result<std::vector<record::GateOutcome>> run(std::string_view stage,
                                               const std::vector<std::string>& selection,
                                               const std::vector<std::string>& changed);
  /// Tests of tree() for the `time`th time, by file or id; what cannot be asked so is not on
  /// record.
  Result<std::vector<record::GateOutcome>> repeat(const std::vector<std::string>& selection,
                                                  int time);
  /// Does every test gate take tests by their ids, so that their order can be asked for?
  [[nodiscard]] bool takes_test_names() const;
  /// Puts small faults into these lines of tree(), one at a time, and sees whether a test notices
  /// that passes without it: of `tests`, or of all where that is quick. Bounded by
  /// factory.mutationCount and factory.mutationSeconds. The outcome is named "mutation": a finding
  /// each that none notices, `counts.passed` those that one does, `skipped` those that were no
  /// code. Its other findings, of kNotTriedRule, tell of those that were not tried: of a file that
  /// no runner reads as it lies or builds, or for want of time. On record; nothing where there is
  /// nothing to try.
  Result<std::optional<record::GateOutcome>> mutate(
      const std::map<std::string, std::vector<int>>& lines, const std::vector<std::string>& tests,
      const std::vector<record::GateOutcome>& without);
  /// Which files with tests the change from the base to tree() can reach (gate::reached_by), where
  /// factory.targeted wants to know it; where that is all or most, those that name what was
  /// changed, if they are few (findings of the rule kNearest). The outcome is named "selection": a
  /// finding each file, why in `reason`; no finding: the whole suite has to run. On record, from
  /// which a replay takes it; nothing where nobody asked.
  Result<std::optional<record::GateOutcome>> select_tests();
  /// Puts on record which tests of tree() such a selection had left out and should not have.
  Result<void> keep_missed(const std::vector<record::Finding>& missed);
  Result<record::GateOutcome> parse(const std::vector<std::string>& paths);
  [[nodiscard]] const std::vector<record::GateOutcome>& base_outcomes() const { return base_; }
  /// What VALIDATE's outcomes `now` are held against. A gate that looks at the changed files alone
  /// has not been asked about these yet: when it says no it is, of the files as the base has them.
  Result<std::vector<record::GateOutcome>> base_outcomes_for(
      const std::vector<record::GateOutcome>& now, const std::vector<std::string>& changed);
  /// Has the lock files that the change of `changed` leaves behind brought up to date by their own
  /// tools (env/locks.h): part of tree() then. What became of each, a finding a file: a note where
  /// it lies as a tool of this run wrote it, a warning where it does not agree with its manifest.
  Result<std::vector<record::Finding>> relock(const std::vector<std::string>& changed);
  /// Lets the fixers rewrite what they may of `changed`; see Gatekeeper. tree() is what they made.
  Result<void> fix(const std::vector<std::string>& changed);
  /// Runs the failed tests of `outcome` once more, when they are few enough to be an accident, and
  /// takes those that pass then for passed: `flaky` names them. `may` says which are asked.
  Result<record::GateOutcome> again(record::GateOutcome outcome, const TestFilter& may,
                                    std::vector<std::string>& flaky);

  /// What the repository's commit-msg hook makes of a message for a commit of tree(). Asks nobody
  /// before open(), in a replay, or where factory.hooks says so: then the message is fine.
  Result<Worded> ask_commit_msg(const std::string& message);
  /// Does `work` while what lies here is judged as a change of `onto`.
  template <typename Work>
  auto standing_on(const session::Base& onto, Work work) -> decltype(work()) {
    stand_on(onto);
    auto result = work();
    stand_on(stands_on_);
    return result;
  }

  /// Does `work` with `tree` in the worktree, and goes back to tree() afterwards, however `work`
  /// ended. `work` returns a Result.
  template <typename Work>
  auto visit(const Oid& tree, Work work) -> decltype(work()) {
    GF_TRY(go_to(tree));
    auto result = work();
    GF_TRY(go_back());
    return result;
  }

  /// Gates that were run since the last call.
  Gated take();

 private:
  Result<std::vector<gate::Gate>> gates_to_run();
  Result<std::vector<gate::Gate>> gates_found();
  Result<Room> room_for(const std::vector<gate::Gate>& gates, const Past::Places& places,
                        const std::string& folder);
  Result<record::GateOutcome> ask_lockers(const std::vector<env::LockFile>& locks);
  Result<void> add_pre_commit(std::vector<gate::Gate>& gates);
  void stand_on(const session::Base& base);
  Result<void> begin_with_several();
  Result<void> take_up_folders(const std::set<std::string>& touched);
  Result<void> ask_newcomers(const std::set<std::string>& names,
                             const std::set<std::string>& direct);
  Result<void> prepare_for(const std::set<std::string>& names, const std::set<std::string>& direct);
  void leave_out(const std::string& gate, const std::string& why, const std::string& reason);
  /// Says what a test may miss here: files beside the code of the project in `folder` that git
  /// ignores and `checkout`, the user's, has. Their names are asked for, none is read.
  void tell_ignored(const std::string& checkout, const std::string& folder);
  void tell_unjudged(const std::set<std::string>& folders);
  void tell_lacks();
  /// `direct`: gates that the run cannot do without; null: all.
  Result<void> check_base(const std::set<std::string>* direct);
  Result<std::vector<record::GateOutcome>> ask_about_base(const char* stage,
                                                          const std::set<std::string>* direct);
  Result<void> look_for_flaky(const record::GateOutcome& outcome);
  struct Tried;
  Result<record::GateOutcome> try_mutants(const Tried& tried);
  [[nodiscard]] record::GateOutcome choose_tests(const std::vector<std::string>& changed,
                                                 const std::map<std::string, size_t>& tested) const;
  [[nodiscard]] bool has_fixers() const;
  Result<void> go_to(const Oid& tree);
  Result<void> go_back();

  session::Context& context_;
  const Assignment& assignment_;
  Journal& journal_;
  Past& past_;
  std::optional<git::Workspace> workspace_;
  std::unique_ptr<Gatekeeper> gates_;
  session::GitFacts base_facts_;
  session::Base stands_on_;
  std::unique_ptr<session::GitFacts> facts_;  ///< null: tree() is the base's still
  std::optional<Change> change_;
  std::vector<record::GateOutcome> base_;
  /// What tools wrote into lock files in this run, and what of that was told, by path.
  std::map<std::string, std::pair<std::string, record::Finding>> locked_;
  Oid home_;  ///< while a visit is on: the tree to go back to
  Milliseconds accounted_{0};

  /// Of a repository with several projects; empty: it is one, and none of the rest is used.
  std::vector<gate::Project> projects_;
  std::vector<gate::Gate> found_;   ///< gates of all of them, also those that are left out
  std::set<std::string> folders_;   ///< that the run has come to concern
  std::set<std::string> taken_up_;  ///< names of their gates
  std::set<std::string> prepared_;  ///< folders whose environment is there, or is none
  std::set<std::string> lacks_;     ///< stages that were told to have no gate
};

/// Of paths that git ignores those that a test could miss: no caches, logs and what is compiled.
std::vector<std::string> missed_of(std::vector<std::string> ignored);

/// "0 gates", in words. `stage`: whose.
const char* none_there(std::string_view stage);

}  // namespace gf::line
