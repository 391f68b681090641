#include "proc/sandbox.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <thread>

#include "base/files.h"
#include "base/text.h"
#include "proc/become.h"
#include "proc/bubblewrap.h"
#include "proc/call_filter.h"
#include "proc/control_group.h"
#include "proc/descriptors.h"
#include "proc/landlock.h"
#include "proc/restraint.h"
#include "proc/view.h"

namespace gf::proc {
namespace {

/// How the Error begins that says that nothing was started.
const std::string kNotMade = "the sandbox cannot be set up: ";

namespace fs = std::filesystem;

constexpr uint64_t kMega = 1u << 20, kGiga = 1u << 30;
constexpr uint64_t kBubblewraps = 2;  // processes of its own

Error not_found(const std::string& program) {
  return {Fault::kEnvironment,
          fmt::format("'{}' was not found", program),
          {},
          fmt::format("install '{}', or check PATH", program)};
}

/// Folders that are made for one call.
struct Rooms {
  TemporaryFolder own;
  std::string home, temporary;
};

Result<Rooms> make_rooms(const Policy& policy) {
  Rooms rooms;
  if (policy.scratch.empty()) {
    GF_ASSIGN(rooms.own, TemporaryFolder::make("gf-"));
  } else {
    GF_ASSIGN(rooms.own, TemporaryFolder::make_in(policy.scratch, "box-"));
  }
  rooms.home = rooms.own.path() + "/home";
  rooms.temporary = rooms.own.path() + "/tmp";
  std::error_code failed;
  for (const std::string& folder : {rooms.home, rooms.temporary, policy.cache}) {
    if (!folder.empty()) fs::create_directories(folder, failed);
    if (failed) return os_error(fmt::format("cannot make '{}'", folder));
  }
  for (const auto& [name, content] : policy.home_files)
    GF_TRY(write_file(rooms.home + "/" + name, content));
  return rooms;
}

/// Files that a program may not leave changed, as they were before it.
class Kept {
 public:
  explicit Kept(const std::vector<std::string>& paths) {
    for (const std::string& path : paths) {
      if (auto text = read_file(path)) before_.emplace_back(path, *text);
    }
  }
  /// What had to be put back.
  std::vector<std::string> put_back() const {
    std::vector<std::string> changed;
    for (const auto& [path, text] : before_) {
      std::error_code failed;
      bool plain = fs::symlink_status(path, failed).type() == fs::file_type::regular;
      if (plain && read_file(path) == text) continue;
      remove_folder(path);
      if (write_file(path, text).ok()) changed.push_back(path);
    }
    return changed;
  }

