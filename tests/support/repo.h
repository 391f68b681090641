// A real repository made by the real git program, deaf to the user's settings.
#pragma once

#include <initializer_list>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "support/folder.h"

namespace gf::test {

/// How a program ended and what it said.
struct Ran {
  int exit_code = -1;  ///< 128 and the signal's number, when a signal ended it
  std::string out, err;
};

/// Runs a program in `directory` with this environment and no other, to its end.
Ran run(const std::vector<std::string>& words, const std::string& directory,
        const std::map<std::string, std::string>& environment, const std::string& input = {});

/// A fresh repository on branch main, in a temporary folder. A git command that fails ends in a
/// test failure that shows what it printed.
class TempRepo {
 public:
  TempRepo();

  [[nodiscard]] std::string path() const { return folder_ / "repo"; }
  /// Writes a file of the working directory.
  std::string write(std::string_view name, std::string_view content) const;
  /// `git add -A` and a commit, also of nothing.
  Oid commit(const std::string& message) const;
  /// Standard output of `git <arguments>`; the words are split at spaces, there is no shell.
  std::string git(std::string_view arguments) const;
  /// This one keeps git({"a", "b"}) from being read as a string made of two pointers.
  std::string git(std::initializer_list<std::string> arguments) const;
  std::string git(const std::vector<std::string>& arguments, const std::string& input = {}) const;
  /// The exit status of `git <arguments>`, whatever it is.
  int git_status(const std::vector<std::string>& arguments) const;
  /// All that a git process started here gets to see.
  [[nodiscard]] std::map<std::string, std::string> environment() const;

 private:
  [[nodiscard]] Ran run_git(const std::vector<std::string>& arguments,
                            const std::string& input) const;

  TempFolder folder_;
};

}  // namespace gf::test
