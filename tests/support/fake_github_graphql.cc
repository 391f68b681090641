// What a FakeGitHub is asked in GraphQL: threads, and the request that `gh pr create` opens.
#include "support/fake_github_inside.h"

namespace gf::test {

/// Null: it is none of gh's.
Json FakeGitHub::Impl::of_gh(const std::string& query, const Json& variables) {
  if (query.find("RepositoryInfo") != std::string::npos) {
    Json facts_of = Json::object({{"id", "R1"},
                                  {"name", "shop"},
                                  {"owner", Json::object({{"login", owner()}})},
                                  {"hasIssuesEnabled", true},
                                  {"viewerPermission", "WRITE"},
                                  {"defaultBranchRef", Json::object({{"name", "main"}})}});
    return Json::object({{"repository", facts_of}});
  }
  if (query.find("PullRequestForBranch") != std::string::npos) {
    Json found = Json::object({{"pullRequests", Json::object({{"nodes", Json::array()}})},
                               {"defaultBranchRef", Json::object({{"name", "main"}})}});
    return Json::object({{"repository", found}});
  }
  if (query.find("createPullRequest") == std::string::npos) return {};
  Json wish = variables.get("input");
  Answered made = open(Json::object({{"title", wish.get("title")},
                                     {"body", wish.get("body")},
                                     {"head", wish.get("headRefName")},
                                     {"base", wish.get("baseRefName")}}));
  Json shown = Json::object({{"id", "PR1"}, {"url", made.body.get("html_url")}});
  return Json::object({{"createPullRequest", Json::object({{"pullRequest", shown}})}});
}

/// The questions that we have, and those of `gh pr create`; any other is an error, as there.
Answered FakeGitHub::Impl::graphql(const std::string& text) {
  Json asked = Json::parse(text).value();
  std::string query = asked.get_string("query");
  Json variables = asked.get("variables");
  if (query.find("resolveReviewThread") != std::string::npos) {
    int64_t id = std::atoll(variables.get_string("thread").substr(3).c_str());
    settled.push_back(id);
    return {200, Json::object({{"data", Json::object()}}), {}};
  }
  if (query.find("reviewThreads") == std::string::npos) {
    Json data = of_gh(query, variables);
    if (!data.is_null()) return {200, Json::object({{"data", data}}), {}};
    return {200, Json::object({{"errors", Json::array({Json::object({{"message", "no"}})})}}), {}};
  }
  Json nodes = Json::array();
  for (const Json& line : lines[static_cast<int>(variables.get_int("number"))]) {
    if (line.has("in_reply_to_id")) continue;
    int64_t id = line.get_int("id");
    Json first = Json::array({Json::object({{"databaseId", id}})});
    nodes.push(Json::object(
        {{"id", "PRT" + std::to_string(id)},
         {"isResolved", std::find(settled.begin(), settled.end(), id) != settled.end()},
         {"comments", Json::object({{"nodes", first}})}}));
  }
  Json list =
      Json::object({{"pageInfo", Json::object({{"hasNextPage", false}})}, {"nodes", nodes}});
  Json pull = Json::object({{"pullRequest", Json::object({{"reviewThreads", list}})}});
  return {200, Json::object({{"data", Json::object({{"repository", pull}})}}), {}};
}

}  // namespace gf::test
