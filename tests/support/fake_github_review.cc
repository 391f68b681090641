// Reviews, threads and checks of a FakeGitHub.
#include "support/fake_github_inside.h"

namespace gf::test {

Json FakeGitHub::Impl::said_at(const std::string& login, const std::string& text) {
  int id = ++last_id;
  Json made =
      Json::object({{"id", id},
                    {"body", text},
                    {"html_url", "https://github.test/r/" + std::to_string(id)},
                    {"created_at", "2026-01-02T03:04:05Z"},
                    {"submitted_at", "2026-01-02T03:04:" + std::to_string(10 + id % 50) + "Z"}});
  made.set("user", Json::object({{"login", login}, {"id", 1}}));
  if (!is_gitea) made.set("author_association", standing(login));
  return made;
}

Answered FakeGitHub::Impl::of_review(const Asked& asked, const std::string& what, int number,
                                     const Json& body) {
  if (what == "reviews") return page(asked.path, reviews[number]);
  if (what.starts_with("reviews/")) return {200, Json::array(lines[number]), {}};
  if (what == "comments") return page(asked.path, lines[number]);
  bool reply = what.ends_with("/replies") && asked.method == "POST" && !is_gitea;
  if (!reply) return no(404, "Not Found");
  int64_t first = std::atoll(what.substr(9).c_str());
  for (const Json& line : lines[number]) {
    if (line.get_int("id") != first) continue;
    Json made = said_at("octo", body.get_string("body"));
    made.set("in_reply_to_id", first).set("path", line.get("path")).set("line", line.get("line"));
    lines[number].push_back(made);
    return {201, made, {}};
  }
  return no(404, "Not Found");
}

Answered FakeGitHub::Impl::of_commit(const std::string& asked, const std::string& path) {
  if (path.ends_with("/check-runs") && !is_gitea) {
    Answered answered = page(asked, checks);
    answered.body = Json::object(
        {{"total_count", static_cast<int>(checks.size())}, {"check_runs", answered.body}});
    return answered;
  }
  if (!path.ends_with("/status")) return no(404, "Not Found");
  return {200, Json::object({{"state", "failure"}, {"statuses", Json::array(marks)}}), {}};
}

Json FakeGitHub::Impl::notes_of(const std::string& path) const {
  for (const Json& check : checks) {
    if (path.find("/" + std::to_string(check.get_int("id")) + "/") == std::string::npos) continue;
    return check.get("notes");
  }
  return Json::array();
}

Answered FakeGitHub::Impl::log_of(const std::string& path) const {
  auto log = logs.find(std::atoll(path.substr(14).c_str()));
  if (log == logs.end()) return no(404, "Not Found");
  if (!logs_elsewhere.empty()) return {302, Json(), "Location: " + logs_elsewhere + "\r\n"};
  return {200, Json(), {}, log->second};
}

int FakeGitHub::add_review(const std::string& login, int number, const std::string& state,
                           const std::string& text) {
  std::lock_guard lock(impl_->mutex);
  Json made = impl_->said_at(login, text);
  made.set("state", state).set("comments_count", static_cast<int>(impl_->lines[number].size()));
  impl_->reviews[number].push_back(made);
  return static_cast<int>(made.get_int("id"));
}

int FakeGitHub::add_line(const std::string& login, int number, const std::string& path, int line,
                         const std::string& text, Json more) {
  std::lock_guard lock(impl_->mutex);
  Json made = impl_->said_at(login, text);
  made.set("path", path).set(impl_->is_gitea ? "position" : "line", line).set("side", "RIGHT");
  for (const auto& [key, value] : more.members()) made.set(key, value);
  impl_->lines[number].push_back(made);
  return static_cast<int>(made.get_int("id"));
}

void FakeGitHub::add_check(Json check, const std::string& log) {
  std::lock_guard lock(impl_->mutex);
  int id = ++impl_->last_id;
  check.set("id", id);
  impl_->checks.push_back(check);
  if (!log.empty()) impl_->logs[id] = log;
}

void FakeGitHub::add_status(const std::string& context, const std::string& state) {
  std::lock_guard lock(impl_->mutex);
  impl_->marks.push_back(Json::object({{"context", context},
                                       {impl_->is_gitea ? "status" : "state", state},
                                       {"description", "it says no"},
                                       {"updated_at", "2026-01-02T03:04:05Z"}}));
}

std::vector<int64_t> FakeGitHub::resolved() const {
  std::lock_guard lock(impl_->mutex);
  return impl_->settled;
}
void FakeGitHub::resolve(int64_t thread) {
  std::lock_guard lock(impl_->mutex);
  impl_->settled.push_back(thread);
}
void FakeGitHub::logs_are_at(const std::string& url) {
  std::lock_guard lock(impl_->mutex);
  impl_->logs_elsewhere = url;
}

}  // namespace gf::test
