// What a FakeGitHub is made of. For its own .cc files.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <fstream>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "support/fake_github.h"

namespace gf::test {

using record::Json;

struct Answered {
  int status = 200;
  Json body;
  std::string headers;
  std::string text = {};  ///< where there is no body
};

inline std::string status_line(int status) {
  static const std::map<int, std::string> kWords = {
      {200, "200 OK"},           {201, "201 Created"},
      {202, "202 Accepted"},     {204, "204 No Content"},
      {302, "302 Found"},        {304, "304 Not Modified"},
      {401, "401 Unauthorized"}, {403, "403 Forbidden"},
      {404, "404 Not Found"},    {405, "405 Method Not Allowed"},
      {409, "409 Conflict"},     {422, "422 Unprocessable Entity"}};
  return kWords.at(status);
}

inline Answered no(int status, const std::string& message) {
  return {status,
          Json::object({{"message", message},
                        {"documentation_url", "https://docs.github.com/rest"},
                        {"status", std::to_string(status)}}),
          {}};
}

inline Answered invalid(const std::string& message) {
  Answered answered = no(422, "Validation Failed");
  answered.body.set("errors",
                    Json::array({Json::object(
                        {{"resource", "PullRequest"}, {"code", "custom"}, {"message", message}})}));
  return answered;
}

inline std::string query_of(const std::string& path, const std::string& name) {
  size_t at = path.find("?" + name + "=");
  if (at == std::string::npos) at = path.find("&" + name + "=");
  if (at == std::string::npos) return {};
  at += name.size() + 2;
  std::string value = path.substr(at, path.find('&', at) - at), plain;
  for (size_t i = 0; i < value.size(); ++i) {
    if (value[i] != '%') {
      plain += value[i];
      continue;
    }
    plain += static_cast<char>(std::stoi(value.substr(i + 1, 2), nullptr, 16));
    i += 2;
  }
  return plain;
}

struct FakeGitHub::Impl {
  mutable std::mutex mutex;
  const std::string repository = "acme/shop";
  bool is_gitea = false;
  Json facts;
  std::vector<Json> pulls, statuses, milestones, labels;
  std::map<int, std::vector<Json>> comments;
  std::vector<Json> issues;  ///< numbers from kFirstIssue
  std::map<std::string, std::string> permissions;
  std::map<int, std::vector<Json>> reviews, lines;  ///< by pull request
  std::vector<Json> checks, marks;
  std::map<int64_t, std::string> logs;
  std::vector<int64_t> settled;
  std::string logs_elsewhere;
  std::map<std::string, Json> workflows;  ///< by file, with "state" and "run-name"
  std::vector<Json> runs;                 ///< of all of them, oldest first
  bool actions_off = false;
  int last_id = 5000;
  Troubles troubles;
  bool no_drafts = false;
  std::unique_ptr<ActingServer> server;
  std::string seen_at;  ///< where who asks believes it to be

  [[nodiscard]] std::string owner() const { return repository.substr(0, repository.find('/')); }

  /// For tests/services/github.py: what was asked, one file each.
  static void keep(const Asked& asked) {
    const char* folder = std::getenv("GF_KEEP_REQUESTS");
    if (folder == nullptr) return;
    static std::atomic<int> count = 0;
    Json headers = Json::object();
    for (const char* name : {"accept", "content-type", "x-github-api-version"}) {
      if (!asked.header(name).empty()) headers.set(name, asked.header(name));
    }
    std::ofstream(std::string(folder) + "/" + std::to_string(++count) + ".json")
        << Json::object({{"method", asked.method},
                         {"path", asked.path},
                         {"body", asked.body},
                         {"headers", headers}})
               .dump();
  }

  void act(const Asked& asked, Peer& peer) {
    keep(asked);
    std::string call = asked.method + " " + asked.path;
    std::optional<Trouble> trouble;
    Answered answered;
    {
      std::lock_guard lock(mutex);
      seen_at = asked.header("host") == "api.github.com" ? "https://api.github.com" : server->url();
      trouble = troubles.take(call);
      if (is_done(trouble)) answered = answer(asked);
    }
    if (trouble) return trouble->act(asked, peer);
    std::string text = answered.body.is_null() ? answered.text : answered.body.dump();
    std::string etag = "\"" + std::to_string(std::hash<std::string>()(text)) + "\"";
    answer_if_changed(asked, etag, answered.status, answered.headers, text);
    peer.send(http_answer(status_line(answered.status), text,
                          "Content-Type: application/json; charset=utf-8\r\n" + answered.headers));
  }

