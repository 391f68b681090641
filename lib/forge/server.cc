// What each server has by itself: no threads, and who of the people there may push.
#include "base/text.h"
#include "forge/said.h"
#include "forge/served.h"

namespace gf::forge {

Result<std::vector<Said>> Server::said_of(const PullRequest& on) {
  GF_ASSIGN(auto texts, comments(on));
  std::vector<Said> all;
  for (std::string& text : texts) all.push_back(said_as(std::move(text)));
  return all;
}
Result<Reply> Server::answer(const PullRequest& on, const std::string&, const std::string& text) {
  return say(on, text);
}
Result<std::vector<std::string>> Server::in_thread(const PullRequest& on, const std::string&) {
  return comments(on);
}
Result<void> Server::resolve(const PullRequest&, const std::string&) { return Done{}; }

Result<void> Server::learn(const std::vector<Person>& people) {
  std::vector<Person> unknown;
  for (const Person& one : people) {
    std::string login = lower(one.login);
    if (login.empty() || !known_.emplace(login, false).second) continue;
    unknown.push_back(one);
  }
  if (unknown.empty()) return Done{};
  auto writers = writers_among(unknown);
  if (!writers.ok()) {
    // Not found out is not known: the next question asks again.
    for (const Person& one : unknown) known_.erase(lower(one.login));
    return writers.error().because_of("who may push to it");
  }
  for (const Person& one : unknown) known_[lower(one.login)] = writers->contains(lower(one.login));
  return Done{};
}

bool Server::may_push(const Person& who) const {
  auto found = known_.find(lower(who.login));
  return found != known_.end() && found->second;
}

bool Server::access_unknown(const Person& who) const {
  return access_unknown_.contains(lower(who.login));
}
void Server::set_access_unknown(const std::vector<Person>& people) {
  for (const Person& one : people) access_unknown_.insert(lower(one.login));
}

}  // namespace gf::forge
