// Programs that a gate's tests need beside them, a database or a server: started and ended with the
// gate, in its own sandbox.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/settings.h"

namespace gf::gate {

struct Gate;
struct Place;

/// One `[factory-service "<name>"]`. In the words of all three {port} is a port of the loopback
/// address that was free, and {data} a folder that is empty and goes with the gate; the gate and
/// its services see them as <NAME>_PORT and <NAME>_DATA.
struct Service {
  std::string name;
  std::vector<std::string> command;  ///< stays until it is ended
  /// Ends with 0 once it can be used; asked until it does. Empty: it can be used as it is started.
  std::vector<std::string> ready;
  std::vector<std::string> stop;  ///< ends it; empty, or where that fails: SIGTERM. Then SIGKILL
  std::chrono::milliseconds timeout{30000};  ///< until it is ready
};

/// The services of the settings, in the order in which they are first named. An Error says which
/// setting is wrong.
Result<std::vector<Service>> services_in(const Settings& settings);

/// What decides what a gate's services are, as one text; empty: it has none.
std::string services_text(const Gate& gate);

/// The words that start a gate's services, `argv` once all are ready, and end them again: a script
/// of the shell in the place's scratch folder. Without services `argv` itself. An Error: the script
/// cannot be written, or there is no port.
Result<std::vector<std::string>> beside_services(const Gate& gate, const Place& place,
                                                 std::vector<std::string> argv);

/// What went wrong with a service in the run that just ended.
struct ServiceTrouble {
  std::string what;          ///< "service 'db' was not ready within 30 s: no space left"
  bool before_gate = false;  ///< the gate was not started for it
};
/// Nothing went wrong: `what` is empty.
ServiceTrouble service_trouble(const Gate& gate, const Place& place);
/// Was the gate not started, since a service was not ready? By an outcome's reason.
bool lacked_a_service(std::string_view reason);

}  // namespace gf::gate
