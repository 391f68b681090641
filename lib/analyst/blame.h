// Which commit a line of a file comes from, by `git blame`.
#pragma once

#include <string>

#include "base/clock.h"
#include "base/ids.h"
#include "base/result.h"
#include "git/git_program.h"

namespace gf::analyst {

/// A line and the commit that brought it.
struct Line {
  std::string path;  ///< from the root of the repository, as it is named now
  int number = 0;    ///< from 1
  std::string text;  ///< as it is now, without its end; may be anything
  Oid commit;        ///< zero: it is not committed yet
  std::string subject, author;
  Timestamp when{};
  std::string path_then;  ///< the file's name in that commit
  bool boundary = false;  ///< the history ends there, or is cut off there
};

/// What follows a line through changes of white space and moves within its file, and what the user
/// has told git blame to ignore. `revision` empty: the work tree as it is. Errors are git's own: no
/// such file, no such line.
Result<Line> blame(const git::Program& git, const std::string& path, int number,
                   const std::string& revision);

}  // namespace gf::analyst
