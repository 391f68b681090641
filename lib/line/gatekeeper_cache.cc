// What tools keep: a folder for each run, and a seed for those to come, of what the base left.
#include <fmt/format.h>

#include <filesystem>

#include "base/files.h"
#include "git/workspace.h"
#include "line/gatekeeper.h"
#include "store/active.h"

namespace gf::line {
namespace {

namespace fs = std::filesystem;

/// With the files' times: mypy does not believe what it kept without them. Links are left out.
bool copy_with_times(const fs::path& from, const fs::path& to) {
  std::error_code failed;
  fs::create_directories(to, failed);
  for (fs::recursive_directory_iterator at(from, failed), end; !failed && at != end;
       at.increment(failed)) {
    fs::path target = to / at->path().lexically_relative(from);
    if (at->is_symlink(failed)) continue;
    if (at->is_directory(failed)) {
      fs::create_directories(target, failed);
    } else if (at->is_regular_file(failed)) {
      fs::copy_file(at->path(), target, failed);
      if (!failed) fs::last_write_time(target, at->last_write_time(failed), failed);
    }
    if (failed) return false;
  }
  return !failed;
}

/// A seed: which one it is, for another takes its place at any time.
struct Seed {
  std::string folder;
  [[nodiscard]] std::string mark() const { return folder + "/left-by"; }
};

/// Whole or not at all: of a seed that was taken away meanwhile only a part may have been there.
void copy_folder(const std::string& from, const std::string& to, const std::string& parent,
                 const Seed& seed) {
  auto mark = read_file(seed.mark());
  auto made = TemporaryFolder::make_in(parent, "tools-new-");
  if (!made.ok() || !copy_with_times(from, made->path() + "/kept")) return;
  if (!mark || read_file(seed.mark()) != mark) return;
  std::error_code failed;
  fs::rename(made->path() + "/kept", to, failed);
}

/// The folders of tools that are in the seed alone; `levels` down.
void copy_lacking(const std::string& from, const std::string& to, const std::string& parent,
                  const Seed& seed, int levels) {
  std::error_code failed;
  for (fs::directory_iterator at(from, failed), end; !failed && at != end; at.increment(failed)) {
    std::string kept = to + "/" + at->path().filename().string();
    std::error_code unknown;
    if (at->is_symlink(unknown) || !at->is_directory(unknown)) continue;
    if (!fs::exists(kept, unknown)) {
      copy_folder(at->path(), kept, parent, seed);
    } else if (levels > 0) {
      copy_lacking(at->path(), kept, parent, seed, levels - 1);
    }
  }
}

}  // namespace

/// Of this worktree alone: what tools keep of one tree is wrong for another one, and eight of them
/// at work in one folder break it.
std::string Gatekeeper::slots_tools() const {
  return fmt::format("{}/tools-{}", cache_dir_,
                     record::content_id(workspace_.path()).short_hex(12));
}

/// And of this run alone: tests of a change write there, and no other run is to believe them.
std::string Gatekeeper::own_tools() const {
  return fmt::format("{}-{}", slots_tools(), active_.run().id.str());
}

/// A tool started in two folders keeps two trees of files, that look alike to it.
std::string Gatekeeper::tools_of(const std::string& folder) const {
  return folder.empty()
             ? own_tools()
             : fmt::format("{}/in-{}", own_tools(), record::content_id(folder).short_hex(12));
}

/// Of runs from this base, by its name: whoever started from it trusts its code, and nobody else.
std::string Gatekeeper::seed() const {
  return fmt::format("{}/seed-{}", cache_dir_,
                     record::content_id(active_.run().base_name).short_hex(12));
}

void Gatekeeper::begin_from_seed() {
  if (tools_seeded_) return;
  tools_seeded_ = true;
  std::error_code failed;
  fs::create_directories(own_tools(), failed);
  copy_lacking(seed(), own_tools(), cache_dir_, {seed()}, 1);
}

void Gatekeeper::use_tools() {
  if (!tools_swept_) sweep_slot();
  tools_swept_ = true;
  if (!base_alone_ || workspace_.tree() == active_.run().base_tree) return;
  base_alone_ = false;
  leave_seed();
}

/// What runs before this one had in its worktree is gone; nobody else is in it.
void Gatekeeper::sweep_slot() const {
  const std::string own = own_tools(), slots = slots_tools();
  std::error_code failed;
  for (fs::directory_iterator at(cache_dir_, failed), end; !failed && at != end;
       at.increment(failed)) {
    std::string path = at->path().string();
    std::error_code lost;
    if (path.starts_with(slots) && path != own) fs::remove_all(path, lost);
  }
}

/// In the place of the one before: a copy of that was its beginning.
void Gatekeeper::leave_seed() const {
  std::error_code failed;
  if (!fs::exists(own_tools(), failed)) return;  // all was known of the base
  auto made = TemporaryFolder::make_in(cache_dir_, "tools-new-");
  if (!made.ok()) return;
  const Seed kept{made->path() + "/kept"};
  if (!copy_with_times(own_tools(), kept.folder)) return;
  if (!write_file(kept.mark(), active_.run().id.str()).ok()) return;
  fs::rename(seed(), made->path() + "/before", failed);
  fs::rename(kept.folder, seed(), failed);  // or another run was faster, whose copy is as good
}

void Gatekeeper::forget_caches() const {
  std::error_code ignored;
  fs::remove_all(seed(), ignored);
  fs::remove_all(own_tools(), ignored);
  fs::create_directories(own_tools(), ignored);
}

}  // namespace gf::line
