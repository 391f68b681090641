#include "env/recipe.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/text.h"
#include "env/declared.h"
#include "record/json.h"

namespace gf::env {
namespace {

using record::TreeFacts;

constexpr size_t kMostFiles = 50;

/// "test" and "dev" of "-e .[test,dev]"; nothing when the line does not install the project itself.
std::optional<std::vector<std::string>> extras_of_self(std::string_view line) {
  for (std::string_view option : {"-e", "--editable"}) {
    if (line.starts_with(option)) line = trim(line.substr(option.size()));
  }
  if (line.starts_with("=")) line = trim(line.substr(1));
  for (std::string_view self : {"file:.", "./", "."}) {
    if (!line.starts_with(self)) continue;
    line = line.substr(self.size());
    break;
  }
  std::vector<std::string> extras;
  if (line.empty() || line.starts_with("#")) return extras;
  if (!line.starts_with("[")) return std::nullopt;
  for (const std::string& one : split(line.substr(1, line.find(']') - 1), ','))
    extras.emplace_back(trim(one));
  return extras;
}

bool installs_self(std::string_view line) {
  return line.starts_with(".") || line.starts_with("-e") || line.starts_with("--editable") ||
         line.starts_with("file:.");
}

/// The file that "-r base.txt" or "--requirement=base.txt" names; empty: none.
std::string included(std::string_view line) {
  for (std::string_view option : {"-r", "--requirement"}) {
    if (!line.starts_with(option)) continue;
    std::string_view rest = line.substr(option.size());
    if (!rest.starts_with(" ") && !rest.starts_with("=") && option != "-r") continue;
    if (rest.starts_with("=")) rest = rest.substr(1);
    rest = trim(rest);
    return std::string(rest.substr(0, rest.find(" #")));
  }
  return {};
}

std::string beside(const std::string& file, const std::string& name) {
  size_t slash = file.rfind('/');
  std::vector<std::string> parts;
  for (const std::string& part :
       split((slash == std::string::npos ? "" : file.substr(0, slash)) + "/" + name, '/')) {
    if (part == ".." && !parts.empty())
      parts.pop_back();
    else if (!part.empty() && part != "." && part != "..")
      parts.push_back(part);
  }
  return join(parts, "/");
}

void take_file(const TreeFacts& tree, const std::string& path, std::set<std::string>& seen,
               std::string& all) {
  if (seen.size() >= kMostFiles || !seen.insert(path).second) return;
  for (const std::string& row : lines(tree.read(path).value_or(""))) {
    std::string line(trim(row));
    if (line.empty() || line[0] == '#') continue;
    std::string other = included(line);
    if (!other.empty()) {
      take_file(tree, beside(path, other), seen, all);
      continue;
    }
    auto extras = installs_self(line) ? extras_of_self(line) : std::nullopt;
    if (!extras) {
      all += line + "\n";
      continue;
    }
    for (const std::string& one : declared_requirements(tree, *extras)) all += one + "\n";
  }
}

std::optional<Recipe> by_lock(const TreeFacts& tree, const Manifest& manifest,
                              const std::function<bool(const std::string&)>& has,
                              std::string& why) {
  for (const std::string& lock : manifest.locks) {
    std::string tool = lock.substr(0, lock.find('.'));
    if (tool != "uv" && tool != "poetry" && tool != "pdm") continue;
    if (!has(tool)) {
      why = fmt::format("'{}' is not on PATH, and {} is its own", tool, lock);
      continue;
    }
    Recipe recipe;
    recipe.tool = tool;
    recipe.from = lock;
    recipe.locked = true;
    recipe.parts = developing_parts(tree);
    recipe.content = join({tree.read(lock).value_or(""), tree.read("pyproject.toml").value_or(""),
                           join(recipe.parts.groups, ","), join(recipe.parts.extras, ",")},
                          "\x1e");
    return recipe;
  }
  return std::nullopt;
}

/// Pipfile.lock as pip takes it: its packages for use and for developing, at their versions.
std::string lines_of_pipfile(const TreeFacts& tree) {
  auto lock = record::Json::parse(tree.read("Pipfile.lock").value_or(""));
  if (!lock.ok()) return {};
  std::string all;
  for (const char* part : {"default", "develop"}) {
    if (!lock->has(part)) continue;
    for (const auto& [name, package] : lock->get(part).members()) {
      std::string version = package.get_string("version");
      if (version.empty()) continue;  // a path or a repository, such as the project itself
      std::vector<std::string> extras = package.get_strings("extras");
      std::string markers = package.get_string("markers");
      all += name + (extras.empty() ? "" : "[" + join(extras, ",") + "]") + version +
             (markers.empty() ? "" : " ; " + markers) + "\n";
    }
  }
  return all;
}

/// What is in the repository is not to be installed from an index, where somebody else's may have
/// its name; what it needs in turn is.
void take_along(const Manifest& manifest, std::string& requirements) {
  if (!manifest.is_one_of_several) return;
  std::set<std::string> ours;
  for (const Project& project : manifest.projects) ours.insert(plain_name(project.name));
  std::vector<std::string> all = lines(requirements), kept;
  all.insert(all.end(), manifest.requirements_along.begin(), manifest.requirements_along.end());
  for (const std::string& one : all) {
    bool path = installs_self(one) || one.find("file:") != std::string::npos;
    bool known = std::find(kept.begin(), kept.end(), one) != kept.end();
    if (!path && !known &&
        !ours.contains(plain_name(one.substr(0, one.find_first_of(" [<>=!~(;@#")))))
      kept.push_back(one);
  }
  requirements = kept.empty() ? "" : join(kept, "\n") + "\n";
}

}  // namespace

std::string flat_requirements(const TreeFacts& tree, const std::vector<std::string>& files) {
  std::set<std::string> seen;
  std::string all;
  for (const std::string& file : files) take_file(tree, file, seen, all);
  return all;
}

std::optional<Recipe> recipe_for(const TreeFacts& tree, const Manifest& manifest,
                                 const std::function<bool(const std::string&)>& has,
                                 std::string& why) {
  if (auto locked = by_lock(tree, manifest, has, why)) return locked;
  Recipe recipe;
  recipe.tool = has("uv") ? "uv" : "pip";
  recipe.from = join(manifest.requirements, ", ");
  recipe.requirements = flat_requirements(tree, manifest.requirements);
  if (recipe.requirements.empty()) {
    recipe.from = "Pipfile.lock";
    recipe.requirements = lines_of_pipfile(tree);
  }
  if (recipe.requirements.empty()) {
    recipe.from = "pyproject.toml";
    recipe.requirements = join(declared_requirements(tree, {}), "\n");
    if (!recipe.requirements.empty()) recipe.requirements += "\n";
  }
  take_along(manifest, recipe.requirements);
  if (recipe.requirements.empty()) {
    if (why.empty()) why = "no file says what the tests need";
    return std::nullopt;
  }
  recipe.content = recipe.requirements;
  return recipe;
}

}  // namespace gf::env
