#include "gate/services.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>

#include "base/command_line.h"
#include "base/files.h"
#include "base/text.h"
#include "gate/gate.h"
#include "proc/loopback_port.h"

namespace gf::gate {
namespace {

constexpr std::string_view kNotReady = "was not ready";
constexpr std::streamoff kMostSaid = 4000;  // bytes of a service's own words that are read

/// Beside the reports: what is going on, "<state> <number>"; who was ended by itself is added.
std::string state_path(const Place& place) { return place.scratch + "/services.state"; }
std::string words_path(const Place& place, size_t number) {
  return fmt::format("{}/service-{}.out", place.scratch, number);
}

/// What all services share. A service is the process that it is started as, so that its id ends it;
/// what asks it and what stops it may hang, and is waited for no longer than is allowed.
constexpr const char* kScript = R"sh(
say() { printf '%s\n' "$1" >> "$here/services.state"; }
alive() { kill -0 "$1" 2>/dev/null; }
before() { [ "$(date +%s)" -lt "$1" ]; }
end_one() {
  eval "pid=\${pid_$1:-}"
  [ -n "$pid" ] || return 0
  if alive "$pid"; then
    soon=$(($(date +%s) + 5))
    "stop_$1" >> "$here/service-$1.out" 2>&1 < /dev/null &
    stopping=$!
    while { alive "$pid" || alive "$stopping"; } && before "$soon"; do sleep 0.05; done
    kill -9 "$pid" "$stopping" 2>/dev/null
    wait "$stopping" 2>/dev/null
  fi
  wait "$pid" 2>/dev/null
}
end_all() {
  at=$count
  while [ "$at" -gt 0 ]; do end_one "$at"; at=$((at - 1)); done
}
is_ready() {
  "ready_$1" > "$here/service-$1.asked" 2>&1 < /dev/null &
  asking=$!
  while alive "$asking" && before "$2"; do sleep 0.02; done
  kill -9 "$asking" 2>/dev/null
  wait "$asking" 2>/dev/null
  ready=$?
  # One that is cut off says nothing: what the one before it said is told then.
  [ ! -s "$here/service-$1.asked" ] || mv -f "$here/service-$1.asked" "$here/service-$1.ready"
  return "$ready"
}
begin_one() {
  say "waiting $1"
  "service_$1" > "$here/service-$1.out" 2>&1 < /dev/null &
  pid=$!
  eval "pid_$1=$pid"
  until_time=$(($(date +%s) + $2 + 1)) # a second that has begun counts as none
  until is_ready "$1" "$until_time"; do
    alive "$pid" || { say "ended $1"; end_all; exit 1; }
    before "$until_time" || { say "late $1"; end_all; exit 1; }
    sleep 0.05
  done
  alive "$pid" || { say "ended $1"; end_all; exit 1; }
}
)sh";

std::string filled(const std::string& word, const Place& place, size_t number, int port) {
  std::string data = fmt::format("{}/service-{}", place.scratch, number);
  return replace_all(replace_all(word, "{port}", std::to_string(port)), "{data}", data);
}

std::string line_of(const std::vector<std::string>& argv, const Place& place, size_t number,
                    int port) {
  std::string line;
  for (const std::string& word : argv)
    line += (line.empty() ? "" : " ") + shell_word(filled(word, place, number, port));
  return line;
}

/// "DB_2" of "db-2".
std::string variable_of(std::string_view name) {
  std::string text;
  for (char c : name) {
    bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    bool plain = letter || (c >= '0' && c <= '9');
    text += !plain ? '_' : c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  }
  return text;
}

/// What one service adds to the script.
std::string functions_of(const Service& service, const Place& place, size_t number, int port) {
  std::string ready = line_of(service.ready, place, number, port);
  std::string stop = line_of(service.stop, place, number, port);
  return fmt::format(
      "mkdir \"$here/service-{0}\" || exit 1\n"
      "export {1}_PORT={2} {1}_DATA=\"$here/service-{0}\"\n"
      "service_{0}() {{ exec {3}; }}\n"
      "ready_{0}() {{ {4}; }}\n"
      "stop_{0}() {{ {5} kill -TERM \"$pid\"; }}\n",
      number, variable_of(service.name), port, line_of(service.command, place, number, port),
      ready.empty() ? ":" : "exec " + ready, stop.empty() ? "" : stop + " ||");
}

Result<void> take(Service& service, const std::string& key, std::string_view variable,
                  const std::string& value) {
  if (variable == "timeout") {
    auto time = duration_of(value);
    if (!time || time->count() < 1000)
      return wrong_setting(key, value, "write a time such as 30s or 2m, at most a day");
    service.timeout = *time;
    return Done{};
  }
  auto* words = variable == "command" ? &service.command
                : variable == "ready" ? &service.ready
                : variable == "stop"  ? &service.stop
                                      : nullptr;
  if (words == nullptr)
    return wrong_setting(key, value,
                         "the settings of a service are command, ready, stop and timeout");
  auto argv = command_words(value);
  if (!argv) return wrong_setting(key, value, "write a program and its arguments, quotes closed");
  *words = std::move(*argv);
  return Done{};
}

/// The last line that it printed, cut.
std::string last_words(const std::string& path) {
  std::error_code failed;
  if (!std::filesystem::is_regular_file(std::filesystem::symlink_status(path, failed))) return {};
  std::ifstream file(path, std::ios::binary);
  auto size = static_cast<std::streamoff>(std::filesystem::file_size(path, failed));
  if (failed) return {};
  file.seekg(std::max<std::streamoff>(0, size - kMostSaid));
  std::string text((std::istreambuf_iterator<char>(file)), {});
  std::string_view end = trim(text);
  size_t line = end.rfind('\n');
  return printable(to_utf8(line == std::string_view::npos ? end : end.substr(line + 1)));
}

}  // namespace

