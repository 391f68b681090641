// What a model may do in a worktree: a closed set of file tools, each bounded.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/cancel.h"
#include "base/result.h"
#include "proc/jail.h"
#include "proc/process.h"
#include "record/exchange.h"

namespace gf::tool {

/// What a stage may touch: paths and patterns (base/glob.h).
struct Scope {
  std::vector<std::string> writable;         ///< nothing else can be written
  std::vector<std::string> protected_paths;  ///< never writable, even when named above
  std::vector<std::string> readable = {};    ///< nothing else can be read; empty: everything
  /// Of a run that was begun by older rules, and comes to the trees it came to: one edit a call,
  /// and line ends as they are written.
  bool older = false;
};

/// Why the scope keeps `path` from being written, as the model is told; empty when it does not.
/// `path` is a normal one (proc::Jail::normalise).
std::string refusal(const Scope& scope, const std::string& path);

/// The tools' answer to a model: text that is always safe to put into a prompt (UTF-8, at most
/// 32 KB, the cut marked).
struct ToolAnswer {
  std::string text;
  bool failed = false;
  std::vector<std::string> changed;  ///< paths written or deleted
};

/// One definition of a source file; lines are counted from 1.
struct Definition {
  int first = 0, last = 0;  ///< from its first decorator to the end of its body
  std::string text;         ///< its header as the file has it, "12: def f(a: int) -> int" a line
};

/// What a parser says of a file that was just written: "it parses", or why it does not, in one
/// line; empty where nobody can tell. An Error is the machine's.
using Parses = std::function<Result<std::string>(const std::string& path)>;

/// Executes the calls of one stage in one worktree.
///
/// read_file(path, start_line?, end_line?), list_dir(path),
/// grep(pattern, path?, include?, exclude?, ignore_case?), outline(path),
/// write_file(path, content), edit_file(path, old, new) or edit_file(path, edits),
/// delete_file(path). A call to a tool that was not given, with wrong arguments or an illegal path
/// is answered by a text that says so; it never is an Error. An Error means the machine failed
/// (disk full).
class Toolbox {
 public:
  /// `names`: the tools given, from the list above.
  /// `parses` is asked after each write and edit; it may be empty.
  static Result<Toolbox> open(const std::string& worktree, std::vector<std::string> names,
                              Scope scope, proc::Environment environment, Parses parses = {});
  Toolbox(Toolbox&&) noexcept;
  Toolbox& operator=(Toolbox&&) noexcept;
  ~Toolbox();

  [[nodiscard]] std::vector<record::ToolSpec> specs() const;
  Result<ToolAnswer> call(const record::ToolCall& call, const Cancel& cancel);
  /// What "outline" answers for each of `paths`, in their order; one process for all of them.
  Result<std::vector<ToolAnswer>> outlines(const std::vector<std::string>& paths,
                                           const Cancel& cancel);
  /// The same as data; of a file that cannot be read or has none, nothing.
  Result<std::vector<std::vector<Definition>>> definitions(const std::vector<std::string>& paths,
                                                           const Cancel& cancel);

 private:
  struct Impl;
  explicit Toolbox(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace gf::tool
