// A GitLab on the loopback address that remembers one project, "acme/shop" with the id 7 and a
// fork "ada/shop", as its pages describe it: merge requests, their discussions, statuses, issues,
// members. What it does not have is 404, as there.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "record/json.h"
#include "support/acting_server.h"
#include "support/troubles.h"

namespace gf::test {

class FakeGitLab {
 public:
  FakeGitLab();
  ~FakeGitLab();
  FakeGitLab(const FakeGitLab&) = delete;
  FakeGitLab& operator=(const FakeGitLab&) = delete;

  static constexpr const char* kToken = "fake-token-of-the-tests";
  static constexpr const char* kProject = "/api/v4/projects/acme%2Fshop";

  /// Of its API, without a '/' at the end.
  [[nodiscard]] std::string url() const { return server_->url() + "/api/v4"; }
  /// "POST /api/v4/projects/acme%2Fshop/merge_requests", in order.
  [[nodiscard]] std::vector<std::string> calls() const;
  [[nodiscard]] std::vector<Asked> asked() const { return server_->asked(); }
  using When = Trouble::When;
  /// The next call that begins so goes by `act`.
  void next(const std::string& call, Act act, When when = When::kInstead);
  void calm();  ///< what was still to go wrong goes well

  // --- What is there; copies ---
  [[nodiscard]] std::vector<record::Json> requests() const;
  /// The words that were said of a merge request or an issue outside its threads.
  [[nodiscard]] std::vector<std::string> notes(int number = 1, const char* of = kRequests) const;
  [[nodiscard]] std::vector<record::Json> statuses() const;
  [[nodiscard]] std::vector<record::Json> discussions(int number = 1) const;
  static constexpr const char* kRequests = "merge_requests";
  static constexpr const char* kIssues = "issues";

  // --- What people do there ---
  void change_project(const std::string& key, record::Json value);
  void change_request(int number, const std::string& key, record::Json value);
  /// A member of the project; 30 and more may push.
  void set_access(const std::string& login, int level);
  /// Words outside threads.
  void add_note(const std::string& login, int number, const std::string& text,
                const char* of = kRequests);
  /// Words at a line, which begin a thread; its id. `more` is put into its first note.
  std::string add_thread(const std::string& login, int number, const std::string& path, int line,
                         const std::string& text, record::Json more = record::Json::object());
  /// `more` is put into it. Its number.
  int add_issue(const std::string& login, const std::string& title, const std::string& text,
                record::Json more = record::Json::object());
  /// What reviewers say of each merge request; pipelines of its head, newest first; jobs that
  /// failed.
  void set_reviewers(std::vector<record::Json> reviewers);
  void set_pipelines(std::vector<record::Json> pipelines, std::vector<record::Json> failed_jobs);
  /// An account; its number is made for the name.
  [[nodiscard]] record::Json account(const std::string& login);

 private:
  struct Answered {
    int status = 200;
    record::Json body;
    std::string headers = {};
  };
  void act(const Asked& asked, Peer& peer);
  Answered answer(const Asked& asked);
  Answered of_member(const std::string& path, const std::string& which) const;
  Answered of_requests(const Asked& asked, const std::string& rest, const record::Json& body);
  Answered of_one(const Asked& asked, int number, const std::string& what,
                  const record::Json& body);
  Answered of_discussions(const Asked& asked, int number, const std::string& which,
                          const record::Json& body);
  Answered of_issues(const Asked& asked, const std::string& rest, const record::Json& body);
  Answered notes_of(const Asked& asked, const std::string& of, const record::Json& body);
  Answered open(record::Json body, int source = 7);
  [[nodiscard]] Answered found(const Asked& asked) const;
  [[nodiscard]] Answered page(const std::string& path, const std::vector<record::Json>& all) const;
  record::Json note(const std::string& login, const std::string& text);
  record::Json account_of(const std::string& login);

  mutable std::mutex mutex_;
  record::Json project_;
  std::vector<record::Json> requests_, statuses_, issues_, members_, reviewers_, pipelines_, jobs_;
  std::map<std::string, std::vector<record::Json>> notes_;  ///< by "issues/3"
  std::map<int, std::vector<record::Json>> threads_;        ///< by merge request
  std::map<std::string, int> people_;
  int last_id_ = 300;
  Troubles troubles_;
  std::unique_ptr<ActingServer> server_;
};

}  // namespace gf::test
