// A repository that is thrown away: what is made in it is seen by nobody else.
#pragma once

#include <memory>
#include <string>

#include "base/files.h"
#include "session/context.h"

namespace gf::session {

/// A bare repository below the cache folder that reads the objects of another one and writes its
/// own. No remote, no hooks, nobody's identity: nothing in it can reach the network or the user.
/// Gone with this object; what a killed process left is gone with the next one.
class Scratch {
 public:
  /// `around` is the repository whose objects are read.
  static Result<Scratch> make(const Context& around);
  Scratch(Scratch&&) noexcept = default;
  Scratch& operator=(Scratch&&) = delete;

  [[nodiscard]] const std::string& folder() const { return folder_.path(); }
  [[nodiscard]] Context& context() { return *context_; }

 private:
  Scratch() = default;
  TemporaryFolder folder_;
  std::unique_ptr<Context> context_;  ///< below the folder, and gone before it
};

}  // namespace gf::session
