// Gates as settings ask for them: [factory-gate "<name>"] over what was detected.
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <iterator>

#include "base/command_line.h"
#include "base/text.h"
#include "gate/detect.h"
#include "gate/gate.h"
#include "gate/report_kinds.h"

namespace gf::gate {
namespace {

bool may_be_seen(const std::string& name) {
  bool plain = !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return c == '_' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  });
  return plain && !name.starts_with("GIT_");
}

struct Setting {
  std::string key, variable, value;
};

/// "uv run --frozen pytest" is "pytest": the run's environment is the project's already, and a
/// manager that is started in a worktree of ours makes an empty one. With an option that means more
/// (--with,
/// --extra) the command stays as it is written.
void drop_runner(std::vector<std::string>& argv) {
  constexpr std::string_view kRunners[] = {"uv", "poetry", "pipenv"};
  constexpr std::string_view kIdle[] = {"--no-sync", "--frozen", "--locked", "--offline",
                                        "--active",  "--quiet",  "-q",       "--no-progress"};
  bool wrapped = argv.size() > 2 && argv[1] == "run" &&
                 std::find(std::begin(kRunners), std::end(kRunners), argv[0]) != std::end(kRunners);
  if (!wrapped) return;
  size_t at = 2;
  while (at < argv.size() &&
         std::find(std::begin(kIdle), std::end(kIdle), argv[at]) != std::end(kIdle))
    ++at;
  if (at == argv.size() || argv[at].starts_with("-")) return;
  argv.erase(argv.begin(), argv.begin() + static_cast<long>(at));
}

/// A gate with a command of its own is a new gate: how the detected one reports does not hold.
Result<void> take_command(Gate& gate, const Setting& setting, const std::string& python) {
  auto argv = command_words(setting.value);
  if (!argv) {
    return wrong_setting(setting.key, setting.value,
                         "write a program and its arguments, quotes closed");
  }
  drop_runner(*argv);
  if (argv->front() == "python3" || argv->front() == "python") argv->front() = python;
  auto names = [&](std::string_view placeholder) {
    return setting.value.find(placeholder) != std::string::npos;
  };
  gate.argv = *argv;
  gate.fix = known_fixer(gate.argv);
  gate.report = names("{report}") ? "junit" : "exit";
  gate.coverage = names("{coverage}") ? "cobertura" : "";
  gate.targets.clear();
  gate.selecting = Selecting::kIds;
  gate.files.clear();
  gate.apart.clear();
  gate.why = "configured";
  return Done{};
}

/// `fix = false` takes a known fixer away.
Result<void> take_fixer(Gate& gate, const Setting& setting, const std::string& python) {
  auto truth = git_flag(setting.value);
  gate.fix.clear();
  if (truth && !*truth) return Done{};
  auto argv = command_words(setting.value);
  if (!argv || std::find(argv->begin(), argv->end(), "{files}") == argv->end()) {
    return wrong_setting(setting.key, setting.value,
                         "write a program that rewrites {files}, or false");
  }
  if (argv->front() == "python3" || argv->front() == "python") argv->front() = python;
  gate.fix = *argv;
  return Done{};
}

/// "web/" is the folder "web" of the tree.
Result<std::string> folder_named(const Setting& setting) {
  std::string path = std::filesystem::path(setting.value).lexically_normal().string();
  while (path.ends_with('/') && path.size() > 1) path.pop_back();
  if (path == ".") path.clear();
  if (path.starts_with('/') || path == ".." || path.starts_with("../"))
    return wrong_setting(setting.key, setting.value, "name a folder of the repository");
  return path;
}

Result<void> take(Gate& gate, const Setting& setting) {
  const auto& [key, variable, value] = setting;
  if (variable == "report") {
    if (report_kind(value) == nullptr) return wrong_setting(key, value, "use " + report_names());
    gate.report = value;
  } else if (variable == "stage") {
    if (value != "validate" && value != "test")
      return wrong_setting(key, value, "use validate or test");
    gate.stage = value;
  } else if (variable == "coverage") {
    const auto& kinds = coverage_kinds();
    // Clang 14 captures no structured binding.
    bool known = std::any_of(kinds.begin(), kinds.end(),
                             [&](const CoverageKind& kind) { return kind.name == setting.value; });
    if (!known && !value.empty()) return wrong_setting(key, value, "use " + coverage_names());
    gate.coverage = value;
  } else if (variable == "timeout") {
    auto time = duration_of(value);
    if (!time) return wrong_setting(key, value, "write a time such as 90s or 5m, at most a day");
    gate.timeout = *time;
  } else if (variable == "files") {
    if (value.empty()) return wrong_setting(key, value, "write a pattern such as *.py");
    gate.files.push_back(value);
  } else if (variable == "environment") {
    if (!may_be_seen(value)) {
      return wrong_setting(key, value, "name one variable, and none of git's own");
    }
    gate.environment.push_back(value);
  } else if (variable == "network") {
    auto network = proc::network_named(lower(value));
    if (!network) return wrong_setting(key, value, "use none, loopback or full");
    gate.network = *network;
  } else if (variable == "service") {
    gate.services.emplace_back().name = value;
  } else if (variable == "folder") {
    GF_ASSIGN(gate.folder, folder_named(setting));
    gate.apart.clear();
  } else if (variable != "disabled" && variable != "command" && variable != "fix") {
    return wrong_setting(
        key, value,
        "the settings of a gate are command, folder, report, stage, timeout, files, environment, "
        "network, service, coverage, fix and disabled");
  }
  return Done{};
}

