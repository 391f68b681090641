// What a batch was given and how it goes, kept in the repository so that it can go on.
// Format: git-factory-batch(5).
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "base/time.h"
#include "batch/entries.h"

namespace gf::git {
class Program;
class Repo;
struct Signature;
}  // namespace gf::git

namespace gf::batch {

/// Below it, by the batch's name: a commit whose tree has batch.json. Shared only where other
/// machines run the batch.
inline constexpr const char* kBatches = "refs/factory/batch/";

struct Orders {
  std::string name;  ///< which each of its runs carries (factory.batch)
  std::vector<Entry> entries;
  std::string base_name;  ///< as `feature --base` takes it
  Oid base;               ///< where all begin that come after nothing
  Timestamp begun{};
  size_t at_once = 1;
  bool serial_overlaps = false;  ///< of two that declare one path the later planned follows
  bool no_pr = false, draft = false, again = false;
  std::string budget;               ///< dollars, of all together; empty: no cap
  std::vector<std::string> models;  ///< for all; an entry's own come after them
  /// What came to follow what because of one path, by slugs.
  std::map<std::string, std::vector<std::string>> follows;
  // --- Where other machines run it ---
  std::string runner;  ///< the engine's name; empty: this machine
  std::string share;   ///< what a job sends home of its record: "summary" or "full"
  Oid tip;             ///< the commit that it was read from; zero: it was not
};

record::Json to_json(const Orders& orders);
/// A newer version than ours is an Error that says so.
Result<Orders> orders_from_json(const record::Json& json);

/// Keeps it under its name, for the first time or anew.
Result<void> keep(git::Repo& repo, const git::Signature& who, const Orders& orders);
/// Nothing when there is no batch of that name here.
Result<std::optional<Orders>> kept(const git::Repo& repo, const std::string& name);
/// Sends it to the remote, where jobs find it. False: the remote has another one of that name.
Result<bool> publish(const git::Program& git, const git::Repo& repo, const std::string& remote,
                     const Orders& orders);
/// What the remote has under that name, fetched into a tracking ref; nothing when it has none.
Result<std::optional<Orders>> published(const git::Program& git, const git::Repo& repo,
                                        const std::string& remote, const std::string& name);
/// Names of all that are here.
Result<std::vector<std::string>> kept_names(const git::Repo& repo);

}  // namespace gf::batch
