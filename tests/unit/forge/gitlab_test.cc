// GitLab over real HTTP, beside a server that remembers merge requests as GitLab's pages describe
// them. What is the same for every server is in github_test.cc.
#include <gmock/gmock.h>

#include <algorithm>
#include <mutex>

#include "support/acting_server.h"
#include "support/assertions.h"
#include "unit/forge/place.h"

namespace gf::forge {
namespace {

using record::Json;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr const char* kToken = "fake-token-of-the-tests";

/// Of one project, "acme/shop" with the id 7. Used from one thread; asked() is read afterwards.
class FakeGitLab {
 public:
  FakeGitLab()
      : server_(test::Act([this](const test::Asked& asked, test::Peer& peer) {
          std::lock_guard lock(mutex_);
          int status = 200;
          Json body = answer(asked, status);
          peer.send(test::http_answer(std::to_string(status) + " x", body.dump()));
        })) {}
  [[nodiscard]] std::string url() const { return server_.url() + "/api/v4"; }

  std::vector<Json> requests;
  std::vector<std::string> notes, calls;
  std::vector<Json> statuses, issues, members, discussions, reviewers, pipelines, jobs;
  Json project = Json::object({{"id", 7},
                               {"path_with_namespace", "acme/shop"},
                               {"archived", false},
                               {"empty_repo", false}});

 private:
  Json answer(const test::Asked& asked, int& status) {
    std::string path = asked.path.substr(0, asked.path.find('?'));
    calls.push_back(asked.method + " " + path);
    if (asked.header("authorization") != std::string("Bearer ") + kToken) {
      status = 401;
      return Json::object({{"message", "401 Unauthorized"}});
    }
    Json body = asked.body.empty() ? Json() : Json::parse(asked.body).value();
    const std::string root = "/api/v4/projects/acme%2Fshop";
    if (path == "/api/v4/users")
      return asked.path.ends_with("=ada") ? Json::array({Json::object({{"id", 11}})})
                                          : Json::array();
    if (path == root) return project;
    if (path == root + "/milestones") return Json::array({Json::object({{"id", 5}})});
    if (path.starts_with(root + "/statuses/")) {
      status = statuses.empty() ? 201 : 400;
      statuses.push_back(body);
      return Json::object({{"message", "Cannot transition status via :run from :success"}});
    }
    if (path.starts_with(root + "/members/all")) return may(path.substr(root.size() + 12), status);
    if (path.starts_with(root + "/issues"))
      return of_issue(path.substr(root.size() + 7), asked, status);
    if (path == root + "/merge_requests")
      return asked.method == "GET" ? found(asked) : open(body, status);
    if (path.find("/discussions") != std::string::npos) return discussed(asked, path, body, status);
    if (path.ends_with("/reviewers")) return Json::array(reviewers);
    if (path.ends_with("/pipelines")) return Json::array(pipelines);
    if (path.ends_with("/jobs")) return Json::array(jobs);
    if (path.ends_with("/trace")) return "boom";
    if (path.ends_with("/notes") && asked.method == "GET") return said();
    if (path.ends_with("/notes")) {
      notes.push_back(body.get_string("body"));
      status = 201;
      return Json::object();
    }
    size_t number = static_cast<size_t>(std::atoi(path.substr(root.size() + 16).c_str()));
    if (number == 0 || number > requests.size()) {
      status = 404;
      return Json::object({{"message", "404 Not found"}});
    }
    return of_one(requests[number - 1], asked, body);
  }

  /// "" is all of them, "/11" one.
  Json may(const std::string& which, int& status) {
    if (which.empty()) return Json::array(members);
    for (const Json& member : members) {
      if ("/" + std::to_string(member.get_int("id")) == which) return member;
    }
    status = 404;
    return Json::object({{"message", "404 Not found"}});
  }
  Json of_issue(const std::string& which, const test::Asked& asked, int& status) {
    if (which.empty()) return Json::array(issues);
    if (which.ends_with("/notes")) {
      if (asked.method == "GET") return said();
      notes.push_back(Json::parse(asked.body).value().get_string("body"));
      status = 201;
      return Json::object();
    }
    for (const Json& issue : issues) {
      if ("/" + std::to_string(issue.get_int("iid")) == which) return issue;
    }
    status = 404;
    return Json::object({{"message", "404 Not found"}});
  }

