// A repository's own way of telling its users what changed, and one entry added to it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "record/facts.h"
#include "record/spec.h"

namespace gf::stage {

enum class ChangelogForm { kNone, kKeepAChangelog, kMarkdown, kRst, kFragments };

struct Changelog {
  ChangelogForm form = ChangelogForm::kNone;
  std::string path;  ///< of the file, or of the folder of fragments
  std::string why;   ///< "CHANGELOG.md has an [Unreleased] section"
};

/// Looks at the tree: fragment folders (towncrier, changelog.d) before files, files at the top
/// only.
Changelog detect_changelog(const record::TreeFacts& tree);

struct FileText {
  std::string path, content;
};

/// The file with `spec`'s entry added to what `tree` holds; empty for kNone. Adding the same entry
/// to its own result changes nothing. `slug` names a fragment.
std::optional<FileText> with_entry(const Changelog& changelog, const record::TreeFacts& tree,
                                   const record::Spec& spec, const std::string& slug);

}  // namespace gf::stage
