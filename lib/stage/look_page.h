// What is shown of the files that are looked into: lines by lines, within one bound. For this
// room's .cc files.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "stage/look_state.h"
#include "stage/stage.h"

namespace gf::stage {

/// Bounds are of all bytes that are shown so far: `used() + 1000` leaves room for a thousand more.
class LookPage {
 public:
  explicit LookPage(const LookState& state) : state_(state) {}
  [[nodiscard]] size_t used() const { return used_; }
  /// Lines of it that are not shown yet, if they have room within `most`.
  bool show_span(size_t file, Span span, size_t most);
  bool show_all_of(size_t file, size_t most);
  /// `whole` bytes of the unit; of a longer one what it begins with, and lines that matter.
  void show_unit(size_t file, const LookUnit& unit, size_t whole, size_t most);
  /// Files with what is shown of each, in the state's order, and the
  /// names of what else those define that the spec touches, and tests.
  [[nodiscard]] Input::Files take() const;

 private:
  [[nodiscard]] std::string drawn(size_t file) const;
  [[nodiscard]] std::string outline_of_rest(size_t file) const;

  const LookState& state_;
  std::map<size_t, std::vector<bool>> shown_;  ///< by file and line
  size_t used_ = 0;
};

}  // namespace gf::stage
