// Issues as GitHub and those that took over its shapes have them.
#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "forge/hub.h"
#include "forge/said.h"

namespace gf::forge {
namespace {

using record::Json;

bool has_all(const Issue& issue, const std::vector<std::string>& labels) {
  return std::all_of(labels.begin(), labels.end(), [&](const std::string& wanted) {
    return std::any_of(issue.labels.begin(), issue.labels.end(),
                       [&](const std::string& label) { return lower(label) == lower(wanted); });
  });
}

}  // namespace

Person person_of_hub(const Json& user, const Json& beside) {
  return {user.get_string("login"), user.get_int("id"), beside.get_string("author_association")};
}

Issue issue_of_hub(const Json& json) {
  Issue issue;
  issue.number = static_cast<int>(json.get_int("number"));
  issue.url = json.get_string("html_url");
  issue.title = json.get_string("title");
  issue.body = json.get_string("body");
  issue.by = person_of_hub(json.get("user"), json);
  issue.votes = static_cast<int>(json.get("reactions").get_int("+1"));
  issue.comments = static_cast<int>(json.get_int("comments"));
  issue.opened = time_of(json, "created_at");
  issue.changed = time_of(json, "updated_at");
  for (const Json& label : json.get("labels").items()) {
    // A label may be its name alone.
    std::string name = label.as_string().value_or(label.get_string("name"));
    if (!name.empty()) issue.labels.push_back(std::move(name));
  }
  issue.milestone = json.get("milestone").get_string("title");
  issue.state = json.get_string("state", "open");
  return issue;
}

Said said_of_hub(const Json& json) {
  Said said = said_as(json.get_string("body"));
  if (json.has("id")) said.remark.id = fmt::format("comment/{}", json.get_int("id"));
  said.by = person_of_hub(json.get("user"), json);
  said.remark.by = said.by.login;
  said.remark.url = json.get_string("html_url");
  said.remark.time = time_of(json, "created_at");
  return said;
}

Result<IssueList> Hub::issues_at(const std::string& path, const IssueWish& wish,
                                 const char* member) {
  IssueList list;
  auto take = [&](const Json& item) {
    // What asks for a pull is among the issues there, and what a search finds may be elsewhere's.
    std::string where = member == nullptr ? "" : lower(item.get_string("repository_url"));
    bool foreign = !where.empty() && !where.ends_with("/" + lower(rest_.service().repository));
    if (item.get("pull_request").is_object() || foreign) return false;
    Issue issue = issue_of_hub(item);
    if (!has_all(issue, wish.labels)) return false;
    list.more = list.issues.size() >= wish.most;
    if (!list.more) list.issues.push_back(std::move(issue));
    return list.more;
  };
  GF_TRY(rest_.pages(path, take, member));
  return list;
}

Result<std::optional<Issue>> Hub::issue(int number) {
  std::optional<Issue> found;
  GF_ASSIGN(auto reply, rest_.ask("GET", issue_path(number)));
  if (reply.status == 404) return found;
  if (!reply.ok()) return rest_.refused(reply);
  if (!reply.json.get("pull_request").is_object()) found = issue_of_hub(reply.json);
  return found;
}

Result<std::vector<Said>> Hub::said_of_issue(int number) {
  GF_ASSIGN(auto items, rest_.pages(fmt::format("{}/comments?{}", issue_path(number), page_)));
  std::vector<Said> all;
  for (const Json& item : items) all.push_back(said_of_hub(item));
  return all;
}

Result<Reply> Hub::say_on_issue(int number, const std::string& text) {
  PullRequest same;  // its comments are those of the issue of that number
  same.number = number;
  return say(same, text);
}

Result<std::set<std::string>> Hub::writers_one_by_one(const std::vector<Person>& people) {
  std::set<std::string> writers;
  for (size_t i = 0; i < people.size(); ++i) {
    const Person& one = people[i];
    GF_ASSIGN(auto reply, rest_.ask("GET", fmt::format("{}/collaborators/{}/permission", repo_,
                                                       encoded(one.login))));
    if (reply.status == 403) {
      // Not for this token to ask, of nobody.
      set_access_unknown({people.begin() + static_cast<std::ptrdiff_t>(i), people.end()});
      break;
    }
    // Of whom it does not know it says so; "Not Found" alone hides what this token may not see.
    bool hidden = reply.status == 404 && lower(words_of(reply.json)) == "not found";
    if (hidden) set_access_unknown({one});
    if (reply.status == 404) continue;
    if (!reply.ok()) return rest_.refused(reply);
    std::string may = reply.json.get_string("permission");
    if (may == "admin" || may == "owner" || may == "write" || may == "maintain")
      writers.insert(lower(one.login));
  }
  return writers;
}

Result<int64_t> Hub::milestone_named(const std::string& title, const char* member) {
  auto is_it = [&](const Json& item) { return item.get_string("title") == title; };
  GF_ASSIGN(auto all, rest_.pages(fmt::format("{}/milestones?state=open&{}", repo_, page_), is_it));
  if (!all.empty() && is_it(all.back())) return all.back().get_int(member);
  return Error{Fault::kUser,
               fmt::format("there is no open milestone '{}'", printable(title)),
               {},
               "open it on the server, or name another (factory.forge.milestone)"};
}

}  // namespace gf::forge
