// Many runs out of the ledger, read ahead by several threads. For this room's .cc files.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "analyst/rows.h"
#include "git/repo.h"
#include "store/ledger.h"

namespace gf::analyst {

/// Reads runs in the order they were asked for. Most of an index's first making is unpacking and
/// parsing, which threads share; a thread has a repository of its own, and what it could not read
/// is read again by the one that was given.
class Bulk {
 public:
  /// `ledger` must outlive this object. `git_dir`: where the repository's objects are.
  Bulk(store::Ledger& ledger, std::string git_dir)
      : ledger_(ledger), git_dir_(std::move(git_dir)) {}

  void want(const RunId& id, const store::Ledger::Folders& folders);
  /// The next one that was wanted; there must be one.
  ReadRun next();

 private:
  void read_ahead();
  void read_by_threads(std::vector<std::optional<ReadRun>>& read);
  void finish(ReadRun& read);

  store::Ledger& ledger_;
  std::string git_dir_;
  std::vector<git::Repo> repos_;
  std::vector<std::pair<RunId, store::Ledger::Folders>> wanted_;
  std::vector<ReadRun> ahead_;
  size_t taken_ = 0;  ///< of `wanted_`
  size_t next_ = 0;   ///< of `ahead_`
};

}  // namespace gf::analyst
