// The runs a retrospective looks at. For this room's .cc files.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "analyst/metrics.h"

namespace gf::analyst {

struct RetroRun {
  std::string id, id8, slug, status, tool, policy;
  std::optional<int64_t> spec_version, pico;
  bool delivered = false, first_try = false, counted = true;  ///< counted: not only planned
  int64_t attempts = 0;
  Milliseconds wall{0};
};

/// By time.
struct RetroRuns {
  std::vector<RetroRun> all;
  std::map<std::string, size_t> by_id;

  /// "health `c2b945a1`, items `0badc0de` and 12 more".
  [[nodiscard]] std::string cite(const std::vector<size_t>& which, size_t most = 6) const;
};
Result<RetroRuns> runs_of(Index& index, const Window& window);

/// The section on what was changed between runs.
Result<std::string> changes_between(Index& index, const RetroRuns& runs, const Window& window);

/// Stored text in a Markdown line.
std::string in_markdown(const std::string& text, size_t most = 160);

}  // namespace gf::analyst
