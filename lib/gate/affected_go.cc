// Go's links: a package is all its files, and imports name packages by the module's path.
#include "base/text.h"
#include "gate/affected.h"

namespace gf::gate {
namespace {

constexpr const char* kModuleFile = "go.mod";

/// Modules of the tree: the folder with its slash, by the path that imports begin with.
std::map<std::string, std::string> modules_in(const Sources& sources) {
  std::map<std::string, std::string> modules;
  for (const std::string& folder : folders_of(sources)) {
    auto text = sources.tree.read(folder + kModuleFile);
    for (const std::string& line : lines(text.value_or(""))) {
      if (line.starts_with("module ")) modules[std::string(trim(line.substr(7)))] = folder;
    }
  }
  return modules;
}

/// Names of the group of a package's own files, and of its tests'.
std::string package_at(const std::string& folder) { return folder + "*.go"; }
std::string tests_at(const std::string& folder) { return folder + "*_test.go"; }

/// Every text in quotes that begins as a module of the tree does.
void add_imports(const std::string& text, const std::map<std::string, std::string>& modules,
                 std::set<std::string>& needs) {
  for (const auto& [name, folder] : modules) {
    std::string open = "\"" + name;
    for (size_t at = text.find(open); at != std::string::npos; at = text.find(open, at + 1)) {
      size_t from = at + open.size(), close = text.find('"', from);
      if (close == std::string::npos) break;
      std::string rest = text.substr(from, close - from);
      if (rest.empty())
        needs.insert(package_at(folder));
      else if (rest[0] == '/')
        needs.insert(package_at(folder + rest.substr(1) + "/"));
    }
  }
}

}  // namespace

FileLinks go_links(const Sources& sources) {
  FileLinks links;
  std::map<std::string, std::string> modules = modules_in(sources);
  for (const auto& [path, text] : sources.texts) {
    std::string folder = folder_with_slash(path);
    bool test = path.ends_with("_test.go");
    std::set<std::string>& needs = links.needs[path];
    needs.insert(package_at(folder));
    if (test) needs.insert(tests_at(folder));
    links.needs[test ? tests_at(folder) : package_at(folder)].insert(path);
    add_imports(text, modules, needs);
    if (test && text.find("\"os/exec\"") != std::string::npos) links.open.insert(path);
    if (text.find("\"plugin\"") != std::string::npos) links.open.insert(path);
  }
  return links;
}

}  // namespace gf::gate
