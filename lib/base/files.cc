#include "base/files.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <string_view>

#include "base/descriptor.h"
#include "base/text.h"

namespace gf {
namespace {

namespace fs = std::filesystem;

Error cannot(const char* doing, const std::string& path, const std::string& why) {
  return Error{Fault::kEnvironment,
               fmt::format("cannot {} '{}': {}", doing, printable(path), why),
               {},
               "free some space, or check who may write there"};
}

/// A named pipe does not hold us up: it is opened without waiting, and has nothing to read.
Descriptor opened(const std::string& path) {
  return Descriptor(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
}

/// Adds at most `most` bytes to `text`; false when they cannot be read, as those of a folder.
bool append(int file, size_t most, std::string& text) {
  std::array<char, 65536> part;
  while (text.size() < most) {
    ssize_t n = ::read(file, part.data(), std::min(part.size(), most - text.size()));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return false;
    if (n == 0) break;
    text.append(part.data(), static_cast<size_t>(n));
  }
  return true;
}

bool write_all(int file, std::string_view rest) {
  while (!rest.empty()) {
    ssize_t n = ::write(file, rest.data(), rest.size());
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return false;
    rest.remove_prefix(static_cast<size_t>(n));
  }
  return true;
}

}  // namespace

std::optional<std::string> read_file(const std::string& path) {
  Descriptor file = opened(path);
  std::string text;
  if (!file.open() || !append(file.get(), std::string::npos, text)) return std::nullopt;
  return text;
}

std::string beginning_of(const std::string& path, size_t most) {
  Descriptor file = opened(path);
  std::string text;
  if (!file.open() || !append(file.get(), most, text)) return {};
  return text;
}

Result<void> write_file(const std::string& path, const std::string& content) {
  // Another process, or a thread of this one, may write the same file at the same time.
  static std::atomic<unsigned> count{0};
  std::error_code failed;
  fs::path parent = fs::path(path).parent_path();
  if (!parent.empty()) fs::create_directories(parent, failed);
  std::string fresh = fmt::format("{}.{}.{}", path, getpid(), ++count);
  // One of that name was left by a process that is no more.
  ::unlink(fresh.c_str());
  Descriptor file(
      ::open(fresh.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666));
  if (!file.open()) return cannot("write", path, std::strerror(errno));
  bool whole = write_all(file.get(), content) && std::rename(fresh.c_str(), path.c_str()) == 0;
  if (whole) return Done{};
  Error error = cannot("write", path, std::strerror(errno));
  ::unlink(fresh.c_str());
  return error;
}

void remove_folder(const std::string& path) {
  std::error_code failed;
  fs::remove_all(path, failed);
  if (!failed) return;
  failed.clear();
  std::error_code ignored;
  fs::permissions(path, fs::perms::owner_all, fs::perm_options::add, ignored);
  for (fs::recursive_directory_iterator at(path, failed), end; !failed && at != end;
       at.increment(failed)) {
    if (at->is_directory(ignored) && !at->is_symlink(ignored))
      fs::permissions(at->path(), fs::perms::owner_all, fs::perm_options::add, ignored);
  }
  fs::remove_all(path, failed);
}

Result<TemporaryFolder> TemporaryFolder::make(const std::string& name) {
  std::error_code failed;
  fs::path parent = fs::temp_directory_path(failed);
  auto made = failed ? Result<TemporaryFolder>(cannot("use", "TMPDIR", failed.message()))
                     : make_in(parent.string(), name);
  if (made.ok()) return made;
  return Error{Fault::kEnvironment, "cannot make a temporary folder", made.error().message,
               "set TMPDIR to a folder that can be written"};
}

Result<TemporaryFolder> TemporaryFolder::make_in(const std::string& parent,
                                                 const std::string& name) {
  std::error_code failed;
  fs::create_directories(parent, failed);
  std::string path = fmt::format("{}/{}XXXXXX", parent, name);
  if (mkdtemp(path.data()) == nullptr) return cannot("write to", parent, std::strerror(errno));
  return TemporaryFolder(path);
}

TemporaryFolder& TemporaryFolder::operator=(TemporaryFolder&& other) noexcept {
  std::swap(path_, other.path_);
  return *this;
}

TemporaryFolder::~TemporaryFolder() {
  if (!path_.empty()) remove_folder(path_);
}

}  // namespace gf
