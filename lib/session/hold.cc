#include "session/hold.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "base/files.h"
#include "base/text.h"
#include "session/context.h"
#include "store/held.h"

namespace gf::session {
namespace {

namespace fs = std::filesystem;

constexpr Milliseconds kBetween{50};
/// A process that was asked to end by the death of its parent does so within this.
constexpr Milliseconds kMoment{5000};
constexpr Milliseconds kEnding{30000};

std::string path_of(const Context& context, const std::string& name) {
  return store::hold_file(context.repo, name);
}
/// A dot is in no name of a run.
std::string batch_path(const Context& context, const std::string& name) {
  return path_of(context, "batch." + name);
}

/// False when the file was removed between the opening and the lock: others lock a new one.
bool is_still_at(const std::string& path, int lock) {
  struct stat held {
  }, there{};
  return fstat(lock, &held) == 0 && stat(path.c_str(), &there) == 0 &&
         held.st_ino == there.st_ino && held.st_dev == there.st_dev;
}

}  // namespace

struct Hold::Tried {
  std::optional<Hold> hold;
  std::optional<proc::Identity> holder;  ///< who has it, where that is told
};

Hold::~Hold() {
  // Removed while it is held: who opened it before sees that it is gone, and makes a new one.
  if (lock_.open()) unlink(path_.c_str());
}

Result<Hold::Tried> Hold::try_take(const std::string& path) {
  std::error_code failed;
  fs::create_directories(fs::path(path).parent_path(), failed);
  for (;;) {
    Descriptor lock(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (!lock.open())
      return Error{Fault::kEnvironment,
                   fmt::format("cannot open '{}': {}", printable(path), std::strerror(errno)),
                   {},
                   "check the rights of this folder"};
    bool locked = flock(lock.get(), LOCK_EX | LOCK_NB) == 0;
    if (!locked && errno == EINTR) continue;
    if (!locked && errno == EWOULDBLOCK)
      return Tried{std::nullopt, proc::identity_in(read_file(path).value_or(""))};
    if (locked && !is_still_at(path, lock.get())) continue;
    std::string text = proc::to_text(proc::this_process()) + "\n";
    // For people and for abort; without it the lock holds as well.
    (void)!ftruncate(lock.get(), 0);
    (void)!pwrite(lock.get(), text.data(), text.size(), 0);
    return Tried{Hold(std::move(lock), path), std::nullopt};
  }
}

Result<Hold> Hold::take_at(const Context& context, const std::string& path, const std::string& what,
                           const std::string& hint) {
  Stopwatch watch(context.clock());
  for (;;) {
    GF_ASSIGN(auto tried, try_take(path));
    if (tried.hold) return std::move(*tried.hold);
    if (watch.elapsed() >= kMoment) {
      std::string who = tried.holder ? fmt::format("process {}", tried.holder->pid)
                                     : std::string("another process");
      return Error{Fault::kUser, fmt::format("{} is running in {}", what, who), {}, hint};
    }
    GF_TRY(context.clock().wait(kBetween, context.cancel()));
  }
}

Result<Hold> Hold::take(const Context& context, const RunId& run) {
  return take_at(context, path_of(context, run.str()), "run " + run.id8(),
                 fmt::format("wait for it, or end it with 'git factory abort {}'", run.id8()));
}

Result<Hold> Hold::take_batch(const Context& context, const std::string& name) {
  return take_at(context, batch_path(context, name), fmt::format("batch '{}'", name),
                 "wait for it, or end that process");
}

Result<Hold> Hold::take_calibration(const Context& context) {
  return take_at(context, path_of(context, "calibration"), "a calibration",
                 "wait for it, or end that process: the next goes on where it was");
}

Result<std::optional<Hold>> Hold::try_batch(const Context& context, const std::string& name) {
  GF_ASSIGN(auto tried, try_take(batch_path(context, name)));
  return std::move(tried.hold);
}

Result<Hold> Hold::take_over(const Context& context, const RunId& run) {
  Stopwatch watch(context.clock());
  std::string path = path_of(context, run.str());
  bool asked = false;
  for (;;) {
    GF_ASSIGN(auto tried, try_take(path));
    if (tried.hold) return std::move(*tried.hold);
    if (!asked && tried.holder) asked = proc::ask_to_end(*tried.holder);
    if (watch.elapsed() >= kEnding)
      return Error{
          Fault::kUser,
          fmt::format("run {} is running in another process, which does not end", run.id8()),
          {},
          "end that process, and try again"};
    GF_TRY(context.clock().wait(kBetween, context.cancel()));
  }
}

Result<int> sweep_holds(const Context& context, bool dry_run) {
  int swept = 0;
  std::error_code failed;
  for (fs::directory_iterator at(store::hold_folder(context.repo), failed), end;
       !failed && at != end; at.increment(failed)) {
    std::string path = at->path().string();
    if (!path.ends_with(".held")) continue;
    Descriptor lock(::open(path.c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW));
    if (!lock.open() || flock(lock.get(), LOCK_EX | LOCK_NB) != 0) continue;
    ++swept;
    if (!dry_run && is_still_at(path, lock.get())) unlink(path.c_str());
  }
  return swept;
}

}  // namespace gf::session
