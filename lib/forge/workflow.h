// A workflow of GitHub Actions that is started by hand (workflow_dispatch), and its runs.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "forge/forge.h"

namespace gf::forge {

/// What GitHub has of a workflow.
struct WorkflowFacts {
  std::string repository;    ///< "owner/name"
  std::string branch;        ///< its default one, whose file is what is started
  bool there = false;        ///< the file is on that branch, as a workflow
  std::string state;         ///< "active", "disabled_manually"
  bool actions_off = false;  ///< the repository runs no workflow; not told to everybody
};

struct WorkflowRun {
  int64_t id = 0;
  std::string title;  ///< the run-name that its workflow gave it
  bool over = false;
  bool waits = false;      ///< no machine has taken it yet
  std::string conclusion;  ///< of one that is over: "success", "cancelled", "timed_out"
  std::string url;         ///< for people
  std::optional<Timestamp> created;
};

struct WorkflowRuns {
  std::vector<WorkflowRun> runs;  ///< newest first
  bool whole = false;             ///< there are no others
};

/// Asks the repository that branches are pushed to. Waits for limits as a forge does, and keeps
/// what it was told, so that asking again for what stood still costs no request. Of one thread.
class Workflow {
 public:
  virtual ~Workflow() = default;
  virtual Result<WorkflowFacts> look() = 0;
  /// Starts it once: an Error may stand for a start whose answer was lost (Fault::kTransient).
  virtual Result<void> start(const std::map<std::string, std::string>& inputs) = 0;
  /// Its runs that were started by hand, until `enough` says so. Older ones than `since` are left
  /// out: of all that fit GitHub lists the newest thousand.
  virtual Result<WorkflowRuns> runs(const std::function<bool(const WorkflowRun&)>& enough,
                                    std::optional<Timestamp> since) = 0;
  /// One that is over stays so.
  virtual Result<void> cancel(int64_t id) = 0;
};

/// `file`: its name in .github/workflows. Token and address as for pull requests, whatever forge is
/// chosen for those. An Error where the remote is not on GitHub. What `place` refers to must
/// outlive it.
Result<std::unique_ptr<Workflow>> github_workflow(const std::string& file, const Place& place);

}  // namespace gf::forge
