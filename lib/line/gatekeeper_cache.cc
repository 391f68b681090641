// What tools keep between runs: a folder for each worktree, and a seed for those to come.
#include <fmt/format.h>

#include <filesystem>

#include "base/files.h"
#include "git/workspace.h"
#include "line/gatekeeper.h"

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

/// Whole or not at all: others copy from it at any time.
void copy_folder(const std::string& from, const std::string& to, const std::string& parent) {
  auto made = TemporaryFolder::make_in(parent, "tools-new-");
  if (!made.ok() || !copy_with_times(from, made->path() + "/kept")) return;
  std::error_code lost;  // to another run, whose copy is as good
  fs::rename(made->path() + "/kept", to, lost);
}

/// The folders of tools that are in `from` alone.
void copy_lacking(const std::string& from, const std::string& to, const std::string& parent) {
  std::error_code failed;
  for (fs::directory_iterator at(from, failed), end; !failed && at != end; at.increment(failed)) {
    std::string kept = to + "/" + at->path().filename().string();
    if (at->is_directory(failed) && !fs::exists(kept, failed))
      copy_folder(at->path(), kept, parent);
  }
}

}  // namespace

/// This worktree's own: what tools keep of one tree is wrong for another one, and eight of them at
/// work in one folder break it.
std::string Gatekeeper::own_tools() const {
  return fmt::format("{}/tools-{}", cache_dir_,
                     record::content_id(workspace_.path()).short_hex(12));
}

/// A tool started in two folders keeps two trees of files, that look alike to it.
std::string Gatekeeper::tools_of(const std::string& folder) const {
  return folder.empty()
             ? own_tools()
             : fmt::format("{}/in-{}", own_tools(), record::content_id(folder).short_hex(12));
}

std::string Gatekeeper::seed() const { return cache_dir_ + "/tools"; }

void Gatekeeper::begin_from_seed() const {
  std::error_code failed;
  fs::create_directories(own_tools(), failed);
  copy_lacking(seed(), own_tools(), cache_dir_);
}

void Gatekeeper::leave_seed() const {
  std::error_code failed;
  fs::create_directories(seed(), failed);
  copy_lacking(own_tools(), seed(), cache_dir_);
}

void Gatekeeper::forget_caches() const {
  std::error_code ignored;
  fs::remove_all(seed(), ignored);
  fs::remove_all(own_tools(), ignored);
  fs::create_directories(own_tools(), ignored);
}

}  // namespace gf::line
