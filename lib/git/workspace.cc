#include "git/workspace.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <set>

#include "base/files.h"
#include "base/text.h"
#include "git/disk.h"
#include "git/pins.h"
#include "git/pool.h"
#include "git/slot.h"
#include "git/worktree_files.h"

namespace gf::git {
namespace {

/// What `git worktree list -v` says of a place that no run has: whose it is, and who takes it away.
constexpr const char* kFree = "git-factory pool, free; 'git factory gc' removes it";

std::vector<std::string> in_order(const std::set<std::string>& paths) {
  return {paths.begin(), paths.end()};
}

/// In the worktree's own folder of the repository: what the slot's files were stamped with last.
constexpr const char* kStampFile = "/factory-stamp";

int64_t seconds_now() {
  return std::chrono::duration_cast<std::chrono::seconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

}  // namespace

struct Workspace::Impl {
  Impl(Repo& repo_in, const Program& git_in, Slot slot_in, const CommitInfo& base_in)
      : repo(repo_in),
        git(git_in),
        slot(std::move(slot_in)),
        files(repo, git, *slot),
        pins(repo, slot->git_dir()),
        path(slot->path()),
        base(base_in.id),
        base_tree(base_in.tree),
        tree(base_in.tree) {}
  ~Impl() { give_back(); }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  /// Frees the slot; who takes it next looks at what is in it.
  void give_back() {
    if (slot && slot->held()) {
      (void)pins.clear().ok();
      slot->lock_entry(kFree);
    }
    slot.reset();
  }
  Result<void> check_ours() const;
  Result<bool> in_submodule(const Oid& of, const std::string& name, bool is_file) const;
  Result<void> stamp(const std::vector<std::string>& paths);
  Result<void> stamp_what_git_wrote(const Oid& left_at);
  Result<PathChange> as_in(const Oid& target, const std::string& name) const;
  Result<std::vector<PathChange>> stored_or_gone(const std::set<std::string>& names);