  Json discussed(const test::Asked& asked, const std::string& path, const Json& body, int& status) {
    if (path.ends_with("/discussions")) return Json::array(discussions);
    Json& one = discussions.at(0);
    std::vector<Json> said = one.get("notes").items();
    if (asked.method == "POST") {
      status = 201;
      said.push_back(Json::object({{"id", 99}, {"body", body.get("body")}}));
    }
    if (asked.method == "PUT") said.at(0).set("resolved", body.get("resolved"));
    one.set("notes", Json::array(said));
    return one;
  }

  static Json of_one(Json& request, const test::Asked& asked, const Json& body) {
    if (asked.path.ends_with("/merge")) {
      request.set("state", "merged").set("squashed", body.get("squash"));
      request.set("merge_commit_sha", std::string(40, 'e'));
    } else if (asked.method == "PUT") {
      for (const auto& [key, value] : body.members()) request.set(key, value);
      if (body.get_string("state_event") == "close") request.set("state", "closed");
    }
    return request;
  }

  [[nodiscard]] Json found(const test::Asked& asked) const {
    Json list = Json::array();
    for (const Json& one : requests) {
      std::string branch = "source_branch=" + one.get_string("source_branch").substr(0, 7);
      bool all = asked.path.find("source_branch=") == std::string::npos;
      if (all || asked.path.find(branch) != std::string::npos) list.push(one);
    }
    return list;
  }

  Json open(Json body, int& status) {
    for (const Json& one : requests) {
      if (one.get("source_branch") != body.get("source_branch")) continue;
      if (one.get_string("state") != "opened" || one.get_int("source_project_id") != 7) continue;
      status = 409;
      return Json::object({{"message", Json::strings({"Another open merge request already exists "
                                                      "for this source branch: !1"})}});
    }
    int number = static_cast<int>(requests.size()) + 1;
    body.set("iid", number).set("state", "opened").set("source_project_id", 7);
    body.set("web_url", "https://gitlab.test/acme/shop/-/merge_requests/" + std::to_string(number));
    body.set("sha", std::string(40, 'a')).set("created_at", "2026-01-02T03:04:05.000Z");
    body.set("draft", body.get_string("title").starts_with("Draft: "));
    requests.push_back(body);
    status = 201;
    return body;
  }

  [[nodiscard]] Json said() const {
    Json list = Json::array({Json::object({{"body", "added 1 commit"}, {"system", true}})});
    for (const std::string& note : notes) list.push(Json::object({{"body", note}}));
    return list;
  }

  std::mutex mutex_;
  test::ActingServer server_;
};

class GitLabTest : public ::testing::Test {
 protected:
  std::unique_ptr<Forge> forge(const Settings& more = {}) {
    Settings settings = {{"factory.forge", "gitlab"},
                         {"factory.forge.api", server_.url()},
                         {"factory.forge.repository", "acme/shop"}};
    settings.add(more);
    auto chosen = choose_forge(here_.place(settings, {{"GITLAB_TOKEN", kToken}}));
    EXPECT_DONE(chosen);
    return chosen.ok() ? std::move(chosen->forge) : nullptr;
  }

