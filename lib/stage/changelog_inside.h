// What the files of the changelog share among themselves.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "stage/changelog.h"
#include "stage/changelog_outline.h"

namespace gf::stage {

/// Fills `area.entries` and `area.prose` from its lines.
void read_entries(const LogText& text, LogArea& area);

/// A definition that readers never see: "[1.0]: https://...", ".. _x: https://...".
bool is_definition(std::string_view line);

/// The changelog as a file: where the package's metadata leads, else under a usual name.
Changelog detect_file(const record::TreeFacts& tree);

/// Lines of AGENTS.md, CONTRIBUTING and their like that speak of the changelog at `path`.
std::vector<ChangelogEvidence> document_evidence(const record::TreeFacts& tree,
                                                 const std::string& path);

}  // namespace gf::stage
