#include "unit/forge/counterpart.h"

#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <set>

#include "support/fake_bitbucket.h"
#include "support/fake_github.h"
#include "support/fake_gitlab.h"
#include "support/folder.h"
#include "support/git_server.h"

namespace gf::forge {
namespace {

using record::Json;
using test::FakeBitbucket;
using test::FakeGitHub;
using test::FakeGitLab;

std::string text_of(const std::vector<Json>& pulls, const std::vector<std::string>& said,
                    const std::vector<Json>& statuses) {
  std::string text;
  for (const Json& pull : pulls) text += pull.dump() + "\n";
  for (const std::string& one : said) text += "said: " + one + "\n";
  std::set<std::string> marks;
  for (const Json& status : statuses)
    marks.insert(status.get_string("sha") + status.get_string("state") +
                 status.get_string("description"));
  for (const std::string& mark : marks) text += "mark: " + mark + "\n";
  return text;
}

constexpr const char* kItem = R"({"number":1,"iid":1,"id":1,"title":"t","state":"open"})";

/// Where it goes on: another address each time.
std::string next_of(const test::Asked& asked) {
  static std::atomic<int> count = 0;
  std::string at = "http://" + asked.header("host") + asked.path;
  return at + (at.find('?') == std::string::npos ? '?' : '&') + "more=" + std::to_string(++count);
}

class OfHub : public Counterpart {
 public:
  OfHub(const char* kind, const char* variable, bool agit = false)
      : server_(kind == std::string("github") ? FakeGitHub::As::kGitHub : FakeGitHub::As::kGitea),
        kind_(kind),
        variable_(variable),
        agit_(agit) {
    server_.add_label("bot");
    server_.add_milestone("soon");
  }
  [[nodiscard]] Settings settings() const override {
    return {{"factory.forge", kind_},
            {"factory.forge.api", server_.url()},
            {"factory.forge.repository", "acme/shop"},
            {"factory.forge.push", agit_ ? "agit" : "branch"}};
  }
  [[nodiscard]] const char* variable() const override { return variable_; }
  std::string remote(const std::string& folder) override {
    if (!agit_) return {};
    std::filesystem::create_directories(folder_ / "acme");
    std::string clone =
        "git clone -q --bare '" + folder + "' '" + (folder_ / "acme/shop.git") + "'";
    if (std::system(clone.c_str()) != 0) return {};
    git_ = std::make_unique<test::GitServer>(folder_.path(), server_.url());
    return git_->url("acme/shop");
  }

  [[nodiscard]] std::vector<std::string> calls() const override { return server_.calls(); }
  [[nodiscard]] std::vector<test::Asked> asked() const override { return server_.asked(); }
  [[nodiscard]] Beginnings begin() const override {
    const std::string repo = " /repos/acme/shop";
    return {"GET" + repo,
            "GET" + repo + "/pulls",
            "POST" + repo + "/pulls",
            "POST" + repo + "/issues/1/comments",
            "PATCH" + repo + "/pulls/1",
            "GET" + repo + "/issues",
            "GET" + repo + "/collaborators",
            "POST" + repo + "/statuses/"};
  }
  void next(const std::string& call, test::Act act, bool after) override {
    server_.next(call, std::move(act),
                 after ? FakeGitHub::When::kAfter : FakeGitHub::When::kInstead);
  }
  void calm() override { server_.calm(); }

  [[nodiscard]] std::string there() const override {
    return text_of(server_.pulls(), said(), server_.statuses());
  }
  [[nodiscard]] size_t requests() const override { return server_.pulls().size(); }
  [[nodiscard]] std::vector<std::string> said() const override { return server_.comments(1); }
  [[nodiscard]] Json request() const override { return server_.pulls().at(0); }

  void may_push(const std::string& login) override { server_.set_permission(login, "write"); }
  void say(const std::string& login, const std::string& text) override {
    server_.add_comment_by(login, 1, text);
  }
  void say_at(const std::string& login, const std::string& path, int line,
              const std::string& text) override {
    server_.add_line(login, 1, path, line, text);
    // One review has all of them.
    if (!reviewed_) server_.add_review(login, 1, "COMMENTED", "");
    reviewed_ = true;
  }
  void reject(const std::string& login) override {
    server_.add_review(login, 1, is_github() ? "CHANGES_REQUESTED" : "REQUEST_CHANGES", "");
  }
  void fail_check(const std::string& log) override {
    if (!is_github()) return server_.add_status("ci", "failure");
    server_.add_check(Json::object({{"name", "ci"},
                                    {"conclusion", "failure"},
                                    {"app", Json::object({{"slug", "github-actions"}})}}),
                      log);
  }
  int add_issue(const std::string& login, const std::string& title,
                const std::string& text) override {
    return server_.add_issue(login, title, text);
  }
  [[nodiscard]] int first_issue() const override { return FakeGitHub::kFirstIssue; }
  void becomes(const std::string& state) override {
    server_.change_pull(1, "state", "closed");
    if (state == "merged") server_.change_pull(1, "merged_at", "2026-01-02T03:04:05Z");
  }
  void retitle(const std::string& title) override { server_.change_pull(1, "title", title); }

