// The lock of a ref that a killed program left.
#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>

#include "base/time.h"

namespace gf::git {

/// Git and libgit2 hold a ref's lock for an instant, and its file says nothing of who has it. One
/// file that lies there as long as `patience` was left by a program that is gone; git leaves it
/// there for ever, and nobody moves the ref again. For refs that the factory alone writes.
class LeftLock {
 public:
  LeftLock(std::string path, Milliseconds patience) : path_(std::move(path)), patience_(patience) {}
  /// To be asked each time the ref could not be moved for its lock. True: the same file was there
  /// at each time since `patience` ago, and is gone now; another try may succeed.
  bool taken_away(std::chrono::steady_clock::time_point now = std::chrono::steady_clock::now());

 private:
  std::string path_;
  Milliseconds patience_;
  std::optional<std::filesystem::file_time_type> made_;  ///< of the file that is watched
  std::chrono::steady_clock::time_point since_;
};

}  // namespace gf::git
