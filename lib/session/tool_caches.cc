#include "session/tool_caches.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <optional>
#include <string_view>
#include <utility>

#include "base/files.h"
#include "base/folder_copy.h"
#include "base/text.h"
#include "git/repo.h"
#include "record/exchange.h"

namespace gf::session {
namespace {

namespace fs = std::filesystem;

/// What is more in one tool's folder is built anew rather than copied: git-factory-sandbox(7).
constexpr uint64_t kMostBytes = uint64_t{2} << 30;

constexpr const char* kVersion = "1";
constexpr const char* kNote = ".of";
constexpr const char* kSeedHolds = "seed";   ///< a seed's copy, or nothing; no program came since
constexpr const char* kBaseHolds = "base";   ///< programs on the base wrote, and no other ones
constexpr const char* kSeveral = "several";  ///< programs on more trees than one beside the base

/// The file beside a folder: by whom, of which worktree, from which base, and what wrote there. One
/// tree's id: programs on the base and on that tree.
struct Note {
  std::string worktree, run, base, holds;

  static std::optional<Note> of(const std::string& folder) {
    std::vector<std::string> all = lines(read_file(folder + kNote).value_or(""));
    if (all.size() != 5 || all[0] != kVersion || all[2].empty()) return std::nullopt;
    return Note{all[1], all[2], all[3], all[4]};
  }
  [[nodiscard]] Result<void> write(const std::string& folder) const {
    return write_file(folder + kNote,
                      fmt::format("{}\n{}\n{}\n{}\n{}\n", kVersion, worktree, run, base, holds));
  }
  [[nodiscard]] bool of_bases() const { return holds == kSeedHolds || holds == kBaseHolds; }
  bool operator==(const Note& other) const {
    return worktree == other.worktree && run == other.run && base == other.base &&
           holds == other.holds;
  }
};

bool exists(const std::string& path) {
  std::error_code failed;
  return fs::exists(fs::symlink_status(path, failed));
}

/// Nothing is at `path` afterwards: what resists removal is put aside.
Result<void> take_away(const std::string& path, const std::string& parent) {
  remove_folder(path);
  if (!exists(path)) return Done{};
  auto aside = TemporaryFolder::make_in(parent, "tools-old-");
  std::error_code failed;
  if (aside.ok()) fs::rename(path, aside->path() + "/left", failed);
  if (!exists(path)) return Done{};
  return Error{Fault::kEnvironment,
               fmt::format("cannot remove '{}', where another run's tests may have written",
                           printable(path)),
               {},
               "remove it, then 'git factory resume'"};
}

/// Do these hold paths of their own worktree, so that a copy is of use there alone?
bool names_its_place(const std::string& name) {
  constexpr std::array<std::string_view, 5> kBuilds = {"cargo", "cmake", "meson", "make", "tidy-"};
  return std::any_of(kBuilds.begin(), kBuilds.end(),
                     [&](std::string_view build) { return name.starts_with(build); });
}

bool is_of_a_folder(const std::string& name) { return name.starts_with("in-"); }

/// What of the folders in `from` is worth it. `levels`: of a folder's tools, one more.
bool copy_tools(const fs::path& from, const fs::path& to, bool same_worktree, int levels) {
  std::error_code failed;
  fs::create_directories(to, failed);
  for (fs::directory_iterator at(from, failed), end; !failed && at != end; at.increment(failed)) {
    const std::string name = at->path().filename().string();
    std::error_code unknown;
    if (at->is_symlink(unknown) || !at->is_directory(unknown)) continue;
    bool copied = true;
    if (levels > 0 && is_of_a_folder(name)) {
      copied = copy_tools(at->path(), to / name, same_worktree, levels - 1);
    } else if ((same_worktree || !names_its_place(name)) &&
               size_of_folder(at->path(), kMostBytes) <= kMostBytes) {
      copied = copy_folder(at->path(), to / name);
    }
    if (!copied) return false;
  }
  return !failed;
}

/// Of all folders with a note in `parent` whose name begins so, the newest note first.
std::vector<std::string> noted_in(const std::string& parent, std::string_view beginning) {
  std::vector<std::pair<fs::file_time_type, std::string>> found;
  std::error_code failed;
  for (fs::directory_iterator at(parent, failed), end; !failed && at != end; at.increment(failed)) {
    const std::string path = at->path().string(), name = at->path().filename().string();
    std::error_code gone;
    if (!name.starts_with(beginning) || !name.ends_with(kNote)) continue;
    found.emplace_back(at->last_write_time(gone), path.substr(0, path.size() - 3));
  }
  std::sort(found.rbegin(), found.rend());
  std::vector<std::string> folders;
  for (const auto& one : found) folders.push_back(one.second);
  return folders;
}

std::string folder_of(const std::string& parent, const char* what, const std::string& worktree) {
  return fmt::format("{}/{}-{}", parent, what, record::content_id(worktree).short_hex(12));
}

void drop_link(const std::string& path) {
  std::error_code failed;
  if (fs::is_symlink(fs::symlink_status(path, failed))) fs::remove(path, failed);
}

}  // namespace

ToolCaches::ToolCaches(const git::Repo& repo, std::string parent, std::string worktree, Owner owner)
    : repo_(repo),
      parent_(std::move(parent)),
      worktree_(std::move(worktree)),
      owner_(std::move(owner)),
      folder_(folder_of(parent_, "tools", worktree_)),
      seed_(folder_of(parent_, "seed", worktree_)) {}

std::string ToolCaches::folder_for(const std::string& folder) const {
  return folder.empty()
             ? folder_
             : fmt::format("{}/in-{}", folder_, record::content_id(folder).short_hex(12));
}

Result<void> ToolCaches::use(const Oid& tree) {
  if (holds_.empty()) GF_TRY(take());
  drop_links();
  const bool base = !tree.is_zero() && tree == owner_.base_tree;
  const bool of_bases = holds_ == kSeedHolds || holds_ == kBaseHolds;
  std::string now = holds_;
  if (base) {
    if (of_bases) now = kBaseHolds;
  } else if (of_bases) {
    if (holds_ == kBaseHolds) leave_seed();
    now = tree.hex();
  } else if (holds_ != tree.hex() || tree.is_zero()) {
    now = kSeveral;
  }
  if (now == holds_) return Done{};
  GF_TRY(note(owner_.run, now));
  holds_ = now;
  return Done{};
}

void ToolCaches::forget() {
  std::error_code ignored;
  fs::remove(seed_ + kNote, ignored);
  remove_folder(seed_);
  remove_folder(folder_);
  fs::create_directories(folder_, ignored);
}

/// A run's own stays, and so does what nothing but bases wrote that its own base stands on.
Result<void> ToolCaches::take() {
  auto there = Note::of(folder_);
  bool stays = there && there->worktree == worktree_ &&
               (there->run == owner_.run || (there->of_bases() && Oid::parse(there->base).ok() &&
                                             stands_on(Oid::parse(there->base).value())));
  if (!stays) return replace();
  if (there->run != owner_.run) GF_TRY(note(owner_.run, there->holds));
  holds_ = there->holds;
  return Done{};
}

Result<void> ToolCaches::replace() {
  GF_TRY(note("", ""));  // nobody's, until all is done
  GF_TRY(take_away(folder_, parent_));
  begin_from_seed();
  GF_TRY(note(owner_.run, kSeedHolds));
  holds_ = kSeedHolds;
  return Done{};
}

Result<void> ToolCaches::note(const std::string& run, const std::string& holds) const {
  return Note{worktree_, run, owner_.base.hex(), holds}.write(folder_);
}

/// Then that base's code is in this one's history: whoever took this one took it too.
bool ToolCaches::stands_on(const Oid& base) const {
  if (base.is_zero() || owner_.base.is_zero()) return false;
  if (base == owner_.base) return true;
  auto shared = repo_.merge_base(base, owner_.base);
  return shared.ok() && *shared && **shared == base;
}

void ToolCaches::begin_from_seed() const {
  auto may = [&](const std::string& seed) {
    auto left = Note::of(seed);
    auto base = left ? Oid::parse(left->base) : Result<Oid>(Oid());
    return left && base.ok() && stands_on(*base);
  };
  if (may(seed_) && copy_seed(seed_, true)) return;
  for (const std::string& other : noted_in(parent_, "seed-")) {
    if (other != seed_ && may(other) && copy_seed(other, false)) return;
  }
}

/// Whole or not at all: another run may take a seed away that is not this worktree's.
bool ToolCaches::copy_seed(const std::string& seed, bool of_this_worktree) const {
  auto before = Note::of(seed);
  auto made = TemporaryFolder::make_in(parent_, "tools-new-");
  if (!made.ok() || !copy_tools(seed, made->path() + "/kept", of_this_worktree, 1)) return false;
  if (!before || Note::of(seed) != before) return false;
  std::error_code failed;
  fs::rename(made->path() + "/kept", folder_, failed);
  return !failed;
}

/// In the place of the one before, which was this one's beginning or another base's.
void ToolCaches::leave_seed() const {
  auto made = TemporaryFolder::make_in(parent_, "tools-new-");
  if (!made.ok() || !exists(folder_)) return;
  const std::string kept = made->path() + "/kept";
  if (!copy_tools(folder_, kept, true, 1)) return;
  std::error_code failed;
  fs::remove(seed_ + kNote, failed);
  if (failed) return;
  fs::rename(seed_, made->path() + "/before", failed);
  fs::rename(kept, seed_, failed);
  // A name that no seed had before: who copies sees that it is another one.
  if (!failed) (void)Note{worktree_, made->path(), owner_.base.hex(), kSeedHolds}.write(seed_).ok();
}

/// The names under which we make folders and hand them to the next program: a link that a program
/// left there would hand it another place of the machine.
void ToolCaches::drop_links() const {
  drop_link(folder_);
  drop_link(folder_ + "/home");
  std::error_code failed;
  for (fs::directory_iterator at(folder_, failed), end; !failed && at != end;
       at.increment(failed)) {
    if (!is_of_a_folder(at->path().filename().string())) continue;
    drop_link(at->path().string());
    drop_link(at->path().string() + "/home");
  }
}

std::vector<LostCaches> sweep_tool_caches(const std::string& parent,
                                          const std::set<std::string>& gone, bool dry_run) {
  std::vector<LostCaches> lost;
  for (const char* what : {"tools-", "seed-"}) {
    for (const std::string& folder : noted_in(parent, what)) {
      auto note = lines(read_file(folder + kNote).value_or(""));
      bool knows = note.size() >= 2 && note[0] == kVersion && !note[1].empty();
      if (!knows || (exists(note[1]) && !gone.contains(note[1]))) continue;
      lost.push_back({folder, size_of_folder(folder, UINT64_MAX)});
      if (dry_run) continue;
      std::error_code failed;
      fs::remove(folder + kNote, failed);
      remove_folder(folder);
    }
  }
  return lost;
}

}  // namespace gf::session