/// The settings of each gate, in the order in which the gates are first named.
std::vector<std::pair<std::string, std::vector<Setting>>> by_gate(const Settings& settings) {
  std::vector<std::pair<std::string, std::vector<Setting>>> all;
  for (const auto& [key, value] : settings) {
    KeyParts parts = parts_of(key);
    if (lower(parts.section) != "factory-gate" || parts.subsection.empty()) continue;
    std::string name(parts.subsection);
    auto found = std::find_if(all.begin(), all.end(),
                              [&](const auto& known) { return known.first == name; });
    if (found == all.end()) found = all.insert(all.end(), {name, {}});
    found->second.push_back({key, lower(parts.name), value});
  }
  return all;
}

/// Applies one gate's settings; false: it is disabled. The last value of a variable holds, and
/// patterns that are configured replace those that were detected.
Result<bool> configure(Gate& gate, const std::vector<Setting>& settings,
                       const std::string& python) {
  gate.detected = false;
  const Setting* command = nullptr;
  bool disabled = false, has_files = false;
  for (const Setting& setting : settings) {
    if (setting.variable == "command") command = &setting;
    if (setting.variable == "files") has_files = true;
    if (setting.variable != "disabled") continue;
    auto truth = git_flag(setting.value);
    if (!truth) return wrong_setting(setting.key, setting.value, "use true or false");
    disabled = *truth;
  }
  if (command != nullptr) GF_TRY(take_command(gate, *command, python));
  if (has_files) gate.files.clear();
  for (const Setting& setting : settings) {
    GF_TRY(take(gate, setting));
    if (setting.variable == "fix") GF_TRY(take_fixer(gate, setting, python));
  }
  if (!disabled && gate.argv.empty()) {
    return wrong_setting("factory-gate." + gate.name + ".command", "", "name the program to run");
  }
  return !disabled;
}

bool has_command(const std::vector<Setting>& settings) {
  return std::any_of(settings.begin(), settings.end(),
                     [](const Setting& one) { return one.variable == "command"; });
}

/// The gates that a section is about: the one of its name, else the tool of this name in each
/// project.
std::vector<std::string> names_meant(const std::vector<Gate>& gates, const std::string& name) {
  std::vector<std::string> all;
  for (const Gate& gate : gates) {
    if (gate.name == name) return {name};
    if (!gate.folder.empty() && gate.name == gate.folder + "/" + name) all.push_back(gate.name);
  }
  return all;
}

/// A gate that nothing shows is started in the project that its name begins with.
Gate new_gate(const std::string& name, const std::vector<Project>& projects) {
  Gate made;
  made.name = name;
  made.report = "exit";
  for (const Project& project : projects) {
    if (project.folder.size() > made.folder.size() && name.starts_with(project.folder + "/"))
      made.folder = project.folder;
  }
  return made;
}

/// What gates name, as it is configured. Services are reached over the loopback.
Result<void> give_services(std::vector<Gate>& gates, const Settings& settings) {
  GF_ASSIGN(auto services, services_in(settings));
  for (Gate& gate : gates) {
    for (Service& wanted : gate.services) {
      auto found = std::find_if(services.begin(), services.end(),
                                [&](const Service& one) { return one.name == wanted.name; });
      if (found == services.end()) {
        return wrong_setting("factory-gate." + gate.name + ".service", wanted.name,
                             fmt::format("there is no [factory-service \"{}\"] with a command",
                                         printable(wanted.name)));
      }
      wanted = *found;
    }
    if (!gate.services.empty() && gate.network == proc::Network::kNone)
      gate.network = proc::Network::kLoopback;
  }
  return Done{};
}

Result<std::vector<Gate>> with_settings(std::vector<Gate> gates,
                                        const std::vector<Project>& projects,
                                        const Settings& settings, const std::string& python) {
  for (const auto& asked : by_gate(settings)) {
    std::vector<std::string> names = names_meant(gates, asked.first);
    bool takes_over = names.size() > 0 && names[0] != asked.first && has_command(asked.second);
    if (takes_over) {
      std::erase_if(gates, [&](const Gate& gate) {
        return std::find(names.begin(), names.end(), gate.name) != names.end();
      });
      names.clear();
    }
    if (names.empty()) {
      gates.push_back(new_gate(asked.first, projects));
      names = {asked.first};
    }
    for (const std::string& name : names) {
      auto found = std::find_if(gates.begin(), gates.end(),
                                [&](const Gate& gate) { return gate.name == name; });
      GF_ASSIGN(bool wanted, configure(*found, asked.second, python));
      if (!wanted) gates.erase(found);
    }
  }
  GF_TRY(give_services(gates, settings));
  return gates;
}

}  // namespace

Result<std::vector<Gate>> gates_for(const record::TreeFacts& tree, const Settings& settings,
                                    const std::string& python) {
  return with_settings(detect(tree, python).gates, {}, settings, python);
}

Result<std::vector<Gate>> gates_of_projects(const record::TreeFacts& tree,
                                            const std::vector<Project>& projects,
                                            const Settings& settings, const std::string& python) {
  return with_settings(detect_projects(tree, projects, python).gates, projects, settings, python);
}

Result<Found> find_gates(const record::TreeFacts& tree, const Settings& settings,
                         const std::string& python) {
  Found found;
  found.projects = projects_in(tree);
  if (are_several(found.projects)) {
    GF_ASSIGN(found.gates, gates_of_projects(tree, found.projects, settings, python));
  } else {
    GF_ASSIGN(found.gates, gates_for(tree, settings, python));
  }
  return found;
}

}  // namespace gf::gate
