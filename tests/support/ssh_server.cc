#include "support/ssh_server.h"

#include <chrono>
#include <thread>

namespace gf::test {

int SshServer::free_port() {
  int probe = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address = at(0);
  bind(probe, reinterpret_cast<sockaddr*>(&address), sizeof(address));
  socklen_t size = sizeof(address);
  getsockname(probe, reinterpret_cast<sockaddr*>(&address), &size);
  close(probe);
  return ntohs(address.sin_port);
}

void SshServer::start() {
  std::vector<std::string> words = {"/usr/sbin/sshd", "-D", "-f", "/dev/null"};
  // As root it wants a folder in /run, which is not made for a test: it gets a /run of its own.
  if (getuid() == 0 && !std::filesystem::exists("/run/sshd")) {
    std::string own_run = "mount -t tmpfs none /run && mkdir /run/sshd && exec \"$@\"";
    words.insert(words.begin(), {"unshare", "--mount", "sh", "-c", own_run, "sh"});
  }
  for (const std::string& option :
       {"ListenAddress=" + host(), "HostKey=" + (folder_ / "host"),
        "AuthorizedKeysFile=" + (folder_ / "authorized"),
        "ForceCommand=sh '" + (folder_ / "serve") + "'", std::string("StrictModes=no"),
        std::string("UsePAM=no"), std::string("PasswordAuthentication=no"),
        std::string("KbdInteractiveAuthentication=no"), std::string("PidFile=none"),
        std::string("LogLevel=QUIET")}) {
    words.insert(words.end(), {"-o", option});
  }
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  process_ = fork();
  if (process_ == 0) {
    execvp(argv[0], argv.data());
    _exit(127);
  }
  for (int i = 0; i < 200 && !up_ && waitpid(process_, nullptr, WNOHANG) == 0; ++i) {
    int peer = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address = at(port_);
    up_ = connect(peer, reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0;
    close(peer);
    if (!up_) std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  if (!up_) {
    kill(process_, SIGTERM);
    waitpid(process_, nullptr, 0);
    process_ = -1;
  }
}

}  // namespace gf::test
