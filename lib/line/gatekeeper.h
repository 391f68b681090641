// Runs gates once a tree: what is known of a tree is not asked again (DESIGN 4).
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "gate/gate.h"
#include "line/past.h"
#include "line/repository_hooks.h"
#include "line/room.h"
#include "record/json.h"

namespace gf::git {
class Workspace;
}  // namespace gf::git
namespace gf::session {
class Context;
class ToolCaches;
}  // namespace gf::session
namespace gf::store {
class ActiveRun;
}  // namespace gf::store

namespace gf {
class TemporaryFolder;
}  // namespace gf

namespace gf::line {

/// How long a gate may take: ten times as long as it took before on a whole tree, at least two
/// minutes, never longer than it is configured to. `before` zero: it was never seen to end.
Milliseconds time_limit(Milliseconds configured, Milliseconds before);

/// Is the outcome about no tree: did the tool not do its work, or find no test that can run?
bool does_not_work(const record::GateOutcome& outcome);

/// Gates of one run. An outcome comes from the run's own record, else from this clone's cache of
/// earlier runs (same gate, tool, tree and selection), else from running the tool; it is in the
/// record when it is returned.
class Gatekeeper {
 public:
  using Tell =
      std::function<void(const std::string& kind, const std::string& text, record::Json fields)>;

  /// `gates` are started in `room`, and what is known of a tree is known for what is installed
  /// there; the room is fitted to the tree and to the user's environment before each of them.
  /// `past` may name another folder for outcomes (a replay begins with an empty one, so that the
  /// tools really run), or have the outcomes itself: then no tool runs.
  Gatekeeper(session::Context& context, store::ActiveRun& active, git::Workspace& workspace,
             std::vector<gate::Gate> gates, Room room, std::string cache_dir, Tell tell,
             Past& past = nothing_before());

  [[nodiscard]] const std::vector<gate::Gate>& gates() const { return gates_; }
  /// From now on only the gates of these names are the run's; before, all are. Of a repository with
  /// several projects: those that the change concerns. The run may go without those in `spare`.
  void choose(std::set<std::string> names, std::set<std::string> spare = {}) {
    chosen_ = std::move(names);
    spare_ = std::move(spare);
  }
  /// Gates of these folders are started in `room`, and not in what was given at first.
  void start_in(Room room, const std::set<std::string>& folders);
  /// What becomes of a tool that could not do its work (gate::crashed), also with a fresh cache.
  enum class OnCrash {
    kStop,  ///< an Error (kEnvironment) in its own words: no model could mend that
    kTell,  ///< its outcome is returned, for the caller to say what it means
    /// As kTell; and where the run may go on without the gate (gate::may_be_left_out, and what was
    /// said to be spare) the outcome goes not on record: a gate that is left out is none of the
    /// run's.
    kLeaveOut,
    /// As kTell; and what does not work goes not on record: the question was one of ours, which the
    /// tool may not know how to take.
    kForget
  };
  /// All gates of `stage` on what the workspace holds. A crash is never known again. `time`: from 2
  /// on the same is asked once more, and what was said the times before is no answer.
  Result<std::vector<record::GateOutcome>> run(std::string_view stage,
                                               const std::vector<std::string>& selection,
                                               const std::vector<std::string>& changed,
                                               OnCrash on_crash = OnCrash::kStop, int time = 1);
  /// Does every chosen gate of tests take them by their ids?
  [[nodiscard]] bool takes_test_names() const;
  /// Lets the gates' fixers rewrite what they may of `changed` (gate::fixable, by what the gates
  /// said of `base`; fixed_in_part); the workspace holds the tree that they made. Nothing: none had
  /// a file to look at, and nothing is on record. A fixer that does not work is told, and changes
  /// nothing.
  /// `in_part`: also files that were untidy before.
  Result<std::optional<record::GateOutcome>> fix(const std::vector<std::string>& changed,
                                                 const std::vector<record::GateOutcome>& base,
                                                 bool in_part = true);
  /// What `work` makes of the workspace's tree (Bench::relock), once a tree: it gives an outcome
  /// whose `fixed` the workspace holds then. A replay takes it from the record, which an index has
  /// a say in; nothing: the record has none.
  Result<std::optional<record::GateOutcome>> relock(
      const std::function<Result<record::GateOutcome>()>& work);
  /// What `work` finds out about the workspace's tree, once for all runs of this clone: under
  /// `name` on record, as if a gate had said it. `key`: what besides the tree decides it. Nothing:
  /// it is a replay, and the run had none.
  Result<std::optional<record::GateOutcome>> once(
      const std::string& name, const std::string& key,
      const std::function<Result<record::GateOutcome>()>& work);
  /// The chosen gates of tests on what lies on disk, which may be another tree than the
  /// workspace's: a question of ours that goes neither on record nor into a cache. Each ends after
  /// `most`. Afterwards the disk holds the tree again.
  Result<std::vector<record::GateOutcome>> try_tests(const std::vector<std::string>& selection,
                                                     Milliseconds most);
  Result<record::GateOutcome> parse(const std::vector<std::string>& paths);
  /// What a commit of the workspace's tree would be made on, for the repository's hooks: without it
  /// no hook is asked.
  void stand_on(HookGround ground) { ground_ = std::move(ground); }
  [[nodiscard]] const std::optional<HookGround>& ground() const { return ground_; }
  /// Asks the commit-msg hook about `message` for a commit of the tree. On record once it was
  /// taken.
  Result<Worded> ask_commit_msg(const std::string& message);
  /// From now on the gate of this name is none of the run's.
  void leave_out(const std::string& gate);

