// What a Python interpreter says of itself.
#pragma once

#include <string>
#include <vector>

#include "base/cancel.h"
#include "base/environment.h"
#include "base/result.h"

namespace gf::env {

struct Holding;

/// A plain value; nothing in it is looked at again.
struct Interpreter {
  std::string program;            ///< as it was named
  std::string version;            ///< "3.11.7"
  std::string implementation;     ///< "cpython"
  std::string prefix;             ///< the environment's folder
  std::string base;               ///< the executable that the environment was made from, absolute
  bool isolated = false;          ///< a virtual environment: it has a prefix of its own
  std::vector<std::string> site;  ///< folders of installed packages, in the order of sys.path
  std::string site_below;  ///< where an environment keeps its own: "lib/python3.11/site-packages"
  std::string scripts;     ///< folder of the environment's programs
  std::vector<std::string> lacks;  ///< of the modules that were asked for
};

/// Starts `program` in isolated mode and asks; nothing of the repository is imported and nothing is
/// written. `modules` are looked for, not imported; "distribution:fastapi" is an installed package.
/// The Error says in one line why it did not start.
Result<Interpreter> ask_interpreter(const std::string& program,
                                    const std::vector<std::string>& modules,
                                    const Environment& environment, const Cancel& cancel,
                                    const Holding& holding);

}  // namespace gf::env
