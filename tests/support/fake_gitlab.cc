#include "support/fake_gitlab.h"

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <fstream>

namespace gf::test {
namespace {

using record::Json;

constexpr const char* kTime = "2026-01-02T03:04:05.000Z";

Json failed(const std::string& message) { return Json::object({{"message", message}}); }

std::string line_of(int status) {
  static const std::map<int, const char*> kWords = {{200, "200 OK"},
                                                    {201, "201 Created"},
                                                    {304, "304 Not Modified"},
                                                    {400, "400 Bad Request"},
                                                    {401, "401 Unauthorized"},
                                                    {404, "404 Not Found"},
                                                    {405, "405 Method Not Allowed"},
                                                    {409, "409 Conflict"}};
  return kWords.at(status);
}

std::string query_of(const std::string& path, const std::string& name) {
  size_t at = path.find("?" + name + "=");
  if (at == std::string::npos) at = path.find("&" + name + "=");
  if (at == std::string::npos) return {};
  at += name.size() + 2;
  std::string value = path.substr(at, path.find('&', at) - at), plain;
  for (size_t i = 0; i < value.size(); ++i) {
    bool code = value[i] == '%' && i + 2 < value.size();
    plain += code ? static_cast<char>(std::stoi(value.substr(i + 1, 2), nullptr, 16)) : value[i];
    if (code) i += 2;
  }
  return plain;
}

/// For tests/services/gitlab.py: what was asked and answered, one file each.
void keep(const Asked& asked, int status, const Json& body) {
  const char* folder = std::getenv("GF_KEEP_REQUESTS");
  if (folder == nullptr) return;
  static std::atomic<int> count = 0;
  std::ofstream(std::string(folder) + "/" + std::to_string(++count) + ".json")
      << Json::object({{"method", asked.method},
                       {"path", asked.path},
                       {"body", asked.body},
                       {"status", status},
                       {"answer", body}})
             .dump();
}

}  // namespace

FakeGitLab::FakeGitLab() {
  project_ = Json::object({{"id", 7},
                           {"path_with_namespace", "acme/shop"},
                           {"archived", false},
                           {"empty_repo", false}});
  server_ = std::make_unique<ActingServer>(
      Act([this](const Asked& asked, Peer& peer) { act(asked, peer); }));
}
FakeGitLab::~FakeGitLab() { server_->stop(); }

std::vector<std::string> FakeGitLab::calls() const {
  std::vector<std::string> all;
  for (const Asked& one : asked())
    all.push_back(one.method + " " + one.path.substr(0, one.path.find('?')));
  return all;
}
void FakeGitLab::next(const std::string& call, Act act, When when) {
  std::lock_guard lock(mutex_);
  troubles_.next(call, std::move(act), when);
}
void FakeGitLab::calm() {
  std::lock_guard lock(mutex_);
  troubles_.calm();
}

std::vector<Json> FakeGitLab::requests() const {
  std::lock_guard lock(mutex_);
  return requests_;
}
std::vector<std::string> FakeGitLab::notes(int number, const char* of) const {
  std::lock_guard lock(mutex_);
  std::vector<std::string> texts;
  auto found = notes_.find(std::string(of) + "/" + std::to_string(number));
  if (found == notes_.end()) return texts;
  for (const Json& one : found->second) texts.push_back(one.get_string("body"));
  return texts;
}
std::vector<Json> FakeGitLab::statuses() const {
  std::lock_guard lock(mutex_);
  return statuses_;
}
std::vector<Json> FakeGitLab::discussions(int number) const {
  std::lock_guard lock(mutex_);
  auto found = threads_.find(number);
  return found == threads_.end() ? std::vector<Json>() : found->second;
}

void FakeGitLab::change_project(const std::string& key, Json value) {
  std::lock_guard lock(mutex_);
  project_.set(key, std::move(value));
}
void FakeGitLab::change_request(int number, const std::string& key, Json value) {
  std::lock_guard lock(mutex_);
  requests_.at(static_cast<size_t>(number) - 1).set(key, std::move(value));
}
void FakeGitLab::set_access(const std::string& login, int level) {
  std::lock_guard lock(mutex_);
  members_.push_back(account_of(login).set("access_level", level));
}
void FakeGitLab::add_note(const std::string& login, int number, const std::string& text,
                          const char* of) {
  std::lock_guard lock(mutex_);
  notes_[std::string(of) + "/" + std::to_string(number)].push_back(note(login, text));
  if (of != std::string(kIssues)) return;
  Json& issue = issues_.at(static_cast<size_t>(number) - 1);
  issue.set("user_notes_count", issue.get_int("user_notes_count") + 1);
}
std::string FakeGitLab::add_thread(const std::string& login, int number, const std::string& path,
                                   int line, const std::string& text, Json more) {
  std::lock_guard lock(mutex_);
  Json first = note(login, text);
  first.set("resolvable", true).set("resolved", false);
  first.set("position", Json::object({{"new_path", path}, {"new_line", line}}));
  for (const auto& [key, value] : more.members()) first.set(key, value);
  std::string id = "d" + std::to_string(threads_[number].size() + 1);
  threads_[number].push_back(Json::object(
      {{"id", id}, {"individual_note", false}, {"notes", Json::array({std::move(first)})}}));
  return id;
}
int FakeGitLab::add_issue(const std::string& login, const std::string& title,
                          const std::string& text, Json more) {
  std::lock_guard lock(mutex_);
  int number = static_cast<int>(issues_.size()) + 1;
  std::string url = "https://gitlab.test/acme/shop/-/issues/" + std::to_string(number);
  Json issue = Json::object({{"iid", number},
                             {"title", title},
                             {"description", text},
                             {"state", "opened"},
                             {"upvotes", 0},
                             {"user_notes_count", 0},
                             {"labels", Json::array()},
                             {"milestone", Json()},
                             {"created_at", kTime},
                             {"web_url", url},
                             {"author", account_of(login)}});
  for (const auto& [key, value] : more.members()) issue.set(key, value);
  issues_.push_back(std::move(issue));
  return number;
}
void FakeGitLab::set_reviewers(std::vector<Json> reviewers) {
  std::lock_guard lock(mutex_);
  reviewers_ = std::move(reviewers);
}
void FakeGitLab::set_pipelines(std::vector<Json> pipelines, std::vector<Json> failed_jobs) {
  std::lock_guard lock(mutex_);
  pipelines_ = std::move(pipelines);
  jobs_ = std::move(failed_jobs);
}
Json FakeGitLab::account(const std::string& login) {
  std::lock_guard lock(mutex_);
  return account_of(login);
}

Json FakeGitLab::account_of(const std::string& login) {
  int id = people_.emplace(login, 11 + static_cast<int>(people_.size())).first->second;
  return Json::object({{"id", id}, {"username", login}, {"name", login}});
}
Json FakeGitLab::note(const std::string& login, const std::string& text) {
  return Json::object({{"id", ++last_id_},
                       {"body", text},
                       {"author", account_of(login)},
                       {"system", false},
                       {"resolvable", false},
                       {"created_at", kTime}});
}

void FakeGitLab::act(const Asked& asked, Peer& peer) {
  std::string call = asked.method + " " + asked.path;
  std::optional<Trouble> trouble;
  Answered answered;
  {
    std::lock_guard lock(mutex_);
    trouble = troubles_.take(call);
    if (is_done(trouble)) answered = answer(asked);
  }
  if (trouble) return trouble->act(asked, peer);
  keep(asked, answered.status, answered.body);
  std::string text = answered.body.dump();
  std::string etag = "W/\"" + std::to_string(std::hash<std::string>()(text)) + "\"";
  answer_if_changed(asked, etag, answered.status, answered.headers, text);
  peer.send(http_answer(line_of(answered.status), text,
                        "Content-Type: application/json\r\n" + answered.headers));
}

FakeGitLab::Answered FakeGitLab::answer(const Asked& asked) {
  if (asked.header("authorization") != std::string("Bearer ") + kToken)
    return {401, failed("401 Unauthorized")};
  std::string path = asked.path.substr(0, asked.path.find('?'));
  auto body = Json::parse(asked.body.empty() ? "{}" : asked.body);
  if (!body.ok()) return {400, failed("400 Bad Request")};
  if (path == "/api/v4/users") {
    auto known = people_.find(query_of(asked.path, "username"));
    if (known == people_.end()) return {200, Json::array()};
    return {200, Json::array({account_of(known->first)})};
  }
  const std::string root = kProject, fork = "/api/v4/projects/ada%2Fshop";
  if (path == fork) return {200, Json::object({{"id", 8}, {"path_with_namespace", "ada/shop"}})};
  if (path == fork + "/merge_requests" && body->get_int("target_project_id") == 7)
    return open(*body, 8);
  if (!path.starts_with(root)) return {404, failed("404 Project Not Found")};
  std::string rest = path.substr(root.size());
  if (rest.empty()) return {200, project_};
  if (rest == "/milestones")
    return {200, Json::array({Json::object({{"id", 5}, {"title", "soon"}})})};
  if (rest.starts_with("/members/all")) return of_member(asked.path, rest.substr(12));
  if (rest.starts_with("/merge_requests")) return of_requests(asked, rest.substr(15), *body);
  if (rest.starts_with("/issues")) return of_issues(asked, rest.substr(7), *body);
  if (rest.ends_with("/jobs")) return {200, Json::array(jobs_)};
  if (rest.ends_with("/trace")) return {200, "boom"};
  if (!rest.starts_with("/statuses/")) return {404, failed("404 Not Found")};
  std::string sha = rest.substr(10);
  for (const Json& one : statuses_) {
    if (one.get_string("sha") == sha && one.get("state") == body->get("state"))
      return {400, failed("Cannot transition status via :run from :success")};
  }
  statuses_.push_back(body->set("sha", sha));
  return {201, statuses_.back()};
}

/// "" is all of them, "/11" one.
FakeGitLab::Answered FakeGitLab::of_member(const std::string& path,
                                           const std::string& which) const {
  if (which.empty()) return page(path, members_);
  for (const Json& member : members_) {
    if ("/" + std::to_string(member.get_int("id")) == which) return {200, member};
  }
  return {404, failed("404 Not found")};
}

/// "", "/3", "/3/notes", "/3/discussions/d1/notes".
FakeGitLab::Answered FakeGitLab::of_requests(const Asked& asked, const std::string& rest,
                                             const Json& body) {
  if (rest.empty()) return asked.method == "GET" ? found(asked) : open(body);
  size_t slash = rest.find('/', 1);
  int number = std::atoi(rest.substr(1, slash - 1).c_str());
  if (number < 1 || static_cast<size_t>(number) > requests_.size())
    return {404, failed("404 Not found")};
  return of_one(asked, number, slash == std::string::npos ? "" : rest.substr(slash + 1), body);
}

FakeGitLab::Answered FakeGitLab::of_one(const Asked& asked, int number, const std::string& what,
                                        const Json& body) {
  Json& request = requests_[static_cast<size_t>(number) - 1];
  if (what.starts_with("discussions")) return of_discussions(asked, number, what.substr(11), body);
  if (what == "notes") return notes_of(asked, "merge_requests/" + std::to_string(number), body);
  if (what == "reviewers") return {200, Json::array(reviewers_)};
  if (what == "pipelines") return {200, Json::array(pipelines_)};
  if (what == "merge" && asked.method == "PUT") {
    if (request.get_string("state") != "opened") return {405, failed("405 Method Not Allowed")};
    request.set("state", "merged").set("squashed", body.get("squash"));
    request.set("merge_commit_sha", std::string(40, 'e'));
    return {200, request};
  }
  if (!what.empty()) return {404, failed("404 Not Found")};
  if (asked.method == "PUT") {
    for (const auto& [key, value] : body.members()) request.set(key, value);
    if (body.get_string("state_event") == "close") request.set("state", "closed");
  }
  return {200, request};
}

/// All that is said stands in a discussion; what is outside threads alone in one of its own.
FakeGitLab::Answered FakeGitLab::of_discussions(const Asked& asked, int number,
                                                const std::string& which, const Json& body) {
  std::vector<Json>& threads = threads_[number];
  if (which.empty()) {
    std::vector<Json> all = threads;
    for (const Json& one : notes_["merge_requests/" + std::to_string(number)]) {
      all.push_back(Json::object({{"id", "n" + std::to_string(one.get_int("id"))},
                                  {"individual_note", true},
                                  {"notes", Json::array({one})}}));
    }
    return page(asked.path, all);
  }
  std::string id = which.substr(1, which.find('/', 1) - 1);
  for (Json& thread : threads) {
    if (thread.get_string("id") != id) continue;
    std::vector<Json> said = thread.get("notes").items();
    if (asked.method == "POST") said.push_back(note("octo", body.get_string("body")));
    for (Json& one : said) {
      if (asked.method == "PUT" && one.get_bool("resolvable"))
        one.set("resolved", body.get("resolved"));
    }
    thread.set("notes", Json::array(said));
    if (asked.method == "POST") return {201, said.back()};
    return {200, thread};
  }
  return {404, failed("404 Discussion Not Found")};
}

FakeGitLab::Answered FakeGitLab::of_issues(const Asked& asked, const std::string& rest,
                                           const Json& body) {
  if (rest.empty()) return page(asked.path, {issues_.rbegin(), issues_.rend()});
  int number = std::atoi(rest.substr(1).c_str());
  if (number < 1 || static_cast<size_t>(number) > issues_.size())
    return {404, failed("404 Not found")};
  if (rest.ends_with("/notes")) return notes_of(asked, "issues/" + std::to_string(number), body);
  return {200, issues_[static_cast<size_t>(number) - 1]};
}

/// With one of the server's own.
FakeGitLab::Answered FakeGitLab::notes_of(const Asked& asked, const std::string& of,
                                          const Json& body) {
  if (asked.method == "POST") {
    if (body.get_string("body").empty()) return {400, failed("body is missing")};
    notes_[of].push_back(note("octo", body.get_string("body")));
    return {201, notes_[of].back()};
  }
  std::vector<Json> all = {Json::object({{"id", 1}, {"body", "added 1 commit"}, {"system", true}})};
  all.insert(all.end(), notes_[of].begin(), notes_[of].end());
  return page(asked.path, all);
}

FakeGitLab::Answered FakeGitLab::open(Json body, int source) {
  if (body.get_string("title").empty() || body.get_string("source_branch").empty())
    return {400, failed("title is missing, source_branch is missing")};
  for (const Json& one : requests_) {
    if (one.get("source_branch") != body.get("source_branch")) continue;
    if (one.get_string("state") != "opened" || one.get_int("source_project_id") != source) continue;
    return {409, Json::object({{"message", Json::strings({"Another open merge request already "
                                                          "exists for this source branch: !1"})}})};
  }
  int number = static_cast<int>(requests_.size()) + 1;
  body.set("iid", number).set("state", "opened").set("source_project_id", source);
  body.set("web_url", "https://gitlab.test/acme/shop/-/merge_requests/" + std::to_string(number));
  body.set("sha", std::string(40, 'a')).set("created_at", kTime);
  body.set("author", account_of("octo"));
  body.set("draft", body.get_string("title").starts_with("Draft: "));
  requests_.push_back(body);
  return {201, body};
}

FakeGitLab::Answered FakeGitLab::found(const Asked& asked) const {
  std::string branch = query_of(asked.path, "source_branch");
  std::vector<Json> chosen;
  for (auto one = requests_.rbegin(); one != requests_.rend(); ++one) {
    if (branch.empty() || one->get_string("source_branch") == branch) chosen.push_back(*one);
  }
  return page(asked.path, chosen);
}

FakeGitLab::Answered FakeGitLab::page(const std::string& path, const std::vector<Json>& all) const {
  std::string per = query_of(path, "per_page"), page_number = query_of(path, "page");
  // A hundred at once is the most that it gives.
  size_t size = per.empty() ? 20 : std::min<size_t>(100, std::stoul(per));
  size_t number = page_number.empty() ? 1 : std::stoul(page_number);
  size_t from = std::min((number - 1) * size, all.size()), to = std::min(from + size, all.size());
  Answered answered{200, Json::array({all.begin() + static_cast<std::ptrdiff_t>(from),
                                      all.begin() + static_cast<std::ptrdiff_t>(to)})};
  if (to < all.size()) {
    answered.headers = "Link: <" + server_->url() + path.substr(0, path.find("&page=")) +
                       "&page=" + std::to_string(number + 1) + ">; rel=\"next\"\r\n";
  }
  return answered;
}

}  // namespace gf::test
