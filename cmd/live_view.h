// What a person sees while a run goes on.
#pragma once

#include <memory>

#include "command.h"
#include "session/event.h"

namespace gf::cmd {

/// Shows events: drawn and redrawn on a terminal, one line an event elsewhere, JSON lines on
/// standard output with --json, nothing with --quiet. Stops drawing when destroyed.
class View {
 public:
  virtual ~View() = default;
  virtual void on(const session::Event& event) = 0;
  /// What is shown stays; what comes is shown below whatever is written now.
  virtual void leave() {}
};
std::unique_ptr<View> make_view(const Console& console);

/// `base`'s sink and the view, as one.
session::Sink sink_for(const Console& console, View& view);

}  // namespace gf::cmd
