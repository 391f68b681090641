#include "proc/landlock.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <cstdint>
#include <filesystem>

#include "proc/become.h"

#ifdef __linux__
#include <sys/syscall.h>
#include <unistd.h>
#endif

namespace gf::proc {

#ifdef __linux__
namespace {

// The kernel's interface by hand: numbers and layouts are promised, and headers of older systems
// do not have them.
constexpr long kCreate = 444, kAddRule = 445;
constexpr unsigned kAskVersion = 1;
constexpr int kPathRule = 1;
struct Attributes {
  uint64_t files, network, scoped;
};
struct __attribute__((packed)) PathRule {
  uint64_t allowed;
  int32_t folder;
};

constexpr uint64_t bit(int number) { return uint64_t{1} << number; }
constexpr uint64_t kExecute = bit(0), kWrite = bit(1), kRead = bit(2), kList = bit(3);
constexpr uint64_t kRefer = bit(13), kTruncate = bit(14), kDevice = bit(15);
constexpr uint64_t kDevices = bit(6) | bit(11);  // making character and block devices
constexpr uint64_t kReading = kExecute | kRead | kList;
constexpr uint64_t kOfFiles = kExecute | kWrite | kRead | kTruncate | kDevice;

uint64_t files_known(int version) {
  uint64_t all = bit(13) - 1;
  if (version >= 2) all |= kRefer;
  if (version >= 3) all |= kTruncate;
  if (version >= 5) all |= kDevice;
  return all;
}

size_t size_known(int version) {
  if (version < 4) return sizeof(uint64_t);
  return version < 6 ? 2 * sizeof(uint64_t) : sizeof(Attributes);
}

/// What is not there needs no rule.
Result<void> allow(int set, const std::string& path, uint64_t rights) {
  Descriptor place(open(path.c_str(), O_PATH | O_CLOEXEC));
  if (!place.open()) return Done{};
  struct stat about {};
  if (fstat(place.get(), &about) != 0) return Done{};
  if (!S_ISDIR(about.st_mode)) rights &= kOfFiles;
  PathRule rule{rights, place.get()};
  if (syscall(kAddRule, set, kPathRule, &rule, 0u) == 0) return Done{};
  return os_error("Landlock takes no rule for '" + path + "'");
}

}  // namespace

int landlock_version() {
  long version = syscall(kCreate, nullptr, size_t{0}, kAskVersion);
  return version > 0 ? static_cast<int>(version) : 0;
}

Result<Descriptor> make_ruleset(const LandlockRules& rules, int version) {
  uint64_t files = files_known(version);
  Attributes attributes{files, rules.network ? 0 : bit(0) | bit(1), bit(0) | bit(1)};
  Descriptor set(static_cast<int>(syscall(kCreate, &attributes, size_known(version), 0u)));
  if (!set.open()) return os_error("Landlock does not work here");
  for (const std::string& path : all_readable(rules.view))
    GF_TRY(allow(set.get(), path, kReading & files));
  for (const std::string& path : rules.view.writable)
    GF_TRY(allow(set.get(), path, files & ~kDevices));
  for (const char* device : {"/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom",
                             "/dev/tty", "/dev/ptmx", "/dev/pts", "/dev/shm", "/dev/fd"})
    GF_TRY(allow(set.get(), device, files));
  return set;
}
#else
int landlock_version() { return 0; }
Result<Descriptor> make_ruleset(const LandlockRules&, int) {
  return Error{Fault::kEnvironment, "there is no Landlock here", {}, {}};
}
#endif

}  // namespace gf::proc
