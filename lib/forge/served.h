// The forges that are servers. What one of them can be asked is a Server, a file each; what is done
// with it, the same for all, is served_forge(). For this room's .cc files and tests.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "forge/forge.h"
#include "forge/rest.h"

namespace gf::forge {

/// What there is to know of the repository before anything is spent.
struct Repository {
  std::string name;       ///< as the server writes it now: "owner/name"
  bool empty = false;     ///< nothing was ever pushed to it
  bool archived = false;  ///< read-only for everybody
  bool may_push = true;   ///< also where the server does not say
  bool has_pulls = true;  ///< pull requests are switched on
};

/// What a new request is to carry beside its words, by factory.forge.*.
struct Extras {
  std::vector<std::string> labels, reviewers, assignees;
  std::string milestone;
  [[nodiscard]] bool empty() const {
    return labels.empty() && reviewers.empty() && assignees.empty() && milestone.empty();
  }
};

/// What a server says to a request that it does not open.
struct Opening {
  std::optional<PullRequest> opened;
  bool there_already = false;  ///< one is open for this branch
  bool no_drafts = false;      ///< this repository has none
  std::string note;            ///< what went another way than was wanted
};

/// One server, as one repository sees it. Each call is one question or a few; none decides
/// anything.
class Server {
 public:
  virtual ~Server() = default;
  [[nodiscard]] virtual std::string name() const = 0;
  [[nodiscard]] virtual const Rest& rest() const = 0;
  virtual Result<Repository> look() = 0;
  /// Whether it takes requests by the push alone (agit.h).
  [[nodiscard]] virtual bool takes_offers() const { return false; }
  /// Requests from this branch in any state, newest first.
  virtual Result<std::vector<PullRequest>> of_branch(const PullRequest& wanted) = 0;
  virtual Result<Opening> open(const PullRequest& wanted) = 0;
  virtual Result<PullRequest> reword(const PullRequest& there, const PullRequest& wanted) = 0;
  /// What does not go through is a line each.
  virtual std::vector<std::string> add(const PullRequest& to, const Extras& extras) = 0;
  virtual Result<std::vector<std::string>> comments(const PullRequest& of) = 0;
  virtual Result<Reply> say(const PullRequest& on, const std::string& text) = 0;
  /// As Forge::said_of(). By default what was said to the request as a whole.
  virtual Result<std::vector<Said>> said_of(const PullRequest& on);
  /// One answer in a thread. By default there are no threads.
  virtual Result<Reply> answer(const PullRequest& on, const std::string& thread,
                               const std::string& text);
  /// The words that stand in a thread already.
  virtual Result<std::vector<std::string>> in_thread(const PullRequest& on,
                                                     const std::string& thread);
  /// An Error says why it stays open.
  virtual Result<void> resolve(const PullRequest& on, const std::string& thread);
  virtual Result<void> report(const PullRequest& on, const CommitStatus& status) = 0;
  virtual Result<PullRequest> close(const PullRequest& which) = 0;
  virtual Result<Oid> merge(const PullRequest& which, MergeWay way) = 0;
  virtual Result<std::vector<PullRequest>> list() = 0;
  virtual Result<std::optional<PullRequest>> find(int number) = 0;

  // --- Issues ---
  /// `page`: how many at once, at most.
  virtual Result<IssueList> issues(const IssueWish& wish, int page) = 0;
  virtual Result<std::optional<Issue>> issue(int number) = 0;
  virtual Result<std::vector<Said>> said_of_issue(int number) = 0;
  virtual Result<Reply> say_on_issue(int number, const std::string& text) = 0;

  // --- People ---
  /// Finds out who of them may push to the repository, with as few questions as that takes. Each is
  /// asked for once; whom the server says nothing about may not.
  Result<void> learn(const std::vector<Person>& people);
  /// Of those that were learnt of.
  [[nodiscard]] bool may_push(const Person& who) const;
  /// The server did not tell of them: neither that they may nor that they may not.
  [[nodiscard]] bool access_unknown(const Person& who) const;

 protected:
  /// Of writers_among(): the server refused to tell of these.
  void set_access_unknown(const std::vector<Person>& people);
  /// The logins, in lower case, of those who may. `people` are different ones, at least one.
  virtual Result<std::set<std::string>> writers_among(const std::vector<Person>& people) = 0;

 private:
  std::map<std::string, bool> known_;     ///< by login in lower case
  std::set<std::string> access_unknown_;  ///< the same
};

/// Opens, finds again, words anew, comments; see forge.h for what it promises.
std::unique_ptr<Forge> served_forge(std::unique_ptr<Server> server, const Place& place);

/// Where one server's repository is and how it is spoken to.
struct Target {
  std::string kind;        ///< as factory.forge names it
  std::string where;       ///< "github.com"
  std::string base;        ///< of its API
  std::string repository;  ///< where requests are opened: "owner/name"
  std::string pushed_to;   ///< where branches go: "owner/name"; another one for a fork
  bool plain = false;      ///< by http://
  Token token;
  bool by_gh = false;  ///< `gh` carries the questions
  Carrier carrier = net::send;
};
/// How a server that takes and gives JSON is asked, with this as its Authorization.
Rest::Service json_service(const Target& target, const std::string& authorization);
/// How GitHub is asked about this repository of the target's server.
Rest::Service github_service(const Target& target, const std::string& repository);
std::unique_ptr<Server> github_server(const Target& target, const Place& place);
std::unique_ptr<Server> gitlab_server(const Target& target, const Place& place);
std::unique_ptr<Server> gitea_server(const Target& target, const Place& place);
std::unique_ptr<Server> bitbucket_server(const Target& target, const Place& place);

/// The run that a request's last lines name; empty when it is none of ours.
RunId run_of_body(const std::string& body);
/// At most this much of a text, cut in the middle: its last lines name the run.
std::string fitting(const std::string& text, size_t most);

}  // namespace gf::forge
