// What was found in a repository with several projects, for people.
#pragma once

#include <string>

#include "setup/setup.h"

namespace gf::setup {

/// A line a project, with its languages and the tools that judge it; many that are alike are one
/// line: "packages/: 38 projects (api, auth, billing and 35 more)  Python: ruff, pytest". A project
/// that nothing judges says so, and how that is mended. Empty: it is one project.
std::string projects_text(const Preparation& found);
/// A line a gate, with why it was chosen and what it said of the base; of many only how many, as
/// the projects tell them and .gitfactory has each.
std::string gates_text(const Preparation& found);
/// What .gitfactory says above the first gate of a project, or instead of one. `folder`: empty for
/// the root.
std::string project_heading(const Preparation& found, const std::string& folder);

}  // namespace gf::setup
