// Git over SSH on the loopback address, by a real sshd with a host key and a door of its own.
#pragma once

#include <arpa/inet.h>
#include <pwd.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "support/folder.h"

namespace gf::test {

/// Serves the bare repositories ("acme/shop.git") below a folder. Until let_in() nobody's key is
/// taken. Ended by its process id.
class SshServer {
 public:
  explicit SshServer(const std::string& root) {
    for (const char* key : {"host", "person"}) {
      std::string made = "ssh-keygen -q -t ed25519 -N '' -C test -f '" + (folder_ / key) + "'";
      if (std::system(made.c_str()) != 0) return;
    }
    folder_.write("authorized", "");
    // As a forge does it: git's two programs on what is below `root`, and nothing else.
    folder_.write(
        "serve",
        "case \"$SSH_ORIGINAL_COMMAND\" in \"git-receive-pack '\"* | \"git-upload-pack '\"*) "
        ";; *) exit 1 ;; esac\n"
        "case \"$SSH_ORIGINAL_COMMAND\" in git-receive-pack*) test ! -e '" +
            (folder_ / "read-only") +
            "' || { echo 'ERROR: The key you are authenticating with has been marked as read "
            "only.' >&2; exit 1; } ;; esac\n"
            "eval \"set -- $SSH_ORIGINAL_COMMAND\"\nexec \"$1\" '" +
            root + "'\"/$2\"\n");
    port_ = free_port();
    start();
  }
  ~SshServer() {
    if (process_ <= 0) return;
    kill(process_, SIGTERM);
    waitpid(process_, nullptr, 0);
  }
  SshServer(const SshServer&) = delete;
  SshServer& operator=(const SshServer&) = delete;

  /// False: there is no sshd on this machine that would start here.
  [[nodiscard]] bool up() const { return up_; }
  /// "ssh://ada@127.0.0.1:4711/acme/shop.git"
  [[nodiscard]] std::string url(const std::string& repository) const {
    return "ssh://" + user() + "@" + host() + "/" + repository + ".git";
  }
  [[nodiscard]] std::string host() const { return "127.0.0.1:" + std::to_string(port_); }
  /// For core.sshCommand: that person's key and known hosts, and no terminal to ask at.
  [[nodiscard]] std::string command() const {
    return "ssh -F /dev/null -o BatchMode=yes -o IdentitiesOnly=yes -o IdentityAgent=none -i '" +
           (folder_ / "person") + "' -o UserKnownHostsFile='" + (folder_ / "known") + "'";
  }

  void become_known() const { know(folder_.read("host.pub")); }
  /// The person knows another key for this address, as if somebody stood in between.
  void be_taken_for_another() const { know(folder_.read("person.pub")); }
  void let_in() const { folder_.write("authorized", folder_.read("person.pub")); }
  /// Whether that person's key may only read, as a deploy key may.
  void let_write(bool may) const {
    if (may) std::filesystem::remove(folder_ / "read-only");
    if (!may) folder_.write("read-only", "");
  }

 private:
  static std::string user() { return getpwuid(getuid())->pw_name; }
  void know(const std::string& key) const {
    folder_.write("known", "[127.0.0.1]:" + std::to_string(port_) + " " + key);
  }
  static sockaddr_in at(int port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
  }
  static int free_port();
  void start();

  TempFolder folder_;
  pid_t process_ = -1;
  int port_ = 0;
  bool up_ = false;
};

}  // namespace gf::test
