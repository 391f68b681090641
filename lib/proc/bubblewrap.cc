#include "proc/bubblewrap.h"

#include "base/text.h"

namespace gf::proc {

std::vector<std::string> confined(const Confinement& confinement,
                                  const std::vector<std::string>& argv) {
  std::vector<std::string> all = {"bwrap", "--ro-bind", "/",     "/",       "--dev",
                                  "/dev",  "--proc",    "/proc", "--tmpfs", "/tmp"};
  for (const std::string& folder : confinement.readable)
    all.insert(all.end(), {"--ro-bind", folder, folder});
  for (const std::string& folder : confinement.writable)
    all.insert(all.end(), {"--bind", folder, folder});
  if (!confinement.program_folder.empty()) {
    all.insert(all.end(),
               {"--ro-bind-try", confinement.program_folder, confinement.program_folder});
  }
  // A session of its own: else it could put words into the terminal that we were started from.
  all.insert(all.end(), {"--unshare-pid", "--unshare-ipc", "--die-with-parent", "--new-session",
                         "--chdir", confinement.directory, "--"});
  all.insert(all.end(), argv.begin(), argv.end());
  return all;
}

std::optional<std::string> against_confinement(const Environment& environment,
                                               const Cancel& cancel) {
  if (!find_program("bwrap", environment)) return "it was not found";
  Options options;
  options.argv = confined({}, {"true"});
  options.directory = "/";
  options.environment = environment;
  options.limits = {Milliseconds(10000), 64u << 10};
  auto outcome = run(options, cancel);
  if (!outcome.ok()) return outcome.error().message;
  if (outcome->succeeded()) return std::nullopt;
  std::vector<std::string> said = lines(trim(outcome->err));
  if (said.empty()) return "it gives no reason";
  return printable(to_utf8(clipped(said.front(), 200)));
}

}  // namespace gf::proc
