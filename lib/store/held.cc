#include "store/held.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>

#include <cerrno>

#include "base/descriptor.h"
#include "git/repo.h"
#include "store/names.h"

namespace gf::store {

std::string hold_folder(const git::Repo& repo) { return repo.common_dir() + "/factory/runs"; }

std::string hold_file(const git::Repo& repo, const std::string& name) {
  return fmt::format("{}/{}.held", hold_folder(repo), name);
}

bool is_held(const git::Repo& repo, const RunId& run) {
  Descriptor lock(
      ::open(hold_file(repo, run.str()).c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
  // A shared lock hinders its holder only for this instant, and who takes a hold tries for longer.
  return lock.open() && flock(lock.get(), LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK;
}

std::string_view standing_of(record::RunStatus status, bool held) {
  if (status != record::RunStatus::kRunning) return record::name_of(status);
  return held ? "running" : "waiting";
}

RunKind kind_of(std::string_view cell, std::string_view slug) {
  if (cell.empty()) return RunKind::kOfLine;
  return slug.starts_with(kCalibrationSlug) ? RunKind::kCalibration : RunKind::kReview;
}

std::string_view goes_on_by(RunKind kind) {
  switch (kind) {
    case RunKind::kReview:
      return "git factory review";
    case RunKind::kCalibration:
      return "git factory review --calibrate";
    case RunKind::kOfLine:
      break;
  }
  return "git factory resume";
}

std::string way_on(const RunId& run, bool held, RunKind kind) {
  if (!held && kind != RunKind::kOfLine)
    return fmt::format("ask for it again with '{}', or end it with 'git factory abort {}'",
                       goes_on_by(kind), run.id8());
  if (held) return fmt::format("wait for it, or end it with 'git factory abort {}'", run.id8());
  return fmt::format("go on with 'git factory resume {}'", run.id8());
}

}  // namespace gf::store
