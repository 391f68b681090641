// People and issues of a FakeGitHub.
#include "support/fake_github_inside.h"

namespace gf::test {

Json FakeGitHub::Impl::add_comment(const std::string& login, int number, const std::string& text) {
  int id = 1000 * number + static_cast<int>(comments[number].size());
  Json made = Json::object({{"id", id},
                            {"body", text},
                            {"html_url", "https://github.test/c/" + std::to_string(id)},
                            {"created_at", "2026-01-02T03:04:05Z"}});
  made.set("user", Json::object({{"login", login}, {"id", 1}}));
  if (!is_gitea) made.set("author_association", standing(login));
  comments[number].push_back(made);
  if (number >= kFirstIssue) {
    Json& issue = issues.at(static_cast<size_t>(number - kFirstIssue));
    issue.set("comments", static_cast<int>(comments[number].size()));
  }
  return made;
}

std::string FakeGitHub::Impl::permission(const std::string& login) const {
  auto found = permissions.find(login);
  return found == permissions.end() ? "none" : found->second;
}
std::string FakeGitHub::Impl::standing(const std::string& login) const {
  return permission(login) == "none" ? "NONE" : "COLLABORATOR";
}

/// "/collaborators" and "/collaborators/ada/permission".
Answered FakeGitHub::Impl::may(const std::string& asked, const std::string& path) {
  if (path == "/collaborators") {
    std::vector<Json> all;
    for (const auto& [login, may] : permissions) {
      bool push = may == "admin" || may == "write";
      if (!push && query_of(asked, "permission") == "push") continue;
      all.push_back(Json::object(
          {{"login", login}, {"id", 1}, {"permissions", Json::object({{"push", push}})}}));
    }
    return page(asked, all);
  }
  std::string login = query_of("?x=" + path.substr(15, path.rfind('/') - 15), "x");
  // A Gitea tells an administrator of everybody; a GitHub hides whom the token may not see.
  if (permission(login) == "none" && !is_gitea) return no(404, "Not Found");
  return {200, Json::object({{"permission", permission(login)}, {"role_name", "x"}}), {}};
}

/// As for a person's repository: the owner, and who may write.
Answered FakeGitHub::Impl::assignees() const {
  Json all = Json::array();
  all.push(Json::object({{"login", "acme"}, {"id", 1}}));
  for (const auto& [login, may] : permissions) {
    if (may == "admin" || may == "write") all.push(Json::object({{"login", login}, {"id", 1}}));
  }
  return {200, all, {}};
}

/// Newest first, as a list of them has them: pull requests, too.
std::vector<Json> FakeGitHub::Impl::open_issues(const std::string& path) {
  std::vector<Json> chosen;
  std::string milestone = query_of(path, is_gitea ? "milestones" : "milestone");
  for (auto issue = issues.rbegin(); issue != issues.rend(); ++issue) {
    Json own = issue->get("milestone");
    std::string named = is_gitea ? own.get_string("title") : std::to_string(own.get_int("number"));
    if (issue->get_string("state") != "open") continue;
    if (!milestone.empty() && named != milestone) continue;
    if (has_labels(*issue, query_of(path, "labels"))) chosen.push_back(*issue);
  }
  for (const Json& pull : pulls) {
    Json as_issue = pull;
    as_issue.set("pull_request", Json::object({{"url", "x"}}));
    if (query_of(path, "type").empty()) chosen.push_back(as_issue);
  }
  return chosen;
}
/// A Gitea takes a label that it does not have for none.
bool FakeGitHub::Impl::has_labels(const Json& issue, const std::string& names) const {
  if (names.empty() || is_gitea) return true;
  for (const Json& label : issue.get("labels").items()) {
    if (label.get_string("name") == names) return true;
  }
  return false;
}

/// Those whose title has the last word.
Answered FakeGitHub::Impl::search(const std::string& path) {
  std::string words = query_of(path, "q");
  std::string word = words.substr(words.rfind(' ') + 1);
  std::vector<Json> found;
  for (const Json& issue : issues) {
    if (issue.get_string("title").find(word) != std::string::npos) found.push_back(issue);
  }
  Answered answered = page(path, found);
  answered.body = Json::object({{"total_count", static_cast<int>(found.size())},
                                {"incomplete_results", false},
                                {"items", answered.body}});
  return answered;
}

int FakeGitHub::Impl::add_issue(const std::string& login, const std::string& title,
                                const std::string& body, const Json& more) {
  int number = kFirstIssue + static_cast<int>(issues.size());
  Json issue =
      Json::object({{"number", number},
                    {"html_url", "https://github.test/acme/shop/issues/" + std::to_string(number)},
                    {"title", title},
                    {"body", body},
                    {"state", "open"},
                    {"comments", 0},
                    {"created_at", "2026-01-02T03:04:05Z"},
                    {"updated_at", "2026-01-02T03:04:05Z"}});
  issue.set("user", Json::object({{"login", login}, {"id", 1}}));
  if (!is_gitea) issue.set("author_association", standing(login));
  for (const auto& [key, value] : more.members()) issue.set(key, value);
  issues.push_back(issue);
  return number;
}

}  // namespace gf::test
