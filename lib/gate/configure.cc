// Gates as settings ask for them: [factory-gate "<name>"] over what was detected.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <iterator>

#include "base/command_line.h"
#include "base/text.h"
#include "gate/detect.h"
#include "gate/gate.h"

namespace gf::gate {
namespace {

constexpr std::string_view kReports[] = {"ruff-json", "ruff-format", "mypy-json",
                                         "junit",     "text",        "exit"};
constexpr int64_t kLongestMs = 24 * 3600 * 1000;

Error wrong(const std::string& key, const std::string& value, const std::string& hint) {
  return Error{Fault::kConfiguration,
               fmt::format("{} is '{}'", key, printable(clipped(value, 100))),
               {},
               hint};
}

/// "30", "30s", "5m", "1.5m".
std::optional<Milliseconds> time_of(std::string_view text) {
  double seconds = 0;
  auto [end, failed] =
      std::from_chars(text.data(), text.data() + text.size(), seconds, std::chars_format::fixed);
  if (failed != std::errc()) return std::nullopt;
  std::string_view unit = text.substr(static_cast<size_t>(end - text.data()));
  if (unit == "m") {
    seconds *= 60;
  } else if (!unit.empty() && unit != "s") {
    return std::nullopt;
  }
  if (!(seconds >= 0.001 && seconds * 1000 <= static_cast<double>(kLongestMs))) return std::nullopt;
  return Milliseconds(static_cast<int64_t>(seconds * 1000));
}

/// git's booleans; a variable without a value is true.
std::optional<bool> truth_of(const std::string& value) {
  std::string text = lower(value);
  for (const char* yes : {"true", "yes", "on", "1", ""}) {
    if (text == yes) return true;
  }
  for (const char* no : {"false", "no", "off", "0"}) {
    if (text == no) return false;
  }
  return std::nullopt;
}

bool may_be_seen(const std::string& name) {
  bool plain = !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return c == '_' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  });
  return plain && !name.starts_with("GIT_");
}

struct Setting {
  std::string key, variable, value;
};

/// A gate with a command of its own is a new gate: how the detected one reports does not hold.
Result<void> take_command(Gate& gate, const Setting& setting, const std::string& python) {
  auto argv = command_words(setting.value);
  if (!argv) {
    return wrong(setting.key, setting.value, "write a program and its arguments, quotes closed");
  }
  if (argv->front() == "python3" || argv->front() == "python") argv->front() = python;
  auto names = [&](std::string_view placeholder) {
    return setting.value.find(placeholder) != std::string::npos;
  };
  gate.argv = *argv;
  gate.report = names("{report}") ? "junit" : "exit";
  gate.coverage = names("{coverage}") ? "cobertura" : "";
  gate.files.clear();
  gate.why = "configured";
  return Done{};
}

Result<void> take(Gate& gate, const Setting& setting) {
  const auto& [key, variable, value] = setting;
  if (variable == "report") {
    if (std::find(std::begin(kReports), std::end(kReports), value) == std::end(kReports)) {
      return wrong(key, value, "use ruff-json, ruff-format, mypy-json, junit, text or exit");
    }
    gate.report = value;
  } else if (variable == "stage") {
    if (value != "validate" && value != "test") return wrong(key, value, "use validate or test");
    gate.stage = value;
  } else if (variable == "coverage") {
    if (value != "cobertura" && !value.empty()) return wrong(key, value, "use cobertura");
    gate.coverage = value;
  } else if (variable == "timeout") {
    auto time = time_of(value);
    if (!time) return wrong(key, value, "write a time such as 90s or 5m, at most a day");
    gate.timeout = *time;
  } else if (variable == "files") {
    if (value.empty()) return wrong(key, value, "write a pattern such as *.py");
    gate.files.push_back(value);
  } else if (variable == "environment") {
    if (!may_be_seen(value)) {
      return wrong(key, value, "name one variable, and none of git's own");
    }
    gate.environment.push_back(value);
  } else if (variable != "disabled" && variable != "command") {
    return wrong(key, value,
                 "the settings of a gate are command, report, stage, timeout, files, environment, "
                 "coverage and disabled");
  }
  return Done{};
}

/// The settings of each gate, in the order in which the gates are first named.
std::vector<std::pair<std::string, std::vector<Setting>>> by_gate(const Settings& settings) {
  constexpr std::string_view kSection = "factory-gate.";
  std::vector<std::pair<std::string, std::vector<Setting>>> all;
  for (const auto& [key, value] : settings) {
    size_t dot = key.rfind('.');
    if (!starts_with_ignoring_case(key, kSection) || dot <= kSection.size()) continue;
    std::string name = key.substr(kSection.size(), dot - kSection.size());
    auto found = std::find_if(all.begin(), all.end(),
                              [&](const auto& known) { return known.first == name; });
    if (found == all.end()) found = all.insert(all.end(), {name, {}});
    found->second.push_back({key, lower(key.substr(dot + 1)), value});
  }
  return all;
}

/// Applies one gate's settings; false: it is disabled. The last value of a variable holds, and
/// patterns that are configured replace those that were detected.
Result<bool> configure(Gate& gate, const std::vector<Setting>& settings,
                       const std::string& python) {
  const Setting* command = nullptr;
  bool disabled = false, has_files = false;
  for (const Setting& setting : settings) {
    if (setting.variable == "command") command = &setting;
    if (setting.variable == "files") has_files = true;
    if (setting.variable != "disabled") continue;
    auto truth = truth_of(setting.value);
    if (!truth) return wrong(setting.key, setting.value, "use true or false");
    disabled = *truth;
  }
  if (command != nullptr) GF_TRY(take_command(gate, *command, python));
  if (has_files) gate.files.clear();
  for (const Setting& setting : settings) GF_TRY(take(gate, setting));
  if (!disabled && gate.argv.empty()) {
    return wrong("factory-gate." + gate.name + ".command", "", "name the program to run");
  }
  return !disabled;
}

}  // namespace

Result<std::vector<Gate>> gates_for(const record::TreeFacts& tree, const Settings& settings,
                                    const std::string& python) {
  std::vector<Gate> gates = detect(tree, python).gates;
  for (const auto& asked : by_gate(settings)) {
    const std::string& name = asked.first;
    auto found = std::find_if(gates.begin(), gates.end(),
                              [&](const Gate& gate) { return gate.name == name; });
    if (found == gates.end()) {
      Gate made;
      made.name = name;
      made.report = "exit";
      found = gates.insert(gates.end(), made);
    }
    GF_ASSIGN(bool wanted, configure(*found, asked.second, python));
    if (!wanted) gates.erase(found);
  }
  return gates;
}

}  // namespace gf::gate
