#include "gate/rust_selection.h"

#include <algorithm>
#include <set>

#include "base/files.h"
#include "gate/config_file.h"

namespace gf::gate {
namespace {

using Words = std::vector<std::string>;

std::string file_in(const std::string& item) { return item.substr(0, item.find("::")); }

/// "--test a" for tests/a.rs and low/tests/a/main.rs, "--lib" and "--bins" for roots of crates;
/// empty: the file tells no target.
Words cargo_target(const std::string& file) {
  std::string path = "/" + file;
  if (size_t at = path.rfind("/tests/"); at != std::string::npos) {
    std::string name = path.substr(at + 7);
    size_t end = std::min(name.find('/'), name.rfind('.'));
    return {"--test", name.substr(0, end)};
  }
  if (path.ends_with("/src/lib.rs")) return {"--lib"};
  bool program = path.ends_with("/src/main.rs") || path.find("/src/bin/") != std::string::npos;
  return program ? Words{"--bins"} : Words();
}

Words cargo_targets(const Words& items) {
  Words all;
  std::set<Words> known;
  for (const std::string& item : items) {
    Words target = cargo_target(file_in(item));
    bool whole = item == file_in(item) && target == Words{"--lib"};
    if (target.empty() || whole) return {};
    if (known.insert(target).second) all.insert(all.end(), target.begin(), target.end());
  }
  return all;
}

/// "low@0.1.0" of the package that a file is of, as cargo takes it; empty: there is none.
std::string package_of(const std::string& folder, std::string path) {
  while (!path.empty()) {
    size_t slash = path.rfind('/');
    path = slash == std::string::npos ? "" : path.substr(0, slash);
    std::string place = path.empty() ? folder : folder + "/" + path;
    auto text = read_file(place + "/Cargo.toml");
    if (!text) continue;
    ConfigFile file = read_toml(*text);
    std::string name = file.text_at({"package", "name"});
    std::string version = file.text_at({"package", "version"});
    if (!name.empty()) return version.empty() ? name : name + "@" + version;
  }
  return {};
}

/// In place of `--workspace`, and of what that leaves out.
void name_packages(const std::set<std::string>& packages, Words& argv) {
  auto whole = std::find_if(argv.begin(), argv.end(), [](const std::string& word) {
    return word == "--workspace" || word == "--all";
  });
  if (whole == argv.end() || packages.contains("")) return;
  auto at = argv.erase(whole) - argv.begin();
  for (auto word = argv.begin(); word != argv.end();) {
    bool valued = *word == "--exclude" && word + 1 != argv.end();
    bool out = valued || word->starts_with("--exclude=");
    word = out ? argv.erase(word, word + (valued ? 2 : 1)) : word + 1;
  }
  at = std::min<std::ptrdiff_t>(at, static_cast<std::ptrdiff_t>(argv.size()));
  for (const std::string& package : packages) {
    argv.insert(argv.begin() + at, {"-p", package});
    at += 2;
  }
}

}  // namespace

void select_cargo(const std::string& folder, const Words& items, Words& argv) {
  std::set<std::string> packages;
  for (const std::string& item : items) packages.insert(package_of(folder, file_in(item)));
  if (!items.empty()) name_packages(packages, argv);
  Words targets = cargo_targets(items);
  argv.insert(argv.end(), targets.begin(), targets.end());
}

}  // namespace gf::gate
