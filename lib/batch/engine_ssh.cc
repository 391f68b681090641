// ssh: the machines of factory.batch.hosts, in turn. A job goes on when the connection ends.
#include <fmt/format.h>

#include "base/text.h"
#include "batch/engine.h"

namespace gf::batch {
namespace {

/// What `sh` on a host is given on standard input; ssh gives a command's words to a login shell
/// that nobody knows.
Result<std::string> on_host(const EngineRoom& room, const std::string& host, std::string script) {
  return ask_engine(room, {"ssh", "-o", "BatchMode=yes", "--", host, "sh", "-s"},
                    std::move(script));
}

struct HostPid {
  std::string host, pid;
};
/// "<host>:<pid>"
std::optional<HostPid> parts_of(const std::string& id) {
  size_t colon = id.rfind(':');
  if (colon == std::string::npos) return std::nullopt;
  HostPid parts{id.substr(0, colon), id.substr(colon + 1)};
  bool number =
      !parts.pid.empty() && parts.pid.find_first_not_of("0123456789") == std::string::npos;
  if (!number) return std::nullopt;
  return parts;
}

std::map<std::string, std::vector<std::string>> by_host(const std::set<std::string>& ids) {
  std::map<std::string, std::vector<std::string>> hosts;
  for (const std::string& id : ids) {
    if (auto parts = parts_of(id)) hosts[parts->host].push_back(parts->pid);
  }
  return hosts;
}

/// A process is a job of ours when its group's leader is called so: numbers are used again.
constexpr const char* kIsJob =
    R"sh(is_job() { ps -o args= -p "$1" 2>/dev/null | grep -q 'git-factory-job\|factory batch --job='; }
)sh";

Result<std::vector<std::string>> ssh_submit(const EngineRoom& room,
                                            const std::vector<Order>& orders) {
  std::vector<std::string> hosts = room.settings.all("factory.batch.hosts");
  if (hosts.empty())
    return Error{Fault::kConfiguration,
                 "no machine is named for ssh",
                 {},
                 "git config --add factory.batch.hosts <host>"};
  std::vector<std::vector<Order>> shares(hosts.size());
  for (size_t i = 0; i < orders.size(); ++i) shares[i % hosts.size()].push_back(orders[i]);
  std::vector<std::string> ids(orders.size());
  for (size_t h = 0; h < hosts.size(); ++h) {
    if (shares[h].empty()) continue;
    std::string script;
    for (const Order& order : shares[h]) {
      GF_ASSIGN(auto job,
                filled(room, "ssh.sh",
                       {{"setup", setup_lines(room)},
                        {"command", job_command(room, order, shell_word(hosts[h] + ":") + "$$")}}));
      script +=
          fmt::format("setsid sh -c {} git-factory-job </dev/null >/dev/null 2>&1 &\necho $!\n",
                      shell_word(job));
    }
    GF_ASSIGN(auto said, on_host(room, hosts[h], std::move(script)));
    std::vector<std::string> pids = lines(trim(said));
    if (pids.size() != shares[h].size())
      return Error{Fault::kTransient,
                   fmt::format("'{}' said '{}'", hosts[h], printable(clipped(said, 100))),
                   {},
                   {}};
    for (size_t n = 0; n < pids.size(); ++n)
      ids[h + n * hosts.size()] = fmt::format("{}:{}", hosts[h], trim(pids[n]));
  }
  return ids;
}

Result<std::set<std::string>> ssh_alive(const EngineRoom& room, const std::set<std::string>& ids) {
  std::set<std::string> alive;
  for (const auto& [host, pids] : by_host(ids)) {
    std::string script = kIsJob;
    for (const std::string& pid : pids) script += fmt::format("is_job {0} && echo {0}\n", pid);
    GF_ASSIGN(auto said, on_host(room, host, script + "true\n"));
    for (const std::string& pid : lines(said)) {
      std::string id = fmt::format("{}:{}", host, trim(pid));
      if (ids.contains(id)) alive.insert(id);
    }
  }
  return alive;
}

/// The whole session of each: the job, its run, and its gates.
Result<void> ssh_cancel(const EngineRoom& room, const std::set<std::string>& ids) {
  for (const auto& [host, pids] : by_host(ids)) {
    std::string script = kIsJob;
    for (const std::string& pid : pids)
      script += fmt::format("is_job {0} && kill -s TERM -- -{0}\n", pid);
    GF_TRY(on_host(room, host, script + "true\n"));
  }
  return Done{};
}

}  // namespace

constinit const Engine kSsh = {"ssh", "ssh", ssh_submit, ssh_alive, ssh_cancel, false};

}  // namespace gf::batch
