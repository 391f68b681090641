// How an environment is made where none fits: by which program, from which files. Pure functions.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "env/declared.h"
#include "env/manifest.h"
#include "record/facts.h"

namespace gf::env {

/// One way to make an environment. The project itself is left out: an environment is for all slots.
struct Recipe {
  std::string tool;  ///< uv, poetry, pdm or pip
  std::string from;  ///< for people: "uv.lock"
  /// Lock files are read by their tool in the slot; anything else is installed from these lines.
  bool locked = false;
  std::string requirements;
  Developing parts;     ///< of a lock file: what is taken beside what its tool takes anyway
  std::string content;  ///< of everything that decides what is installed
};

/// The first way that works with the programs that are there. Nothing: there is none, and `why`
/// says what is missing ("'poetry' is not on PATH, and poetry.lock is its own").
std::optional<Recipe> recipe_for(const record::TreeFacts& tree, const Manifest& manifest,
                                 const std::function<bool(const std::string& program)>& has,
                                 std::string& why);

/// The lines of requirements files with those they name ("-r") in their place. An installation of
/// the project itself ("-e .[test]") becomes what the project and these extras need.
std::string flat_requirements(const record::TreeFacts& tree, const std::vector<std::string>& files);

}  // namespace gf::env
