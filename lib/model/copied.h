// A copy of a worktree for a program to work in, and what it changed there. For this room's .cc
// files.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/cancel.h"
#include "base/files.h"
#include "base/result.h"
#include "proc/process.h"
#include "record/exchange.h"

namespace gf::model {

/// A folder of its own with the copy (work()) and room beside it; gone with this object.
class CopyPlace {
 public:
  static Result<CopyPlace> make(const proc::Environment& environment);
  [[nodiscard]] std::string work() const { return root() + "/work"; }
  [[nodiscard]] std::string home() const { return root() + "/home"; }
  [[nodiscard]] const std::string& root() const { return folder_.path(); }
  [[nodiscard]] std::string operator/(const char* name) const { return root() + "/" + name; }

 private:
  explicit CopyPlace(TemporaryFolder folder) : folder_(std::move(folder)) {}
  TemporaryFolder folder_;
};

/// Copies what git knows or would know of `from`, but for what such programs take for their own
/// configuration (.gemini, gptme.toml, .env and the like: nobody trusted it), and notes its state
/// twice: in a repository inside, which such programs want to see, and in one of ours beside it,
/// which they cannot reach.
Result<void> copy_worktree(const std::string& from, const CopyPlace& place,
                           const proc::Environment& environment, const Cancel& cancel);

/// Copies what there is of `paths` below the user's HOME to the place's own.
void copy_home(const CopyPlace& place, const proc::Environment& environment,
               const std::vector<std::string_view>& paths);

/// The copies, by path below that home.
std::map<std::string, std::string> files_of_home(const CopyPlace& place);

struct Changes {
  std::vector<record::ToolCall> calls;  ///< of write_file and delete_file
  std::vector<std::string> left_out;    ///< binary, links, too large
};
/// What differs from the start, again without such programs' own files, whatever was done to the
/// index, HEAD and history inside.
Result<Changes> changes_in(const CopyPlace& place, const proc::Environment& environment,
                           bool deletes, const Cancel& cancel);

}  // namespace gf::model
