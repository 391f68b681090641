// GitLab by REST: gitlab.com, a server of one's own. A pull request is a merge request there, and
// a number one of the project's own (iid).
#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "forge/gitlab_review.h"

namespace gf::forge {
namespace {

using record::Json;

constexpr size_t kMaxText = 1u << 20, kMaxName = 255, kMaxWord = 255;
constexpr const char* kDraftTitle = "Draft: ";
constexpr const char* kStatusName = "git-factory/review";
constexpr int kMayPush = 30;  ///< "Developer"

PullRequest pull_of_gitlab(const Json& json) {
  PullRequest pull;
  pull.number = static_cast<int>(json.get_int("iid"));
  pull.url = json.get_string("web_url");
  if (pull.url.empty()) pull.url = fmt::format("!{}", pull.number);
  pull.title = json.get_string("title");
  pull.body = json.get_string("description");
  pull.head_branch = json.get_string("source_branch");
  pull.base_branch = json.get_string("target_branch");
  pull.head = Oid::parse(json.get_string("sha")).value_or(Oid());
  pull.base = Oid::parse(json.get("diff_refs").get_string("base_sha")).value_or(Oid());
  pull.draft = json.get_bool("draft", json.get_bool("work_in_progress"));
  std::string state = json.get_string("state", "opened");
  // One that is being merged is locked for that time.
  pull.state = state == "opened" || state == "locked" ? "open" : state;
  pull.author = json.get("author").get_string("username");
  // What cannot be read as a time is the beginning of all of them.
  pull.opened = parse_iso8601(json.get_string("created_at")).value_or(Timestamp{});
  pull.run = run_of_body(pull.body);
  pull.fetch_ref = fmt::format("refs/merge-requests/{}/head", pull.number);
  return pull;
}

Issue issue_of_gitlab(const Json& json) {
  Issue issue;
  issue.number = static_cast<int>(json.get_int("iid"));
  issue.url = json.get_string("web_url");
  issue.title = json.get_string("title");
  issue.body = json.get_string("description");
  issue.by = person_of_gitlab(json.get("author"));
  issue.votes = static_cast<int>(json.get_int("upvotes"));
  issue.comments = static_cast<int>(json.get_int("user_notes_count"));
  issue.opened = parse_iso8601(json.get_string("created_at")).value_or(Timestamp{});
  issue.changed = parse_iso8601(json.get_string("updated_at")).value_or(Timestamp{});
  issue.labels = json.get_strings("labels");
  issue.milestone = json.get("milestone").get_string("title");
  issue.state = json.get_string("state", "opened") == "opened" ? "open" : "closed";
  return issue;
}

class GitLab : public Server {
 public:
  GitLab(const Target& target, const Place& place)
      // Taken for tokens of people, projects, groups and OAuth alike.
      : rest_(json_service(target, "Bearer " + target.token.value), place),
        target_("/projects/" + encoded(target.repository)),
        source_("/projects/" + encoded(target.pushed_to)),
        is_fork_(lower(target.pushed_to) != lower(target.repository)) {
    rest_.lives_at({target_, source_});
  }

  [[nodiscard]] std::string name() const override { return "gitlab"; }
  [[nodiscard]] const Rest& rest() const override { return rest_; }

  Result<Repository> look() override {
    GF_ASSIGN(auto json, rest_.need("GET", target_));
    target_id_ = json.get_int("id");
    Repository found;
    found.name = json.get_string("path_with_namespace");
    found.archived = json.get_bool("archived");
    found.empty = json.get_bool("empty_repo");
    found.has_pulls = json.get_bool("merge_requests_enabled", true);
    Json may = json.get("permissions");
    int64_t level = std::max(may.get("project_access").get_int("access_level"),
                             may.get("group_access").get_int("access_level"));
    // Both are null for who has the right from further up, an administrator for one.
    found.may_push = is_fork_ || level == 0 || level >= kMayPush;
    return found;
  }

  Result<std::vector<PullRequest>> of_branch(const PullRequest& wanted) override {
    GF_ASSIGN(auto source, source_id());
    GF_ASSIGN(auto items,
              rest_.pages(fmt::format("{}/merge_requests?state=all&source_branch={}&per_page=100",
                                      target_, encoded(wanted.head_branch))));
    std::vector<PullRequest> all;
    for (const Json& item : items) {
      // Anybody's fork may have a branch of this name.
      if (item.get_int("source_project_id", source) == source) all.push_back(pull_of_gitlab(item));
    }
    return all;
  }

  Result<Opening> open(const PullRequest& wanted) override {
    Json body = Json::object({{"source_branch", wanted.head_branch},
                              {"target_branch", wanted.base_branch},
                              {"title", title_of(wanted)},
                              {"description", fitting(wanted.body, kMaxText)}});
    if (is_fork_) {
      GF_TRY(source_id());
      body.set("target_project_id", target_id_);
    }
    GF_ASSIGN(auto reply, rest_.ask("POST", source_ + "/merge_requests", body, Again::kNo));
    Opening result;
    if (reply.ok()) {
      result.opened = pull_of_gitlab(reply.json);
    } else if (reply.status == 409) {
      result.there_already = true;
    } else {
      return rest_.refused(reply);
    }
    return result;
  }

