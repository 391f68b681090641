// Where pull requests live.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/cancel.h"
#include "base/clock.h"
#include "base/environment.h"
#include "base/ids.h"
#include "base/result.h"
#include "base/settings.h"
#include "forge/issue.h"
#include "git/git_program.h"
#include "git/repo.h"
#include "record/json.h"
#include "record/run.h"

namespace gf::forge {

/// By this our own words are known again, whoever's token said them. Pages do not show it.
inline constexpr const char* kOurMark = "<!-- git-factory";

/// What somebody said of a request, and what the forge knows about it.
struct Said {
  record::Remark remark;
  Person by;                    ///< who said it; of a check nobody
  bool may_write = false;       ///< who said it may push to the repository
  bool access_unknown = false;  ///< the server does not tell this token whether they may
  bool settled = false;         ///< the thread is resolved, or the review was dismissed
  bool ours = false;            ///< the factory's own words
};

/// One version of a request that goes out as mail (factory.forge = mail): a cover letter and a
/// patch for each commit.
struct Mailing {
  int version = 1;
  Oid head;                      ///< what it was made of
  std::vector<std::string> ids;  ///< Message-IDs in the order of the files, "<...>"
  int sent = 0;                  ///< so many of them, from the first on, were handed over
  /// The next one is being handed over; after a stop nobody knows whether it went out.
  bool begun = false;
  /// Places (from 0) of those among `sent` of which nobody knows whether they went out: they may
  /// have, and are not sent again.
  std::vector<int> unsure;
  /// Name and text. In the record beside the request's JSON, and empty when that is read.
  std::vector<std::pair<std::string, std::string>> files;
};

struct PullRequest {
  int number = 0;   ///< 0: not opened yet
  std::string url;  ///< or "#3" on the local forge
  std::string title, body;
  std::string head_branch;  ///< "factory/health"
  std::string base_branch;  ///< "main"
  Oid head, base;
  bool draft = false;
  std::string state = "open";  ///< open, closed, merged
  std::string author;
  Timestamp opened{};
  RunId run;
  std::string request_pull;  ///< what `git request-pull` wrote, for mail; empty when it could not
  std::vector<std::string> comments;
  /// Of the local forge: the comments of which more is known than their words.
  std::vector<record::Remark> remarks;
  std::vector<Mailing> mailings;  ///< by version; of the mail forge alone

  // --- Not stored: how this call went ---
  /// Why the server does not have it although it is opened here.
  std::string unsent;
  /// What did not go through beside the request itself (a label, a reviewer), a line each.
  std::vector<std::string> notes;
  /// "refs/pull/3/head": where the server keeps its commits; empty: its branch alone has them.
  std::string fetch_ref;
  /// No branch of the remote has its commits: `fetch_ref` alone, it was opened by AGit; where that
  /// is empty too, they are here and went out by mail.
  bool branchless = false;
  bool fresh = false;  ///< this call has opened it, so that nobody has said anything there yet
  /// Refspecs that go along where open_with_branch() pushes: a server that judges what is pushed by
  /// the run's record wants to have that in the same push.
  std::vector<std::string> besides;
};

/// The verdict, beside the commit it is about.
struct CommitStatus {
  bool passed = true;
  std::string words;   ///< one line
  std::string target;  ///< the address that it leads to; may be empty
};

enum class MergeWay {
  kMerge,        ///< a merge commit, also where a fast-forward would do
  kFastForward,  ///< or not at all
  kSquash,       ///< one commit with the request's title and body
  kRebase        ///< its commits, one by one, on top
};

/// One forge for one repository. Opening the same run's request twice gives the first one back.
/// Belongs to one thread. A call to a server blocks; a wish to stop ends it.
class Forge {
 public:
  virtual ~Forge() = default;
  [[nodiscard]] virtual std::string name() const = 0;
  /// Could it open one now? Asked before anything is spent: the Error says what is missing and what
  /// helps.
  virtual Result<void> ready() = 0;
  /// Sends the branch ("refs/heads/factory/x") and opens its request in one step, where the forge
  /// can: no branch without its request, and one trip. For a run that has opened none: nobody looks
  /// for one. Empty: nothing was sent, by a refusal or because this forge takes requests in another
  /// way; the branch is then pushed by itself, and open() comes after it.
  virtual Result<std::optional<PullRequest>> open_with_branch(const PullRequest& wanted,
                                                              const std::string& branch) = 0;
  /// Whether branches are sent to this one at all. No: the commits go with open_with_branch() each
  /// time, which then also brings an open request up to date, and says with an Error what hinders.
  [[nodiscard]] virtual bool takes_branches() const { return true; }
  /// Whether ready() has asked the remote by a push that sends nothing.
  [[nodiscard]] virtual bool asks_by_push() const { return false; }
  /// Whether anything can be said beside the request itself: comments, the verdict at the commit.
  [[nodiscard]] virtual bool takes_words() const { return true; }
  /// Whether requests are kept in this repository, also where their words go out from it as mail:
  /// no server fills in the repository's form or closes an issue whose number the words name.
  [[nodiscard]] virtual bool keeps_here() const { return false; }
  /// The branch is on the remote already. What is open for that branch is brought up to date and
  /// not doubled, also where an earlier answer was lost. One of this very run that somebody has
  /// closed or merged meanwhile stays so.
  virtual Result<PullRequest> open(const PullRequest& wanted) = 0;
  /// Ends a request that is not wanted. One that is closed stays as it is.
  virtual Result<PullRequest> close(const PullRequest& on) = 0;
  /// Adds a comment (REVIEW's reasons). The same words twice are one.
  virtual Result<void> comment(const PullRequest& on, const std::string& text) = 0;
  /// Adds a comment at a place of the change, which people can be answered at. Where the forge has
  /// no such thing the place stands in the words.
  virtual Result<void> comment_at(const PullRequest& on, const record::Remark& remark);
  /// All that was said of it and all checks of its head that fail, with the ends of their logs;
  /// oldest first.
  virtual Result<std::vector<Said>> said_of(const PullRequest& on) = 0;
  /// Answers in a thread (Remark::thread), and resolves it where `settled` and the forge lets us.
  /// The same words twice are one answer. What of it does not go through is a line.
  virtual Result<std::vector<std::string>> answer(const PullRequest& on, const std::string& thread,
                                                  const std::string& text, bool settled) = 0;
  /// Marks the request's head. Where nothing shows such marks nothing is done.
  virtual Result<void> report(const PullRequest& on, const CommitStatus& status);
  /// Merges on the server and answers the commit. Nothing: there is none; git does it here
  /// (merge_here.h).
  virtual Result<std::optional<Oid>> merge(const PullRequest& on, MergeWay way);
  /// All of them, oldest first; a server's without their comments.
  virtual Result<std::vector<PullRequest>> list() = 0;
  /// With its comments; nothing where there is none of that number.
  virtual Result<std::optional<PullRequest>> find(int number);
  /// For who asks what was said of it by said_of(): a server's without its comments.
  virtual Result<std::optional<PullRequest>> find_alone(int number) { return find(number); }

