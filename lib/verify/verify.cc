// The answer for a push or a range, commit by commit.
#include "verify/verify.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <set>
#include <utility>

#include "base/text.h"
#include "store/store.h"
#include "verify/change.h"
#include "verify/evidence.h"
#include "verify/gated.h"
#include "verify/range.h"
#include "verify/record_refs.h"
#include "verify/signature.h"

namespace gf::verify {
namespace {

/// Judges commits; what it read for one it knows for the next.
class Door {
 public:
  Door(const git::Repo& repo, const git::Program& git, const Policy& policy,
       const std::vector<Question>& pushed, const Regate& regate, bool whole_range)
      : whole_range_(whole_range),
        repo_(repo),
        git_(git),
        policy_(policy),
        regate_(regate),
        records_(repo, pushed) {
    std::ifstream cuts(repo.common_dir() + "/shallow");
    for (std::string line; std::getline(cuts, line);) {
      if (auto id = Oid::parse(trim(line)); id.ok()) shallow_.insert(*id);
    }
  }

  /// `on_top`: stands on a commit of a run that comes with it.
  Result<Finding> judge(const Oid& id, const std::string& ref, bool* on_top) {
    Finding finding;
    finding.commit = id;
    finding.ref = ref;
    auto commit = repo_.commit(id);
    if (!commit.ok()) {
      return tell(finding, {State::kUnsure, Reason::kMissingObjects, commit.error().message,
                            "fetch it first"});
    }
    GF_ASSIGN(auto change, change_of(std::move(commit).value()));
    finding.subject =
        clipped(change.commit.message.substr(0, change.commit.message.find('\n')), 120);
    std::vector<RunId> named = store::runs_named_in(change.commit.message);
    bool merge = change.commit.parents.size() > 1;
    GF_ASSIGN(bool covered, is_covered(change, ref, !named.empty() || *on_top));
    // A merge joins the factory's work with others' and is judged as that; what comes after it is
    // not the factory's branch any more.
    *on_top = (*on_top || !named.empty()) && !merge;
    if (!covered) {
      if (whole_range_ && change.shallow && policy_.cover != Policy::Cover::kOff) {
        return tell(finding, {State::kUnsure, Reason::kShallow,
                              "history is cut here: what lies below was not looked at",
                              "complete it with 'git fetch --unshallow'"});
      }
      finding.state = State::kSkipped;
      finding.reason = Reason::kNotCovered;
      finding.text = "the policy asks for no verdict";
      return finding;
    }
    auto judged = merge ? judge_merge(finding, change) : judge_plain(finding, change, named);
    if (judged.ok() && judged->state == State::kOk) GF_TRY(note_base(*judged));
    // A partial clone, a broken one: nothing can be said about this commit, but about others.
    if (!judged.ok() && judged.error().fault == Fault::kBadData) {
      return tell(finding, {State::kUnsure, Reason::kMissingObjects, judged.error().message,
                            "fetch what is missing, or ask where the whole repository is"});
    }
    return judged;
  }

  /// Of what came to one branch: a run's base is not its work. People's commits that its approved
  /// commit stands on, and that are asked about for the branch's name alone, are not held against
  /// it: to any other branch they could be pushed as they are.
  void let_bases_by(const Incoming& all, std::vector<Finding>& findings, size_t first) {
    std::set<Oid> below;
    for (const Oid& base : std::exchange(bases_, {})) {
      for (const Oid& commit : all.between(Oid(), base)) below.insert(commit);
    }
    for (size_t at = first; at < findings.size(); ++at) {
      Finding& finding = findings[at];
      bool refused = finding.state == State::kNo || finding.state == State::kUnsure;
      bool lets = below.contains(finding.commit) && for_its_branch_alone_.contains(finding.commit);
      if (!refused || !lets) continue;
      finding =
          tell(std::move(finding), {State::kSkipped, Reason::kNotCovered,
                                    "a run's base, which the policy asks for no verdict", ""});
    }
  }

 private:
  static Finding tell(Finding finding, const Refusal& refusal) {
    finding.state = refusal.state;
    finding.reason = refusal.reason;
    finding.text = refusal.text;
    finding.hint = refusal.hint;
    return finding;
  }
  static Finding tell(Finding finding, const Fit& fit) {
    finding.state = State::kOk;
    finding.reason = fit.reason;
    finding.text = fit.text;
    return finding;
  }

