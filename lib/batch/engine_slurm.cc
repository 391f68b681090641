// Slurm: the jobs of one submission are the tasks of one array.
#include <fmt/format.h>

#include "base/command_line.h"
#include "base/text.h"
#include "batch/engine.h"

namespace gf::batch {
namespace {

Result<std::vector<std::string>> slurm_submit(const EngineRoom& room,
                                              const std::vector<Order>& orders) {
  std::string commands;
  for (size_t i = 0; i < orders.size(); ++i) {
    commands += fmt::format(
        "  {}) exec {} ;;\n", i,
        job_command(room, orders[i], "\"${SLURM_ARRAY_JOB_ID}_${SLURM_ARRAY_TASK_ID}\""));
  }
  GF_ASSIGN(auto script,
            filled(room, "slurm.sh", {{"setup", setup_lines(room)}, {"commands", commands}}));
  // NONE: what is secret in this shell stays here; a job has its machine's own configuration.
  std::vector<std::string> words = {"sbatch", "--parsable", "--export=NONE",
                                    "--job-name=git-factory-" + orders.front().batch,
                                    fmt::format("--array=0-{}", orders.size() - 1)};
  if (auto more = command_words(room.settings.text("factory.batch.slurmOptions").value_or("")))
    words.insert(words.end(), more->begin(), more->end());
  GF_ASSIGN(auto said, ask_engine(room, std::move(words), std::move(script)));
  // "<id>" or "<id>;<cluster>"
  std::string id(trim(said));
  id = id.substr(0, id.find(';'));
  if (id.empty() || id.find_first_not_of("0123456789") != std::string::npos)
    return Error{Fault::kTransient, fmt::format("sbatch said '{}'", printable(id)), {}, {}};
  std::vector<std::string> ids;
  for (size_t i = 0; i < orders.size(); ++i) ids.push_back(fmt::format("{}_{}", id, i));
  return ids;
}

/// All of this user's: squeue fails for an id that it has forgotten.
Result<std::set<std::string>> slurm_alive(const EngineRoom& room,
                                          const std::set<std::string>& ids) {
  GF_ASSIGN(auto said,
            ask_engine(room, {"squeue", "--me", "--array", "--noheader", "--format=%i"}));
  std::set<std::string> alive;
  for (const std::string& line : lines(said)) {
    std::string id(trim(line));
    if (ids.contains(id)) alive.insert(id);
  }
  return alive;
}

/// Their programs get SIGTERM, and the time that the cluster gives (KillWait) to write down where
/// they were.
Result<void> slurm_cancel(const EngineRoom& room, const std::set<std::string>& ids) {
  std::vector<std::string> words = {"scancel", "--quiet", "--full"};
  words.insert(words.end(), ids.begin(), ids.end());
  GF_TRY(ask_engine(room, std::move(words)));
  return Done{};
}

}  // namespace

constinit const Engine kSlurm = {"slurm", "sbatch", slurm_submit, slurm_alive, slurm_cancel, false};

}  // namespace gf::batch
