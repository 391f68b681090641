// The projects of a repository, for who plans a change to it.
#pragma once

#include <string>
#include <vector>

#include "gate/project.h"

namespace gf::line {

/// A line a project: folder, languages, what it is built on; so that PLAN names files of the one
/// that is meant. At most 40 of them, and how many more there are. Empty for a single project.
std::string projects_prompt(const std::vector<gate::Project>& projects);

}  // namespace gf::line
