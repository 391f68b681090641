// Does an approving verdict cover every commit? The one answer that people, hooks, servers and CI
// get (P1). Pages: git-factory-verify(1), git-factory-verdict(5).
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "git/git_program.h"
#include "git/repo.h"
#include "record/gate.h"
#include "record/json.h"
#include "record/run.h"
#include "store/names.h"

namespace gf::store {
class Store;
}  // namespace gf::store

namespace gf::verify {

/// What has to be covered and how well. Defaults are what a repository without any setting gets.
struct Policy {
  enum class Cover {
    kOff,  ///< nothing
    /// Commits that claim a run, what stands on top of them, and the factory's branches, but for
    /// what the approved runs on them started from.
    kFactory,
    kAll,  ///< every commit
  };
  enum class SameModel {
    kAuto,    ///< refused when the run had other models to choose from, else a warning
    kRefuse,  ///< always refused
    kAllow,   ///< a warning
  };
  Cover cover = Cover::kFactory;
  std::vector<std::string> branches;  ///< globs; every commit that comes to one of these
  std::vector<std::string> paths;     ///< files, folders or globs; every commit that changes one
  bool signature = false;             ///< the verdict has to be signed by an allowed signer
  std::vector<std::string> signers;   ///< principals or fingerprints; empty: any that git trusts
  SameModel same_model = SameModel::kAuto;
  bool regate = false;  ///< an approved change on another tree has to pass the gates there
  Oid gates;            ///< of all settings of gates; what passed under others did not pass these
  std::string branch_prefix = "factory/";
  std::string source = "default";  ///< for people: "default", ".gitfactory of 1234567890", ...

