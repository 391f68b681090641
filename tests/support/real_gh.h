// A real `gh`, logged in at a FakeGitHub that it takes for github.com.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <map>
#include <string>

#include "support/fake_github.h"
#include "support/folder.h"
#include "support/unix_door.h"

namespace gf::test {

/// Whether there is one on this machine.
inline bool has_gh() { return std::system("gh --version >/dev/null 2>&1") == 0; }

class RealGh {
 public:
  explicit RealGh(const FakeGitHub& server)
      : door_(folder_.path() + "/door", server.url().substr(std::string("http://").size())) {
    folder_.write("gh/config.yml", "http_unix_socket: " + folder_.path() + "/door\n");
    log_in();
  }
  void log_in() {
    folder_.write("gh/hosts.yml", std::string("github.com:\n    user: octo\n    oauth_token: ") +
                                      FakeGitHub::kToken + "\n");
  }
  void log_out() { folder_.write("gh/hosts.yml", "{}\n"); }
  /// What a child needs to be at home there.
  [[nodiscard]] std::map<std::string, std::string> environment() const {
    return {{"GH_CONFIG_DIR", folder_.path() + "/gh"}};
  }

 private:
  TempFolder folder_;
  UnixDoor door_;
};

}  // namespace gf::test