 private:
  [[nodiscard]] bool is_github() const { return kind_ == std::string("github"); }

  FakeGitHub server_;
  const char *kind_, *variable_;
  bool agit_, reviewed_ = false;
  test::TempFolder folder_;
  std::unique_ptr<test::GitServer> git_;
};

class OfGitLab : public Counterpart {
 public:
  OfGitLab() { (void)server_.account("ada"), (void)server_.account("bob"); }
  [[nodiscard]] Settings settings() const override {
    return {{"factory.forge", "gitlab"},
            {"factory.forge.api", server_.url()},
            {"factory.forge.repository", "acme/shop"}};
  }
  [[nodiscard]] const char* variable() const override { return "GITLAB_TOKEN"; }

  [[nodiscard]] std::vector<std::string> calls() const override { return server_.calls(); }
  [[nodiscard]] std::vector<test::Asked> asked() const override { return server_.asked(); }
  [[nodiscard]] Beginnings begin() const override {
    const std::string project = std::string(" ") + FakeGitLab::kProject;
    return {"GET" + project,
            "GET" + project + "/merge_requests",
            "POST" + project + "/merge_requests",
            "POST" + project + "/merge_requests/1/notes",
            "PUT" + project + "/merge_requests/1",
            "GET" + project + "/issues",
            "GET" + project + "/members/all",
            "POST" + project + "/statuses/"};
  }
  void next(const std::string& call, test::Act act, bool after) override {
    server_.next(call, std::move(act),
                 after ? FakeGitLab::When::kAfter : FakeGitLab::When::kInstead);
  }
  void calm() override { server_.calm(); }

  [[nodiscard]] std::string there() const override {
    return text_of(server_.requests(), said(), server_.statuses());
  }
  [[nodiscard]] size_t requests() const override { return server_.requests().size(); }
  [[nodiscard]] std::vector<std::string> said() const override { return server_.notes(); }
  [[nodiscard]] Json request() const override { return server_.requests().at(0); }

  void may_push(const std::string& login) override { server_.set_access(login, 30); }
  void say(const std::string& login, const std::string& text) override {
    server_.add_note(login, 1, text);
  }
  void say_at(const std::string& login, const std::string& path, int line,
              const std::string& text) override {
    server_.add_thread(login, 1, path, line, text);
  }
  void reject(const std::string& login) override {
    server_.set_reviewers({Json::object({{"user", server_.account(login)},
                                         {"state", "requested_changes"},
                                         {"created_at", "2026-01-02T03:04:05.000Z"}})});
  }
  void fail_check(const std::string& /*log*/) override {
    server_.set_pipelines({Json::object({{"id", 31}, {"status", "failed"}})},
                          {Json::object({{"id", 41}, {"name", "ci"}})});
  }
  int add_issue(const std::string& login, const std::string& title,
                const std::string& text) override {
    return server_.add_issue(login, title, text);
  }
  void becomes(const std::string& state) override { server_.change_request(1, "state", state); }
  void retitle(const std::string& title) override { server_.change_request(1, "title", title); }

 private:
  FakeGitLab server_;
};

class OfBitbucket : public Counterpart {
 public:
  OfBitbucket() { server_.set_permission("ada", "read"); }
  [[nodiscard]] Settings settings() const override {
    return {{"factory.forge", "bitbucket"},
            {"factory.forge.api", server_.url()},
            {"factory.forge.repository", "acme/shop"}};
  }
  [[nodiscard]] const char* variable() const override { return "BITBUCKET_TOKEN"; }