  /// What its git server tells it of a push to refs/for/ (git_server.py); without a commit it is
  /// asked which request is open for a topic.
  Answered offered(const Json& request) {
    int number = 0;
    for (const Json& pull : pulls) {
      if (pull.get_string("state") == "open" &&
          pull.get_string("topic") == request.get_string("topic"))
        number = static_cast<int>(pull.get_int("number"));
    }
    std::string sha = request.get_string("sha");
    if (!sha.empty() && number == 0) {
      number = add(Json::object({{"title", request.get("title")},
                                 {"body", request.get("description")},
                                 {"topic", request.get("topic")},
                                 {"base", Json::object({{"ref", request.get("base")}})}}));
    }
    if (number == 0) return {200, Json::object({{"number", 0}}), {}};
    Json& pull = pulls[static_cast<size_t>(number) - 1];
    if (!sha.empty()) {
      pull.set("head", Json::object({{"ref", "refs/pull/" + std::to_string(number) + "/head"},
                                     {"label", ""},
                                     {"sha", sha}}));
    }
    return {200, Json::object({{"number", number}, {"url", pull.get("html_url")}}), {}};
  }

  Answered answer(const Asked& asked) {
    if (asked.path == "/agit" && is_gitea)
      return offered(Json::parse(asked.body).value_or(Json::object()));
    std::string let_in = asked.header("authorization");
    // GitHub takes both words; `gh` says the other one.
    bool known = let_in == std::string("token ") + kToken ||
                 (!is_gitea && let_in == std::string("Bearer ") + kToken);
    if (!known) return no(401, "Bad credentials");
    std::string path = asked.path.substr(0, asked.path.find('?'));
    std::string root = "/repos/" + repository;
    if (path == "/search/issues" && !is_gitea) return search(asked.path);
    if (path == "/graphql" && !is_gitea) return graphql(asked.body);
    if (!path.starts_with(root)) return no(404, "Not Found");
    path = path.substr(root.size());
    Json body;
    if (!asked.body.empty()) {
      auto parsed = Json::parse(asked.body);
      if (!parsed.ok()) return no(422, "Problems parsing JSON");
      body = *parsed;
    }
    if (path.empty()) return {200, facts, {}};
    if (path == "/pulls" && asked.method == "GET") return list(asked.path);
    if (path == "/pulls" && asked.method == "POST") return open(body);
    if (path == "/milestones") return {200, Json::array(milestones), {}};
    if (path == "/issues" && asked.method == "GET")
      return page(asked.path, open_issues(asked.path));
    if (path.starts_with("/collaborators")) return may(asked.path, path);
    if (path == "/assignees" && is_gitea) return assignees();
    if (path.starts_with("/commits/")) return of_commit(asked.path, path);
    if (path.starts_with("/check-runs/")) return {200, notes_of(path), {}};
    if (path.starts_with("/actions/jobs/")) return log_of(path);
    if (path.starts_with("/actions/") && !is_gitea) return of_actions(asked, path.substr(9), body);
    if (path.starts_with("/statuses/") && asked.method == "POST") {
      body.set("sha", path.substr(10));
      statuses.push_back(body);
      return {201, body, {}};
    }
    return of_number(asked, path, body);
  }

  /// "/pulls/3/merge", "/issues/3/comments".
  Answered of_number(const Asked& asked, const std::string& path, const Json& body) {
    size_t second = path.find('/', 1);
    if (second == std::string::npos) return no(404, "Not Found");
    std::string kind = path.substr(1, second - 1);
    std::string rest = path.substr(second + 1);
    size_t slash = rest.find('/');
    size_t index = static_cast<size_t>(std::atoi(rest.substr(0, slash).c_str())) - 1;
    std::string what = slash == std::string::npos ? "" : rest.substr(slash + 1);
    int number = static_cast<int>(index) + 1;
    size_t issue = index - (kFirstIssue - 1);
    bool is_issue = kind == "issues" && number >= kFirstIssue && issue < issues.size();
    bool is_pull = (kind == "pulls" || kind == "issues") && index < pulls.size();
    if (!is_issue && !is_pull) return no(404, "Not Found");
    Json& pull = is_issue ? issues[issue] : pulls[index];
    if (what.empty() && asked.method == "GET") return {200, pull, {}};
    if (what.empty() && asked.method == "PATCH") {
      for (const auto& [key, value] : body.members()) pull.set(key, value);
      return {200, pull, {}};
    }
    if (what == "comments" && kind == "issues" && asked.method == "POST")
      return {201, add_comment("octo", number, body.get_string("body")), {}};
    if (what == "comments" && kind == "issues") return page(asked.path, comments[number]);
    if (what.starts_with("reviews") || (what.starts_with("comments") && kind == "pulls"))
      return of_review(asked, what, number, body);
    if (what == "labels" && is_gitea) return labelled(pull, body);
    if (what == "labels" || what == "assignees" || what == "requested_reviewers") {
      for (const auto& [key, value] : body.members()) pull.set("added_" + key, value);
      return {what == "labels" ? 200 : 201, what == "labels" ? Json::array() : pull, {}};
    }
    if (what == "merge" && asked.method == (is_gitea ? "POST" : "PUT")) {
      if (pull.get_string("state") != "open") return no(405, "Pull Request is not mergeable");
      pull.set("state", "closed").set("merged", true).set("merged_at", "2026-01-02T03:04:05Z");
      pull.set("merged_by_way", body.get(is_gitea ? "Do" : "merge_method"));
      pull.set("merge_commit_sha", std::string(40, 'e'));
      if (is_gitea) return {200, Json(), {}};
      return {200, Json::object({{"sha", std::string(40, 'e')}, {"merged", true}}), {}};
    }
    return no(404, "Not Found");
  }

