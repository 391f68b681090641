// Notes under one ref, safe with many writers, fanned out as git itself does it.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "git/repo.h"

namespace gf::git {

/// The notes under one ref, for example "refs/notes/factory/trace".
///
/// Many processes may write the same ref at once. A write is repeated on the new tip when the ref
/// has moved, so a note that was reported written is in the ref. (git_note_create gives no such
/// promise: it forces the ref.) Fan-out is ab/<38> below 4,096 notes and ab/cd/<36> beyond; any
/// depth is read; a key is never left at two depths (GITMODEL 4.5).
class Notes {
 public:
  /// `repo` must outlive this object.
  Notes(Repo& repo, RefName ref);

  /// The note on `target` (a commit or a tree), or nothing. A note over 64 MB is an Error.
  Result<std::optional<std::string>> read(const Oid& target) const;
  /// The same as it was, or will be, with `tip` as the notes' commit: a ref of a push, a fetched
  /// one. `at_most` bytes; a longer note is an Error.
  static Result<std::optional<std::string>> read_at(const Repo& repo, const Oid& tip,
                                                    const Oid& target, size_t at_most);
  /// Replaces the notes on these targets in one commit.
  Result<void> write(const std::vector<std::pair<Oid, std::string>>& notes, const Signature& who,
                     const std::string& message);
  /// Adds lines to the notes on these targets in one commit; lines that are there already are not
  /// doubled, the result is sorted (as cat_sort_uniq does it).
  Result<void> add_lines(const std::vector<std::pair<Oid, std::string>>& lines,
                         const Signature& who, const std::string& message);
  /// All annotated objects, in id order.
  Result<std::vector<Oid>> targets() const;

 private:
  Repo& repo_;
  RefName ref_;
};

}  // namespace gf::git
