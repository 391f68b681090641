// Dates as git reads them.
#pragma once

#include <string>

#include "base/clock.h"
#include "git/git_program.h"

namespace gf::cmd {

/// "2 weeks ago", "yesterday", "2026-11-21": what git's own --since takes, read by git.
Result<Timestamp> git_date(const git::Program& git, const std::string& text);

/// The day of a time in UTC, "20261121".
std::string day_of(Timestamp time);
/// "2026-11-21T12:13:17Z": as people are shown times.
std::string to_second(Timestamp time);

}  // namespace gf::cmd
