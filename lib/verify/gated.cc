// Gates that were run on a tree after its change had been approved on another: what is kept of it,
// and whether it counts.
#include "verify/gated.h"

#include <fmt/format.h>

#include "base/text.h"
#include "verify/signature.h"

namespace gf::verify {

record::Json gates_note(const Oid& tree, const Oid& gates, Timestamp time,
                        const std::vector<record::GateOutcome>& outcomes) {
  record::Json ran = record::Json::array();
  for (const record::GateOutcome& outcome : outcomes) {
    ran.push(record::Json::object({{"gate", outcome.gate},
                                   {"status", record::name_of(outcome.status)},
                                   {"tool_version", outcome.tool_version},
                                   {"duration_ms", outcome.duration.count()}}));
  }
  return record::Json::object({{"v", 1},
                               {"tree", tree.hex()},
                               {"gates", gates.hex()},
                               {"status", "pass"},
                               {"time", iso8601(time)},
                               {"ran", std::move(ran)}});
}

Result<Remembered> remembered(const git::Repo& repo, const git::Program& git, const Policy& policy,
                              Records& records, const Oid& tree) {
  Remembered found;
  GF_ASSIGN(auto noted, records.gates_noted_on(tree));
  for (const std::string& line : noted) {
    auto json = record::Json::parse(line);
    // The tree is said in the line too: a note that was copied to another tree passes nothing.
    if (!json.ok() || json->get_int("v") != 1 || json->get_string("tree") != tree.hex() ||
        json->get_string("status") != "pass")
      continue;
    if (json->get_string("gates") != policy.gates.hex()) {
      found.why_not = "the gates were run on this one with other settings than are asked for";
      continue;
    }
    if (policy.signature) {
      std::string text = json->get_string("signature");
      if (text.empty()) {
        found.why_not = "that the gates are green on this one is not signed";
        continue;
      }
      GF_ASSIGN(auto judged, judge_gates_signature(repo, git, policy, text, tree, policy.gates));
      if (const auto* refusal = std::get_if<Refusal>(&judged)) {
        found.why_not = "that the gates are green on this one: " + refusal->text;
        continue;
      }
    }
    found.passed = true;
    return found;
  }
  return found;
}

}  // namespace gf::verify
