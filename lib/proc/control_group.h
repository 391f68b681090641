// A group of processes that the kernel counts, where we may make one. For this room's .cc files.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "base/descriptor.h"
#include "proc/process.h"
#include "proc/restraint.h"

namespace gf::proc {

/// Below the group that this process is in (cgroup v2, else v1's pids and memory). Gone with the
/// object, as far as it is empty by then.
class ControlGroup {
 public:
  /// For Limits::processes and memory_bytes. Nothing where there are no such limits, or no such
  /// group may be made: most containers, and users without a delegated group.
  static std::optional<ControlGroup> make(const Limits& limits);
  /// The same, kept until this process ends: to make and remove one takes tens of milliseconds. Two
  /// programs at once share its limits. What processes that were killed have left is removed.
  static std::shared_ptr<ControlGroup> shared(const Limits& limits);
  /// May one be made here? Asked once a process.
  static bool works();

  ControlGroup(ControlGroup&&) noexcept = default;
  ControlGroup& operator=(ControlGroup&&) = delete;
  ~ControlGroup();

  /// Whoever is started so is in the group from before its first instruction.
  void admit(Restraint& restraint) const;
  /// Says in `outcome` which limit was met.
  void tell(Outcome& outcome);

 private:
  ControlGroup() = default;
  struct Part {
    std::string folder;
    Descriptor members;
  };
  static std::optional<Part> part_in(const std::string& folder, const std::string& file,
                                     const std::string& value);

  std::optional<Part> processes_, memory_;
  std::string last_events_;  ///< what the kernel had counted when it was last looked at
};

}  // namespace gf::proc
