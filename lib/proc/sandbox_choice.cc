// Which sandbox works here, found by starting a program in it, or known from before.
#include <fmt/format.h>

#include "base/clock.h"
#include "base/kept_answer.h"
#include "base/text.h"
#include "proc/landlock.h"
#include "proc/sandbox.h"
#include "proc/sandbox_ground.h"

namespace gf::proc {
namespace {

#ifdef __linux__
constexpr bool kOnLinux = true;
#else
constexpr bool kOnLinux = false;
#endif
constexpr const char* kWorks = "works";

std::string why_of(const std::string& text) {
  std::vector<std::string> all = lines(trim(text));
  return all.empty() ? "it gives no reason" : printable(to_utf8(clipped(all.front(), 200)));
}

/// That it works, with the ground on which it did; nothing where that is not to be kept.
std::optional<KeptAnswer> known_in(const std::string& folder, const std::string& program) {
  std::string ground = sandbox_ground();
  if (folder.empty() || ground.empty()) return std::nullopt;
  return KeptAnswer(folder + "/bubblewrap", program + "\x1e" + ground);
}

}  // namespace

Result<std::optional<std::string>> Sandbox::fails(const Sandbox& sandbox,
                                                  const Environment& environment,
                                                  const Cancel& cancel) {
  using Why = std::optional<std::string>;
  if (sandbox.kind_ == Kind::kLandlock && sandbox.version_ == 0)
    return Why(kOnLinux ? "this kernel has no Landlock"
                        : "this is not Linux, and has none that we use");
  if (sandbox.kind_ == Kind::kBubblewrap && !find_program("bwrap", environment))
    return Why("bubblewrap is not installed");
  Options options;
  options.argv = {"/bin/sh", "-c", ":"};
  options.directory = "/";
  options.environment = environment;
  options.limits = {Milliseconds(10000), 64u << 10};
  auto outcome = sandbox.run(options, {}, cancel);
  GF_TRY(cancel.check());
  if (!outcome.ok()) return Why(outcome.error().message);
  if (outcome->succeeded()) return Why();
  return Why(sandbox.name() + " does not start: " + why_of(outcome->err));
}

/// As fails(), which is not asked where it is known.
Result<std::optional<std::string>> Sandbox::fails_still(Sandbox& sandbox,
                                                        const Environment& environment,
                                                        const Cancel& cancel,
                                                        const std::string& known) {
  auto program = sandbox.kind_ == Kind::kBubblewrap ? find_program("bwrap", environment)
                                                    : std::optional<std::string>();
  auto kept = program ? known_in(known, *program) : std::nullopt;
  if (kept) sandbox.kept_ = known + "/bubblewrap";
  if (kept && kept->read() == kWorks) return std::optional<std::string>();
  const Timestamp tried = system_clock().now();
  GF_ASSIGN(auto why, fails(sandbox, environment, cancel));
  if (kept && !why) (void)kept->keep(kWorks, {*program}, tried).ok();
  return why;
}

Result<Sandbox> Sandbox::choose(std::string_view wanted, const Environment& environment,
                                const Cancel& cancel, const std::string& known) {
  if (wanted == "none") return none();
  std::vector<std::string> reasons;
  for (Sandbox one :
       {Sandbox(Kind::kBubblewrap, 0), Sandbox(Kind::kLandlock, landlock_version())}) {
    if (wanted != "auto" && wanted != one.name()) continue;
    GF_ASSIGN(auto why, fails_still(one, environment, cancel, known));
    one.passed_over_ = join(reasons, "; ");
    if (!why) return one;
    reasons.push_back(*why);
  }
  std::string reason = join(reasons, "; ");
  return Error{
      Fault::kConfiguration,
      fmt::format("no sandbox holds the repository's code here: {}", reason),
      {},
      fmt::format("{}; or set factory.sandbox = none where you would run this code yourself",
                  way_out(reason))};
}

std::string way_out(const std::string& reason) {
  struct Row {
    const char* words;
    const char* helps;
  };
  // What bubblewrap, the kernel and systems without either say, the special before the general.
  constexpr Row kRows[] = {
      {"setting up uid map",
       "let programs make user namespaces (sysctl "
       "kernel.apparmor_restrict_unprivileged_userns=0, or an AppArmor "
       "profile for bwrap)"},
      {"loopback",
       "let programs make user namespaces (sysctl "
       "kernel.apparmor_restrict_unprivileged_userns=0, or an AppArmor profile for "
       "bwrap)"},
      {"No permissions to creat",
       "let programs make namespaces (sysctl "
       "kernel.unprivileged_userns_clone=1; of a container: "
       "--security-opt seccomp=unconfined)"},
      {"Creating new namespace failed",
       "let programs make namespaces (sysctl "
       "user.max_user_namespaces; of a container: "
       "--security-opt seccomp=unconfined)"},
      {"mount proc", "let the container mount /proc (--security-opt systempaths=unconfined)"},
      {"Failed to make / slave",
       "let the container mount (--cap-add SYS_ADMIN), or start bwrap as "
       "an ordinary user"},
      {"not Linux", "run it in a Linux machine or container"},
      {"not installed", "install bubblewrap"},
      {"", "make bubblewrap work ('bwrap --ro-bind / / true' says what it lacks)"}};
  for (const Row& row : kRows) {
    if (reason.find(row.words) != std::string::npos) return row.helps;
  }
  return {};
}

}  // namespace gf::proc
