// A Bitbucket Cloud on the loopback address that remembers one repository, "acme/shop". What it
// does not have is 404, as there; commits are shown by the first twelve digits of their ids.
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

class FakeBitbucket {
 public:
  FakeBitbucket();
  ~FakeBitbucket();
  FakeBitbucket(const FakeBitbucket&) = delete;
  FakeBitbucket& operator=(const FakeBitbucket&) = delete;

  static constexpr const char* kToken = "fake-token-of-the-tests";

  /// Of its API, without a '/' at the end.
  [[nodiscard]] std::string url() const { return server_->url() + "/2.0"; }
  /// "POST /repositories/acme/shop/pullrequests", in order, without "/2.0".
  [[nodiscard]] std::vector<std::string> calls() const;
  [[nodiscard]] std::vector<Asked> asked() const { return server_->asked(); }
  using When = Trouble::When;
  /// The next call that begins so goes by `act`.
  void next(const std::string& call, Act act, When when = When::kInstead);
  void calm();  ///< what was still to go wrong goes well

  // --- What is there; copies ---
  [[nodiscard]] std::vector<record::Json> pulls() const;
  [[nodiscard]] std::vector<record::Json> comments(int number) const;
  [[nodiscard]] std::vector<record::Json> statuses() const;

  // --- What people do there ---
  void change_repository(const std::string& key, record::Json value);
  void change_pull(int number, const std::string& key, record::Json value);
  /// `more` is put into it: "inline", "parent", "deleted". Its id.
  int add_comment(const std::string& nickname, int number, const std::string& text,
                  record::Json more = record::Json::object());
  void set_permission(const std::string& nickname, const std::string& permission);
  void add_status(record::Json status);
  int add_issue(const std::string& nickname, const std::string& title, const std::string& text);
  /// An account; its uuid is made of the name, and of `salt` for another one of that name.
  static record::Json account(const std::string& nickname, const std::string& salt = {});

 private:
  struct Answered {
    int status = 200;
    record::Json body;
  };
  void act(const Asked& asked, Peer& peer);
  Answered answer(const Asked& asked, const std::string& path);
  Answered of_pulls(const Asked& asked, const std::string& path, const record::Json& body);
  Answered of_pull(const Asked& asked, const std::string& what, int number,
                   const record::Json& body);
  Answered of_issues(const Asked& asked, const std::string& path, const record::Json& body);
  Answered said(std::vector<record::Json>& all, const record::Json& body);
  Answered page(const std::string& path, const std::vector<record::Json>& all) const;

  mutable std::mutex mutex_;
  record::Json facts_;
  std::vector<record::Json> pulls_, statuses_, issues_, permissions_;
  std::map<int, std::vector<record::Json>> comments_, issue_comments_;
  int last_id_ = 900;
  Troubles troubles_;
  std::unique_ptr<ActingServer> server_;
};

}  // namespace gf::test
