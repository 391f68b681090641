#include "upkeep/gc.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <map>
#include <set>

#include "base/files.h"
#include "base/text.h"
#include "batch/orders.h"
#include "batch/standing.h"
#include "env/place.h"
#include "git/workspace.h"
#include "session/hold.h"
#include "session/tool_caches.h"
#include "store/names.h"
#include "upkeep/clones.h"

namespace gf::upkeep {
namespace {

namespace fs = std::filesystem;

/// Everything that was looked at, and by which rules.
class Collector {
 public:
  Collector(session::Context& context, const GcWish& wish)
      : context_(context),
        wish_(wish),
        before_(context.clock().now() - std::chrono::hours(24) * wish.days) {}

  Result<std::vector<Item>> run() {
    GF_TRY(worktrees());
    GF_ASSIGN(auto cache, context_.setup.environment.cache_folder());
    environments(cache);
    lost_pools(cache);
    old_files(cache + "/services", "pause", "it is over");
    GF_ASSIGN(auto gates, session::gate_cache(context_));
    for (const session::LostCaches& lost : session::sweep_tool_caches(gates, gone_, wish_.dry_run))
      add("cache", lost.folder, true, "its worktree is gone", lost.size_bytes);
    old_files(gates, "outcome", "it was not used for a while");
    GF_ASSIGN(int locks, session::sweep_holds(context_, wish_.dry_run));
    if (locks > 0) add("lock", counted(static_cast<size_t>(locks), "run"), true, "nobody has it");
    GF_TRY(runs_and_batches());
    // A job may be between two of its git's commands: the last day's stay, as outcomes do.
    GF_ASSIGN(auto clones, sweep_clones(context_.setup, std::max(wish_.days, 1), wish_.dry_run));
    items_.insert(items_.end(), clones.begin(), clones.end());
    return std::move(items_);
  }

 private:
  void add(std::string kind, std::string name, bool removed, std::string why, uint64_t size = 0) {
    items_.push_back({std::move(kind), std::move(name), removed, std::move(why), size});
  }

  Result<void> worktrees() {
    using Fate = git::PoolPlace::Fate;
    GF_ASSIGN(auto pool, git::default_pool_dir(context_.repo, context_.setup.environment));
    GF_ASSIGN(auto places, git::sweep_pool(context_.repo, context_.git, pool,
                                           {wish_.days > 0 ? std::optional(before_) : std::nullopt,
                                            wish_.dry_run}));
    for (const git::PoolPlace& place : places) {
      bool removed = place.fate == Fate::kRemoved;
      if (removed) gone_.insert(place.path);
      const char* why = removed                       ? "nobody has it"
                        : place.fate == Fate::kInUse  ? "a run has it"
                        : place.fate == Fate::kRecent ? "it was used not long ago"
                                                      : "it holds commits that no ref leads to";
      add("worktree", place.path, removed, why);
    }
    return Done{};
  }

  /// An overlay goes with its worktree; what was made is kept for the next run.
  void environments(const std::string& cache) {
    std::vector<env::Kept> before = env::kept_in(cache);
    if (!wish_.dry_run) (void)env::clean(cache, false);
    for (const env::Kept& kept : before) {
      std::error_code failed;
      bool orphan =
          kept.what == "overlay" && (gone_.contains(kept.of) || !fs::exists(kept.of, failed));
      bool removed = wish_.dry_run ? orphan : !fs::exists(kept.folder, failed);
      std::string why = removed                  ? "its worktree is gone"
                        : kept.what == "overlay" ? "its worktree is there"
                                                 : "'git factory env --clean' removes it";
      add("environment", kept.folder, removed, why, kept.size_bytes);
    }
  }

  /// Pools of other repositories are theirs to sweep; one whose repository is nowhere is told.
  void lost_pools(const std::string& cache) {
    std::error_code failed;
    for (fs::directory_iterator pool(cache + "/worktrees", failed), end; !failed && pool != end;
         pool.increment(failed)) {
      std::error_code inside;
      for (fs::directory_iterator at(pool->path(), inside), none; !inside && at != none;
           at.increment(inside)) {
        std::string link = read_file((at->path() / ".git").string()).value_or("");
        if (!link.starts_with("gitdir: ")) continue;
        std::string to(trim(std::string_view(link).substr(8)));
        std::error_code missing;
        if (fs::exists(fs::path(to).parent_path().parent_path(), missing)) break;
        add("worktree", pool->path().string(), false,
            fmt::format("its repository '{}' is not there; it may have been moved", to));
        break;
      }
    }
  }

