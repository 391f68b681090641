// One process at a time where something is made that others wait for.
#pragma once

#include <optional>
#include <string>

#include "base/cancel.h"
#include "base/descriptor.h"
#include "base/result.h"

namespace gf::env {

/// A lock file that is held as long as the object lives; the kernel drops it when the holder dies,
/// however it dies. The file stays.
class Held {
 public:
  /// Waits for whoever has it, until the user says stop. Makes the folders above `path`.
  static Result<Held> wait_for(const std::string& path, const Cancel& cancel);
  /// Nothing when somebody has it.
  static Result<std::optional<Held>> try_take(const std::string& path);

 private:
  explicit Held(Descriptor lock) : lock_(std::move(lock)) {}
  Descriptor lock_;
};

}  // namespace gf::env
