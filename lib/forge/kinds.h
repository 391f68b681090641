// The kinds of servers that a forge can be: a row each. For this room's .cc files.
#pragma once

#include <array>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "forge/address.h"
#include "forge/served.h"

namespace gf::forge {

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

/// In the order in which they are told.
std::span<const Kind> all_kinds();
/// Null: there is none of that name.
const Kind* find_kind(std::string_view name);

/// The remote's address as git uses it; a remote may be given as one itself.
std::optional<RemoteAddress> address_of(const Place& place);
/// Host and address of its API: factory.forge.api, the variable that GitHub's own machines set for
/// their own repositories, else by the remote's host.
Result<Target> target_of(const Kind& kind, const std::optional<RemoteAddress>& at,
                         const Place& place);
/// Fills in what lets us in there: `gh` as the carrier, or a token, which is empty where none was
/// found.
Result<void> let_in(const Kind& kind, Target& target, const Place& place);
/// Why nothing can be asked there.
Error no_token(const Kind& kind, const Target& target, const Place& place);

}  // namespace gf::forge
