// What is configured: trust, gates, models, remote, hooks.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "base/text.h"
#include "doctor/inside.h"
#include "env/environment.h"
#include "forge/forge.h"
#include "hooks/hooks.h"
#include "line/forge_place.h"
#include "line/independence.h"
#include "model/provider.h"
#include "session/facts.h"
#include "session/keys.h"
#include "session/sandbox.h"
#include "session/trust.h"
#include "setup/environments.h"
#include "setup/setup.h"
#include "stage/changelog.h"
#include "store/store.h"

namespace gf::doctor {
namespace {

constexpr const char* kPython = "python3";  ///< stands for a project's interpreter
constexpr const char* kStages[] = {"plan", "scout", "build", "test", "review"};

/// What a run's gates would be started in, as far as that is there without a run's worktree.
env::Ready look_at_environment(const setup::ProjectEnvironment& one, const Environment& environment,
                               Checks& checks) {
  std::string name = one.folder.empty() ? "environment" : "environment " + one.folder;
  if (!one.found.interpreter) {
    checks.push_back(one.cannot_make
                         ? failed(name, *one.cannot_make)
                         : good(name, fmt::format("runs make one from {}: {}", one.made_from,
                                                  env::to_text(one.found))));
    return env::as_found(one.found, environment);
  }
  const std::vector<std::string>& lacks = one.found.interpreter->lacks;
  checks.push_back(lacks.empty()
                       ? good(name, env::to_text(one.found))
                       : note(name, env::to_text(one.found) + " lacks " + join(lacks, ", "),
                              "install what is missing there, or take its gate away"));
  return env::as_found(one.found, environment);
}

void look_at_gate(const Patient& patient, const gate::Gate& gate, const env::Ready& ready,
                  Checks& checks) {
  const session::Setup& setup = patient.context.setup;
  Environment environment = env::variables_in(ready, setup.environment);
  std::string name = "gate " + gate.name;
  if (gate.argv.empty() || !proc::find_program(gate.argv[0], environment)) {
    if (gate.detected && gate.stage != "test") {
      checks.push_back(note(name, fmt::format("'{}' was not found ({})", gate.argv[0], gate.why),
                            "install it; runs go without it as long as it does not work"));
      return;
    }
    checks.push_back(
        bad(name,
            fmt::format("'{}' was not found ({})", gate.argv.empty() ? "" : gate.argv[0], gate.why),
            "install it, or take the gate away with 'disabled = true' in .gitfactory"));
    return;
  }
  std::string version = gate::tool_version(
      gate, environment, *setup.cancel,
      patient.context.holder ? &patient.context.holder->sandbox : nullptr, ready.readable);
  if (version.empty()) {
    std::string asked = join(gate::version_question(gate), " ");
    checks.push_back(note(name, fmt::format("'{}' does not answer ({})", asked, gate.why),
                          gate.detected && gate.stage != "test"
                              ? "install it there; runs go without it as long as it does not work"
                              : "install it there, or name what works in .gitfactory"));
    return;
  }
  checks.push_back(good(name, fmt::format("{} ({})", version, gate.why)));
}

/// Each gate in the environment of its project. Of many only those are told that want something.
void look_in_environments(const Patient& patient, const record::TreeFacts& facts,
                          const gate::Found& found, const Wish& wish, Checks& checks) {
  constexpr size_t kMany = 16;
  session::Context& context = patient.context;
  auto all = setup::environments_of(context, patient.config.settings(), facts, found);
  if (!all.ok()) {
    checks.push_back(failed("environment", all.error()));
    return;
  }
  bool several = gate::are_several(found.projects);
  std::map<std::string, env::Ready> ready;
  std::set<std::string> to_make;  // nobody can look into them yet; the trial on the base does
  for (const setup::ProjectEnvironment& one : *all) {
    ready[one.folder] = look_at_environment(one, context.setup.environment, checks);
    if (!one.made_from.empty()) to_make.insert(one.folder);
  }
  Checks of_gates;
  for (const gate::Gate& gate : found.gates) {
    std::string room =
        several ? env::environment_folder(facts, found.projects, gate.folder) : std::string();
    if (to_make.contains(room) && !gate.argv.empty() && gate.argv[0] == kPython) {
      std::string text = fmt::format("in the environment that runs make ({})", gate.why);
      of_gates.push_back(wish.gates ? good("gate " + gate.name, text)
                                    : note("gate " + gate.name, text,
                                           "without --no-gates it is made, and the gate tried"));
      continue;
    }
    std::vector<gate::Gate> one = {gate};
    env::use(ready[room], one);
    look_at_gate(patient, one[0], ready[room], of_gates);
  }
  if (of_gates.size() > kMany) {
    size_t before = of_gates.size();
    std::erase_if(of_gates, [](const Check& check) { return check.health == Health::kGood; });
    checks.push_back(good("gates", fmt::format("{} of {} are there", before - of_gates.size(),
                                               counted(before, "gate"))));
  }
  for (Check& check : of_gates) checks.push_back(std::move(check));
}

/// Of several projects those that no gate judges.
void look_at_projects(const gate::Found& found, Checks& checks) {
  if (!gate::are_several(found.projects)) return;
  size_t judged = 0;
  for (const gate::Project& project : found.projects) {
    bool has_gates = !gate::gates_of(found.projects, found.gates, {project.folder}).empty();
    judged += has_gates ? 1 : 0;
    if (has_gates) continue;
    std::string folder = project.folder.empty() ? "" : project.folder + "/";
    checks.push_back(note("project " + (project.folder.empty() ? "." : project.folder),
                          join(project.languages, ", ") + ": found, no gates known",
                          fmt::format("give one by [factory-gate \"{}<name>\"]", folder)));
  }
  checks.push_back(
      good("projects", fmt::format("{}, of which gates judge {}",
                                   counted(found.projects.size(), "project"), judged)));
}

std::string key_of(const std::string& remote) { return "remote." + remote + ".fetch"; }

void look_at_refspecs(const Patient& patient, store::Share share, Checks& checks) {
  const std::string& remote = *patient.remote;
  std::vector<std::string> there = patient.config.all(key_of(remote));
  std::vector<std::string> missing;
  for (const std::string& spec : store::Store::fetch_refspecs(remote, share)) {
    if (std::find(there.begin(), there.end(), spec) == there.end()) missing.push_back(spec);
  }
  checks.push_back(missing.empty()
                       ? good("refspecs", fmt::format("'git fetch {}' brings the record", remote))
                       : note("refspecs",
                              fmt::format("'git fetch {}' leaves out {}", remote,
                                          counted(missing.size(), "kind") + " of records"),
                              "git factory init"));
}

}  // namespace

void look_at_trust(const Patient& patient, Checks& checks) {
  auto settings = patient.context.git.settings();
  // To look is not to run: what may_run() keeps of a yes is not for us to keep.
  if (settings.ok() && session::stranger_in(*settings))
    checks.push_back(failed("trust", session::may_run(patient.context.git).error()));
  if (!patient.base) return;
  auto claims = setup::tracked_claims(patient.context);
  if (!claims.ok()) {
    checks.push_back(failed(".gitfactory", claims.error()));
  } else if (!*claims) {
    checks.push_back(
        note(".gitfactory", "there is none; what is detected is used", "git factory init"));
  } else if (!(*claims)->trusted) {
    checks.push_back(
        bad(".gitfactory", "not trusted, or changed since it was", "git factory trust"));
  } else {
    checks.push_back(good(".gitfactory", "trusted"));
  }
}

/// A misspelt key is no error to git, and nothing reads it.
void look_at_keys(const Patient& patient, Checks& checks) {
  std::set<std::string> known, unknown;
  for (const auto& [key, value] : patient.config.settings()) {
    std::string section = lower(parts_of(key).section);
    if (section != "factory" && section != "factory-gate" && section != "factory-service") continue;
    (session::find_key(key) != nullptr ? known : unknown).insert(key);
  }
  for (const std::string& key : unknown) {
    std::string text = "nothing reads it";
    if (auto near = session::near_key(key)) text += "; did you mean " + *near + "?";
    checks.push_back(note("setting " + printable(key), printable(text),
                          "see git-factory-config(5), and 'git config --show-origin --get-all' "
                          "for where it is set"));
  }
  if (unknown.empty()) checks.push_back(good("settings", counted(known.size(), "key") + " set"));
}

void look_at_values(const Patient& patient, Checks& checks) {
  std::set<std::string> looked;
  for (const auto& [key, value] : patient.config.settings()) {
    const session::Key* row = session::find_key(key);
    if (row == nullptr || !looked.insert(key).second) continue;
    auto right = session::check_value(patient.config.settings(), key, *row);
    if (!right.ok()) checks.push_back(failed("setting " + printable(key), right.error()));
  }
}

void look_at_forge(const Patient& patient, Checks& checks) {
  auto forge = forge::choose_ready_forge(
      line::forge_place(patient.context, patient.config.settings(), patient.remote));
  if (!forge.ok()) {
    checks.push_back(failed("forge", forge.error()));
  } else if (!forge->instead.empty()) {
    checks.push_back(
        note("forge", forge->instead, "set factory.forge to 'local' if that is meant"));
  } else {
    std::string people = forge->people.empty() ? "" : "; " + forge->people;
    checks.push_back(
        good("forge", fmt::format("{} ({}{})", forge->forge->name(), forge->why, people)));
  }
}

void look_at_gates(const Patient& patient, const Wish& wish, Checks& checks) {
  if (!patient.base) return;
  session::GitFacts facts(patient.context.repo, patient.context.git, patient.base->tree);
  // What an untrusted file names is not in `config`, so it does not run here.
  auto found = gate::find_gates(facts, patient.config.settings(), kPython);
  if (!found.ok()) {
    checks.push_back(failed("gates", found.error()));
    return;
  }
  const std::vector<gate::Gate>* gates = &found->gates;
  if (gates->empty()) {
    checks.push_back(bad("gates", "none was found",
                         "configure one as [factory-gate \"<name>\"] in .gitfactory"));
  }
  for (const std::string& unread : gate::detection_notes(facts, found->projects)) {
    checks.push_back(bad("gates", unread, "mend it: the gates it configures are not run"));
  }
  look_at_projects(*found, checks);
  // Where nothing holds them, which is said already, they are not started either.
  if (!session::holder_of(patient.context, patient.config.settings()).ok()) return;
  look_in_environments(patient, facts, *found, wish, checks);
  bool tests = std::any_of(gates->begin(), gates->end(),
                           [](const gate::Gate& gate) { return gate.stage == "test"; });
  if (!gates->empty() && !tests) {
    checks.push_back(bad("tests", "no gate runs tests",
                         "add a [factory-gate] with 'stage = test' and 'report = junit'"));
  }
  checks.push_back(good("changelog", stage::detect_changelog(facts).why));
}

/// Whether who reviews is another than who builds, by what each of the two stages would ask.
void look_at_reviewer(const Patient& patient, Checks& checks) {
  constexpr const char *kName = "reviewer",
                       *kMend = "git config factory.review.model <another one>";
  auto independence = line::independence_in(patient.config);
  if (!independence.ok()) {
    checks.push_back(failed(kName, independence.error()));
    return;
  }
  const session::Config::Settings& settings = patient.config.settings();
  std::vector<std::string> build = model::references_for(settings, "build");
  line::Prospect prospect =
      line::prospect_of(build, model::references_for(settings, "review"), *independence);
  bool required = *independence == line::Independence::kRequire;
  if (prospect == line::Prospect::kOwn) {
    checks.push_back(required ? failed(kName, line::no_independent_reviewer({build.front()}))
                              : note(kName, "the model that builds reviews its own work", kMend));
  } else if (prospect == line::Prospect::kOwnOfOthers) {
    checks.push_back(note(kName,
                          required ? "a fallback of BUILD that leaves nobody to review is not asked"
                                   : "where a fallback of BUILD has built, it reviews its own work",
                          kMend));
  }
}

void look_at_models(const Patient& patient, const Wish& wish, Checks& checks) {
  const session::Setup& setup = patient.context.setup;
  model::Context context{patient.config.settings(),
                         patient.context.repo.workdir().value_or("."),
                         setup.environment,
                         setup.data_dir,
                         setup.clock,
                         nullptr};
  std::map<std::string, std::vector<std::string>> stages_of;
  std::vector<std::string> order, without;
  for (const char* stage : kStages) {
    std::vector<std::string> references = model::references_for(patient.config.settings(), stage);
    if (references.empty()) without.emplace_back(stage);
    for (const std::string& reference : references) {
      if (!stages_of.contains(reference)) order.push_back(reference);
      stages_of[reference].emplace_back(stage);
    }
  }
  if (!without.empty()) {
    model::ShortestWay way{{}, "git config --add factory.model <provider>/<model>"};
    if (!wish.offline) way = model::shortest_way(setup.environment, *setup.cancel);
    checks.push_back(bad("models",
                         fmt::format("none for {}{}", join(without, ", "),
                                     way.found.empty() ? "" : " (" + way.found + ")"),
                         way.command));
  }
  for (const std::string& text : order) {
    std::string name = "model " + text;
    std::string uses = join(stages_of[text], ", ");
    auto reference = model::Reference::parse(text);
    if (!reference.ok()) {
      checks.push_back(failed(name, reference.error()));
      continue;
    }
    auto provider = model::make_provider(*reference, context);
    if (!provider.ok()) {
      checks.push_back(failed(name, provider.error()));
      continue;
    }
    if (wish.offline) {
      checks.push_back(good(name, uses + "; not asked"));
      continue;
    }
    auto problem = (*provider)->problem();
    std::string mend = problem ? (*provider)->mend() : std::string();
    if (mend.empty()) mend = "name another by git config factory.model <provider>/<model>";
    checks.push_back(problem ? bad(name, *problem, mend) : good(name, uses));
  }
  if (patient.base) look_at_reviewer(patient, checks);
}

void look_at_remote(const Patient& patient, const Wish& wish, Checks& checks) {
  if (!patient.remote) {
    checks.push_back(note("remote",
                          "there is no remote to push the branch to: runs need --no-pr, and the "
                          "record stays here",
                          "git remote add origin <url>"));
    return;
  }
  const std::string& remote = *patient.remote;
  if (wish.offline) {
    checks.push_back(good("remote", remote + "; not asked"));
  } else {
    auto answer = patient.context.git.ask(
        {"ls-remote", "--", remote, "HEAD"}, {},
        {{"GIT_TERMINAL_PROMPT", "0"}, {"GIT_SSH_COMMAND", "ssh -o BatchMode=yes"}});
    bool reached = answer.ok() && answer->exit_code == 0;
    std::vector<std::string> errors = answer.ok() ? lines(answer->err) : std::vector<std::string>();
    checks.push_back(reached ? good("remote", remote + " answers")
                             : bad("remote",
                                   fmt::format("{} does not answer{}", remote,
                                               errors.empty() ? "" : ": " + errors.front()),
                                   "check 'git remote -v' and your access"));
  }
  auto share = patient.config.find("remote." + remote + ".factoryShare");
  if (!share) share = patient.config.find("factory.share");
  if (!share) {
    checks.push_back(note("sharing", "nothing of the record leaves this machine: not decided yet",
                          "git factory init --share=full|summary|none"));
    return;
  }
  auto wanted = store::parse_share(*share);
  if (!wanted.ok()) {
    checks.push_back(failed("sharing", wanted.error()));
    return;
  }
  checks.push_back(good("sharing", fmt::format("{} to {}", *share, remote)));
  if (*wanted != store::Share::kNone) look_at_refspecs(patient, *wanted, checks);
}

void look_at_hooks(const Patient& patient, Checks& checks) {
  auto place = hooks::place_of(patient.context.repo, patient.context.git);
  if (!place.ok()) {
    checks.push_back(failed("hooks", place.error()));
    return;
  }
  std::string name = place->bare ? "pre-receive" : "pre-push";
  auto hook = hooks::look(*place, name);
  if (!hook.ok()) {
    checks.push_back(failed("hooks", hook.error()));
    return;
  }
  std::string text = fmt::format("{} {}: {}", name, hooks::name_of(hook->state), hook->path);
  bool stands = hook->state == hooks::State::kOurs || hook->state == hooks::State::kCalls;
  checks.push_back(stands ? good("hooks", text) : note("hooks", text, "git factory hooks install"));
}

}  // namespace gf::doctor