  [[nodiscard]] Milliseconds spent() const { return spent_; }
  /// Names of the gate records made or used since the last call.
  std::vector<std::string> take_names();
  /// As if what was run since take_names() had not been.
  void give_back(std::vector<std::string> names) { names_ = std::move(names); }
  /// Does a gate look at the changed files alone ({files})?
  [[nodiscard]] bool has_gate_of_files() const;

 private:
  Result<record::GateOutcome> one(const gate::Gate& gate, const std::vector<std::string>& selection,
                                  const std::vector<std::string>& changed, OnCrash on_crash,
                                  int time);
  Result<record::GateOutcome> twice_if_crashed(const gate::Gate& gate,
                                               const std::vector<std::string>& selection,
                                               const std::vector<std::string>& changed);
  Result<record::GateOutcome> really_run(const gate::Gate& gate,
                                         const std::vector<std::string>& selection,
                                         const std::vector<std::string>& changed);
  struct Answer {
    record::GateOutcome outcome;
    bool known = false;  ///< nothing was run for it
  };
  Result<Answer> known_or_run(const gate::Gate& gate, const std::vector<std::string>& selection,
                              const std::vector<std::string>& changed, const std::string& key);
  Result<record::GateOutcome> on_record(record::GateOutcome outcome, const std::string& key,
                                        Milliseconds took = Milliseconds(0));
  Result<void> take_back(const gate::Gate& gate);
  // Hooks (gatekeeper_hook.cc).
  struct Called {
    record::GateOutcome outcome;
    std::vector<std::string> modified;  ///< paths that the hook left otherwise than they were
    std::string message;                ///< of commit-msg: what its file holds now
  };
  Result<Oid> head_for(const std::vector<std::string>& changed) const;
  Result<Called> call_hook(const gate::Gate& gate, const std::vector<std::string>& changed,
                           const std::string& message = {});
  Result<record::GateOutcome> really_run_hook(const gate::Gate& gate,
                                              const std::vector<std::string>& changed);
  Result<std::optional<record::GateOutcome>> one_hook(const gate::Gate& gate,
                                                      const std::vector<std::string>& changed,
                                                      OnCrash on_crash = OnCrash::kStop);
  Result<void> fix_by_hook(const gate::Gate& gate, const std::vector<std::string>& paths,
                           record::GateOutcome& all);
  Result<void> add_hook(const gate::Gate& gate, const std::vector<std::string>& changed,
                        OnCrash on_crash, std::vector<record::GateOutcome>& outcomes);
  std::optional<record::GateOutcome> cached(const std::string& key) const;
  Result<record::GateOutcome> recorded_outcome(const std::string& gate,
                                               const std::vector<std::string>& keys,
                                               OnCrash on_crash = OnCrash::kStop);
  void cache(const std::string& key, const record::GateOutcome& outcome) const;
  [[nodiscard]] bool is_chosen(const gate::Gate& gate) const;
  Result<void> install_hooks_of(const gate::Gate& gate) const;
  Result<bool> has_users_hooks(const std::vector<std::string>& argv, const std::string& tools,
                               const env::Ready& ready, Environment variables) const;
  [[nodiscard]] std::string held_key(const gate::Gate& gate) const;
  [[nodiscard]] std::string version_of(const gate::Gate& gate) const;
  [[nodiscard]] Result<gate::Place> place(const TemporaryFolder& scratch,
                                          const std::string& folder) const;
  /// What a gate of this folder is started in.
  [[nodiscard]] Room& room_of(const std::string& folder) const;
  [[nodiscard]] env::Ready& ready_in(const std::string& folder) const;
  /// Prepares the gate's room again where the tree in the workspace needs another environment than
  /// the one that it was prepared for, or the user's own has changed. An outcome: what the change
  /// asks for cannot be had; the gate was not asked. An Error: nobody could be asked.
  Result<std::optional<record::GateOutcome>> fit_room(const gate::Gate& gate);
  /// What the tool prints becomes gate.progress events, at most one a second.
  [[nodiscard]] std::function<void(std::string_view)> progress_of(const gate::Gate& gate) const;
  [[nodiscard]] Milliseconds took_before(const gate::Gate& gate) const;
  [[nodiscard]] gate::Gate limited(const gate::Gate& gate) const;
  void note_time(const gate::Gate& gate, const record::GateOutcome& outcome);
  Result<record::GateOutcome> really_fix(const std::vector<std::string>& changed,
                                         const std::vector<record::GateOutcome>& base,
                                         bool in_part);
  Result<void> fix_by(const gate::Gate& gate, const gate::Fixable& files, const Oid& base,
                      record::GateOutcome& all);
  Result<void> keep_of_fix(const std::string& path, const Oid& base, const Oid& before,
                           const Oid& after);

  session::Context& context_;
  store::ActiveRun& active_;
  git::Workspace& workspace_;
  std::vector<gate::Gate> gates_;
  std::optional<std::set<std::string>> chosen_;  ///< names; nothing: all
  std::set<std::string> spare_;                  ///< names, of those
  std::shared_ptr<Room> room_;                   ///< of the root, and of what is not in others_
  std::map<std::string, std::shared_ptr<Room>> others_;  ///< by folder of gates
  std::string cache_dir_, outcomes_dir_;
  std::shared_ptr<session::ToolCaches> tools_;
  Past& past_;
  Tell tell_;
  Milliseconds spent_{0};
  std::map<std::string, Milliseconds> took_;  ///< of whole runs, by gate: the longest
  std::map<std::string, Oid> worked_on_;      ///< the first tree of the run, by gate
  std::vector<std::string> names_;
  std::optional<HookGround> ground_;
  /// What a hook said of a tree when it was let change it and had nothing to change.
  std::map<std::string, record::GateOutcome> hook_said_;
};

}  // namespace gf::line
