// The repository: its format, its shape, its record.
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "analyst/index.h"
#include "base/text.h"
#include "doctor/inside.h"
#include "store/held.h"

namespace gf::doctor {
namespace {

constexpr size_t kManyRefs = 5000;

void look_at_git_index(const Settings& settings, Checks& checks) {
  // What git itself cannot read as yes or no is told by git.
  auto on = [&](const char* key) { return settings.flag(key, false).value_or(false); };
  if (on("index.sparse") && on("core.sparseCheckoutCone")) {
    checks.push_back(note("git index", "a sparse index may be in use, which libgit2 cannot read",
                          "git sparse-checkout reapply --no-sparse-index"));
  } else if (on("core.splitIndex")) {
    checks.push_back(note("git index", "a split index is in use, which libgit2 cannot read",
                          "git update-index --no-split-index"));
  } else {
    checks.push_back(good("git index", "readable"));
  }
}

/// Locks that no program took away: the files of git itself, not those below refs.
std::vector<std::string> locks_in(const std::string& folder) {
  std::vector<std::string> found;
  std::error_code failed;
  for (const auto& entry : std::filesystem::directory_iterator(folder, failed)) {
    if (entry.path().extension() == ".lock") found.push_back(entry.path().filename().string());
  }
  return found;
}

}  // namespace

void look_at_format(const session::Setup& setup, Checks& checks) {
  git::Program git(session::git_runner(setup.environment, *setup.cancel), setup.directory);
  auto settings = git.settings();
  if (!settings.ok()) return;
  std::vector<std::string> names;
  for (const git::Setting& one : *settings) {
    if (one.key.starts_with("extensions.")) names.push_back(one.key.substr(11) + "=" + one.value);
  }
  if (names.empty()) return;
  checks.push_back(note("extensions", join(names, ", "),
                        "libgit2 may not know one of them; see 'git help repository-version'"));
}

void look_at_shape(const Patient& patient, Checks& checks) {
  const git::Shape& shape = patient.context.shape;
  const git::Repo& repo = patient.context.repo;
  std::string where = repo.workdir().value_or(repo.git_dir());
  struct Refused {
    bool is;
    const char *text, *hint;
  };
  bool whole = true;
  for (const Refused& one :
       {Refused{shape.bare, "is bare: no runs here; verify and hooks work",
                "run the factory in a clone with a work tree"},
        Refused{shape.unborn, "has no commit yet", "make a first commit"},
        Refused{shape.shallow, "is a shallow clone: no runs here", "git fetch --unshallow"}}) {
    if (!one.is) continue;
    whole = false;
    checks.push_back(bad("repository", where + " " + one.text, one.hint));
  }
  for (const Refused& one :
       {Refused{shape.sparse, "is a sparse checkout: runs use whole worktrees", ""},
        Refused{shape.partial, "is a partial clone: the files of a run's base are fetched first",
                ""},
        Refused{shape.has_submodules, "has submodules: runs see them as they are and do not enter",
                ""},
        Refused{shape.lfs, "uses filters (LFS): worktrees are made by git, more slowly", ""}}) {
    if (!one.is) continue;
    whole = false;
    checks.push_back(note("repository", where + " " + one.text, one.hint));
  }
  if (whole) checks.push_back(good("repository", where));
  auto who = repo.identity(patient.context.clock().now());
  checks.push_back(who.ok() ? good("identity", fmt::format("{} <{}>", who->name, who->email))
                            : failed("identity", who.error()));
  auto settings = patient.context.git.settings();
  if (settings.ok()) look_at_git_index(git::plain(*settings), checks);
}

void look_at_record(const Patient& patient, Checks& checks) {
  const git::Repo& repo = patient.context.repo;
  std::vector<std::string> locks = locks_in(repo.git_dir());
  checks.push_back(locks.empty() ? good("locks", "none")
                                 : note("locks", join(locks, ", ") + " in " + repo.git_dir(),
                                        "remove them when no git program is running"));
  auto refs = repo.refs("refs/");
  if (!refs.ok()) {
    checks.push_back(failed("refs", refs.error()));
  } else if (refs->size() > kManyRefs) {
    checks.push_back(note("refs", fmt::format("{} refs slow every fetch and push", refs->size()),
                          "git pack-refs --all, and delete what is merged"));
  } else {
    checks.push_back(good("refs", counted(refs->size(), "ref")));
  }
  auto active = patient.context.store->active_runs();
  if (!active.ok()) {
    checks.push_back(failed("runs", active.error()));
    return;
  }
  std::vector<store::Summary> waiting;
  for (const store::Summary& run : *active) {
    if (!run.held) waiting.push_back(run);
  }
  size_t running = active->size() - waiting.size();
  std::string others = running == 0 ? "" : fmt::format("; {} running", running);
  if (waiting.empty()) {
    checks.push_back(good("runs", "none is waiting" + others));
    return;
  }
  const store::Summary& first = waiting.front();
  checks.push_back(
      note("runs", fmt::format("{} waiting, such as '{}'{}", waiting.size(), first.slug, others),
           store::way_on(first.id, false, store::kind_of(first.cell, first.slug))));
}

void look_at_index(const Patient& patient, Checks& checks) {
  std::string path = analyst::Index::path(patient.context.repo);
  std::error_code missing;
  if (!std::filesystem::exists(path, missing)) {
    checks.push_back(good("index", "not made yet; the first 'git factory metrics' makes it"));
    return;
  }
  analyst::Index::Options options;
  options.cancel = patient.context.setup.cancel;
  options.at_most = 0;
  auto index = analyst::Index::open(patient.context.repo, options);
  if (!index.ok()) {
    checks.push_back(bad("index", index.error().message,
                         fmt::format("rm '{}'; it is made again from git", path)));
    return;
  }
  if (index->changes().in_memory) {
    checks.push_back(note("index", "cannot be kept at " + path,
                          "make room, or the folder writable; until then each question reads all"));
    return;
  }
  auto troubles = index->troubles(1);
  if (troubles.ok() && !troubles->empty()) {
    checks.push_back(note("index", "a record cannot be read: " + troubles->front(),
                          "git factory sync, or fetch the record again"));
    return;
  }
  size_t behind = index->changes().behind;
  checks.push_back(good("index", behind == 0 ? "up to date"
                                             : counted(behind, "run") + " behind; caught up with "
                                                                        "the next question"));
}

}  // namespace gf::doctor
