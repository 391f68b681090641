#include "proc/watcher.h"

#include <fmt/format.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <charconv>
#include <filesystem>
#include <vector>

#include "base/files.h"
#include "base/text.h"

namespace gf::proc {
namespace {

namespace fs = std::filesystem;
using Steady = std::chrono::steady_clock;

constexpr Milliseconds kOften{50}, kSeldom{250}, kEarly{3000};

uint64_t number_in(std::string_view text) {
  uint64_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

std::vector<int64_t> children_of(int64_t pid) {
  std::vector<int64_t> found;
  std::error_code failed;
  for (fs::directory_iterator at(fmt::format("/proc/{}/task", pid), failed), end;
       !failed && at != end; at.increment(failed)) {
    auto text = read_file(at->path().string() + "/children");
    if (!text) continue;
    for (const std::string& word : split(trim(*text), ' ')) {
      if (!word.empty()) found.push_back(static_cast<int64_t>(number_in(word)));
    }
  }
  return found;
}

std::vector<int64_t> all_below(int64_t pid, uint64_t most) {
  std::vector<int64_t> all = {pid};
  for (size_t at = 0; at < all.size() && all.size() <= most; ++at) {
    for (int64_t child : children_of(all[at])) all.push_back(child);
  }
  return all;
}

uint64_t resident(int64_t pid) {
  auto text = read_file(fmt::format("/proc/{}/statm", pid));
  if (!text) return 0;
  std::vector<std::string> fields = split(*text, ' ');
  return fields.size() < 2 ? 0
                           : number_in(fields[1]) * static_cast<uint64_t>(sysconf(_SC_PAGESIZE));
}

uint64_t free_at(const std::string& folder) {
  struct statvfs about {};
  if (folder.empty() || statvfs(folder.c_str(), &about) != 0) return 0;
  return static_cast<uint64_t>(about.f_bavail) * static_cast<uint64_t>(about.f_frsize);
}

}  // namespace

Taken taken_below(int64_t pid, uint64_t most) {
  Taken taken;
  for (int64_t one : all_below(pid, most)) {
    ++taken.processes;
    taken.memory_bytes += resident(one);
  }
  return taken;
}

uint64_t memory_shared_out(int64_t pid, uint64_t most) {
  constexpr std::string_view kLine = "\nPss:";
  uint64_t bytes = 0;
  for (int64_t one : all_below(pid, most)) {
    auto text = read_file(fmt::format("/proc/{}/smaps_rollup", one));
    size_t at = text ? text->find(kLine) : std::string::npos;
    bytes += at == std::string::npos
                 ? resident(one)
                 : 1024 * number_in(trim(std::string_view(*text).substr(at + kLine.size(), 32)));
  }
  return bytes;
}

Watcher::Watcher(const Limits& limits) : limits_(limits), began_(Steady::now()), next_(began_) {
  if (limits.free_bytes != 0) free_at_first_ = free_at(limits.written_at);
}

std::string Watcher::disk_filled() const {
  if (free_at_first_ == 0) return {};
  uint64_t left = free_at(limits_.written_at);
  if (left >= std::min(limits_.free_bytes, free_at_first_ / 2)) return {};
  return fmt::format("the disk was filled: {} MB are left", left >> 20);
}

std::string Watcher::look(int64_t pid) {
  bool counts = limits_.processes != 0 || limits_.memory_bytes != 0;
  Steady::time_point now = Steady::now();
  if ((!counts && free_at_first_ == 0) || now < next_) return {};
  next_ = now + (now - began_ < kEarly ? kOften : kSeldom);
  if (std::string full = disk_filled(); !full.empty() || !counts) return full;
  const uint64_t most = limits_.processes == 0 ? 100000 : limits_.processes;
  Taken taken = taken_below(pid, most);
  if (limits_.processes != 0 && taken.processes > limits_.processes)
    return fmt::format("more than {} processes", limits_.processes);
  if (limits_.memory_bytes == 0 || taken.memory_bytes <= limits_.memory_bytes) return {};
  if (memory_shared_out(pid, most) <= limits_.memory_bytes) return {};
  return fmt::format("more than {} MB of memory", limits_.memory_bytes >> 20);
}

}  // namespace gf::proc
