// Bitbucket Cloud by REST 2.0. Its names for people change and are not theirs alone, so whoever is
// to be trusted is known by what never changes.
#include "forge/bitbucket.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "forge/said.h"

namespace gf::forge {
namespace {

using record::Json;

constexpr size_t kMostText = 32768, kMostTitle = 255, kMostWord = 255;
constexpr const char* kStatusKey = "git-factory-review";  ///< of a status: 40 characters at most
constexpr const char* kOpenIssues = "(state=\"new\" OR state=\"open\")";

std::string base64(std::string_view text) {
  constexpr std::string_view kDigits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  for (size_t i = 0; i < text.size(); i += 3) {
    uint32_t bits = 0;
    size_t there = std::min<size_t>(3, text.size() - i);
    for (size_t k = 0; k < 3; ++k)
      bits = bits << 8 | (k < there ? static_cast<unsigned char>(text[i + k]) : 0u);
    for (size_t k = 0; k < 4; ++k) out += k <= there ? kDigits[bits >> (18 - 6 * k) & 63] : '=';
  }
  return out;
}

/// A token of a repository, a project, a workspace or OAuth; "<mail>:<token>" of a person.
std::string authorization_of(const std::string& token) {
  return token.find(':') == std::string::npos ? "Bearer " + token : "Basic " + base64(token);
}

Json raw_text(const std::string& text) { return Json::object({{"raw", fitting(text, kMostText)}}); }
Json on_branch(const std::string& name) {
  return Json::object({{"branch", Json::object({{"name", name}})}});
}
std::string html_of(const Json& json) { return json.get("links").get("html").get_string("href"); }

/// Of a search expression: what stands within its quotation marks.
std::string in_quotes(const std::string& text) {
  return "\"" + replace_all(replace_all(text, "\\", "\\\\"), "\"", "\\\"") + "\"";
}

PullRequest pull_of_bitbucket(const Json& json) {
  PullRequest pull;
  pull.number = static_cast<int>(json.get_int("id"));
  pull.url = html_of(json);
  if (pull.url.empty()) pull.url = fmt::format("#{}", pull.number);
  pull.title = json.get_string("title");
  pull.body = json.get_string("description");
  if (pull.body.empty()) pull.body = json.get("summary").get_string("raw");
  Json head = json.get("source"), base = json.get("destination");
  pull.head_branch = head.get("branch").get_string("name");
  pull.base_branch = base.get("branch").get_string("name");
  // It shows the beginning of a commit's id: then it is not known here.
  pull.head = Oid::parse(head.get("commit").get_string("hash")).value_or(Oid());
  pull.base = Oid::parse(base.get("commit").get_string("hash")).value_or(Oid());
  pull.draft = json.get_bool("draft");
  std::string state = lower(json.get_string("state", "OPEN"));
  pull.state = state == "open" || state == "merged" ? state : "closed";
  pull.author = person_of_bitbucket(json.get("author")).login;
  pull.opened = time_of(json, "created_on");
  pull.run = run_of_body(pull.body);
  return pull;
}

Issue issue_of_bitbucket(const Json& json) {
  Issue issue;
  issue.number = static_cast<int>(json.get_int("id"));
  issue.url = html_of(json);
  issue.title = json.get_string("title");
  issue.body = json.get("content").get_string("raw");
  issue.by = person_of_bitbucket(json.get("reporter"));
  issue.votes = static_cast<int>(json.get_int("votes"));
  issue.opened = time_of(json, "created_on");
  issue.changed = time_of(json, "updated_on");
  // It has no labels; what comes closest are its kind and its component.
  for (const std::string& one :
       {json.get_string("kind"), json.get("component").get_string("name")}) {
    if (!one.empty()) issue.labels.push_back(one);
  }
  issue.milestone = json.get("milestone").get_string("name");
  std::string state = json.get_string("state", "new");
  issue.state = state == "new" || state == "open" ? "open" : "closed";
  return issue;
}

class Bitbucket : public Server {
 public:
  Bitbucket(const Target& target, const Place& place)
      : rest_(json_service(target, authorization_of(target.token.value)), place),
        pushed_to_(target.pushed_to),
        repo_("/repositories/" + target.repository),
        is_fork_(lower(target.pushed_to) != lower(target.repository)) {
    rest_.lives_at({repo_, "/repositories/" + pushed_to_});
  }

