#include "gate/java_project.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>
#include <pugixml.hpp>
#include <sstream>

#include "base/text.h"

namespace gf::gate {
namespace {

constexpr size_t kMostPoms = 500;

std::string text_in(const pugi::xml_node& node, const char* name) {
  return std::string(trim(node.child(name).text().as_string()));
}

std::string dumped(const pugi::xml_node& node) {
  std::ostringstream out;
  node.print(out, "", pugi::format_raw);
  return out.str();
}

/// Plugins that test, measure or judge.
bool judges_java(std::string_view plugin) {
  constexpr std::array<std::string_view, 12> kJudging = {
      "surefire", "failsafe", "jacoco",    "checkstyle", "spotless",       "pmd",
      "spotbugs", "enforcer", "fmt-maven", "errorprone", "animal-sniffer", "pitest"};
  return std::any_of(kJudging.begin(), kJudging.end(), [&](std::string_view one) {
    return plugin.find(one) != std::string_view::npos;
  });
}

void take_dependencies(const pugi::xml_node& list, Pom& pom) {
  for (const pugi::xml_node& one : list.children("dependency")) {
    std::string name = text_in(one, "groupId") + ":" + text_in(one, "artifactId");
    std::string text = name;
    for (const char* part : {"version", "scope"}) {
      if (std::string value = text_in(one, part); !value.empty()) text += " " + value;
    }
    pom.dependencies.emplace(std::move(name), std::move(text));
  }
}

void take_plugins(const pugi::xml_node& build, bool managed, Pom& pom) {
  for (const pugi::xml_node& plugin : build.child("plugins").children("plugin")) {
    std::string name = text_in(plugin, "artifactId");
    if (judges_java(name)) pom.settings[name] += dumped(plugin);
    if (managed) continue;
    pom.plugins.push_back(name);
    for (const pugi::xml_node& one : plugin.child("executions").children("execution")) {
      for (const pugi::xml_node& goal : one.child("goals").children("goal"))
        pom.goals.push_back({name, std::string(trim(goal.text().as_string())), text_in(one, "id")});
    }
  }
}

/// skipTests, maven.test.skip, checkstyle.skip and their like.
void take_properties(const pugi::xml_node& properties, Pom& pom) {
  for (const pugi::xml_node& one : properties.children()) {
    std::string name = one.name();
    if (lower(name).find("skip") != std::string::npos || name.find("test.failure") < name.size())
      pom.settings["properties." + name] = one.text().as_string();
  }
}

void take_part(const pugi::xml_node& part, Pom& pom) {
  take_plugins(part.child("build"), false, pom);
  take_plugins(part.child("build").child("pluginManagement"), true, pom);
  take_dependencies(part.child("dependencies"), pom);
  take_dependencies(part.child("dependencyManagement").child("dependencies"), pom);
  take_properties(part.child("properties"), pom);
}

}  // namespace

Pom read_pom(std::string_view text) {
  Pom pom;
  pugi::xml_document document;
  auto parsed = document.load_buffer(text.data(), text.size());
  pugi::xml_node project = document.child("project");
  if (!parsed || !project) {
    pom.broken = parsed ? "it has no <project>"
                        : fmt::format("at byte {}: {}", parsed.offset, parsed.description());
    return pom;
  }
  take_part(project, pom);
  for (const pugi::xml_node& profile : project.child("profiles").children("profile")) {
    Pom inside;
    take_part(profile, inside);
    // Nobody knows here whether it is active: only what it asks for and decides counts.
    pom.dependencies.merge(inside.dependencies);
    for (auto& [name, said] : inside.settings) pom.settings[name] += said;
  }
  return pom;
}

Pom read_poms(const record::TreeFacts& tree) {
  Pom all;
  size_t count = 0;
  for (const std::string& path : tree.paths("", std::numeric_limits<size_t>::max())) {
    bool is_pom = path == "pom.xml" || path.ends_with("/pom.xml");
    bool is_data = path.find("src/") != std::string::npos;
    if (!is_pom || is_data || ++count > kMostPoms) continue;
    Pom one = read_pom(tree.read(path).value_or(""));
    if (path == "pom.xml") all.broken = one.broken;
    all.plugins.insert(all.plugins.end(), one.plugins.begin(), one.plugins.end());
    all.goals.insert(all.goals.end(), one.goals.begin(), one.goals.end());
  }
  return all;
}

}  // namespace gf::gate
