// A change as text, the way `git diff --full-index --no-renames` writes it. For this room's .cc
// files.
#pragma once

#include <string>
#include <vector>

#include "git/repo.h"

namespace gf::git {

/// One file's part of a patch.
struct FilePatch {
  std::string header;  ///< from "diff --git" to the last line before the first hunk
  std::vector<Hunk> hunks;
};

/// "100644", "100755", "120000" or "160000", as a diff writes it.
const char* mode_text(EntryKind kind);

/// As git tells it: a zero byte among the first 8,000.
bool looks_binary(std::string_view text);

/// Neither configuration nor attributes have a say: what is binary is told by its content, so that
/// a
/// `-diff` in .gitattributes cannot hide what a file becomes. A changed type is two parts.
Result<std::vector<FilePatch>> patches(const Repo& repo, const std::vector<Delta>& deltas,
                                       int context);

/// What `git patch-id --stable` says about this text; empty for no change.
Result<std::string> patch_id_of(const std::string& text);

}  // namespace gf::git