  [[nodiscard]] std::string name() const override { return "bitbucket"; }
  [[nodiscard]] const Rest& rest() const override { return rest_; }

  /// Whether a token may push is in no answer of its: the push says so.
  Result<Repository> look() override {
    GF_ASSIGN(auto json, rest_.need("GET", repo_));
    Repository found;
    found.name = json.get_string("full_name");
    found.empty = !json.get("mainbranch").is_object();
    return found;
  }

  Result<std::vector<PullRequest>> of_branch(const PullRequest& wanted) override {
    std::string asked = "source.branch.name=" + in_quotes(wanted.head_branch);
    GF_ASSIGN(auto items, pages(fmt::format("{}/pullrequests?q={}&{}&sort=-created_on&pagelen=50",
                                            repo_, encoded(asked), kAllStates)));
    std::vector<PullRequest> all;
    for (const Json& item : items) {
      PullRequest pull = pull_of_bitbucket(item);
      // Anybody's fork may have a branch of this name.
      std::string from = item.get("source").get("repository").get_string("full_name", pushed_to());
      if (pull.head_branch == wanted.head_branch && lower(from) == lower(pushed_to()))
        all.push_back(std::move(pull));
    }
    return all;
  }

  Result<Opening> open(const PullRequest& wanted) override {
    Json source = on_branch(wanted.head_branch);
    if (is_fork_) source.set("repository", Json::object({{"full_name", pushed_to_}}));
    Json body = words(wanted);
    body.set("source", source).set("destination", on_branch(wanted.base_branch));
    body.set("draft", wanted.draft);
    GF_ASSIGN(auto reply, rest_.ask("POST", repo_ + "/pullrequests", body, Again::kNo));
    Opening result;
    if (reply.ok()) {
      result.opened = pull_of_bitbucket(reply.json);
      return result;
    }
    std::string said = lower(words_of(reply.json));
    result.there_already = reply.status == 409 || said.find("already exists") != std::string::npos;
    if (!result.there_already) return rest_.refused(reply);
    return result;
  }

  Result<PullRequest> reword(const PullRequest& there, const PullRequest& wanted) override {
    GF_ASSIGN(auto json, rest_.need("PUT", path_of(there.number), words(wanted)));
    return pull_of_bitbucket(json);
  }

  /// It has reviewers and nothing else of these.
  std::vector<std::string> add(const PullRequest& to, const Extras& extras) override {
    std::vector<std::string> missed;
    auto none = [&](const char* what, bool wanted) {
      if (wanted) missed.push_back(fmt::format("no {} was set: Bitbucket has none", what));
    };
    none("label", !extras.labels.empty());
    none("assignee", !extras.assignees.empty());
    none("milestone", !extras.milestone.empty());
    if (extras.reviewers.empty()) return missed;
    std::vector<Json> reviewers;
    for (const std::string& one : extras.reviewers) {
      auto account = account_named(one);
      if (account.ok()) reviewers.push_back(*account);
      if (!account.ok()) missed.push_back("no reviewer was set: " + account.error().message);
    }
    if (reviewers.empty()) return missed;
    // What is left out of a change is kept, but a title has to be there.
    auto set =
        rest_.need("PUT", path_of(to.number),
                   Json::object({{"title", to.title}, {"reviewers", Json::array(reviewers)}}));
    if (!set.ok()) missed.push_back("no reviewer was set: " + set.error().message);
    return missed;
  }

  Result<std::vector<std::string>> comments(const PullRequest& of) override {
    GF_ASSIGN(auto items, pages(path_of(of.number) + "/comments?pagelen=100"));
    std::vector<std::string> all;
    for (const Json& item : items) {
      if (!item.get_bool("deleted")) all.push_back(item.get("content").get_string("raw"));
    }
    return all;
  }

  Result<Reply> say(const PullRequest& on, const std::string& text) override {
    return rest_.ask("POST", path_of(on.number) + "/comments",
                     Json::object({{"content", raw_text(text)}}), Again::kNo);
  }