  Repo& repo;
  Program git;
  std::optional<Slot> slot;  ///< empty after release()
  WorktreeFiles files;       ///< refers to the Slot above
  Pins pins;                 ///< what it was at
  std::string path;
  Oid base, base_tree, tree;
  std::set<std::string> touched;
  bool submodules = false;  ///< the base has some
  int64_t stamped = 0;      ///< the time that changed files got last
};

/// One time for all that changed together: later than any that was given here before, and than
/// whatever was built from them up to now. So it is the second that comes: make and cargo compare
/// with parts of one, and would take an object of this second for newer than a file of it.
Result<void> Workspace::Impl::stamp(const std::vector<std::string>& paths) {
  if (paths.empty() || !slot) return Done{};
  stamped = std::max(seconds_now() + 1, stamped + 1);
  write_in_place(slot->git_dir() + kStampFile, std::to_string(stamped));
  Disk disk(path);
  for (const std::string& name : paths) GF_TRY(disk.set_time(name, stamped));
  return Done{};
}

Result<void> Workspace::Impl::check_ours() const {
  if (slot && slot->held()) return Done{};
  return Error{Fault::kEnvironment,
               "the pooled worktree was removed while it was in use",
               {},
               "run it again, and leave the cache folder alone meanwhile"};
}

/// git gives the files of another base the time that it is now, which an earlier run may have been
/// ahead of.
Result<void> Workspace::Impl::stamp_what_git_wrote(const Oid& left_at) {
  if (auto text = read_file(slot->git_dir() + kStampFile))
    stamped = std::strtoll(text->c_str(), nullptr, 10);
  int64_t now = seconds_now();
  bool ahead = stamped >= now;
  stamped = std::max(stamped, now);  // what git wrote just now has this second's time
  if (!ahead || left_at.is_zero() || left_at == base) return Done{};
  auto before = repo.commit(left_at);
  if (!before.ok()) return Done{};  // it is gone, and with it what was run on it
  GF_ASSIGN(auto deltas, repo.diff(before->tree, base_tree));
  std::vector<std::string> paths;
  for (const Delta& delta : deltas) paths.push_back(delta.path);
  return stamp(paths);
}

/// Submodules are not populated, so nothing on disk says how they are: they stay as they are.
Result<bool> Workspace::Impl::in_submodule(const Oid& of, const std::string& name,
                                           bool is_file) const {
  if (!submodules) return false;
  size_t end = name.find('/');
  for (; end != std::string::npos; end = name.find('/', end + 1)) {
    std::string above = name.substr(0, end);
    GF_ASSIGN(auto entry, repo.entry_at(of, above));
    if (!entry) return false;
    if (entry->kind != EntryKind::kSubmodule) continue;
    if (!is_file) return true;
    return Error{Fault::kUser,
                 fmt::format("'{}' is in the submodule '{}', which is not changed from here",
                             printable(name), printable(above)),
                 {},
                 "change the submodule in its own repository"};
  }
  GF_ASSIGN(auto entry, repo.entry_at(of, name));
  return entry && entry->kind == EntryKind::kSubmodule;
}

/// How `target` has the file at `name`; a zero id when it has none. A folder is left as it is
/// (kTree): its files are told of one by one.
Result<PathChange> Workspace::Impl::as_in(const Oid& target, const std::string& name) const {
  GF_ASSIGN(auto entry, repo.entry_at(target, name));
  if (!entry) return PathChange{name, Oid(), EntryKind::kBlob};
  return PathChange{name, entry->id, entry->kind};
}

/// What is on disk at these paths; a file that cannot be opened there (a test took the rights away)
/// counts as gone. Any other error is one.
Result<std::vector<PathChange>> Workspace::Impl::stored_or_gone(
    const std::set<std::string>& names) {
  std::set<std::string> readable;
  std::vector<PathChange> gone;
  Disk disk(path);
  for (const std::string& name : names) {
    if (disk.may_read(name))
      readable.insert(name);
    else
      gone.push_back({name, Oid(), EntryKind::kBlob});
  }
  GF_ASSIGN(auto stored, files.store(in_order(readable)));
  stored.insert(stored.end(), gone.begin(), gone.end());
  return stored;
}

Workspace::Workspace(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Workspace::Workspace(Workspace&&) noexcept = default;
Workspace& Workspace::operator=(Workspace&&) noexcept = default;
Workspace::~Workspace() = default;

const std::string& Workspace::path() const { return impl_->path; }
const Oid& Workspace::tree() const { return impl_->tree; }
void Workspace::touched(const std::string& path) {
  impl_->touched.insert(std::filesystem::path(path).lexically_normal().string());
}

Result<Workspace> Workspace::acquire(Repo& repo, const Program& git, const std::string& pool_dir,
                                     const RunId& run, const Oid& base) {
  GF_ASSIGN(auto info, repo.commit(base));
  GF_ASSIGN(auto pool, open_pool(repo, pool_dir));
  std::error_code failed;
  std::filesystem::path common = std::filesystem::canonical(repo.common_dir(), failed);
  GF_ASSIGN(auto slot, Slot::take(git, pool, failed ? repo.common_dir() : common.string(), base));
  Oid left_at = slot.recorded_base();
  GF_TRY(slot.put_at(git, base));
  slot.lock_entry("git-factory run " + run.str());
  auto impl = std::make_unique<Impl>(repo, git, std::move(slot), info);
  GF_ASSIGN(auto modules, repo.entry_at(info.tree, ".gitmodules"));
  impl->submodules = modules.has_value();
  GF_TRY(impl->stamp_what_git_wrote(left_at));
  return Workspace(std::move(impl));
}

Result<Oid> Workspace::snapshot() {
  Impl& my = *impl_;
  GF_TRY(my.check_ours());
  GF_ASSIGN(auto stored, my.files.store(in_order(my.touched)));
  GF_TRY(my.stamp(in_order(my.touched)));
  std::vector<PathChange> changes;
  for (const PathChange& change : stored) {
    GF_ASSIGN(bool skip, my.in_submodule(my.tree, change.path, !change.id.is_zero()));
    if (skip) continue;
    // A path that was a folder in the tree all along: its files are told of one by one.
    GF_ASSIGN(auto before, my.as_in(my.tree, change.path));
    if (change.id.is_zero() && before.kind == EntryKind::kTree) continue;
    changes.push_back(change);
  }
  if (!changes.empty()) {
    GF_ASSIGN(my.tree, my.repo.update_tree(my.tree, changes));
    if (my.tree != my.base_tree) GF_TRY(my.pins.hold(my.tree));
  }
  my.touched.clear();
  return my.tree;
}

Result<void> Workspace::materialise(const Oid& target) {
  Impl& my = *impl_;
  GF_TRY(my.check_ours());
  std::vector<PathChange> changes;
  std::set<std::string> staged;
  GF_ASSIGN(auto deltas, my.repo.diff(my.tree, target));
  for (const Delta& delta : deltas) {
    bool gone = delta.kind == DeltaKind::kDeleted;
    changes.push_back({delta.path, gone ? Oid() : delta.new_id, delta.new_kind});
    staged.insert(delta.path);
  }
  // What was touched and not stored goes.
  for (const std::string& name : my.touched) {
    if (staged.count(name) > 0) continue;
    GF_ASSIGN(auto change, my.as_in(target, name));
    if (change.kind != EntryKind::kTree) changes.push_back(change);
  }
  // Should this stop half-way, the disk is still the tree plus what was touched.
  my.touched.insert(staged.begin(), staged.end());
  my.tree = target;
  if (target != my.base_tree) GF_TRY(my.pins.hold(target));
  GF_TRY(my.files.put(changes));
  std::vector<std::string> written;
  for (const PathChange& change : changes) written.push_back(change.path);
  GF_TRY(my.stamp(written));
  my.touched.clear();
  return Done{};
}

Result<std::vector<std::string>> Workspace::take_back() {
  Impl& my = *impl_;
  GF_TRY(my.check_ours());
  // The index stays at the base: what the run itself changed stands out too, and new files do not.
  // By `diff`, which knows of files that git would store otherwise than it has them (line ends); it
  // reads a user's order of files as well, which may name a file that is not here.
  std::set<std::string> names;
  GF_ASSIGN(auto listing,
            my.slot->run(my.git, {"diff", "--name-only", "--no-ext-diff", "--no-renames",
                                  "--ignore-submodules", "-O/dev/null", "-z"}));
  for (std::string& name : split(listing, '\0')) {
    if (!name.empty()) names.insert(std::move(name));
  }
  GF_ASSIGN(auto deltas, my.repo.diff(my.base_tree, my.tree));
  for (const Delta& delta : deltas) names.insert(delta.path);
  for (const std::string& name : my.touched) names.erase(name);
  std::vector<PathChange> changes;
  GF_ASSIGN(auto stored, my.stored_or_gone(names));
  for (const PathChange& now : stored) {
    GF_ASSIGN(auto wanted, my.as_in(my.tree, now.path));
    if (wanted.kind == EntryKind::kTree || wanted.kind == EntryKind::kSubmodule) continue;
    if (wanted.id != now.id || (!now.id.is_zero() && wanted.kind != now.kind))
      changes.push_back(wanted);
  }
  if (changes.empty()) return std::vector<std::string>();
  GF_TRY(my.files.put(changes));
  std::vector<std::string> paths;
  for (const PathChange& change : changes) paths.push_back(change.path);
  GF_TRY(my.stamp(paths));
  return paths;
}

Result<void> Workspace::release() {
  Impl& my = *impl_;
  if (!my.slot) return Done{};
  // What this process wrote is taken back; what gates left and nobody told of is found by who takes
  // the slot next: that one looks anyway, and two looks cost twice what grows with the tree.
  Result<void> left = materialise(my.base_tree);
  if (left.ok()) left = my.slot->leave_clean(my.base);
  my.give_back();
  return left;
}

}  // namespace gf::git
