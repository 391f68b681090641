// One place of the pool: a linked worktree, the lock beside it, and how it is put in order.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "git/disk.h"
#include "git/git_program.h"
#include "git/repo.h"

namespace gf::git {

/// <pool>/<number>, held by this process alone for as long as the object lives: <number>.lock is
/// flock()ed, and the kernel drops that when the holder dies, however it dies.
///
/// The lock file also says what a free slot was left at ("<base> clean"), so that one left by a
/// dead process ("<base> used") is cleaned without asking; a clean one is still looked at. Until a
/// slot has come to its base it says where it was, too ("<base> used <was>").
class Slot {
 public:
  /// Nothing when somebody has it.
  static Result<std::optional<Slot>> try_take(const std::string& pool, int number,
                                              const std::string& common_dir);
  /// A free slot, rather one that was left at `base`, rather an old one than a new one; never one
  /// that holds_work().
  static Result<Slot> take(const Program& git, const std::string& pool,
                           const std::string& common_dir, const Oid& base);
  /// Numbers of the slots that have a lock file, in order.
  static std::vector<int> numbers(const std::string& pool);

  [[nodiscard]] const std::string& path() const { return path_; }
  /// This worktree's own folder in the repository; empty when there is none.
  [[nodiscard]] const std::string& git_dir() const { return git_dir_; }
  [[nodiscard]] const Oid& recorded_base() const { return recorded_; }
  [[nodiscard]] std::optional<Oid> head() const;
  /// False when the lock file was deleted: then another process may have this place by now.
  [[nodiscard]] bool held() const;

  /// Whether something was committed by hand in it that no ref leads to: whoever put it at another
  /// base, or took it away, would lose that.
  Result<bool> holds_work(const Program& git) const;

  /// At `base`, clean, whatever was there before. A branch that is checked out in it stays where it
  /// is.
  Result<void> put_at(const Program& git, const Oid& base);
  /// Tells in the lock file that the files are those of the base again, as far as is known.
  Result<void> leave_clean(const Oid& base);
  /// Removes the worktree from disk and from the repository.
  Result<void> remove(const Program& git);
  /// Git's own lock of a worktree, against `git worktree prune` and `remove`; the reason is what
  /// `git worktree list -v` says of it.
  void lock_entry(const std::string& reason) const;

  /// git in this worktree. It is told where everything is: the '.git' file in the worktree may
  /// have been rewritten by what ran there.
  Result<Answer> ask(const Program& git, const std::vector<std::string>& arguments,
                     const std::string& input = {},
                     const std::map<std::string, std::string>& environment = {}) const;
  Result<std::string> run(const Program& git, const std::vector<std::string>& arguments,
                          const std::string& input = {},
                          const std::map<std::string, std::string>& environment = {}) const;

 private:
  Slot(Descriptor lock, std::string lock_path, std::string path, std::string common_dir);
  [[nodiscard]] std::string find_entry() const;
  void read_record();
  Result<void> write_record(const Oid& base, const std::string& state);
  Result<void> mend_link() const;
  Result<bool> is_clean(const Program& git) const;
  Result<bool> repair(const Program& git, const Oid& base) const;
  Result<void> go_to(const Program& git, const Oid& base, bool left_here);
  Result<void> add(const Program& git, const Oid& base);

  Descriptor lock_;
  std::string lock_path_, path_, common_dir_, git_dir_;
  Oid recorded_;
  Oid was_;  ///< where it stood when it began to go to `recorded_`; null: it has come there
  bool left_clean_ = false;
};

/// Best effort, for a text that is as long each time: whoever reads it meanwhile reads the old one
/// or the new one. A file that replaces another is first brought to the disk by some file systems,
/// which took longer than all else that is done to a changed file.
void write_in_place(const std::string& file, const std::string& text);

}  // namespace gf::git
