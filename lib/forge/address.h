// Where a repository is, read from a remote's address. For this room's .cc files and tests. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace gf::forge {

struct RemoteAddress {
  std::string host;    ///< lower case, with the port where HTTP has one: "git.example.org:3000"
  std::string path;    ///< "owner/name", "group/sub/name": without '/' around it and without ".git"
  bool plain = false;  ///< http://, so that its services are reached by it as well
};

/// Of "https://host/owner/name.git", "git@host:owner/name", "ssh://git@host:22/owner/name". Nothing
/// for a folder, a bundle, or a helper that only git knows.
std::optional<RemoteAddress> remote_address(std::string_view url);

/// "github", "gitlab", "gitea", "forgejo" or "bitbucket" where the host is called so; else empty.
std::string kind_at(std::string_view host);

/// The number of "3", "#3", "https://host/owner/name/issues/3" (also with "#comment" or "?x=y"
/// behind it); nothing in anything else.
std::optional<int> number_named(std::string_view named);

}  // namespace gf::forge
