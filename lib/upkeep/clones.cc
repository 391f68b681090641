#include "upkeep/clones.h"

#include <algorithm>
#include <filesystem>

#include "base/files.h"
#include "batch/job.h"
#include "session/hold.h"

namespace gf::upkeep {
namespace {

namespace fs = std::filesystem;

/// What is directly in a folder; nothing where there is none.
std::vector<fs::path> inside(const fs::path& folder) {
  std::vector<fs::path> found;
  std::error_code failed;
  for (fs::directory_iterator at(folder, failed), end; !failed && at != end; at.increment(failed)) {
    if (at->is_directory(failed) && !at->is_symlink(failed)) found.push_back(at->path());
  }
  std::sort(found.begin(), found.end());
  return found;
}

/// Since it was made, by the clock of files; a look inside changes what lies deeper. What goes on
/// for longer is held by its job, or has a run that can go on.
bool is_old(const fs::path& clone, int days) {
  std::error_code missing;
  auto made = fs::last_write_time(clone, missing);
  return !missing && fs::file_time_type::clock::now() - made >= std::chrono::hours(24) * days;
}

/// Why it stays; nothing where it may go.
const char* stays(session::Setup setup, const fs::path& clone, const std::string& batch,
                  bool remove) {
  setup.directory = clone.string();
  auto context = session::Context::open(setup, false);
  // What is half a clone holds nothing of its own.
  if (context.ok()) {
    auto job = session::Hold::try_batch(**context, batch::job_hold(batch));
    auto hold = session::Hold::try_batch(**context, batch);
    if (!job.ok() || !*job || !hold.ok() || !*hold) return "a job works in it";
    auto active = (*context)->store->active_runs();
    if (!active.ok()) return "its runs cannot be read";
    if (!active->empty()) return "a run in it can go on";
    if (remove) remove_folder(clone.string());
    return nullptr;
  }
  if (remove) remove_folder(clone.string());
  return nullptr;
}

}  // namespace

Result<std::vector<Item>> sweep_clones(const session::Setup& setup, int days, bool dry_run) {
  std::vector<Item> items;
  GF_ASSIGN(auto cache, setup.environment.cache_folder());
  for (const fs::path& repository : inside(batch::jobs_folder(cache))) {
    for (const fs::path& batch : inside(repository)) {
      for (const fs::path& clone : inside(batch)) {
        const char* why = is_old(clone, days)
                              ? stays(setup, clone, batch.filename().string(), !dry_run)
                              : "it was made not long ago";
        items.push_back({"job", clone.string(), why == nullptr,
                         why == nullptr ? "no job works in it" : why, 0});
      }
      // Those that are empty now; one that is not stays by itself.
      std::error_code full;
      if (!dry_run) fs::remove(batch, full);
    }
  }
  return items;
}

}  // namespace gf::upkeep
