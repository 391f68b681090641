// A user's corner of the world: a home, a repository, programs run to their end.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "support/folder.h"

namespace gf::test {

struct Ran {
  int exit_code = -1;  ///< minus the signal, when one ended it
  std::string out, err;
};

/// Runs a program to its end; `environment` is complete.
Ran run(const std::vector<std::string>& argv, const std::string& folder,
        const std::map<std::string, std::string>& environment, const std::string& input = {});

class World {
 public:
  World();
  [[nodiscard]] std::string path() const { return folder_ / "work"; }
  [[nodiscard]] const TempFolder& folder() const { return folder_; }
  void write(std::string_view name, std::string_view content) const;
  [[nodiscard]] std::string read(std::string_view name) const;
  void commit(const std::string& message) const;  ///< everything in the work tree
  /// Standard output of `git <arguments>`; the test fails when git does.
  std::string git(std::vector<std::string> arguments) const;
  [[nodiscard]] int git_status(std::vector<std::string> arguments) const;
  [[nodiscard]] std::map<std::string, std::string> environment() const;
  /// A bare remote "origin", with main pushed to it.
  std::string add_remote() const;

 private:
  TempFolder folder_;
};

}  // namespace gf::test
