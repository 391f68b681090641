// Slurm: the jobs of one submission are the tasks of one array.
#include <fmt/format.h>

#include <algorithm>

#include "base/command_line.h"
#include "base/text.h"
#include "batch/engine.h"

namespace gf::batch {
namespace {

/// States of a job that is no more; in all others it waits, runs, or is just ending.
constexpr std::string_view kOver[] = {"BOOT_FAIL", "CANCELLED", "COMPLETED",     "DEADLINE",
                                      "FAILED",    "NODE_FAIL", "OUT_OF_MEMORY", "PREEMPTED",
                                      "REVOKED",   "TIMEOUT"};

std::string job_name(const std::string& batch) { return "git-factory-" + batch; }

std::vector<std::string> own_options(const EngineRoom& room) {
  return command_words(room.settings.text("factory.batch.slurmOptions").value_or(""))
      .value_or(std::vector<std::string>());
}

/// Whether jobs go to a cluster that is named: then its name is a part of their ids.
bool names_cluster(const EngineRoom& room) {
  const Environment& environment = room.context.setup.environment;
  for (const char* name : {"SLURM_CLUSTERS", "SBATCH_CLUSTERS"}) {
    if (!environment.get(name).empty()) return true;
  }
  std::vector<std::string> options = own_options(room);
  return std::any_of(options.begin(), options.end(), [](const std::string& word) {
    return word.starts_with("-M") || word.starts_with("--clusters") ||
           word.starts_with("--cluster=") || word == "--cluster";
  });
}

std::string cluster_in(const std::string& id) {
  size_t at = id.find('@');
  return at == std::string::npos ? std::string() : id.substr(at + 1);
}

std::set<std::string> clusters_in(const std::set<std::string>& ids) {
  std::set<std::string> clusters;
  for (const std::string& id : ids) clusters.insert(cluster_in(id));
  return clusters;
}

/// One program of Slurm about one cluster; empty: the one that is at hand. What a user sets for
/// their own eyes (SQUEUE_STATES) would hide jobs from ours.
Result<std::string> ask_cluster(const EngineRoom& room, const std::string& cluster,
                                std::vector<std::string> words) {
  if (!cluster.empty()) words.push_back("--clusters=" + cluster);
  return ask_engine(room, std::move(words), {},
                    {"SQUEUE_", "SCANCEL_", "SLURM_CLUSTERS", "SLURM_TIME_FORMAT"});
}

class Slurm : public Engine {
 public:
  Slurm() : Engine("slurm", "sbatch") {}

  Submitted submit(const EngineRoom& room, const std::vector<Order>& orders) const override {
    Submitted done;
    done.ids.resize(orders.size());
    auto first = submit_array(room, orders);
    if (!first.ok()) {
      done.why = first.error().message;
      return done;
    }
    size_t at = first->find('@');
    std::string number = first->substr(0, at), cluster;
    if (at != std::string::npos) cluster = first->substr(at);
    for (size_t i = 0; i < orders.size(); ++i)
      done.ids[i] = fmt::format("{}_{}{}", number, i, cluster);
    return done;
  }

  /// All of this user's: squeue fails for an id that it has forgotten.
  Looked look(const EngineRoom& room, const std::set<std::string>& ids) const override {
    Looked looked;
    for (const std::string& cluster : clusters_in(ids)) {
      auto said = ask_cluster(room, cluster,
                              {"squeue", "--me", "--array", "--noheader", "--states=all",
                               "--name=" + job_name(room.batch), "--format=%i %T"});
      std::set<std::string> there;
      if (said.ok()) {
        there = listed(*said, cluster);
      } else {
        looked.why = said.error().message;
      }
      for (const std::string& id : ids) {
        if (cluster_in(id) != cluster) continue;
        if (!said.ok()) looked.unknown.insert(id);
        if (there.contains(id)) looked.alive.insert(id);
      }
    }
    return looked;
  }

  /// Their programs get SIGTERM, and the time that the cluster gives (KillWait) to write down where
  /// they were.
  Result<void> cancel(const EngineRoom& room, const std::set<std::string>& ids) const override {
    std::set<std::string> clusters = clusters_in(ids);
    if (clusters.empty()) clusters.insert("");
    Result<void> all;
    for (const std::string& cluster : clusters) {
      auto said =
          ask_cluster(room, cluster,
                      {"scancel", "--quiet", "--full", "--me", "--name=" + job_name(room.batch)});
      if (!said.ok()) all = said.error();
    }
    return all;
  }

 private:
  /// "<number>", or "<number>@<cluster>".
  static Result<std::string> submit_array(const EngineRoom& room,
                                          const std::vector<Order>& orders) {
    std::string id = "${SLURM_ARRAY_JOB_ID}_${SLURM_ARRAY_TASK_ID}";
    if (names_cluster(room)) id += "@${SLURM_CLUSTER_NAME}";
    std::string commands;
    for (size_t i = 0; i < orders.size(); ++i)
      commands +=
          fmt::format("  {}) exec {} ;;\n", i, job_command(room, orders[i], '"' + id + '"'));
    GF_ASSIGN(auto script,
              filled(room, "slurm.sh", {{"setup", setup_lines(room)}, {"commands", commands}}));
    std::vector<std::string> words = {"sbatch"};
    std::vector<std::string> options = own_options(room);
    words.insert(words.end(), options.begin(), options.end());
    // Behind the user's own, so that they hold. NONE: what is secret in this shell stays here; a
    // job has its machine's own configuration.
    words.insert(words.end(), {"--parsable", "--export=NONE", "--job-name=" + job_name(room.batch),
                               fmt::format("--array=0-{}", orders.size() - 1)});
    GF_ASSIGN(auto said, ask_engine(room, std::move(words), std::move(script),
                                    {"SBATCH_WAIT", "SBATCH_TEST_ONLY", "SBATCH_ARRAY"}));
    // "<id>" or "<id>;<cluster>"
    std::string text(trim(said));
    size_t semicolon = text.find(';');
    std::string number = text.substr(0, semicolon);
    if (number.empty() || number.find_first_not_of("0123456789") != std::string::npos)
      return Error{Fault::kTransient,
                   fmt::format("sbatch said '{}'", printable(clipped(text, 100))),
                   {},
                   {}};
    if (semicolon == std::string::npos) return number;
    return number + "@" + text.substr(semicolon + 1);
  }

  static std::set<std::string> listed(const std::string& said, const std::string& cluster) {
    std::set<std::string> there;
    for (const std::string& line : lines(said)) {
      std::vector<std::string> words = split(trim(line), ' ');
      if (words.size() != 2) continue;  // "CLUSTER: name" stands above one that was named
      if (std::find(std::begin(kOver), std::end(kOver), words[1]) != std::end(kOver)) continue;
      there.insert(cluster.empty() ? words[0] : words[0] + "@" + cluster);
    }
    return there;
  }
};

}  // namespace

const Engine& slurm_engine() {
  static const Slurm engine;
  return engine;
}

}  // namespace gf::batch