  Result<void> report(const PullRequest& on, const CommitStatus& status) override {
    Json body = Json::object({{"key", kStatusKey},
                              {"name", "git-factory/review"},
                              {"state", status.passed ? "SUCCESSFUL" : "FAILED"},
                              {"description", fitting(status.words, kMostWord)},
                              {"url", status.target.empty() ? on.url : status.target}});
    // The same key once more is the same status.
    GF_TRY(rest_.need(
        "POST", fmt::format("/repositories/{}/commit/{}/statuses/build", pushed_to_, on.head.hex()),
        body));
    return Done{};
  }

  Result<PullRequest> close(const PullRequest& which) override {
    GF_ASSIGN(auto json, rest_.need("POST", path_of(which.number) + "/decline"));
    return pull_of_bitbucket(json);
  }

  Result<Oid> merge(const PullRequest& which, MergeWay way) override {
    const char* word = way == MergeWay::kSquash        ? "squash"
                       : way == MergeWay::kRebase      ? "rebase_fast_forward"
                       : way == MergeWay::kFastForward ? "fast_forward"
                                                       : "merge_commit";
    GF_ASSIGN(auto reply, rest_.ask("POST", path_of(which.number) + "/merge",
                                    Json::object({{"type", "pullrequest_merge_parameters"},
                                                  {"merge_strategy", word}}),
                                    Again::kNo));
    if (reply.status == 202 || reply.status == 555) {
      return Error{Fault::kTransient,
                   fmt::format("{} is still at merging it", rest_.service().where),
                   {},
                   fmt::format("look in a while: 'git factory pr show {}'", which.number)};
    }
    if (!reply.ok()) return rest_.refused(reply);
    std::string made = reply.json.get("merge_commit").get_string("hash");
    auto whole = Oid::parse(made);
    if (whole.ok()) return whole;
    GF_ASSIGN(auto commit, rest_.need("GET", fmt::format("{}/commit/{}", repo_, encoded(made))));
    return Oid::parse(commit.get_string("hash"));
  }

  Result<std::vector<PullRequest>> list() override {
    GF_ASSIGN(auto items, pages(fmt::format("{}/pullrequests?{}&sort=-created_on&pagelen=50", repo_,
                                            kAllStates)));
    std::vector<PullRequest> all;
    for (auto item = items.rbegin(); item != items.rend(); ++item)
      all.push_back(pull_of_bitbucket(*item));
    return all;
  }

  Result<std::optional<PullRequest>> find(int number) override {
    GF_ASSIGN(auto reply, rest_.ask("GET", path_of(number)));
    if (reply.status == 404) return std::optional<PullRequest>();
    if (!reply.ok()) return rest_.refused(reply);
    return std::optional<PullRequest>(pull_of_bitbucket(reply.json));
  }

  // --- Reviews ---
  Result<std::vector<Said>> said_of(const PullRequest& on) override { return review_.said_of(on); }
  Result<std::vector<std::string>> in_thread(const PullRequest& on,
                                             const std::string& thread) override {
    return review_.in_thread(on, thread);
  }
  Result<Reply> answer(const PullRequest& on, const std::string& thread,
                       const std::string& text) override {
    return review_.answer(on, thread, fitting(text, kMostText));
  }
  Result<void> resolve(const PullRequest& on, const std::string& thread) override {
    return review_.resolve(on, thread);
  }

  // --- Issues, where the tracker is switched on ---
  Result<IssueList> issues(const IssueWish& wish, int page) override {
    std::string asked = kOpenIssues;
    for (const std::string& label : wish.labels)
      asked += fmt::format(" AND (kind={0} OR component.name={0})", in_quotes(label));
    if (!wish.milestone.empty()) asked += " AND milestone.name=" + in_quotes(wish.milestone);
    if (!wish.query.empty())
      asked += fmt::format(" AND (title~{0} OR content.raw~{0})", in_quotes(wish.query));
    IssueList list;
    auto take = [&](const Json& item) {
      list.more = list.issues.size() >= wish.most;
      if (!list.more) list.issues.push_back(issue_of_bitbucket(item));
      return list.more;
    };
    GF_TRY(rest_.pages(
        fmt::format("{}/issues?q={}&sort=-created_on&pagelen={}", repo_, encoded(asked), page),
        take, "values"));
    return list;
  }

