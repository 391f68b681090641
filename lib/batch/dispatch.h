// Runs a batch on other machines: jobs of an engine, and claims on the shared remote.
#pragma once

#include "batch/engine.h"
#include "batch/runner.h"

namespace gf::batch {

/// As run_batch(), but each request becomes a job of `engine` when it may begin; what that keeps to
/// is in protocol.h. At the end the record is fetched, and the table is made from it. Killed at any
/// moment, it goes on from the orders and the claims (--resume): jobs go on without it. A wish to
/// stop cancels the batch's jobs.
Result<Report> dispatch_batch(session::Context& context, Orders orders, const Engine& engine,
                              const std::string& remote, const Settings& settings,
                              const Listener& listener);

/// What a batch with a runner cannot do, before anything is begun: an Error (kUsage).
Result<void> check_for_runner(const Orders& orders);

/// The address that jobs clone: without a password, which would stand in their files, and a path as
/// it is from anywhere; `folder` is where git takes a relative one from.
std::string url_for_jobs(const std::string& url, const std::string& folder);

}  // namespace gf::batch
