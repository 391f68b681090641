// Which gates a tree shows to have (INTEGRATIONS G.2): every language is asked.
#include "gate/detect.h"

namespace gf::gate {

Detected detect(const record::TreeFacts& tree, const std::string& program) {
  Detected detected;
  for (const Language& language : all_languages()) language.detect(tree, program, detected);
  detect_pre_commit(tree, detected);
  for (Gate& gate : detected.gates) {
    if (gate.fix.empty()) gate.fix = known_fixer(gate.argv);
    gate.detected = true;
  }
  return detected;
}

std::vector<std::string> detection_notes(const record::TreeFacts& tree) {
  return detect(tree, "").notes;
}

}  // namespace gf::gate
