// What people and checks say of a pull request on Bitbucket. For this room's .cc files and tests.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "forge/served.h"

namespace gf::forge {

/// Known by name and uuid, "ada {c0ffee..}": a name there can be taken by anybody.
Person person_of_bitbucket(const record::Json& account);
/// A comment of a pull request or an issue.
Said said_of_bitbucket(const record::Json& json);

/// Comments, threads, verdicts and build statuses of one repository's requests.
class BitbucketReview {
 public:
  /// `rest` must outlive it; `repo`: "/repositories/acme/shop".
  BitbucketReview(Rest& rest, std::string repo) : rest_(rest), repo_(std::move(repo)) {}

  /// Oldest first. What was deleted or waits to be published is left out.
  Result<std::vector<Said>> said_of(const PullRequest& on);
  Result<std::vector<std::string>> in_thread(const PullRequest& on, const std::string& thread);
  Result<Reply> answer(const PullRequest& on, const std::string& thread, const std::string& text);
  Result<void> resolve(const PullRequest& on, const std::string& thread);

 private:
  Result<std::vector<record::Json>> comments(const PullRequest& on);
  Result<void> add_verdicts(const PullRequest& on, std::vector<Said>& all);
  Result<void> add_statuses(const PullRequest& on, std::vector<Said>& all);
  [[nodiscard]] std::string path_of(const PullRequest& on) const;

  Rest& rest_;
  std::string repo_;
  /// For who answers: asked for once, and kept up with what we answer; by request.
  std::map<int, std::vector<record::Json>> standing_;
};

}  // namespace gf::forge
