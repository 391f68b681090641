// Every step is an openat() that refuses links; nothing is reached by a path of several parts.
#include "git/disk.h"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <cstring>
#include <vector>

#include "base/text.h"

namespace gf::git {
namespace {

constexpr int kFolder = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;

Error failed(const char* doing, const std::string& path) {
  int code = errno;
  const char* hint = code == ENOSPC || code == EDQUOT ? "free some space and try again" : "";
  return Error{Fault::kEnvironment,
               fmt::format("cannot {} '{}': {}", doing, printable(path), std::strerror(code)),
               {},
               hint};
}

std::string leaf_of(const std::string& path) { return path.substr(path.rfind('/') + 1); }

/// Unlinks, also in a folder that a test has made read-only.
bool unlink_in(int folder, const std::string& name, int flags) {
  if (unlinkat(folder, name.c_str(), flags) == 0 || errno == ENOENT) return true;
  if (errno != EACCES) return false;
  return fchmod(folder, 0700) == 0 && unlinkat(folder, name.c_str(), flags) == 0;
}

std::vector<std::string> names_in(int folder) {
  std::vector<std::string> names;
  DIR* listing = fdopendir(dup(folder));
  if (listing == nullptr) return names;
  while (const dirent* entry = readdir(listing)) {
    std::string name = entry->d_name;
    if (name != "." && name != "..") names.push_back(std::move(name));
  }
  closedir(listing);
  return names;
}

bool remove_all(int folder, const std::string& name) {
  struct stat info {};
  if (fstatat(folder, name.c_str(), &info, AT_SYMLINK_NOFOLLOW) != 0) return errno == ENOENT;
  if (!S_ISDIR(info.st_mode)) return unlink_in(folder, name, 0);
  // Not through a link: it was a folder a moment ago, and openat() below checks again.
  if ((info.st_mode & 0700) != 0700) fchmodat(folder, name.c_str(), 0700, 0);
  Descriptor below(openat(folder, name.c_str(), kFolder));
  if (!below.open()) return false;
  for (const std::string& inner : names_in(below.get())) {
    if (!remove_all(below.get(), inner)) return false;
  }
  return unlink_in(folder, name, AT_REMOVEDIR);
}

bool write_all(int file, const std::string& content) {
  size_t done = 0;
  while (done < content.size()) {
    ssize_t n = ::write(file, content.data() + done, content.size() - done);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return false;
    done += static_cast<size_t>(n);
  }
  return true;
}

}  // namespace

Result<Descriptor> Disk::parent(const std::string& path, Missing missing) const {
  Descriptor folder(::open(root_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!folder.open()) return failed("open", root_);
  std::vector<std::string> parts = split(path, '/');
  for (size_t i = 0; i < parts.size(); ++i) {
    if (parts[i].empty() || parts[i] == "." || parts[i] == "..") {
      return Error{
          Fault::kInternal, fmt::format("'{}' is no path of a file", printable(path)), {}, {}};
    }
    if (i + 1 == parts.size()) break;
    Descriptor next(openat(folder.get(), parts[i].c_str(), kFolder));
    if (!next.open() && missing == Missing::kLeave) {
      if (errno == ENOENT || errno == ENOTDIR || errno == ELOOP) return Descriptor();
      return failed("open", path);
    }
    if (!next.open()) {
      if (errno != ENOENT && !remove_all(folder.get(), parts[i])) return failed("replace", path);
      if (mkdirat(folder.get(), parts[i].c_str(), 0777) != 0)
        return failed("make the folder of", path);
      next = Descriptor(openat(folder.get(), parts[i].c_str(), kFolder));
      if (!next.open()) return failed("open the folder of", path);
    }
    folder = std::move(next);
  }
  return folder;
}

Result<std::optional<Disk::Found>> Disk::look(const std::string& path) const {
  GF_ASSIGN(Descriptor folder, parent(path, Missing::kLeave));
  struct stat info {};
  if (!folder.open()) return std::optional<Found>();
  if (fstatat(folder.get(), leaf_of(path).c_str(), &info, AT_SYMLINK_NOFOLLOW) != 0) {
    if (errno == ENOENT) return std::optional<Found>();
    return failed("look at", path);
  }
  Found found{EntryKind::kBlob, static_cast<size_t>(info.st_size)};
  if (S_ISLNK(info.st_mode)) {
    found.kind = EntryKind::kSymlink;
  } else if (S_ISDIR(info.st_mode)) {
    found.kind = EntryKind::kTree;
  } else if (!S_ISREG(info.st_mode)) {
    return std::optional<Found>();
  } else if ((info.st_mode & S_IXUSR) != 0) {
    found.kind = EntryKind::kExecutable;
  }
  return std::optional<Found>(found);
}

bool Disk::may_read(const std::string& path) const {
  auto found = look(path);
  if (!found.ok()) return false;
  if (!*found || (*found)->kind == EntryKind::kTree || (*found)->kind == EntryKind::kSymlink)
    return true;
  auto folder = parent(path, Missing::kLeave);
  return folder.ok() && faccessat(folder->get(), leaf_of(path).c_str(), R_OK, AT_EACCESS) == 0;
}

Result<std::string> Disk::read(const std::string& path) const {
  GF_ASSIGN(Descriptor folder, parent(path, Missing::kLeave));
  std::string name = leaf_of(path);
  std::string content(PATH_MAX, '\0');
  ssize_t length = readlinkat(folder.get(), name.c_str(), content.data(), content.size());
  if (length >= 0) return content.substr(0, static_cast<size_t>(length));
  // Non-blocking: a named pipe in the file's place must not hold us up.
  Descriptor file(
      openat(folder.get(), name.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  struct stat info {};
  if (!file.open() || fstat(file.get(), &info) != 0) return failed("read", path);
  if (!S_ISREG(info.st_mode)) {
    return Error{Fault::kEnvironment, fmt::format("'{}' is no file", printable(path)), {}, {}};
  }
  content.clear();
  char part[65536];
  while (true) {
    ssize_t n = ::read(file.get(), part, sizeof part);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return failed("read", path);
    if (n == 0) return content;
    content.append(part, static_cast<size_t>(n));
  }
}

Result<void> Disk::make_room(const std::string& path) const {
  GF_ASSIGN(Descriptor folder, parent(path, Missing::kMake));
  if (!remove_all(folder.get(), leaf_of(path))) return failed("replace", path);
  return Done{};
}

Result<void> Disk::write(const std::string& path, EntryKind kind,
                         const std::string& content) const {
  GF_TRY(make_room(path));
  GF_ASSIGN(Descriptor folder, parent(path, Missing::kMake));
  std::string name = leaf_of(path);
  if (kind == EntryKind::kSymlink) {
    if (symlinkat(content.c_str(), folder.get(), name.c_str()) != 0) return failed("link", path);
    return Done{};
  }
  mode_t mode = kind == EntryKind::kExecutable ? 0777 : 0666;
  Descriptor file(openat(folder.get(), name.c_str(),
                         O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode));
  if (!file.open() || !write_all(file.get(), content)) return failed("write", path);
  return Done{};
}

Result<void> Disk::set_time(const std::string& path, int64_t seconds) const {
  GF_ASSIGN(Descriptor folder, parent(path, Missing::kLeave));
  if (!folder.open()) return Done{};
  timespec times[2] = {{0, UTIME_OMIT}, {static_cast<time_t>(seconds), 0}};
  if (utimensat(folder.get(), leaf_of(path).c_str(), times, AT_SYMLINK_NOFOLLOW) != 0 &&
      errno != ENOENT && errno != EPERM)
    return failed("set the time of", path);
  return Done{};
}

Result<void> Disk::make_folder(const std::string& path) const {
  GF_ASSIGN(auto found, look(path));
  if (found && found->kind == EntryKind::kTree) return Done{};
  GF_TRY(make_room(path));
  GF_ASSIGN(Descriptor folder, parent(path, Missing::kMake));
  if (mkdirat(folder.get(), leaf_of(path).c_str(), 0777) != 0)
    return failed("make the folder", path);
  return Done{};
}

Result<void> Disk::remove(const std::string& path) const {
  std::string rest = path;
  GF_ASSIGN(Descriptor folder, parent(rest, Missing::kLeave));
  if (folder.open() && !remove_all(folder.get(), leaf_of(rest))) return failed("remove", path);
  // Upwards, until a folder is not empty.
  for (size_t cut = rest.rfind('/'); cut != std::string::npos; cut = rest.rfind('/')) {
    rest.resize(cut);
    GF_ASSIGN(Descriptor above, parent(rest, Missing::kLeave));
    if (above.open() && unlinkat(above.get(), leaf_of(rest).c_str(), AT_REMOVEDIR) != 0) {
      if (errno == ENOTEMPTY || errno == EEXIST) break;
    }
  }
  return Done{};
}

}  // namespace gf::git
