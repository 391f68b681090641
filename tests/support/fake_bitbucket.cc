#include "support/fake_bitbucket.h"

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <fstream>

namespace gf::test {
namespace {

using record::Json;

constexpr const char* kRoot = "/repositories/acme/shop";

Json failed(const std::string& message) {
  return Json::object({{"type", "error"}, {"error", Json::object({{"message", message}})}});
}

std::string line_of(int status) {
  static const std::map<int, const char*> kWords = {
      {200, "200 OK"},           {201, "201 Created"},   {400, "400 Bad Request"},
      {401, "401 Unauthorized"}, {403, "403 Forbidden"}, {404, "404 Not Found"},
      {409, "409 Conflict"}};
  return kWords.at(status);
}

Json link_to(const std::string& where) {
  return Json::object(
      {{"html", Json::object({{"href", "https://bitbucket.test/acme/shop/" + where}})}});
}

/// For tests/services/bitbucket.py: what was asked and answered, one file each.
void keep(const Asked& asked, const std::string& path, int status, const Json& body) {
  const char* folder = std::getenv("GF_KEEP_REQUESTS");
  if (folder == nullptr) return;
  static std::atomic<int> count = 0;
  std::ofstream(std::string(folder) + "/" + std::to_string(++count) + ".json")
      << Json::object({{"method", asked.method},
                       {"path", path},
                       {"body", asked.body},
                       {"status", status},
                       {"answer", body}})
             .dump();
}

std::string decoded(const std::string& text) {
  std::string plain;
  for (size_t i = 0; i < text.size(); ++i) {
    bool code = text[i] == '%' && i + 2 < text.size();
    plain += code ? static_cast<char>(std::stoi(text.substr(i + 1, 2), nullptr, 16)) : text[i];
    if (code) i += 2;
  }
  return plain;
}

/// What stands in quotation marks behind `field` of a search expression.
std::string sought(const std::string& path, const std::string& field) {
  std::string query = decoded(path);
  size_t at = query.find(field + "\"");
  if (at == std::string::npos) return {};
  at += field.size() + 1;
  return query.substr(at, query.find('"', at) - at);
}

}  // namespace

FakeBitbucket::FakeBitbucket() {
  facts_ = Json::object({{"type", "repository"},
                         {"full_name", "acme/shop"},
                         {"mainbranch", Json::object({{"type", "branch"}, {"name", "main"}})}});
  server_ = std::make_unique<ActingServer>(
      Act([this](const Asked& asked, Peer& peer) { act(asked, peer); }));
}
FakeBitbucket::~FakeBitbucket() { server_->stop(); }

Json FakeBitbucket::account(const std::string& nickname, const std::string& salt) {
  return Json::object({{"type", "user"},
                       {"nickname", nickname},
                       {"display_name", nickname},
                       {"uuid", "{" + nickname + salt + "-1}"}});
}

std::vector<std::string> FakeBitbucket::calls() const {
  std::vector<std::string> all;
  for (const Asked& one : asked())
    all.push_back(one.method + " " + one.path.substr(4, one.path.find('?') - 4));
  return all;
}
void FakeBitbucket::next(const std::string& call, Act act, When when) {
  std::lock_guard lock(mutex_);
  troubles_.next(call, std::move(act), when);
}
void FakeBitbucket::calm() {
  std::lock_guard lock(mutex_);
  troubles_.calm();
}
std::vector<Json> FakeBitbucket::pulls() const {
  std::lock_guard lock(mutex_);
  return pulls_;
}
std::vector<Json> FakeBitbucket::comments(int number) const {
  std::lock_guard lock(mutex_);
  auto found = comments_.find(number);
  return found == comments_.end() ? std::vector<Json>() : found->second;
}
std::vector<Json> FakeBitbucket::statuses() const {
  std::lock_guard lock(mutex_);
  return statuses_;
}
void FakeBitbucket::change_repository(const std::string& key, Json value) {
  std::lock_guard lock(mutex_);
  facts_.set(key, std::move(value));
}
void FakeBitbucket::change_pull(int number, const std::string& key, Json value) {
  std::lock_guard lock(mutex_);
  pulls_[static_cast<size_t>(number) - 1].set(key, std::move(value));
}
int FakeBitbucket::add_comment(const std::string& nickname, int number, const std::string& text,
                               Json more) {
  std::lock_guard lock(mutex_);
  more.set("content", Json::object({{"raw", text}})).set("user", account(nickname));
  return static_cast<int>(said(comments_[number], more).body.get_int("id"));
}
void FakeBitbucket::set_permission(const std::string& nickname, const std::string& permission) {
  std::lock_guard lock(mutex_);
  std::erase_if(permissions_, [&](const Json& one) {
    return one.get("user").get_string("nickname") == nickname &&
           one.get("user").get_string("uuid") == account(nickname).get_string("uuid");
  });
  permissions_.push_back(Json::object({{"type", "repository_permission"},
                                       {"permission", permission},
                                       {"user", account(nickname)}}));
}
void FakeBitbucket::add_status(Json status) {
  std::lock_guard lock(mutex_);
  statuses_.push_back(std::move(status));
}
int FakeBitbucket::add_issue(const std::string& nickname, const std::string& title,
                             const std::string& text) {
  std::lock_guard lock(mutex_);
  int id = static_cast<int>(issues_.size()) + 1;
  issues_.push_back(Json::object({{"type", "issue"},
                                  {"id", id},
                                  {"title", title},
                                  {"state", "new"},
                                  {"kind", "bug"},
                                  {"votes", 2},
                                  {"reporter", account(nickname)},
                                  {"content", Json::object({{"raw", text}})},
                                  {"links", link_to("issues/" + std::to_string(id))},
                                  {"created_on", "2026-01-02T03:04:05.123456+00:00"}}));
  return id;
}

void FakeBitbucket::act(const Asked& asked, Peer& peer) {
  std::string path = asked.path.substr(asked.path.starts_with("/2.0") ? 4 : 0);
  std::string call = asked.method + " " + path;
  std::optional<Trouble> trouble;
  Answered answered{
      404,
      failed("Resource not found"),
  };
  {
    std::lock_guard lock(mutex_);
    trouble = troubles_.take(call);
    if (is_done(trouble)) answered = answer(asked, path);
  }
  if (trouble) return trouble->act(asked, peer);
  keep(asked, path, answered.status, answered.body);
  peer.send(http_answer(line_of(answered.status),
                        answered.body.is_null() ? "" : answered.body.dump(),
                        "Content-Type: application/json; charset=utf-8\r\n"));
}

FakeBitbucket::Answered FakeBitbucket::answer(const Asked& asked, const std::string& path) {
  std::string let_in = asked.header("authorization");
  // "me@example.com:t" in base64: a person's token with his address.
  if (let_in != std::string("Bearer ") + kToken && let_in != "Basic bWVAZXhhbXBsZS5jb206dA==")
    return {401, failed("Token is invalid or not supported for this endpoint.")};
  auto body = Json::parse(asked.body.empty() ? "{}" : asked.body);
  if (!body.ok()) return {400, failed("Expecting JSON")};
  std::string plain = path.substr(0, path.find('?'));
  if (plain == "/workspaces/acme/permissions/repositories/shop") return page(path, permissions_);
  if (plain == "/workspaces/acme/members") return page(path, permissions_);
  if (!plain.starts_with(kRoot)) return {404, failed("Repository not found")};
  std::string rest = plain.substr(std::string(kRoot).size());
  if (rest.empty()) return {200, facts_};
  if (rest.starts_with("/pullrequests")) return of_pulls(asked, path, *body);
  if (rest.starts_with("/issues")) return of_issues(asked, path, *body);
  if (!rest.starts_with("/commit/")) return {404, failed("Resource not found")};
  if (rest.find("/statuses/build") == std::string::npos)
    return {200, Json::object({{"type", "commit"}, {"hash", std::string(40, 'e')}})};
  if (body->get_string("key").empty() || body->get_string("url").empty())
    return {400, failed("key, state and url are required")};
  Json status = *body;
  status.set("type", "build").set("sha", rest.substr(8, 40));
  statuses_.push_back(status);
  return {201, status};
}

FakeBitbucket::Answered FakeBitbucket::of_pulls(const Asked& asked, const std::string& path,
                                                const Json& body) {
  std::string plain = path.substr(0, path.find('?'));
  std::string rest = plain.substr(std::string(kRoot).size() + std::string("/pullrequests").size());
  if (!rest.empty()) {
    size_t slash = rest.find('/', 1);
    size_t number = static_cast<size_t>(std::atoi(rest.substr(1, slash - 1).c_str()));
    if (number == 0 || number > pulls_.size()) return {404, failed("Pull request not found")};
    return of_pull(asked, slash == std::string::npos ? "" : rest.substr(slash + 1),
                   static_cast<int>(number), body);
  }
  std::string branch = asked.method == "GET" ? sought(path, "source.branch.name=")
                                             : body.get("source").get("branch").get_string("name");
  if (asked.method == "GET") {
    std::vector<Json> chosen;
    for (auto pull = pulls_.rbegin(); pull != pulls_.rend(); ++pull) {
      bool stands = path.find("state=" + pull->get_string("state")) != std::string::npos;
      if (stands &&
          (branch.empty() || pull->get("source").get("branch").get_string("name") == branch))
        chosen.push_back(*pull);
    }
    return page(path, chosen);
  }
  if (body.get_string("title").empty() || branch.empty())
    return {400, failed("title and source are required")};
  for (const Json& pull : pulls_) {
    if (pull.get_string("state") == "OPEN" &&
        pull.get("source").get("branch").get_string("name") == branch)
      return {409, failed("A pull request already exists for this branch")};
  }
  Json pull = body, source = body.get("source");
  int number = static_cast<int>(pulls_.size()) + 1;
  if (!source.has("repository"))
    source.set("repository", Json::object({{"full_name", "acme/shop"}}));
  Json home = source.get("repository");
  source.set("repository", home.set("type", "repository"));
  source.set("commit", Json::object({{"hash", std::string(12, 'a')}}));
  pull.set("source", source).set("type", "pullrequest").set("id", number).set("state", "OPEN");
  pull.set("author", account("octo")).set("created_on", "2026-01-02T03:04:05.123456+00:00");
  pull.set("links", link_to("pull-requests/" + std::to_string(number)));
  pulls_.push_back(pull);
  return {201, pull};
}

FakeBitbucket::Answered FakeBitbucket::of_pull(const Asked& asked, const std::string& what,
                                               int number, const Json& body) {
  Json& pull = pulls_[static_cast<size_t>(number) - 1];
  bool posts = asked.method == "POST";
  if (what.empty() && asked.method == "PUT") {
    if (body.get_string("title").empty()) return {400, failed("title is required")};
    for (const auto& [key, value] : body.members()) pull.set(key, value);
    return {200, pull};
  }
  if (what.empty()) return {200, pull};
  if (what == "statuses") return page(asked.path, statuses_);
  if (what == "decline" && posts) return {200, pull.set("state", "DECLINED")};
  if (what == "merge" && posts) {
    if (pull.get_string("state") != "OPEN") return {400, failed("This pull request is closed")};
    pull.set("state", "MERGED").set("merged_by_way", body.get("merge_strategy"));
    return {200, pull.set("merge_commit", Json::object({{"hash", std::string(12, 'e')}}))};
  }
  if (what == "comments" && posts) return said(comments_[number], body);
  if (what == "comments") return page(asked.path, comments_[number]);
  for (Json& comment : comments_[number]) {
    if (what != "comments/" + std::to_string(comment.get_int("id")) + "/resolve") continue;
    if (comment.get("resolution").is_object()) return {409, failed("already resolved")};
    comment.set("resolution", Json::object({{"type", "comment_resolution"}}));
    return {200, comment.get("resolution")};
  }
  return {404, failed("Resource not found")};
}

FakeBitbucket::Answered FakeBitbucket::of_issues(const Asked& asked, const std::string& path,
                                                 const Json& body) {
  std::string plain = path.substr(0, path.find('?'));
  std::string rest = plain.substr(std::string(kRoot).size() + std::string("/issues").size());
  if (rest.empty()) return page(path, {issues_.rbegin(), issues_.rend()});
  size_t slash = rest.find('/', 1);
  int number = std::atoi(rest.substr(1, slash - 1).c_str());
  if (number < 1 || static_cast<size_t>(number) > issues_.size())
    return {404, failed("Issue not found")};
  if (slash == std::string::npos) return {200, issues_[static_cast<size_t>(number) - 1]};
  if (asked.method == "POST") return said(issue_comments_[number], body);
  return page(path, issue_comments_[number]);
}

FakeBitbucket::Answered FakeBitbucket::said(std::vector<Json>& all, const Json& body) {
  if (body.get("content").get_string("raw").empty()) return {400, failed("content is required")};
  Json comment = body;
  comment.set("id", ++last_id_).set("type", "pullrequest_comment");
  if (!comment.has("user")) comment.set("user", account("octo"));
  comment.set("created_on", "2026-01-02T03:04:05.123456+00:00");
  comment.set("links", link_to("pull-requests/1#comment-" + std::to_string(last_id_)));
  all.push_back(comment);
  return {201, comment};
}

FakeBitbucket::Answered FakeBitbucket::page(const std::string& path,
                                            const std::vector<Json>& all) const {
  auto number_of = [&](const std::string& name, size_t otherwise) {
    size_t at = path.find("&" + name + "=");
    if (at == std::string::npos) at = path.find("?" + name + "=");
    return at == std::string::npos ? otherwise : std::stoul(path.substr(at + name.size() + 2));
  };
  size_t size = number_of("pagelen", 10), number = number_of("page", 1);
  size_t from = std::min((number - 1) * size, all.size()), to = std::min(from + size, all.size());
  Json body =
      Json::object({{"pagelen", static_cast<int64_t>(size)},
                    {"page", static_cast<int64_t>(number)},
                    {"values", Json::array({all.begin() + static_cast<std::ptrdiff_t>(from),
                                            all.begin() + static_cast<std::ptrdiff_t>(to)})}});
  if (to < all.size()) {
    std::string plain = path.starts_with("/2.0") ? path.substr(4) : path;
    body.set("next",
             url() + plain.substr(0, plain.find("&page=")) + "&page=" + std::to_string(number + 1));
  }
  return {200, body};
}

}  // namespace gf::test