  FakeGitLab server_;
  TestPlace here_;
};

TEST_F(GitLabTest, ADeliveryIsFiveQuestions) {
  auto gitlab = forge();
  ASSERT_DONE(gitlab->ready());
  ASSERT_GIVES(auto opened, gitlab->open(here_.wanted()));
  ASSERT_DONE(gitlab->comment(opened, "looks right"));
  ASSERT_DONE(gitlab->report(opened, {true, "approved by a/b", opened.url}));

  EXPECT_EQ(opened.url, "https://gitlab.test/acme/shop/-/merge_requests/1");
  EXPECT_EQ(opened.head_branch, "factory/thing");
  EXPECT_EQ(opened.base_branch, "main");
  EXPECT_EQ(opened.run, here_.wanted().run);
  EXPECT_THAT(server_.notes, ElementsAre("looks right"));
  EXPECT_EQ(server_.statuses.at(0).get_string("state"), "success");
  EXPECT_EQ(server_.statuses.at(0).get_string("target_url"), opened.url);
  EXPECT_EQ(server_.calls.size(), 5u);
}

TEST_F(GitLabTest, ASecondDeliveryDoublesNothing) {
  ASSERT_GIVES(auto first, forge()->open(here_.wanted()));
  ASSERT_DONE(forge()->comment(first, "mine"));
  ASSERT_GIVES(auto second, forge()->open(here_.wanted()));
  ASSERT_DONE(forge()->comment(second, "mine"));
  ASSERT_DONE(forge()->report(second, {true, "x", ""}));
  ASSERT_DONE(forge()->report(second, {true, "x", ""}));

  EXPECT_EQ(second.number, first.number);
  EXPECT_EQ(server_.requests.size(), 1u);
  EXPECT_EQ(server_.notes.size(), 1u);
}

TEST_F(GitLabTest, AForksBranchOfTheSameNameIsAnother) {
  ASSERT_DONE(forge()->open(here_.wanted(7)));
  server_.requests[0].set("source_project_id", 8);
  ASSERT_GIVES(auto own, forge()->open(here_.wanted(8)));

  EXPECT_EQ(own.number, 2);
}

TEST_F(GitLabTest, LabelsAndPeopleAreSetInOneQuestionAndWhoIsUnknownIsTold) {
  ASSERT_GIVES(auto opened, forge({{"factory.forge.label", "bot"},
                                   {"factory.forge.label", "factory"},
                                   {"factory.forge.reviewer", "ada"},
                                   {"factory.forge.reviewer", "nobody"},
                                   {"factory.forge.milestone", "1.0"}})
                                ->open(here_.wanted()));

  const Json& made = server_.requests.at(0);
  EXPECT_EQ(made.get_string("add_labels"), "bot,factory");
  EXPECT_EQ(made.get("reviewer_ids").dump(), "[11]");
  EXPECT_EQ(made.get_int("milestone_id"), 5);
  EXPECT_THAT(opened.notes, ElementsAre("there is no reviewer 'nobody'"));
}

TEST_F(GitLabTest, ADraftIsSaidInTheTitle) {
  PullRequest wanted = here_.wanted();
  wanted.draft = true;
  ASSERT_GIVES(auto opened, forge()->open(wanted));

  EXPECT_EQ(opened.title, "Draft: feat: a thing");
  EXPECT_TRUE(opened.draft);
}

TEST_F(GitLabTest, RequestsAreListedShownClosedAndMergedThere) {
  auto gitlab = forge();
  ASSERT_GIVES(auto first, gitlab->open(here_.wanted(1)));
  ASSERT_DONE(gitlab->comment(first, "hm"));
  ASSERT_GIVES(auto shown, gitlab->find(1));
  ASSERT_GIVES(auto none, gitlab->find(9));
  ASSERT_GIVES(auto closed, gitlab->close(first));
  PullRequest wanted = here_.wanted(2);
  wanted.head_branch = "other";
  ASSERT_GIVES(auto second, gitlab->open(wanted));
  ASSERT_GIVES(auto merged, gitlab->merge(second, MergeWay::kSquash));
  ASSERT_GIVES(auto all, gitlab->list());

  ASSERT_TRUE(shown && merged);
  EXPECT_THAT(shown->comments, ElementsAre("hm")) << "and none of the server's own";
  EXPECT_FALSE(none);
  EXPECT_EQ(closed.state, "closed");
  EXPECT_EQ(merged->hex(), std::string(40, 'e'));
  EXPECT_EQ(all.size(), 2u);
  EXPECT_FALSE(gitlab->merge(second, MergeWay::kRebase).ok());
}

TEST_F(GitLabTest, WhatTheProjectIsDecidesBeforeAnythingIsSpent) {
  const std::pair<Json, const char*> cases[] = {
      {Json::object({{"archived", true}}), "is archived"},
      {Json::object({{"empty_repo", true}}), "has no commit yet"},
      {Json::object({{"merge_requests_enabled", false}}), "takes no pull requests"},
      {Json::object({{"permissions",
                      Json::object({{"project_access", Json::object({{"access_level", 20}})}})}}),
       "may not push"}};
  Json plain = server_.project;
  for (const auto& [change, message] : cases) {
    server_.project = plain;
    for (const auto& [key, value] : change.members()) server_.project.set(key, value);
    auto ready = forge()->ready();
    ASSERT_FALSE(ready.ok()) << message;
    EXPECT_THAT(ready.error().message, HasSubstr(message));
  }
  EXPECT_THAT(server_.requests, IsEmpty());
}

TEST_F(GitLabTest, IssuesAreReadWithTheirVotesAndWhoMayPush) {
  auto issue = [](int number, int author, const char* login) {
    return Json::object(
        {{"iid", number},
         {"title", "issue " + std::to_string(number)},
         {"description", "Please."},
         {"state", "opened"},
         {"upvotes", 4},
         {"user_notes_count", 0},
         {"labels", Json::strings({"wanted"})},
         {"milestone", Json()},
         {"created_at", "2026-01-02T03:04:05.000Z"},
         {"web_url", "https://gitlab.test/acme/shop/-/issues/" + std::to_string(number)},
         {"author", Json::object({{"id", author}, {"username", login}})}});
  };
  server_.issues = {issue(2, 12, "eve"), issue(1, 11, "ada")};
  server_.members = {Json::object({{"id", 11}, {"username", "ada"}, {"access_level", 30}}),
                     Json::object({{"id", 12}, {"username", "eve"}, {"access_level", 20}})};
  auto gitlab = forge();
  ASSERT_GIVES(auto list, gitlab->issues({{"wanted"}, "a b", "1.0", 50}));
  size_t calls = server_.calls.size();
  ASSERT_GIVES(auto one, forge()->issue(1));
  ASSERT_GIVES(auto none, forge()->issue(9));
  ASSERT_DONE(gitlab->comment_issue(list.issues.at(1), "What is it?"));
  Issue known = list.issues.at(1);
  known.comments = 1;
  ASSERT_DONE(gitlab->comment_issue(known, "What is it?"));

  ASSERT_EQ(list.issues.size(), 2u);
  EXPECT_FALSE(list.issues[0].may_push) << "a reporter may not push";
  EXPECT_TRUE(list.issues[1].may_push);
  EXPECT_EQ(list.issues[1].votes, 4);
  EXPECT_EQ(list.issues[1].state, "open");
  EXPECT_EQ(calls, 2u) << "the list, and who may push";
  ASSERT_TRUE(one);
  EXPECT_TRUE(one->may_push);
  EXPECT_FALSE(none);
  EXPECT_THAT(server_.notes, ElementsAre("What is it?"));
}

TEST_F(GitLabTest, DiscussionsVerdictsAndFailedJobsAreSaidAndAnsweredInTheirThreads) {
  auto note = [](int id, const char* login, const char* text) {
    return Json::object({{"id", id},
                         {"body", text},
                         {"author", Json::object({{"id", id}, {"username", login}})},
                         {"resolvable", true},
                         {"resolved", false},
                         {"created_at", "2026-01-02T03:04:05.000Z"}});
  };
  Json at = note(11, "ada", "Name it.");
  at.set("position", Json::object({{"new_path", "app.py"}, {"new_line", 7}}));
  Json system = Json::object({{"id", 13}, {"system", true}, {"body", "added 1 commit"}});
  Json over = note(12, "ada", "Done already.");
  over.set("resolved", true);
  auto thread = [](const char* id, std::vector<Json> said) {
    return Json::object({{"id", id}, {"notes", Json::array(std::move(said))}});
  };
  server_.discussions = {thread("d1", {at, system}), thread("d2", {over})};
  server_.reviewers = {Json::object({{"user", Json::object({{"id", 21}, {"username", "bob"}})},
                                     {"state", "requested_changes"},
                                     {"created_at", "2026-01-02T03:04:05.000Z"}}),
                       Json::object({{"user", Json::object({{"id", 22}, {"username", "cy"}})},
                                     {"state", "reviewed"}})};
  server_.pipelines = {Json::object({{"id", 31}, {"status", "failed"}})};
  server_.jobs = {
      Json::object({{"id", 41}, {"name", "test"}, {"failure_reason", "script_failure"}}),
      Json::object({{"id", 42}, {"name", "maybe"}, {"allow_failure", true}})};
  server_.members = {Json::object({{"id", 11}, {"username", "ada"}, {"access_level", 40}})};
  auto gitlab = forge();
  ASSERT_GIVES(auto opened, gitlab->open(here_.wanted()));
  server_.calls.clear();
  ASSERT_GIVES(auto all, gitlab->said_of(opened));
  EXPECT_EQ(server_.calls.size(), 6u);
  for (int i = 0; i < 2; ++i) {
    ASSERT_GIVES(auto missed, gitlab->answer(opened, "d1", "Done.", true));
    EXPECT_THAT(missed, IsEmpty());
  }

  ASSERT_EQ(all.size(), 4u);
  EXPECT_EQ(all[0].remark.path, "app.py");
  EXPECT_EQ(all[0].remark.line, 7);
  EXPECT_EQ(all[0].remark.thread, "d1");
  EXPECT_TRUE(all[0].may_write);
  EXPECT_TRUE(all[1].settled);
  EXPECT_EQ(all[2].remark.kind, "verdict");
  EXPECT_FALSE(all[2].may_write);
  EXPECT_EQ(all[3].remark.kind, "check");
  EXPECT_THAT(all[3].remark.text,
              HasSubstr("failed: script_failure\nThe end of its log:\n\"boom\""));
  std::vector<Json> said = server_.discussions.at(0).get("notes").items();
  ASSERT_EQ(said.size(), 3u) << "the same words are one answer";
  EXPECT_TRUE(said.at(0).get_bool("resolved"));
}

}  // namespace
}  // namespace gf::forge
