#include "env/place.h"

#include <algorithm>
#include <chrono>
#include <filesystem>

#include "base/files.h"
#include "base/text.h"
#include "env/held.h"
#include "record/exchange.h"

namespace gf::env {
namespace {

namespace fs = std::filesystem;

std::string shelf(const std::string& cache, const char* name) {
  return cache + "/environments/" + name;
}

uint64_t size_of(const std::string& folder) {
  uint64_t size = 0;
  std::error_code failed;
  for (fs::recursive_directory_iterator at(folder, failed), end; !failed && at != end;
       at.increment(failed)) {
    std::error_code unread;
    if (at->is_symlink(unread) || !at->is_regular_file(unread)) continue;
    uint64_t bytes = at->file_size(unread);
    if (!unread) size += bytes;
  }
  return size;
}

void look_on(const std::string& folder, const std::string& what, const char* named_by,
             std::vector<Kept>& kept) {
  std::error_code failed;
  for (fs::directory_iterator at(folder, failed), end; !failed && at != end; at.increment(failed)) {
    std::error_code unread;
    if (!at->is_directory(unread)) continue;
    Kept one;
    one.folder = at->path().string();
    one.what = what;
    one.of = read_file(one.folder + "/" + named_by).value_or("");
    one.whole = fs::exists(one.folder + "/key", unread);
    kept.push_back(std::move(one));
  }
}

/// What interpreters said (gate/ask_python.h): asking again costs little, and who keeps nothing for
/// a month has gone.
void forget_answers(const std::string& folder, bool all) {
  const auto old = fs::file_time_type::clock::now() - std::chrono::hours(24 * 30);
  std::error_code failed;
  for (fs::directory_iterator at(folder, failed), end; !failed && at != end; at.increment(failed)) {
    std::error_code unread;
    if (all || at->last_write_time(unread) < old) fs::remove(at->path(), unread);
  }
}

}  // namespace

std::string overlay_folder(const std::string& cache, const std::string& slot) {
  return shelf(cache, "overlays/") + record::content_id(slot).short_hex(16);
}

std::string made_folder(const std::string& cache, const std::string& key) {
  return shelf(cache, "made/") + record::content_id(key).short_hex(16);
}

std::vector<Kept> kept_in(const std::string& cache) {
  std::vector<Kept> kept;
  look_on(shelf(cache, "made"), "made", "from", kept);
  look_on(shelf(cache, "overlays"), "overlay", "slot", kept);
  std::sort(kept.begin(), kept.end(),
            [](const Kept& a, const Kept& b) { return a.folder < b.folder; });
  for (Kept& one : kept) one.size_bytes = size_of(one.folder);
  return kept;
}

std::vector<Kept> clean(const std::string& cache, bool all) {
  std::vector<Kept> kept, removed;
  look_on(shelf(cache, "overlays"), "overlay", "slot", kept);
  if (all) look_on(shelf(cache, "made"), "made", "from", kept);
  forget_answers(shelf(cache, "answers"), all);
  for (Kept& one : kept) {
    std::error_code unread;
    if (!all && (one.of.empty() || fs::exists(one.of, unread))) continue;
    auto held = Held::try_take(one.folder + ".lock");
    if (!held.ok() || !*held) continue;
    if (all) one.size_bytes = size_of(one.folder);
    remove_folder(one.folder);
    fs::remove(one.folder + ".lock", unread);
    removed.push_back(std::move(one));
  }
  return removed;
}

}  // namespace gf::env
