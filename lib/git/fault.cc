#include "git/fault.h"

#ifdef GF_FAULT_POINTS

#include <fmt/format.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <string>

namespace gf::git {

Result<void> fault_point(const char* when, std::string_view what) {
  static const char* const asked = std::getenv("GIT_FACTORY_FAULT");
  if (asked == nullptr) return Done{};
  static std::atomic<int> count = 0;
  int number = ++count;
  std::string_view mode = asked;
  int at = mode.size() > 5 ? std::atoi(asked + 5) : 0;
  bool kill = mode.starts_with("kill:") && number == at;
  bool fail = mode.starts_with("fail:") && number >= at;
  if (!kill && !fail && mode != "list") return Done{};
  // The one place of lib/ that speaks and ends: only a test ever asks for it.
  std::string line = fmt::format("fault {}: {} {}\n", number, when, what);
  if (write(STDERR_FILENO, line.data(), line.size()) < 0 || kill) _exit(137);
  if (!fail) return Done{};
  return Error{Fault::kEnvironment, "no space left on device", {}, "free some space"};
}

}  // namespace gf::git

#else

namespace gf::git {

Result<void> fault_point(const char*, std::string_view) { return Done{}; }

}  // namespace gf::git

#endif
