// What gates are started in: the environment of the run's own tree, which a change may need
// otherwise than the base does.
#include <fmt/format.h>

#include <algorithm>

#include "base/files.h"
#include "base/text.h"
#include "gate/project.h"
#include "git/workspace.h"
#include "line/gatekeeper.h"
#include "session/context.h"
#include "session/facts.h"

namespace gf::line {
namespace {

using Status = record::GateOutcome::Status;

/// Whose Python says whether these paths parse: the innermost project's around the first of them
/// that has an environment of its own, else the first that has one.
std::string folder_to_parse_in(const std::map<std::string, std::shared_ptr<Room>>& others,
                               const std::vector<std::string>& paths) {
  std::string best = others.empty() ? "" : others.begin()->first;
  size_t length = 0;
  for (const auto& one : others) {
    bool around = !paths.empty() && gate::is_below(paths.front(), one.first);
    if (around && one.first.size() >= length) {
      best = one.first;
      length = one.first.size();
    }
  }
  return best;
}

/// As a gate's own: the tool was not asked, for what it would be started in cannot be made.
record::GateOutcome without_environment(const gate::Gate& gate, const Oid& tree,
                                        const std::string& path, const Error& error) {
  record::GateOutcome outcome;
  outcome.gate = gate.name;
  outcome.stage = gate.stage;
  outcome.tree = tree;
  outcome.status = Status::kFail;
  outcome.reason = "the environment that the change asks for cannot be made: " + error.message;
  outcome.output_tail = clipped_middle(error.detail, 8000);
  outcome.findings_total = 1;
  outcome.findings = {{path, 0, record::kNoEnvironment, outcome.reason, "error"}};
  return outcome;
}

}  // namespace

Room& Gatekeeper::room_of(const std::string& folder) const {
  auto found = others_.find(folder);
  return found == others_.end() ? *room_ : *found->second;
}

env::Ready& Gatekeeper::ready_in(const std::string& folder) const { return room_of(folder).ready; }

void Gatekeeper::start_in(Room room, const std::set<std::string>& folders) {
  auto shared = std::make_shared<Room>(std::move(room));
  std::vector<gate::Gate> one(1);
  for (gate::Gate& gate : gates_) {
    if (!folders.contains(gate.folder)) continue;
    one[0] = std::move(gate);
    env::use(shared->ready, one);
    gate = std::move(one[0]);
  }
  for (const std::string& folder : folders) others_[folder] = shared;
}

Result<std::optional<record::GateOutcome>> Gatekeeper::fit_room(const gate::Gate& gate) {
  using Outcome = std::optional<record::GateOutcome>;
  Room& room = room_of(gate.folder);
  if (!room.prepare) return Outcome();
  const Oid tree = workspace_.tree();
  std::string by;
  if (tree != room.tree) {
    GF_ASSIGN(auto deltas, context_.repo.diff(room.tree, tree));
    for (const git::Delta& delta : deltas) {
      if (by.empty() && env::decides_environment(delta.path)) by = delta.path;
    }
  }
  if (by.empty() && !env::has_changed(room.ready)) return Outcome();
  session::GitFacts facts(context_.repo, context_.git, tree);
  Stopwatch watch(context_.clock());
  auto ready = room.prepare(facts);
  spent_ += watch.elapsed();
  if (ready.ok()) {
    room.ready = std::move(ready).value();
    room.tree = tree;
    return Outcome();
  }
  Error error = ready.error();
  if (error.fault == Fault::kConfiguration && !by.empty())
    return Outcome(without_environment(gate, tree, by, error));
  if (error.fault != Fault::kCancelled && !by.empty())
    error.message = fmt::format("'{}' asks for another environment: {}", by, error.message);
  constexpr std::string_view kResume = "'git factory resume'";
  if (error.fault != Fault::kCancelled && error.hint.find(kResume) == std::string::npos)
    error.hint += fmt::format("{}then {}", error.hint.empty() ? "mend that, " : "; ", kResume);
  return error;
}

Result<record::GateOutcome> Gatekeeper::parse(const std::vector<std::string>& paths) {
  std::string key = join(paths, "\n");
  if (auto known = active_.gate(workspace_.tree(), "parse", key)) {
    // Of a step that was broken off, it belongs to the one that goes on.
    GF_ASSIGN(auto name, active_.put_gate(*known, key, Milliseconds(0)));
    auto has = [&](const std::vector<std::string>& names) {
      return std::find(names.begin(), names.end(), name) != names.end();
    };
    bool named = has(names_) || std::any_of(active_.stages().begin(), active_.stages().end(),
                                            [&](const record::StageRecord& stage) {
                                              return has(stage.gate_runs);
                                            });
    if (!named) names_.push_back(name);
    return *known;
  }
  if (past_.gates() != nullptr) return recorded_outcome("parse", {key});
  Stopwatch watch(context_.clock());
  GF_ASSIGN(auto scratch, TemporaryFolder::make_in(cache_dir_, "scratch-"));
  std::string folder = folder_to_parse_in(others_, paths);
  GF_ASSIGN(auto where, place(scratch, folder));
  auto check = [&] {
    return gate::parse_check(ready_in(folder).python, where, paths, context_.cancel());
  };
  auto outcome = check();
  // As a gate that crashed: once more, and then it has said nothing.
  if (outcome.ok() && outcome->status == Status::kBroken) outcome = check();
  if (outcome.ok() && (outcome->status == Status::kBroken || outcome->status == Status::kTimeout))
    tell_("note", fmt::format("{}; what does not parse is seen by gates alone", outcome->reason),
          {});
  spent_ += watch.elapsed();
  if (!outcome.ok()) return outcome.error();
  // On record it would be taken for the tree's own outcome when the run goes on.
  if (outcome->status == Status::kCancelled) GF_TRY(context_.cancel().check());
  GF_ASSIGN(auto name, active_.put_gate(*outcome, key, outcome->duration));
  names_.push_back(name);
  return outcome;
}

}  // namespace gf::line