  /// Those that there are; of others not a word.
  Answered labelled(Json& pull, const Json& body) {
    std::vector<Json> set;
    for (const std::string& name : body.get_strings("labels")) {
      for (const Json& label : labels) {
        if (label.get_string("name") == name) set.push_back(label);
      }
    }
    pull.set("labels", Json::array(set));
    return {200, Json::array(set), {}};
  }

  Answered list(const std::string& path) {
    std::string head = query_of(path, "head"), state = query_of(path, "state");
    std::vector<Json> chosen;
    for (auto pull = pulls.rbegin(); pull != pulls.rend(); ++pull) {
      if (state == "open" && pull->get_string("state") != "open") continue;
      if (head.empty() || pull->get("head").get_string("label") == head) chosen.push_back(*pull);
    }
    return page(path, chosen);
  }

  // --- Of reviews and checks: fake_github_review.cc ---
  Answered of_review(const Asked& asked, const std::string& what, int number, const Json& body);
  Answered of_commit(const std::string& asked, const std::string& path);
  [[nodiscard]] Json notes_of(const std::string& path) const;
  [[nodiscard]] Answered log_of(const std::string& path) const;
  // fake_github_graphql.cc
  Answered graphql(const std::string& text);
  Json of_gh(const std::string& query, const Json& variables);
  Json said_at(const std::string& login, const std::string& text);

  // --- Of workflows: fake_github_actions.cc ---
  Answered of_actions(const Asked& asked, const std::string& path, const Json& body);
  Answered start_workflow(const std::string& file, const Json& body);

  // --- Of people and issues: fake_github_issues.cc ---
  Json add_comment(const std::string& login, int number, const std::string& text);
  [[nodiscard]] std::string permission(const std::string& login) const;
  [[nodiscard]] std::string standing(const std::string& login) const;
  Answered may(const std::string& asked, const std::string& path);
  Answered assignees() const;
  std::vector<Json> open_issues(const std::string& path);
  [[nodiscard]] bool has_labels(const Json& issue, const std::string& names) const;
  Answered search(const std::string& path);
  int add_issue(const std::string& login, const std::string& title, const std::string& body,
                const Json& more);

  Answered page(const std::string& path, const std::vector<Json>& all) {
    std::string page_number = query_of(path, "page"),
                per = query_of(path, is_gitea ? "limit" : "per_page");
    size_t size = per.empty() ? 30 : std::stoul(per);
    size_t number = page_number.empty() ? 1 : std::stoul(page_number);
    size_t from = std::min((number - 1) * size, all.size()), to = std::min(from + size, all.size());
    Answered answered{200,
                      Json::array({all.begin() + static_cast<std::ptrdiff_t>(from),
                                   all.begin() + static_cast<std::ptrdiff_t>(to)}),
                      {}};
    if (to < all.size()) {
      std::string plain = path.substr(0, path.find("&page="));
      answered.headers = "Link: <" + seen_at + plain + "&page=" + std::to_string(number + 1) +
                         ">; rel=\"next\"\r\n";
    }
    return answered;
  }

  Answered open(const Json& body) {
    std::string head = body.get_string("head"), base = body.get_string("base");
    if (head.empty() || base.empty()) return invalid("missing_field");
    std::string label = head.find(':') == std::string::npos ? owner() + ":" + head : head;
    for (const Json& pull : pulls) {
      if (pull.get_string("state") == "open" && pull.get("head").get_string("label") == label)
        return is_gitea ? no(409, "pull request already exists for these targets [id: 1]")
                        : invalid("A pull request already exists for " + label + ".");
    }
    if (no_drafts && body.get_bool("draft"))
      return invalid("Draft pull requests are not supported in this repository.");
    Json pull = body;
    pull.set("head", Json::object({{"ref", head.substr(head.find(':') + 1)},
                                   {"label", label},
                                   {"sha", std::string(40, 'a')}}));
    pull.set("base", Json::object({{"ref", base}, {"sha", std::string(40, 'b')}}));
    if (is_gitea) pull.set("draft", body.get_string("title").starts_with("WIP:"));
    return {201, pulls[static_cast<size_t>(add(pull)) - 1], {}};
  }

  int add(Json pull) {
    int number = static_cast<int>(pulls.size()) + 1;
    if (!pull.has("state")) pull.set("state", "open");
    pull.set("number", number);
    pull.set("html_url", "https://github.test/" + repository + "/pull/" + std::to_string(number));
    pull.set("user", Json::object({{"login", "octo"}}));
    pull.set("created_at", "2026-01-02T03:04:05Z");
    pulls.push_back(pull);
    return number;
  }
};

}  // namespace gf::test
