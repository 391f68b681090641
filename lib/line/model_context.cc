// The one place where a session meets the providers.
#include "line/model_context.h"

#include "session/context.h"

namespace gf::line {

model::Context model_context(const session::Context& context, const session::Config& config) {
  model::Context made;
  made.settings = config.settings();
  made.workdir = context.repo.workdir().value_or(context.repo.git_dir());
  made.environment = context.setup.environment;
  made.data_dir = context.setup.data_dir;
  made.clock = context.setup.clock;
  return made;
}

}  // namespace gf::line
