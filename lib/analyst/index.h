// The index: the ledger as tables in a local SQLite file, for questions over many runs. A cache:
// everything in it is made again from git when it is lost, damaged or of another version.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/cancel.h"
#include "base/result.h"
#include "db/db.h"
#include "git/repo.h"
#include "store/store.h"

namespace gf::analyst {

class Index {
 public:
  struct Options {
    const Cancel* cancel = nullptr;
    /// When more runs than this are new, nothing is read and `behind` is set.
    std::optional<size_t> at_most;
    std::function<void(size_t done, size_t all)> progress;
  };
  /// What opening found and did.
  struct Changes {
    size_t read = 0, removed = 0;
    size_t behind = 0;       ///< runs that are not in the index yet
    bool in_memory = false;  ///< nothing could be kept: a read-only clone, a full disk
  };

  /// Opens the index of `repo` (shared by all its worktrees) and brings it up to date, which costs
  /// in proportion to what has changed in the record's refs. Several processes may do so at once.
  static Result<Index> open(const git::Repo& repo, const Options& options);
  Index(Index&&) noexcept;
  Index& operator=(Index&&) noexcept;
  ~Index();

  db::Database& database();
  /// A connection that reads the views and nothing else. After this an index in memory answers
  /// through it alone.
  Result<db::Database*> restricted();
  [[nodiscard]] const Changes& changes() const;
  /// What of the record could not be read, by name: "run 20261121...: stage-01-plan.json: ...".
  Result<std::vector<std::string>> troubles(size_t at_most);

  /// Where the index of a repository is kept.
  static std::string path(const git::Repo& repo);

  struct Impl;

 private:
  explicit Index(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

/// The views that `query` may read, with their columns, as the man page has them.
struct View {
  std::string name;
  std::string about;
  std::vector<std::pair<std::string, std::string>> columns;  ///< name, meaning
};
const std::vector<View>& views();

/// For Store::look_up_with(): the run of that name, commit, tree or patch, by way of the index.
/// Nothing when the index is too far behind to be quicker than a walk, or when a request is looked
/// for and there is no index yet.
std::optional<store::Found> look_up(const git::Repo& repo, const store::Wanted& wanted);

}  // namespace gf::analyst
