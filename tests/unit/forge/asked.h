// The forge at one of the servers of counterpart.h.
#pragma once

#include <memory>

#include "support/assertions.h"
#include "unit/forge/counterpart.h"
#include "unit/forge/place.h"

namespace gf::forge {

/// Asked from `here`; `more` comes behind what makes it the chosen one. Null, and a failed test,
/// where none can be had.
inline std::unique_ptr<Forge> forge_at(Counterpart& server, TestPlace& here,
                                       const Settings& more = {}) {
  Settings settings = server.settings();
  settings.add(more);
  auto chosen =
      choose_forge(here.place(settings, {{server.variable(), "fake-token-of-the-tests"}}));
  EXPECT_DONE(chosen);
  return chosen.ok() ? std::move(chosen->forge) : nullptr;
}

}  // namespace gf::forge
