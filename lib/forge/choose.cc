// Which forge it is: by factory.forge and by the remote's address. A new kind is one more row.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.h"
#include "forge/address.h"
#include "forge/gh.h"
#include "forge/mail.h"
#include "forge/push_options.h"
#include "forge/said.h"
#include "forge/send_email.h"
#include "forge/served.h"

namespace gf::forge {
namespace {

struct Kind {
  std::string_view name;
  std::string_view own_host;  ///< whose variables are `variables`; empty: any
  std::array<const char*, 2> variables, elsewhere;
  const char* program;  ///< that prints a token; null: there is none
  std::string (*base)(const std::string& origin, const std::string& host);
  std::unique_ptr<Server> (*server)(const Target&, const Place&);
  bool by_gh = false;      ///< asked by `gh` alone
  bool with_mail = false;  ///< as TokenPlaces
};

std::string github_base(const std::string& origin, const std::string& host) {
  if (host == "github.com") return "https://api.github.com";
  // A tenant's API has a host of its own; an Enterprise server's a folder.
  return host.ends_with(".ghe.com") ? "https://api." + host : origin + "/api/v3";
}

std::string gitlab_base(const std::string& origin, const std::string& /*host*/) {
  return origin + "/api/v4";
}

std::string gitea_base(const std::string& origin, const std::string& /*host*/) {
  return origin + "/api/v1";
}

std::string bitbucket_base(const std::string& origin, const std::string& host) {
  // Anywhere else it is asked where factory.forge.api says.
  return host == "bitbucket.org" ? "https://api.bitbucket.org/2.0" : origin + "/2.0";
}

// What is meant for github.com goes to github.com: another server's token has another name.
constexpr Kind kGitHub = {"github",
                          "github.com",
                          {"GH_TOKEN", "GITHUB_TOKEN"},
                          {"GH_ENTERPRISE_TOKEN", "GITHUB_ENTERPRISE_TOKEN"},
                          "gh",
                          github_base,
                          github_server};

/// The same server, asked by `gh` whoever else could.
constexpr Kind by_gh_alone(Kind kind) {
  kind.name = "gh";
  kind.by_gh = true;
  return kind;
}

constexpr std::array kKinds = {
    kGitHub,
    by_gh_alone(kGitHub),
    Kind{"gitlab",
         "gitlab.com",
         {"GITLAB_TOKEN", "GITLAB_ACCESS_TOKEN"},
         {"GITLAB_TOKEN", "GITLAB_ACCESS_TOKEN"},
         "glab",
         gitlab_base,
         gitlab_server},
    Kind{"gitea",
         "",
         {"GITEA_TOKEN", nullptr},
         {"GITEA_TOKEN", nullptr},
         nullptr,
         gitea_base,
         gitea_server},
    Kind{"forgejo",
         "",
         {"FORGEJO_TOKEN", "GITEA_TOKEN"},
         {"FORGEJO_TOKEN", "GITEA_TOKEN"},
         nullptr,
         gitea_base,
         gitea_server},
    Kind{"bitbucket",
         "bitbucket.org",
         {"BITBUCKET_TOKEN", "BITBUCKET_ACCESS_TOKEN"},
         {"BITBUCKET_TOKEN", "BITBUCKET_ACCESS_TOKEN"},
         nullptr,
         bitbucket_base,
         bitbucket_server,
         false,
         true},
};

const Kind* find_kind(std::string_view name) {
  for (const Kind& kind : kKinds) {
    if (kind.name == name) return &kind;
  }
  return nullptr;
}

Error no_such_kind(const std::string& name) {
  std::vector<std::string> names = {"auto", "local", "mail"};
  for (const Kind& kind : kKinds) names.emplace_back(kind.name);
  return {Fault::kConfiguration,
          fmt::format("factory.forge is '{}', which this version does not have",
                      printable(clipped(name, 100))),
          {},
          fmt::format("'git config factory.forge local' outweighs what .gitfactory says; known: {}",
                      join(names, ", "))};
}

/// The remote's address as git uses it; a remote may be given as one itself.
std::optional<RemoteAddress> address_of(const Place& place) {
  if (!place.remote) return std::nullopt;
  return remote_address(place.repo.remote_url(*place.remote).value_or(*place.remote));
}

bool is_own_host(const Kind& kind, const std::string& host) {
  return host == kind.own_host || (kind.own_host == "github.com" && host.ends_with(".ghe.com"));
}

/// Host and address of its API: factory.forge.api, the variable that GitHub's own machines set for
/// their own repositories, else by the remote's host.
Result<Target> target_of(const Kind& kind, const std::optional<RemoteAddress>& at,
                         const Place& place) {
  Target target;
  target.kind = kind.name;
  auto api = place.settings.text("factory.forge.api");
  if (api) {
    target.base = trim(*api);
    while (target.base.ends_with('/')) target.base.pop_back();
    auto there = remote_address(target.base + "/x/y");
    if (!there || !target.base.starts_with("http")) {
      return Error{Fault::kConfiguration,
                   fmt::format("factory.forge.api is '{}'", printable(net::shown(target.base))),
                   {},
                   "set it to an address that begins with https://"};
    }
    target.where = there->host;
    for (const char* own : {"github.com", "bitbucket.org"}) {
      if (there->host == std::string("api.") + own) target.where = own;
    }
    target.plain = there->plain;
  } else if (at) {
    target.where = at->host;
    target.plain = at->plain;
    target.base = kind.base((at->plain ? "http://" : "https://") + at->host, at->host);
  }
  if (target.base.empty() && kind.by_gh) {
    // A remote that is a folder: it asks where it asks by itself.
    target.where = lower(trim(place.environment.get("GH_HOST")));
    if (target.where.empty()) target.where = kind.own_host;
    target.base = kind.base("https://" + target.where, target.where);
  }
  if (at) target.pushed_to = at->path;
  target.repository =
      std::string(trim(place.settings.text("factory.forge.repository").value_or(target.pushed_to)));
  if (target.pushed_to.empty()) target.pushed_to = target.repository;
  if (!target.base.empty() && target.repository.find('/') != std::string::npos) return target;
  return Error{
      Fault::kConfiguration,
      fmt::format("the remote's address does not say where on {} the repository is", kind.name),
      {},
      "set factory.forge.repository to <owner>/<name>, and factory.forge.api to the "
      "address of its API"};
}

Error no_token(const Kind& kind, const Target& target, const Place& place) {
  const auto& names = is_own_host(kind, target.where) ? kind.variables : kind.elsewhere;
  std::string variable = place.settings.text("factory.forge.tokenVariable").value_or(names[0]);
  std::string login =
      kind.program == nullptr
          ? std::string()
          : fmt::format(", log in with '{} auth login --hostname {}'", kind.program, target.where);
  return {Fault::kConfiguration,
          fmt::format("there is no token for '{}'", printable(target.where)),
          {},
          fmt::format("set {}{}, or keep requests here with 'git config factory.forge local'",
                      printable(variable), login)};
}

/// The two have no word for it in common.
std::vector<std::string> token_program(const std::string& program, const std::string& host) {
  if (program == "glab") return {"glab", "config", "get", "token", "--host", host};
  return {program, "auth", "token", "--hostname", host};
}

/// `gh` asks a host by https, and its API where GitHub has it.
bool is_where_gh_asks(const Target& target) {
  return !target.plain && target.where.find(':') == std::string::npos &&
         target.base == github_base("https://" + target.where, target.where);
}

/// Whoever has set a variable means it; else who is logged in with `gh` need not show us how.
Result<bool> goes_by_gh(const Kind& kind, const Target& target, const TokenPlaces& places,
                        const Place& place) {
  bool asks_there = is_where_gh_asks(target);
  if (!kind.by_gh) {
    return kind.server == github_server && asks_there && !token_of_environment(places, place) &&
           gh_is_logged_in(target.where, place);
  }
  if (!asks_there) {
    return Error{Fault::kConfiguration,
                 fmt::format("'gh' does not ask '{}'", printable(net::shown(target.base))),
                 {},
                 "it asks https://<host> alone: unset factory.forge.api, or set factory.forge to "
                 "'github'"};
  }
  if (gh_is_logged_in(target.where, place)) return true;
  return Error{Fault::kConfiguration,
               fmt::format("nobody is logged in with 'gh' at '{}'", printable(target.where)),
               {},
               fmt::format("run 'gh auth login --hostname {}' (gh 2.17 or newer), or keep requests "
                           "here with 'git config factory.forge local'",
                           printable(target.where))};
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
  GF_TRY(place.settings.seconds("factory.forge.maxWait", 0, 0, 86400));
  GF_ASSIGN(auto target, target_of(kind, at, place));
  GF_TRY(is_the_cloud(kind, target, place));
  TokenPlaces places{target.where, target.plain, {}, {}, kind.with_mail};
  const auto& names = is_own_host(kind, target.where) ? kind.variables : kind.elsewhere;
  for (const char* name : names) {
    if (name != nullptr) places.variables.emplace_back(name);
  }
  GF_ASSIGN(bool by_gh, goes_by_gh(kind, target, places, place));
  if (by_gh) {
    target.token.from = "gh";
    target.carrier = carried_by_gh(place.environment);
    return Served{served_forge(kind.server(target, place), place), ", through 'gh'", nullptr};
  }
  if (kind.program != nullptr) places.program = token_program(kind.program, target.where);
  target.token = find_token(places, place);
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
  return Chosen{mail_forge(place, push), "factory.forge says so", {}, false, nullptr, told(route)};
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