 private:
  std::vector<std::pair<std::string, std::string>> before_;
};

/// Where a home is made elsewhere, the toolchains of the real one are found by links.
void link_toolchains(const View& view, const std::string& home) {
  for (const std::string& path : view.readable) {
    if (view.home.empty() || !lies_in(path, view.home)) continue;
    std::string below = path.substr(view.home.size() + 1);
    std::error_code failed;
    fs::create_directories(fs::path(home + "/" + below).parent_path(), failed);
    fs::create_symlink(path, home + "/" + below, failed);
  }
}

/// bubblewrap says what it could not do before the program began.
bool is_own_failure(const Outcome& outcome) {
  return outcome.end == End::kExited && outcome.exit_code == 1 && outcome.out.empty() &&
         outcome.err.starts_with("bwrap: ");
}

/// It ends with 128 and the signal where the program was ended by one, as a shell does.
void tell_signal(Outcome& outcome) {
  constexpr int kLast = 64;
  if (outcome.end != End::kExited || outcome.exit_code <= 128 || outcome.exit_code > 128 + kLast)
    return;
  outcome.end = End::kSignalled;
  outcome.signal = outcome.exit_code - 128;
  outcome.exit_code = -1;
}

std::string first_line(const std::string& text) {
  std::vector<std::string> all = lines(trim(text));
  return all.empty() ? "it gives no reason" : printable(to_utf8(clipped(all.front(), 200)));
}

uint64_t machine_memory() {
  long pages = sysconf(_SC_PHYS_PAGES), size = sysconf(_SC_PAGESIZE);
  return pages > 0 && size > 0 ? static_cast<uint64_t>(pages) * static_cast<uint64_t>(size) : 0;
}

}  // namespace

std::string_view name_of(Network network) {
  switch (network) {
    case Network::kNone:
      return "none";
    case Network::kLoopback:
      return "loopback";
    case Network::kFull:
      return "full";
  }
  return "none";
}

std::optional<Network> network_named(std::string_view word) {
  for (Network network : {Network::kNone, Network::kLoopback, Network::kFull}) {
    if (word == name_of(network)) return network;
  }
  return std::nullopt;
}

std::string Sandbox::name() const {
  switch (kind_) {
    case Kind::kNone:
      return "none";
    case Kind::kBubblewrap:
      return "bubblewrap";
    case Kind::kLandlock:
      return "landlock";
  }
  return "none";
}

void Sandbox::add(std::vector<std::string> readable, std::vector<std::string> writable) {
  readable_ = std::move(readable);
  writable_ = std::move(writable);
}

std::string Sandbox::process_bound() const {
  if (kind_ == Kind::kNone) return "nothing";
  if (ControlGroup::works()) return "cgroup";
  return kind_ == Kind::kBubblewrap && geteuid() != 0 ? "user namespace" : "watcher";
}

std::vector<std::string> Sandbox::gaps(Network network) const {
  std::vector<std::string> all;
  if (kind_ == Kind::kNone) return {"nothing is held: programs run with your own rights"};
  if (kind_ == Kind::kBubblewrap) return all;
  if (version_ < 6) all.emplace_back("signals and abstract sockets reach your other processes");
  if (version_ < 3) all.emplace_back("files that can be read can be emptied");
  all.emplace_back("processes and the named sockets of the machine are seen");
  if (network == Network::kLoopback)
    all.emplace_back("loopback cannot be told from the network, which is open");
  if (network == Network::kNone) all.emplace_back("no program has a loopback or named sockets");
  return all;
}

Result<Outcome> Sandbox::run(const Options& options, const Policy& policy,
                             const Cancel& cancel) const {
  if (kind_ == Kind::kNone || options.argv.empty()) return proc::run(options, cancel);
  auto program = find_program(options.argv[0], options.environment);
  if (!program) return not_found(options.argv[0]);
  Policy whole = policy;
  whole.readable.insert(whole.readable.end(), readable_.begin(), readable_.end());
  whole.writable.insert(whole.writable.end(), writable_.begin(), writable_.end());
  Kept kept(policy.kept);
  if (kind_ != Kind::kBubblewrap) {
    auto outcome = run_in_landlock(options, whole, *program, cancel);
    (void)kept.put_back();
    return outcome;
  }
  auto outcome = run_in_bubblewrap(options, whole, *program, cancel);
  // What was to be seen may have gone while the view of it was made. Nothing was started yet.
  if (!outcome.ok() && outcome.error().message.starts_with(kNotMade))
    outcome = run_in_bubblewrap(options, whole, *program, cancel);
  std::error_code gone;
  if (!outcome.ok() && !kept_.empty()) fs::remove(kept_, gone);  // it is tried again the next time
  (void)kept.put_back();
  return outcome;
}

Result<Outcome> Sandbox::run_in_bubblewrap(Options options, const Policy& policy,
                                           const std::string& program, const Cancel& cancel) const {
  View view = view_for(policy, options.environment, program);
  GF_ASSIGN(auto rooms, make_rooms(policy));
  Restraint restraint;
  GF_ASSIGN(auto filter, in_memory(as_bytes(call_filter(Sockets::kMachine))));
  restraint.handed = filter.get();
  if (geteuid() != 0) restraint.processes = options.limits.processes;
  if (options.limits.processes != 0) options.limits.processes += kBubblewraps;
  auto group = ControlGroup::shared(options.limits);
  if (group) group->admit(restraint);
  Hold hold{view,
            rooms.home,
            rooms.temporary,
            view.home.empty() ? "" : policy.cache,
            policy.kept,
            options.directory.empty() ? "/" : options.directory,
            policy.network != Network::kFull,
            true};
  std::vector<std::string> words = words_for(hold);
  words.insert(words.end(), options.argv.begin(), options.argv.end());
  options.argv = std::move(words);
  if (options.environment.contains("TMPDIR")) options.environment["TMPDIR"] = "/tmp";
  options.restraint = &restraint;
  GF_ASSIGN(auto outcome, proc::run(options, cancel));
  if (group) group->tell(outcome);
  if (is_own_failure(outcome)) {
    return Error{Fault::kEnvironment,
                 kNotMade + first_line(outcome.err),
                 {},
                 "factory.sandbox = landlock or none is the other way"};
  }
  tell_signal(outcome);
  return outcome;
}

Result<Outcome> Sandbox::run_in_landlock(Options options, const Policy& policy,
                                         const std::string& program, const Cancel& cancel) const {
  View view = view_for(policy, options.environment, program);
  GF_ASSIGN(auto rooms, make_rooms(policy));
  link_toolchains(view, rooms.home);
  // Short: a socket's path has a hundred letters.
  GF_ASSIGN(auto temporary, TemporaryFolder::make("gf-"));
  for (const std::string& path : {rooms.home, temporary.path(), policy.cache}) {
    if (!path.empty()) view.writable.push_back(path);
  }
  if (!policy.cache.empty()) {
    std::error_code failed;
    fs::remove(rooms.home + "/.cache", failed);
    fs::create_directory_symlink(policy.cache, rooms.home + "/.cache", failed);
  }
  GF_ASSIGN(auto rules, make_ruleset({view, policy.network != Network::kNone}, version_));
  Restraint restraint;
  restraint.ruleset = rules.get();
  restraint.filter =
      call_filter(policy.network == Network::kNone ? Sockets::kNone : Sockets::kMachine);
  restraint.guarded = true;
  auto group = ControlGroup::shared(options.limits);
  if (group) group->admit(restraint);
  options.environment["HOME"] = rooms.home;
  options.environment["TMPDIR"] = temporary.path();
  options.restraint = &restraint;
  GF_ASSIGN(auto outcome, proc::run(options, cancel));
  if (group) group->tell(outcome);
  return outcome;
}

Result<Outcome> run_in(const Sandbox* sandbox, const Options& options, const Policy& policy,
                       const Cancel& cancel) {
  return sandbox == nullptr ? run(options, cancel) : sandbox->run(options, policy, cancel);
}

Limits usual_limits(Limits limits, const std::string& written_at) {
  limits.processes = std::max<uint64_t>(4096, 256 * std::thread::hardware_concurrency());
  limits.memory_bytes = machine_memory() / 4 * 3;
  limits.open_files = 65536;
  limits.file_bytes = 16 * kGiga;
  limits.free_bytes = 1024 * kMega;
  limits.written_at = written_at;
  return limits;
}

}  // namespace gf::proc
