// Bringing two clones' records together: unions of trees and lines, never a loss (GITMODEL 4.6).
#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <map>

#include "base/clock.h"
#include "base/text.h"
#include "git/notes.h"
#include "store/active.h"
#include "store/months.h"
#include "store/names.h"

namespace gf::store {
namespace {

/// All of both trees. Where one path holds two blobs, the smaller id keeps the name and the other
/// is kept beside it: by construction that cannot happen, and if it does nothing is lost.
Result<Oid> united(git::Repo& repo, const Oid& ours, const Oid& theirs) {
  if (ours == theirs || theirs.is_zero()) return ours;
  if (ours.is_zero()) return theirs;
  GF_ASSIGN(auto left, repo.read_tree(ours));
  GF_ASSIGN(auto right, repo.read_tree(theirs));
  std::map<std::string, git::TreeEntry> all;
  for (const git::TreeEntry& entry : left) all.emplace(entry.name, entry);
  for (const git::TreeEntry& entry : right) {
    auto [place, added] = all.emplace(entry.name, entry);
    if (added || place->second.id == entry.id) continue;
    git::TreeEntry& kept = place->second;
    if (kept.kind == git::EntryKind::kTree && entry.kind == git::EntryKind::kTree) {
      GF_ASSIGN(kept.id, united(repo, kept.id, entry.id));
      continue;
    }
    git::TreeEntry other = entry;
    if (other.id < kept.id) std::swap(other, kept);
    other.name = "conflict-" + other.id.short_hex(10);
    kept.name = entry.name;
    all.emplace(other.name, other);
  }
  std::vector<git::TreeEntry> entries;
  for (auto& [name, entry] : all) entries.push_back(entry);
  return repo.write_tree(entries);
}

/// Who joined does not matter, and when is told by what was joined: two clones that join the same
/// two tips make the same commit and need no further join.
Result<Oid> merge_commit(git::Repo& repo, const Oid& tree, const Oid& ours, const Oid& theirs,
                         const std::string& what) {
  GF_ASSIGN(auto left, repo.commit(std::min(ours, theirs)));
  GF_ASSIGN(auto right, repo.commit(std::max(ours, theirs)));
  const git::Signature& who =
      left.committer.when < right.committer.when ? right.committer : left.committer;
  return repo.write_commit(tree, {left.id, right.id}, who, who, "join " + what + "\n");
}

/// The objects annotated in `theirs` whose notes differ from `ours`; equal folders are not looked
/// into, so it costs what is new and not what is there.
Result<void> differing(const git::Repo& repo, const Oid& ours, const Oid& theirs,
                       const std::string& prefix, std::vector<Oid>& targets) {
  if (ours == theirs || theirs.is_zero()) return Done{};
  GF_ASSIGN(auto left, repo.read_tree(ours));
  GF_ASSIGN(auto right, repo.read_tree(theirs));
  std::map<std::string, git::TreeEntry> known;
  for (git::TreeEntry& entry : left) known.emplace(entry.name, std::move(entry));
  for (const git::TreeEntry& entry : right) {
    auto same = known.find(entry.name);
    if (same != known.end() && same->second.id == entry.id) continue;
    if (entry.kind == git::EntryKind::kTree) {
      bool folder = same != known.end() && same->second.kind == git::EntryKind::kTree;
      if (prefix.size() > 40) continue;
      GF_TRY(differing(repo, folder ? same->second.id : Oid(), entry.id, prefix + entry.name,
                       targets));
    } else if (auto id = Oid::parse(prefix + entry.name); id.ok()) {
      targets.push_back(*id);
    }
  }
  return Done{};
}

Result<bool> join_notes(git::Repo& repo, const Clock& clock, const RefName& ref,
                        const RefName& tracking, const Oid& theirs) {
  enum class Way { kNothing, kTaken, kUnite } way = Way::kNothing;
  GF_TRY(git::until_won("joining " + ref.str(), [&]() -> Result<bool> {
    GF_ASSIGN(auto ours, repo.read_ref(ref));
    way = Way::kNothing;
    if (ours && *ours == theirs) return true;
    std::optional<Oid> base;
    if (ours) {
      GF_ASSIGN(base, repo.merge_base(*ours, theirs));
    }
    if (base && *base == theirs) return true;
    way = ours && (!base || *base != *ours) ? Way::kUnite : Way::kTaken;
    if (way == Way::kUnite) return true;
    return repo.compare_and_swap(ref, ours.value_or(Oid()), theirs, "factory: join");
  }));
  if (way != Way::kUnite) return way == Way::kTaken;
  git::Notes other(repo, tracking);
  std::vector<Oid> targets;
  GF_ASSIGN(auto our_tip, repo.read_ref(ref));
  GF_ASSIGN(auto our_tree, tree_of_commit(repo, our_tip.value_or(Oid())));
  GF_ASSIGN(auto their_tree, tree_of_commit(repo, theirs));
  GF_TRY(differing(repo, our_tree, their_tree, "", targets));
  std::vector<std::pair<Oid, std::string>> added, whole;
  bool is_spec = ref.str().ends_with("/spec");
  git::Notes mine(repo, ref);
  for (const Oid& target : targets) {
    GF_ASSIGN(auto text, other.read(target));
    if (!text) continue;
    GF_ASSIGN(auto here, mine.read(target));
    if (here && *here == *text) continue;
    // A spec is one document and not a list of lines; both sides made it from the same run.
    if (is_spec && !here) whole.emplace_back(target, *text);
    if (!is_spec) added.emplace_back(target, *text);
  }
  git::Signature who = writer(repo, clock);
  if (!whole.empty()) GF_TRY(mine.write(whole, who, "join\n"));
  if (!added.empty()) GF_TRY(mine.add_lines(added, who, "join\n"));
  // A merge commit on top, so that the other side can fast-forward to it.
  GF_TRY(git::until_won("joining " + ref.str(), [&]() -> Result<bool> {
    GF_ASSIGN(auto tip, repo.read_ref(ref));
    GF_ASSIGN(auto info, repo.commit(*tip));
    GF_ASSIGN(auto commit, merge_commit(repo, info.tree, *tip, theirs, ref.str()));
    return repo.compare_and_swap(ref, *tip, commit, "factory: join");
  }));
  return true;
}

}  // namespace

Result<bool> join_month(git::Repo& repo, const RefName& ref, const Oid& theirs) {
  bool moved = false;
  GF_TRY(git::until_won("joining " + ref.str(), [&]() -> Result<bool> {
    GF_ASSIGN(auto ours, repo.read_ref(ref));
    if (ours && *ours == theirs) return true;
    Oid target = theirs;
    if (ours) {
      GF_ASSIGN(auto base, repo.merge_base(*ours, theirs));
      if (base && *base == theirs) return true;
      if (!base || *base != *ours) {
        GF_ASSIGN(auto left, repo.commit(*ours));
        GF_ASSIGN(auto right, repo.commit(theirs));
        GF_ASSIGN(auto tree, united(repo, left.tree, right.tree));
        GF_ASSIGN(target, merge_commit(repo, tree, *ours, theirs, ref.str()));
      }
    }
    GF_ASSIGN(moved, repo.compare_and_swap(ref, ours.value_or(Oid()), target, "factory: join"));
    return moved;
  }));
  return moved;
}

Result<int> join_all(git::Repo& repo, const Clock& clock, const std::string& remote) {
  int moved = 0;
  std::string prefix = kTracking + remote + "/";
  GF_ASSIGN(auto fetched, repo.refs(prefix));
  for (const auto& [ref, tip] : fetched) {
    std::string rest = ref.str().substr(prefix.size());
    if (!is_month_ref(rest)) continue;
    GF_ASSIGN(bool did, join_month(repo, RefName::known("refs/factory/" + rest), tip));
    moved += did ? 1 : 0;
  }
  std::string notes = fmt::format("refs/notes/remotes/{}/factory/", remote);
  GF_ASSIGN(auto fetched_notes, repo.refs(notes));
  for (const auto& [ref, tip] : fetched_notes) {
    RefName own = RefName::known("refs/notes/factory/" + ref.str().substr(notes.size()));
    // A remote can offer any name; ours are these.
    bool known = own.str() == kGatesNotes ||
                 std::any_of(std::begin(kNotes), std::end(kNotes),
                             [&](const char* name) { return own.str() == name; });
    if (!known) continue;
    GF_ASSIGN(bool did, join_notes(repo, clock, own, ref, tip));
    moved += did ? 1 : 0;
  }
  return moved;
}

}  // namespace gf::store
