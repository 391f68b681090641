// What counts as the way things are here, by the rules of a run: one answer for all who ask.
#pragma once

#include "record/habit.h"
#include "stage/rules.h"

namespace gf::stage {

inline record::HabitOf habits_by(Rules rules) {
  if (rules < Rules::kSaidIsDone) return record::HabitOf::kFolder;
  return rules < Rules::kStoppedOnBase ? record::HabitOf::kKind : record::HabitOf::kWhereItStopped;
}

}  // namespace gf::stage
