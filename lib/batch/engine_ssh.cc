// ssh: the machines of factory.batch.hosts, in turn. A job goes on when the connection ends.
#include <fmt/format.h>

#include <future>

#include "base/text.h"
#include "batch/engine.h"

namespace gf::batch {
namespace {

/// What `sh` on a host is given on standard input; ssh gives a command's words to a login shell
/// that nobody knows.
Result<std::string> on_host(const EngineRoom& room, const std::string& host, std::string script) {
  return ask_engine(
      room, {"ssh", "-o", "BatchMode=yes", "-o", "ConnectTimeout=20", "--", host, "sh", "-s"},
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

/// Only machines that the user has named: a claim may name any.
std::map<std::string, std::vector<std::string>> by_host(const std::vector<std::string>& hosts,
                                                        const std::set<std::string>& ids) {
  std::map<std::string, std::vector<std::string>> all;
  for (const std::string& id : ids) {
    auto parts = parts_of(id);
    if (parts && std::find(hosts.begin(), hosts.end(), parts->host) != hosts.end())
      all[parts->host].push_back(parts->pid);
  }
  return all;
}

/// Each asked by itself and all at once: one that does not answer takes its time, and no other's.
std::map<std::string, Result<std::string>> on_hosts(
    const EngineRoom& room, const std::map<std::string, std::string>& scripts) {
  std::map<std::string, std::future<Result<std::string>>> asked;
  for (const auto& [host, script] : scripts) {
    asked.emplace(host, std::async(std::launch::async | std::launch::deferred,
                                   [&room, host = host, script = script] {
                                     return on_host(room, host, script);
                                   }));
  }
  std::map<std::string, Result<std::string>> said;
  for (auto& [host, answer] : asked) said.emplace(host, answer.get());
  return said;
}

/// A process is a job of this batch when its words say so: numbers are used again. 2: it is there,
/// and what it is cannot be seen (no /proc, and no ps that knows these options).
std::string is_job(const EngineRoom& room) {
  return fmt::format(R"sh(is_job() {{
  if [ -r "/proc/$1/cmdline" ]; then words=$(tr '\0' ' ' <"/proc/$1/cmdline")
  elif words=$(ps -o args= -p "$1" 2>/dev/null) && [ -n "$words" ]; then :
  elif kill -0 "$1" 2>/dev/null; then return 2
  else return 1; fi
  case "$words" in *" --job={}/"*) return 0;; esac
  return 1
}}
)sh",
                     room.batch);
}

/// That of the job before, where the user still has it; else the next in turn.
const std::string& host_for(const std::vector<std::string>& hosts, const Order& order) {
  auto before = parts_of(order.after_job);
  if (before) {
    auto same = std::find(hosts.begin(), hosts.end(), before->host);
    if (same != hosts.end()) return *same;
  }
  return hosts[order.place % hosts.size()];
}

class Ssh : public Engine {
 public:
  Ssh() : Engine("ssh", "ssh") {}

  Submitted submit(const EngineRoom& room, const std::vector<Order>& orders) const override {
    Submitted done;
    done.ids.resize(orders.size());
    std::vector<std::string> hosts = room.settings.all("factory.batch.hosts");
    if (hosts.empty()) {
      done.why = "no machine is named for ssh; 'git config --add factory.batch.hosts <host>'";
      return done;
    }
    std::map<std::string, std::vector<size_t>> shares;
    for (size_t i = 0; i < orders.size(); ++i) shares[host_for(hosts, orders[i])].push_back(i);
    std::map<std::string, std::string> scripts;
    for (const auto& [host, share] : shares) {
      auto script = script_for(room, host, orders, share);
      if (!script.ok()) {
        done.why = script.error().message;
        return done;
      }
      scripts.emplace(host, *std::move(script));
    }
    for (const auto& [host, said] : on_hosts(room, scripts)) {
      const std::vector<size_t>& share = shares.at(host);
      std::vector<std::string> pids;
      if (said.ok()) pids = lines(trim(*said));
      if (pids.size() != share.size()) {
        done.why = said.ok() ? fmt::format("'{}' said '{}'", host, printable(clipped(*said, 100)))
                             : fmt::format("'{}': {}", host, said.error().message);
        continue;
      }
      for (size_t n = 0; n < pids.size(); ++n)
        done.ids[share[n]] = fmt::format("{}:{}", host, trim(pids[n]));
    }
    return done;
  }

