// What a run's process tells while it works: JSON lines, read as they come. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "session/event.h"

namespace gf::batch {

/// The event of one line as session::to_json() wrote it; nothing for any other line.
std::optional<session::Event> event_in(std::string_view line);

/// Puts lines together from the pieces that arrive.
class Stream {
 public:
  /// The events of the lines that are whole by now.
  std::vector<session::Event> take(std::string_view piece);

 private:
  std::string rest_;
};

/// What a program said last on its way out, without its "fatal: " and hints; empty: nothing.
std::string last_words(std::string_view err);

}  // namespace gf::batch
