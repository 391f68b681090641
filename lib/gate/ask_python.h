// Questions to a Python about what is installed in it, whose answers are kept between runs.
#pragma once

#include <string>
#include <vector>

#include "base/cancel.h"
#include "base/result.h"
#include "proc/sandbox.h"

namespace gf::gate {

/// A program for an interpreter that prints what it finds and imports nothing of what it looks at.
struct PythonQuestion {
  std::string python;              ///< as it is named: a path, or looked up in the PATH
  std::vector<std::string> flags;  ///< "-I"
  /// Writes to sys.stdout, no NUL. What it reads besides the interpreter's own path, its path
  /// files and its pyvenv.cfg is in its list `read_too`.
  std::string script;
  std::vector<std::string> arguments;
  std::string cache;  ///< Environment::cache_folder(), where answers are kept; empty: they are not
};

/// Starts the interpreter with the question, as proc::run_in does with the rest of `options`. What
/// it answered once is answered again without starting it while all that it was read from lies
/// there unchanged, and the variables and what the sandbox shows are the same: to start an
/// interpreter takes longer than most of the line's own work. Not kept: what failed, and the
/// answers of programs that choose between interpreters (the shims of pyenv, asdf and mise).
Result<proc::Outcome> ask_python(const PythonQuestion& question, proc::Options options,
                                 const proc::Sandbox* sandbox, const proc::Policy& policy,
                                 const Cancel& cancel);

}  // namespace gf::gate
