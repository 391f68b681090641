// Where pull requests live.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/ids.h"
#include "base/result.h"
#include "git/git_program.h"
#include "git/repo.h"
#include "record/json.h"

namespace gf::forge {

struct PullRequest {
  int number = 0;   ///< 0: not opened yet
  std::string url;  ///< or "#3" on the local forge
  std::string title, body;
  std::string head_branch;  ///< "factory/health"
  std::string base_branch;  ///< "main"
  Oid head, base;
  bool draft = false;
  std::string state = "open";  ///< open, closed, merged
  std::string author;
  Timestamp opened{};
  RunId run;
  std::string request_pull;  ///< what `git request-pull` wrote, for mail; empty when it could not
  std::vector<std::string> comments;
  /// Why the server does not have it although it is opened here; not stored.
  std::string unsent;
};

/// One forge for one repository. Opening the same run's request twice gives the first one back.
class Forge {
 public:
  virtual ~Forge() = default;
  [[nodiscard]] virtual std::string name() const = 0;
  /// Could it open one now? Empty when it could, else why not.
  virtual std::optional<std::string> problem() = 0;
  /// Sends the branch ("refs/heads/factory/x") and opens its request in one step, where the forge
  /// can: no branch without its request, and one trip. For a run that has opened none: nobody looks
  /// for one. Empty: nothing was sent, by a refusal or because this forge takes requests in another
  /// way; the branch is then pushed by itself, and open() comes after it.
  virtual Result<std::optional<PullRequest>> open_with_branch(const PullRequest& wanted,
                                                              const std::string& branch) = 0;
  /// The branch is on the remote already.
  virtual Result<PullRequest> open(const PullRequest& wanted) = 0;
  /// Ends a request that is not wanted. One that is closed stays as it is.
  virtual Result<PullRequest> close(const PullRequest& on) = 0;
  /// Adds a comment (REVIEW's reasons).
  virtual Result<void> comment(const PullRequest& on, const std::string& text) = 0;
  virtual Result<std::vector<PullRequest>> list() = 0;
};

/// The forge without a server: pull requests as JSON in the tree of refs/factory/pulls, pushed to
/// `remote` unforced (joined and tried again when somebody else was faster). Without a remote it
/// stays in this repository. A server that takes no refs of this kind leaves the request here, with
/// `unsent` saying why. Numbers count from 1.
std::unique_ptr<Forge> local_forge(git::Repo& repo, const git::Program& git,
                                   std::optional<std::string> remote, const Clock& clock);

/// The forge that factory.forge names: local now; github, gitlab, gitea join here.
Result<std::unique_ptr<Forge>> make_forge(const std::string& kind, git::Repo& repo,
                                          const git::Program& git,
                                          std::optional<std::string> remote, const Clock& clock);

record::Json to_json(const PullRequest& request);
Result<PullRequest> pull_request_from_json(const record::Json& json);

}  // namespace gf::forge
