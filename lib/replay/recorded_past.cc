// An answer is found by stage, attempt and turn, and by its whole question where one step asked
// more than once; an outcome by tree, gate and key.
#include "replay/recorded_past.h"

#include <fmt/format.h>

#include <algorithm>

#include "line/wishes.h"
#include "store/store.h"

namespace gf::replay {

std::vector<gate::Gate> gates_in(const store::Run& recorded) {
  // Stages name their gates in the order in which they ran; the files of a record are sorted.
  std::vector<std::string> files;
  for (const record::StageRecord& stage : recorded.stages)
    files.insert(files.end(), stage.gate_runs.begin(), stage.gate_runs.end());
  files.insert(files.end(), recorded.gate_files.begin(), recorded.gate_files.end());
  std::vector<gate::Gate> gates;
  for (const std::string& file : files) {
    auto found = std::find(recorded.gate_files.begin(), recorded.gate_files.end(), file);
    if (found == recorded.gate_files.end()) continue;
    const record::GateOutcome& outcome =
        recorded.gates[static_cast<size_t>(found - recorded.gate_files.begin())];
    bool known = std::any_of(gates.begin(), gates.end(), [&](const gate::Gate& gate) {
      return gate.name == outcome.gate && gate.stage == outcome.stage;
    });
    if (known || outcome.gate == "parse" || outcome.gate == "fix") continue;
    gate::Gate gate;
    gate.name = outcome.gate;
    gate.stage = outcome.stage;
    gate.folder = outcome.project;
    gate.why = "it is in the record";
    gates.push_back(std::move(gate));
  }
  return gates;
}

RecordedPast::RecordedPast(const store::Run& recorded, bool run_gates, Places places, Look look)
    : recorded_(recorded),
      run_gates_(run_gates),
      gates_(gates_in(recorded)),
      places_(std::move(places)),
      look_(std::move(look)) {}

const record::Exchange* RecordedPast::answer(const record::ModelRequest& request) const {
  std::vector<const record::Exchange*> found;
  for (const record::Exchange& exchange : recorded_.exchanges) {
    const record::ModelRequest& then = exchange.request;
    bool same_step =
        then.stage == request.stage && then.attempt == request.attempt && then.turn == request.turn;
    if (same_step && exchange.answer) found.push_back(&exchange);
  }
  if (found.size() < 2) return found.empty() ? nullptr : found.front();
  Oid key = record::request_key(request);
  auto very = std::find_if(found.begin(), found.end(), [&](const record::Exchange* one) {
    return record::request_key(one->request) == key;
  });
  return very == found.end() ? found.back() : *very;
}

void RecordedPast::miss(const record::ModelRequest& request) {
  if (unanswered_.empty())
    unanswered_ = fmt::format("{} {} turn {}", request.stage, request.attempt, request.turn);
}

std::map<std::string, std::string> RecordedPast::models() const { return recorded_.run.models; }

std::optional<Oid> RecordedPast::moved_base() const { return line::moved_base(recorded_.run); }

const std::vector<gate::Gate>* RecordedPast::gates() const {
  return run_gates_ ? nullptr : &gates_;
}

std::optional<line::Past::Outcome> RecordedPast::outcome(const Oid& tree, const std::string& gate,
                                                         const std::vector<std::string>& keys) {
  const std::vector<std::string>& files = recorded_.gate_files;
  for (const std::string& key : keys) {
    auto found = std::find(files.begin(), files.end(), store::gate_file(tree, gate, key));
    if (found == files.end()) continue;
    return Outcome{recorded_.gates[static_cast<size_t>(found - files.begin())], key};
  }
  return std::nullopt;
}

}  // namespace gf::replay
