// Runs a batch on other machines: jobs of an engine, and claims on the shared remote.
#pragma once

#include "batch/engine.h"
#include "batch/runner.h"

namespace gf::batch {

/// As run_batch(), but each request becomes a job of `engine` when it may begin. What became of one
/// is read from its claim; at the end the record is fetched, and the table is made from that.
///
/// Invariants:
/// 1. A request runs once, however often a job for it is started: jobs claim it on the remote.
/// 2. A job whose claim is held is given up only when its engine says that it is gone, or, where
/// the
///    engine cannot be asked, when the claim stood still for a lease by this process's own clock.
///    Then another job gets leave to take exactly that claim; a claim that moved meanwhile is safe.
/// 3. Killed at any moment, it goes on from the orders and the claims (--resume): jobs go on
/// without
///    it. A wish to stop cancels the jobs.
Result<Report> dispatch_batch(session::Context& context, Orders orders, const Engine& engine,
                              const std::string& remote, const Settings& settings,
                              const Listener& listener);

/// What a batch with a runner cannot do, before anything is begun: an Error (kUsage).
Result<void> check_for_runner(const Orders& orders);

/// The address that jobs clone: without a password, which would stand in their files.
std::string url_for_jobs(const std::string& url);

}  // namespace gf::batch
