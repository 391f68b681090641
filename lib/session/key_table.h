// The parts of the table of keys, a file each, and the words its rows are written in. Ranges and
// defaults are those of the code that reads a key; the row says them to people. all_keys() (keys.h)
// is the whole.
#pragma once

#include "session/keys.h"

namespace gf::session {

std::span<const Key> keys_of_runs();        ///< models, services, a run, budgets, gates
std::span<const Key> keys_of_the_record();  ///< verdicts, sharing

namespace rows {

using enum Key::Type;
using enum Key::Claim;
inline constexpr auto kOne = Key::Many::kNo, kMany = Key::Many::kYes;
inline constexpr auto kAnybody = Key::Tracked::kYes, kUserOnly = Key::Tracked::kNo;
inline constexpr auto kLoose = Key::Kept::kNo, kWithRun = Key::Kept::kWithRun;

}  // namespace rows
}  // namespace gf::session
