// Which of the machine's files a confined program sees. For this room's .cc files.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/environment.h"
#include "proc/sandbox.h"

namespace gf::proc {

/// Absolute paths without symbolic links. All that is in no list is there to be read. Of two that
/// lie one in the other the inner one holds.
struct View {
  std::vector<std::string> hidden;    ///< folders that are empty inside: homes, /run, /tmp
  std::vector<std::string> masked;    ///< files that are empty: keys of this machine
  std::vector<std::string> readable;  ///< below hidden ones
  std::vector<std::string> writable;
  /// Names below hidden folders that lead to something seen: the link and where it goes.
  std::vector<std::pair<std::string, std::string>> links;
  std::string home;  ///< HOME, which is one of the hidden
};

/// The view that a policy asks for. Toolchains that lie in a home are seen: those that PATH or
/// `program` lead to, and the usual ones (rustup, nvm, pyenv, uv and the like), without the keys
/// that some of them keep.
View view_for(const Policy& policy, const Environment& environment, const std::string& program);

/// The largest folders and files that are read whole, for who can only add up.
std::vector<std::string> all_readable(const View& view);

/// Does `path` lie in `folder`, or is it that folder?
bool lies_in(const std::string& path, const std::string& folder);

}  // namespace gf::proc
