// GitHub by REST: github.com, ghe.com, an Enterprise server, whatever speaks as they do.
#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "forge/github_json.h"
#include "forge/served.h"

namespace gf::forge {
namespace {

using record::Json;

constexpr size_t kMaxBody = 65536, kMaxTitle = 256, kMaxDescription = 140;
constexpr const char* kContext = "git-factory/review";

Rest::Service service_of(const Target& target) {
  return {target.where,
          target.base,
          target.repository,
          target.token,
          {{"Accept", "application/vnd.github+json, application/json;q=0.9"},
           {"X-GitHub-Api-Version", "2022-11-28"},
           {"User-Agent", "git-factory"},
           {"Authorization", "Bearer " + target.token.value}}};
}

/// "owner" of "owner/name".
std::string owner_of(const std::string& path) { return path.substr(0, path.find('/')); }

class GitHub : public Server {
 public:
  GitHub(const Target& target, const Place& place)
      : rest_(service_of(target), place),
        repo_("/repos/" + target.repository),
        pushed_to_(target.pushed_to),
        is_fork_(lower(target.pushed_to) != lower(target.repository)) {}

  [[nodiscard]] std::string name() const override { return "github"; }
  [[nodiscard]] const Rest& rest() const override { return rest_; }

  Result<Repository> look() override {
    GF_ASSIGN(auto json, rest_.need("GET", repo_));
    Repository found;
    found.name = json.get_string("full_name");
    found.archived = json.get_bool("archived") || json.get_bool("disabled");
    // A fork is pushed to, and not this one.
    found.may_push = is_fork_ || json.get("permissions").get_bool("push", true);
    return found;
  }

  Result<std::vector<PullRequest>> of_branch(const PullRequest& wanted) override {
    GF_ASSIGN(auto items,
              rest_.pages(fmt::format("{}/pulls?state=all&head={}&per_page=100", repo_,
                                      encoded(owner_of(pushed_to_) + ":" + wanted.head_branch))));
    std::vector<PullRequest> all;
    for (const Json& item : items) {
      PullRequest pull = pull_of_github(item);
      // A service that knows no such filter gives all of them.
      if (pull.head_branch == wanted.head_branch) all.push_back(std::move(pull));
    }
    return all;
  }

  Result<Opening> open(const PullRequest& wanted) override {
    Json body = Json::object({{"title", fitting(wanted.title, kMaxTitle)},
                              {"body", fitting(wanted.body, kMaxBody)},
                              {"base", wanted.base_branch},
                              {"draft", wanted.draft}});
    body.set("head",
             is_fork_ ? owner_of(pushed_to_) + ":" + wanted.head_branch : wanted.head_branch);
    GF_ASSIGN(auto reply, rest_.ask("POST", repo_ + "/pulls", body, Again::kNo));
    Opening opening;
    if (reply.ok()) {
      opening.opened = pull_of_github(reply.json);
      return opening;
    }
    std::string words = reply.status == 422 ? lower(words_of(reply.json)) : std::string();
    opening.there_already = words.find("already exists") != std::string::npos;
    opening.no_drafts = wanted.draft && words.find("draft") != std::string::npos;
    if (opening.there_already || opening.no_drafts) return opening;
    return rest_.refused(reply);
  }

  Result<PullRequest> reword(const PullRequest& there, const PullRequest& wanted) override {
    return changed(there.number, Json::object({{"title", fitting(wanted.title, kMaxTitle)},
                                               {"body", fitting(wanted.body, kMaxBody)}}));
  }

  std::vector<std::string> add(const PullRequest& to, const Extras& extras) override {
    std::vector<std::string> missed;
    std::string issue = fmt::format("{}/issues/{}", repo_, to.number);
    auto post = [&](const char* what, const std::string& path, const Json& body) {
      auto done = rest_.need("POST", path, body);
      if (!done.ok())
        missed.push_back(fmt::format("no {} was set: {}", what, done.error().message));
    };
    if (!extras.labels.empty())
      post("label", issue + "/labels", Json::object({{"labels", Json::strings(extras.labels)}}));
    if (!extras.assignees.empty())
      post("assignee", issue + "/assignees",
           Json::object({{"assignees", Json::strings(extras.assignees)}}));
    if (!extras.reviewers.empty())
      post("reviewer", fmt::format("{}/pulls/{}/requested_reviewers", repo_, to.number),
           reviewers(extras.reviewers));
    if (!extras.milestone.empty()) {
      auto set = set_milestone(issue, extras.milestone);
      if (!set.ok()) missed.push_back("no milestone was set: " + set.error().message);
    }
    return missed;
  }