  Result<Change> change_of(git::CommitInfo commit) {
    Change change;
    change.commit = std::move(commit);
    change.shallow = shallow_.contains(change.commit.id);
    for (const Oid& parent : change.commit.parents) {
      if (!repo_.exists(parent)) continue;
      GF_ASSIGN(auto info, repo_.commit(parent));
      change.parents.push_back(std::move(info));
    }
    // A libgit2 that knows about shallow clones tells no parents at all here.
    change.cut = change.parents.size() != change.commit.parents.size() ||
                 (change.shallow && change.commit.parents.empty());
    return change;
  }

  Result<bool> is_covered(const Change& change, const std::string& ref, bool factory_made) {
    if (policy_.cover == Policy::Cover::kOff) return false;
    if (policy_.cover == Policy::Cover::kAll || factory_made) return true;
    if (policy_.covers_branch(ref)) return true;
    GF_ASSIGN(bool by_path, touches_covered_path(change));
    if (by_path) return true;
    if (!lower(ref).starts_with("refs/heads/" + lower(policy_.branch_prefix))) return false;
    for_its_branch_alone_.insert(change.commit.id);
    return true;
  }

  Result<bool> touches_covered_path(const Change& change) {
    if (policy_.paths.empty()) return false;
    if (change.cut) return true;
    std::vector<Oid> before;
    for (const git::CommitInfo& parent : change.parents) before.push_back(parent.tree);
    if (before.empty()) before.emplace_back();
    for (const Oid& tree : before) {
      GF_ASSIGN(auto deltas, repo_.diff(tree, change.commit.tree));
      for (const git::Delta& delta : deltas) {
        if (policy_.covers_path(delta.path)) return true;
      }
    }
    return false;
  }

  Result<void> note_base(const Finding& good) {
    if (good.run.empty()) return Done{};
    GF_ASSIGN(const Judged* judged, records_.of(good.run));
    if (const auto* approval = std::get_if<Approval>(judged)) bases_.insert(approval->run.base);
    return Done{};
  }

  Result<Finding> judge_merge(const Finding& finding, const Change& change) {
    GF_ASSIGN(auto fitted, fit_merge(repo_, git_, change));
    if (auto* refusal = std::get_if<Refusal>(&fitted)) return tell(finding, *refusal);
    bool known_tree = std::any_of(
        change.parents.begin(), change.parents.end(),
        [&](const git::CommitInfo& parent) { return parent.tree == change.commit.tree; });
    Finding good = tell(finding, std::get<Fit>(fitted));
    return known_tree ? Result<Finding>(good) : gated(good, change, RunId());
  }

  Result<Finding> judge_plain(const Finding& finding, const Change& change,
                              const std::vector<RunId>& named) {
    if (!change.cut && change.commit.tree ==
                           (change.commit.parents.empty() ? empty_tree() : change.tree_before())) {
      return tell(finding, Fit{Reason::kNoChange, "changes nothing"});
    }
    if (!named.empty()) return best_of(finding, change, named);
    GF_ASSIGN(auto noted, records_.noted_on(change.commit.id, change.commit.tree));
    GF_ASSIGN(auto by_note, best_of(finding, change, noted));
    if (by_note.state == State::kOk) return by_note;
    std::string patch;
    if (!change.cut) {
      GF_ASSIGN(patch, repo_.patch_id(change.tree_before(), change.commit.tree));
    }
    GF_ASSIGN(auto listed, records_.listed_for(change.commit.tree, patch));
    if (listed.empty() && change.cut && by_note.reason == Reason::kNoRun) {
      return tell(finding, {State::kUnsure, Reason::kShallow,
                            "history is cut here, and what it changes cannot be looked up",
                            "complete it with 'git fetch --unshallow'"});
    }
    if (listed.empty()) return by_note;
    return best_of(finding, change, listed);
  }

