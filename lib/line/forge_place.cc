#include "line/forge_place.h"

#include "session/context.h"

namespace gf::line {

forge::Place forge_place(session::Context& context, const Settings& settings,
                         const std::optional<std::string>& remote,
                         std::function<void(const std::string&)> say) {
  return {context.repo,
          context.git,
          remote,
          context.clock(),
          context.cancel(),
          settings,
          context.setup.environment,
          std::move(say)};
}

}  // namespace gf::line
