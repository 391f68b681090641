#include "git/pool.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>

#include "base/files.h"
#include "base/name_hash.h"
#include "base/text.h"
#include "git/disk.h"
#include "git/pins.h"
#include "git/slot.h"
#include "git/workspace.h"

namespace gf::git {
namespace {

namespace fs = std::filesystem;

fs::path resolved(const std::string& path) {
  std::error_code failed;
  fs::path whole = fs::weakly_canonical(fs::absolute(path, failed), failed);
  return failed ? fs::path(path).lexically_normal() : whole;
}

bool is_inside(const fs::path& path, const fs::path& folder) {
  fs::path relative = path.lexically_relative(folder);
  return !relative.empty() && *relative.begin() != "..";
}

Error unusable(const std::string& path, const std::string& why) {
  return {Fault::kEnvironment,
          fmt::format("cannot keep worktrees in '{}': {}", printable(path), why),
          {},
          "set XDG_CACHE_HOME to a folder of yours"};
}

Result<void> check_outside(const Repo& repo, const fs::path& pool) {
  fs::path common = resolved(repo.common_dir());
  std::vector<fs::path> forbidden = {common};
  if (auto workdir = repo.workdir()) forbidden.push_back(resolved(*workdir));
  // In a linked worktree: the main one, whose files are the user's too.
  if (common.filename() == ".git") forbidden.push_back(common.parent_path());
  for (const fs::path& folder : forbidden) {
    if (!is_inside(pool, folder)) continue;
    return Error{Fault::kConfiguration,
                 fmt::format("worktrees cannot be kept inside the repository, in '{}'",
                             printable(pool.string())),
                 {},
                 "set XDG_CACHE_HOME to a folder outside of it"};
  }
  return Done{};
}

}  // namespace

Result<std::string> open_pool(const Repo& repo, const std::string& pool_dir) {
  fs::path pool = resolved(pool_dir);
  GF_TRY(check_outside(repo, pool));
  std::error_code failed;
  fs::create_directories(pool, failed);
  if (failed) return unusable(pool_dir, failed.message());
  struct stat info {};
  if (stat(pool.c_str(), &info) != 0 || info.st_uid != geteuid()) {
    return unusable(pool_dir, "it belongs to somebody else");
  }
  fs::permissions(pool, fs::perms::owner_all, failed);
  if (failed) return unusable(pool_dir, failed.message());
  fs::path real = fs::canonical(pool, failed);
  if (failed) return unusable(pool_dir, failed.message());
  return real.string();
}

Result<std::string> default_pool_dir(const Repo& repo, const Environment& environment) {
  GF_ASSIGN(auto cache, environment.cache_folder());
  return fmt::format("{}/worktrees/{}", cache, name_hash(resolved(repo.common_dir()).string()));
}

namespace {

/// When the slot was put somewhere last, by its lock file; the epoch where that is not known.
Timestamp used_at(const std::string& path) {
  struct stat info {};
  if (stat((path + ".lock").c_str(), &info) != 0) return {};
  return Timestamp(std::chrono::seconds(info.st_mtime));
}

/// Nothing where there is no worktree.
Result<std::optional<PoolPlace>> sweep_place(const Program& git, std::optional<Slot> slot,
                                             const std::string& path, const PoolSweep& wish) {
  using Fate = PoolPlace::Fate;
  if (!slot) return std::optional(PoolPlace{path, Fate::kInUse});
  std::error_code failed;
  bool there = !slot->git_dir().empty() || fs::exists(fs::symlink_status(slot->path(), failed));
  if (!there) return std::optional<PoolPlace>();
  if (wish.before && used_at(path) >= *wish.before)
    return std::optional(PoolPlace{path, Fate::kRecent});
  GF_ASSIGN(bool keep, slot->holds_work(git));
  if (keep) return std::optional(PoolPlace{path, Fate::kHoldsWork});
  if (!wish.dry_run) GF_TRY(slot->remove(git));
  return std::optional(PoolPlace{path, Fate::kRemoved});
}

/// Entries of git's of places below `pool` whose folder is gone: somebody emptied the cache. git
/// itself keeps what is locked.
Result<void> forget_gone(const std::string& common, const std::string& pool) {
  std::vector<std::string> gone;
  std::error_code failed;
  for (const auto& entry : fs::directory_iterator(common + "/worktrees", failed)) {
    fs::path link(std::string(trim(read_file((entry.path() / "gitdir").string()).value_or(""))));
    if (link.parent_path().parent_path() != pool || fs::exists(fs::symlink_status(link, failed)))
      continue;
    gone.push_back(entry.path().filename().string());
  }
  for (const std::string& name : gone) GF_TRY(Disk(common + "/worktrees").remove(name));
  return Done{};
}

}  // namespace

Result<std::vector<PoolPlace>> sweep_pool(Repo& repo, const Program& git,
                                          const std::string& pool_dir, const PoolSweep& wish) {
  std::vector<PoolPlace> places;
  std::error_code failed;
  std::string common = resolved(repo.common_dir()).string();
  if (!wish.dry_run) {
    fs::path named = fs::weakly_canonical(pool_dir, failed);
    if (!failed) GF_TRY(forget_gone(common, named.string()));
  }
  fs::path pool = fs::canonical(pool_dir, failed);
  if (failed) return places;  // never made
  for (int number : Slot::numbers(pool.string())) {
    // Before the lock is opened: it tells when the slot was used.
    std::string path = fmt::format("{}/{}", pool.string(), number);
    GF_ASSIGN(auto slot, Slot::try_take(pool.string(), number, common));
    GF_ASSIGN(auto place, sweep_place(git, std::move(slot), path, wish));
    if (place) places.push_back(std::move(*place));
  }
  if (!wish.dry_run) GF_TRY(unpin_gone(repo));
  return places;
}

}  // namespace gf::git