  /// The first run that covers the commit; else what the first one said.
  Result<Finding> best_of(const Finding& finding, const Change& change,
                          const std::vector<RunId>& runs) {
    std::optional<Finding> first;
    for (const RunId& run : runs) {
      GF_ASSIGN(auto found, judge_run(finding, change, run));
      if (found.state == State::kOk) return found;
      if (!first) first = found;
    }
    if (first) return *first;
    return tell(finding, {State::kNo, Reason::kNoRun, "no verdict is about this change",
                          "leave it out, or have the change made with 'git factory feature'"});
  }

  Result<Finding> judge_run(const Finding& finding, const Change& change, const RunId& run) {
    GF_ASSIGN(const Judged* judged, records_.of(run));
    GF_ASSIGN(auto newest, judge_by(finding, change, run, *judged));
    if (newest.state == State::kOk) return newest;
    GF_ASSIGN(const std::vector<Judged>* before, records_.before(run));
    for (const Judged& earlier : *before) {
      GF_ASSIGN(auto found, judge_by(finding, change, run, earlier));
      if (found.state == State::kOk) return found;
    }
    return newest;
  }

  Result<Finding> judge_by(Finding finding, const Change& change, const RunId& run,
                           const Judged& judged) {
    finding.run = run;
    if (auto* refusal = std::get_if<Refusal>(&judged)) return tell(finding, *refusal);
    const auto& approval = std::get<Approval>(judged);
    finding.reviewer = approval.verdict.reviewer;
    finding.warnings = approval.warnings;
    GF_ASSIGN(auto fitted, fit(repo_, change, approval));
    if (auto* refusal = std::get_if<Refusal>(&fitted)) return tell(finding, *refusal);
    Finding good = tell(finding, std::get<Fit>(fitted));
    GF_ASSIGN(auto foreign, records_.foreign_note(change.commit.id, approval));
    if (foreign) {
      return tell(finding, {State::kNo, Reason::kWrongRun,
                            fmt::format("the review note on it is of {}", clipped(*foreign, 60)),
                            "remove it with 'git notes --ref=factory/review remove <commit>'"});
    }
    if (approval.same_model) {
      bool refused = policy_.same_model == Policy::SameModel::kRefuse ||
                     (policy_.same_model == Policy::SameModel::kAuto && approval.had_a_choice);
      std::string text = fmt::format("'{}' reviewed what it had built", approval.verdict.reviewer);
      if (refused) {
        return tell(finding, {State::kNo, Reason::kSameModel, text,
                              "set factory.review.model to another model and run it again"});
      }
      good.warnings.push_back(text);
    }
    if (policy_.signature) {
      GF_ASSIGN(const auto* signature, signature_of(approval));
      if (const auto* refusal = std::get_if<Refusal>(signature)) return tell(finding, *refusal);
      good.signed_by = std::get<Signed>(*signature).by;
      good.text += ", signed by " + good.signed_by;
    }
    return good.reason == Reason::kRebased ? gated(good, change, run) : Result<Finding>(good);
  }

  /// Each verdict's signature is looked at once, however many refs and commits rest on it.
  Result<const std::variant<Signed, Refusal>*> signature_of(const Approval& approval) {
    auto known = signatures_.find(approval.run.id);
    if (known == signatures_.end()) {
      GF_ASSIGN(auto judged, judge_signature(repo_, git_, policy_, approval));
      known = signatures_.emplace(approval.run.id, std::move(judged)).first;
    }
    return &known->second;
  }

  /// What was approved on another tree has to pass the gates here too, where the policy says so.
  Result<Finding> gated(Finding finding, const Change& change, const RunId& run) {
    if (!policy_.regate) return finding;
    GF_ASSIGN(auto known, remembered(repo_, git_, policy_, records_, change.commit.tree));
    if (known.passed) {
      finding.text += "; the gates were green on it";
      return finding;
    }
    if (!regate_) {
      return tell(
          finding,
          {State::kNo, Reason::kNeedsGates,
           "approved on another tree; " +
               (known.why_not.empty() ? "the gates were not run on this one" : known.why_not),
           fmt::format("run 'git factory verify --regate {}' in a clone, then 'git factory "
                       "sync', and push again",
                       finding.commit.short_hex())});
    }
    GF_ASSIGN(auto red, regate_(finding.commit, run));
    if (red.empty()) {
      finding.text += "; the gates are green on it";
      return finding;
    }
    return tell(finding, {State::kNo, Reason::kGatesFailed,
                          "approved on another tree; on this one " + clipped(red, 200),
                          "run the feature again on this base"});
  }

