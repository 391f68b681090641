// What a project declares for developing it, in its managers' own tables. Pure functions.
#pragma once

#include <string>
#include <vector>

#include "record/facts.h"

namespace gf::env {

/// What the root project declares for developing it: its dependencies, and those of the groups and
/// extras named dev, test and the like; of pyproject.toml (PEP 621 and 735, poetry, pdm, hatch),
/// setup.cfg, and the deps of tox's environments. As pip takes them, one each, without doubles.
std::vector<std::string> declared_requirements(const record::TreeFacts& tree,
                                               const std::vector<std::string>& extras);

/// Names of dependency groups (PEP 735) and of extras that are for developing, in their order.
struct Developing {
  std::vector<std::string> groups, extras;
};
Developing developing_parts(const record::TreeFacts& tree);

/// The plain names of what lines as pip takes them ask for on every machine, and of what tests and
/// gates have a use for: no release, documentation or task tools.
std::vector<std::string> names_wanted(const std::vector<std::string>& requirements);

/// "ruff, pytest_cov": what is missing, for people; a module and its distribution are one.
std::string named_once(const std::vector<std::string>& names);

}  // namespace gf::env