Result<std::vector<Service>> services_in(const Settings& settings) {
  std::vector<Service> all;
  for (const auto& [key, value] : settings) {
    KeyParts parts = parts_of(key);
    if (lower(parts.section) != "factory-service" || parts.subsection.empty()) continue;
    std::string name(parts.subsection);
    auto found =
        std::find_if(all.begin(), all.end(), [&](const Service& one) { return one.name == name; });
    if (found == all.end()) {
      found = all.insert(all.end(), Service{});
      found->name = name;
    }
    GF_TRY(take(*found, key, lower(parts.name), value));
  }
  std::set<std::string> variables;
  for (const Service& service : all) {
    if (!variables.insert(variable_of(service.name)).second)
      return wrong_setting("factory-service." + service.name, "",
                           fmt::format("another service is {}_PORT as well: give it another name",
                                       variable_of(service.name)));
    if (service.command.empty())
      return wrong_setting("factory-service." + service.name + ".command", "",
                           "name the program that serves");
    bool begins = variable_of(service.name)[0] >= 'A' && variable_of(service.name)[0] <= 'Z';
    if (!begins)
      return wrong_setting("factory-service." + service.name, "",
                           "give the service a name that begins with a letter");
  }
  return all;
}

std::string services_text(const Gate& gate) {
  std::string text;
  for (const Service& service : gate.services) {
    text +=
        fmt::format("\x1e{}\x1f{}\x1f{}\x1f{}\x1f{}", service.name, join(service.command, "\n"),
                    join(service.ready, "\n"), join(service.stop, "\n"), service.timeout.count());
  }
  return text;
}

Result<std::vector<std::string>> beside_services(const Gate& gate, const Place& place,
                                                 std::vector<std::string> argv) {
  if (gate.services.empty()) return argv;
  std::string script = "here=" + shell_word(place.scratch) + "\n" + kScript, starts;
  std::set<int> ports;
  for (size_t i = 0; i < gate.services.size(); ++i) {
    std::error_code failed;
    std::filesystem::remove_all(fmt::format("{}/service-{}", place.scratch, i + 1), failed);
    int port = 0;
    do {
      GF_ASSIGN(port, proc::loopback_port());
    } while (!ports.insert(port).second);
    script += functions_of(gate.services[i], place, i + 1, port);
    auto seconds = (gate.services[i].timeout.count() + 999) / 1000;
    starts += fmt::format("count={0}\nbegin_one {0} {1}\n", i + 1, seconds);
  }
  script += starts +
            "say running\n\"$@\"\nstatus=$?\nat=1\nwhile [ \"$at\" -le \"$count\" ]; do\n" +
            "  eval \"pid=\\$pid_$at\"\n  alive \"$pid\" || say \"died $at\"\n  at=$((at + 1))\n" +
            "done\nend_all\nexit \"$status\"\n";
  GF_TRY(write_file(state_path(place), ""));
  GF_TRY(write_file(place.scratch + "/services.sh", script));
  std::vector<std::string> all = {"/bin/sh", place.scratch + "/services.sh"};
  all.insert(all.end(), argv.begin(), argv.end());
  return all;
}

ServiceTrouble service_trouble(const Gate& gate, const Place& place) {
  auto written = gate.services.empty() ? std::nullopt : read_file(state_path(place));
  std::vector<std::string> states = lines(written.value_or(""));
  if (states.empty()) return {};
  std::string_view last = states.back();
  size_t blank = last.find(' ');
  if (blank == std::string_view::npos) return {};  // running
  size_t number = std::strtoul(std::string(last.substr(blank + 1)).c_str(), nullptr, 10);
  if (number == 0 || number > gate.services.size()) return {};
  const Service& service = gate.services[number - 1];
  std::string_view state = last.substr(0, blank);
  std::string own = last_words(words_path(place, number));
  std::string asked = last_words(fmt::format("{}/service-{}.ready", place.scratch, number));
  // One that is late was ended by us, and its last words are about that.
  bool by_itself = state == "ended" || state == "died";
  std::string said = (by_itself && !own.empty()) || asked.empty() ? own : asked;
  said = said.empty() ? "" : ": " + said;
  if (state == "died")
    return {fmt::format("service '{}' ended while the gate ran{}", service.name, said), false};
  std::string how = state == "ended"
                        ? ", it ended"
                        : fmt::format(" within {} s", (service.timeout.count() + 999) / 1000);
  return {fmt::format("service '{}' {}{}{}", service.name, kNotReady, how, said), true};
}

bool lacked_a_service(std::string_view reason) {
  return reason.starts_with("service '") && reason.find(kNotReady) != std::string_view::npos;
}

}  // namespace gf::gate
