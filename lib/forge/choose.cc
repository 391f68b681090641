// Which forge it is: by factory.forge and by the remote's address.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.h"
#include "forge/kinds.h"
#include "forge/mail.h"
#include "forge/push_options.h"
#include "forge/said.h"
#include "forge/send_email.h"
#include "forge/served.h"

namespace gf::forge {
namespace {

Error no_such_kind(const std::string& name) {
  std::vector<std::string> names = {"auto", "local", "mail"};
  for (const Kind& kind : all_kinds()) names.emplace_back(kind.name);
  return {Fault::kConfiguration,
          fmt::format("factory.forge is '{}', which this version does not have",
                      printable(clipped(name, 100))),
          {},
          fmt::format("'git config factory.forge local' outweighs what .gitfactory says; known: {}",
                      join(names, ", "))};
}

struct Served {
  std::unique_ptr<Forge> forge;
  std::string through;             ///< ", through 'gh'"; empty: directly
  std::unique_ptr<Forge> by_push;  ///< as Chosen
};

constexpr const char* kByPush = ", by push options without a token";

/// GitLab opens a request for a push that asks for one. Only for who has named it: requests that
/// are kept here for want of a token stay in sight. Not where somebody has said that branches are
/// pushed alone, or which variable has the token.
std::unique_ptr<Forge> by_push_alone(const Kind& kind, const Target& target, const Place& place) {
  std::string push = lower(trim(place.settings.text("factory.forge.push").value_or("auto")));
  bool named = lower(trim(place.settings.text("factory.forge").value_or("auto"))) != "auto";
  bool may = kind.server == gitlab_server && named && place.remote && push == "auto" &&
             !place.settings.text("factory.forge.tokenVariable");
  if (!may) return nullptr;
  std::string help = fmt::format("set GITLAB_TOKEN, or log in with 'glab auth login --hostname {}'",
                                 printable(target.where));
  return gitlab_by_push(target, std::move(help), place);
}

/// Only the Cloud is spoken to; it is at one place.
Result<void> is_the_cloud(const Kind& kind, const Target& target, const Place& place) {
  bool elsewhere = kind.server == bitbucket_server && target.where != "bitbucket.org" &&
                   !place.settings.text("factory.forge.api");
  if (!elsewhere) return Done{};
  return Error{Fault::kConfiguration,
               fmt::format("'{}' is not Bitbucket Cloud, and a Bitbucket Data Center is not "
                           "supported",
                           printable(target.where)),
               {},
               "keep requests here with 'git config factory.forge local'"};
}

Result<Served> served(const Kind& kind, const std::optional<RemoteAddress>& at,
                      const Place& place) {
  GF_ASSIGN(auto target, target_of(kind, at, place));
  GF_TRY(is_the_cloud(kind, target, place));
  GF_TRY(let_in(kind, target, place));
  if (target.by_gh)
    return Served{served_forge(kind.server(target, place), place), ", through 'gh'", nullptr};
  auto by_push = by_push_alone(kind, target, place);
  if (target.token.value.empty()) {
    if (!by_push) return no_token(kind, target, place);
    return Served{std::move(by_push), kByPush, nullptr};
  }
  if (target.token.from != "git credential") by_push.reset();
  return Served{served_forge(kind.server(target, place), place), {}, std::move(by_push)};
}

Chosen local_here(const Place& place, std::string why) {
  return {local_forge(place.repo, place.git, place.remote, place.clock),
          std::move(why),
          {},
          false,
          nullptr};
}

Result<Chosen> mail_from_here(const Place& place) {
  GF_ASSIGN(auto route, mail_route(place));
  GF_ASSIGN(auto push,
            place.settings.choice("factory.forge.push", "auto", {"auto", "branch", "agit"}));
  return Chosen{mail_forge(place, push), "factory.forge says so", {}, false, nullptr,
                to_text(route)};
}

/// A server that nobody has asked for by its name keeps nobody from the forge without one.
Chosen gave_way(const Kind& kind, const Error& why, const Place& place) {
  Chosen chosen = local_here(place, fmt::format("'{}' looks like {}, but {}; so in this repository",
                                                printable(*place.remote), kind.name, why.message));
  chosen.instead = fmt::format("the pull request stays in this repository, without a server: {}{}",
                               why.message, why.hint.empty() ? "" : "; " + why.hint);
  return chosen;
}

}  // namespace

Result<Chosen> choose_forge(const Place& place) {
  std::string set = lower(trim(place.settings.text("factory.forge").value_or("auto")));
  if (set == "local") return local_here(place, "factory.forge says so");
  if (set == "mail") return mail_from_here(place);
  auto at = address_of(place);
  bool own_choice = set == "auto";
  std::string name = own_choice && at ? kind_at(at->host) : set;
  const Kind* kind = find_kind(name);
  if (!own_choice && kind == nullptr) return no_such_kind(set);
  if (kind == nullptr) {
    bool unknown = at && !name.empty() && name != "auto";
    return local_here(
        place, unknown ? fmt::format("'{}' looks like {}, which this version cannot talk to; so in "
                                     "this repository",
                                     printable(*place.remote), name)
                       : "in this repository, without a server");
  }
  auto found = served(*kind, at, place);
  if (!found.ok() && own_choice) return gave_way(*kind, found.error(), place);
  if (!found.ok()) return found.error();
  std::string why = own_choice ? fmt::format("'{}' is at {}", printable(*place.remote), kind->name)
                               : "factory.forge says so";
  return Chosen{
      std::move(found->forge), why + found->through, {}, own_choice, std::move(found->by_push)};
}

Result<Chosen> choose_ready_forge(const Place& place) {
  GF_ASSIGN(auto chosen, choose_forge(place));
  Result<void> ready = chosen.forge->ready();
  if (ready.ok()) return chosen;
  if (ready.error().fault == Fault::kCancelled) return ready.error();
  // What git's helpers have is good for the push at least.
  if (chosen.by_push && ready.error().fault == Fault::kConfiguration) {
    Result<void> by_push = chosen.by_push->ready();
    if (!by_push.ok() && by_push.error().fault == Fault::kCancelled) return by_push.error();
    if (by_push.ok()) {
      chosen.forge = std::move(chosen.by_push);
      chosen.why += fmt::format("{} ({})", kByPush, ready.error().message);
      return chosen;
    }
  }
  if (!chosen.only_seen) return ready.error();
  return gave_way(*find_kind(chosen.forge->name()), ready.error(), place);
}

// --- What a forge need not do itself ---

Result<void> Forge::report(const PullRequest& /*on*/, const CommitStatus& /*status*/) {
  return Done{};
}

Result<std::optional<Oid>> Forge::merge(const PullRequest& /*on*/, MergeWay /*way*/) {
  return std::optional<Oid>();
}

Result<void> Forge::comment_at(const PullRequest& on, const record::Remark& remark) {
  std::string place = place_of(remark);
  return comment(on, place.empty() ? remark.text : fmt::format("`{}`: {}", place, remark.text));
}

Result<std::optional<PullRequest>> Forge::find(int number) {
  GF_ASSIGN(auto all, list());
  for (PullRequest& one : all) {
    if (one.number == number) return std::optional<PullRequest>(std::move(one));
  }
  return std::optional<PullRequest>();
}

namespace {

Error no_issues(const std::string& forge) {
  return {Fault::kUser,
          fmt::format("the {} forge has no issues", forge),
          {},
          "issues come from a server: see factory.forge in git-factory-config(5)"};
}

}  // namespace

Result<IssueList> Forge::issues(const IssueWish& /*wish*/) { return no_issues(name()); }
Result<std::optional<Issue>> Forge::issue(int /*number*/) { return no_issues(name()); }
Result<std::vector<Said>> Forge::said_of_issue(const Issue& /*issue*/) { return no_issues(name()); }
Result<void> Forge::comment_issue(const Issue& /*on*/, const std::string& /*text*/) {
  return no_issues(name());
}

}  // namespace gf::forge
