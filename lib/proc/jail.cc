// Paths beneath one folder, opened part by part from its descriptor: no link is ever followed, so
// none can be swapped in between a look and an open.
#include "proc/jail.h"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <cstring>

#include "base/text.h"
#include "proc/descriptors.h"

namespace gf::proc {
namespace {

constexpr size_t kMaxPath = 4096;

Error refused(std::string_view path, const std::string& why) {
  return Error{Fault::kUser,
               fmt::format("the path '{}' is refused: {}", printable(clipped(path, 200)), why),
               {},
               {}};
}

Error file_error(const std::string& doing, int code) {
  std::string hint =
      code == ENOSPC || code == EDQUOT ? "free some space and go on with 'git factory resume'" : "";
  // These are about the path that was asked for, not about the machine.
  bool about_path = code == ENAMETOOLONG || code == EACCES || code == ENXIO || code == EISDIR ||
                    code == ENOTDIR || code == ELOOP;
  std::string why =
      code == ENOSPC || code == EDQUOT ? "no space left on the disk" : std::strerror(code);
  return Error{
      about_path ? Fault::kUser : Fault::kEnvironment, fmt::format("{}: {}", doing, why), {}, hint};
}

/// Code points that HFS+ ignores in names (git's utf8.c has the same list): U+200C-200F,
/// U+202A-202E, U+206A-206F, U+FEFF.
std::string without_ignorables(std::string_view part) {
  std::string kept;
  for (size_t i = 0; i < part.size(); ++i) {
    auto at = [&](size_t k) {
      return i + k < part.size() ? static_cast<unsigned char>(part[i + k]) : 0u;
    };
    bool ignorable = false;
    if (at(0) == 0xe2 && at(1) == 0x80)
      ignorable = (at(2) >= 0x8c && at(2) <= 0x8f) || (at(2) >= 0xaa && at(2) <= 0xae);
    if (at(0) == 0xe2 && at(1) == 0x81) ignorable = at(2) >= 0xaa && at(2) <= 0xaf;
    if (at(0) == 0xef && at(1) == 0xbb && at(2) == 0xbf) ignorable = true;
    if (ignorable) {
      i += 2;
    } else {
      kept += part[i];
    }
  }
  return kept;
}

/// Would some file system take this for ".git"? Case, trailing dots and spaces, the NTFS short
/// name, NTFS streams, HFS ignorables.
bool is_git_dir(std::string_view part) {
  std::string name = lower(without_ignorables(part));
  name = name.substr(0, name.find(':'));
  while (!name.empty() && (name.back() == '.' || name.back() == ' ')) name.pop_back();
  return name == ".git" || name == "git~1";
}

struct Split {
  std::vector<std::string> folders;
  std::string name;
};

Result<Split> parts_of(std::string_view path) {
  GF_ASSIGN(auto normal, Jail::normalise(path));
  if (normal.empty()) return refused(path, "it is the root itself");
  Split split_path;
  split_path.folders = split(normal, '/');
  split_path.name = split_path.folders.back();
  split_path.folders.pop_back();
  return split_path;
}

/// Where a link leads that lies in `folder` ("" for the root) of the jail: as it is written, and
/// the path to use instead when that is in the jail. `here` is the folder's descriptor.
std::string link_text(int here, const std::string& name, const std::string& folder) {
  std::array<char, kMaxPath> buffer;
  ssize_t length = readlinkat(here, name.c_str(), buffer.data(), buffer.size());
  if (length < 0) return "a link";
  std::string_view target(buffer.data(), static_cast<size_t>(length));
  std::string text = fmt::format("a link to '{}'", printable(clipped(to_utf8(target), 200)));
  if (target.starts_with("/")) return text;
  std::vector<std::string> parts;
  if (!folder.empty()) parts = split(folder, '/');
  for (const std::string& part : split(target, '/')) {
    if (part.empty() || part == ".") continue;
    if (part != "..") {
      parts.push_back(part);
    } else if (parts.empty()) {
      return text;
    } else {
      parts.pop_back();
    }
  }
  auto inside = Jail::normalise(join(parts, "/"));
  if (inside.ok() && !inside->empty()) text += fmt::format("; use '{}'", printable(*inside));
  return text;
}

/// Why a part of a path is no folder: a link, or a file.
Error no_folder(int here, const std::string& name, const std::string& folder,
                std::string_view path) {
  struct stat info {};
  bool known = fstatat(here, name.c_str(), &info, AT_SYMLINK_NOFOLLOW) == 0;
  std::string place = folder.empty() ? name : folder + "/" + name;
  if (known && S_ISLNK(info.st_mode)) {
    return refused(path,
                   fmt::format("'{}' is {}", printable(place), link_text(here, name, folder)));
  }
  return refused(path, fmt::format("'{}' is a file", printable(place)));
}

/// Opens folder after folder below `root`, following no link; makes them when asked.
Result<std::optional<Descriptor>> walk(int root, const std::vector<std::string>& folders, bool make,
                                       std::string_view path) {
  Descriptor here(dup(root));
  if (!here.open()) return file_error("cannot open the worktree", errno);
  std::string place;  // of `here`
  for (const std::string& folder : folders) {
    constexpr int kFlags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
    int next = openat(here.get(), folder.c_str(), kFlags);
    if (next < 0 && errno == ENOENT && make) {
      if (mkdirat(here.get(), folder.c_str(), 0777) != 0 && errno != EEXIST) {
        return file_error(fmt::format("cannot make the folder '{}'", clipped(folder, 200)), errno);
      }
      next = openat(here.get(), folder.c_str(), kFlags);
    }
    if (next < 0 && errno == ENOENT) return std::optional<Descriptor>();
    if (next < 0 && (errno == ELOOP || errno == ENOTDIR))
      return no_folder(here.get(), folder, place, path);
    if (next < 0) return file_error(fmt::format("cannot open '{}'", clipped(folder, 200)), errno);
    here = Descriptor(next);
    place += (place.empty() ? "" : "/") + folder;
  }
  return std::optional<Descriptor>(std::move(here));
}

Result<void> write_all(int fd, std::string_view content) {
  while (!content.empty()) {
    ssize_t written = write(fd, content.data(), content.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return file_error("cannot write", errno);
    content.remove_prefix(static_cast<size_t>(written));
  }
  return Done{};
}

}  // namespace

Result<std::string> Jail::normalise(std::string_view path) {
  if (path.size() > kMaxPath) return refused(path, "it is too long");
  if (!is_utf8(path)) return refused(path, "it is not UTF-8");
  bool control = std::any_of(path.begin(), path.end(), [](char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
  });
  if (control) return refused(path, "it holds control characters");
  if (path.find('\\') != std::string_view::npos) return refused(path, "it holds a backslash");
  if (path.starts_with("/") || path.starts_with("~"))
    return refused(path, "it is not relative to the repository");
  std::vector<std::string> kept;
  for (std::string& part : split(path, '/')) {
    if (part.empty() || part == ".") continue;
    if (part == "..") return refused(path, "it leads out of the repository");
    if (is_git_dir(part)) return refused(path, "it is git's own folder");
    kept.push_back(std::move(part));
  }
  return join(kept, "/");
}

Result<Jail> Jail::open(const std::string& root) {
  Descriptor folder(::open(root.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!folder.open()) return file_error(fmt::format("cannot open '{}'", root), errno);
  return Jail(std::move(folder));
}

Result<std::optional<std::string>> Jail::read(std::string_view path, size_t max_bytes) const {
  GF_ASSIGN(auto where, parts_of(path));
  GF_ASSIGN(auto folder, walk(root_.get(), where.folders, false, path));
  if (!folder) return std::optional<std::string>();
  // O_NONBLOCK: opening a FIFO must not wait for a writer.
  Descriptor file(
      openat(folder->get(), where.name.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  if (!file.open() && errno == ENOENT) return std::optional<std::string>();
  if (!file.open() && errno == ELOOP) {
    return refused(path, "it is " + link_text(folder->get(), where.name, join(where.folders, "/")));
  }
  if (!file.open()) return file_error(fmt::format("cannot read '{}'", printable(path)), errno);
  struct stat info {};
  if (fstat(file.get(), &info) != 0) return file_error("cannot read", errno);
  if (!S_ISREG(info.st_mode))
    return refused(path, S_ISDIR(info.st_mode) ? "it is a folder" : "it is no regular file");
  if (static_cast<uint64_t>(info.st_size) > max_bytes) {
    return Error{
        Fault::kUser,
        fmt::format("'{}' has {} bytes; {} is the limit", printable(path), info.st_size, max_bytes),
        {},
        {}};
  }
  std::string content;
  std::array<char, 65536> buffer;
  while (content.size() <= max_bytes) {
    ssize_t got = ::read(file.get(), buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return file_error(fmt::format("cannot read '{}'", printable(path)), errno);
    if (got == 0) return std::optional<std::string>(std::move(content));
    content.append(buffer.data(), static_cast<size_t>(got));
  }
  return refused(path, "it grew while it was read");
}

Result<void> Jail::write(std::string_view path, std::string_view content) const {
  GF_ASSIGN(auto where, parts_of(path));
  GF_ASSIGN(auto folder, walk(root_.get(), where.folders, true, path));
  mode_t mode = 0666;
  struct stat info {};
  if (fstatat(folder->get(), where.name.c_str(), &info, AT_SYMLINK_NOFOLLOW) == 0) {
    if (S_ISLNK(info.st_mode)) {
      return refused(path,
                     "it is " + link_text(folder->get(), where.name, join(where.folders, "/")));
    }
    if (!S_ISREG(info.st_mode))
      return refused(path, S_ISDIR(info.st_mode) ? "it is a folder" : "it is no regular file");
    mode = (info.st_mode & S_IXUSR) != 0 ? 0777 : 0666;
  }
  // The counter: two threads may write the same file, and a killed process may have left one.
  static std::atomic<unsigned> counter{0};
  std::string temporary;
  Descriptor file;
  for (int attempt = 0; attempt < 100 && !file.open(); ++attempt) {
    temporary = fmt::format(".{}.{}.{}.factory", where.name.substr(0, 100), getpid(), counter++);
    file = Descriptor(openat(folder->get(), temporary.c_str(),
                             O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode));
    if (!file.open() && errno != EEXIST) break;
  }
  if (!file.open()) return file_error(fmt::format("cannot write '{}'", printable(path)), errno);
  Result<void> written = write_all(file.get(), content);
  // A network disk tells that it is full only here.
  if (int fd = file.release(); ::close(fd) != 0 && written.ok() && errno != EINTR)
    written = file_error("cannot write", errno);
  if (written.ok() &&
      renameat(folder->get(), temporary.c_str(), folder->get(), where.name.c_str()) != 0) {
    written = file_error(fmt::format("cannot write '{}'", printable(path)), errno);
  }
  if (!written.ok()) unlinkat(folder->get(), temporary.c_str(), 0);
  return written;
}

Result<bool> Jail::remove(std::string_view path) const {
  GF_ASSIGN(auto where, parts_of(path));
  GF_ASSIGN(auto folder, walk(root_.get(), where.folders, false, path));
  if (!folder) return false;
  if (unlinkat(folder->get(), where.name.c_str(), 0) == 0) return true;
  if (errno == ENOENT) return false;
  if (errno == EISDIR || errno == EPERM) return refused(path, "it is a folder");
  return file_error(fmt::format("cannot remove '{}'", printable(path)), errno);
}

Result<Jail::Kind> Jail::look(std::string_view path) const {
  GF_ASSIGN(auto normal, normalise(path));
  if (normal.empty()) return Kind::kFolder;
  GF_ASSIGN(auto where, parts_of(path));
  GF_ASSIGN(auto folder, walk(root_.get(), where.folders, false, path));
  if (!folder) return Kind::kNothing;
  struct stat info {};
  if (fstatat(folder->get(), where.name.c_str(), &info, AT_SYMLINK_NOFOLLOW) != 0) {
    if (errno == ENOENT) return Kind::kNothing;
    return file_error(fmt::format("cannot look at '{}'", printable(path)), errno);
  }
  if (S_ISLNK(info.st_mode)) {
    return refused(path, "it is " + link_text(folder->get(), where.name, join(where.folders, "/")));
  }
  if (S_ISDIR(info.st_mode)) return Kind::kFolder;
  if (S_ISREG(info.st_mode)) return Kind::kFile;
  return refused(path, "it is no regular file");
}

Result<std::vector<Jail::Entry>> Jail::list(std::string_view path, size_t limit, bool* more) const {
  GF_ASSIGN(auto normal, normalise(path));
  std::vector<std::string> folders =
      normal.empty() ? std::vector<std::string>{} : split(normal, '/');
  GF_ASSIGN(auto folder, walk(root_.get(), folders, false, path));
  if (!folder) return refused(path, "there is no such folder");
  // A descriptor of its own: reading a folder moves its position.
  int copy = openat(folder->get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  DIR* stream = copy < 0 ? nullptr : fdopendir(copy);
  if (stream == nullptr) return file_error("cannot list", errno);
  std::vector<Entry> entries;
  while (dirent* found = readdir(stream)) {
    std::string name = found->d_name;
    if (name == "." || name == ".." || is_git_dir(name)) continue;
    struct stat info {};
    if (fstatat(folder->get(), name.c_str(), &info, AT_SYMLINK_NOFOLLOW) != 0) continue;
    entries.push_back({name, S_ISDIR(info.st_mode), static_cast<uint64_t>(info.st_size)});
  }
  closedir(stream);
  std::sort(entries.begin(), entries.end(),
            [](const Entry& a, const Entry& b) { return a.name < b.name; });
  *more = entries.size() > limit;
  if (*more) entries.resize(limit);
  return entries;
}

}  // namespace gf::proc
