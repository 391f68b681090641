// One request of a batch as a job: on whatever machine, in a clone of its own.
#pragma once

#include <string>

#include "base/result.h"
#include "batch/runner.h"
#include "session/context.h"

namespace gf::batch {

struct JobWish {
  std::string batch, slug;
  std::string url;   ///< of the repository, as `git clone` takes it
  std::string name;  ///< of this job, as its engine knows it; the same one started again is the
                     ///< same job
  /// The user who submitted it has said yes to the code of this repository; and the tracked
  /// .gitfactory that they said yes to, which is kept in the job's clone; empty: none.
  bool trusted = false;
  std::string trusted_file;
  Oid orders;       ///< the commit of the orders that may be done; zero: what the remote has
  Oid in_place_of;  ///< the claim that may be taken though somebody holds it; zero: none
};

struct JobDone {
  bool ours = false;         ///< false: another job has the request, or it has ended
  bool stopped = false;      ///< it can go on
  std::string text;          ///< what became of it, one line
  bool keeps_clone = false;  ///< something of it is there and nowhere else
};

/// Where the clones of jobs are: <repository>/<batch>/<slug> below it.
std::string jobs_folder(const std::string& cache);
/// What a job holds in its clone as long as it works there (session::Hold::try_batch).
std::string job_hold(const std::string& batch);

/// Clones (or takes up what an earlier job of this request left on this machine), and goes through
/// the steps of protocol.h: claims the request on the remote, runs it as run_batch() does, sends
/// the record to the remote's inbox, says in the claim how it ended. Then it removes the clone. The
/// configuration is the machine's; the remote gives the batch's orders. A second process of the
/// same request finds the claim and does nothing. When the claim is lost meanwhile (the job was
/// taken for dead) the run is stopped, and its branch is not sent (fence.h). An Error leaves the
/// clone, and the claim as nobody's. `setup.directory` is not looked at.
Result<JobDone> run_job(const session::Setup& setup, const JobWish& wish,
                        const std::string& program, const Listener& listener);

}  // namespace gf::batch
