// What the tools work with. For this room's .cc files: one of them for reading, searching, outlines
// and editing each.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "tool/tool.h"

namespace gf::tool {

inline constexpr size_t kMaxAnswer = 32u << 10;  ///< bytes: what a model reads in one go
inline constexpr size_t kMaxFile = 4u << 20;     ///< bytes: of one file
inline constexpr size_t kMaxShownLine = 2000;    ///< bytes: of one line of a file
inline constexpr size_t kMaxNamedInScope = 20;   ///< patterns that a refusal names

/// Answers, fit for a prompt.
ToolAnswer no(const std::string& text);
ToolAnswer yes(std::string text, std::vector<std::string> changed = {});

/// One file's definitions, or why there are none.
struct FileOutline {
  ToolAnswer trouble;  ///< `failed` when there is some
  std::vector<Definition> definitions;
  bool more = false;  ///< there are more than could be read
};

struct AskedFile;  ///< of outline.cc

struct Toolbox::Impl {
  proc::Jail jail;
  std::string root;
  std::vector<std::string> names;
  Scope scope;
  proc::Environment environment;
  Parses parses;

  /// Whether a path may be read, as the model is told; empty when it may.
  [[nodiscard]] std::string unreadable(const std::string& path) const;
  /// " (it parses)", or what is wrong with what was written.
  Result<std::string> parsed(const std::string& path) const;

  Result<ToolAnswer> read_file(const record::Json& arguments);
  Result<ToolAnswer> list_dir(const record::Json& arguments);
  Result<ToolAnswer> grep(const record::Json& arguments, const Cancel& cancel);
  /// The files of `paths` by the name that ctags is given. What cannot be read has its trouble in
  /// `answers`, which is as long as `paths`.
  Result<std::map<std::string, AskedFile>> read_for_outlines(const std::vector<std::string>& paths,
                                                             std::vector<FileOutline>& answers);
  Result<std::vector<FileOutline>> outlines(const std::vector<std::string>& paths,
                                            const Cancel& cancel);
  Result<ToolAnswer> write_file(const record::Json& arguments);
  Result<ToolAnswer> edit_file(const record::Json& arguments);
  Result<ToolAnswer> delete_file(const record::Json& arguments);
};

}  // namespace gf::tool
