#include "forge/address.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.h"

namespace gf::forge {
namespace {

/// The doors for SSH that some hosts have at port 443.
constexpr std::array<std::pair<std::string_view, std::string_view>, 3> kOtherDoors = {
    {{"ssh.github.com", "github.com"},
     {"altssh.gitlab.com", "gitlab.com"},
     {"altssh.bitbucket.org", "bitbucket.org"}}};

std::string without_user(std::string_view authority) {
  size_t at = authority.rfind('@');
  return lower(at == std::string_view::npos ? authority : authority.substr(at + 1));
}

std::string without_port(const std::string& host) {
  size_t from = host.starts_with('[') ? host.find(']') : 0;
  size_t colon = host.find(':', from == std::string::npos ? 0 : from);
  return host.substr(0, colon);
}

std::string plain_path(std::string_view path) {
  path = path.substr(0, path.find_first_of("?#"));
  while (path.starts_with('/')) path.remove_prefix(1);
  while (path.ends_with('/')) path.remove_suffix(1);
  if (path.ends_with(".git")) path.remove_suffix(4);
  return std::string(path);
}

}  // namespace

std::optional<RemoteAddress> remote_address(std::string_view url) {
  url = trim(url);
  RemoteAddress found;
  std::string authority, scheme;
  if (size_t end = url.find("://"); end != std::string_view::npos) {
    scheme = lower(url.substr(0, end));
    std::string_view rest = url.substr(end + 3);
    size_t slash = std::min(rest.find('/'), rest.size());
    authority = without_user(rest.substr(0, slash));
    found.path = plain_path(rest.substr(slash));
  } else {
    // As git tells them apart: a '/' before the first ':' makes it a folder.
    size_t colon = url.find(':');
    if (colon == std::string_view::npos || url.find('/') < colon || url.find("::") == colon)
      return std::nullopt;
    scheme = "ssh";
    authority = without_user(url.substr(0, colon));
    found.path = plain_path(url.substr(colon + 1));
  }
  bool http = scheme == "http" || scheme == "https";
  bool served = http || scheme == "ssh" || scheme == "git" || scheme == "git+ssh";
  if (!served || authority.empty() || found.path.find('/') == std::string::npos)
    return std::nullopt;
  found.plain = scheme == "http";
  found.host = http ? authority : without_port(authority);
  for (const auto& [door, host] : kOtherDoors) {
    if (found.host == door) found.host = host;
  }
  return found;
}

std::string kind_at(std::string_view host) {
  std::string name = without_port(lower(host));
  if (name == "codeberg.org") return "forgejo";
  if (name.ends_with(".ghe.com")) return "github";
  for (const std::string& label : split(name, '.')) {
    for (std::string_view kind : {"github", "gitlab", "gitea", "forgejo", "bitbucket"}) {
      if (label == kind) return std::string(kind);
    }
  }
  return {};
}

std::optional<int> number_named(std::string_view named) {
  named = trim(named);
  if (named.find("://") != std::string_view::npos) {
    named = named.substr(0, named.find_first_of("?#"));
    while (named.ends_with('/')) named.remove_suffix(1);
    named.remove_prefix(named.rfind('/') + 1);
  } else if (named.starts_with('#')) {
    named.remove_prefix(1);
  }
  bool number = !named.empty() && named.size() < 10 &&
                named.find_first_not_of("0123456789") == std::string_view::npos;
  return number ? std::optional<int>(std::stoi(std::string(named))) : std::nullopt;
}

}  // namespace gf::forge
