#include "git/left_lock.h"

namespace gf::git {

bool LeftLock::taken_away(std::chrono::steady_clock::time_point now) {
  std::error_code failed;
  auto made = std::filesystem::last_write_time(path_, failed);
  if (failed) {
    made_.reset();
    return false;
  }
  if (made_ != made) {
    made_ = made;
    since_ = now;
  }
  if (now - since_ < patience_) return false;
  made_.reset();
  return std::filesystem::remove(path_, failed);
}

}  // namespace gf::git
