// The `git` program, for what libgit2 cannot or should not do: configuration with all its sources,
// fetch and push (hooks, credentials), signed commits, worktrees where filters are in use.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/cancel.h"
#include "base/clock.h"
#include "base/ids.h"
#include "base/result.h"
#include "base/settings.h"

namespace gf::git {

struct Answer {
  int exit_code = -1;  ///< -1: ended by a signal or by us
  std::string out, err;
};

/// Runs an external program. `lib/git` knows no process room (both are on one floor), so who
/// builds a Program hands in how: the engine hands in lib/proc.
struct Command {
  std::vector<std::string> argv;
  std::string directory;
  std::map<std::string, std::string> environment;  ///< added to what the child inherits
  std::string input;
  Milliseconds timeout{120000};
  bool keep_git_variables = false;  ///< GIT_DIR and friends are removed unless this is set
  /// Gets what it writes, to either stream, piece by piece; Answer has none of it then. For what
  /// may write more than is worth keeping.
  std::function<void(std::string_view)> hear = {};
};
using Runner = std::function<Result<Answer>(const Command&)>;

/// One setting as git sees it. `key` is lower case in section and variable, as git prints it.
struct Setting {
  std::string key, value;
  std::string scope;  ///< system, global, local, worktree, command
};

/// The same without where each comes from.
Settings plain(const std::vector<Setting>& settings);

struct PushResult {
  bool pushed = false;      ///< false: the remote said no, `remote_text` says why
  bool rejected = false;    ///< somebody else was there first
  std::string remote_text;  ///< what the remote printed, without "remote: "
};

/// A ref of the remote that has to stand at `was` and moves to `now`, which follows it, in the same
/// push as a branch: where it has moved, the branch does not.
struct Fence {
  std::string ref;
  Oid was, now;
};
/// What a push of branches has in common with its fence.
enum class Pace {
  kTogether,  ///< one moves with the other or neither does
  kAhead      ///< the server cannot do that: the fence moves first
};
/// Asked before branches are pushed to `remote`, and again where the fence was moved meanwhile.
/// Nothing: they may go as they are. An Error: they may not go.
using Guard = std::function<Result<std::optional<Fence>>(
    const std::string& remote, const std::vector<std::string>& refspecs, Pace pace)>;

/// git, run inside one repository. Children get no GIT_DIR or other repository-local variables and
/// no terminal prompt (GIT_TERMINAL_PROMPT=0 unless a terminal is there).
class Program {
 public:
  Program(Runner runner, std::string directory);
  /// The same git in another folder of the same repository, with the settings read so far.
  [[nodiscard]] Program in(std::string directory) const;

  /// From now on every push of branches, also of copies of this object, asks first.
  void guard_branches(Guard guard) { guard_ = std::move(guard); }

  /// Exit status 0, or an Error with git's last line of complaint.
  Result<std::string> run(const std::vector<std::string>& arguments,
                          const std::string& input = {}) const;
  /// Any exit status.
  Result<Answer> ask(const std::vector<std::string>& arguments, const std::string& input = {},
                     std::map<std::string, std::string> environment = {}) const;

  /// The same where `hear` gets what is written, and the exit status is the answer.
  Result<int> listen(const std::vector<std::string>& arguments,
                     std::function<void(std::string_view)> hear) const;

  /// "git version 2.39.5" -> "2.39.5".
  Result<std::string> version() const;
  /// Everything `git config --list` sees, `git -c` and the environment included, in git's order
  /// (the last one wins). Read once: what others change meanwhile is not seen, set_config() is.
  Result<std::vector<Setting>> settings() const;
  /// The last value of `key`; empty when it is not set.
  Result<std::optional<std::string>> setting(std::string_view key) const;
  /// The settings written in a blob (a tracked file), with scope "tracked".
  Result<std::vector<Setting>> settings_of_blob(const Oid& blob) const;
  Result<void> set_config(const std::string& key, const std::string& value, bool add = false) const;

  /// A commit made by `git commit-tree`, signed when commit.gpgSign asks for it (see signs()); the
  /// object exists, no ref has moved.
  Result<Oid> commit_tree(const Oid& tree, const std::vector<Oid>& parents,
                          const std::string& message,
                          const std::map<std::string, std::string>& identity = {}) const;
  /// Whether commit.gpgSign is on. A value that git cannot read counts as on: git says why then.
  Result<bool> signs() const;
  enum class Together { kEach, kAllOrNone };
  /// Unforced push of these refspecs with the user's hooks and credentials. kAllOrNone is refused
  /// by servers that cannot do it.
  Result<PushResult> push(const std::string& remote, const std::vector<std::string>& refspecs,
                          Together together = Together::kEach) const;
  /// The same for a ref that has to stand at `was` there: where somebody has moved it, also back,
  /// nothing is sent and `rejected` is set. What is sent has to follow `was`: nothing is forced.
  Result<PushResult> push_following(const std::string& remote, const Oid& was, const Oid& now,
                                    const std::string& ref,
                                    const std::vector<std::string>& besides = {}) const;
  /// With words for the server (`git push -o`), each of one line; one that takes none is an Error
  /// that says so.
  Result<PushResult> push_with_options(const std::string& remote,
                                       const std::vector<std::string>& refspecs,
                                       const std::vector<std::string>& options) const;
  /// What such a push would be told before anything is sent (`git push --dry-run`), without the
  /// user's hooks: whether one may push there, and with words.
  Result<PushResult> try_push(const std::string& remote, const std::string& refspec,
                              const std::vector<std::string>& options) const;
  /// Whether `remote` lets us push at all, asked by a push of `commit` to `ref` that sends nothing
  /// and asks nobody for a password. An Error of kConfiguration is a refusal that would be the same
  /// later (an unknown host key, a key that may only read, no such repository); every other one
  /// says that it could not be found out.
  Result<void> ask_to_push(const std::string& remote, const Oid& commit,
                           const std::string& ref) const;
  /// What `git ls-remote` tells: "<oid> <tab> <ref>" lines. Errors as ask_to_push() has them.
  Result<std::string> listed(const std::string& remote, const std::string& pattern) const;
  /// `options` are words of `git fetch`, such as "--no-filter".
  Result<void> fetch(const std::string& remote, const std::vector<std::string>& refspecs,
                     const std::vector<std::string>& options = {}) const;
  Result<std::vector<std::string>> remotes() const;  ///< names, in order

 private:
  [[nodiscard]] Command command_for(const std::vector<std::string>& arguments,
                                    std::map<std::string, std::string> environment) const;
  static Result<std::vector<std::string>> push_words(const std::string& remote,
                                                     const std::vector<std::string>& refspecs,
                                                     const std::vector<std::string>& options);
  Result<PushResult> send(const std::string& remote, const std::vector<std::string>& refspecs,
                          std::vector<std::string> options) const;
  Result<PushResult> send_plain(const std::string& remote, const std::vector<std::string>& refspecs,
                                const std::vector<std::string>& options) const;
  Result<PushResult> send_fenced(const std::string& remote,
                                 const std::vector<std::string>& refspecs,
                                 const std::vector<std::string>& options) const;

  Runner runner_;
  std::string directory_;
  Guard guard_;  ///< may be empty
  mutable std::optional<std::vector<Setting>> settings_;
};

}  // namespace gf::git