  Result<PullRequest> reword(const PullRequest& there, const PullRequest& wanted) override {
    return changed(there.number, Json::object({{"title", title_of(wanted)},
                                               {"description", fitting(wanted.body, kMaxText)}}));
  }

  /// Labels that are not there are made. People are known by their numbers, so each is looked up.
  std::vector<std::string> add(const PullRequest& to, const Extras& extras) override {
    std::vector<std::string> missed;
    Json body = Json::object();
    if (!extras.labels.empty()) body.set("add_labels", join(extras.labels, ","));
    add_people("reviewer", extras.reviewers, body, missed);
    add_people("assignee", extras.assignees, body, missed);
    if (!extras.milestone.empty()) {
      auto id = id_in(
          "milestone",
          fmt::format("{}/milestones?state=active&title={}", target_, encoded(extras.milestone)),
          extras.milestone);
      if (id.ok()) body.set("milestone_id", *id);
      if (!id.ok()) missed.push_back(id.error().message);
    }
    if (body.size() == 0) return missed;
    auto set = changed(to.number, body);
    if (!set.ok()) missed.push_back("nothing was added to it: " + set.error().message);
    return missed;
  }

  Result<std::vector<std::string>> comments(const PullRequest& of) override {
    GF_ASSIGN(auto items, rest_.pages(path_of(of.number) + "/notes?sort=asc&per_page=100"));
    std::vector<std::string> all;
    for (const Json& item : items) {
      // The server's own notes say who changed what.
      if (!item.get_bool("system")) all.push_back(item.get_string("body"));
    }
    return all;
  }

  Result<Reply> say(const PullRequest& on, const std::string& text) override {
    return rest_.ask("POST", path_of(on.number) + "/notes",
                     Json::object({{"body", fitting(text, kMaxText)}}), Again::kNo);
  }

  Result<void> report(const PullRequest& on, const CommitStatus& status) override {
    Json body = Json::object({{"state", status.passed ? "success" : "failed"},
                              {"name", kStatusName},
                              {"description", fitting(status.words, kMaxWord)}});
    if (!status.target.empty()) body.set("target_url", status.target);
    GF_ASSIGN(auto reply,
              rest_.ask("POST", fmt::format("{}/statuses/{}", source_, on.head.hex()), body));
    // It refuses to set what is set already.
    bool set = reply.status == 400 &&
               lower(words_of(reply.json)).find("cannot transition") != std::string::npos;
    if (!reply.ok() && !set) return rest_.refused(reply);
    return Done{};
  }

  Result<PullRequest> close(const PullRequest& which) override {
    return changed(which.number, Json::object({{"state_event", "close"}}));
  }

  Result<Oid> merge(const PullRequest& which, MergeWay way) override {
    if (way == MergeWay::kRebase || way == MergeWay::kFastForward) {
      return Error{Fault::kUser,
                   "how GitLab merges without a squash is a setting of the project there",
                   {},
                   "choose --way=merge or squash"};
    }
    Json body = Json::object({{"squash", way == MergeWay::kSquash}});
    if (!which.head.is_zero()) body.set("sha", which.head.hex());
    GF_ASSIGN(auto json, rest_.need("PUT", path_of(which.number) + "/merge", body, Again::kNo));
    std::string made = json.get_string("merge_commit_sha");
    if (made.empty()) made = json.get_string("squash_commit_sha", json.get_string("sha"));
    return Oid::parse(made);
  }

  Result<std::vector<PullRequest>> list() override {
    GF_ASSIGN(auto items, rest_.pages(target_ + "/merge_requests?state=all&per_page=100"));
    std::vector<PullRequest> all;
    for (auto item = items.rbegin(); item != items.rend(); ++item)
      all.push_back(pull_of_gitlab(*item));
    return all;
  }

  Result<std::optional<PullRequest>> find(int number) override {
    GF_ASSIGN(auto reply, rest_.ask("GET", path_of(number)));
    if (reply.status == 404) return std::optional<PullRequest>();
    if (!reply.ok()) return rest_.refused(reply);
    return std::optional<PullRequest>(pull_of_gitlab(reply.json));
  }

  // --- Reviews ---
  Result<std::vector<Said>> said_of(const PullRequest& on) override {
    return review_.said_of(on.number);
  }
  Result<std::vector<std::string>> in_thread(const PullRequest& on,
                                             const std::string& thread) override {
    return review_.in_thread(on.number, thread);
  }
  Result<Reply> answer(const PullRequest& on, const std::string& thread,
                       const std::string& text) override {
    return review_.answer(on.number, thread, fitting(text, kMaxText));
  }
  Result<void> resolve(const PullRequest& on, const std::string& thread) override {
    return review_.resolve(on.number, thread);
  }