  Result<std::vector<std::string>> comments(const PullRequest& of) override {
    GF_ASSIGN(auto items,
              rest_.pages(fmt::format("{}/issues/{}/comments?per_page=100", repo_, of.number)));
    std::vector<std::string> all;
    for (const Json& item : items) all.push_back(item.get_string("body"));
    return all;
  }

  Result<Reply> say(const PullRequest& on, const std::string& text) override {
    return rest_.ask("POST", fmt::format("{}/issues/{}/comments", repo_, on.number),
                     Json::object({{"body", fitting(text, kMaxBody)}}), Again::kNo);
  }

  Result<void> report(const PullRequest& on, const CommitStatus& status) override {
    Json body = Json::object({{"state", status.passed ? "success" : "failure"},
                              {"context", kContext},
                              {"description", fitting(status.words, kMaxDescription)}});
    if (!status.target.empty()) body.set("target_url", status.target);
    GF_TRY(rest_.need("POST", fmt::format("{}/statuses/{}", repo_, on.head.hex()), body));
    return Done{};
  }

  Result<PullRequest> close(const PullRequest& which) override {
    return changed(which.number, Json::object({{"state", "closed"}}));
  }

  Result<Oid> merge(const PullRequest& which, MergeWay way) override {
    if (way == MergeWay::kFastForward) {
      return Error{Fault::kUser,
                   "GitHub merges no request by a fast-forward",
                   {},
                   "choose --way=merge, squash or rebase"};
    }
    const char* word = way == MergeWay::kSquash   ? "squash"
                       : way == MergeWay::kRebase ? "rebase"
                                                  : "merge";
    Json body = Json::object({{"merge_method", word}});
    // What was seen is what is merged, and nothing that came after it.
    if (!which.head.is_zero()) body.set("sha", which.head.hex());
    GF_ASSIGN(auto json, rest_.need("PUT", fmt::format("{}/pulls/{}/merge", repo_, which.number),
                                    body, Again::kNo));
    return Oid::parse(json.get_string("sha"));
  }

  Result<std::vector<PullRequest>> list() override {
    GF_ASSIGN(auto items, rest_.pages(repo_ + "/pulls?state=all&per_page=100"));
    std::vector<PullRequest> all;
    for (auto item = items.rbegin(); item != items.rend(); ++item)
      all.push_back(pull_of_github(*item));
    return all;
  }

  Result<std::optional<PullRequest>> find(int number) override {
    GF_ASSIGN(auto reply, rest_.ask("GET", fmt::format("{}/pulls/{}", repo_, number)));
    if (reply.status == 404) return std::optional<PullRequest>();
    if (!reply.ok()) return rest_.refused(reply);
    return std::optional<PullRequest>(pull_of_github(reply.json));
  }

 private:
  Result<PullRequest> changed(int number, const Json& body) {
    GF_ASSIGN(auto json, rest_.need("PATCH", fmt::format("{}/pulls/{}", repo_, number), body));
    return pull_of_github(json);
  }

  /// "person" and "organisation/team".
  static Json reviewers(const std::vector<std::string>& names) {
    std::vector<std::string> people, teams;
    for (const std::string& name : names) {
      size_t slash = name.find('/');
      if (slash == std::string::npos) {
        people.push_back(name);
      } else {
        teams.push_back(name.substr(slash + 1));
      }
    }
    Json body = Json::object();
    if (!people.empty()) body.set("reviewers", Json::strings(people));
    if (!teams.empty()) body.set("team_reviewers", Json::strings(teams));
    return body;
  }

  Result<void> set_milestone(const std::string& issue, const std::string& title) {
    auto is_it = [&](const Json& item) { return item.get_string("title") == title; };
    GF_ASSIGN(auto all, rest_.pages(repo_ + "/milestones?per_page=100", is_it));
    if (all.empty() || !is_it(all.back())) {
      return Error{
          Fault::kUser, fmt::format("there is no open milestone '{}'", printable(title)), {}, {}};
    }
    GF_TRY(rest_.need("PATCH", issue, Json::object({{"milestone", all.back().get_int("number")}})));
    return Done{};
  }

  Rest rest_;
  std::string repo_, pushed_to_;
  bool is_fork_;
};

}  // namespace

std::unique_ptr<Server> github_server(const Target& target, const Place& place) {
  return std::make_unique<GitHub>(target, place);
}

}  // namespace gf::forge
