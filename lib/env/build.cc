#include "env/build.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "base/files.h"
#include "base/glob.h"
#include "base/text.h"
#include "env/environment.h"
#include "env/holding.h"
#include "env/kept_build.h"
#include "env/maker.h"
#include "gate/reports.h"
#include "proc/process.h"

namespace gf::env {
namespace {

namespace fs = std::filesystem;

const std::vector<std::string>& native_patterns() {
  static const std::vector<std::string> patterns = {
      "*.c",       "*.cc",       "*.cpp",       "*.cxx",          "*.h",
      "*.hh",      "*.hpp",      "*.pyx",       "*.pxd",          "*.pyi.in",
      "*.rs",      "*.f90",      "meson.build", "CMakeLists.txt", "setup.py",
      "setup.cfg", "Cargo.toml", "Cargo.lock",  "pyproject.toml"};
  return patterns;
}

}  // namespace

std::vector<std::string> sources_of_build(const std::string& folder) {
  std::vector<std::string> all;
  std::error_code failed;
  for (fs::recursive_directory_iterator at(folder, failed), end; !failed && at != end;
       at.increment(failed)) {
    std::string name = at->path().filename().string();
    std::error_code unread;
    bool link = at->is_symlink(unread);
    if (at->is_directory(unread)) {
      bool made = name == "build" || name == "target" || name.starts_with(".") ||
                  name == "node_modules" || name.ends_with(".egg-info");
      if (made || link) at.disable_recursion_pending();
      continue;
    }
    if (!link && glob_matches_any(native_patterns(), name)) all.push_back(at->path().string());
  }
  std::sort(all.begin(), all.end());
  return all;
}

std::string native_stamp(const std::string& folder) {
  std::vector<std::string> all;
  for (const std::string& path : sources_of_build(folder)) {
    std::error_code unread;
    all.push_back(fmt::format("{} {} {}", path,
                              fs::last_write_time(path, unread).time_since_epoch().count(),
                              fs::file_size(path, unread)));
  }
  return join(all, "\n");
}

std::string native_stamp(const std::vector<std::string>& folders) {
  std::string all;
  for (const std::string& folder : folders) all += native_stamp(folder) + "\n";
  return all;
}

Result<std::optional<record::GateOutcome>> build_again(Ready& ready, const gate::Gate& gate,
                                                       const gate::Place& place,
                                                       const Cancel& cancel) {
  if (ready.built.empty()) return std::optional<record::GateOutcome>();
  std::string stamp = native_stamp(ready.built);
  if (stamp == ready.built_from) return std::optional<record::GateOutcome>();
  forget_build(ready.folder);
  for (const std::string& folder : ready.built) {
    Result<void> done =
        install_project(folder, {ready, place.worktree, place.environment, place.readable},
                        Network::kOffline, cancel);
    if (done.ok()) continue;
    if (done.error().fault == Fault::kCancelled) return done.error();
    record::GateOutcome outcome;
    outcome.gate = gate.name;
    outcome.stage = gate.stage;
    outcome.tree = place.tree;
    outcome.environment = ready.label;
    outcome.status = record::GateOutcome::Status::kFail;
    gate::Scrubber scrub(place.worktree, place.scratch, ready.folder);
    outcome.reason = "the project does not build: " + scrub(done.error().message);
    outcome.output_tail = clipped_middle(scrub(done.error().detail), 8000);
    outcome.findings_total = 1;
    outcome.findings = {{"", 0, record::kNotBuilt, outcome.reason, "error"}};
    return std::optional<record::GateOutcome>(std::move(outcome));
  }
  // A build may touch what it reads.
  ready.built_from = native_stamp(ready.built);
  return std::optional<record::GateOutcome>();
}

}  // namespace gf::env
