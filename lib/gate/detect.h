// What a tree shows before settings are applied. For this room's .cc files.
#pragma once

#include <string>
#include <vector>

#include "gate/evidence.h"
#include "gate/gate.h"
#include "gate/language.h"
#include "gate/project.h"

namespace gf::gate {

struct Detected {
  std::vector<Gate> gates;
  std::vector<std::string> notes;  ///< what could not be read, one line each
  /// Given to who detects: calls made in this folder that files outside of it show.
  std::vector<Evidence> outer_evidence;
  /// Given too: folders of projects further in, whose calls are not this one's.
  std::vector<std::string> inside;
};

/// What the tree's files show: only tools that it configures, and tests where there are some.
Detected detect(const record::TreeFacts& tree, const std::string& program);

/// The same of each project by itself (gates_of_projects).
Detected detect_projects(const record::TreeFacts& tree, const std::vector<Project>& projects,
                         const std::string& program);

/// The hooks of .pre-commit-config.yaml, of whatever language.
void detect_pre_commit(const record::TreeFacts& tree, Detected& detected);

Language python();
Language javascript();
Language go();
Language rust();
Language cpp();
Language java();

}  // namespace gf::gate
