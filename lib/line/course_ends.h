// How a course ends. For course*.cc.
#pragma once

#include <string>

#include "line/course.h"

namespace gf::line {

inline constexpr int kSameFailureLimit = 3;
inline constexpr int kRejectionLimit = 2;
inline constexpr int kRevisionLimit = 2;

Next ended(record::RunStatus status);
/// An end that a stage or a limit made: by whom, of which kind, why.
Next ended_by(const std::string& stage, const stage::Judgement& judgement, record::RunStatus status,
              std::string reason);

}  // namespace gf::line
