// Gates tried outside of a run: a worktree of ours at one commit, in that tree's environments.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/settings.h"
#include "env/environment.h"
#include "gate/gate.h"
#include "gate/project.h"
#include "git/workspace.h"
#include "session/context.h"
#include "session/facts.h"
#include "session/tool_caches.h"

namespace gf::setup {

/// One worktree and what its gates are started in. The user's work tree, index and environment are
/// not touched; what is made lies below the cache folder and is used again.
class Trial {
 public:
  using Say = std::function<void(const std::string&)>;

  /// Takes a worktree at `commit`, for gates of what was `found` there; `run` names who has it, and
  /// `base` the commit that it may be a change of, which may be the same, or zero. The
  /// environment is found or made: of one project here, of several with the first gate that needs
  /// it. `say` is told what takes time; may be empty.
  static Result<Trial> open(session::Context& context, const Oid& commit, const Oid& base,
                            const Settings& settings, gate::Found found, const RunId& run,
                            const Say& say);
  /// One of the gates, with its tool's version. `changed`: for {files}. An Error also where its
  /// project's environment cannot be had.
  Result<record::GateOutcome> run(const gate::Gate& gate, const std::vector<std::string>& changed);
  Result<void> close() { return workspace_.release(); }

 private:
  Trial(session::Context& context, git::Workspace workspace, const Settings& settings,
        gate::Found found, std::string scratch, session::ToolCaches::Owner owner, Say say);
  Result<const env::Ready*> ready_for(const gate::Gate& gate);

  session::Context& context_;
  git::Workspace workspace_;
  Settings settings_;
  gate::Found found_;
  std::unique_ptr<session::GitFacts> facts_;
  std::map<std::string, env::Ready> ready_;  ///< by environment_folder()
  std::string scratch_;                      ///< folder of reports and tools' caches
  session::ToolCaches tools_;
  Say say_;
};

}  // namespace gf::setup
