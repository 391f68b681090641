// Each step may have been taken before the run was stopped: what is there already is used.
#include "line/delivery.h"

#include <fmt/format.h>

#include "base/text.h"
#include "forge/address.h"
#include "line/assignment.h"
#include "line/bench.h"
#include "line/dossier.h"
#include "line/journal.h"
#include "line/pull_request_text.h"
#include "line/repository_hooks.h"
#include "line/rework.h"
#include "session/context.h"
#include "store/sync.h"
#include "verify/verify.h"

namespace gf::line {

Delivery::Delivery(session::Context& context, const Assignment& assignment, Journal& journal,
                   Bench& bench, Dossier& dossier)
    : context_(context),
      assignment_(assignment),
      journal_(journal),
      bench_(bench),
      dossier_(dossier) {}

Result<void> Delivery::commit() {
  record::RunRecord& run = journal_.run();
  // Going on after a crash finds the commit that was made then.
  if (const record::Rework* rework = before()) {
    GF_TRY(commit_again(*rework));
  } else if (run.head.is_zero() || !context_.repo.exists(run.head)) {
    GF_ASSIGN(auto message, taken_message());
    GF_ASSIGN(run.head, context_.git.commit_tree(bench_.tree(), {bench_.base().commit}, message));
  }
  // On record before the branch is: who goes on after a cut between the two must place this very
  // commit, or the branch's name would count as taken by a stranger.
  dossier_.verdict->commit = run.head;
  journal_.active().put_verdict(*dossier_.verdict);
  run.tree = bench_.tree();
  run.patch_id = dossier_.verdict->patch_id;
  journal_.keep_run();
  return journal_.active().save();
}

/// The delivered commit's, once it is made: a hook may have had a say.
Result<std::string> Delivery::subject_of() {
  const Oid& head = journal_.run().head;
  if (!head.is_zero() && context_.repo.exists(head)) {
    GF_ASSIGN(auto commit, context_.repo.commit(head));
    return commit.message.substr(0, commit.message.find('\n'));
  }
  GF_ASSIGN(const Change* change, bench_.change());
  return stage::subject_for(assignment_.conventions, dossier_.spec->title, change->paths());
}

/// Signed off by the user and nobody else, where the repository's commits are.
Result<std::string> Delivery::message_of(const std::string& subject) {
  std::string by;
  if (assignment_.conventions.signed_off) {
    GF_ASSIGN(auto who, context_.repo.identity(context_.clock().now()));
    by = fmt::format("{} <{}>", who.name, who.email);
  }
  if (before() != nullptr) return rework_message(*before(), subject, journal_.run().id, by);
  return commit_message(*dossier_.spec, subject, journal_.run().id, by);
}

/// Worded as commits are here, and where the hook does not take that, in the other forms that hooks
/// ask for; a person's own choice of a form is kept to.
Result<std::string> Delivery::taken_message() {
  GF_ASSIGN(const Change* change, bench_.change());
  std::string title = before() != nullptr ? rework_title(*before()) : dossier_.spec->title;
  std::vector<std::string> subjects =
      stage::subjects_to_try(assignment_.conventions, title, change->paths());
  bool chosen = lower(assignment_.config.get("factory.commitStyle", "auto")) != "auto";
  if (chosen) subjects.resize(1);
  std::string first;
  std::optional<Worded> refusal;
  for (const std::string& subject : subjects) {
    GF_ASSIGN(auto message, message_of(subject));
    if (first.empty()) first = message;
    GF_ASSIGN(auto worded, bench_.ask_commit_msg(message));
    if (worded.said == Worded::Said::kYes) {
      const std::string run = "Factory-Run: " + journal_.run().id.str();
      if (refusal)
        journal_.tell("note", fmt::format("the commit-msg hook took '{}'", printable(subject)));
      // By it a commit is known to be ours.
      bool kept = worded.message.find(run) != std::string::npos;
      return kept ? worded.message : std::string(trim(worded.message)) + "\n\n" + run + "\n";
    }
    if (!refusal) refusal = std::move(worded);
    if (refusal->said == Worded::Said::kBroken) break;
  }
  GF_ASSIGN(HookWay way, hook_way(assignment_.config));
  if (way == HookWay::kRun) return refused(*refusal);
  journal_.tell("warning", fmt::format("the commit-msg hook does not take the message "
                                       "(factory.hooks = warn): {}",
                                       refusal->words));
  return first;
}

/// The run waits: what it built is kept, and no other message is known.
Error Delivery::refused(const Worded& first) const {
  const std::string id = journal_.run().id.id8();
  bool broken = first.said == Worded::Said::kBroken;
  return Error{
      broken ? Fault::kEnvironment : Fault::kConfiguration,
      fmt::format("the run waits at pr: the commit-msg hook {}: {}",
                  broken ? "could not do its work" : "does not take the message", first.words),
      {},
      fmt::format("set factory.commitStyle or factory.signOff as the hook wants it, or go "
                  "on without it: 'git -c factory.hooks=warn factory resume {}'",
                  id)};
}

Result<void> Delivery::sign() {
  GF_ASSIGN(auto signing, verify::signing_of(assignment_.config.find("factory.sign")));
  if (signing == verify::Signing::kNever) return Done{};
  // Also when it was signed before a crash: the verdict may have been written anew since.
  GF_ASSIGN(auto files, journal_.active().ledger_files());
  if (signing == verify::Signing::kWhereAble) {
    GF_ASSIGN(bool able, verify::can_sign(context_.git));
    if (!able) {
      journal_.tell("note", "the verdict is not signed: git has no user.signingKey");
      return Done{};
    }
  }
  return journal_.act("sign", [&]() -> Result<void> {
    auto statement = verify::signed_statement(context_.git, *dossier_.verdict, files);
    if (!statement.ok() && signing == verify::Signing::kAlways) return statement.error();
    if (!statement.ok()) {
      journal_.tell("warning", "the verdict is not signed: " + statement.error().message);
      return Done{};
    }
    journal_.active().put_signature(*statement);
    return journal_.active().save();
  });
}

Result<void> Delivery::place() {
  record::RunRecord& run = journal_.run();
  const record::Rework* rework = before();
  if (rework != nullptr && !run.branch.empty()) return place_again(*rework);
  std::string prefix = assignment_.config.get("factory.branchPrefix", "factory/");
  std::string plain = prefix + run.slug;
  for (const std::string& name : {plain, plain + "-" + run.id.id8()}) {
    GF_ASSIGN(auto ref, RefName::parse("refs/heads/" + name));
    GF_ASSIGN(auto there, context_.repo.read_ref(ref));
    bool ours = there && *there == run.head;
    if (there && !ours) continue;
    if (!ours && assignment_.remote) {
      GF_ASSIGN(auto tracked, context_.repo.read_ref(RefName::known(
                                  fmt::format("refs/remotes/{}/{}", *assignment_.remote, name))));
      if (tracked && *tracked != run.head) continue;
    }
    if (!ours) {
      auto placed =
          context_.repo.compare_and_swap(ref, Oid(), run.head, "factory: deliver " + run.id.str());
      if (!placed.ok()) {
        Error error = placed.error();
        error.hint =
            fmt::format("a branch '{}' is in the way? rename it, or set factory.branchPrefix",
                        prefix.substr(0, prefix.find('/')));
        return error;
      }
      if (!*placed) continue;
      if (name != plain)
        journal_.tell("note", fmt::format("the branch name was taken; this is '{}'", name));
    }
    run.branch = ref.str();
    journal_.keep_run();
    return Done{};
  }
  return Error{Fault::kUser,
               fmt::format("the branch '{}' is taken", plain),
               {},
               "choose another name with --slug"};
}

std::string Delivery::evidence_ref() const { return store::kEvidence + journal_.run().id.str(); }

Result<forge::PullRequest> Delivery::wanted(const std::vector<record::GateOutcome>& outcomes,
                                            const std::string& about_base) {
  const record::RunRecord& run = journal_.run();
  forge::PullRequest request;
  GF_ASSIGN(request.title, subject_of());
  Evidence evidence{run,
                    *dossier_.spec,
                    *dossier_.verdict,
                    outcomes,
                    journal_.active().stages(),
                    context_.clock().now() - run.started,
                    about_base,
                    closing(),
                    locks_text(dossier_.locks),
                    {},
                    mutation_text(dossier_.faults),
                    dossier_.targeted};
  auto form = form_path(bench_.base_facts());
  // What stays in the repository is for who knows its form already.
  bool wanted_here = forge_ != nullptr && !forge_->keeps_here();
  if (form && wanted_here && assignment_.config.get("factory.forge.form", "auto") != "none")
    evidence.form = filled(bench_.base_facts().read(*form).value_or(""), form_words(evidence));
  request.body = pull_request_body(evidence);
  request.head_branch = RefName::known(run.branch).short_name();
  request.base_branch = assignment_.base.name;
  request.head = run.head;
  request.base = bench_.base().commit;
  request.draft = assignment_.wishes.draft;
  request.author = run.author;
  request.opened = context_.clock().now();
  request.run = run.id;
  return request;
}

/// The words by which the forge closes the issue that asked for it; one without issues needs none.
std::string Delivery::closing() const {
  auto number = forge::number_named(assignment_.wishes.issue);
  std::string word = assignment_.config.get("factory.forge.closing", "Closes");
  bool none = !number || word.empty() || forge_ == nullptr || forge_->keeps_here();
  return none ? std::string() : fmt::format("{} #{}", printable(word), *number);
}

Result<void> Delivery::send(const std::vector<record::GateOutcome>& outcomes,
                            const std::string& about_base) {
  if (forge_ == nullptr) GF_TRY(check());
  GF_ASSIGN(auto request, wanted(outcomes, about_base));
  GF_TRY(journal_.act("push", [&] { return push(request, *forge_); }));
  GF_TRY(journal_.act("pull request", [&] { return open(request, *forge_); }));
  journal_.keep_run();
  return Done{};
}

Result<void> Delivery::open(const forge::PullRequest& request, forge::Forge& forge) {
  if (!opened_) {
    GF_ASSIGN(opened_, forge.open(request));
  }
  journal_.run().pull_request = opened_->url;
  // A server may take a moment to see what was just pushed; the verdict is about this commit.
  if (opened_->state == "open") opened_->head = request.head;
  if (!opened_->unsent.empty()) journal_.tell("warning", opened_->unsent);
  for (const std::string& note : opened_->notes) journal_.tell("warning", note);
  if (opened_->state != "open") {
    journal_.tell("warning", fmt::format("{} is {} already, and stays so", opened_->url,
                                         printable(opened_->state)));
    return Done{};
  }
  return tell_reviewers(forge);
}

/// The reasons and the mark beside the commit; what was said before is not said again, which the
/// forge sees to. The request is there: a mark that is refused is told, and takes nothing away.
Result<void> Delivery::tell_reviewers(forge::Forge& forge) {
  const record::Verdict& verdict = *dossier_.verdict;
  std::vector<std::string> reasons = verdict.reasons;
  std::vector<std::string> comments = verdict.table.get_strings("comments");
  reasons.insert(reasons.end(), comments.begin(), comments.end());
  reasons.insert(reasons.end(), dossier_.entry_reports.begin(), dossier_.entry_reports.end());
  if (!forge.takes_words()) return Done{};  // said before the run; they are in the record
  if (!reasons.empty()) GF_TRY(forge.comment(*opened_, review_comment(reasons)));
  auto marked = forge.report(
      *opened_, {verdict.approved,
                 fmt::format("approved by {}, run {}", verdict.reviewer, journal_.run().id.id8()),
                 opened_->url});
  if (!marked.ok())
    journal_.tell("warning",
                  "the verdict is not shown beside the commit: " + marked.error().message);
  return Done{};
}

store::Share share_of(const Assignment& assignment) {
  if (!assignment.remote || assignment.wishes.no_pr) return store::Share::kNone;
  const session::Config& config = assignment.config;
  std::string word = config.get("remote." + *assignment.remote + ".factoryShare",
                                config.get("factory.share", "none"));
  return store::parse_share(word).value_or(store::Share::kNone);
}

void Delivery::share() {
  store::Share share = share_of(assignment_);
  if (share == store::Share::kNone) return;
  const std::string& remote = *assignment_.remote;
  const session::Config& config = assignment_.config;
  Result<void> shared = journal_.act("share", [&]() -> Result<void> {
    store::SyncWish wish{remote, share, share, config.get("factory.writer", "") == "ci", true};
    GF_ASSIGN(auto done,
              store::sync(*context_.store, context_.repo, context_.git, context_.clock(), wish));
    for (const std::string& warning : done.warnings) journal_.tell("warning", warning);
    // The ledger is there now and says the same.
    if (evidence_sent_) GF_TRY(context_.git.push(remote, {":" + evidence_ref()}));
    return Done{};
  });
  if (!shared.ok())
    journal_.tell("warning", "the record was not shared: " + shared.error().message);
}

}  // namespace gf::line
