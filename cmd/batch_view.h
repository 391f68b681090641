// What a person sees while a batch goes on.
#pragma once

#include <memory>

#include "batch/runner.h"
#include "command.h"

namespace gf::cmd {

/// A line a run that is redrawn on a terminal; elsewhere a line for each thing worth one, with the
/// run's slug before it; nothing with --quiet. Stops drawing when destroyed.
class BatchView {
 public:
  virtual ~BatchView() = default;
  /// Must not be called once this is gone.
  virtual batch::Listener listener() = 0;
};
std::unique_ptr<BatchView> make_batch_view(const Console& console);

}  // namespace gf::cmd
