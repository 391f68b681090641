#include "support/fake_github_inside.h"

namespace gf::test {

FakeGitHub::FakeGitHub(As as) : impl_(std::make_unique<Impl>()) {
  impl_->is_gitea = as == As::kGitea;
  impl_->facts = Json::object({{"full_name", impl_->repository},
                               {"default_branch", "main"},
                               {"archived", false},
                               {"permissions", Json::object({{"push", true}, {"pull", true}})}});
  impl_->server = std::make_unique<ActingServer>(
      Act([this](const Asked& asked, Peer& peer) { impl_->act(asked, peer); }));
}

FakeGitHub::~FakeGitHub() { impl_->server->stop(); }

std::string FakeGitHub::url() const { return impl_->server->url(); }
std::vector<Asked> FakeGitHub::asked() const { return impl_->server->asked(); }
std::vector<std::string> FakeGitHub::calls() const {
  std::vector<std::string> all;
  for (const Asked& one : asked())
    all.push_back(one.method + " " + one.path.substr(0, one.path.find('?')));
  return all;
}

void FakeGitHub::next(const std::string& call, Act act, When when) {
  std::lock_guard lock(impl_->mutex);
  impl_->troubles.next(call, std::move(act), when);
}

void FakeGitHub::calm() {
  std::lock_guard lock(impl_->mutex);
  impl_->troubles.calm();
}

std::vector<Json> FakeGitHub::pulls() const {
  std::lock_guard lock(impl_->mutex);
  return impl_->pulls;
}
std::vector<std::string> FakeGitHub::comments(int number) const {
  std::vector<std::string> texts;
  for (const Json& one : said(number)) texts.push_back(one.get_string("body"));
  return texts;
}
std::vector<Json> FakeGitHub::said(int number) const {
  std::lock_guard lock(impl_->mutex);
  return impl_->comments[number];
}
int FakeGitHub::add_issue(const std::string& login, const std::string& title,
                          const std::string& body, Json more) {
  std::lock_guard lock(impl_->mutex);
  return impl_->add_issue(login, title, body, more);
}
void FakeGitHub::set_permission(const std::string& login, const std::string& permission) {
  std::lock_guard lock(impl_->mutex);
  impl_->permissions[login] = permission;
}
void FakeGitHub::add_comment_by(const std::string& login, int number, const std::string& text) {
  std::lock_guard lock(impl_->mutex);
  impl_->add_comment(login, number, text);
}
std::vector<Json> FakeGitHub::statuses() const {
  std::lock_guard lock(impl_->mutex);
  return impl_->statuses;
}
void FakeGitHub::change_repository(const std::string& key, Json value) {
  std::lock_guard lock(impl_->mutex);
  impl_->facts.set(key, std::move(value));
}
void FakeGitHub::change_pull(int number, const std::string& key, Json value) {
  std::lock_guard lock(impl_->mutex);
  impl_->pulls[static_cast<size_t>(number) - 1].set(key, std::move(value));
}
int FakeGitHub::add_pull(Json pull) {
  std::lock_guard lock(impl_->mutex);
  return impl_->add(std::move(pull));
}
void FakeGitHub::add_comment(int number, const std::string& text) {
  add_comment_by("octo", number, text);
}
void FakeGitHub::add_milestone(const std::string& title) {
  std::lock_guard lock(impl_->mutex);
  impl_->milestones.push_back(
      Json::object({{"title", title}, {"number", static_cast<int>(impl_->milestones.size()) + 1}}));
}
void FakeGitHub::add_label(const std::string& name) {
  std::lock_guard lock(impl_->mutex);
  impl_->labels.push_back(Json::object({{"name", name}}));
}
void FakeGitHub::refuse_drafts() {
  std::lock_guard lock(impl_->mutex);
  impl_->no_drafts = true;
}

}  // namespace gf::test