  Result<IssueList> issues(const IssueWish& wish, int page) override {
    std::string path = fmt::format("{}/issues?state=opened&per_page={}", target_, page);
    if (!wish.labels.empty()) path += "&labels=" + encoded(join(wish.labels, ","));
    if (!wish.milestone.empty()) path += "&milestone=" + encoded(wish.milestone);
    if (!wish.query.empty()) path += "&search=" + encoded(wish.query);
    IssueList list;
    auto take = [&](const Json& item) {
      list.more = list.issues.size() >= wish.most;
      if (!list.more) list.issues.push_back(issue_of_gitlab(item));
      return list.more;
    };
    GF_TRY(rest_.pages(path, take));
    return list;
  }

  Result<std::optional<Issue>> issue(int number) override {
    GF_ASSIGN(auto reply, rest_.ask("GET", fmt::format("{}/issues/{}", target_, number)));
    if (reply.status == 404) return std::optional<Issue>();
    if (!reply.ok()) return rest_.refused(reply);
    return std::optional<Issue>(issue_of_gitlab(reply.json));
  }

  Result<std::vector<Said>> said_of_issue(int number) override {
    GF_ASSIGN(auto items, rest_.pages(fmt::format("{}/issues/{}/notes?sort=asc&per_page=100",
                                                  target_, number)));
    std::vector<Said> all;
    for (const Json& item : items) {
      // The server's own notes say who changed what.
      if (!item.get_bool("system")) all.push_back(said_of_gitlab(item));
    }
    return all;
  }

  Result<Reply> say_on_issue(int number, const std::string& text) override {
    return rest_.ask("POST", fmt::format("{}/issues/{}/notes", target_, number),
                     Json::object({{"body", fitting(text, kMaxText)}}), Again::kNo);
  }

 protected:
  /// One list of all who have anything to do with the project, from further up as well.
  Result<std::set<std::string>> writers_among(const std::vector<Person>& people) override {
    std::set<std::string> writers;
    std::string who = target_ + "/members/all";
    std::vector<Json> found;
    if (people.size() == 1 && people.front().id != 0) {
      GF_ASSIGN(auto reply, rest_.ask("GET", fmt::format("{}/{}", who, people.front().id)));
      if (reply.status == 403) set_access_unknown(people);
      if (!reply.ok() && reply.status != 404 && reply.status != 403) return rest_.refused(reply);
      if (reply.ok()) found.push_back(reply.json);
    } else {
      GF_ASSIGN(auto shown, rest_.pages_if_shown(who + "?per_page=100"));
      if (!shown) set_access_unknown(people);
      if (shown) found = std::move(*shown);
    }
    for (const Json& member : found) {
      if (member.get_int("access_level") >= kMayPush)
        writers.insert(lower(member.get_string("username")));
    }
    return writers;
  }

 private:
  [[nodiscard]] std::string path_of(int number) const {
    return fmt::format("{}/merge_requests/{}", target_, number);
  }
  static std::string title_of(const PullRequest& wanted) {
    return fitting((wanted.draft ? kDraftTitle : "") + wanted.title, kMaxName);
  }

  /// The number of the project that is pushed to; of a fork both are asked for, once.
  Result<int64_t> source_id() {
    if (source_id_ != 0) return source_id_;
    if (target_id_ == 0) {
      GF_ASSIGN(auto json, rest_.need("GET", target_));
      target_id_ = json.get_int("id");
    }
    source_id_ = target_id_;
    if (is_fork_) {
      GF_ASSIGN(auto json, rest_.need("GET", source_));
      source_id_ = json.get_int("id");
    }
    return source_id_;
  }

  Result<PullRequest> changed(int number, const Json& body) {
    GF_ASSIGN(auto json, rest_.need("PUT", path_of(number), body));
    return pull_of_gitlab(json);
  }

  /// The id of the first that a list has.
  Result<int64_t> id_in(const char* what, const std::string& path, const std::string& name) {
    GF_ASSIGN(auto items, rest_.pages(path, [](const Json&) { return true; }));
    if (!items.empty()) return items.front().get_int("id");
    return Error{Fault::kUser,
                 fmt::format("there is no {} '{}'", what, printable(name)),
                 {},
                 "make it on the server, or name another"};
  }

  void add_people(const char* what, const std::vector<std::string>& names, Json& body,
                  std::vector<std::string>& missed) {
    std::vector<Json> ids;
    for (const std::string& name : names) {
      auto id = id_in(what, "/users?username=" + encoded(name), name);
      if (id.ok()) ids.emplace_back(*id);
      if (!id.ok()) missed.push_back(id.error().message);
    }
    if (!ids.empty()) body.set(fmt::format("{}_ids", what), Json::array(ids));
  }

  Rest rest_;
  std::string target_, source_;  ///< "/projects/<path>": where it is opened, and pushed to
  bool is_fork_;
  int64_t target_id_ = 0, source_id_ = 0;  ///< 0: not asked for yet
  GitLabReview review_{rest_, target_};
};

}  // namespace

std::unique_ptr<Server> gitlab_server(const Target& target, const Place& place) {
  return std::make_unique<GitLab>(target, place);
}

}  // namespace gf::forge
