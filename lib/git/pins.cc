#include "git/pins.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

namespace gf::git {
namespace {

constexpr int kPinTries = 5;  ///< against a git that packs the refs in the same moment

}  // namespace

Pins::Pins(Repo& repo, const std::string& git_dir)
    : repo_(repo),
      ref_(RefName::known(kPins + std::filesystem::path(git_dir).filename().string())) {}

Result<void> Pins::move_to(const Oid& target) {
  for (int i = 0; i < kPinTries; ++i) {
    if (!asked_) {
      GF_ASSIGN(auto now, repo_.read_ref(ref_));
      at_ = now.value_or(Oid());
    }
    asked_ = true;
    if (target == at_) return Done{};
    bool moved = false;
    if (target.is_zero()) {
      GF_ASSIGN(moved, repo_.delete_ref(ref_, at_));
    } else {
      GF_ASSIGN(moved, repo_.compare_and_swap(ref_, at_, target, "trees of a run"));
    }
    asked_ = moved;
    if (moved) {
      at_ = target;
      return Done{};
    }
  }
  // Held by nobody, as before: only a gc that throws everything away at once would tell.
  return Done{};
}

Result<void> Pins::hold(const Oid& tree) {
  if (tree.is_zero() || std::find(held_.begin(), held_.end(), tree) != held_.end()) return Done{};
  std::vector<TreeEntry> entries;
  held_.push_back(tree);
  for (size_t i = 0; i < held_.size(); ++i)
    entries.push_back({fmt::format("{:05}", i), EntryKind::kTree, held_[i]});
  GF_ASSIGN(auto all, repo_.write_tree(entries));
  // What cannot be held ends no run: it is as it was before there were such refs.
  (void)move_to(all).ok();
  return Done{};
}

Result<void> Pins::clear() {
  held_.clear();
  return move_to(Oid());
}

Result<void> unpin_gone(Repo& repo) {
  GF_ASSIGN(auto refs, repo.refs(kPins));
  for (const auto& [ref, tip] : refs) {
    std::string entry = ref.str().substr(std::string_view(kPins).size());
    std::error_code failed;
    bool there = std::filesystem::exists(repo.common_dir() + "/worktrees/" + entry, failed);
    if (!there && !failed) GF_TRY(repo.delete_ref(ref, tip));
  }
  return Done{};
}

}  // namespace gf::git
