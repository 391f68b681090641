// What reviewers and checks say on GitHub. For this room's .cc files and tests.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "forge/served.h"

namespace gf::forge {

/// The words of review threads, verdicts of reviewers and checks that fail, read from one pull
/// request; threads by the number of their first comment.
class GitHubReview {
 public:
  /// `rest` must outlive it. `repository`: "/repos/owner/name".
  GitHubReview(Rest& rest, std::string repository, std::string page);

  Result<std::vector<Said>> said_of(const PullRequest& on);
  Result<std::vector<std::string>> in_thread(const PullRequest& on, const std::string& thread);
  Result<Reply> answer(const PullRequest& on, const std::string& thread, const std::string& text);
  Result<void> resolve(const PullRequest& on, const std::string& thread);

 private:
  struct Thread {
    std::string node;  ///< as GraphQL names it
    bool resolved = false;
  };
  /// Only GraphQL tells which threads are resolved; nothing where it is not to be had.
  Result<std::map<int64_t, Thread>> threads(const PullRequest& on);
  Result<void> add_reviews(const PullRequest& on, std::vector<Said>& all);
  Result<void> add_lines(const PullRequest& on, std::vector<Said>& all);
  Result<void> add_checks(const PullRequest& on, std::vector<Said>& all);
  Result<Said> check_said(const record::Json& check);
  [[nodiscard]] std::string pull_path(const PullRequest& on) const;

  /// What stands at lines, for who answers: asked for once, and kept up with what we answer.
  Result<std::vector<record::Json>*> lines(const PullRequest& on);
  /// Of a thread that we answer; asked for once for all of them.
  Result<Thread*> thread_of(const PullRequest& on, int64_t first);

  Rest& rest_;
  std::string repo_, page_;
  std::map<int, std::vector<record::Json>> lines_;    ///< by pull request
  std::map<int, std::map<int64_t, Thread>> threads_;  ///< by pull request
};

/// A status beside a commit that says no, as GitHub and Gitea have them ("state", "status").
std::vector<Said> failed_statuses(const record::Json& combined, const std::string& commit);

}  // namespace gf::forge
