// Which runs `log` lists: git's filters, over runs.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "git/repo.h"
#include "store/ledger.h"
#include "store/store.h"

namespace gf::analyst {

/// Of several kinds all must hold; of several values of one kind any.
struct LogWish {
  std::optional<Timestamp> since = {}, until = {};  ///< of the start
  std::vector<std::string> authors = {};            ///< patterns, on "Name <mail>"
  std::vector<std::string> greps = {};  ///< patterns, on title, slug, reason and request
  bool ignore_case = false, extended = false, fixed = false;  ///< of the patterns, as in git grep
  std::vector<std::string> stages = {};    ///< an attempt of that stage did not pass
  std::vector<std::string> outcomes = {};  ///< "delivered", "waiting", ...
  std::vector<std::string> models = {};  ///< answered a stage; "model" or "provider/model", * and ?
  std::vector<std::string> batches = {};  ///< names of batches, in full
  std::vector<std::string> paths = {};    ///< the change touches it; a folder, a file, or a glob
};

/// Asks a run's summary first, and its records and trees only when a filter needs them, so that a
/// page without such filters reads one commit a run.
class LogFilter {
 public:
  /// `repo` and `store` must outlive this object. An Error (kUsage) for a pattern that is none and
  /// a word that is no outcome.
  static Result<LogFilter> make(const git::Repo& repo, const store::Store& store,
                                const LogWish& wish);
  LogFilter(LogFilter&&) noexcept;
  ~LogFilter();

  bool wants(const store::Summary& run);
  /// Runs come newest first: from this one on none can have started in time.
  [[nodiscard]] bool is_past(const store::Summary& run) const;
  /// How many runs were left out because their trees are not in this clone.
  [[nodiscard]] int unknown() const;

 private:
  struct Impl;
  explicit LogFilter(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace gf::analyst