  [[nodiscard]] std::vector<std::string> calls() const override { return server_.calls(); }
  [[nodiscard]] std::vector<test::Asked> asked() const override { return server_.asked(); }
  [[nodiscard]] Beginnings begin() const override {
    const std::string repo = " /repositories/acme/shop";
    return {"GET" + repo,
            "GET" + repo + "/pullrequests",
            "POST" + repo + "/pullrequests",
            "POST" + repo + "/pullrequests/1/comments",
            "POST" + repo + "/pullrequests/1/decline",
            "GET" + repo + "/issues",
            "GET /workspaces/acme/permissions",
            "POST" + repo + "/commit/"};
  }
  void next(const std::string& call, test::Act act, bool after) override {
    server_.next(call, std::move(act),
                 after ? FakeBitbucket::When::kAfter : FakeBitbucket::When::kInstead);
  }
  void calm() override { server_.calm(); }

  [[nodiscard]] std::string there() const override {
    return text_of(server_.pulls(), said(), server_.statuses());
  }
  [[nodiscard]] size_t requests() const override { return server_.pulls().size(); }
  [[nodiscard]] std::vector<std::string> said() const override {
    std::vector<std::string> texts;
    for (const Json& one : server_.comments(1))
      texts.push_back(one.get("content").get_string("raw"));
    return texts;
  }
  [[nodiscard]] Json request() const override { return server_.pulls().at(0); }

  void may_push(const std::string& login) override { server_.set_permission(login, "write"); }
  void say(const std::string& login, const std::string& text) override {
    server_.add_comment(login, 1, text);
  }
  void say_at(const std::string& login, const std::string& path, int line,
              const std::string& text) override {
    server_.add_comment(login, 1, text,
                        Json::object({{"inline", Json::object({{"path", path}, {"to", line}})}}));
  }
  void reject(const std::string& login) override {
    Json one = Json::object({{"user", FakeBitbucket::account(login)},
                             {"state", "changes_requested"},
                             {"participated_on", "2026-01-02T03:04:05.123456+00:00"}});
    server_.change_pull(1, "participants", Json::array({one}));
  }
  void fail_check(const std::string& /*log*/) override {
    server_.add_status(
        Json::object({{"type", "build"}, {"key", "ci"}, {"name", "ci"}, {"state", "FAILED"}}));
  }
  int add_issue(const std::string& login, const std::string& title,
                const std::string& text) override {
    return server_.add_issue(login, title, text);
  }
  void becomes(const std::string& state) override {
    server_.change_pull(1, "state", state == "merged" ? "MERGED" : "DECLINED");
  }
  void retitle(const std::string& title) override { server_.change_pull(1, "title", title); }
  [[nodiscard]] test::Act one_more_page() const override {
    return [](const test::Asked& asked, test::Peer& peer) {
      peer.send(test::http_answer("200 OK", std::string("{\"values\":[") + kItem + "],\"next\":\"" +
                                                next_of(asked) + "\"}"));
    };
  }
  [[nodiscard]] std::string known_as(const std::string& login) const override {
    return login + " {" + login + "-1}";
  }

 private:
  FakeBitbucket server_;
};

}  // namespace

Settings Counterpart::settings_with_extras() const {
  Settings all = settings();
  all.add({{"factory.forge.label", "bot"},
           {"factory.forge.reviewer", "ada"},
           {"factory.forge.assignee", "bob"},
           {"factory.forge.milestone", "soon"}});
  return all;
}

test::Act Counterpart::one_more_page() const {
  return [](const test::Asked& asked, test::Peer& peer) {
    peer.send(test::http_answer("200 OK", std::string("[") + kItem + "]",
                                "Link: <" + next_of(asked) + ">; rel=\"next\"\r\n"));
  };
}

const std::vector<Kind>& rest_servers() {
  static const std::vector<Kind> kAll = {
      {"GitHub",
       []() -> std::unique_ptr<Counterpart> {
         return std::make_unique<OfHub>("github", "GH_ENTERPRISE_TOKEN");
       }},
      {"GitLab", []() -> std::unique_ptr<Counterpart> { return std::make_unique<OfGitLab>(); }},
      {"Gitea",
       []() -> std::unique_ptr<Counterpart> {
         return std::make_unique<OfHub>("gitea", "GITEA_TOKEN");
       }},
      {"Forgejo",
       []() -> std::unique_ptr<Counterpart> {
         return std::make_unique<OfHub>("forgejo", "FORGEJO_TOKEN");
       }},
      {"Bitbucket",
       []() -> std::unique_ptr<Counterpart> { return std::make_unique<OfBitbucket>(); }}};
  return kAll;
}

std::unique_ptr<Counterpart> gitea_by_agit() {
  return std::make_unique<OfHub>("gitea", "GITEA_TOKEN", true);
}

}  // namespace gf::forge
