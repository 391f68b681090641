// The ledger as a projection of it (the index) reads it: which runs are there, what of it has
// changed since last time, and of each run all that can be read, whatever else is broken.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "git/repo.h"
#include "store/store.h"

namespace gf::store {

/// A snapshot of the record's refs, our own and fetched ones. Nothing here trusts what it reads: a
/// clone holds what others pushed.
///
/// A "state" is text that is equal as long as nothing below has changed: object ids, so comparing
/// it with a kept one finds new runs, joins, dropped months and rewritten history alike.
class Ledger {
 public:
  /// The trees that hold a run's files; zero: not in this clone.
  struct Folders {
    Oid ledger, replay;
    bool operator==(const Folders&) const = default;
  };
  /// What could not be read. `missing`: because objects are not in this clone, so that it is worth
  /// trying again.
  struct Trouble {
    std::vector<std::string> lines;
    bool missing = false;
  };

  /// `repo` must outlive this object.
  static Result<Ledger> open(const git::Repo& repo);

  /// "2026-11" -> its state.
  [[nodiscard]] std::map<std::string, std::string> months() const;
  /// The days of a month, "20261121" -> its state.
  std::map<std::string, std::string> days(const std::string& month, Trouble& trouble);
  /// The runs of a day, oldest first. What two refs hold differently is taken from our own.
  std::map<RunId, Folders> runs(const std::string& day, Trouble& trouble);

  /// The run's records, as far as they can be read. Exchanges come without their messages: the
  /// content of each is the id of its blob. `has_exchanges` says whether replay data is here.
  [[nodiscard]] Run read(const RunId& id, const Folders& folders, Trouble& trouble) const {
    return read(*repo_, id, folders, trouble);
  }
  /// The same by a repository object of the caller's: a thread needs one of its own.
  static Run read(const git::Repo& repo, const RunId& id, const Folders& folders, Trouble& trouble);
  [[nodiscard]] const git::Repo& repo() const { return *repo_; }
  /// What the ledger's commits tell of a run whose files cannot be read. The first question walks
  /// all commits of the month.
  std::optional<Summary> summary(const RunId& id);

 private:
  struct Ref {
    RefName name;
    Oid tip;
    bool replay = false;
  };
  using Tree = std::map<std::string, Oid>;  ///< names of folders and their trees

  explicit Ledger(const git::Repo& repo) : repo_(&repo) {}
  [[nodiscard]] std::optional<Tree> folders_in(const Oid& tree) const;
  /// The day folders of a ref's tip.
  const Tree& days_of(const Ref& ref, Trouble& trouble);

  const git::Repo* repo_;
  std::map<std::string, std::vector<Ref>> months_;  ///< own refs first
  std::map<Oid, Tree> days_;                        ///< by a ref's tip
  std::map<std::string, std::map<RunId, Summary>> summaries_;
};

}  // namespace gf::store
