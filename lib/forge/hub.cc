#include "forge/hub.h"

#include <fmt/format.h>

#include "base/text.h"

namespace gf::forge {
namespace {

using record::Json;

constexpr size_t kMaxBody = 65536, kMaxTitle = 255, kMaxDescription = 140;
constexpr const char* kContext = "git-factory/review";

}  // namespace

PullRequest pull_of_hub(const Json& json) {
  PullRequest pull;
  pull.number = static_cast<int>(json.get_int("number"));
  pull.url = json.get_string("html_url");
  if (pull.url.empty()) pull.url = fmt::format("#{}", pull.number);
  pull.title = json.get_string("title");
  pull.body = json.get_string("body");
  Json head = json.get("head"), base = json.get("base");
  pull.head_branch = head.get_string("ref");
  pull.base_branch = base.get_string("ref");
  pull.head = Oid::parse(head.get_string("sha")).value_or(Oid());
  pull.base = Oid::parse(base.get_string("sha")).value_or(Oid());
  pull.draft = json.get_bool("draft");
  bool merged = json.get_bool("merged") || json.get("merged_at").is_string();
  pull.state = merged ? "merged" : json.get_string("state", "open");
  pull.author = json.get("user").get_string("login");
  // What cannot be read as a time is the beginning of all of them.
  pull.opened = parse_iso8601(json.get_string("created_at")).value_or(Timestamp{});
  pull.run = run_of_body(pull.body);
  pull.fetch_ref = fmt::format("refs/pull/{}/head", pull.number);
  pull.branchless = pull.head_branch.starts_with("refs/");
  if (pull.branchless) pull.head_branch = fmt::format("pull/{}", pull.number);
  return pull;
}

Json reviewers_of_hub(const std::vector<std::string>& names) {
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

std::string owner_of(const std::string& repository) {
  return repository.substr(0, repository.find('/'));
}

Hub::Hub(const Target& target, Rest::Service service, std::string page, const Place& place)
    : rest_(std::move(service), place),
      repo_("/repos/" + target.repository),
      page_(std::move(page)),
      is_fork_(lower(target.pushed_to) != lower(target.repository)),
      pushed_to_(target.pushed_to) {
  rest_.lives_at({repo_});
}

std::string Hub::pushed_to() const { return is_fork_ ? pushed_to_ : rest_.service().repository; }

std::string Hub::title_of(const PullRequest& wanted) const { return wanted.title; }
std::string Hub::pull_path(int number) const { return fmt::format("{}/pulls/{}", repo_, number); }
std::string Hub::issue_path(int number) const { return fmt::format("{}/issues/{}", repo_, number); }

Json Hub::opening(const PullRequest& wanted, const std::string& title) const {
  std::string owner = is_fork_ ? owner_of(pushed_to_) + ":" : std::string();
  return Json::object({{"title", fitting(title, kMaxTitle)},
                       {"body", fitting(wanted.body, kMaxBody)},
                       {"base", wanted.base_branch},
                       {"head", owner + wanted.head_branch}});
}

Result<PullRequest> Hub::reword(const PullRequest& there, const PullRequest& wanted) {
  Json body = Json::object(
      {{"title", fitting(title_of(wanted), kMaxTitle)}, {"body", fitting(wanted.body, kMaxBody)}});
  GF_ASSIGN(auto json, rest_.need("PATCH", pull_path(there.number), body));
  return pull_of_hub(json);
}

Result<std::vector<std::string>> Hub::comments(const PullRequest& of) {
  GF_ASSIGN(auto items, rest_.pages(fmt::format("{}/comments?{}", issue_path(of.number), page_)));
  std::vector<std::string> all;
  for (const Json& item : items) all.push_back(item.get_string("body"));
  return all;
}

Result<Reply> Hub::say(const PullRequest& on, const std::string& text) {
  return rest_.ask("POST", issue_path(on.number) + "/comments",
                   Json::object({{"body", fitting(text, kMaxBody)}}), Again::kNo);
}

Result<void> Hub::report(const PullRequest& on, const CommitStatus& status) {
  Json body = Json::object({{"state", status.passed ? "success" : "failure"},
                            {"context", kContext},
                            {"description", fitting(status.words, kMaxDescription)}});
  if (!status.target.empty()) body.set("target_url", status.target);
  GF_TRY(rest_.need("POST", fmt::format("{}/statuses/{}", repo_, on.head.hex()), body));
  return Done{};
}

Result<PullRequest> Hub::close(const PullRequest& which) {
  GF_ASSIGN(auto json,
            rest_.need("PATCH", pull_path(which.number), Json::object({{"state", "closed"}})));
  return pull_of_hub(json);
}

Result<std::vector<PullRequest>> Hub::list() {
  GF_ASSIGN(auto items, rest_.pages(fmt::format("{}/pulls?state=all&{}", repo_, page_)));
  std::vector<PullRequest> all;
  for (auto item = items.rbegin(); item != items.rend(); ++item) all.push_back(pull_of_hub(*item));
  return all;
}

Result<std::optional<PullRequest>> Hub::find(int number) {
  GF_ASSIGN(auto reply, rest_.ask("GET", pull_path(number)));
  if (reply.status == 404) return std::optional<PullRequest>();
  if (!reply.ok()) return rest_.refused(reply);
  return std::optional<PullRequest>(pull_of_hub(reply.json));
}

void Hub::try_to(const char* what, const Result<Json>& done, std::vector<std::string>& missed) {
  if (!done.ok()) missed.push_back(fmt::format("no {} was set: {}", what, done.error().message));
}

}  // namespace gf::forge