  Result<std::optional<Issue>> issue(int number) override {
    GF_ASSIGN(auto reply, rest_.ask("GET", issue_path(number)));
    if (reply.status == 404) return std::optional<Issue>();
    if (!reply.ok()) return rest_.refused(reply);
    return std::optional<Issue>(issue_of_bitbucket(reply.json));
  }

  Result<std::vector<Said>> said_of_issue(int number) override {
    GF_ASSIGN(auto items, pages(issue_path(number) + "/comments?pagelen=100"));
    std::vector<Said> all;
    for (const Json& item : items) {
      // A change of a field is a comment without words.
      if (!trim(item.get("content").get_string("raw")).empty())
        all.push_back(said_of_bitbucket(item));
    }
    return all;
  }

  Result<Reply> say_on_issue(int number, const std::string& text) override {
    return rest_.ask("POST", issue_path(number) + "/comments",
                     Json::object({{"content", raw_text(text)}}), Again::kNo);
  }

 protected:
  /// One list of all who may push; who may not see it trusts nobody.
  Result<std::set<std::string>> writers_among(const std::vector<Person>& people) override {
    const std::string& repository = rest_.service().repository;
    std::string workspace = repository.substr(0, repository.find('/'));
    std::string name = repository.substr(repository.find('/') + 1);
    std::string path = fmt::format("/workspaces/{}/permissions/repositories/{}?q={}&pagelen=100",
                                   workspace, name, encoded("permission>\"read\""));
    GF_ASSIGN(auto all, rest_.pages_if_shown(path, "values"));
    std::set<std::string> writers;
    if (!all) {
      set_access_unknown(people);
      return writers;
    }
    for (const Json& item : *all) {
      std::string may = item.get_string("permission");
      if (may == "write" || may == "admin")
        writers.insert(lower(person_of_bitbucket(item.get("user")).login));
    }
    return writers;
  }

 private:
  static constexpr const char* kAllStates =
      "state=OPEN&state=MERGED&state=DECLINED&state=SUPERSEDED";

  Result<std::vector<Json>> pages(const std::string& path) {
    return rest_.pages(path, {}, "values");
  }
  [[nodiscard]] std::string path_of(int number) const {
    return fmt::format("{}/pullrequests/{}", repo_, number);
  }
  [[nodiscard]] std::string issue_path(int number) const {
    return fmt::format("{}/issues/{}", repo_, number);
  }
  static Json words(const PullRequest& wanted) {
    return Json::object({{"title", fitting(wanted.title, kMostTitle)},
                         {"description", fitting(wanted.body, kMostText)}});
  }

  /// "{uuid}" as it is; a name where exactly one member of the workspace has it.
  Result<Json> account_named(const std::string& name) {
    if (name.starts_with('{')) return Json::object({{"uuid", name}});
    const std::string& repository = rest_.service().repository;
    std::string workspace = repository.substr(0, repository.find('/'));
    GF_ASSIGN(auto members, pages(fmt::format("/workspaces/{}/members?pagelen=100", workspace)));
    std::vector<std::string> found;
    for (const Json& member : members) {
      Json user = member.get("user");
      for (const char* by : {"nickname", "display_name", "account_id"}) {
        if (lower(user.get_string(by)) != lower(name)) continue;
        found.push_back(user.get_string("uuid"));
        break;
      }
    }
    if (found.size() == 1) return Json::object({{"uuid", found.front()}});
    return Error{Fault::kUser,
                 fmt::format("{} of the workspace's members {} called '{}'",
                             found.empty() ? "none" : "more than one", found.empty() ? "is" : "are",
                             printable(name)),
                 {},
                 "name the account's uuid, with its braces"};
  }

  Rest rest_;
  /// What is pushed to; where that is the repository itself, by what that is called now.
  [[nodiscard]] std::string pushed_to() const {
    return is_fork_ ? pushed_to_ : rest_.service().repository;
  }

  std::string pushed_to_, repo_;
  bool is_fork_;
  BitbucketReview review_{rest_, repo_};
};

}  // namespace

std::unique_ptr<Server> bitbucket_server(const Target& target, const Place& place) {
  return std::make_unique<Bitbucket>(target, place);
}

}  // namespace gf::forge
