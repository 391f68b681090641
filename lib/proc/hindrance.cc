// What a program says where a sandbox stood in its way.
#include <array>

#include "base/text.h"
#include "proc/sandbox.h"

namespace gf::proc {
namespace {

// By the C library, Python, Node, Go, Rust, git and curl, in this order of likelihood.
constexpr std::array kNoNetwork = {"Network is unreachable",
                                   "ENETUNREACH",
                                   "EAI_AGAIN",
                                   "ENOTFOUND",
                                   "Temporary failure in name resolution",
                                   "Name or service not known",
                                   "nodename nor servname",
                                   "Could not resolve host",
                                   "dial tcp",
                                   "failed to lookup address",
                                   "Could not resolve",
                                   "NewConnectionError",
                                   "Failed to establish a new connection"};
constexpr std::array kNoSockets = {"socket: permission denied", "EACCES: permission denied, socket",
                                   "listen EACCES", "socket: Permission denied",
                                   "create the socket: Permission denied"};
constexpr std::array kNoWrite = {"Read-only file system", "EROFS", "read-only file system"};
constexpr std::array kSocketCalls = {"_socket.socket.__init__", "socket.socket(", "listen EACCES",
                                     "connect EACCES", "socketpair"};
// Landlock tells a file that is not shown and one that is not written alike: by Python, Node, Go
// and Rust, and the C library.
constexpr std::array kRefusedWords = {"[Errno 13] Permission denied",
                                      "EACCES: permission denied",
                                      "permission denied (os error 13)",
                                      "Permission denied (os error 13)",
                                      ": permission denied",
                                      ": Permission denied"};
// By ssh and by git that started it.
constexpr std::array kNoKeys = {"Permission denied (publickey", "Host key verification failed",
                                "ssh_askpass", "error: cannot run ssh"};
constexpr std::array kHeldBack = {"Operation not permitted", "EPERM"};

template <size_t N>
bool any_in(const Outcome& outcome, const std::array<const char*, N>& words) {
  for (const char* word : words) {
    if (outcome.err.find(word) != std::string::npos || outcome.out.find(word) != std::string::npos)
      return true;
  }
  return false;
}

}  // namespace

bool lacked_ssh_key(const Outcome& outcome) {
  return !outcome.succeeded() && any_in(outcome, kNoKeys);
}

std::optional<std::string> hindrance(const Outcome& outcome, const Policy& policy,
                                     const std::string& network_setting, Sandbox::Kind kind) {
  if (outcome.succeeded()) return std::nullopt;
  if (policy.network != Network::kFull && any_in(outcome, kNoNetwork))
    return "the sandbox has no network; " + network_setting + " = full gives it";
  if (policy.network == Network::kNone && any_in(outcome, kNoSockets))
    return "the sandbox has no sockets; " + network_setting + " = loopback gives them";
  if (lacked_ssh_key(outcome)) return "no key of ssh is given to it, and no agent";
  if (any_in(outcome, kNoWrite))
    return "in the sandbox only the worktree, /tmp and caches are written; "
           "factory.sandboxWritable names more folders";
  bool landlock = kind == Sandbox::Kind::kLandlock;
  // Python's own traceback of a socket that was refused names the line that made it.
  if (landlock && policy.network == Network::kNone && any_in(outcome, kRefusedWords) &&
      any_in(outcome, kSocketCalls))
    return "the sandbox has no sockets; " + network_setting + " = loopback gives them";
  if (landlock && any_in(outcome, kRefusedWords))
    return "in the sandbox a file may be hidden or read-only; factory.sandboxReadable and "
           "factory.sandboxWritable name more";
  if (any_in(outcome, kHeldBack))
    return "the sandbox may be why; factory.sandbox = none goes without it";
  return std::nullopt;
}

}  // namespace gf::proc
