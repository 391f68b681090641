// What a tree shows before settings are applied. For this room's .cc files.
#pragma once

#include <string>
#include <vector>

#include "gate/gate.h"
#include "gate/language.h"

namespace gf::gate {

struct Detected {
  std::vector<Gate> gates;
  std::vector<std::string> notes;  ///< what could not be read, one line each
};

/// What the tree's files show: only tools that it configures, and tests where there are some.
Detected detect(const record::TreeFacts& tree, const std::string& program);

/// The hooks of .pre-commit-config.yaml, of whatever language.
void detect_pre_commit(const record::TreeFacts& tree, Detected& detected);

Language python();

}  // namespace gf::gate
