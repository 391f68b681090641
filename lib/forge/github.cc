// GitHub by REST: github.com, ghe.com, an Enterprise server, whatever speaks as they do.
#include <fmt/format.h>

#include "base/text.h"
#include "forge/github_review.h"
#include "forge/hub.h"

namespace gf::forge {
namespace {

using record::Json;

/// Who carries the questions may have what lets us in: then it is not here.
net::Headers headers_for(const Token& token) {
  net::Headers headers = {{"Accept", "application/vnd.github+json, application/json;q=0.9"},
                          {"X-GitHub-Api-Version", "2022-11-28"},
                          {"User-Agent", "git-factory"}};
  if (!token.value.empty()) headers.emplace_back("Authorization", "Bearer " + token.value);
  return headers;
}

class GitHub : public Hub {
 public:
  GitHub(const Target& target, const Place& place)
      : Hub(target, github_service(target, target.repository), "per_page=100", place) {}

  [[nodiscard]] std::string name() const override { return "github"; }

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
    std::string head = encoded(owner_of(pushed_to()) + ":" + wanted.head_branch);
    GF_ASSIGN(auto items,
              rest_.pages(fmt::format("{}/pulls?state=all&head={}&{}", repo_, head, page_)));
    std::vector<PullRequest> all;
    for (const Json& item : items) {
      PullRequest pull = pull_of_hub(item);
      // A service that knows no such filter gives all of them.
      if (pull.head_branch == wanted.head_branch) all.push_back(std::move(pull));
    }
    return all;
  }

  Result<Opening> open(const PullRequest& wanted) override {
    Json body = opening(wanted, wanted.title);
    body.set("draft", wanted.draft);
    GF_ASSIGN(auto reply, rest_.ask("POST", repo_ + "/pulls", body, Again::kNo));
    Opening result;
    if (reply.ok()) {
      result.opened = pull_of_hub(reply.json);
      return result;
    }
    std::string words = reply.status == 422 ? lower(words_of(reply.json)) : std::string();
    result.there_already = words.find("already exists") != std::string::npos;
    result.no_drafts = wanted.draft && words.find("draft") != std::string::npos;
    if (result.there_already || result.no_drafts) return result;
    return rest_.refused(reply);
  }

  std::vector<std::string> add(const PullRequest& to, const Extras& extras) override {
    std::vector<std::string> missed;
    std::string issue = issue_path(to.number);
    auto post = [&](const char* what, const std::string& path, const Json& body) {
      try_to(what, rest_.need("POST", path, body), missed);
    };
    if (!extras.labels.empty())
      post("label", issue + "/labels", Json::object({{"labels", Json::strings(extras.labels)}}));
    if (!extras.assignees.empty())
      post("assignee", issue + "/assignees",
           Json::object({{"assignees", Json::strings(extras.assignees)}}));
    if (!extras.reviewers.empty())
      post("reviewer", pull_path(to.number) + "/requested_reviewers",
           reviewers_of_hub(extras.reviewers));
    if (!extras.milestone.empty())
      try_to("milestone", set_milestone(issue, extras.milestone), missed);
    return missed;
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
    GF_ASSIGN(auto json, rest_.need("PUT", pull_path(which.number) + "/merge", body, Again::kNo));
    return Oid::parse(json.get_string("sha"));
  }

  // --- Reviews ---
  Result<std::vector<Said>> said_of(const PullRequest& on) override {
    GF_ASSIGN(auto all, said_of_issue(on.number));
    GF_ASSIGN(auto reviewed, review_.said_of(on));
    all.insert(all.end(), reviewed.begin(), reviewed.end());
    return all;
  }
  Result<std::vector<std::string>> in_thread(const PullRequest& on,
                                             const std::string& thread) override {
    return review_.in_thread(on, thread);
  }
  Result<Reply> answer(const PullRequest& on, const std::string& thread,
                       const std::string& text) override {
    return review_.answer(on, thread, text);
  }
  Result<void> resolve(const PullRequest& on, const std::string& thread) override {
    return review_.resolve(on, thread);
  }

  Result<IssueList> issues(const IssueWish& wish, int page) override {
    if (!wish.query.empty()) {
      auto found = searched(wish, page);
      if (found.ok() || found.error().fault != Fault::kUser) return found;
      // A search knows a repository by the name that it has now.
      const std::string before = rest_.service().repository;
      GF_TRY(look());
      return rest_.service().repository == before ? found : searched(wish, page);
    }
    std::string path = fmt::format("{}/issues?state=open&per_page={}", repo_, page);
    if (!wish.labels.empty()) path += "&labels=" + encoded(join(wish.labels, ","));
    if (!wish.milestone.empty()) {
      GF_ASSIGN(auto number, milestone_named(wish.milestone, "number"));
      path += fmt::format("&milestone={}", number);
    }
    return issues_at(path, wish);
  }

 protected:
  /// Who it calls a stranger is one. One of the others is asked for alone; of several a list of all
  /// who may push is the shorter way.
  Result<std::set<std::string>> writers_among(const std::vector<Person>& people) override {
    std::set<std::string> writers;
    std::vector<Person> asked;
    for (const Person& one : people) {
      if (one.standing == "OWNER") writers.insert(lower(one.login));
      bool known = one.standing == "OWNER" || one.standing == "NONE" ||
                   one.standing == "FIRST_TIMER" || one.standing == "FIRST_TIME_CONTRIBUTOR" ||
                   one.standing == "MANNEQUIN";
      if (!known) asked.push_back(one);
    }
    if (asked.size() == 1) {
      GF_ASSIGN(auto one, writers_one_by_one(asked));
      writers.merge(one);
    } else if (!asked.empty()) {
      GF_ASSIGN(auto all, rest_.pages_if_shown(
                              fmt::format("{}/collaborators?permission=push&{}", repo_, page_)));
      if (!all) {
        set_access_unknown(asked);
        return writers;
      }
      for (const Json& item : *all) {
        // A service that knows no such filter gives all of them.
        if (item.get("permissions").get_bool("push", true))
          writers.insert(lower(item.get_string("login")));
      }
    }
    return writers;
  }

 private:
  Result<IssueList> searched(const IssueWish& wish, int page) {
    std::string asked = "repo:" + rest_.service().repository + " is:issue is:open";
    for (const std::string& label : wish.labels) asked += " label:" + quoted(label);
    if (!wish.milestone.empty()) asked += " milestone:" + quoted(wish.milestone);
    return issues_at(fmt::format("/search/issues?q={}&sort=created&order=desc&per_page={}",
                                 encoded(asked + " " + wish.query), page),
                     wish, "items");
  }

  /// As a search takes what has blanks; one that ends the quotation is no part of it.
  static std::string quoted(const std::string& text) {
    return "\"" + replace_all(text, "\"", "") + "\"";
  }

  Result<Json> set_milestone(const std::string& issue, const std::string& title) {
    GF_ASSIGN(auto number, milestone_named(title, "number"));
    return rest_.need("PATCH", issue, Json::object({{"milestone", number}}));
  }

  GitHubReview review_{rest_, repo_, page_};
};

}  // namespace

Rest::Service github_service(const Target& target, const std::string& repository) {
  return {target.where,  target.base, repository, target.token, headers_for(target.token),
          target.carrier};
}

std::unique_ptr<Server> github_server(const Target& target, const Place& place) {
  return std::make_unique<GitHub>(target, place);
}

}  // namespace gf::forge
