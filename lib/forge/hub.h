// What GitHub and those that took over its shapes (Gitea, Forgejo) have in common. For this room's
// .cc files and tests.
#pragma once

#include "forge/served.h"

namespace gf::forge {

/// A pull request as they write it; what is missing or of another kind is left empty.
PullRequest pull_of_hub(const record::Json& json);
/// {"reviewers":[...],"team_reviewers":[...]} of "person" and "organisation/team".
record::Json reviewers_of_hub(const std::vector<std::string>& names);
Issue issue_of_hub(const record::Json& json);
/// A comment as they write it: by whom, when, and where people read it.
Said said_of_hub(const record::Json& json);
/// Who is named by one of their members; empty where it is null.
Person person_of_hub(const record::Json& user, const record::Json& beside = {});
/// "owner" of "owner/name".
std::string owner_of(const std::string& repository);

/// The questions that all of them are asked in the same words.
class Hub : public Server {
 public:
  /// `page`: what a list of theirs is asked for, such as "per_page=100".
  Hub(const Target& target, Rest::Service service, std::string page, const Place& place);

  [[nodiscard]] const Rest& rest() const override { return rest_; }
  Result<PullRequest> reword(const PullRequest& there, const PullRequest& wanted) override;
  Result<std::vector<std::string>> comments(const PullRequest& of) override;
  Result<Reply> say(const PullRequest& on, const std::string& text) override;
  Result<void> report(const PullRequest& on, const CommitStatus& status) override;
  Result<PullRequest> close(const PullRequest& which) override;
  Result<std::vector<PullRequest>> list() override;
  Result<std::optional<PullRequest>> find(int number) override;
  Result<std::optional<Issue>> issue(int number) override;
  Result<std::vector<Said>> said_of_issue(int number) override;
  Result<Reply> say_on_issue(int number, const std::string& text) override;

 protected:
  /// The issues of a list that the wish means, without the pull requests in it.
  Result<IssueList> issues_at(const std::string& path, const IssueWish& wish,
                              const char* member = nullptr);
  /// Asked one by one.
  Result<std::set<std::string>> writers_one_by_one(const std::vector<Person>& people);
  /// The open milestone of this title, by the member that names it ("number", "id").
  Result<int64_t> milestone_named(const std::string& title, const char* member);
  /// A request's body as it is opened; `title` may say that it is a draft.
  [[nodiscard]] record::Json opening(const PullRequest& wanted, const std::string& title) const;
  /// The title that a request is given anew.
  [[nodiscard]] virtual std::string title_of(const PullRequest& wanted) const;
  [[nodiscard]] std::string pull_path(int number) const;
  [[nodiscard]] std::string issue_path(int number) const;
  /// Does one thing of add(); what does not go through is a line.
  void try_to(const char* what, const Result<record::Json>& done, std::vector<std::string>& missed);

  /// What is pushed to; where that is the repository itself, by what that is called now.
  [[nodiscard]] std::string pushed_to() const;

  Rest rest_;
  std::string repo_;  ///< "/repos/owner/name"
  std::string page_;
  bool is_fork_;

 private:
  std::string pushed_to_;
};

}  // namespace gf::forge