  // --- Issues; a forge without them says so with an Error (kUser) ---
  /// Those that are open, with what is known of who may push.
  virtual Result<IssueList> issues(const IssueWish& wish);
  /// Whatever its state; nothing where there is none of that number, or where it is a pull request.
  virtual Result<std::optional<Issue>> issue(int number);
  /// What was said to it, oldest first.
  virtual Result<std::vector<Said>> said_of_issue(const Issue& issue);
  /// Adds a comment. The same words twice are one.
  virtual Result<void> comment_issue(const Issue& on, const std::string& text);
};

/// Where a forge is wanted. What is pointed to must outlive the forge.
struct Place {
  git::Repo& repo;
  const git::Program& git;
  std::optional<std::string> remote;
  const Clock& clock;
  const Cancel& cancel;
  Settings settings;                            ///< factory.forge, factory.forge.*, http.*
  Environment environment;                      ///< tokens; what `gh` and `glab` are started with
  std::function<void(const std::string&)> say;  ///< hears of waits; may be empty
};

/// The forge without a server: pull requests as JSON in the tree of refs/factory/pulls, pushed to
/// `remote` unforced (joined and tried again when somebody else was faster). Without a remote it
/// stays in this repository. A server that takes no refs of this kind leaves the request here, with
/// `unsent` saying why. Numbers count from 1.
std::unique_ptr<Forge> local_forge(git::Repo& repo, const git::Program& git,
                                   std::optional<std::string> remote, const Clock& clock);

/// Which forge it is and what spoke for it.
struct Chosen {
  std::unique_ptr<Forge> forge;
  std::string why;  ///< "'origin' is at github.com", "factory.forge says so"; names no person
  /// Set when the remote speaks of a server that cannot be used, so that it is the local one.
  std::string instead;
  bool only_seen = false;  ///< nobody has named it: the remote's address spoke for it
  /// The way without a token, where the token is one that git has for pushes and need not be good
  /// for anything else. Null: there is none.
  std::unique_ptr<Forge> by_push = {};
  /// Who gets what goes out, and by what server. It names people: for a terminal, never for a
  /// record or a tracked file. Empty where nothing goes to persons.
  std::string people = {};
};

/// The forge that factory.forge names; where that is not set or "auto" the one that the remote's
/// address speaks of, as long as there is a token for it, else the local one. An Error for a kind
/// that nobody knows, and for one that is named and cannot be reached with what is known here.
/// Looks for a token (environment, `gh`, `glab`, git's credential helpers) and asks no server.
Result<Chosen> choose_forge(const Place& place);
/// The same, and asked whether it could open a request now. One that nobody has named and that
/// cannot gives way to the local one.
Result<Chosen> choose_ready_forge(const Place& place);

record::Json to_json(const PullRequest& request);
Result<PullRequest> pull_request_from_json(const record::Json& json);

}  // namespace gf::forge
