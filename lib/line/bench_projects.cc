// The bench of a repository with several projects: their gates are taken up as the run comes to
// concern them.
#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "gate/project.h"
#include "line/assignment.h"
#include "line/bench.h"
#include "line/gatekeeper.h"
#include "line/journal.h"
#include "line/past.h"
#include "line/repository_hooks.h"
#include "session/sandbox.h"

namespace gf::line {
namespace {

std::set<std::string> without(std::set<std::string> all, const std::set<std::string>& known) {
  for (const std::string& one : known) all.erase(one);
  return all;
}

const proc::Sandbox* held_by(const session::Context& context) {
  return context.holder ? &context.holder->sandbox : nullptr;
}

}  // namespace

const char* none_there(std::string_view stage) {
  return stage == "test" ? "no gate runs tests: TEST will have nothing to judge by"
                         : "no linter or type checker will look at the change: VALIDATE has no "
                           "gate";
}

/// What the gates are started in. Where no tool runs there is nothing to find.
Result<Room> Bench::room_for(const std::vector<gate::Gate>& gates, const Past::Places& places,
                             const std::string& folder) {
  Room room;
  if (past_.gates() != nullptr) return room;
  env::Checkout checkout = places.checkout.value_or(
      env::Checkout{context_.repo.workdir().value_or(""), context_.repo.common_dir()});
  // Once each, however often the trees change places.
  auto say = [this, reported = std::make_shared<std::set<std::string>>()](const std::string& line) {
    if (reported->insert(line).second) journal_.tell("note", line);
  };
  auto prepare = [this, gates, checkout, folder, say](const record::TreeFacts& tree,
                                                      const record::TreeFacts* before, bool clean) {
    return env::prepare(
        {tree, assignment_.config.settings(), gates, checkout, context_.setup.environment,
         context_.cancel(), workspace_->path(), say, folder, env::code_along(projects_, folder),
         before, clean, held_by(context_),
         context_.holder ? context_.holder->repository : std::vector<std::string>()});
  };
  // Before any gate has run, the slot holds the base and nothing else.
  bool clean = base_.empty() && workspace_->tree() == assignment_.base.tree;
  GF_TRY(journal_.act("environment", [&]() -> Result<void> {
    GF_ASSIGN(room.ready, prepare(base_facts_, nullptr, clean));
    return Done{};
  }));
  tell_ignored(checkout.folder, folder);
  room.tree = assignment_.base.tree;
  room.prepare = [this, prepare](const record::TreeFacts& tree) {
    bool base = workspace_->tree() == assignment_.base.tree;
    return prepare(tree, base ? nullptr : &base_facts_, false);
  };
  return room;
}

Result<std::vector<gate::Gate>> Bench::gates_found() {
  const Settings& settings = assignment_.config.settings();
  if (projects_.empty()) return gate::gates_for(base_facts_, settings, "python3");
  GF_ASSIGN(found_, gate::gates_of_projects(base_facts_, projects_, settings, "python3"));
  return found_;
}

/// Where only one place has gates they are the run's, whatever it will change.
Result<void> Bench::begin_with_several() {
  gates_->choose({});
  for (const gate::Gate& gate : gates_->gates()) {
    bool known = std::any_of(found_.begin(), found_.end(),
                             [&](const gate::Gate& one) { return one.name == gate.name; });
    if (!known) found_.push_back(gate);
  }
  std::set<std::string> places;
  for (const gate::Gate& gate : found_) {
    if (!is_hook(gate)) places.insert(gate.folder);
  }
  if (places.size() == 1) return take_up_folders(places);
  journal_.tell("note", fmt::format("{} in this repository; the gates of those that the change "
                                    "concerns are run",
                                    counted(projects_.size(), "project")));
  return Done{};
}

Result<void> Bench::take_up(const std::vector<std::string>& paths) {
  if (projects_.empty()) return Done{};
  return take_up_folders(gate::touched(projects_, paths));
}

Result<void> Bench::take_up_folders(const std::set<std::string>& touched) {
  tell_unjudged(without(touched, folders_));
  for (const std::string& folder : gate::with_dependants(projects_, touched))
    folders_.insert(folder);
  std::set<std::string> fresh = gate::gates_of(projects_, found_, folders_);
  std::set<std::string> direct = gate::gates_of(projects_, found_, touched);
  // A hook of the repository's is of no project: git asks it whatever changes.
  for (const gate::Gate& gate : found_) {
    if (!is_hook(gate)) continue;
    fresh.insert(gate.name);
    direct.insert(gate.name);
  }
  fresh = without(std::move(fresh), taken_up_);
  if (!fresh.empty()) GF_TRY(ask_newcomers(fresh, direct));
  if (!touched.empty()) tell_lacks();
  return Done{};
}

/// That nothing will look at a change is said where it is made.
void Bench::tell_unjudged(const std::set<std::string>& folders) {
  for (const std::string& folder : folders) {
    const gate::Project* project = gate::owner_of(projects_, folder);
    if (project == nullptr || project->folder != folder) continue;
    if (!gate::gates_of(projects_, found_, {folder}).empty()) continue;
    journal_.tell(
        "warning",
        fmt::format("nothing will judge a change in '{}' ({}): no gates are known for it; "
                    "give one by [factory-gate \"{}<name>\"]",
                    folder.empty() ? "." : folder, join(project->languages, ", "),
                    folder.empty() ? "" : folder + "/"));
  }
}

void Bench::tell_lacks() {
  const std::vector<gate::Gate>& gates = gates_->gates();
  for (const char* stage : {"validate", "test"}) {
    if (!asks_gates_of(assignment_, stage)) continue;
    bool there =
        past_.replays() || std::any_of(gates.begin(), gates.end(), [&](const gate::Gate& gate) {
          return gate.stage == stage && taken_up_.contains(gate.name);
        });
    if (!there && lacks_.insert(stage).second) journal_.tell("warning", none_there(stage));
  }
}

/// Environments that these gates need, each for all gates that will ever be started in it.
Result<void> Bench::prepare_for(const std::set<std::string>& names,
                                const std::set<std::string>& direct) {
  std::map<std::string, std::vector<gate::Gate>> rooms;
  std::set<std::string> needed, needed_directly;
  for (const gate::Gate& gate : gates_->gates()) {
    if (prepared_.contains(gate.folder) || is_hook(gate)) continue;
    std::string room = env::environment_folder(base_facts_, projects_, gate.folder);
    if (names.contains(gate.name)) needed.insert(room);
    if (direct.contains(gate.name)) needed_directly.insert(room);
    rooms[room].push_back(gate);
  }
  for (const std::string& room : needed) {
    const std::vector<gate::Gate>& gates = rooms[room];
    std::set<std::string> folders;
    for (const gate::Gate& gate : gates) folders.insert(gate.folder);
    auto fitted = room_for(gates, past_.places(), room);
    prepared_.insert(folders.begin(), folders.end());
    if (fitted.ok()) {
      gates_->start_in(std::move(fitted).value(), folders);
      continue;
    }
    Error error = fitted.error();
    if (!room.empty()) error.message = fmt::format("{}: {}", room, error.message);
    bool is_missed = needed_directly.contains(room) || past_.replays();
    if (is_missed || error.fault == Fault::kCancelled) return error;
    for (const gate::Gate& gate : gates)
      leave_out(gate.name, "is of a project that is built on what changes and", error.message);
  }
  return Done{};
}

/// Has the base looked at by gates that were not the run's before; what lies here now lies here
/// afterwards.
Result<void> Bench::ask_newcomers(const std::set<std::string>& names,
                                  const std::set<std::string>& direct) {
  GF_TRY(prepare_for(names, direct));
  taken_up_.insert(names.begin(), names.end());
  std::vector<std::string> of_step = gates_->take_names();
  gates_->choose(names, without(names, direct));
  Oid here = workspace_->tree(), home = home_;
  bool away = here != assignment_.base.tree;
  if (away) {
    GF_TRY(workspace_->materialise(assignment_.base.tree));
    if (home_.is_zero()) home_ = here;
  }
  Result<void> asked = check_base(&direct);
  home_ = home;
  if (away) GF_TRY(workspace_->materialise(here));
  gates_->choose(taken_up_);
  (void)gates_->take_names();  // the base's own belong to no step
  gates_->give_back(std::move(of_step));
  return asked;
}

}  // namespace gf::line
