// YAML as a tree of plain values. For this room's .cc files; yaml-cpp stays in yaml.cc.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gf::gate {

/// One node. An alias is a copy of what it names.
struct Yaml {
  std::string text;  ///< of a scalar; empty for others
  size_t line = 0;   ///< 1-based, where it begins; of a block scalar, its first line of text
  struct Member;
  std::vector<Yaml> items;      ///< of a sequence
  std::vector<Member> members;  ///< of a mapping, as they stand

  /// The member of this name, or an empty node.
  [[nodiscard]] const Yaml& at(std::string_view name) const;
};

struct Yaml::Member {
  std::string name;
  Yaml value;
};

/// The first document; nothing when it cannot be read, is deeper than 100 levels or, aliases
/// counted each time, holds more than 100,000 nodes.
std::optional<Yaml> read_yaml(const std::string& text);

}  // namespace gf::gate