  Looked look(const EngineRoom& room, const std::set<std::string>& ids) const override {
    Looked looked;
    auto hosts = by_host(room.settings.all("factory.batch.hosts"), ids);
    std::map<std::string, std::string> scripts;
    for (const auto& [host, pids] : hosts) {
      std::string script = is_job(room);
      for (const std::string& pid : pids) script += fmt::format("is_job {0}; echo {0} $?\n", pid);
      scripts.emplace(host, std::move(script));
    }
    for (const auto& [host, said] : on_hosts(room, scripts)) {
      if (!said.ok()) looked.why = fmt::format("'{}': {}", host, said.error().message);
      std::string answers = said.ok() ? "\n" + *said : "";
      for (const std::string& pid : hosts.at(host)) {
        std::string id = fmt::format("{}:{}", host, pid);
        bool gone = answers.find(fmt::format("\n{} 1\n", pid)) != std::string::npos;
        bool alive = answers.find(fmt::format("\n{} 0\n", pid)) != std::string::npos;
        if (alive) looked.alive.insert(id);
        if (!alive && !gone) looked.unknown.insert(id);
      }
    }
    return looked;
  }

  /// The whole session of each: the job, its run, and its gates.
  Result<void> cancel(const EngineRoom& room, const std::set<std::string>& ids) const override {
    std::vector<std::string> all = room.settings.all("factory.batch.hosts");
    auto known = by_host(all, ids);
    std::map<std::string, std::string> scripts;
    for (const std::string& host : all) {
      std::string script = is_job(room);
      for (const std::string& pid : known[host])
        script += fmt::format(
            "is_job {0} && {{ kill -s TERM -- -{0} 2>/dev/null || kill -s TERM {0}; }}\n", pid);
      // Those that nobody was told of; a process that leads no group is none, and not ended.
      script += fmt::format(
          "grep -sla -e ' *--job={}/' /proc/[0-9]*/cmdline 2>/dev/null | while read -r file; do\n"
          "  pid=${{file#/proc/}}; pid=${{pid%/cmdline}}\n"
          "  kill -s TERM -- \"-$pid\" 2>/dev/null\ndone\n",
          room.batch);
      scripts.emplace(host, script + "true\n");
    }
    Result<void> done;
    for (const auto& [host, said] : on_hosts(room, scripts)) {
      if (!said.ok()) done = said.error().because_of(fmt::format("'{}'", host));
    }
    return done;
  }

 private:
  static Result<std::string> script_for(const EngineRoom& room, const std::string& host,
                                        const std::vector<Order>& orders,
                                        const std::vector<size_t>& share) {
    // A session of its own, by whatever there is; without any, a job that hears no hangup.
    std::string script =
        "if command -v setsid >/dev/null 2>&1; then leads=setsid\n"
        "elif command -v perl >/dev/null 2>&1; then leads='perl -MPOSIX -esetsid,exec@ARGV'\n"
        "else leads=nohup; fi\n";
    for (size_t i : share) {
      GF_ASSIGN(auto job,
                filled(room, "ssh.sh",
                       {{"setup", setup_lines(room)},
                        {"command", job_command(room, orders[i], shell_word(host + ":") + "$$")}}));
      script +=
          fmt::format("$leads sh -c {} git-factory-job </dev/null >/dev/null 2>&1 &\necho $!\n",
                      shell_word(job));
    }
    return script;
  }
};

}  // namespace

const Engine& ssh_engine() {
  static const Ssh engine;
  return engine;
}

}  // namespace gf::batch
