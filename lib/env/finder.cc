#include "env/finder.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "base/files.h"
#include "base/text.h"
#include "env/declared.h"
#include "env/holding.h"
#include "env/installed.h"
#include "env/measure.h"
#include "env/moves.h"
#include "proc/process.h"

namespace gf::env {
namespace {

namespace fs = std::filesystem;

constexpr Milliseconds kManagerTime{30000};
constexpr size_t kMostHatchEnvs = 4;  ///< that are asked for

bool is_there(const std::string& path) {
  std::error_code failed;
  return fs::exists(path, failed);
}

std::string python_in(const std::string& folder) { return folder + "/bin/python"; }

/// Absolute, by the user's work tree: a tracked file cannot know where that is.
std::string in_checkout(const std::string& path, const Checkout& checkout) {
  bool plain = path.find('/') == std::string::npos || path[0] == '/' || checkout.folder.empty();
  return plain ? path : checkout.folder + "/" + path;
}

/// `below`: "" or a project's folder with a "/" behind it.
void add_folders(const std::string& root, const std::string& below, bool main,
                 std::vector<Lead>& leads) {
  for (const char* plain : {".venv", "venv", "env"}) {
    std::string name = below + plain;
    std::string folder = root + "/" + name;
    if (!is_there(folder + "/pyvenv.cfg") && !(name == std::string_view(".venv") && !main))
      continue;
    leads.push_back(
        {"venv", main ? fmt::format("{} of the main worktree", name) : name, python_in(folder)});
  }
}

void add_variables(const Environment& environment, std::vector<Lead>& leads) {
  for (const auto& [name, kind] : {std::pair("VIRTUAL_ENV", "active"), {"CONDA_PREFIX", "conda"}}) {
    std::string folder = environment.get(name);
    if (!folder.empty()) leads.push_back({kind, std::string("$") + name, python_in(folder)});
  }
}

/// Folders of the work tree that may hold the project's environment, "" or with a "/" behind: of a
/// project below the root its own and those around it; of the root those of all projects.
std::vector<std::string> folders_for(const Question& question) {
  std::vector<std::string> all;
  for (std::string at = question.folder; !at.empty();) {
    all.push_back(at + "/");
    at = at.find('/') == std::string::npos ? "" : at.substr(0, at.rfind('/'));
  }
  all.emplace_back();
  if (!question.folder.empty()) return all;
  for (const Project& project : question.manifest.projects) {
    if (!project.folder.empty()) all.push_back(project.folder + "/");
  }
  return all;
}

bool uses(const Manifest& manifest, const std::string& table, const std::string& lock) {
  auto has = [](const std::vector<std::string>& all, const std::string& one) {
    return std::find(all.begin(), all.end(), one) != all.end();
  };
  return has(manifest.tables, table) || has(manifest.locks, lock);
}

/// The environments that pixi, tox and nox keep in the checkout, in the order of their names.
void add_runners(const std::string& root, std::vector<Lead>& leads) {
  for (const auto& [folder, kind] :
       {std::pair(".pixi/envs", "pixi"), {".tox", "tox"}, {".nox", "nox"}}) {
    std::vector<Lead> found;
    std::error_code failed;
    for (fs::directory_iterator at(root + "/" + folder, failed), end; !failed && at != end;
         at.increment(failed)) {
      std::string python = python_in(at->path().string());
      std::string name = at->path().filename().string();
      if (is_there(python)) found.push_back({kind, fmt::format("{}/{}", folder, name), python});
    }
    std::sort(found.begin(), found.end(),
              [](const Lead& a, const Lead& b) { return a.source < b.source; });
    leads.insert(leads.end(), found.begin(), found.end());
  }
}

/// How hatch is asked for the environments that it may have made here. hatchling is many a
/// project's backend alone, and to ask hatch takes a second: only where it is configured to make
/// some, or has made one for a project of this name.
std::vector<std::string> hatch_envs(const Question& question) {
  std::vector<std::string> names = question.manifest.hatch_envs;
  if (uses(question.manifest, "hatch", "") && !question.manifest.projects.empty()) {
    const Environment& environment = question.environment;
    std::string data = environment.get("HATCH_DATA_DIR");
    if (data.empty() && !environment.get("XDG_DATA_HOME").empty())
      data = environment.get("XDG_DATA_HOME") + "/hatch";
    if (data.empty()) data = environment.get("HOME") + "/.local/share/hatch";
    std::string made = data + "/env/virtual/" + plain_name(question.manifest.projects[0].name);
    if (is_there(made)) names.insert(names.end(), {"default", "hatch-test"});
  }
  std::vector<std::string> asked;
  for (const std::string& name : names) {
    std::string words = "hatch env find " + name;
    bool known = std::find(asked.begin(), asked.end(), words) != asked.end();
    if (!known && name.find(' ') == std::string::npos && asked.size() < kMostHatchEnvs)
      asked.push_back(words);
  }
  return asked;
}

/// What poetry, pipenv or hatch says of the user's checkout; empty: nothing. It is asked there,
/// because it names environments by the folder's path.
std::string asked_manager(const Lead& lead, const Question& question, std::string& why) {
  proc::Options options;
  options.argv = split(lead.kind == "poetry" ? "poetry env info -p" : lead.source, ' ');
  if (!proc::find_program(options.argv[0], question.environment)) {
    why = fmt::format("'{}' is not on PATH", options.argv[0]);
    return {};
  }
  options.directory = question.checkout.folder;
  if (!question.folder.empty()) options.directory += "/" + question.folder;
  options.environment =
      variables_of(proc::Work::kUnpack, question.sandbox, question.environment, {});
  options.environment["PYTHONDONTWRITEBYTECODE"] = "1";
  options.environment["PIPENV_IGNORE_VIRTUALENVS"] = "1";  // the active one was looked at
  options.limits = {kManagerTime, 1u << 20};
  Holding holding = looking(question.sandbox, question.checkout, question.environment, "");
  auto ran = proc::run_in(holding.sandbox, options, holding.policy, question.cancel);
  std::vector<std::string> printed =
      ran.ok() && ran->succeeded() ? lines(ran->out) : std::vector<std::string>{};
  for (const std::string& line : printed) {
    std::string python = python_in(std::string(trim(line)));
    if (line.starts_with("/") && is_there(python)) return python;
  }
  why = "it has none for this checkout";
  return {};
}

std::string requirement_of(const Manifest& manifest) {
  return manifest.projects.empty() ? "" : manifest.projects.front().requires_python;
}

/// Of `names` (plain) those that are not installed.
std::vector<std::string> absent(std::vector<std::string> names, const Interpreter& interpreter) {
  if (names.empty()) return names;
  for (const Site& site : read_sites(interpreter)) {
    for (const std::string& one : site.distributions) {
      std::string name = plain_name(one.substr(0, one.find('-')));
      names.erase(std::remove(names.begin(), names.end(), name), names.end());
    }
  }
  return names;
}

/// Of `names` those that are not there. Only an interpreter knows all places, but to
/// start one more is worth it only where the usual places do not hold them.
std::vector<std::string> not_installed(const Question& question, const Interpreter& interpreter,
                                       std::vector<std::string> names) {
  constexpr std::string_view kWord = "distribution:";
  names = absent(std::move(names), interpreter);
  if (names.empty()) return names;
  for (std::string& one : names) one.insert(0, kWord);
  auto answer = ask_interpreter(
      interpreter.program, names, question.environment, question.cancel,
      looking(question.sandbox, question.checkout, question.environment, interpreter.program));
  if (answer.ok()) names = answer->lacks;
  for (std::string& one : names) one.erase(0, kWord.size());
  return names;
}

bool is_reserved(const Question& question, const std::string& program) {
  if (question.reserve.why.empty() || question.reserve.everywhere)
    return question.reserve.everywhere;
  std::vector<std::string> trees = question.checkout.worktrees();
  return std::any_of(trees.begin(), trees.end(), [&](const std::string& tree) {
    return (program + "/").starts_with(tree + "/");
  });
}

/// Starts the lead's interpreter and sees whether it is one for this tree. Nothing: it is none.
std::optional<Interpreter> tried(const Question& question, Candidate& candidate) {
  if (!is_there(candidate.lead.program)) {
    candidate.why = "is not there";
    return std::nullopt;
  }
  if (is_reserved(question, candidate.lead.program)) {
    candidate.why = question.reserve.why;
    return std::nullopt;
  }
  std::vector<std::string> modules = question.needed;
  modules.insert(modules.end(), question.wanted.begin(), question.wanted.end());
  auto answer = ask_interpreter(
      candidate.lead.program, modules, question.environment, question.cancel,
      looking(question.sandbox, question.checkout, question.environment, candidate.lead.program));
  if (!answer.ok()) {
    candidate.why = answer.error().message;
    return std::nullopt;
  }
  candidate.version = answer->version;
  std::string requirement = requirement_of(question.manifest);
  if (!allows(requirement, answer->version)) {
    candidate.why = fmt::format("is Python {}; requires-python is '{}'", answer->version,
                                printable(requirement));
    return std::nullopt;
  }
  std::vector<std::string> names = question.distributions;
  if (!answer->isolated && candidate.lead.kind == "system")
    names.insert(names.end(), question.developing.begin(), question.developing.end());
  for (std::string& one : not_installed(question, *answer, std::move(names)))
    answer->lacks.push_back(std::move(one));
  if (!answer->lacks.empty()) candidate.why = "lacks " + named_once(answer->lacks);
  return std::move(answer).value();
}

/// Does a gate of ours ask pytest-cov to measure?
bool measures(const gate::Gate& gate) {
  return gate.argv.size() > 2 && gate.argv[0] == "python3" && gate.argv[2] == "pytest" &&
         std::any_of(gate.argv.begin(), gate.argv.end(),
                     [](const std::string& word) { return word.starts_with("--cov"); });
}

bool lacks_one_of(const Interpreter& interpreter, const std::vector<std::string>& names) {
  return std::any_of(names.begin(), names.end(), [&](const std::string& one) {
    return std::find(interpreter.lacks.begin(), interpreter.lacks.end(), one) !=
           interpreter.lacks.end();
  });
}

bool fits(const Interpreter& interpreter, const Question& question) {
  return !lacks_one_of(interpreter, question.needed) &&
         !lacks_one_of(interpreter, question.distributions) &&
         (interpreter.isolated || !lacks_one_of(interpreter, question.developing));
}

}  // namespace

std::vector<std::string> Checkout::worktrees() const {
  std::vector<std::string> found;
  auto add = [&](const std::string& path) {
    std::error_code failed;
    std::string real = fs::canonical(path, failed).string();
    for (const std::string& one : {path, failed ? path : real}) {
      bool known = std::find(found.begin(), found.end(), one) != found.end();
      if (!one.empty() && !known) found.push_back(one);
    }
  };
  auto trimmed = [](std::string path) {
    while (path.size() > 1 && path.ends_with('/')) path.pop_back();
    return path;
  };
  if (!folder.empty()) add(trimmed(folder));
  std::string common = trimmed(common_dir);
  if (common.ends_with("/.git")) add(common.substr(0, common.size() - 5));
  std::error_code failed;
  std::vector<std::string> linked;
  for (fs::directory_iterator at(common + "/worktrees", failed), end; !failed && at != end;
       at.increment(failed)) {
    auto link = read_file((at->path() / "gitdir").string());
    if (link) linked.push_back(fs::path(std::string(trim(*link))).parent_path().string());
  }
  std::sort(linked.begin(), linked.end());
  for (const std::string& one : linked) add(one);
  return found;
}

std::vector<std::string> modules_of(const std::vector<gate::Gate>& gates, bool tests) {
  std::vector<std::string> modules;
  for (const gate::Gate& gate : gates) {
    if ((gate.stage == "test") != tests || gate.argv.size() < 3 || gate.argv[0] != "python3")
      continue;
    bool by_us = gate.argv[1] == "{runner}" && gate.argv[2] != "unittest";
    if (!by_us && gate.argv[1] != "-m") continue;
    std::string module = gate.argv[2].substr(0, gate.argv[2].find('.'));
    if (std::find(modules.begin(), modules.end(), module) == modules.end())
      modules.push_back(module);
  }
  if (!tests && std::any_of(gates.begin(), gates.end(), measures)) modules.push_back(kMeasuring);
  return modules;
}

std::string to_text(const Found& found) {
  if (found.interpreter) return fmt::format("{} ({})", found.lead.program, found.lead.source);
  if (!found.second_best) return "none fits; see 'git factory env'";
  return fmt::format("{} ({}) lacks {}; see 'git factory env'", found.second_lead.program,
                     found.second_lead.source, named_once(found.second_best->lacks));
}

std::vector<Lead> leads_of(const Question& question) {
  std::vector<Lead> leads;
  const Checkout& checkout = question.checkout;
  std::string named = question.settings.text("factory.python").value_or("");
  if (!named.empty()) {
    std::string program = in_checkout(named, checkout);
    if (auto found = proc::find_program(program, question.environment)) program = *found;
    return {{"setting", "factory.python", program}};
  }
  std::string root = checkout.folder;
  std::string uv = question.environment.get("UV_PROJECT_ENVIRONMENT");
  if (!uv.empty() && uses(question.manifest, "uv", "uv.lock")) {
    std::string folder = uv[0] == '/' || root.empty() ? uv : root + "/" + uv;
    leads.push_back({"uv", "UV_PROJECT_ENVIRONMENT", python_in(folder)});
  }
  std::string main = checkout.common_dir;
  while (main.ends_with('/')) main.pop_back();
  main = main.ends_with("/.git") ? main.substr(0, main.size() - 5) : "";
  std::vector<std::string> folders = folders_for(question);
  for (const std::string& folder : folders) {
    if (!root.empty()) add_folders(root, folder, false, leads);
  }
  bool linked = !main.empty() &&
                fs::path(root).lexically_normal() / "" != fs::path(main).lexically_normal() / "";
  if (linked && question.folder.empty()) add_folders(main, "", true, leads);
  for (const std::string& folder : folders) {
    if (linked && !question.folder.empty()) add_folders(main, folder, true, leads);
  }
  add_variables(question.environment, leads);
  if (!root.empty()) {
    std::string here = question.folder.empty() ? root : root + "/" + question.folder;
    if (auto pdm = read_file(here + "/.pdm-python"))
      leads.push_back({"pdm", ".pdm-python", std::string(trim(*pdm))});
    if (uses(question.manifest, "poetry", "poetry.lock")) leads.push_back({"poetry", "poetry", ""});
    if (uses(question.manifest, "", "Pipfile.lock"))
      leads.push_back({"pipenv", "pipenv --venv", ""});
    for (const std::string& one : hatch_envs(question)) leads.push_back({"hatch", one, ""});
    add_runners(here, leads);
    if (here != root) add_runners(root, leads);
  }
  for (const char* name : {"python3", "python"}) {
    if (auto found = proc::find_program(name, question.environment)) {
      leads.push_back({"system", name, *found});
      break;
    }
  }
  return leads;
}

Result<Found> find_environment(const Question& question) {
  Found found;
  for (Lead& lead : leads_of(question)) {
    GF_TRY(question.cancel.check());
    Candidate candidate{lead, false, {}, {}};
    bool manager = lead.program.empty();
    // A manager reads what the project says, and may run it.
    if (manager) candidate.why = question.reserve.why;
    if (manager && candidate.why.empty())
      candidate.lead.program = asked_manager(lead, question, candidate.why);
    std::optional<Interpreter> interpreter;
    if (candidate.why.empty()) interpreter = tried(question, candidate);
    bool named = lead.kind == "setting";
    if (named && !interpreter && !is_reserved(question, candidate.lead.program)) {
      return Error{Fault::kConfiguration,
                   fmt::format("factory.python names '{}', which {}",
                               printable(candidate.lead.program), candidate.why),
                   {},
                   "name an interpreter that fits, or unset factory.python"};
    }
    candidate.taken = interpreter && (named || fits(*interpreter, question));
    found.looked_at.push_back(candidate);
    if (candidate.taken) {
      found.interpreter = std::move(interpreter);
      found.lead = candidate.lead;
      break;
    }
    bool better = interpreter && (!found.second_best ||
                                  interpreter->lacks.size() < found.second_best->lacks.size());
    if (!better) continue;
    found.second_best = std::move(interpreter);
    found.second_lead = candidate.lead;
  }
  return found;
}

}  // namespace gf::env
