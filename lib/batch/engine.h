// Who runs the jobs of a batch on other machines: an engine that exists, asked by its own program.
// A row an engine; what a job does is the same for all (job.h).
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/command_line.h"
#include "base/result.h"
#include "base/settings.h"
#include "batch/looked.h"
#include "session/context.h"

namespace gf::forge {
class Workflow;
}  // namespace gf::forge

namespace gf::batch {

/// What is to become a job.
struct Order {
  std::string batch, slug;
  std::string in_place_of;  ///< hex id of the claim that it may take; empty: none
  /// A place among the machines that an engine goes through by itself; grows with each try.
  size_t place = 0;
  /// The job whose claim it may take: on its machine the run goes on, and its record is there.
  /// Empty: none, or that machine takes no more.
  std::string after_job = {};
};

/// What an engine works with.
struct EngineRoom {
  session::Context& context;
  const Settings& settings;
  std::string batch;
  std::string url;           ///< of the shared remote, without a password
  std::string orders;        ///< id of the commit of the orders that jobs do; others they refuse
  std::string trusted_file;  ///< id of the base's .gitfactory, which the user trusts; empty: none
  std::function<void(const std::string&)> say = {};  ///< hears of waits; may be empty
  /// By the clock of whoever began the batch; nothing: it is not known.
  std::optional<Timestamp> begun = {};
  /// What a web service was asked through, once it was: it keeps answers that are still good.
  mutable std::shared_ptr<forge::Workflow> workflow = {};
  mutable std::shared_ptr<forge::Workflow> workflow_for_stop = {};  ///< hears of no stop
};

/// What became of a submission.
struct Submitted {
  /// In the orders' order, as Engine::look() and the jobs' claims know them. Nothing: it is not
  /// known whether that one was started.
  std::vector<std::optional<std::string>> ids;
  std::string why;                   ///< of those, one line
  std::set<std::string> found = {};  ///< of the ids: those that were there already
  /// What hinders is a limit, or an outage: the next submission takes the rest, however often.
  bool goes_by = false;
};

/// Has no state: what its jobs are is asked of the program each time.
class Engine {
 public:
  Engine(std::string_view name, std::string_view program) : name_(name), program_(program) {}
  virtual ~Engine() = default;
  [[nodiscard]] std::string_view name() const { return name_; }  ///< of --runner
  /// Has to be on PATH; empty: none.
  [[nodiscard]] std::string_view program() const { return program_; }

  /// Whether it could take jobs as far as it can be asked: before anything is on the remote, and
  /// without `orders` in the room.
  [[nodiscard]] virtual Result<void> ready(const EngineRoom& /*room*/) const { return Done{}; }

  /// Starts a job for each. What hinders one keeps no other from being started.
  [[nodiscard]] virtual Submitted submit(const EngineRoom& room,
                                         const std::vector<Order>& orders) const = 0;
  /// Which of these jobs wait or run, and are of this batch.
  [[nodiscard]] virtual Looked look(const EngineRoom& room,
                                    const std::set<std::string>& ids) const = 0;
  /// Ends what this user has here of this batch, these and others: a job whose submission was not
  /// answered is nobody's to name. What another person has here stays. An Error tells what could
  /// not be asked; the others were.
  [[nodiscard]] virtual Result<void> cancel(const EngineRoom& room,
                                            const std::set<std::string>& ids) const = 0;
  /// A job that was just submitted may not be listed yet.
  [[nodiscard]] virtual bool lists_late() const { return false; }
  /// How long to leave it alone between two looks at jobs that were told to end.
  [[nodiscard]] virtual Milliseconds between_looks() const { return Milliseconds(500); }

 private:
  std::string_view name_, program_;
};

std::span<const Engine* const> all_engines();
/// Nothing for "local" and for "". An Error (kUsage) for a name of none.
Result<const Engine*> engine_named(std::string_view name);

const Engine& ssh_engine();
const Engine& slurm_engine();
const Engine& actions_engine();
const Engine& kubernetes_engine();

// --- For the engines' files ---

/// The words that make a job, for a shell: `git factory batch --job=... `. `job` is shell text that
/// gives the job its id ("$SLURM_JOB_ID").
std::string job_command(const EngineRoom& room, const Order& order, std::string_view job);
/// Who submits this batch, the same word for all that this user submits of it, and told to nobody:
/// by it an engine that has no users of ours knows what is ours to cancel.
std::string submitter(const EngineRoom& room);
/// What makes a job the same as one that an earlier submission started without an answer: the
/// request, the orders and the leave.
std::string job_key(const EngineRoom& room, const Order& order);
/// factory.batch.setup, a line each: what a job's machine needs first (a module, a PATH).
std::string setup_lines(const EngineRoom& room);
/// Runs the engine's program and gives what it printed; an Error with its words where it fails.
/// `without`: variables of the user's that begin so would change what it says.
Result<std::string> ask_engine(const EngineRoom& room, std::vector<std::string> words,
                               std::string input = {},
                               const std::vector<std::string>& without = {});
/// A file of templates/runners, or of the user's by its absolute path, its {{names}} replaced; what
/// is filled in is not looked at again.
Result<std::string> filled(const EngineRoom& room, std::string_view name,
                           const std::map<std::string, std::string>& values);

}  // namespace gf::batch