  void old_files(const std::string& folder, const char* kind, const char* why) {
    size_t count = 0, stayed = 0;
    uint64_t size = 0;
    std::error_code failed;
    auto now = fs::file_time_type::clock::now();
    for (fs::recursive_directory_iterator at(folder, failed), end; !failed && at != end;
         at.increment(failed)) {
      std::error_code one;
      if (!at->is_regular_file(one) || at->is_symlink(one)) continue;
      auto written = at->last_write_time(one);
      bool old = !one && now - written >= std::chrono::hours(24) * std::max(wish_.days, 1);
      if (!old) {
        ++stayed;
        continue;
      }
      uint64_t bytes = at->file_size(one);
      if (!wish_.dry_run && !fs::remove(at->path(), one)) continue;
      size += bytes;
      ++count;
    }
    if (count > 0)
      add(kind, fmt::format("{} in {}", counted(count, "file"), folder), true, why, size);
    if (stayed > 0)
      add(kind, fmt::format("{} in {}", counted(stayed, "file"), folder), false,
          "it was used not long ago");
  }

  Result<void> runs_and_batches() {
    GF_ASSIGN(auto active, context_.store->active_runs());
    std::map<std::string, size_t> going_on;
    for (const store::Summary& run : active) {
      ++going_on[run.batch];
      add("run", fmt::format("{} ({})", run.id.str(), run.slug), false, "it can go on");
    }
    GF_ASSIGN(auto names, batch::kept_names(context_.repo));
    for (const std::string& name : names) GF_TRY(batch_of(name, going_on.contains(name)));
    return Done{};
  }

  Result<void> batch_of(const std::string& name, bool going_on) {
    auto stays = [&](const char* why) {
      add("batch", name, false, why);
      return Done{};
    };
    // Held until it is gone: nobody goes on with it meanwhile.
    GF_ASSIGN(auto hold, session::Hold::try_batch(context_, name));
    if (!hold) return stays("a process goes on with it");
    auto orders = batch::kept(context_.repo, name);
    // What a newer version kept is not ours to judge.
    if (!orders.ok() || !*orders) return stays("it cannot be read");
    if (going_on) return stays("a run of it can go on");
    if ((*orders)->begun >= before_) return stays("it began not long ago");
    GF_ASSIGN(auto standing, batch::standing_of(*context_.store, **orders));
    if (!standing.schedule.over()) return stays("a request of it has not begun");
    GF_ASSIGN(auto ref, RefName::parse(batch::kBatches + name));
    GF_ASSIGN(auto tip, context_.repo.read_ref(ref));
    bool removed = tip.has_value();
    if (removed && !wish_.dry_run) {
      GF_ASSIGN(removed, context_.repo.delete_ref(ref, *tip));
      if (removed) GF_TRY(forget_fetched(name));
    }
    add("batch", name, removed, removed ? "nothing of it is left to do" : "it changed just now");
    return Done{};
  }

  /// What a batch on other machines had on its remote, as it was fetched.
  Result<void> forget_fetched(const std::string& batch) {
    GF_ASSIGN(auto refs, context_.repo.refs(store::kTracking));
    for (const auto& [ref, tip] : refs) {
      bool its = ref.str().ends_with("/batch/" + batch) ||
                 ref.str().find("/claims/" + batch + "/") != std::string::npos;
      if (its) GF_TRY(context_.repo.delete_ref(ref, tip));
    }
    return Done{};
  }

  session::Context& context_;
  const GcWish wish_;
  const Timestamp before_;
  std::set<std::string> gone_;  ///< worktrees that went, or would
  std::vector<Item> items_;
};

std::string size_text(uint64_t bytes) {
  if (bytes < 1024) return {};
  constexpr double kKilo = 1024;
  double kilobytes = static_cast<double>(bytes) / kKilo;
  return kilobytes < kKilo ? fmt::format(", {:.0f} KB", kilobytes)
                           : fmt::format(", {:.1f} MB", kilobytes / kKilo);
}

}  // namespace

Result<std::vector<Item>> collect_garbage(session::Context& context, const GcWish& wish) {
  return Collector(context, wish).run();
}

std::string to_text(const std::vector<Item>& items, bool dry_run) {
  std::string text;
  size_t removed = 0;
  uint64_t bytes = 0;
  for (const Item& item : items) {
    const char* word = !item.removed ? "kept" : dry_run ? "would remove" : "removed";
    text += fmt::format("{} {} {}: {}{}\n", word, item.kind, printable(item.name),
                        printable(item.why), size_text(item.size_bytes));
    removed += item.removed ? 1 : 0;
    bytes += item.removed ? item.size_bytes : 0;
  }
  return text + fmt::format("{} {}, kept {}{}\n", dry_run ? "would remove" : "removed", removed,
                            items.size() - removed, size_text(bytes));
}

record::Json to_json(const std::vector<Item>& items) {
  record::Json all = record::Json::array();
  for (const Item& item : items) {
    all.push(record::Json::object({{"kind", item.kind},
                                   {"name", item.name},
                                   {"removed", item.removed},
                                   {"why", item.why},
                                   {"size_bytes", item.size_bytes}}));
  }
  return all;
}

}  // namespace gf::upkeep
