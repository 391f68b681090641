// What a program in a sandbox may reach of the network.
#pragma once

#include <optional>
#include <string_view>

namespace gf::proc {

enum class Network {
  kNone,      ///< nothing outside; where it costs nothing the program has a loopback of its own
  kLoopback,  ///< servers and clients of its own among themselves
  kFull,      ///< the user's network
};
std::string_view name_of(Network network);  ///< "none", "loopback", "full"
std::optional<Network> network_named(std::string_view word);

}  // namespace gf::proc
