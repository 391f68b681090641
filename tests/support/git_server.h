// Git over HTTP on the loopback address, by git's own http-backend (git_server.py).
#pragma once

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

namespace gf::test {

class GitServer {
 public:
  /// Of the bare repositories ("acme/shop.git") below `folder`. `agit`: where a FakeGitHub hears of
  /// what is pushed to refs/for/.
  GitServer(const std::string& folder, const std::string& agit)
      : GitServer(folder, "--agit", agit) {}
  /// The same as a GitLab: merge requests by push options alone. What it has of a repository is in
  /// its `requests.json`; its empty files `mute` and `lose` take away, once, the address from the
  /// answer to a push, and the whole answer; `kill-before` and `kill-after` name a file with the id
  /// of a process that is killed, once, before and after the push of a branch is taken.
  explicit GitServer(const std::string& folder) : GitServer(folder, "--gitlab", "on") {}

  ~GitServer() {
    if (process_ <= 0) return;
    kill(process_, SIGTERM);
    waitpid(process_, nullptr, 0);
  }
  GitServer(const GitServer&) = delete;
  GitServer& operator=(const GitServer&) = delete;

  /// "http://127.0.0.1:4711/acme/shop.git"; without a port where it did not come up.
  [[nodiscard]] std::string url(const std::string& repository) const {
    return "http://127.0.0.1:" + std::to_string(port_) + "/" + repository + ".git";
  }

 private:
  GitServer(const std::string& folder, const char* as, const std::string& value) {
    int out[2];
    if (pipe(out) != 0) return;
    const char* python = std::getenv("GF_TEST_PYTHON");
    std::string program = python == nullptr ? "python3" : python;
    std::string script = std::string(GF_SOURCE_DIR) + "/tests/support/git_server.py";
    process_ = fork();
    if (process_ == 0) {
      dup2(out[1], STDOUT_FILENO);
      close(out[0]);
      execlp(program.c_str(), program.c_str(), "-B", script.c_str(), folder.c_str(), as,
             value.c_str(), nullptr);
      _exit(127);
    }
    close(out[1]);
    FILE* lines = fdopen(out[0], "r");
    if (std::fscanf(lines, "%d", &port_) != 1) port_ = 0;
    std::fclose(lines);
  }

  pid_t process_ = -1;
  int port_ = 0;
};

}  // namespace gf::test
