// One process has a run, or a batch: whoever else wants it waits, is told, or asks that one to end.
#pragma once

#include <optional>
#include <string>

#include "base/descriptor.h"
#include "base/ids.h"
#include "base/result.h"
#include "proc/other.h"

namespace gf::session {

class Context;

/// A lock below the repository's own folder, held as long as the object lives; the kernel drops it
/// when the holder dies, however it dies. Two processes that go on with one run would buy each
/// answer twice before one of them loses the run's ref. Where the file system has no locks nobody
/// is kept out.
class Hold {
 public:
  /// Waits a moment for one that is just ending. An Error (kUser) names the process that has it.
  static Result<Hold> take(const Context& context, const RunId& run);
  /// The same for a batch, by its name: two that go on with one would begin its requests twice.
  static Result<Hold> take_batch(const Context& context, const std::string& name);
  /// The same for the calibration of reviewers, of which a clone has one at a time.
  static Result<Hold> take_calibration(const Context& context);
  /// The same as take_batch() without waiting: nothing while another process has it.
  static Result<std::optional<Hold>> try_batch(const Context& context, const std::string& name);
  /// The same, but asks the process that has it to end (SIGTERM), and waits for that as long as
  /// ending its gates may take.
  static Result<Hold> take_over(const Context& context, const RunId& run);

  Hold(Hold&&) = default;
  Hold& operator=(Hold&&) = delete;
  ~Hold();

 private:
  Hold(Descriptor lock, std::string path) : lock_(std::move(lock)), path_(std::move(path)) {}
  struct Tried;
  static Result<Tried> try_take(const std::string& path);
  static Result<Hold> take_at(const Context& context, const std::string& path,
                              const std::string& what, const std::string& hint);

  Descriptor lock_;
  std::string path_;
};

/// Removes the locks of runs and batches that nobody has; returns how many there were. With
/// `dry_run` only counts them.
Result<int> sweep_holds(const Context& context, bool dry_run);

}  // namespace gf::session
