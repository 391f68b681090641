#include "base/folder_copy.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <filesystem>
#include <map>
#include <utility>
#include <vector>

#include "base/descriptor.h"

namespace gf {
namespace {

namespace fs = std::filesystem;

/// By reading and writing, where the kernel does not do it for us.
bool copy_bytes_by_hand(int from, int to) {
  std::array<char, 65536> part;
  while (true) {
    ssize_t n = ::read(from, part.data(), part.size());
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return n == 0;
    for (ssize_t done = 0; done < n;) {
      ssize_t written = ::write(to, part.data() + done, static_cast<size_t>(n - done));
      if (written < 0 && errno == EINTR) continue;
      if (written <= 0) return false;
      done += written;
    }
  }
}

/// Both stand at their beginning. The kernel shares the blocks where it can.
bool copy_bytes(int from, int to) {
#ifdef __linux__
  constexpr size_t kAtOnce = size_t{1} << 30;
  while (true) {
    ssize_t n = ::copy_file_range(from, nullptr, to, nullptr, kAtOnce, 0);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) break;   // from where it stopped
    if (n == 0) break;  // the end, or a file system that knows no better
  }
#endif
  return copy_bytes_by_hand(from, to);
}

class Copy {
 public:
  bool folder(const fs::path& from, const fs::path& to) {
    std::error_code failed;
    if (!entry(from, to)) return false;
    for (fs::recursive_directory_iterator at(from, failed), end; !failed && at != end;
         at.increment(failed)) {
      if (!entry(at->path(), to / at->path().lexically_relative(from))) return false;
    }
    return !failed && finish_folders();
  }

 private:
  bool entry(const fs::path& from, const fs::path& to) {
    struct stat info {};
    if (::lstat(from.c_str(), &info) != 0) return false;
    if (S_ISDIR(info.st_mode)) {
      folders_.emplace_back(to.string(), info);
      return ::mkdir(to.c_str(), S_IRWXU) == 0;
    }
    if (S_ISLNK(info.st_mode)) {
      std::error_code failed;
      fs::copy_symlink(from, to, failed);
      return !failed;
    }
    return !S_ISREG(info.st_mode) || file(from, to, info);
  }

  bool file(const fs::path& from, const fs::path& to, const struct stat& info) {
    if (info.st_nlink > 1) {
      auto [other, first] = names_.emplace(std::pair(info.st_dev, info.st_ino), to.string());
      if (!first) return ::link(other->second.c_str(), to.c_str()) == 0;
    }
    Descriptor in(::open(from.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC));
    Descriptor out(::open(to.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
    const std::array<timespec, 2> times = {info.st_atim, info.st_mtim};
    return in.open() && out.open() && copy_bytes(in.get(), out.get()) &&
           ::fchmod(out.get(), info.st_mode & 0777) == 0 &&
           ::futimens(out.get(), times.data()) == 0;
  }

  /// Last, for what is made in a folder changes its time; the innermost first, for one that nobody
  /// may search hides those below.
  bool finish_folders() {
    for (auto one = folders_.rbegin(); one != folders_.rend(); ++one) {
      const std::array<timespec, 2> times = {one->second.st_atim, one->second.st_mtim};
      if (::utimensat(AT_FDCWD, one->first.c_str(), times.data(), AT_SYMLINK_NOFOLLOW) != 0 ||
          ::chmod(one->first.c_str(), one->second.st_mode & 0777) != 0)
        return false;
    }
    return true;
  }

  std::vector<std::pair<std::string, struct stat>> folders_;
  std::map<std::pair<dev_t, ino_t>, std::string> names_;  ///< of files that have several
};

}  // namespace

bool copy_folder(const std::string& from, const std::string& to) { return Copy().folder(from, to); }

uint64_t size_of_folder(const std::string& folder, uint64_t most) {
  uint64_t size = 0;
  std::error_code failed;
  for (fs::recursive_directory_iterator at(folder, failed), end;
       !failed && at != end && size <= most; at.increment(failed)) {
    std::error_code unknown;
    if (at->is_symlink(unknown) || !at->is_regular_file(unknown)) continue;
    uint64_t bytes = at->file_size(unknown);
    if (!unknown) size += bytes;
  }
  return size;
}

}  // namespace gf
