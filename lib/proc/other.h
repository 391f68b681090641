// Processes that we did not start: named so that a number used again is not taken for them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace gf::proc {

/// A process by its number and by when it began, in the system's own unit, since the machine did;
/// 0 where the system does not tell. A number alone is given to another process some day.
struct Identity {
  int64_t pid = 0;
  uint64_t began = 0;
  bool operator==(const Identity&) const = default;
};

/// "<pid> <began>", and back.
std::string to_text(const Identity& process);
std::optional<Identity> identity_in(const std::string& text);

Identity this_process();
/// Is it still there? A number that another process has by now is not it.
bool is_there(const Identity& process);
/// Sends SIGTERM; false when it is not there, or belongs to somebody else.
bool ask_to_end(const Identity& process);

}  // namespace gf::proc
