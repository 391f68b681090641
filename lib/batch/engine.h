// Who runs the jobs of a batch on other machines: an engine that exists, asked by its own program.
// A row an engine; what a job does is the same for all (job.h).
#pragma once

#include <map>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/settings.h"
#include "session/context.h"

namespace gf::batch {

/// What is to become a job.
struct Order {
  std::string batch, slug;
  std::string in_place_of;  ///< hex id of the claim that it may take; empty: none
};

/// What an engine works with.
struct EngineRoom {
  const session::Context& context;
  const Settings& settings;
  std::string url;           ///< of the shared remote, without a password
  std::string orders;        ///< id of the commit of the orders that jobs do; others they refuse
  std::string trusted_file;  ///< id of the base's .gitfactory, which the user trusts; empty: none
};

struct Engine {
  std::string_view name;     ///< of --runner
  std::string_view program;  ///< which it is asked by; has to be on PATH
  /// Starts a job for each. The ids, in their order, are what `alive` and `cancel` know them by and
  /// what stands in their claims. An Error: it is not known whether any was started.
  Result<std::vector<std::string>> (*submit)(const EngineRoom&, const std::vector<Order>&);
  /// Which of these jobs wait or run. An Error: the engine could not be asked.
  Result<std::set<std::string>> (*alive)(const EngineRoom&, const std::set<std::string>& ids);
  /// Ends those that are there.
  Result<void> (*cancel)(const EngineRoom&, const std::set<std::string>& ids);
  /// A job that was just submitted may not be listed yet.
  bool lists_late;
};

std::span<const Engine* const> all_engines();
/// Nothing for "local" and for "". An Error (kUsage) for a name of none.
Result<const Engine*> engine_named(std::string_view name);

extern const Engine kSsh, kSlurm;

// --- For the engines' files ---

/// The words that make a job, for a shell: `git factory batch --job=... `. `job` is shell text that
/// gives the job its id ("$SLURM_JOB_ID").
std::string job_command(const EngineRoom& room, const Order& order, std::string_view job);
/// factory.batch.setup, a line each: what a job's machine needs first (a module, a PATH).
std::string setup_lines(const EngineRoom& room);
/// `text` as one word of a shell.
std::string shell_word(std::string_view text);
/// Runs the engine's program and gives what it printed; an Error with its words where it fails.
Result<std::string> ask_engine(const EngineRoom& room, std::vector<std::string> words,
                               std::string input = {});
/// A file of templates/runners, its {{names}} replaced.
Result<std::string> filled(const EngineRoom& room, std::string_view name,
                           const std::map<std::string, std::string>& values);

}  // namespace gf::batch
