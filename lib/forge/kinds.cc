// A new kind of server is one more row.
#include "forge/kinds.h"

#include <fmt/format.h>

#include "base/text.h"
#include "forge/gh.h"

namespace gf::forge {
namespace {

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

bool is_own_host(const Kind& kind, const std::string& host) {
  return host == kind.own_host || (kind.own_host == "github.com" && host.ends_with(".ghe.com"));
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

}  // namespace

std::span<const Kind> all_kinds() { return kKinds; }

const Kind* find_kind(std::string_view name) {
  for (const Kind& kind : kKinds) {
    if (kind.name == name) return &kind;
  }
  return nullptr;
}

std::optional<RemoteAddress> address_of(const Place& place) {
  if (!place.remote) return std::nullopt;
  return remote_address(place.repo.remote_url(*place.remote).value_or(*place.remote));
}

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

Result<void> let_in(const Kind& kind, Target& target, const Place& place) {
  GF_TRY(place.settings.seconds("factory.forge.maxWait", 0, 0, 86400));
  TokenPlaces places{target.where, target.plain, {}, {}, kind.with_mail};
  const auto& names = is_own_host(kind, target.where) ? kind.variables : kind.elsewhere;
  for (const char* name : names) {
    if (name != nullptr) places.variables.emplace_back(name);
  }
  GF_ASSIGN(target.by_gh, goes_by_gh(kind, target, places, place));
  if (target.by_gh) {
    target.token.from = "gh";
    target.carrier = carried_by_gh(place.environment);
    return Done{};
  }
  if (kind.program != nullptr) places.program = token_program(kind.program, target.where);
  target.token = find_token(places, place);
  return Done{};
}

}  // namespace gf::forge
