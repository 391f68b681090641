#include "base/kept_answer.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <filesystem>

#include "base/files.h"
#include "base/text.h"

namespace gf {
namespace {

namespace fs = std::filesystem;

constexpr const char* kForm = "1";           ///< of the file; another one is none
constexpr size_t kHead = 3;                  ///< fields before the files: form, question, answer
constexpr int64_t kTick = 10'000'000;        ///< nanoseconds
constexpr int64_t kSettled = 2'000'000'000;  ///< nanoseconds; FAT counts in steps of two seconds

int64_t nanoseconds(const timespec& time) {
  return static_cast<int64_t>(time.tv_sec) * 1'000'000'000 + time.tv_nsec;
}

/// How a file looks from outside.
struct Look {
  std::string text = "-";  ///< not there
  int64_t newest = 0;      ///< the later of its times, in nanoseconds
  bool folder = false;
};

std::string names_in(const std::string& folder) {
  std::vector<std::string> names;
  std::error_code failed;
  for (fs::directory_iterator at(folder, failed), end; !failed && at != end; at.increment(failed))
    names.push_back(at->path().filename().string());
  std::sort(names.begin(), names.end());
  return failed ? "?" : "/" + join(names, "/");
}

Look look_at(const std::string& path) {
  struct stat seen = {};
  if (::stat(path.c_str(), &seen) != 0) return {};
#ifdef __APPLE__
  int64_t modified = nanoseconds(seen.st_mtimespec), changed = nanoseconds(seen.st_ctimespec);
#else
  int64_t modified = nanoseconds(seen.st_mtim), changed = nanoseconds(seen.st_ctim);
#endif
  int64_t newest = std::max(modified, changed);
  if (S_ISDIR(seen.st_mode)) return {names_in(path), newest, true};
  return {fmt::format("{} {} {} {} {}", static_cast<uint64_t>(seen.st_dev),
                      static_cast<uint64_t>(seen.st_ino), static_cast<int64_t>(seen.st_size),
                      modified, changed),
          newest, false};
}

}  // namespace

std::optional<std::string> KeptAnswer::read() const {
  auto content = read_file(file_);
  if (!content) return std::nullopt;
  std::vector<std::string> fields = split(*content, '\0');
  bool whole = fields.size() >= kHead && fields.size() % 2 == 1 && fields[0] == kForm;
  if (!whole || fields[1] != question_) return std::nullopt;
  // The file system's own clock wrote both times.
  int64_t kept = look_at(file_).newest;
  for (size_t i = kHead; i + 1 < fields.size(); i += 2) {
    Look now = look_at(fields[i]);
    bool settled = now.folder || now.newest <= kept - kSettled;
    if (now.text != fields[i + 1] || !settled) return std::nullopt;
  }
  return std::move(fields[2]);
}

Result<void> KeptAnswer::keep(const std::string& answer, const std::vector<std::string>& from,
                              Timestamp asked) const {
  // A file system may take its time from a clock that ticks some hundred times a second.
  int64_t since =
      std::chrono::duration_cast<std::chrono::nanoseconds>(asked.time_since_epoch()).count() -
      kTick;
  std::vector<std::string> fields = {kForm, question_, answer};
  for (const std::string& path : from) {
    Look look = look_at(path);
    if (look.newest > since) return Done{};
    fields.push_back(path);
    fields.push_back(std::move(look.text));
  }
  return write_file(file_, join(fields, std::string_view("\0", 1)));
}

}  // namespace gf
