#include "git/workspace.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <set>

#include "base/text.h"

namespace gf::git {
namespace {

namespace fs = std::filesystem;
constexpr int kMaxSlots = 256;

Error os_error(const std::string& doing, const std::string& why) {
  return Error{Fault::kEnvironment, doing + ": " + why, {}, "check the disk and the rights of XDG_CACHE_HOME"};
}

/// An flock: the kernel drops it when its holder dies, however it dies.
class SlotLock {
 public:
  static Result<std::optional<SlotLock>> try_take(const std::string& path) {
    int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0) return os_error(fmt::format("cannot open '{}'", path), std::strerror(errno));
    if (flock(fd, LOCK_EX | LOCK_NB) == 0) return std::optional<SlotLock>(SlotLock(fd));
    ::close(fd);
    return std::optional<SlotLock>();
  }
  SlotLock(SlotLock&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  SlotLock& operator=(SlotLock&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~SlotLock() {
    if (fd_ >= 0) ::close(fd_);
  }

 private:
  explicit SlotLock(int fd) : fd_(fd) {}
  int fd_;
};

/// Settings for every git call in a pooled worktree: no user hook runs, nothing is written down.
std::vector<std::string> quiet(const std::string& path, std::vector<std::string> arguments) {
  std::vector<std::string> all = {"-C", path, "-c", "core.hooksPath=/dev/null", "-c", "core.untrackedCache=true",
                                  "-c", "advice.detachedHead=false"};
  all.insert(all.end(), arguments.begin(), arguments.end());
  return all;
}

Result<void> add_worktree(const Program& git, const std::string& path, const Oid& base) {
  std::error_code ignored;
  fs::remove_all(path, ignored);
  // -f: an entry whose folder is gone (the user removed it) is taken over.
  GF_TRY(git.run({"-c", "core.hooksPath=/dev/null", "worktree", "add", "-f", "-f", "--detach", "--quiet", path, base.hex()}));
  return Done{};
}

/// At `base`, clean, whatever was there before. Cheap when nothing is to be done.
Result<bool> put_at(const Program& git, const std::string& path, const Oid& base) {
  if (!fs::exists(path + "/.git")) return false;
  GF_ASSIGN(auto head, git.ask(quiet(path, {"rev-parse", "-q", "--verify", "HEAD"})));
  if (head.exit_code != 0) return false;
  bool moved = trim(head.out) != base.hex();
  if (moved) {
    GF_ASSIGN(auto switched, git.ask(quiet(path, {"checkout", "--quiet", "--force", "--detach", base.hex()})));
    if (switched.exit_code != 0) return false;
  }
  GF_ASSIGN(auto status, git.ask(quiet(path, {"status", "--porcelain", "-z", "--untracked-files=normal", "--ignored=traditional", "--no-renames"})));
  if (status.exit_code != 0) return false;
  if (status.out.empty()) return true;
  GF_ASSIGN(auto reset, git.ask(quiet(path, {"reset", "--quiet", "--hard", base.hex()})));
  GF_ASSIGN(auto clean, git.ask(quiet(path, {"clean", "-ffdxq"})));
  return reset.exit_code == 0 && clean.exit_code == 0;
}

EntryKind kind_on_disk(const struct stat& info) {
  if (S_ISLNK(info.st_mode)) return EntryKind::kSymlink;
  return (info.st_mode & S_IXUSR) != 0 ? EntryKind::kExecutable : EntryKind::kBlob;
}

/// Removes folders that have become empty, up to the root.
void prune_folders(const fs::path& root, fs::path folder) {
  std::error_code failed;
  while (folder != root && fs::is_empty(folder, failed) && !failed) {
    fs::remove(folder, failed);
    folder = folder.parent_path();
  }
}

}  // namespace

struct Workspace::Impl {
  Repo* repo;
  Program git;
  std::string path;
  std::optional<SlotLock> lock;
  Oid base, base_tree, tree;
  std::set<std::string> touched;
  bool filters = false;
  bool released = false;

