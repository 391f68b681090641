#include "env/kept_build.h"

#include <fmt/format.h>

#include <filesystem>

#include "base/files.h"
#include "base/text.h"
#include "env/build.h"
#include "record/exchange.h"

namespace gf::env {
namespace {

namespace fs = std::filesystem;

constexpr uint64_t kMostBytes = 512ull << 20;

std::string place_in(const std::string& overlay) { return overlay + "/built"; }
std::string list_in(const std::string& overlay) { return place_in(overlay) + "/list"; }

bool copy_as_it_is(const fs::path& from, const fs::path& to) {
  std::error_code failed;
  fs::create_directories(to.parent_path(), failed);
  fs::remove(to, failed);
  fs::copy(from, to, fs::copy_options::copy_symlinks, failed);
  if (failed) return false;
  if (!fs::is_symlink(from, failed))
    fs::last_write_time(to, fs::last_write_time(from, failed), failed);
  return !failed;
}

/// The commit that a worktree stands at; empty: it cannot be told.
std::string head_of(const std::string& folder) {
  for (fs::path at = folder; at.has_relative_path(); at = at.parent_path()) {
    auto link = read_file((at / ".git").string());
    constexpr std::string_view kLink = "gitdir: ";
    if (!link || !link->starts_with(kLink)) continue;
    return read_file(std::string(trim(std::string_view(*link).substr(kLink.size()))) + "/HEAD")
        .value_or("");
  }
  return {};
}

}  // namespace

std::string build_key(const std::vector<std::string>& folders) {
  std::string all;
  for (const std::string& folder : folders) {
    all += folder + "\n" + head_of(folder);
    for (const std::string& path : sources_of_build(folder))
      all += path + "\x1e" + record::content_id(read_file(path).value_or("")).hex() + "\n";
  }
  return record::content_id(all).hex();
}

std::set<std::string> files_in(const std::vector<std::string>& folders) {
  std::set<std::string> files;
  for (const std::string& folder : folders) {
    std::error_code failed;
    for (fs::recursive_directory_iterator at(folder, failed), end; !failed && at != end;
         at.increment(failed)) {
      std::string name = at->path().filename().string();
      std::error_code unread;
      bool link = at->is_symlink(unread);
      if (!link && at->is_directory(unread)) {
        if (name == ".git" || name == "__pycache__" || name == "node_modules")
          at.disable_recursion_pending();
        continue;
      }
      if (name != ".git") files.insert(at->path().string());
    }
  }
  return files;
}

void keep_build(const std::string& overlay, const std::string& key,
                const std::vector<std::string>& folders, const std::set<std::string>& before) {
  forget_build(overlay);
  std::string list;
  uint64_t bytes = 0;
  size_t number = 0;
  for (const std::string& path : files_in(folders)) {
    if (before.contains(path)) continue;
    std::error_code unread;
    if (!fs::is_symlink(path, unread)) bytes += fs::file_size(path, unread);
    std::string name = std::to_string(number++);
    bool kept = !unread && bytes <= kMostBytes && path.find('\n') == std::string::npos &&
                copy_as_it_is(path, place_in(overlay) + "/" + name);
    if (!kept) return forget_build(overlay);
    list += name + " " + path + "\n";
  }
  if (!write_file(list_in(overlay), key + "\n" + list).ok()) forget_build(overlay);
}

bool lay_back_build(const std::string& overlay, const std::string& key) {
  std::vector<std::string> list = lines(read_file(list_in(overlay)).value_or(""));
  if (list.empty() || list[0] != key) return false;
  for (size_t i = 1; i < list.size(); ++i) {
    size_t blank = list[i].find(' ');
    if (blank == std::string::npos) return false;
    if (!copy_as_it_is(place_in(overlay) + "/" + list[i].substr(0, blank),
                       list[i].substr(blank + 1)))
      return false;
  }
  return true;
}

void forget_build(const std::string& overlay) { remove_folder(place_in(overlay)); }

}  // namespace gf::env
