// From an approved tree to a pull request: one commit, one branch, one push.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "forge/forge.h"
#include "line/course.h"
#include "record/gate.h"

namespace gf::session {
class Context;
}  // namespace gf::session

namespace gf::store {
enum class Share;
}  // namespace gf::store

namespace gf::line {

struct Assignment;
struct Worded;
class Bench;
struct Dossier;
class Journal;

/// How much of the run's record leaves this machine: nothing where there is no remote, or where the
/// run keeps to itself.
store::Share share_of(const Assignment& assignment);

/// The hands of the last stage. Each step finds what it did before a crash and does it no second
/// time. Everything handed in must outlive it.
class Delivery {
 public:
  Delivery(session::Context& context, const Assignment& assignment, Journal& journal, Bench& bench,
           Dossier& dossier);

  /// The commit of the approved tree on the base, on record before any ref names it.
  Result<void> commit();
  /// As the user signs commits, where git is set up for that; else the verdict stays unsigned, and
  /// is said to be.
  Result<void> sign();
  /// "refs/heads/factory/<slug>", or with the run's digits behind it when that name is taken.
  Result<void> place();
  /// Chooses the forge, and asks whether it could open a request and whether the remote lets us
  /// push. Before anything is spent.
  Result<void> check();
  /// Pushes the branch and opens its pull request. `outcomes` are those of the delivered tree;
  /// `about_base` is one line for the request's reader, or nothing.
  Result<void> send(const std::vector<record::GateOutcome>& outcomes,
                    const std::string& about_base);

  // --- Of a run that goes on with what reviewers said (delivery_again.cc) ---
  /// What was delivered at a step that is on record stands: nothing is sent a second time. A replay
  /// has made no commit; the recorded one is its own from there, with the tree that it has come to.
  void stands(const record::Rework& rework, bool replays);
  /// Tells each of them what was done.
  Result<void> answer(const std::vector<Course::Contested>& contested,
                      const std::vector<record::GateOutcome>& outcomes);

  /// Sends the record where factory.share allows it. A failure is told and never fails a run.
  void share();

 private:
  /// The rework that this delivery answers; null: it is the run's first.
  [[nodiscard]] const record::Rework* before() const;
  Result<void> commit_again(const record::Rework& before);
  Result<void> place_again(const record::Rework& before);
  [[nodiscard]] Error overtaken(const std::string& said) const;
  [[nodiscard]] std::string evidence_ref() const;
  Result<std::string> subject_of();
  Result<std::string> message_of(const std::string& subject);
  /// A message that the repository's commit-msg hook takes.
  Result<std::string> taken_message();
  Error refused(const Worded& first) const;
  [[nodiscard]] std::string closing() const;
  Result<forge::PullRequest> wanted(const std::vector<record::GateOutcome>& outcomes,
                                    const std::string& about_base);
  [[nodiscard]] bool is_elsewhere() const;
  Result<void> ask_to_push() const;
  [[nodiscard]] Result<std::vector<std::string>> record_beside() const;
  Result<void> push(const forge::PullRequest& request, forge::Forge& forge);
  Result<void> open(const forge::PullRequest& request, forge::Forge& forge);
  Result<void> tell_reviewers(forge::Forge& forge);

  session::Context& context_;
  const Assignment& assignment_;
  Journal& journal_;
  Bench& bench_;
  Dossier& dossier_;
  std::unique_ptr<forge::Forge> forge_;
  std::optional<forge::PullRequest> opened_;  ///< together with the branch
  bool evidence_sent_ = false;  ///< the remote wanted to see the record before the run had ended
};

}  // namespace gf::line