  Result<void> write_file(const Delta& delta);
  Result<void> remove_file(const std::string& name);
};

Workspace::Workspace(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Workspace::Workspace(Workspace&&) noexcept = default;
Workspace& Workspace::operator=(Workspace&&) noexcept = default;
Workspace::~Workspace() = default;  // the flock goes with it; who acquires next repairs

const std::string& Workspace::path() const { return impl_->path; }
const Oid& Workspace::tree() const { return impl_->tree; }
void Workspace::touched(const std::string& path) { impl_->touched.insert(path); }

Result<Workspace> Workspace::acquire(Repo& repo, const Program& git, const std::string& pool_dir, const RunId& run, const Oid& base) {
  std::error_code failed;
  fs::create_directories(pool_dir, failed);
  if (failed) return os_error(fmt::format("cannot make '{}'", pool_dir), failed.message());
  fs::permissions(pool_dir, fs::perms::owner_all, failed);
  fs::path real_dir = fs::canonical(pool_dir, failed);
  if (failed) return os_error(fmt::format("cannot use '{}'", pool_dir), failed.message());
  for (int slot = 1; slot <= kMaxSlots; ++slot) {
    std::string path = (real_dir / std::to_string(slot)).string();
    GF_ASSIGN(auto lock, SlotLock::try_take(path + ".lock"));
    if (!lock) continue;
    GF_ASSIGN(bool ready, put_at(git, path, base));
    if (!ready) GF_TRY(add_worktree(git, path, base));
    auto impl = std::make_unique<Impl>(Impl{&repo, git, path, std::move(lock), base, {}, {}, {}, false, false});
    GF_ASSIGN(auto info, repo.commit(base));
    impl->base_tree = impl->tree = info.tree;
    GF_ASSIGN(auto attributes, repo.entry_at(info.tree, ".gitattributes"));
    impl->filters = attributes.has_value();
    // The reason is written where `git worktree lock` writes it: a process less for the same file.
    GF_ASSIGN(auto entry, Repo::open(path));
    std::ofstream(entry.git_dir() + "/locked") << "git-factory run " << run.str() << "\n";
    return Workspace(std::move(impl));
  }
  return Error{Fault::kTransient, fmt::format("all {} pooled worktrees are in use", kMaxSlots), {}, "wait for other runs to end"};
}

Result<std::vector<std::string>> Workspace::scan() {
  GF_ASSIGN(auto listing, impl_->git.run(quiet(impl_->path, {"status", "--porcelain", "-z", "--untracked-files=all", "--no-renames"})));
  std::set<std::string> changed;
  for (const std::string& entry : split(listing, '\0')) {
    if (entry.size() > 3) changed.insert(entry.substr(3));
  }
  // The index stays at the base: what differs between the base and tree() may be as tree() has it.
  GF_ASSIGN(auto known, impl_->repo->diff(impl_->base_tree, impl_->tree));
  for (const Delta& delta : known) changed.insert(delta.path);
  impl_->touched.insert(changed.begin(), changed.end());
  return std::vector<std::string>(changed.begin(), changed.end());
}

Result<Oid> Workspace::snapshot() {
  std::vector<PathChange> changes;
  for (const std::string& name : impl_->touched) {
    std::string full = impl_->path + "/" + name;
    struct stat info {};
    if (lstat(full.c_str(), &info) != 0 || S_ISDIR(info.st_mode)) {
      changes.push_back({name, Oid(), EntryKind::kBlob});
      continue;
    }
    EntryKind kind = kind_on_disk(info);
    Oid id;
    if (kind == EntryKind::kSymlink) {
      std::error_code failed;
      GF_ASSIGN(id, impl_->repo->write_blob(fs::read_symlink(full, failed).string()));
    } else {
      GF_ASSIGN(id, impl_->repo->write_blob_from_file(impl_->path, name));
    }
    changes.push_back({name, id, kind});
  }
  if (!changes.empty()) {
    GF_ASSIGN(impl_->tree, impl_->repo->update_tree(impl_->tree, changes));
  }
  impl_->touched.clear();
  return impl_->tree;
}

Result<void> Workspace::Impl::remove_file(const std::string& name) {
  fs::path full = fs::path(path) / name;
  std::error_code failed;
  // remove_all: something else may lie there now; links are removed, not followed.
  fs::remove_all(full, failed);
  if (failed) return os_error(fmt::format("cannot remove '{}'", printable(name)), failed.message());
  prune_folders(path, full.parent_path());
  return Done{};
}

Result<void> Workspace::Impl::write_file(const Delta& delta) {
  fs::path full = fs::path(path) / delta.path;
  std::error_code failed;
  fs::create_directories(full.parent_path(), failed);
  struct stat info {};
  if (lstat(full.c_str(), &info) == 0) fs::remove_all(full, failed);
  if (delta.new_kind == EntryKind::kSubmodule) {
    fs::create_directories(full, failed);
    return Done{};
  }
  std::string content;
  if (filters && delta.new_kind != EntryKind::kSymlink) {
    GF_ASSIGN(content, git.run({"-C", path, "cat-file", "--filters", "--path=" + delta.path, delta.new_id.hex()}));
  } else {
    GF_ASSIGN(content, repo->read_blob(delta.new_id));
  }
  if (delta.new_kind == EntryKind::kSymlink) {
    fs::create_symlink(content, full, failed);
    if (failed) return os_error(fmt::format("cannot link '{}'", printable(delta.path)), failed.message());
    return Done{};
  }
  std::ofstream file(full, std::ios::binary | std::ios::trunc);
  file.write(content.data(), static_cast<std::streamsize>(content.size()));
  file.close();
  if (!file) return os_error(fmt::format("cannot write '{}'", printable(delta.path)), std::strerror(errno));
  if (delta.new_kind == EntryKind::kExecutable) {
    fs::permissions(full, fs::perms::owner_exec | fs::perms::group_exec | fs::perms::others_exec, fs::perm_options::add, failed);
  }
  return Done{};
}

Result<void> Workspace::materialise(const Oid& target) {
  // What was touched and not stored goes: afterwards the disk holds `target` and nothing else of ours.
  GF_TRY(snapshot());
  GF_ASSIGN(auto deltas, impl_->repo->diff(impl_->tree, target));
  for (const Delta& delta : deltas) {
    if (delta.kind == DeltaKind::kDeleted) GF_TRY(impl_->remove_file(delta.path));
  }
  for (const Delta& delta : deltas) {
    if (delta.kind != DeltaKind::kDeleted) GF_TRY(impl_->write_file(delta));
  }
  impl_->tree = target;
  return Done{};
}

Result<void> Workspace::release() {
  if (impl_->released) return Done{};
  GF_TRY(materialise(impl_->base_tree));
  GF_ASSIGN(auto entry, Repo::open(impl_->path));
  std::error_code ignored;
  fs::remove(entry.git_dir() + "/locked", ignored);
  impl_->released = true;
  impl_->lock.reset();
  return Done{};
}

Result<std::string> default_pool_dir(const Repo& repo, const std::map<std::string, std::string>& environment) {
  auto value = [&](const char* name) {
    auto found = environment.find(name);
    return found == environment.end() ? std::string() : found->second;
  };
  std::string root = value("XDG_CACHE_HOME");
  if (root.empty() && !value("HOME").empty()) root = value("HOME") + "/.cache";
  if (root.empty()) {
    return Error{Fault::kEnvironment, "there is no place for worktrees", {}, "set HOME or XDG_CACHE_HOME"};
  }
  // FNV-1a, 64 bit (Fowler, Noll, Vo): a name, not a secret.
  uint64_t hash = 14695981039346656037u;
  for (char c : repo.common_dir()) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211u;
  return fmt::format("{}/git-factory/worktrees/{:016x}", root, hash);
}

Result<int> sweep_pool(Repo& repo, const Program& git, const std::string& pool_dir) {
  (void)repo;
  int removed = 0;
  for (int slot = 1; slot <= kMaxSlots; ++slot) {
    std::string path = fmt::format("{}/{}", pool_dir, slot);
    if (!fs::exists(path)) continue;
    GF_ASSIGN(auto lock, SlotLock::try_take(path + ".lock"));
    if (!lock) continue;
    GF_ASSIGN(auto answer, git.ask({"worktree", "remove", "--force", "--force", path}));
    removed += answer.exit_code == 0 ? 1 : 0;
  }
  return removed;
}

}  // namespace gf::git
