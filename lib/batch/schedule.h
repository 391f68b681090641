// Which request of a batch begins when: rules without a clock, a process or a repository. Pure.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "batch/entries.h"

namespace gf::batch {

enum class State {
  kWaiting,
  kRunning,
  kDelivered,
  kNotDelivered,  ///< its run ended as anything else
  kStopped,       ///< its run can go on
  kLeftOut,       ///< what it comes after was not delivered
};

/// Entries by their place in the list. Never more than `at_once` run; of those that may begin the
/// one with the highest priority does, then the one that stands first.
class Schedule {
 public:
  Schedule(const std::vector<Entry>& entries, size_t at_once);

  /// The next one to begin, which runs from now on; nothing while none may.
  std::optional<size_t> take();
  /// A run ended. What comes after one that was not delivered is left out, and so on; a stopped one
  /// leaves what waits for it waiting.
  void put(size_t index, State state);
  /// `later` follows `earlier`: it waits until that one has ended, however it ends. False, and
  /// nothing is changed, when it began already, when it waits for it anyway, and when `earlier`
  /// waits for it.
  bool order(size_t later, size_t earlier);

  [[nodiscard]] State state(size_t index) const { return jobs_[index].state; }
  /// What it comes after, in the order in which that was said, and then what it follows.
  [[nodiscard]] std::vector<size_t> before(size_t index) const;
  [[nodiscard]] size_t size() const { return jobs_.size(); }
  [[nodiscard]] size_t running() const { return running_; }
  /// Nothing runs, and nothing can begin any more.
  [[nodiscard]] bool over() const;

 private:
  struct Job {
    State state = State::kWaiting;
    int priority = 0;
    std::vector<size_t> after, follows;
  };
  [[nodiscard]] bool ready(const Job& job) const;
  [[nodiscard]] bool waits_for(size_t index, size_t other) const;
  void leave_out_behind(size_t index);

  std::vector<Job> jobs_;
  size_t at_once_, running_ = 0;
};

/// How many run at once when `wanted` is asked for: an Error (kUsage) for less than one, and never
/// more than there are requests.
Result<size_t> width_of(const std::string& wanted, size_t requests);

/// Paths that specs have in common: both say that they change or make them.
struct Overlap {
  size_t first = 0, second = 0;    ///< places in the list
  std::vector<std::string> paths;  ///< in order
};
/// `declared` holds each entry's paths, in no order; an entry without a spec has none.
std::vector<Overlap> overlaps(const std::vector<std::vector<std::string>>& declared);

}  // namespace gf::batch
