// A GitHub, or a Gitea where that differs, on the loopback address that remembers: pull requests,
// comments, labels, statuses, issues. It may also behave as badly as servers do. What it does not
// have is 404, as there. The Gitea is as a real one (1.23) was seen to answer.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "record/json.h"
#include "support/acting_server.h"
#include "support/troubles.h"

namespace gf::test {

class FakeGitHub {
 public:
  enum class As { kGitHub, kGitea };
  /// Of one repository, "acme/shop", that kToken may write to.
  explicit FakeGitHub(As as = As::kGitHub);
  ~FakeGitHub();
  FakeGitHub(const FakeGitHub&) = delete;
  FakeGitHub& operator=(const FakeGitHub&) = delete;

  static constexpr const char* kToken = "fake-token-of-the-tests";

  [[nodiscard]] std::string url() const;
  /// "POST /repos/acme/shop/pulls", in order.
  [[nodiscard]] std::vector<std::string> calls() const;
  [[nodiscard]] std::vector<Asked> asked() const;

  using When = Trouble::When;
  /// The next call that begins so ("POST /repos/acme/shop/pulls") goes by `act`. Several for the
  /// same beginning come one after the other.
  void next(const std::string& call, Act act, When when = When::kInstead);
  void calm();  ///< what was still to go wrong goes well

  // --- What is there; copies ---
  [[nodiscard]] std::vector<record::Json> pulls() const;
  [[nodiscard]] std::vector<std::string> comments(int number) const;
  [[nodiscard]] std::vector<record::Json> statuses() const;

  /// The comments of an issue or of a pull request.
  [[nodiscard]] std::vector<record::Json> said(int number) const;

  // --- What people do there ---
  /// An open issue of `login`; numbers begin at kFirstIssue. `more` is put into it.
  int add_issue(const std::string& login, const std::string& title, const std::string& body,
                record::Json more = record::Json::object());
  static constexpr int kFirstIssue = 101;
  /// What a person may do: "admin", "write", "read". Of the others "none" is known.
  void set_permission(const std::string& login, const std::string& permission);
  void add_comment_by(const std::string& login, int number, const std::string& text);
  /// A review of a pull request ("CHANGES_REQUESTED"; a Gitea's words are its own); its number.
  int add_review(const std::string& login, int number, const std::string& state,
                 const std::string& text);
  /// Words at a line, of a review; `more` is put into it. Its number.
  int add_line(const std::string& login, int number, const std::string& path, int line,
               const std::string& text, record::Json more = record::Json::object());
  /// A check of the commit that every pull request has as its head, with the log of its job.
  void add_check(record::Json check, const std::string& log = {});
  void add_status(const std::string& context, const std::string& state);
  /// The threads that are resolved, by the number of their first words.
  [[nodiscard]] std::vector<int64_t> resolved() const;
  void resolve(int64_t thread);
  /// Logs lie on another server, as they do there.
  void logs_are_at(const std::string& url);
  void change_repository(const std::string& key, record::Json value);
  void change_pull(int number, const std::string& key, record::Json value);
  int add_pull(record::Json pull);
  void add_comment(int number, const std::string& text);
  void add_milestone(const std::string& title);
  void add_label(const std::string& name);  ///< of a Gitea, which makes none by itself
  // --- Actions (GitHub's alone) ---
  /// A workflow on the default branch that may be started by hand; `run_name` has its inputs as
  /// "${{ inputs.x }}".
  void add_workflow(const std::string& file, const std::string& run_name,
                    const std::string& state = "active");
  void switch_actions_off();
  /// Newest last, each with the inputs that it was started with.
  [[nodiscard]] std::vector<record::Json> runs() const;
  /// "status" to "completed" and "conclusion" to what became of it; or another status alone.
  void change_run(size_t index, const std::string& status, const std::string& conclusion = {});

  /// Pull requests cannot be drafts here.
  void refuse_drafts();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace gf::test
