// The processes that the runs of a batch go on in, each with a thread that waits for it.
#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "base/result.h"
#include "base/time.h"
#include "batch/command.h"
#include "proc/process.h"
#include "session/context.h"
#include "session/event.h"

namespace gf::batch {

/// What a run's process told, or how it ended.
struct Notice {
  size_t index = 0;
  std::optional<session::Event> event;
  std::optional<Result<proc::Outcome>> ended;
};

/// At most one process for each request, by its place in the list. Used by one thread. Processes
/// end with this object, and with this process, however that dies.
class Workers {
 public:
  /// `program` is git-factory itself; it works where `context` was opened, which outlives this.
  Workers(const session::Context& context, std::string program);
  /// Asks all to end, and waits until they have.
  ~Workers();
  Workers(const Workers&) = delete;
  Workers& operator=(const Workers&) = delete;

  /// Starts the process of `index`, which has none. What hinders that is how it ended.
  void begin(size_t index, Command command);
  /// The oldest notice that was not given yet; nothing when there is none within `most`. An end is
  /// the last one of its process, which is gone.
  std::optional<Notice> next(Milliseconds most);

  /// Its gates end, where it was is written down, and then its end is told. May be asked again.
  void ask_to_end(size_t index);
  void ask_all_to_end();
  [[nodiscard]] bool any() const { return !going_on_.empty(); }

 private:
  class Notices;
  struct Worker;
  const session::Context& context_;
  const std::string program_;
  std::unique_ptr<Notices> notices_;  ///< first: threads write to it
  std::map<size_t, std::unique_ptr<Worker>> going_on_;
};

}  // namespace gf::batch
