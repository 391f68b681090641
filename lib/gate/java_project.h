// What pom.xml says. For this room's .cc files.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "record/facts.h"

namespace gf::gate {

/// A goal of a plugin that the build itself starts: "check" of "maven-checkstyle-plugin".
struct BoundGoal {
  std::string plugin, goal;
  std::string execution;  ///< its id; empty: "default"
};

/// One pom.xml.
struct Pom {
  std::string broken;                ///< why it cannot be read; empty: it can
  std::vector<std::string> plugins;  ///< artifactId, of the build; not those that are only managed
  std::vector<BoundGoal> goals;
  std::map<std::string, std::string>
      dependencies;  ///< "group:artifact", with its version and scope
  /// What decides what is tested and how: by "properties.skipTests" or a plugin's artifactId.
  std::map<std::string, std::string> settings;
};
Pom read_pom(std::string_view text);

/// The plugins and goals of every module: a parent's count for all.
Pom read_poms(const record::TreeFacts& tree);

}  // namespace gf::gate
