// What a program said once, and says again as long as what it was read from lies there unchanged.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"

namespace gf {

/// An answer on disk, with the files that it came of. For what can be asked again at any time:
/// losing it costs a question. Several processes may read and write one at the same time; the
/// last one's is there.
class KeptAnswer {
 public:
  /// `file`: where it is kept, absolute. `question`: all that decides the answer besides files;
  /// another question finds nothing. Neither may hold a NUL.
  KeptAnswer(std::string file, std::string question)
      : file_(std::move(file)), question_(std::move(question)) {}

  /// The answer. Nothing where none was kept for this question, where one of its files is not what
  /// it was (size, times, another file of that name, gone, or there now), or where one had changed
  /// less than two seconds before it was kept: the change behind that could bear the same time. A
  /// folder counts for the names in it, whenever they came there.
  [[nodiscard]] std::optional<std::string> read() const;

  /// Keeps `answer`, for which the files and folders `from` were looked at since `asked`; one that
  /// is not there counts as such. Not kept where one of them has changed since. An Error
  /// (kEnvironment) leaves what was kept before.
  [[nodiscard]] Result<void> keep(const std::string& answer, const std::vector<std::string>& from,
                                  Timestamp asked) const;

 private:
  std::string file_, question_;
};

}  // namespace gf