  [[nodiscard]] bool covers_branch(std::string_view ref) const;  ///< "refs/heads/main", any case
  [[nodiscard]] bool covers_path(std::string_view path) const;
};

/// The policy for what comes to the branch whose tip is `target` now (zero: there is none): the
/// configuration `git` sees, else the `.gitfactory` tracked in `target`, else the defaults; key by
/// key. What a pushed commit has in its own `.gitfactory` is never looked at. No trust is needed:
/// these settings name nothing that runs. A wrong value is an Error.
Result<Policy> policy_of(const git::Repo& repo, const git::Program& git, const Oid& target);

/// The commit whose policy counts. `remote` empty: a server, or a clone asked about itself: the
/// branch that HEAD names in a bare repository, else factory.base, main, master. Otherwise that
/// branch as `remote` was last seen to have it. Zero when there is none.
Result<Oid> target_of(const git::Repo& repo, const git::Program& git, const std::string& remote);

enum class State {
  kOk,
  kSkipped,  ///< the policy does not ask for this one
  kNo,
  kUnsure,  ///< could not find out: objects or records are not here
};

/// Why. The names (name_of) are part of the JSON format and never change their meaning.
enum class Reason {
  // ok
  kExact,       ///< the approved tree on the approved base
  kSameTree,    ///< the approved change and tree: amended message, squash, other parents
  kRebased,     ///< the approved change on another base: rebase, cherry-pick, squash
  kCleanMerge,  ///< a merge that adds nothing to what it joins
  kNoChange,    ///< the tree of its parent
  kRecord,      ///< a ref of the record that only grows
  // skipped
  kNotCovered,
  kDeletedRef,
  // no
  kNoRun,               ///< covered, but nothing says which run made it
  kNoRecord,            ///< the run it names has no record here
  kNoVerdict,           ///< the run was never reviewed
  kRejected,            ///< the review said no
  kWrongRun,            ///< the record is another run's
  kWrongSpec,           ///< the verdict is about another spec
  kWrongBase,           ///< the verdict is about another base than the run
  kDifferentChange,     ///< what it changes is not what was approved
  kEditedMerge,         ///< a merge that is not what its parents give
  kRedGates,            ///< a gate was not green on the approved tree
  kNoGates,             ///< no gate ran on the approved tree
  kSameModel,           ///< the model that built it reviewed it
  kUnsigned,            ///< the policy wants a signature
  kBadSignature,        ///< there is one, and it is not good, not of this verdict, or not allowed
  kNeedsGates,          ///< the policy wants the gates run on this very tree
  kGatesFailed,         ///< they were run there, and said no
  kConflictingRecords,  ///< two records of one run say different things
  kRecordRewritten,     ///< a ref of the record lost or changed what it had
  kNeverShared,         ///< a ref that is this clone's alone
  // unsure
  kShallow,         ///< history is cut here
  kMissingObjects,  ///< the approved tree is not here to compare with
  kUnreadable,      ///< the record cannot be read
};

/// One commit's answer (or one ref's, for refs of the record and deleted ones: `commit` is zero).
struct Finding {
  Oid commit;
  std::string ref;  ///< on the way to which branch; may be empty
  RunId run;        ///< the run that made it, when one is known
  State state = State::kUnsure;
  Reason reason = Reason::kUnreadable;
  std::string text;  ///< one line: what was found, what differs
  std::string hint;  ///< what to do; empty when there is nothing to do
  std::vector<std::string> warnings;
  std::string subject;    ///< of the commit
  std::string reviewer;   ///< "provider/model"
  std::string signed_by;  ///< empty: not signed, or the policy did not ask
};

/// One line of what a hook gets: this ref goes from `old_id` (zero: new) to `new_id` (zero: gone).
struct Question {
  Oid old_id, new_id;
  std::string ref;  ///< full name on the receiving side
};

/// Runs the gates on a commit's tree. Empty: all green; else which one said no, and why. Handed in
/// by who may run programs; asked only about what nobody remembers (kGatesNotes).
using Regate = std::function<Result<std::string>(const Oid& commit, const RunId& run)>;

/// Where trees that passed the gates again are remembered: notes on trees, a JSON object a line.
/// Without them the gates are run once more, and nothing else is lost.
using store::kGatesNotes;

/// What such a line says, without its signature: the gates of these settings were all green on this
/// tree. Format: git-factory-record(5).
record::Json gates_note(const Oid& tree, const Oid& gates, Timestamp time,
                        const std::vector<record::GateOutcome>& outcomes);
/// That, signed the way the user signs commits; what goes beside it as "signature".
Result<std::string> signed_gates(const git::Program& git, const Oid& tree, const Oid& gates);

struct Push {
  std::vector<Question> refs;
  Oid target;     ///< target_of(), before the push; what it reaches was let in earlier
  Regate regate;  ///< may be empty: then kNeedsGates where the policy asks for it
};

/// Answers for everything a push (or a range: one Question) would bring in, in push order, oldest
/// commit first. Commits that `target` or the ref's old value reach are not asked about; that
/// another ref has them is no excuse. Tags count as what they point to. Record refs of the same
/// push are read before they are there, so branch and record may come together; they may only
/// grow. Deletions are kSkipped (of the record: kNo).
///
/// `repo` and `git` must see the pushed objects (in a hook: the quarantine). Writes nothing, needs
/// no network. Replaced objects and grafts are not followed. Cost grows with the commits asked
/// about, and, once for all of them, with the ledger when one names no run and has no note of one
/// that covers it; two git processes at most, and one more for each signature that is looked at.
Result<std::vector<Finding>> verify(const git::Repo& repo, const git::Program& git,
                                    const Policy& policy, const Push& push);

/// What a signature of a verdict signs, as the message of a commit object: run, verdict, spec and
/// gates by the ids of their blobs, base, tree, patch id and reviewer. `files`: of the run's
/// folder.
std::string statement_of(const record::Verdict& verdict, const std::map<std::string, Oid>& files);

/// That statement signed the way the user signs commits (gpg.format, user.signingKey): the text of
/// a commit of the approved tree on its base, with the signature in it. No ref moves. An Error when
/// git could not sign.
Result<std::string> signed_statement(const git::Program& git, const record::Verdict& verdict,
                                     const std::map<std::string, Oid>& files);

/// Whether git is set up for signing: a key is configured, or commits are signed.
Result<bool> can_sign(const git::Program& git);

/// What factory.sign wants.
enum class Signing {
  kNever,
  kWhereAble,  ///< where git can; that it could not is told and stops nothing
  kAlways,     ///< or it is an error
};
/// "auto" in any case, or a boolean as git takes it; not set: auto. Anything else is an Error.
Result<Signing> signing_of(const std::optional<std::string>& setting);

/// Keeps that `outcomes`, all of them green, were had on the tree of `commit`, which no run built:
/// a note on that tree, so that others (a server) need not run anything. Signed as factory.sign
/// wants it; that it is not where it could be is answered as a warning, else the answer is empty.
Result<std::string> keep_gates(const git::Repo& repo, const git::Program& git, store::Store& store,
                               Timestamp now, const Policy& policy, const Oid& commit,
                               const std::vector<record::GateOutcome>& outcomes);

/// An in-toto Statement v1 with a SLSA provenance v1 predicate about what `run` delivered: the
/// commit and its tree, from which base, by which models, through which gates, by whose verdict.
/// Made from the record alone; an Error when its parts do not agree, or approve nothing. `uri`:
/// where the repository is ("git+https://..."), may be empty.
Result<record::Json> attestation(const git::Repo& repo, const RunId& run, const std::string& uri);

/// Answers for these commits alone, in this order, as if each came to `ref`.
Result<std::vector<Finding>> verify_commits(const git::Repo& repo, const git::Program& git,
                                            const Policy& policy, const std::vector<Oid>& commits,
                                            const std::string& ref, const Regate& regate = {});

/// kNo if there is one, else kUnsure if there is one, else kOk.
State sum_of(const std::vector<Finding>& findings);
std::string_view name_of(State state);
std::string_view name_of(Reason reason);
/// "ok    1234567890 rebased: ..." in one line, without the hint, safe for a terminal.
std::string line_of(const Finding& finding);
record::Json to_json(const Finding& finding);
record::Json to_json(const Policy& policy);
/// The same for people: a line a setting.
std::string describe(const Policy& policy);

}  // namespace gf::verify
