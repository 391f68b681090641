// Refs: read, moved only from the value that was read.
#include <fmt/format.h>

#include <algorithm>

#include "git/fault.h"
#include "git/handle.h"

namespace gf::git {
namespace {

/// Codes that mean "somebody else was there first".
bool lost_race(int code, const Oid& expected) {
  return code == GIT_EMODIFIED || code == GIT_ELOCKED ||
         (code == GIT_EEXISTS && expected.is_zero());
}

/// Far longer than anybody holds the lock of a ref, and less than those wait who try again.
constexpr Milliseconds kLockIsHeld{10000};

/// Whether a lock that was in the way is taken away now: of our own refs alone.
bool got_past_lock(Repo& repo, std::map<std::string, LeftLock>& locks, const std::string& ref) {
  if (!ref.starts_with("refs/factory") && !ref.starts_with("refs/notes/factory")) return false;
  return locks.try_emplace(ref, repo.common_dir() + "/" + ref + ".lock", kLockIsHeld)
      .first->second.taken_away();
}

}  // namespace

Result<std::optional<Oid>> Repo::read_ref(const RefName& ref) const {
  git_oid id;
  int code = git_reference_name_to_id(&id, impl_->repo.get(), ref.str().c_str());
  // No ref has a name that is longer than libgit2's buffer (GIT_EBUFS).
  if (code == GIT_ENOTFOUND || code == GIT_EBUFS) return std::optional<Oid>();
  if (code < 0) return from_git(code, fmt::format("cannot read '{}'", ref.str()));
  return std::optional<Oid>(from_git_oid(&id));
}

std::optional<std::string> Repo::symbolic_target(const RefName& ref) const {
  ReferenceHandle found;
  if (git_reference_lookup(Out(found), impl_->repo.get(), ref.str().c_str()) < 0) {
    return std::nullopt;
  }
  const char* target = git_reference_symbolic_target(found.get());
  return target == nullptr ? std::nullopt : std::optional<std::string>(target);
}

Result<bool> Repo::compare_and_swap(const RefName& ref, const Oid& expected, const Oid& target,
                                    const std::string& why) {
  std::string doing = ref.str() + " (" + why + ")";
  GF_TRY(fault_point("before", doing));
  git_oid to = to_git(target), from = to_git(expected);
  if (ref.str().starts_with("refs/factory/ledger/")) {
    // Under refs/factory git keeps no reflog unless the file is there.
    git_reference_ensure_log(impl_->repo.get(), ref.str().c_str());
  }
  // A reflog line needs somebody; without an identity libgit2 writes "unknown", which is fine here.
  ReferenceHandle made;
  // Also for a ref that must not exist: git_reference_create() without force looks for it before it
  // takes the lock, so of two creators both win and the first one's commit is lost. A zero id is
  // compared under the lock.
  auto move = [&] {
    return git_reference_create_matching(Out(made), impl_->repo.get(), ref.str().c_str(), &to, 1,
                                         &from, why.c_str());
  };
  int code = move();
  if (code == GIT_ELOCKED && got_past_lock(*this, impl_->locks, ref.str())) code = move();
  if (code != GIT_ELOCKED) impl_->locks.erase(ref.str());
  if (code == 0) {
    GF_TRY(fault_point("after", doing));
    return true;
  }
  if (lost_race(code, expected)) return false;
  // "force" with an expected value reports a ref that has gone as not found.
  if (code == GIT_ENOTFOUND) return false;
  return from_git(code, fmt::format("cannot move '{}'", ref.str()));
}

Result<bool> Repo::delete_ref(const RefName& ref, const Oid& expected) {
  std::string doing = ref.str() + " (deleted)";
  GF_TRY(fault_point("before", doing));
  ReferenceHandle reference;
  int code = git_reference_lookup(Out(reference), impl_->repo.get(), ref.str().c_str());
  if (code == GIT_ENOTFOUND) return false;
  if (code < 0) return from_git(code, fmt::format("cannot read '{}'", ref.str()));
  const git_oid* target = git_reference_target(reference.get());
  if (target == nullptr || from_git_oid(target) != expected) return false;
  // libgit2 deletes only if the ref still is what was looked up.
  code = git_reference_delete(reference.get());
  if (code == GIT_ELOCKED && got_past_lock(*this, impl_->locks, ref.str()))
    code = git_reference_delete(reference.get());
  if (code == GIT_EMODIFIED || code == GIT_ELOCKED || code == GIT_ENOTFOUND) return false;
  if (code < 0) return from_git(code, fmt::format("cannot delete '{}'", ref.str()));
  GF_TRY(fault_point("after", doing));
  return true;
}

Result<std::vector<std::pair<RefName, Oid>>> Repo::refs(const std::string& prefix) const {
  std::vector<std::pair<RefName, Oid>> found;
  IteratorHandle iterator;
  if (int code =
          git_reference_iterator_glob_new(Out(iterator), impl_->repo.get(), (prefix + "*").c_str());
      code < 0) {
    return from_git(code, "cannot list the refs");
  }
  ReferenceHandle reference;
  int code = 0;
  while ((code = git_reference_next(Out(reference), iterator.get())) == 0) {
    const git_oid* target = git_reference_target(reference.get());
    if (target != nullptr)
      found.emplace_back(RefName::known(git_reference_name(reference.get())), from_git_oid(target));
  }
  if (code != GIT_ITEROVER) return from_git(code, "cannot list the refs");
  std::sort(found.begin(), found.end());
  return found;
}

}  // namespace gf::git
