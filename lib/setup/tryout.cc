// init's question to each gate that it found: do you work here?
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/text.h"
#include "session/config.h"
#include "setup/config_text.h"
#include "setup/setup.h"
#include "setup/trial.h"

namespace gf::setup {
namespace {

using record::GateOutcome;
using Status = GateOutcome::Status;

/// Long enough for a linter; of a long suite its beginning shows enough.
constexpr Milliseconds kLongest{120000};

/// Each may need an environment made; of forty the first tell enough.
constexpr size_t kMostProjects = 8;

/// Why a gate is of no use here; empty: it is.
std::string trouble_with(const GateOutcome& outcome) {
  if (outcome.status == Status::kBroken) return outcome.reason;
  if (!gate::collected_nothing(outcome)) return {};
  return "no test can run: " + outcome.reason;
}

std::string outcome_text(const GateOutcome& outcome) {
  double seconds = static_cast<double>(outcome.duration.count()) / 1000;
  if (outcome.status == Status::kPass) return fmt::format("passes, {:.1f} s", seconds);
  if (outcome.status == Status::kTimeout)
    return fmt::format("still at work after {:.0f} s", seconds);
  return fmt::format("red already ({}), {:.1f} s", outcome.reason, seconds);
}

}  // namespace

Result<void> try_gates(session::Context& context, Preparation& found,
                       const std::function<void(const std::string&)>& say) {
  if (found.gates.empty()) return Done{};
  GF_ASSIGN(auto config,
            session::Config::load(context.repo, context.git, Oid(), context.setup.overrides, true));
  const std::vector<gate::Gate>& here = found.gates;
  RunId who = RunId::make(context.clock().now(), context.clock().random());
  GF_ASSIGN(auto trial, Trial::open(context, found.base.commit, found.base.commit,
                                    config.settings(), {found.projects, found.gates}, who, say));
  std::vector<gate::Gate> kept;
  std::vector<LeftOut> left_out;
  std::map<std::string, std::string> tried;
  std::set<std::string> places;
  for (const gate::Gate& gate : here) {
    places.insert(gate.folder);
    if (places.size() > kMostProjects) {
      kept.push_back(gate);
      tried[gate.name] = "not tried";
      continue;
    }
    gate::Gate one = gate;
    one.timeout = std::min(one.timeout, kLongest);
    if (say) say("trying " + one.name);
    auto outcome = trial.run(one, {});
    // That one project of several has no environment says nothing of the others.
    if (!outcome.ok() && (gate.folder.empty() || outcome.error().fault == Fault::kCancelled))
      return outcome.error();
    std::string why = outcome.ok() ? trouble_with(*outcome) : outcome.error().message;
    if (!why.empty()) {
      left_out.push_back({gate, why});
      continue;
    }
    kept.push_back(gate);
    tried[one.name] = outcome_text(*outcome);
  }
  GF_TRY(trial.close());
  found.gates = std::move(kept);
  found.left_out = std::move(left_out);
  found.tried = std::move(tried);
  found.file = config_text(found);
  return Done{};
}

}  // namespace gf::setup
