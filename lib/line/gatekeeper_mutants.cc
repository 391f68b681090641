// Questions of our own to the gates of tests, and answers that are found out once a tree.
#include "base/files.h"
#include "base/text.h"
#include "gate/project.h"
#include "git/workspace.h"
#include "line/gatekeeper.h"
#include "session/context.h"
#include "session/tool_caches.h"
#include "stage/rules.h"
#include "store/store.h"

namespace gf::line {

Result<std::optional<record::GateOutcome>> Gatekeeper::once(
    const std::string& name, const std::string& key,
    const std::function<Result<record::GateOutcome>()>& work) {
  using Found = std::optional<record::GateOutcome>;
  Found known = active_.gate(workspace_.tree(), name, key);
  bool recorded = past_.replays() || past_.gates() != nullptr;
  if (!known && recorded) {
    auto kept = past_.outcome(workspace_.tree(), name, {key});
    if (!kept) return Found();
    known = std::move(kept->outcome);
  }
  std::string identity;
  for (const gate::Gate& gate : gates_) {
    if (gate.stage == "test" && is_chosen(gate))
      identity += env::without_slot(ready_in(gate.folder), join(gate.argv, "\n")) + "\x1e" +
                  ready_in(gate.folder).identity + "\x1e" + held_key(gate);
  }
  Oid id = record::content_id(name + "\x1e" + key + "\x1e" + identity + "\x1e" +
                              workspace_.tree().hex() + "\x1e" + context_.setup.version + "\x1e" +
                              std::to_string(static_cast<int>(stage::kNewestRules)));
  if (!known) known = cached(id.hex());
  Milliseconds took{0};
  if (!known) {
    GF_ASSIGN(known, work());
    took = known->duration;
    cache(id.hex(), *known);
  }
  GF_ASSIGN(auto put, active_.put_gate(*known, key, took));
  names_.push_back(put);
  return known;
}

Result<std::vector<record::GateOutcome>> Gatekeeper::try_tests(
    const std::vector<std::string>& selection, Milliseconds most) {
  std::vector<record::GateOutcome> outcomes;
  Stopwatch watch(context_.clock());
  for (const gate::Gate& gate : gates_) {
    if (!is_chosen(gate) || gate.stage != "test" || is_hook(gate)) continue;
    std::vector<std::string> own = gate::selected_for(gate, gates_, selection);
    if (own.empty() && !selection.empty()) continue;
    GF_ASSIGN(auto scratch, TemporaryFolder::make_in(cache_dir_, "scratch-"));
    GF_TRY(tools_->use(Oid()));  // of a mutant
    GF_ASSIGN(auto where, place(scratch, gate.folder));
    gate::Gate now = gate;
    now.timeout = std::min(most, gate.timeout);
    auto outcome = gate::run_gate(now, where, own, {}, context_.cancel());
    GF_TRY(workspace_.take_back());
    if (!outcome.ok()) return outcome.error();
    GF_TRY(context_.cancel().check());
    outcomes.push_back(std::move(*outcome));
  }
  spent_ += watch.elapsed();
  return outcomes;
}

}  // namespace gf::line
