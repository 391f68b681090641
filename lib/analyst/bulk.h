// Many runs out of the ledger, read ahead by several threads. For this room's .cc files.
#pragma once

#include <atomic>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "analyst/rows.h"
#include "git/repo.h"
#include "store/ledger.h"

namespace gf::analyst {

/// Reads runs in the order they were asked for. Most of an index's first making is unpacking and
/// parsing, which threads share; they read the next runs while those before them are written down.
/// A thread has a repository of its own, and what it could not read is read again by the one that
/// was given.
class Bulk {
 public:
  /// `ledger` must outlive this object. `git_dir`: where the repository's objects are.
  Bulk(store::Ledger& ledger, std::string git_dir)
      : ledger_(ledger), git_dir_(std::move(git_dir)) {}
  /// Waits for the threads, each of which ends the run that it reads.
  ~Bulk();
  Bulk(const Bulk&) = delete;

  /// All that is wanted is told before the first of it is taken.
  void want(const RunId& id, const store::Ledger::Folders& folders);
  /// The next one that was wanted; there must be one.
  ReadRun next();

 private:
  using Batch = std::vector<std::optional<ReadRun>>;

  void take_batch();
  void begin_batch();
  Batch arrived();
  bool open_repos();
  void read_some(const git::Repo& repo);
  void finish(ReadRun& read);

  store::Ledger& ledger_;
  std::string git_dir_;
  std::vector<git::Repo> repos_;  ///< the first is for the thread that waits, the others' one each
  std::vector<std::thread> threads_;
  std::vector<std::pair<RunId, store::Ledger::Folders>> wanted_;
  Batch coming_;                   ///< what the threads fill, from `taken_` on
  std::atomic<size_t> begun_ = 0;  ///< of `coming_`
  std::vector<ReadRun> ahead_;
  size_t taken_ = 0;  ///< of `wanted_`
  size_t next_ = 0;   ///< of `ahead_`
};

}  // namespace gf::analyst
