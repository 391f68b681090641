// Which files are manifests, and what is read of them. For project*.cc.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "record/facts.h"

namespace gf::gate {

/// A kind of manifest.
struct ManifestKind {
  std::string_view file;  ///< its name, or "*" and an ending: "*.csproj"
  std::string_view language;
  bool topmost;  ///< one further in belongs to the one further up
  /// Is a file of this content one? A setting for tools is none; neither is a template of one.
  bool (*is_one)(const std::string& text);
};

const std::vector<ManifestKind>& manifest_kinds();

/// What one folder's manifests say of itself and of others.
struct Links {
  std::vector<std::string> names;    ///< of the project
  std::vector<std::string> paths;    ///< of what it needs, relative to its folder
  std::vector<std::string> wanted;   ///< names of what it needs
  std::vector<std::string> members;  ///< patterns of the workspace that it is the root of
};

/// `folder` of `tree` as one of its language has it; a language without a reader says nothing.
Links links_of(const record::TreeFacts& tree, const std::string& language);

}  // namespace gf::gate
