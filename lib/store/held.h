// Who has a run now: the lock that its process holds (session/hold.h), looked at by those who only
// want to know.
#pragma once

#include <string>
#include <string_view>

#include "base/ids.h"
#include "record/run.h"

namespace gf::git {
class Repo;
}  // namespace gf::git

namespace gf::store {

/// The folder of the locks, below the repository's own; it may not be there.
std::string hold_folder(const git::Repo& repo);
/// The lock file of a run (its id), or of a batch ("batch.<name>").
std::string hold_file(const git::Repo& repo, const std::string& name);

/// Does a living process have this run? Takes nothing and makes no file. Of processes on other
/// machines that share the folder only where its file system carries locks.
bool is_held(const git::Repo& repo, const RunId& run);

/// The one word for how a run stands, everywhere the same: "running" while a process has it,
/// "waiting" when none has and goes_on_by() goes on with it, else how it ended.
std::string_view standing_of(record::RunStatus status, bool held);

/// What is on record as a run.
enum class RunKind { kOfLine, kReview, kCalibration };
/// By its stage (kCellPolicy; empty: the whole line) and its slug.
RunKind kind_of(std::string_view cell, std::string_view slug);

/// The command that goes on with what waits: a run of the line by itself, a review by being asked
/// for again.
std::string_view goes_on_by(RunKind kind);
/// What to do about a run that is not at its end: a hint that names the command.
std::string way_on(const RunId& run, bool held, RunKind kind = RunKind::kOfLine);

}  // namespace gf::store
