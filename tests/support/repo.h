// A real repository made by the real git program, deaf to the user's settings.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "support/folder.h"

namespace gf::test {

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
  std::string git(const std::vector<std::string>& arguments, const std::string& input = {}) const;
  /// The exit status of `git <arguments>`, whatever it is.
  int git_status(const std::vector<std::string>& arguments) const;
  /// All that a git process started here gets to see.
  [[nodiscard]] std::map<std::string, std::string> environment() const;

 private:
  struct Outcome {
    int status = -1;
    std::string out, err;
  };
  [[nodiscard]] Outcome run(const std::vector<std::string>& arguments,
                            const std::string& input) const;

  TempFolder folder_;
};

}  // namespace gf::test
