// What lets us in at a forge: looked for where people keep it, and shown nowhere. For this room's
// .cc files.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "forge/forge.h"

namespace gf::forge {

struct Token {
  std::string value;  ///< empty: none was found
  std::string from;   ///< "GH_TOKEN", "gh", "git credential"
};

/// Where a token for one server may be.
struct TokenPlaces {
  std::string host;                    ///< "github.com"; with a port where it has one
  bool plain = false;                  ///< the server speaks http://
  std::vector<std::string> variables;  ///< in their order
  std::vector<std::string> program;    ///< "gh auth token --hostname github.com"; empty: none
  /// What a credential helper has is a person's, and good with his mail address alone:
  /// "<mail>:<token>". One that it has with another name is none.
  bool with_mail = false;
};

/// What the environment has: nothing where none of the variables is set. The variable that
/// factory.forge.tokenVariable names counts alone, also when it is empty.
std::optional<Token> token_of_environment(const TokenPlaces& places, const Place& place);

/// The variable that factory.forge.tokenVariable names and no other place; else the variables, the
/// forge's own program, git's credential helpers. Nobody is asked at a terminal or in a window.
Token find_token(const TokenPlaces& places, const Place& place);

}  // namespace gf::forge
