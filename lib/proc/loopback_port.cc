#include "proc/loopback_port.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace gf::proc {

Result<int> loopback_port() {
  int probe = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  auto* place = reinterpret_cast<sockaddr*>(&address);
  bool had = probe >= 0 && bind(probe, place, size) == 0 && getsockname(probe, place, &size) == 0;
  int failed = errno;
  if (probe >= 0) close(probe);
  if (!had) {
    return Error{Fault::kEnvironment,
                 "there is no port for a service: " + std::generic_category().message(failed),
                 {},
                 {}};
  }
  return ntohs(address.sin_port);
}

}  // namespace gf::proc
