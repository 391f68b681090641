#include "session/trust.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/glob.h"
#include "base/text.h"

namespace gf::session {
namespace {

constexpr const char* kTrustedRemote = "factory.trustedRemote";
constexpr const char* kTrusted = "factory.trusted";
constexpr const char* kRemotesToo = "remotes";  // among the contents
constexpr std::string_view kAnswerWith = "look at it and answer with 'git factory trust";

using Entries = std::vector<git::Setting>;

/// Of a key with several values the first, which is what git fetches from.
std::optional<std::string> first_value(const Entries& settings, const std::string& key) {
  for (const git::Setting& setting : settings) {
    if (same_key(setting.key, key)) return setting.value;
  }
  return std::nullopt;
}

std::optional<Origin> origin_in(const Entries& settings) {
  constexpr std::string_view kBefore = "remote.", kAfter = ".url";
  std::vector<std::string> names;
  if (auto named = plain(settings).text("factory.remote")) names.push_back(*named);
  names.emplace_back("origin");
  for (const git::Setting& setting : settings) {
    const std::string& key = setting.key;
    if (key.starts_with(kBefore) && key.ends_with(kAfter))
      names.push_back(key.substr(kBefore.size(), key.size() - kBefore.size() - kAfter.size()));
  }
  for (const std::string& name : names) {
    if (auto url = first_value(settings, fmt::format("{}{}{}", kBefore, name, kAfter)))
      return Origin{name, *url};
  }
  return std::nullopt;
}

struct AddressParts {
  std::string_view scheme;  ///< "https://"; "" where it is "git@example.com:me/shop"
  std::string_view host, path;
};

std::optional<AddressParts> address_parts(std::string_view address) {
  size_t colon = address.find(':');
  if (colon == std::string_view::npos) return std::nullopt;
  bool has_scheme = address.substr(colon, 3) == "://";
  size_t begin = has_scheme ? colon + 3 : 0, end = has_scheme ? address.find('/', begin) : colon;
  if (end == std::string_view::npos) return std::nullopt;
  return AddressParts{address.substr(0, begin), address.substr(begin, end - begin),
                      address.substr(end + 1)};
}

/// Does an address lead elsewhere than its parts say: to another host for who reads it as an
/// address of the web, or to another folder of that host?
bool leads_elsewhere(const AddressParts& address) {
  if (!address.scheme.empty() && address.host.find_first_of("?#@%\\") != std::string_view::npos)
    return true;
  std::string path = replace_all(lower(address.path), "%2e", ".");
  path = "/" + replace_all(path, "%2f", "/") + "/";
  return path.find("/../") != std::string::npos;
}

/// Part by part: what stands for any part of a host is never a part of a path.
bool pattern_takes(std::string_view pattern, std::string_view address) {
  if (pattern == address || pattern == "*") return true;
  auto wanted = address_parts(pattern), is = address_parts(address);
  return wanted && is && !leads_elsewhere(*is) && wildcard_matches(wanted->scheme, is->scheme) &&
         wildcard_matches(wanted->host, is->host) && wildcard_matches(wanted->path, is->path);
}

/// By what somebody has said yes to an address.
enum class Yes {
  kNobody,
  kToRemote,
  kToContent  ///< before remotes were asked about: who vouches for a content has seen the clone
};

/// Is there a content that was vouched for here, and are remotes asked about since?
struct Vouched {
  bool content = false, remotes = false;
};

Vouched vouched_in(const Entries& settings) {
  Vouched vouched;
  for (const git::Setting& setting : settings) {
    if (setting.scope != "local") continue;
    if (same_key(setting.key, kTrustedRemote)) vouched.remotes = true;
    if (!same_key(setting.key, kTrusted)) continue;
    (setting.value == kRemotesToo ? vouched.remotes : vouched.content) = true;
  }
  return vouched;
}

Yes yes_in(const Entries& settings, const std::string& address) {
  for (const git::Setting& setting : settings) {
    if (same_key(setting.key, kTrustedRemote) &&
        pattern_takes(plain_address(setting.value), address))
      return Yes::kToRemote;
  }
  Vouched vouched = vouched_in(settings);
  return vouched.content && !vouched.remotes ? Yes::kToContent : Yes::kNobody;
}

bool has_local(const Entries& settings, const char* key, std::string_view value) {
  return std::any_of(settings.begin(), settings.end(), [&](const git::Setting& setting) {
    return setting.scope == "local" && same_key(setting.key, key) && setting.value == value;
  });
}

/// From now on a yes to a content is none to a remote, also where that is taken back.
Result<void> ask_about_remotes(const git::Program& git, const Entries& settings) {
  if (has_local(settings, kTrusted, kRemotesToo)) return Done{};
  return git.set_config(kTrusted, kRemotesToo, true);
}

}  // namespace

bool is_of_server(std::string_view url) {
  if (url.starts_with("file://")) return false;
  size_t colon = url.find(':');
  return colon != std::string_view::npos && colon < url.find('/');
}

std::string plain_address(std::string_view url) {
  std::string address(url);
  size_t scheme = address.find("://");
  if (scheme != std::string::npos) {
    size_t begin = scheme + 3, at = address.find('@', begin);
    size_t end = std::min(address.find('/', begin), address.size());
    if (at < end) address.erase(begin, at + 1 - begin);
  }
  while (address.ends_with('/')) address.pop_back();
  if (address.ends_with(".git")) address.resize(address.size() - 4);
  return address;
}

std::optional<Origin> server_in(const Entries& settings) {
  auto origin = origin_in(settings);
  if (!origin || !is_of_server(origin->address)) return std::nullopt;
  origin->address = plain_address(origin->address);
  return origin;
}

std::optional<Origin> stranger_in(const Entries& settings) {
  auto server = server_in(settings);
  if (!server || yes_in(settings, server->address) != Yes::kNobody) return std::nullopt;
  return server;
}

Result<void> may_run(const git::Program& git) {
  GF_ASSIGN(auto settings, git.settings());
  auto stranger = stranger_in(settings);
  if (!stranger) {
    // Where it cannot be kept (a configuration that nobody may write) it is kept the next time.
    (void)settle(git).ok();
    return Done{};
  }
  return Error{Fault::kConfiguration,
               fmt::format("code of '{}' would run here, and nobody has said yet that it may",
                           printable(stranger->address)),
               {},
               say_yes()};
}

std::string say_yes(const std::optional<Oid>& file) {
  std::string which = file ? " " + file->hex() : "";
  return fmt::format("{}{}' (beforehand: 'git factory trust --yes{}')", kAnswerWith, which, which);
}

std::optional<Oid> untrusted_file(const Error& error) {
  if (!error.hint.starts_with(kAnswerWith)) return std::nullopt;
  std::string_view rest = std::string_view(error.hint).substr(kAnswerWith.size());
  if (!rest.starts_with(' ')) return std::nullopt;
  auto named = Oid::parse(std::string(rest.substr(1, rest.find('\'') - 1)));
  return named.ok() ? std::optional(*named) : std::nullopt;
}

bool is_about_trust(const Error& error) {
  return error.fault == Fault::kConfiguration && error.hint == say_yes(untrusted_file(error));
}

Result<void> settle(const git::Program& git) {
  GF_ASSIGN(auto settings, git.settings());
  auto server = server_in(settings);
  if (!server || !vouched_in(settings).content) return Done{};
  Yes yes = yes_in(settings, server->address);
  if (yes == Yes::kNobody) return Done{};
  if (yes == Yes::kToContent) GF_TRY(git.set_config(kTrustedRemote, server->address, true));
  return ask_about_remotes(git, settings);
}

Result<void> let_run(const git::Program& git) {
  GF_ASSIGN(auto settings, git.settings());
  auto server = server_in(settings);
  if (!server) return Done{};
  if (!has_local(settings, kTrustedRemote, server->address))
    GF_TRY(git.set_config(kTrustedRemote, server->address, true));
  return ask_about_remotes(git, settings);
}

}  // namespace gf::session
