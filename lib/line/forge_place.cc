// A run brings the settings that it has; who asks without a run gets those of the repository.
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

namespace {

/// A tracked file may say which forge it is; one that nobody trusts, or a repository without a
/// base, keeps nobody from asking.
Result<session::Config> settings_here(const session::Context& context) {
  const Settings& own = context.setup.overrides;
  GF_ASSIGN(auto plain, session::Config::load(context.repo, context.git, Oid(), own, true));
  auto base = session::find_base(context, plain.settings(), std::nullopt);
  if (!base.ok()) return plain;
  auto whole = session::Config::load(context.repo, context.git, base->tree, own);
  return whole.ok() ? std::move(whole) : Result<session::Config>(std::move(plain));
}

}  // namespace

Result<ForgeHere> forge_here(session::Context& context,
                             std::function<void(const std::string&)> say) {
  GF_ASSIGN(auto config, settings_here(context));
  GF_ASSIGN(auto remote, session::find_remote(context, config, ""));
  GF_ASSIGN(auto chosen,
            forge::choose_forge(forge_place(context, config.settings(), remote, std::move(say))));
  return ForgeHere{std::move(config), std::move(remote), std::move(chosen.forge)};
}

}  // namespace gf::line