  static Oid empty_tree() {
    return Oid::parse("4b825dc642cb6eb9a060e54bf8d69288fbee4904").value_or(Oid());
  }

  bool whole_range_;  ///< nothing that comes in may be left unseen
  const git::Repo& repo_;
  const git::Program& git_;
  const Policy& policy_;
  const Regate& regate_;
  Records records_;
  std::set<Oid> shallow_;
  std::set<Oid> for_its_branch_alone_;  ///< judged because the branch has the factory's prefix
  std::set<Oid> bases_;                 ///< of the runs whose commits on this branch are good
  std::map<RunId, std::variant<Signed, Refusal>> signatures_;
};

/// Commits that a ref's new value leads to; a tag of something else leads to none.
Result<std::optional<Oid>> tip_of(const git::Repo& repo, const Oid& id) {
  if (id.is_zero() || !repo.exists(id)) return std::optional<Oid>();
  return repo.resolve_commit(id.hex());
}

}  // namespace

Result<std::vector<Finding>> verify(const git::Repo& repo, const git::Program& git,
                                    const Policy& policy, const Push& push) {
  std::vector<std::pair<Oid, Oid>> ends;  // old and new commit, for each question
  std::set<Oid> tips;
  for (const Question& question : push.refs) {
    std::pair<Oid, Oid> end;
    if (!is_record_ref(question.ref)) {
      GF_ASSIGN(auto new_tip, tip_of(repo, question.new_id));
      GF_ASSIGN(auto old_tip, tip_of(repo, question.old_id));
      end = {old_tip.value_or(Oid()), new_tip.value_or(Oid())};
      if (new_tip) tips.insert({end.first, end.second});
    }
    ends.push_back(end);
  }
  tips.erase(Oid());
  GF_ASSIGN(auto all, incoming(git, {tips.begin(), tips.end()}, push.target));
  Door door(repo, git, policy, push.refs, push.regate, true);
  std::vector<Finding> findings;
  for (size_t i = 0; i < push.refs.size(); ++i) {
    const Question& question = push.refs[i];
    const auto& [old_tip, new_tip] = ends[i];
    if (is_record_ref(question.ref)) {
      GF_ASSIGN(auto finding, judge_record_ref(repo, question));
      findings.push_back(std::move(finding));
    } else if (question.new_id.is_zero()) {
      findings.push_back(about_ref(question, State::kSkipped, Reason::kDeletedRef, "is deleted"));
    } else if (!repo.exists(question.new_id)) {
      findings.push_back(about_ref(question, State::kUnsure, Reason::kMissingObjects,
                                   question.new_id.short_hex() + " is not here", "fetch it first"));
    }
    if (new_tip.is_zero()) continue;
    const size_t first = findings.size();
    std::set<Oid> tops;  // commits whose children stand on a run's commit
    for (const Oid& id : all.between(old_tip, new_tip)) {
      const std::vector<Oid>& parents = all.parents.at(id);
      bool on_top = std::any_of(parents.begin(), parents.end(),
                                [&](const Oid& parent) { return tops.contains(parent); });
      GF_ASSIGN(auto finding, door.judge(id, question.ref, &on_top));
      if (on_top) tops.insert(id);
      findings.push_back(std::move(finding));
    }
    door.let_bases_by(all, findings, first);
  }
  return findings;
}

Result<std::vector<Finding>> verify_commits(const git::Repo& repo, const git::Program& git,
                                            const Policy& policy, const std::vector<Oid>& commits,
                                            const std::string& ref, const Regate& regate) {
  std::vector<Question> nothing;
  Door door(repo, git, policy, nothing, regate, false);
  std::vector<Finding> findings;
  for (const Oid& id : commits) {
    bool on_top = false;
    GF_ASSIGN(auto finding, door.judge(id, ref, &on_top));
    findings.push_back(std::move(finding));
  }
  return findings;
}

}  // namespace gf::verify
