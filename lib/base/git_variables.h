// Variables of the environment by which git finds a repository.
#pragma once

#include <string>
#include <vector>

namespace gf {

/// Names of the variables that point git at a repository (`git rev-parse --local-env-vars`): inside
/// a hook they point every git at the hook's own. The two that carry `git -c` are not among them:
/// the user meant those for us.
const std::vector<std::string>& repository_variables();

/// GIT_CONFIG_PARAMETERS and GIT_CONFIG_COUNT: `git -c` as a child gets it.
bool carries_settings(const std::string& variable);

}  // namespace gf
