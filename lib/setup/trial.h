// Gates tried outside of a run: a worktree of ours at one commit, in that tree's environment.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/settings.h"
#include "env/environment.h"
#include "gate/gate.h"
#include "git/workspace.h"
#include "session/context.h"

namespace gf::setup {

/// One worktree and what its gates are started in. The user's work tree, index and environment are
/// not touched; what is made lies below the cache folder and is used again.
class Trial {
 public:
  /// Takes a worktree at `commit` and finds or makes the environment; `run` names who has it. Makes
  /// `gates` start in that environment. `say` is told what takes time; may be empty.
  static Result<Trial> open(session::Context& context, const Oid& commit, const Settings& settings,
                            std::vector<gate::Gate>& gates, const RunId& run,
                            const std::function<void(const std::string&)>& say);
  /// One of the gates, with its tool's version. `changed`: for {files}.
  Result<record::GateOutcome> run(const gate::Gate& gate, const std::vector<std::string>& changed);
  Result<void> close() { return workspace_.release(); }

 private:
  Trial(session::Context& context, git::Workspace workspace, env::Ready ready, Oid tree,
        std::string scratch);

  session::Context& context_;
  git::Workspace workspace_;
  env::Ready ready_;
  Oid tree_;
  std::string scratch_;  ///< folder of reports and tools' caches
};

}  // namespace gf::setup
