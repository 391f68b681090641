// Fragment tools: which one a repository uses, by its own configuration, and one fragment for it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "stage/changelog.h"

namespace gf::stage {

/// The tool and its folder, or nothing: a folder's name alone ("news", "changes") proves nothing.
std::optional<Changelog> detect_fragments(const record::TreeFacts& tree);

/// A new fragment where name, type and text are certain: towncrier's, or a folder whose fragments
/// have its names.
WrittenEntry write_fragment(const Changelog& changelog, const record::TreeFacts& tree,
                            const NewEntry& entry);

/// "12.feature.rst" -> "feature"; nothing if the name is no fragment's.
struct FragmentName {
  std::string issue, type, suffix;
};
std::optional<FragmentName> read_fragment_name(std::string_view name,
                                               const std::vector<FragmentType>& types);

/// The rules of check_entry for fragments.
std::vector<ChangelogFinding> check_fragments(const Changelog& changelog,
                                              const std::vector<ChangedFile>& changed);

}  // namespace gf::stage
