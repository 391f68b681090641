// A retrospective from the record alone: what failed where, what failures have in common, what was
// changed and what came of it. Every statement names the runs it rests on.
#pragma once

#include <string>

#include "analyst/index.h"
#include "analyst/metrics.h"
#include "base/result.h"

namespace gf::analyst {

/// Markdown. Deterministic: the same record gives the same text.
Result<std::string> retro(Index& index, const Window& window);

/// A failure's reason without what differs from case to case: numbers, paths, quoted names, ids.
/// Two failures of one stage with the same cause are told together.
std::string cause_of(const std::string& reason);

}  // namespace gf::analyst
