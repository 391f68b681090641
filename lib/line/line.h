// One run on the line: from a request to a pull request, step by step, everything kept.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "line/asker.h"
#include "stage/changelog.h"
#include "session/context.h"
#include "session/facts.h"
#include "line/gatekeeper.h"
#include "session/templates.h"
#include "forge/forge.h"
#include "git/workspace.h"
#include "stage/review.h"
#include "stage/stage.h"
#include "tool/tool.h"

namespace gf::line {

/// What one run is to do, as far as it is not in the request.
struct Wishes {
  bool plan_only = false;
  bool no_pr = false;
  bool draft = false;
  std::optional<record::Spec> spec;  ///< start from this one instead of asking for it
};

/// What a replay's line takes from the record of a run instead of doing it. Its own record and its
/// objects go where the line's context points: into a repository that is thrown away.
struct Rerun {
  const store::Run* recorded = nullptr;
  bool run_gates = true;   ///< false: outcomes come from the record too
  std::string folder;      ///< for worktrees and outcomes of this replay
  std::string gate_cache;  ///< what tools keep for themselves between runs
  /// Called when a step is in the line's record; 0: the gates on the base. An Error ends the line.
  std::function<Result<void>(int seq)> after;
};

/// Runs the stages in order. Built anew for a run that goes on: the same steps are taken again, but
/// what is in the record is used instead of being done a second time, so the line arrives where it
/// was stopped (P4). Not movable: its parts point at each other.
class Line {
 public:
  /// `rerun`: null but for a replay; it must outlive the line.
  Line(session::Context& context, session::Config config, session::Base base, Wishes wishes, store::ActiveRun active,
       const Rerun* rerun = nullptr);

  /// To the end: a RunRecord with any final status is an answer, also "no". An Error means that the
  /// run could not go on; it stays active, and resume goes on.
  Result<record::RunRecord> run();

 private:
  struct Step {
    stage::Judgement judgement;
    stage::Output output;
    stage::Meter meter;
    Oid tree_in;
    bool asked = false;  ///< a model was asked
  };

  // line.cc: the order of things
  Result<void> prepare();
  Result<void> loop(const Stopwatch& first, Timestamp began);
  Result<std::string> next_after(const std::string& name, const Step& step);
  Result<std::string> failed(const std::string& name, const stage::Judgement& judgement);
  Result<Step> take(const stage::Stage& stage);
  Result<void> record_step(const stage::Stage& stage, const Step& step, const Stopwatch& watch,
                           Timestamp started);
  Result<void> finish(record::RunStatus status, const std::string& reason);
  Result<void> prepare_gates(const Gatekeeper::Tell& told);
  Result<void> check_base();
  Result<std::vector<gate::Gate>> gates_to_run(const std::string& python) const;
  Result<void> told_replayer(int seq);

  // steps.cc: one function a stage
  Result<Step> plan(const stage::Stage& stage);
  Result<Step> scout(const stage::Stage& stage);
  Result<Step> build(const stage::Stage& stage);
  Result<Step> validate(const stage::Stage& stage);
  Result<Step> test(const stage::Stage& stage);
  Result<Step> review(const stage::Stage& stage);
  Result<Step> deliver(const stage::Stage& stage);
  Result<std::map<std::string, stage::Shown>> reproduce(
      const std::vector<stage::Reproduction>& claims);
  Result<void> write_changelog();
  Result<void> judge_tests(const stage::Stage& stage, const std::vector<std::string>& written,
                           Step& step);

  // inputs.cc: what each stage is entitled to see
  stage::Input input_for(const stage::Stage& stage);
  /// The same with the prompt template and the schema of a stage that asks a model.
  Result<stage::Input> question_for(const stage::Stage& stage);
  tool::Scope build_scope() const;
  tool::Scope test_scope() const;
  Result<std::string> signatures();
  Result<std::vector<std::string>> changed_paths(const Oid& from, const Oid& to) const;
  Result<std::map<std::string, std::vector<int>>> added_lines() const;
  Result<std::vector<stage::ReviewHunk>> review_hunks() const;
  bool is_test_path(const std::string& path) const;

  // conversation.cc: a model and its tools
  Result<stage::Output> converse(const stage::Stage& stage, const stage::Input& in,
                                 const tool::Scope& scope, std::vector<std::string>* changed);
  Result<std::vector<record::Message>> answer_calls(tool::Toolbox& tools,
                                                    const record::Message& asked,
                                                    std::vector<std::string>* changed);

  /// A run that was asked for with an approval waits for it here.
  Result<void> await_approval();

  // delivery.cc: branch, push, pull request
  Result<Oid> delivered_commit();
  Result<void> sign_verdict();
  [[nodiscard]] std::string evidence_ref() const;
  Result<std::string> place_branch(const Oid& commit);
  Result<void> push_branch(const std::string& branch, forge::Forge& forge);
  [[nodiscard]] forge::PullRequest wanted_request(const std::string& branch) const;
  Result<void> open_pull_request(const std::string& branch, forge::Forge& forge);
  std::string pull_request_body() const;
  void share_record();

  void tell(const std::string& kind, const std::string& text, record::Json fields = {});
  Result<void> act(const std::string& name, const std::function<Result<void>()>& work);
  int64_t retries(std::string_view stage) const;

  session::Context& context_;
  session::Config config_;
  session::Base base_;
  Wishes wishes_;
  store::ActiveRun active_;
  const Rerun* rerun_;
  record::RunRecord run_;

  std::optional<git::Workspace> workspace_;
  std::unique_ptr<session::GitFacts> base_facts_;
  std::unique_ptr<session::GitFacts> facts_;  ///< of workspace_->tree()
  std::unique_ptr<session::Templates> templates_;
  std::unique_ptr<Asker> asker_;
  std::unique_ptr<Gatekeeper> gates_;
  std::vector<record::GateOutcome> base_outcomes_;

  std::optional<record::Spec> spec_;
  Oid spec_id_;
  std::optional<stage::Brief> brief_;
  std::optional<record::Verdict> verdict_;
  stage::Changelog changelog_;
  std::optional<std::string> remote_;
  std::map<std::string, std::string> policy_;
  std::vector<std::string> test_paths_;

  std::string stage_name_;
  int attempt_ = 0;
  Oid prompt_;  ///< of the template that this attempt's model was asked with
  int seq_ = 0;
  std::map<std::string, int> attempts_;
  std::map<std::string, int> sent_back_;  ///< how often a stage had to run again
  std::map<std::string, std::vector<std::string>> feedback_;
  std::map<std::string, int> same_failure_;
  int rejections_ = 0;
  bool fresh_;  ///< begun by this line; false when it goes on with what another has left
  std::optional<forge::PullRequest> opened_;  ///< together with the branch
  bool evidence_sent_ = false;  ///< the remote wanted to see the record before the run had ended
  std::vector<record::GateOutcome> outcomes_;  ///< of the tree REVIEW gets
  std::string trace_;
  std::map<std::string, Milliseconds> acts_;
  Milliseconds model_before_{0}, gates_before_{0};
};

}  // namespace gf::line
