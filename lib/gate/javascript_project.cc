#include "gate/javascript_project.h"

#include <algorithm>

namespace gf::gate {

JavaScriptProject::JavaScriptProject(const record::TreeFacts& tree,
                                     std::vector<Evidence> outer_evidence, const Words& inside)
    : tree_(tree), is_one_(tree.has_path("package.json")) {
  if (!is_one_) return;
  auto json = record::Json::parse(tree.read("package.json").value_or(""));
  if (json.ok()) {
    manifest_ = *json;
  } else {
    notes_.push_back("'package.json' cannot be read: " + json.error().message);
  }
  evidence_ = evidence_in(tree);
  std::erase_if(evidence_, [&](const Evidence& one) {
    return std::find(inside.begin(), inside.end(), one.call.folder) != inside.end();
  });
  evidence_.insert(evidence_.end(), outer_evidence.begin(), outer_evidence.end());
}

bool JavaScriptProject::needs(std::string_view package) const {
  for (const char* table : {"devDependencies", "dependencies", "peerDependencies"}) {
    if (manifest_.get(table).has(package)) return true;
  }
  return false;
}

const Evidence* JavaScriptProject::evidence(std::string_view tool) const {
  auto found = std::find_if(evidence_.begin(), evidence_.end(),
                            [&](const Evidence& one) { return one.call.tool == tool; });
  return found == evidence_.end() ? nullptr : &*found;
}

std::string JavaScriptProject::first_of(const Words& names) const {
  for (const std::string& name : names) {
    if (tree_.has_path(name)) return name;
  }
  return {};
}

std::string JavaScriptProject::manager() const {
  std::string named = manifest_.get_string("packageManager");
  named = named.substr(0, named.find('@'));
  for (const char* known : {"npm", "pnpm", "yarn", "bun"}) {
    if (named == known) return named;
  }
  if (tree_.has_path("pnpm-lock.yaml")) return "pnpm";
  if (tree_.has_path("yarn.lock")) return "yarn";
  if (tree_.has_path("bun.lock") || tree_.has_path("bun.lockb")) return "bun";
  return "npm";
}

}  // namespace gf::gate
