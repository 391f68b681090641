// Putting our hook in place, and taking it away.
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "base/text.h"
#include "hooks/inside.h"

namespace gf::hooks {
namespace {

namespace fs = std::filesystem;

Error os_error(const std::string& doing, const std::string& path) {
  return {Fault::kEnvironment,
          fmt::format("cannot {} '{}': {}", doing, printable(path), std::strerror(errno)),
          {},
          {}};
}

std::string quoted(const std::string& word) { return "'" + replace_all(word, "'", "'\\''") + "'"; }

std::string text_of(const Wish& wish, bool chained) {
  std::string path =
      wish.program_folder.empty() ? "" : "PATH=\"$PATH:\"" + quoted(wish.program_folder) + " ";
  std::string then =
      chained ? fmt::format("--then=\"${{0%/*}}/{}{}\" -- ", wish.name, kBefore) : "";
  return fmt::format(
      "#!/bin/sh\n{}; see git-factory-hooks(1).\n{}exec git factory hook {} {}\"$@\"\n", kMark,
      path, wish.name, then);
}

bool is_there(const std::string& path) {
  struct stat about {};
  return lstat(path.c_str(), &about) == 0;
}

/// A whole file beside its place; the caller moves it there.
Result<std::string> write_beside(const std::string& path, const std::string& text) {
  std::string fresh = fmt::format("{}.{}.new", path, getpid());
  (void)unlink(fresh.c_str());  // of a process of the same number, long gone
  int file = open(fresh.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0777);
  if (file < 0) return os_error("write", fresh);
  bool good = write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size()) &&
              fsync(file) == 0;
  Error error = os_error("write", fresh);
  close(file);
  if (good) return fresh;
  (void)unlink(fresh.c_str());
  return error;
}

/// Keeps what is at `path` under another name too, so that there is a hook at every moment.
Result<void> keep_beside(const std::string& path, const std::string& before) {
  if (is_there(before)) {
    return Error{Fault::kUser,
                 fmt::format("'{}' is there already", printable(before)),
                 {},
                 "remove it if it is of no use any more, then try again"};
  }
  if (linkat(AT_FDCWD, path.c_str(), AT_FDCWD, before.c_str(), 0) == 0) return Done{};
  // A file system without second names.
  if (rename(path.c_str(), before.c_str()) == 0) return Done{};
  return os_error("keep the hook that is there as", before);
}

Result<void> put(const Place& place, const Wish& wish, const std::string& path, bool other_there) {
  std::error_code failed;
  fs::create_directories(place.folder, failed);
  if (failed) {
    errno = failed.value();
    return os_error("make the folder", place.folder);
  }
  std::string before = place.folder + "/" + wish.name + kBefore;
  bool chained = other_there || is_there(before);
  GF_ASSIGN(auto fresh, write_beside(path, text_of(wish, chained)));
  if (other_there) {
    if (auto kept = keep_beside(path, before); !kept.ok()) {
      (void)unlink(fresh.c_str());
      return kept.error();
    }
  }
  if (rename(fresh.c_str(), path.c_str()) == 0) return Done{};
  Error error = os_error("put the hook at", path);
  (void)unlink(fresh.c_str());
  if (other_there) (void)rename(before.c_str(), path.c_str());
  return error;
}

Result<void> known(const std::string& name) {
  for (const std::string& one : all_names()) {
    if (one == name) return Done{};
  }
  return Error{Fault::kUsage,
               fmt::format("'{}' is no hook of ours", printable(clipped(name, 100))),
               {},
               "they are " + join(all_names(), ", ")};
}

}  // namespace

Result<Change> install(const Place& place, const Wish& wish) {
  GF_TRY(known(wish.name));
  if (place.off) {
    return Error{
        Fault::kConfiguration,
        fmt::format("hooks are switched off here: core.hooksPath is '{}'", printable(place.folder)),
        {},
        "see 'git config --show-origin core.hooksPath'"};
  }
  Change change;
  GF_ASSIGN(change.hook, look(place, wish.name));
  if (change.hook.state == State::kCalls) return change;
  bool ours = change.hook.state == State::kOurs ||
              (change.hook.state == State::kOff &&
               content_of(change.hook.path).find(kMark) != std::string::npos);
  bool theirs =
      !ours && (!change.hook.manager.empty() || place.tracked || (place.shared && !wish.shared));
  if (theirs) {
    change.advice = lines_for(place, change.hook);
    return change;
  }
  const std::string path = place.folder + "/" + wish.name;
  if (change.hook.state == State::kOurs &&
      content_of(path) == text_of(wish, !change.hook.chained.empty()))
    return change;
  struct stat about {};
  bool there = lstat(path.c_str(), &about) == 0;
  if (there && S_ISDIR(about.st_mode)) {
    return Error{
        Fault::kUser, fmt::format("'{}' is a folder", printable(path)), {}, "move it away"};
  }
  GF_TRY(put(place, wish, path, there && !ours));
  change.changed = true;
  GF_ASSIGN(change.hook, look(place, wish.name));
  return change;
}

Result<Change> uninstall(const Place& place, const std::string& name) {
  GF_TRY(known(name));
  Change change;
  GF_ASSIGN(change.hook, look(place, name));
  if (change.hook.state == State::kCalls) {
    change.advice = fmt::format(
        "'git factory hook {}' is called from {}, which is not ours; take "
        "the line out there\n",
        name, change.hook.path);
    return change;
  }
  const std::string path = place.folder + "/" + name;
  if (content_of(path).find(kMark) == std::string::npos) return change;
  const std::string before = path + kBefore;
  bool gone =
      is_there(before) ? rename(before.c_str(), path.c_str()) == 0 : unlink(path.c_str()) == 0;
  if (!gone) return os_error("remove", path);
  change.changed = true;
  GF_ASSIGN(change.hook, look(place, name));
  return change;
}

}  // namespace gf::hooks
